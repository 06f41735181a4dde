"""Every command there is, with what succeeds and with what fails, on rosters of canaries.

A story is a list of steps in the order of a clerk's work. Whoever adds a command adds its steps:
the test that holds the story against the program's own commands fails until then.
"""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
from databases import set_ledger
from golden.canaries import NAME, canaries, secrets_of
from golden.keys import make_key
from msoffcrypto.format.ooxml import OOXMLFile

from relief_cli.cli import app
from relief_cli.cli.answers import Answers
from relief_cli.cli.state import State
from sample_data.bank import PAID, answer_all
from sample_data.generate import PERSON_COLUMNS, inject, write_csv, write_table

CYCLE = "2022-08"
FIRST, SECOND = "one-time-2022-08-1", "one-time-2022-08-2"
FAULTS = {"R101": 1, "R103": 2, "R107": 1, "R202": 1, "R205": 1, "R303": 1, "R310": 1}
DONE, FAILED = frozenset({0, 1, 3}), frozenset({2, 4})
SAYING = "four words for somebody"
PASSWORD = "a password of a workbook"  # noqa: S105  # a made-up one


@dataclasses.dataclass(frozen=True)
class Step:
    """One command and how it must end, or what happens between two."""

    command: tuple[str, ...] = ()
    arguments: tuple | Callable[[], tuple] = ()
    """Made when the step comes, where what came before decides them."""
    codes: frozenset = DONE
    office: Path | None = None
    between: Callable[[], object] | None = None
    said: str = ""
    """What stands on standard input."""

    def words(self, *options):
        """Give the command line, after ``relief``."""
        where = ("--office", self.office) if self.office else ()
        given = self.arguments() if callable(self.arguments) else self.arguments
        return [str(word) for word in (*options, *where, *self.command, *given)]


@dataclasses.dataclass
class Story:
    """Rosters, keys and secrets in a folder, and the steps on them."""

    folder: Path
    home: Path
    """Where operators' keys are (``XDG_DATA_HOME``)."""
    secrets: set[str]
    steps: list[Step]


def commands():
    """Give every command that the program has, as words."""
    import typer  # noqa: PLC0415  # used here alone

    screen = Answers("en", json=False, quiet=False)
    root = typer.main.get_command(app._application(State(screen), None))  # noqa: SLF001  # its commands

    def below(command, words):
        under = getattr(command, "commands", None)
        if under is None:
            return [words]
        return [leaf for name, one in under.items() for leaf in below(one, (*words, name))]

    return set(below(root, ()))


def make_story(folder, address):
    """Write the inputs into ``folder``, and give the steps.

    Args:
        folder: where everything is.
        address: of an empty database, which the office shares in the end.
    """
    inputs = folder / "in"
    inputs.mkdir(parents=True)
    rows = {number: inject(canaries(36, 7040 + number), FAULTS, number) for number in (1, 2, 3)}
    secrets = set().union(*(secrets_of(one) for one in rows.values()))
    for number in (1, 3):
        write_table(inputs / f"{number}.xlsx", rows[number], PERSON_COLUMNS, title="花名册")
    write_csv(inputs / "2.csv", rows[2])
    _write_failing(inputs, rows[1])
    _write_lists(inputs, rows)
    for name, text in {"li": SAYING, "wrong": "not the right one", "locked": PASSWORD}.items():
        (inputs / name).write_text(f"{text}\n", "utf-8")
    for name in ("bank", "other"):
        public, _ = make_key(inputs, name)
        (inputs / f"{name}.pub").write_text(f"{public}\n", "utf-8")
    (folder / "broken").mkdir()
    (folder / "broken" / "relief.toml").write_text("[paper]\n", "utf-8")
    return Story(
        folder,
        folder / "home",
        secrets,
        list(_steps(folder, inputs, list(rows[1]["person"]), address)),
    )


