"""Starts the processes that try faults, and gathers what they find."""

import json
import os
import subprocess
import sys
from pathlib import Path

from faults.watch import Fault
from golden.running import environment

_WORKER = Path(__file__).with_name("worker.py")


class Trial:
    """One process that tries faults, or seeded bugs; started at once."""

    def __init__(self, folder, scenario, *, every=1, part=(0, 1), bugs=None):
        job = {"folder": str(folder), "scenario": scenario, "every": every, "part": part,
               "bugs": bugs}  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, _WORKER, json.dumps(job)], env=environment(RELIEF_OPERATOR=None),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def found(self, timeout=1800):
        """Wait, and give what it found."""
        out, err = self._process.communicate(timeout=timeout)
        assert self._process.returncode == 0, err
        return json.loads(out)

    def verdicts(self):
        """Wait, and give each fault with what was wrong after it; nothing may have escaped."""
        found = self.found()
        assert found["escaped"] == [], "calls that change the disk are not counted"
        return [(Fault(**fault), wrong) for fault, wrong in found["verdicts"]]


def processors():
    """Give how many processes may work at once."""
    return len(os.sched_getaffinity(0))
