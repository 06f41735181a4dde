"""Clerks who work at the same time: no person twice, none lost, no traceback."""

import subprocess

import pytest
from golden.books import Books, check_conserved, digests, entitled, recorded
from golden.running import Answer, arguments_of, done, environment, make_office

from sample_data import generate


@pytest.fixture(scope="module")
def townships(tmp_path_factory):
    """Give four rosters, each with a third of the next one's people too, and who they are."""
    folder = tmp_path_factory.mktemp("townships")
    people = generate.people(240, 6)
    homes = people["household"].to_numpy()
    last = homes.max()
    paths = []
    for number in range(4):
        first, end = last * number // 4, last * (number + 1) // 4 + last // 12
        part = people[(homes > first) & (homes <= end)]
        path = folder / f"{number}.{'csv' if number % 2 else 'xlsx'}"
        write = generate.write_csv if number % 2 else generate.write_persons
        write(path, part, **({} if number % 2 else {"title": "花名册"}))
        paths.append(path)
    return paths, set(people["person"])


def at_once(offices_and_rosters):
    """Start all runs together and wait for all."""
    runs = [
        subprocess.Popen(
            arguments_of(office, paths), env=environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for office, paths in offices_and_rosters
    ]  # fmt: skip
    answers = []
    for run in runs:
        out, err = run.communicate(timeout=120)
        answers.append(Answer(run.returncode, out.decode(), err.decode()))
    return answers


def check_sane(answers):
    for answer in answers:
        assert answer.code in (0, 1), answer.err
        assert "Traceback" not in answer.err
        assert answer.json["state"] in ("exported", None)


@pytest.mark.parametrize("clerks", [2, 4])
def test_the_same_rosters_at_once_on_an_office_that_is_not_there_yet(townships, tmp_path, clerks):
    paths, persons = townships
    office = tmp_path / "office"
    answers = at_once([(office, paths)] * clerks)
    check_sane(answers)
    assert {answer.json["batch"] for answer in answers} == {"one-time-2022-08-1"}
    assert sum(not answer.json["repeated"] for answer in answers) == 1
    assert entitled(office).keys() == persons
    alone = tmp_path / "alone"
    done(alone, paths)
    assert recorded(office) == recorded(alone)
    found, expected = digests(office), digests(alone)
    del found["ledger.sqlite"], expected["ledger.sqlite"]
    assert found == expected


@pytest.mark.parametrize("clerks", [2, 4])
def test_overlapping_rosters_at_once(townships, tmp_path, clerks):
    paths, persons = townships
    office = make_office(tmp_path / "office")
    shares = [paths[number::clerks] for number in range(clerks)]
    answers = at_once([(office, share) for share in shares])
    check_sane(answers)
    batches = [answer.json["batch"] for answer in answers if answer.json["batch"]]
    assert sorted(batches) == [f"one-time-2022-08-{n}" for n in range(1, len(batches) + 1)]
    assert entitled(office).keys() == persons
    assert sum(answer.json["amount_fen"] for answer in answers) == len(persons) * 300_00
    paid = [
        person
        for answer in answers
        if answer.json["batch"]
        for person in Books(answer.json["output"]).persons()
    ]
    assert len(paid) == len(persons)
    for answer in answers:
        if answer.json["batch"]:
            check_conserved(answer.json, office)


def test_export_while_another_exports(townships, tmp_path):
    paths, _ = townships
    office = make_office(tmp_path / "office")
    done(office, paths, command="prepare")
    command = [*arguments_of(office, [])[:6], "export", "one-time-2022-08-1"]
    runs = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    answers = []
    for run in runs:
        out, err = run.communicate(timeout=120)
        answers.append(Answer(run.returncode, out.decode(), err.decode()))
    check_sane(answers)
    for answer in answers:
        check_conserved(answer.json, office)
    kinds = [event[1] for event in recorded(office)["events"]]
    assert kinds.count("exported") == 1
