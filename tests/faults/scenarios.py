"""The commands that are tried: what goes before each, and what it does in the office's folder."""

from collections.abc import Callable
from dataclasses import dataclass

from golden import rosters
from golden.books import Books
from golden.running import CYCLE

from sample_data.bank import PAID, answer_all

PERSONS = 40
BATCH = f"one-time-{CYCLE}-1"
DIBAO = f"dibao-{CYCLE}-1"
NAMES = ("--name", "阳曲县民政局", "--region", "140122", "--county", "阳曲县")
STANDARD = """
[[dibao.standard-{kind}]]
place = "阳曲县"
since = {since}
value = {{ fen = {fen}, per = "month" }}
unit = "fen per person"
reference = "made up"
"""


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


def _paid_dibao(place):
    _office(place)
    _standards(place, "2021-01-01", 61000)
    office = ("--json", "--office", place.office)
    place.relief(*office, "run", "dibao", *place.rosters, "--cycle", CYCLE, code=1)


def _standards(place, since, fen):
    path = place.office / "policy" / "standards.toml"
    with path.open("a", encoding="utf-8") as policy:
        for kind in ("urban", "rural"):
            policy.write(STANDARD.format(kind=kind, since=since, fen=fen))
    path.chmod(0o600)  # as all files of an office


def _raised(place):
    _paid_dibao(place)
    _standards(place, "2022-07-01", 63400)


def _stopped(place):
    _paid_dibao(place)
    for row in Books(place.office / "out" / DIBAO).entitlements[:3]:
        stop = ("stop", "add", row["id_number"], "--reason", "死亡", "--since", "2022-07-01")
        place.relief("--json", "--office", place.office, *stop)


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
    return *_run(place), *_as(place, "maker")


def _approve(place):
    return "--json", "--office", place.office, "approve", BATCH, *_as(place, "checker")


def _as(place, name):
    return "--as", name, "--passphrase-file", place.folder / f"{name}.txt"


def _settle(place):
    return "--json", "--office", place.office, "settle", BATCH, *place.answers


def _follow_up(place):
    return "--json", "--office", place.office, "follow-up", BATCH, "--same-accounts"


def _arrears(place):
    return "--json", "--office", place.office, "arrears", "dibao", "--from", CYCLE, "--to", CYCLE


def _recovery_find(place):
    return "--json", "--office", place.office, "recovery", "find", "--record"


def _notice(place):
    return "--json", "--office", place.office, "notice", BATCH, "--from", "2022-08-20"


def _reserve_give(place):
    given = ("reserve", "give", "黄寨镇", "20000", "--document", "1", "--on", "2022-08-01")
    return "--json", "--office", place.office, *given


def _export(place):
    return "--json", "--office", place.office, "export", BATCH, *_as(place, "maker")


SCENARIOS = {
    "run": Scenario(_rosters, _run),  # as a new office's first command it makes all there is
    "run, waiting": Scenario(_two_eyes, _waiting_run),
    "approve": Scenario(_waiting, _approve, done_before="batch-decided"),
    "export": Scenario(_approved, _export),
    "settle": Scenario(_sent, _settle, varies=("lines", "verdicts", "files", "unknown_results")),
    "follow-up": Scenario(_settled, _follow_up),
    "arrears": Scenario(_raised, _arrears),
    "recovery find": Scenario(_stopped, _recovery_find, varies=("recorded", "overpaid")),
    "reserve give": Scenario(_office, _reserve_give, varies=("new",)),
    "notice": Scenario(_sent, _notice),
    "check": Scenario(_office, _check),
    "init": Scenario(_nothing, _init, done_before="office-exists"),
}
