"""``make faults``: every fault of every scenario, all seeded bugs, all crowds, as a table.

Exit code 1 where anything was not survived, or a bug was not caught.
"""

import sys
import tempfile
from collections import defaultdict
from pathlib import Path

if not __package__:  # run as a script: the project is not on the path yet
    sys.path[:0] = [str(Path(__file__).resolve().parents[n]) for n in (1, 2)]

from databases import Servers
from faults import broken, crowd, cutting, harness, points
from faults.scenarios import SCENARIOS
from golden.running import PROGRAM
from postgres import started


def main():
    """Print the table; give the exit code."""
    with tempfile.TemporaryDirectory() as name, started() as server:
        folder = Path(name)
        parts = (
            _faults(folder),
            _shared(server, folder),
            _bugs(folder),
            *_all_crowds(server, folder),
        )
    wrong = [line for part in parts for line in part]
    _say("", *wrong)
    return 1 if wrong else 0


def _faults(folder):
    """Try all faults; print a line for each kind of fault, and a column for each scenario."""
    cells, wrong = defaultdict(lambda: [0, 0]), []
    for number, scenario in enumerate(SCENARIOS):
        print(f"trying {scenario} …", file=sys.stderr)  # noqa: T201  # it takes minutes
        for fault, problem in _tried(folder / f"scenario-{number}", scenario):
            for line in (points.label(fault), "all"):
                cells[line, scenario][0] += not problem
                cells[line, scenario][1] += 1
            if problem:
                wrong.append(f"{scenario}: {fault}: {problem}")
    _say("| survived | " + " | ".join(f"`{scenario}`" for scenario in SCENARIOS) + " |")
    _say("| --- |" + " ---: |" * len(SCENARIOS))
    for line in (*dict.fromkeys(points.LABELS.values()), "all"):
        row = [cells.get((line, scenario)) for scenario in SCENARIOS]
        shown = ["{}/{}".format(*cell) if cell else "" for cell in row]
        _say(f"| {line} | " + " | ".join(shown) + " |")
    return wrong


def _tried(folder, scenario):
    """Give the verdicts on one scenario; as many processes at once as there are processors."""
    of = harness.processors()
    folder.mkdir()
    trials = [
        harness.Trial(folder / str(number), scenario, part=(number, of)) for number in range(of)
    ]
    return [verdict for trial in trials for verdict in trial.verdicts()]


def _shared(server, folder):
    """Disturb a run on a ledger in PostgreSQL at each of its points."""
    (folder / "shared").mkdir()
    shared, wrong = cutting.Shared(server, folder / "shared"), []
    for act in cutting.ACTS:
        verdicts = {at: shared.verdict(act, at) for at in range(1, shared.count + 1)}
        failed = [f"PostgreSQL, {act} at {at}: {what}" for at, what in verdicts.items() if what]
        _say("", f"PostgreSQL, run {act} at a point: {len(verdicts) - len(failed)}/{len(verdicts)}")
        wrong += failed
    return wrong


def _bugs(folder):
    """Let the harness look for the seeded bugs."""
    trials = [
        harness.Trial(folder / f"bugs-{scenario}", scenario, bugs=bugs)
        for scenario, bugs in broken.SEEDED.items()
    ]
    found = {bug: how for trial in trials for bug, how in trial.found().items()}
    rosters = _townships(folder)
    for bug, scene in crowd.BUGS.items():
        found[bug] = _complaint(scene, rosters, folder / bug, 2, crowd.with_bug(bug))
    missed = [f"a seeded bug was not caught: {bug}" for bug, how in found.items() if not how]
    _say("", f"Seeded bugs caught: {len(found) - len(missed)}/{len(found)}")
    return missed


def _all_crowds(server, folder):
    """Let several work at once on each kind of database."""
    yield _crowds("SQLite", folder)
    Servers.running = server
    yield _crowds("PostgreSQL", folder)
    Servers.running = None


def _crowds(database, folder):
    rosters, wrong = _townships(folder), []
    for name, scene in crowd.SCENES.items():
        complaints = [
            _complaint(scene, rosters, folder / f"{database}-{name}-{clerks}", clerks)
            for clerks in crowd.CLERKS
        ]
        sound = complaints.count("")
        _say(f"{database}, at once, {name}, by {crowd.CLERKS} processes: {sound}/{len(complaints)}")
        wrong += [f"{database}, {name}: {complaint}" for complaint in complaints if complaint]
    return wrong


def _townships(folder):
    place = folder / "townships"
    place.mkdir(exist_ok=True)
    return crowd.townships(place)


def _complaint(scene, rosters, folder, clerks, program=PROGRAM):
    folder.mkdir()
    try:
        scene(rosters, folder, clerks, program)
    except AssertionError as error:
        return str(error) or "something is not as it must be"
    return ""


def _say(*lines):
    for line in lines:
        print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