def _write_failing(inputs, rows):
    """Write files that are refused, each with canaries in it."""
    person = rows.iloc[0]
    given = [person["name"], person["person"], "农村低保", "农信", person["account_number"]]
    header = ["姓名", "身份证号", "救助类别", "开户行", "账号"]
    spoilt = [
        header,
        [given[1], given[1], given[4], given[4], given[1]],
        [*given[:4], "x" + given[4]],
    ]
    for name, lines in {
        "headerless": [given, given],
        "spoilt": spoilt,
        "locked": [header, given],
    }.items():
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        book.save(inputs / f"{name}.xlsx")
    with (
        (inputs / "locked.xlsx").open("rb") as plain,
        (inputs / "sealed.xlsx").open("wb") as sealed,
    ):
        OOXMLFile(plain).encrypt(PASSWORD, sealed)
    (inputs / "broken.xlsx").write_text(" ".join(given), "utf-8")
    (inputs / "mixed.csv").write_bytes(",".join(given).encode("gb18030") + b"\n\xff\xff\xfe")


def _write_lists(inputs, rows):
    """Write a roster of a month later, and lists of other departments, each with canaries in it."""
    later = rows[1].copy()
    later["account_number"] = later["account_number"].to_numpy()[::-1]
    write_table(inputs / "later.xlsx", later, PERSON_COLUMNS, title="花名册")
    who = [[person["name"], person["person"]] for _, person in rows[1].iterrows()][:12]
    who[3][0] = "王某某"
    for name, further in {
        "dead": ["死亡日期", "2022-06-03"],
        "disabled": ["残疾类别", "肢体一级"],
        "short": ["性别", "男"],
    }.items():
        book = openpyxl.Workbook()
        book.active.append(["姓名", "身份证号", further[0]])
        for one in who:
            book.active.append([*one, further[1]])
        book.save(inputs / f"{name}.xlsx")


def _comparisons(inputs, office):
    one, later = inputs / "1.xlsx", inputs / "later.xlsx"
    yield Step(("diff",), (one, later, "--report", inputs.parent / "diff.xlsx"), DONE, office)
    yield Step(("diff",), (one,), FAILED, office)
    yield Step(("diff",), (one, inputs / "headerless.xlsx"), FAILED, office)
    dead = ("--against", inputs / "dead.xlsx", "--as", "dead")
    yield Step(("compare",), (one, inputs / "2.csv", *dead, "--cycle", CYCLE), DONE, office)
    yield Step(("compare",), (one, *dead[:3], "ghosts"), FAILED, office)
    for wrong in ("broken.xlsx", "headerless.xlsx", "mixed.csv"):
        against = ("--against", inputs / wrong, "--as", "dead")
        yield Step(("compare",), (one, *against), FAILED, office)
    screened = (inputs / "2.csv", "--against")
    yield Step(("screen",), (*screened, inputs / "disabled.xlsx"), DONE, office)
    yield Step(("screen",), (*screened, inputs / "short.xlsx"), FAILED, office)


def _steps(folder, inputs, persons, address):
    office, new = folder / "office", folder / "new"
    yield Step(("init",), (office, "--approvals", "1", "--region", "140122"))
    yield Step(("init",), (office,), FAILED)
    yield from _knowledge(folder)
    yield from _checks(inputs, office)
    yield from _comparisons(inputs, office)
    yield from _operators(inputs, office)
    yield from _first_batch(inputs, office)
    yield from _second_batch(inputs, office)
    yield from _taken_back(inputs, office)
    yield from _answers(folder, inputs, office)
    yield from _persons(folder, inputs, office, persons)
    yield from _books(folder, inputs, office, new)
    yield from _shared(folder, inputs, office, persons[-1], address)


