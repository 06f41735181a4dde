"""Reads back what a batch wrote, file by file, with nothing of relief's own."""

import csv
import hashlib
import io
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
from databases import everything, past, unguarded

from relief_cli import office as offices
from relief_cli.ledger import Ledger
from relief_cli.ledger.events import START, canonical, event_digest
from relief_cli.ledger.rows import digest_of
from relief_cli.ledger.schema import EVENTS

REGISTER = (("Voucher number", "Number"), ("Recipient",), ("Value (yuan)", "Amount (yuan)"))
HELD_COLUMNS = ("Problem codes", "Source file", "Source sheet", "Source row")


@dataclass(frozen=True)
class Line:
    """One line of a bank file."""

    account: str
    name: str
    fen: int


class Books:
    """The output folder of one batch of an office whose files are in English."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.payments = {int(row["payment"]): row for row in self._csv("payments.csv")}
        self.entitlements = self._csv("entitlements.csv")
        self.manifest = json.loads((self.folder / "manifest.json").read_text("utf-8"))

    def _csv(self, name):
        text = (self.folder / name).read_bytes().decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    @property
    def amount_fen(self):
        return sum(int(row["amount_fen"]) for row in self.payments.values())

    def persons(self):
        """Give who is entitled, as often as each is."""
        return Counter(row["id_number"] for row in self.entitlements)

    def paid(self):
        """Give every person paid: file, sheet, row, ID, name → account, payee, fen."""
        paid = {}
        for row in self.entitlements:
            payment = self.payments[int(row["payment"])]
            origin = (row["source_file"], row["sheet"], int(row["row"]), row["id_number"])
            assert origin not in paid
            paid[origin] = (
                row["beneficiary_name"],
                payment["account_number"],
                payment["payee_name"],
                int(row["amount_fen"]),
            )
        return paid

    def bank_lines(self):
        """Give (file, line) → what that line of a bank file orders; lines as an editor counts."""
        lines = {}
        registers = list((self.folder / "register").rglob("*.xlsx"))
        for path in sorted([*(self.folder / "bank").rglob("*"), *registers]):
            if path.is_file():
                name = path.relative_to(self.folder).as_posix()
                first = 2 if path.suffix in (".xlsx", ".csv") else 1  # below the titles
                first += 2 * (path in registers)  # two lines above the titles
                lines |= {(name, n): line for n, line in enumerate(bank_file(path), start=first)}
        return lines

    def held(self):
        """Give (file, sheet, row) → the codes of each row in held.xlsx."""
        held = {}
        for header, *rows in sheets(self.folder / "held.xlsx").values():
            if "Problem codes" not in header:
                continue
            places = [header.index(name) for name in HELD_COLUMNS]
            for row in rows:
                codes, file, sheet, number = (row[place] for place in places)
                origin = (file, sheet or "", number)
                assert origin not in held
                held[origin] = codes.split(",")
        return held

    def summary(self):
        return Summary(sheets(self.folder / "summary.xlsx"))

    def digests(self):
        """Give the digest of every file in the folder."""
        return digests(self.folder)


class Summary:
    """summary.xlsx, figures only."""

    def __init__(self, content):
        page = content["Disbursement and funding"]
        first = [row[0] for row in page]
        start, end = first.index("County"), first.index("Total")
        self.lines = {
            tuple(row[:3]): (row[3], row[4], fen(row[5]))
            for row in page[start + 1 : end]
            if row[1] != "Subtotal"
        }
        self.subtotals = {
            row[0]: (row[3], row[4], fen(row[5]))
            for row in page[start + 1 : end]
            if row[1] == "Subtotal"
        }
        self.total = (page[end][3], page[end][4], fen(page[end][5]))
        self.words = page[end + 1][0]
        start = first.index("County", end)
        self.sources = [name for name in page[start][1:] if name and name != "Total"]
        self.shares = {}
        for row in page[start + 1 :]:
            self.shares[row[0]] = [fen(cell) for cell in row[1:] if cell is not None]
            if row[0] == "Total":
                break
        self.files = {
            row[1]: (row[2], row[3], fen(row[4]))
            for row in content["Bank files"][2:]
            if isinstance(row[0], int)
        }
        self.differences = [row[4] for row in content["Reconciliation"][2:]]
        self.unpaid = {
            (row[0], row[1]): row[4] for row in content["Rows not paid"][2:] if row[1] is not None
        }


def bank_file(path):
    """Give the lines of one bank file by the bank's own layout."""
    if path.parent.name == "register":
        ((_, _, header, *rows),) = sheets(path).values()
        number, name, yuan = (
            next(header.index(n) for n in names if n in header) for names in REGISTER
        )
        return [Line(row[number], row[name], fen(row[yuan])) for row in rows]
    if path.suffix == ".xlsx":
        ((header, *rows),) = sheets(path).values()
        account, name, yuan = (header.index(n) for n in ("Account", "Payee", "Amount (yuan)"))
        return [Line(row[account], row[name], fen(row[yuan])) for row in rows]
    if path.suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
        return [Line(row["Account"], row["Payee"], fen(row["Amount (yuan)"])) for row in rows]
    text = path.read_bytes().decode("gbk")
    if path.name.startswith("abc-"):
        rows = [line.split(",") for line in text.removesuffix("\r\n").split("\r\n")]
        assert all(len(row) == 5 for row in rows)
        return [Line(row[1], row[2], fen(row[3])) for row in rows]
    if path.name.startswith("ccb-"):
        rows = [line.split("|") for line in text.removesuffix("\r\n").split("\r\n")]
        assert all(len(row) == 4 and row[3] == "" for row in rows)
        return [Line(row[0], row[1], fen(row[2])) for row in rows]
    assert "To402161002352" in path.name
    rows = [line.split("@|$") for line in text.removesuffix("\n").split("\n")]
    assert all(len(row) == 10 for row in rows)
    assert [row[0] for row in rows] == [f"{n:06d}" for n in range(1, len(rows) + 1)]
    return [Line(row[4], row[1], int(row[3])) for row in rows]


