"""Small rosters in real files, and an office that takes them in: what the tests of rules share.

Check digits come from python-stdnum, which the program does not use.
"""

import contextlib
import csv
import io
import json
from dataclasses import dataclass

import openpyxl
import xlwt
from stdnum import luhn
from stdnum.cn import ric

from relief_cli.cli.app import execute
from relief_cli.errors import ExitCode
from relief_cli.ledger import Ledger
from relief_cli.roster.gather import Options, gather
from relief_cli.roster.read import read as read_gathered

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