def _knowledge(folder):
    broken = folder / "broken"
    yield Step(("policy", "show"), ("one-time", "--on", "2022-08-20"))
    yield Step(("policy", "show"), ("gift",), FAILED)
    yield Step(("banks", "list"))
    yield Step(("banks", "list"), (), FAILED, broken)
    yield Step(("explain",), ("R103",))
    yield Step(("explain",))
    yield Step(("explain",), ("R999",), FAILED)
    yield Step(("operator", "list"), (), FAILED, broken)
    files = ("--output", folder / "2022.xlsx", "--ics", folder / "2022.ics")
    yield Step(("schedule",), ("2022", *files))
    yield Step(("schedule",), ("2027",))
    yield Step(("schedule",), ("August",), FAILED)
    yield Step(("schedule",), ("2022", "--ics", broken / "relief.toml"), FAILED)


def _checks(inputs, office):
    report = ("--report", inputs.parent / "report.xlsx")
    yield Step(("check",), (inputs / "1.xlsx", inputs / "2.csv", *report), DONE, office)
    yield Step(("check",), (inputs / "spoilt.xlsx",), DONE, office)
    yield Step(
        ("check",), (inputs / "sealed.xlsx", "--password-file", inputs / "locked"), DONE, office
    )
    for name in ("broken.xlsx", "headerless.xlsx", "mixed.csv", "sealed.xlsx"):
        yield Step(("check",), (inputs / name,), FAILED, office)
        for command in ("prepare", "run"):
            given = ("one-time", inputs / name, "--cycle", CYCLE, "--as", "wang")
            yield Step((command,), given, FAILED, office)


def _operators(inputs, office):
    passphrase = ("--passphrase-file", inputs / "li")
    signers = ("--by", "wang", "--by", "li", *(2 * ("--by-passphrase-file", inputs / "li")))
    for name, by in (("wang", ()), ("li", ()), ("zhao", signers)):
        yield Step(("operator", "add"), (name, "--role", "复核", *passphrase, *by), DONE, office)
    yield Step(("operator", "add"), ("sun", *passphrase), FAILED, office)
    yield Step(("operator", "add"), ("../x", *passphrase), FAILED, office)
    yield Step(("operator", "add"), ("sun", "--passphrase-file", inputs), FAILED, office)
    yield Step(("operator", "revoke"), ("zhao", "--reason", "调离", *signers), DONE, office)
    yield Step(("operator", "revoke"), ("nobody", "--reason", "x", *signers), FAILED, office)
    yield Step(("operator", "rule"), signers, DONE, office)
    yield Step(("operator", "rule"), signers[:2], FAILED, office)
    yield Step(("operator", "list"), (), DONE, office)


def _first_batch(inputs, office):
    paid = ("one-time", inputs / "1.xlsx", "--cycle", CYCLE, "--as", "wang")
    li = ("--as", "li", "--passphrase-file", inputs / "li")
    yield Step(("prepare",), paid, DONE, office)
    yield Step(("run",), paid, DONE, office)
    yield Step(("export",), (FIRST,), frozenset({3}), office)
    yield Step(("notice",), (FIRST,), frozenset({3}), office)
    yield Step(
        ("approve",), (FIRST, "--as", "wang", "--passphrase-file", inputs / "li"), FAILED, office
    )
    yield Step(
        ("approve",), (FIRST, "--as", "li", "--passphrase-file", inputs / "wrong"), FAILED, office
    )
    yield Step(("approve",), (FIRST, *li), DONE, office)
    yield Step(("run",), paid, DONE, office)
    sealed = ("--encrypt-to", inputs / "bank.pub", "--workbook-password-file", inputs / "locked")
    yield Step(("export",), (FIRST, *sealed), DONE, office)
    yield Step(("export",), (FIRST, *sealed[2:]), DONE, office)
    yield Step(("export",), (FIRST, "--encrypt-to", inputs / "bank.txt"), FAILED, office)
    yield Step(("export",), ("one-time-2022-08-9",), FAILED, office)
    yield Step(("notice",), (FIRST, "--from", "2022-08-15"), DONE, office)
    yield Step(("notice",), ("one-time-2022-08-9",), FAILED, office)


