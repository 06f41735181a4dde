"""``python worker.py JOB``: tries the faults of one scenario, as JSON in and JSON out.

A process of its own, so that it may fork: pytest's has threads.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

if not __package__:  # run as a script: the project is not on the path yet
    sys.path[:0] = [str(Path(__file__).resolve().parents[n]) for n in (1, 2)]

from faults import bench, points, tmpfs
from faults.watch import Fault


def main():
    """Do one job."""
    job = json.loads(sys.argv[1])
    bench.warm_up()
    table = bench.Bench(job["folder"], job["scenario"])
    print(json.dumps(bugs(table, job) if job["bugs"] else faults(table, job)))  # noqa: T201


def faults(table, job):
    """Try faults on the program as it is."""
    number, of = job["part"]
    counted = table.calls(strict=number == 0)
    chosen = points.sample(_points(table, counted), job["every"])
    return {
        "verdicts": [(asdict(fault), table.verdict(fault)) for fault in chosen[number::of]],
        "escaped": counted["escaped"],
    }


def bugs(table, job):
    """Give for each bug the first fault that brings it to light, and how; else nothing."""
    found = {}
    for bug, line in job["bugs"].items():
        table.choose(bug)
        # Without a fault nobody sees it: it is a bug of the kind that is meant.
        assert table.verdict(Fault()) == "", bug
        chosen = points.spread(_points(table, table.calls()), line)
        caught = ((fault, table.verdict(fault)) for fault in chosen)
        found[bug] = next((f"{fault}: {wrong}" for fault, wrong in caught if wrong), "")
    return found


def _points(table, counted):
    disks = ("small", "tmpfs") if tmpfs.permitted(table.desk) else ("small",)
    return points.points(counted["counts"], counted["sizes"], disks)


if __name__ == "__main__":
    main()
