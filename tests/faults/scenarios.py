"""The commands that are tried: what goes before each, and what it does in the office's folder."""

from collections.abc import Callable
from dataclasses import dataclass

from golden import rosters
from golden.running import CYCLE

from sample_data.bank import PAID, answer_all

PERSONS = 40
BATCH = f"one-time-{CYCLE}-1"
NAMES = ("--name", "阳曲县民政局", "--region", "140122", "--county", "阳曲县")


@dataclass(frozen=True)
class Scenario:
    """One command, in an office that is prepared for it."""

    prepare: Callable
    """Does what goes before, given a place: commands by ``place.relief``, files by itself."""
    command: Callable
    """Gives the arguments, given the place."""
    done_before: str = ""
    """The error that a finished command answers with when it is given again; mostly none."""
    varies: tuple = ()
    """What a command that had been finished answers differently when it is given again."""


def _nothing(_place):
    pass


def _office(place):
    _rosters(place)
    place.relief(*_init(place))


def _two_eyes(place):
    _rosters(place)
    place.relief(*_init(place), "--approvals", "1")
    for name in ("maker", "checker"):
        secret = place.folder / f"{name}.txt"
        secret.write_text(f"{name} has a secret\n", "utf-8")
        place.relief("--office", place.office, "operator", "add", name, "--passphrase-file", secret)


def _waiting(place):
    _two_eyes(place)
    place.relief(*_waiting_run(place), code=3)


def _approved(place):
    _waiting(place)
    place.relief(*_approve(place))


def _sent(place):
    _rosters(place)
    place.relief(*_run(place), code=1)
    answers = place.folder / "answers"
    place.answers = answer_all(
        place.office / "out" / BATCH,
        answers,
        lambda one: ("失败", "RJ02 账号户名不符") if one.payment % 5 == 0 else PAID,
    )


def _settled(place):
    _sent(place)
    place.relief(*_settle(place))


def _rosters(place):
    faults = {"persons": {"R103": 2, "R101": 1}, "csv": {"R202": 1}}
    shapes = ("csv", "persons")
    place.rosters, _ = rosters.make(place.folder / "in", 4, PERSONS, shapes, faults=faults)


def _init(place):
    return "--json", "--lang", "en", "init", place.office, *NAMES


def _check(place):
    return "--json", "--office", place.office, "check", *place.rosters, "--on", "2022-08-20"


def _run(place):
    office = ("--json", "--office", place.office)
    return *office, "run", "one-time", *place.rosters, "--cycle", CYCLE


def _waiting_run(place):
    return *_run(place), "--as", "maker"


def _approve(place):
    secret = place.folder / "checker.txt"
    who = ("--as", "checker", "--passphrase-file", secret)
    return "--json", "--office", place.office, "approve", BATCH, *who


def _settle(place):
    return "--json", "--office", place.office, "settle", BATCH, *place.answers


def _follow_up(place):
    return "--json", "--office", place.office, "follow-up", BATCH


def _export(place):
    return "--json", "--office", place.office, "export", BATCH


SCENARIOS = {
    "run": Scenario(_rosters, _run),  # as a new office's first command it makes all there is
    "run, waiting": Scenario(_two_eyes, _waiting_run),
    "approve": Scenario(_waiting, _approve, done_before="batch-decided"),
    "export": Scenario(_approved, _export),
    "settle": Scenario(_sent, _settle, varies=("lines", "verdicts", "files", "unknown_results")),
    "follow-up": Scenario(_settled, _follow_up),
    "check": Scenario(_office, _check),
    "init": Scenario(_nothing, _init, done_before="office-exists"),
}