def _answers(folder, inputs, office):
    def answered():
        failed = ("失败", "RJ02 账号户名不符")
        return answer_all(
            office / "out" / FIRST, inputs / "answers",
            lambda one: failed if one.payment % 3 == 1 else PAID,
        )  # fmt: skip

    yield Step(("settle",), lambda: (FIRST, *answered()), DONE, office)
    yield Step(("settle",), (FIRST, inputs / "broken.xlsx"), FAILED, office)
    yield Step(("settle",), (FIRST, inputs / "mixed.csv"), FAILED, office)
    yield Step(("follow-up",), (FIRST, inputs / "headerless.xlsx", "--as", "wang"), FAILED, office)
    yield Step(("follow-up",), ("one-time-2022-08-9", "--as", "wang"), FAILED, office)
    yield Step(("follow-up",), (FIRST, inputs / "1.xlsx", "--as", "wang"), DONE, office)
    yield Step(
        ("receive",), ("province", "1000.00", "--document", "晋财社〔2022〕88号"), DONE, office
    )
    yield Step(("receive",), ("moon", "1000.00", "--document", "x"), FAILED, office)
    yield Step(("reserve", "give"), ("黄寨镇", "1000", "--document", "9号"), DONE, office)
    yield Step(("reserve", "give"), ("黄寨镇", "nothing", "--document", "9号"), FAILED, office)
    yield Step(("reserve", "list"), (), DONE, office)
    span = ("--from", "2022-07", "--to", "2022-08", "--as", "wang")
    yield Step(("arrears",), ("dibao", *span), DONE, office)
    yield Step(("arrears",), ("one-time", *span), FAILED, office)
    again = ("--cycle", CYCLE, "--as", "wang")
    yield Step(("top-up",), ("one-time", inputs / "1.xlsx", *again), DONE, office)
    yield Step(("top-up",), ("one-time", inputs / "headerless.xlsx", *again), FAILED, office)
    yield Step(("reconcile",), ("--cycle", CYCLE), DONE, office)
    yield Step(("reconcile",), ("--cycle", "2022-13"), FAILED, office)
    yield from _deadlines(office, folder / "broken")


def _deadlines(office, broken):
    """Ask while one batch is answered, its follow-up waits, and others have not begun."""
    for day in ("2022-08-18", "2022-09-12"):
        yield Step(("due",), ("--on", day), DONE, office)
        yield Step(("status",), ("--on", day), DONE, office)
    yield Step(("due",), ("--ahead", "-1"), FAILED, office)
    yield Step(("due",), (), FAILED, broken)
    yield Step(("status",), ("--year", "22"), FAILED, office)
    yield Step(("status",), (), FAILED, broken)


