"""Small rosters in real files, and an office that takes them in: what the tests of rules share.

Check digits come from python-stdnum, which the program does not use.
"""

import atexit
import contextlib
import csv
import functools
import io
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import xlwt
from stdnum import luhn
from stdnum.cn import ric

from relief_cli import office as offices
from relief_cli import payouts
from relief_cli.batch import RECOVERED
from relief_cli.calendar import Cycle
from relief_cli.cli.app import execute
from relief_cli.errors import ExitCode
from relief_cli.frames import empty
from relief_cli.ledger import Ledger
from relief_cli.payouts import Request, examine, plan
from relief_cli.payouts.judged import judge, make_batch
from relief_cli.payouts.lists import Lists
from relief_cli.purses import Money
from relief_cli.roster import container
from relief_cli.roster.gather import Options, gather
from relief_cli.roster.job import Job
from relief_cli.roster.limits import DEFAULT
from relief_cli.roster.read import read as read_gathered
from relief_cli.roster.reader import read_file

CYCLE = "2022-08"
NAMES = ("张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十", "郑一", "冯二", "陈三")


def id_number(number, region="140122", born="19800101"):
    """Give a valid identity number; each ``number`` below 1000 another."""
    body = f"{region}{born}{number:03d}"
    return body + ric.calc_check_digit(f"{body}0")  # it leaves the last character out


def card(number):
    """Give a card number with the right check digit."""
    body = f"622848{number:012d}"
    return body + luhn.calc_check_digit(body)


def person(number, **cells):
    """Give the cells of a person by header; a keyword changes or adds one, None takes it out."""
    given = {
        "姓名": NAMES[number % len(NAMES)],
        "身份证号": id_number(number),
        "救助类别": "农村低保",
        "开户行": "中国农业银行",
        "账号": card(number),
        **cells,
    }
    return {header: cell for header, cell in given.items() if cell is not None}


def table(*people):
    """Give rows of cells, header first; a column for every header that somebody has."""
    headers = list(dict.fromkeys(header for one in people for header in one))
    return [headers, *([one.get(header, "") for header in headers] for one in people)]


def write_csv(path, rows, encoding="utf-8-sig", delimiter=","):
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


def write_xls(path, rows, merges=()):
    book = xlwt.Workbook()
    page = book.add_sheet("花名册")
    covered = {(row, column) for top, bottom, left, right in merges
               for row in range(top, bottom + 1) for column in range(left, right + 1)}  # fmt: skip
    for top, bottom, left, right in merges:
        page.write_merge(top, bottom, left, right, rows[top][left])
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell != "" and (at, column) not in covered:
                page.write(at, column, cell)
    book.save(str(path))
    return path


def write_xlsx(path, rows=None, *, sheets=None, merges=(), hidden_rows=(), hidden_sheets=()):
    """Write ``rows``, or ``sheets`` by name; ``merges`` such as ``"A2:A4"``, rows from 1."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, content in (sheets or {"花名册": rows}).items():
        page = book.create_sheet(name)
        for at, row in enumerate(content, start=1):
            for column, cell in enumerate(row, start=1):
                if cell != "":
                    page.cell(at, column).value = cell
        for merge in merges:
            page.merge_cells(merge)
        for number in hidden_rows:
            page.row_dimensions[number].hidden = True
        if name in hidden_sheets:
            page.sheet_state = "hidden"
    book.save(path)
    return path


WRITERS = {"xlsx": write_xlsx, "xls": write_xls, "csv": write_csv}


@dataclass(frozen=True)
class Told:
    """What a run said: findings as ``(code, sheet row, cell)``, fates, counts."""

    findings: set
    fates: dict
    """Sheet, row of the spreadsheet, member → fate."""
    rows: dict
    batch: object

    def of(self, code):
        return {(row, cell) for found, row, cell in self.findings if found == code}

    @property
    def codes(self):
        return {code for code, _, _ in self.findings}


def relief(office, *arguments):
    """Run a command as a clerk does, and give its exit code and what it prints as JSON."""
    printed, said = io.StringIO(), io.StringIO()
    given = ["--lang", "en", "--json", "--office", str(office), *map(str, arguments)]
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        code = execute(given)
    assert code != ExitCode.FAULT, said.getvalue()
    return code, json.loads(printed.getvalue())


def read(*paths, **options):
    """Read rosters without an office."""
    return read_gathered(gather(paths, Options(**options)))


class Here:
    """Files that are read in this process, as a reading process would."""

    options = Options()

    def __init__(self, paths):
        self._paths = paths

    def tables(self, _advance, _refused=None):
        jobs = [Job(container.inspect(path, DEFAULT), DEFAULT) for path in self._paths]
        return [read_file(job) for job in jobs]


@functools.cache
def resting():
    """Give the settings of an office that has paid nobody, and its ledger."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    office = offices.create(folder / "office")
    return payouts.load_setting(office), Ledger.open(office.ledger_place)


def _drafted(paths, cycle, programme):
    """Check rosters for a programme where nobody was paid."""
    setting, ledger = resting()
    request = Request(programme=programme, rosters=Here(paths), cycle=Cycle.parse(cycle))
    drafted = plan.draft(request, setting, read_gathered(request.rosters), Lists(language="en"))
    with ledger.reading() as book:
        return drafted, plan.check(drafted, book)


def batch_of(*paths, cycle=CYCLE, programme="one-time"):
    """Give the batch that rosters make where nobody was paid; None where they pay nobody."""
    drafted, result = _drafted(paths, cycle, programme)
    if not result.count("paid"):
        return None
    return make_batch(judge(drafted, result), 1, Money, empty(RECOVERED))


def judged(*paths, cycle=CYCLE, programme="one-time"):
    """Check rosters for a programme where nobody was paid, and tell what became of every row."""
    drafted, result = _drafted(paths, cycle, programme)
    table = examine.findings_table(drafted.roster, result)
    findings = set(zip(table["code"], table["sheet_row"].astype(int), table["cell"], strict=True))
    people = drafted.roster.people[["sheet", "sheet_row", "member"]].astype(int)
    places = list(people.itertuples(index=False, name=None))
    assert len(set(places)) == len(places), "a row has one fate"
    counts = {fate: result.count(fate) for fate in ("paid", "held", "skipped")}
    assert sum(counts.values()) == len(places)
    fates = dict(zip(places, map(str, result.fate), strict=True))
    return Told(findings, fates, {"read": len(places), **counts}, None)


def told(office, *paths, cycle=CYCLE, options=(), programme="one-time"):
    """Prepare a programme, and tell what became of every row."""
    _, answer = relief(office, "prepare", programme, *paths, "--cycle", cycle, *options)
    assert answer.get("batch"), answer
    with Ledger.open(office / "ledger.sqlite").reading() as book:
        batch = book.load(answer["batch"])
    rows = answer["rows"]
    findings = {
        (code, int(row), cell)
        for code, row, cell in zip(
            batch.findings["code"], batch.findings["sheet_row"], batch.findings["cell"], strict=True
        )
    }
    fates = {}
    for frame, fate in ((batch.entitlements, "paid"), (batch.unpaid, None)):
        for entry in frame.itertuples():
            place = (int(entry.sheet), int(entry.sheet_row), int(entry.member))
            assert place not in fates, "a row has one fate"
            fates[place] = fate or entry.fate
    assert len(fates) == rows["read"] == rows["paid"] + rows["held"] + rows["skipped"]
    return Told(findings, fates, rows, batch)
