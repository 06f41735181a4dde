"""Clerks who work at the same time: no person twice, none lost, no traceback."""

import subprocess
import sys
from pathlib import Path

from databases import Servers
from golden.books import Books, check_conserved, digests, entitled, recorded
from golden.running import PROGRAM, Answer, arguments_of, done, environment, make_office

from sample_data import generate

BATCH = "one-time-2022-08-1"
ROSTERS = 8
_BROKEN = Path(__file__).with_name("broken.py")


def townships(folder):
    """Make rosters, each with a third of the next one's people too; give them and who they are."""
    people = generate.people(240, 6)
    homes = people["household"].to_numpy()
    last = homes.max()
    paths = []
    for number in range(ROSTERS):
        first, end = last * number // ROSTERS, last * (number + 1) // ROSTERS + last // 24
        part = people[(homes > first) & (homes <= end)]
        path = folder / f"{number}.{'csv' if number % 2 else 'xlsx'}"
        write = generate.write_csv if number % 2 else generate.write_persons
        write(path, part, **({} if number % 2 else {"title": "花名册"}))
        paths.append(path)
    return paths, set(people["person"])


def the_same(rosters, folder, clerks, program=PROGRAM):
    """Give the same rosters to all at once, in an office that is not there yet where it may be."""
    paths, persons = rosters
    office, alone = folder / "office", folder / "alone"
    if Servers.running:
        make_office(office)
        make_office(alone)
    answers = _at_once([arguments_of(office, paths, program=program)] * clerks)
    _check_sane(answers)
    assert {answer.json["batch"] for answer in answers} == {BATCH}
    assert sum(not answer.json["repeated"] for answer in answers) == 1
    assert entitled(office).keys() == persons
    done(alone, paths)
    assert recorded(office) == recorded(alone)
    found, expected = digests(office), digests(alone)
    # Its events bear the time; or its address is another.
    own = "relief.toml" if Servers.running else "ledger.sqlite"
    del found[own], expected[own]
    assert found == expected


def overlapping(rosters, folder, clerks, program=PROGRAM):
    """Give each its own rosters, with people that others have too."""
    paths, persons = rosters
    office = make_office(folder / "office")
    shares = [paths[number::clerks] for number in range(clerks)]
    answers = _at_once([arguments_of(office, share, program=program) for share in shares])
    _check_sane(answers)
    batches = [answer.json["batch"] for answer in answers if answer.json["batch"]]
    assert sorted(batches) == [f"one-time-2022-08-{n}" for n in range(1, len(batches) + 1)]
    assert entitled(office).keys() == persons
    assert sum(answer.json["amount_fen"] for answer in answers) == len(persons) * 300_00
    made = [answer for answer in answers if answer.json["batch"]]
    paid = [person for answer in made for person in Books(answer.json["output"]).persons()]
    assert len(paid) == len(persons)
    for answer in made:
        check_conserved(answer.json, office)


def exports(rosters, folder, clerks, program=PROGRAM):
    """Let all export the same batch at once."""
    office = make_office(folder / "office")
    done(office, rosters[0], command="prepare")
    command = [*program, "--json", "--office", str(office), "export", BATCH]
    answers = _at_once([command] * clerks)
    _check_sane(answers)
    for answer in answers:
        check_conserved(answer.json, office)
    kinds = [event[1] for event in recorded(office)["events"]]
    assert kinds.count("exported") == 1


def with_bug(bug):
    """Give how the program is started with a bug in it."""
    return sys.executable, str(_BROKEN), bug


def _at_once(commands):
    """Start all together and wait for all."""
    runs = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for command in commands
    ]
    answers = []
    for run in runs:
        out, err = run.communicate(timeout=120)
        answers.append(Answer(run.returncode, out.decode(), err.decode()))
    crashes = [one.err for one in answers if "Traceback" in one.err and _BROKEN.name in one.err]
    if crashes:  # a bug that cannot be seeded is not one that was caught
        raise RuntimeError(crashes[0])
    return answers


def _check_sane(answers):
    for answer in answers:
        assert answer.code in (0, 1), answer.err
        assert "Traceback" not in answer.err
        assert answer.json["state"] in ("exported", None)


SCENES = {"the same rosters": the_same, "overlapping rosters": overlapping, "exports": exports}
CLERKS = (2, 4, 8)
BUGS = {"asked_before_locked": overlapping, "living_taken_for_leftovers": exports}
"""Bug → the scene that must bring it to light; with two clerks."""