def _persons(folder, inputs, office, persons):
    broken, account = folder / "broken", "6225250004768516383"
    known, other, payee = persons[-1], persons[-2], f"{NAME}代领"
    why = ("--reason", "死亡")
    yield Step(("stop", "add"), ("-", *why), DONE, office, said=known)
    yield Step(("stop", "add"), ("-", *why), FAILED, office, said=known)
    yield Step(("stop", "add"), ("-", *why), FAILED, office, said=account)
    yield Step(
        ("run",), ("one-time", inputs / "3.xlsx", "--cycle", CYCLE, "--as", "wang"), DONE, office
    )
    yield Step(("stop", "list"), (), DONE, office)
    yield Step(("stop", "list"), (), FAILED, broken)
    yield Step(("stop", "end"), ("-", *why), FAILED, office, said=other)
    yield Step(("stop", "end"), ("-", *why), DONE, office, said=known)
    paper = ("--document", "代领备案第3号", "--until", "2030-06-30")
    yield Step(("payee", "add"), ("-", "-", *paper), DONE, office, said=f"{known}\n{payee}")
    yield Step(("payee", "add"), ("-", "-", *paper), FAILED, office, said=f"{known}\n{payee}")
    yield Step(("payee", "add"), ("-", "-", *paper), FAILED, office, said=f"{account}\n{payee}")
    yield Step(("payee", "list"), (), DONE, office)
    yield Step(("payee", "list"), (), FAILED, broken)
    yield Step(("payee", "end"), ("1", *why), DONE, office)
    yield Step(("payee", "end"), ("1", *why), FAILED, office)
    yield Step(("accept", "add"), ("R205", "-", *why, "--as", "wang"), DONE, office, said=known)
    yield Step(("accept", "add"), ("R205", "-", *why, "--as", "wang"), FAILED, office, said=known)
    yield Step(("accept", "add"), ("R206", "-", *why, "--as", "wang"), DONE, office, said=account)
    yield Step(("accept", "add"), ("R212", "-", *why), FAILED, office, said=account)
    yield Step(("accept", "list"), (), DONE, office)
    yield Step(("accept", "list"), (), FAILED, broken)
    yield Step(("accept", "end"), ("1", *why), DONE, office)
    yield Step(("accept", "end"), ("1", *why), FAILED, office)
    yield Step(("recovery", "add"), ("-", "300", *why), DONE, office, said=known)
    yield Step(("recovery", "add"), ("-", "three", *why), FAILED, office, said=known)
    yield Step(("recovery", "add"), ("-", "300", *why), FAILED, office, said=account)
    yield Step(("recovery", "repaid"), ("1", "100", "--document", "12"), DONE, office)
    yield Step(("recovery", "repaid"), ("9", "100", "--document", "12"), FAILED, office)
    yield Step(("recovery", "list"), (), DONE, office)
    yield Step(("recovery", "find"), ("--record",), DONE, office)
    yield Step(("recovery", "find"), (), FAILED, broken)
    yield Step(("trace",), ("-",), DONE, office, said=known)
    yield Step(("trace",), (f"{FIRST}-000001",), DONE, office)
    yield Step(("trace",), ("-",), FAILED, office, said=account)
    yield Step(("recovery", "list"), (), FAILED, broken)
    yield Step(("reserve", "list"), (), FAILED, broken)


def _second_batch(inputs, office):
    li = ("--as", "li", "--passphrase-file", inputs / "li")
    paid = ("one-time", inputs / "2.csv", inputs / "1.xlsx", "--cycle", CYCLE, "--as", "wang")
    yield Step(("run",), paid, DONE, office)
    yield Step(("reject",), (SECOND, "--reason", " ", *li), FAILED, office)
    yield Step(("reject",), (SECOND, "--reason", "账号未核对", *li), DONE, office)
    yield Step(("reject",), (SECOND, "--reason", "x", *li), FAILED, office)
    yield Step(("run",), paid, FAILED, office)
    held = office / "out" / FIRST / "held.xlsx"
    yield Step(("run",), ("one-time", held, "--cycle", CYCLE, "--as", "wang"), DONE, office)
    yield Step(("check",), (held,), DONE, office)


def _taken_back(inputs, office):
    li = ("--as", "li", "--passphrase-file", inputs / "li")
    first, again = "dibao-2022-09-1", "dibao-2022-09-2"
    why = ("--reason", "格式不符")
    paid = ("dibao", inputs / "1.xlsx", "--cycle", "2022-09", "--as", "wang")
    yield Step(("run",), paid, DONE, office)
    yield Step(("withhold",), (first, f"{first}-000001", *why, *li), DONE, office)
    yield Step(("withhold",), (first, f"{first}-000002", *why, *li), FAILED, office)
    yield Step(("approve",), (again, "--as", "wang", "--passphrase-file", inputs / "li"), DONE,
               office)  # fmt: skip
    yield Step(("export",), (again,), DONE, office)

    def sent():
        return again, next((office / "out" / again / "bank").rglob("*.*")).name, *why

    yield Step(("withdraw",), sent, DONE, office)
    yield Step(("withdraw",), (again, "other.txt", *why), FAILED, office)


def _journals(folder, office):
    for kind in ("beancount", "hledger"):
        given = ("--format", kind)
        yield Step(("journal",), given, DONE, office)
        yield Step(("journal",), (*given, "--output", folder / f"books.{kind}"), DONE, office)
        yield Step(("journal",), (*given, "--output", office / "relief.toml"), FAILED, office)