def fen(yuan):
    """Give whole fen; a value between two fen is an error."""
    value = Decimal(str(yuan).replace(",", "")) * 100
    assert value == int(value)
    return int(value)


def sheets(path):
    """Give the rows of every sheet of a workbook."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def digests(folder):
    """Give path → SHA-256 of all files below ``folder``."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def ledger(office):
    """Give all that stands in an office's ledger."""
    return everything(office)


def recorded(office):
    """Give all tables of an office's ledger; of events only what happened, for times differ."""
    tables = everything(office)
    kept = [list(EVENTS.c).index(EVENTS.c[name]) for name in ("event", "kind", "batch", "body")]
    tables["events"] = [tuple(row[n] for n in kept) for row in tables["events"]]
    return tables


def entitled(office):
    """Give person → fen, over all batches; nobody may stand there twice."""
    with past(office) as book:
        rows = book.rows("SELECT person, amount_fen FROM entitlements ORDER BY entitlement")
    assert len({person for person, _ in rows}) == len(rows)
    return dict(rows)


def state_of(office):
    """Give what an office holds: bytes and times of all its files."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(office.rglob("*"))
        if path.is_file()
    }


def check_conserved(answer, office):
    """Check that every fen and every row is in one place: JSON, files, banks, sheet, ledger."""
    books = Books(answer["output"])
    payments, summary = books.payments, books.summary()
    _check_entitlements(books, answer)
    lines = books.bank_lines()
    ordered = {
        (row["file"], int(row["line"])): Line(
            row["account_number"], row["payee_name"], int(row["amount_fen"])
        )
        for row in payments.values()
    }
    assert lines == ordered
    assert len({line.account for line in lines.values()}) == len(lines)
    _check_files(books, answer, lines)
    assert summary.total[1:] == (answer["beneficiaries"], answer["amount_fen"])
    assert f"¥{answer['amount_fen'] // 100:,}.{answer['amount_fen'] % 100:02d}" in summary.words
    assert sum(figures[2] for figures in summary.lines.values()) == answer["amount_fen"]
    assert sum(figures[2] for figures in summary.subtotals.values()) == answer["amount_fen"]
    assert dict(zip(summary.sources, summary.shares["Total"], strict=False)) == answer["shares_fen"]
    assert sum(answer["shares_fen"].values()) == answer["amount_fen"]
    assert set(summary.differences) == {0}
    read = answer["rows"]
    assert read["read"] == read["paid"] + read["held"] + read["skipped"]
    persons = books.persons()
    recorded = entitled(office)
    due = {row["id_number"]: int(row["amount_fen"]) for row in books.entitlements}
    assert {person: recorded[person] for person in persons} == due
    if answer["programme"] == "one-time":
        assert set(due.values()) <= {30_000}
    return books


def _check_entitlements(books, answer):
    sums, counts = defaultdict(int), Counter()
    for row in books.entitlements:
        sums[int(row["payment"])] += int(row["amount_fen"])
        counts[int(row["payment"])] += 1
    payments = books.payments
    assert sums == {number: int(row["amount_fen"]) for number, row in payments.items()}
    assert counts == {number: int(row["beneficiaries"]) for number, row in payments.items()}
    assert answer["amount_fen"] == books.amount_fen
    assert answer["payments"] == len(payments)
    assert answer["beneficiaries"] == len(books.entitlements) == answer["rows"]["paid"]
    assert set(books.persons().values()) == {1}


def _check_files(books, answer, lines):
    counts, sums = Counter(), defaultdict(int)
    for (file, _), line in lines.items():
        counts[file] += 1
        sums[file] += line.fen
    told = {
        Path(file["path"]).relative_to(books.folder).as_posix(): (
            file["payments"],
            file["amount_fen"],
            file["sha256"],
        )
        for file in answer["files"]
    }
    found = books.digests()
    assert told == {file: (counts[file], sums[file], found[file]) for file in counts}
    assert books.summary().files.keys() == told.keys()
    for file, (_, count, amount) in books.summary().files.items():
        assert (count, amount) == told[file][:2]
    manifest = books.manifest
    named = {file["path"]: file["sha256"] for file in manifest["files"]}
    assert found == named | {"manifest.json": found["manifest.json"]}
    assert manifest["totals"]["amount_fen"] == answer["amount_fen"]
    assert manifest["totals"]["payments"] == answer["payments"]
    assert manifest["totals"]["beneficiaries"] == answer["beneficiaries"]
    assert manifest["rows"] == answer["rows"]
    assert sum(share["amount_fen"] for share in manifest["shares"]) == answer["amount_fen"]
    references = {parameter["reference"] for parameter in manifest["parameters"]}
    assert references
    assert "" not in references


def chained_again(office):
    """Make the digests of all batches and events anew, as a forger can who knows the program."""
    with Ledger.open(offices.load(office).ledger_place).reading() as book:
        contents = {name: digest_of(book.load(name)) for name in book.names()}
    with unguarded(office) as connection:
        names = dict(connection.rows("SELECT batch, name FROM batches"))
        previous = START
        events = connection.rows("SELECT event, at, kind, batch, body FROM events ORDER BY event")
        for event, at, kind, batch, body in events:
            told = json.loads(body)
            if kind == "prepared":
                told["content"] = contents[names[batch]]
            text = canonical(told)
            digest = event_digest(
                event=event, at=at, kind=kind, batch=names.get(batch), body=text, previous=previous
            )
            connection.execute(
                "UPDATE events SET body = ?, previous = ?, digest = ? WHERE event = ?",
                (text, f"x{previous}", f"x{digest}", event),
            )
            previous = digest
        # In two steps: each digest is there only once, also meanwhile.
        connection.execute("UPDATE events SET previous = substr(previous, 2)")
        connection.execute("UPDATE events SET digest = substr(digest, 2)")