def _books(folder, inputs, office, new):
    ledger, payments = office / "ledger.sqlite", office / "out" / FIRST / "payments.csv"
    plain, sealed = folder / "plain.tar", folder / "sealed.tar.age"
    yield from _journals(folder, office)
    yield Step(("audit",), (), DONE, office)
    yield Step(("audit",), ("--head", "xyz"), FAILED, office)
    span = ("--from", "2022-07", "--to", "2022-09", "--output")
    for ending in ("xlsx", "csv", "parquet"):
        yield Step(("extract",), (*span, folder / f"table.{ending}"), DONE, office)
    yield Step(("extract",), (*span, folder / "table.csv"), FAILED, office)
    yield Step(("extract",), (*span, folder / "table.doc"), FAILED, office)
    yield Step(("backup",), (), DONE, office)
    yield Step(("backup",), (plain,), DONE, office)
    yield Step(("backup",), (sealed, "--encrypt-to", inputs / "bank.pub"), DONE, office)
    yield Step(("backup",), (office / "relief.toml",), FAILED, office)
    yield Step(("restore",), (plain, "--verify"), DONE, office)
    yield Step(("restore",), (sealed, "--identity-file", inputs / "bank.txt"), DONE, new)
    yield Step(("restore",), (sealed, "--identity-file", inputs / "other.txt"), FAILED, office)
    yield Step(("restore",), (sealed,), FAILED, office)
    yield Step(("restore",), (inputs / "broken.xlsx",), FAILED, office)
    yield Step(("restore",), (inputs / "1.xlsx",), FAILED, office)
    yield Step(between=lambda: shutil.copy(payments, folder / "kept"))
    yield Step(between=lambda: payments.write_bytes(payments.read_bytes() + b"\n"))
    yield Step(("audit",), (), FAILED, office)
    yield Step(("export",), (FIRST,), FAILED, office)
    yield Step(between=lambda: shutil.copy(folder / "kept", payments))
    yield Step(between=lambda: ledger.chmod(0o644))
    for command, arguments in {
        ("audit",): (), ("backup",): (), ("restore",): (plain,), ("export",): (FIRST,),
        ("run",): ("one-time", inputs / "3.xlsx", "--cycle", CYCLE),
    }.items():  # fmt: skip
        yield Step(command, arguments, FAILED, office)
    yield Step(between=lambda: ledger.chmod(0o600))
    yield Step(between=lambda: (folder / "kept").chmod(0o600))


def _shared(folder, inputs, office, known, address):
    """Go on with the ledger in a database."""
    yield Step(("share",), (), FAILED, office)
    yield Step(between=lambda: set_ledger(office, address))
    yield Step(("run",), ("one-time", inputs / "3.xlsx", "--cycle", CYCLE), FAILED, office)
    yield Step(("share",), (), DONE, office)
    for roster in ("3.xlsx", "2.csv"):
        yield Step(
            ("run",), ("one-time", inputs / roster, "--cycle", CYCLE, "--as", "wang"), DONE, office
        )
    why = ("--reason", "死亡")
    yield Step(("stop", "add"), ("-", *why), DONE, office, said=known)
    yield Step(("stop", "add"), ("-", *why), FAILED, office, said=known)
    yield Step(("trace",), ("-",), DONE, office, said=known)
    yield Step(("reconcile",), ("--cycle", CYCLE), DONE, office)
    yield Step(("due",), (), DONE, office)
    yield Step(("status",), ("--year", "2022"), DONE, office)
    yield Step(("audit",), (), DONE, office)
    yield Step(("backup",), (folder / "shared.tar",), DONE, office)
    yield Step(("restore",), (folder / "shared.tar", "--verify"), DONE, office)
    yield Step(between=lambda: set_ledger(office, f"{address}_not_there"))
    yield Step(("audit",), (), FAILED, office)
