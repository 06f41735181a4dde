"""Where every fen is: for each source received = paid + in transit + returned + balance."""

import datetime as dt
import html.parser
import zipfile
from fractions import Fraction
from itertools import pairwise

import pytest
from databases import past
from golden.books import Books, fen, sheets
from golden.running import done, make_office, relief
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.money import apportion
from sample_data.bank import PAID, answer_all
from sample_data.generate import PERSON_COLUMNS, people, write_table

TITLE = "2022年8月低保人员花名册"
FAILED = ("失败", "RJ01 账号不存在")


@pytest.fixture(scope="module")
def rosters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rosters")
    paths = [folder / f"{seed}.xlsx" for seed in (7, 8)]
    for path, seed in zip(paths, (7, 8), strict=True):
        write_table(path, people(40, seed), PERSON_COLUMNS, title=TITLE)
    return paths


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


def command(office, *arguments):
    answer = relief("--json", "--office", office, *arguments)
    assert answer.code in (0, 1), answer.err
    return answer.json


def reconcile(office, *options, code=0):
    answer = relief("--json", "--office", office, "reconcile", *options)
    assert answer.code == code, answer.err
    shown = answer.json
    for one in shown["sources"].values():
        settled = one["paid_fen"] + one["in_transit_fen"] + one["returned_fen"]
        assert one["sent_fen"] == settled
        assert one["received_fen"] == settled + one["balance_fen"]
    return shown


def total(shown, figure):
    return sum(one[figure] for one in shown["sources"].values())


def test_an_empty_office(office):
    assert reconcile(office) == {
        "cycle": None, "on": dt.datetime.now().date().isoformat(), "sources": {},  # noqa: DTZ005
        "people": 0, "programmes": {}, "codes": {}, "purses": [], "documents": [],
        "differences": [], "open_failures": 0, "contradicted": [], "paid_twice": [], "closed": [],
        "files": [str(office / "out/reconciliation" / f"reconciliation-empty.{kind}")
                  for kind in ("xlsx", "html")],
    }  # fmt: skip


def test_a_month_step_by_step(office, rosters, tmp_path):
    """Each figure is worked out from the lists that the batches wrote, person by person."""
    command(office, "receive", "省级", "10000", "--document", "晋财社1号", "--on", "2022-08-01")
    command(office, "receive", "county", "5000.50", "--document", "县1号")
    batch = done(office, rosters[:1])
    amount = batch["amount_fen"]
    sent = reconcile(office)
    assert sent["sources"]["province"]["received_fen"] == 1_000_000
    assert sent["sources"]["county"]["received_fen"] == 500_050
    assert {name: one["due_fen"] for name, one in sent["sources"].items()} == batch["shares_fen"]
    assert total(sent, "in_transit_fen") == amount
    province = sent["sources"]["province"]
    assert province["shortfall_fen"] == max(province["due_fen"] - 1_000_000, 0)

    # Prepared and not sent: due, and nothing else.
    prepared = command(office, "prepare", "one-time", rosters[1], "--cycle", "2022-08")
    shown = reconcile(office)
    assert total(shown, "due_fen") == amount + prepared["amount_fen"]
    assert total(shown, "sent_fen") == amount

    failed = [n for n in Books(batch["output"]).payments if n % 5 == 0]
    back_fen = sum(int(Books(batch["output"]).payments[n]["amount_fen"]) for n in failed)
    answers = answer_all(
        batch["output"], tmp_path / "a", lambda one: FAILED if one.payment in failed else PAID
    )
    command(office, "settle", batch["batch"], *answers)
    shown = reconcile(office, "--on", "2099-01-01")
    assert (total(shown, "returned_fen"), total(shown, "paid_fen")) == (back_fen, amount - back_fen)
    assert shown["open_failures"] == len(failed)
    _check_split(shown, batch["shares_fen"], amount - back_fen, back_fen)

    again = command(office, "follow-up", batch["batch"], "--same-accounts")
    assert total(reconcile(office), "in_transit_fen") == back_fen
    one_fen = int(Books(again["output"]).payments[1]["amount_fen"])
    answers = answer_all(
        again["output"], tmp_path / "b", lambda one: FAILED if one.payment == 1 else PAID
    )
    command(office, "settle", again["batch"], *answers)
    shown = reconcile(office)
    assert (total(shown, "returned_fen"), total(shown, "in_transit_fen")) == (one_fen, 0)
    assert shown["closed"] == []
    last = command(office, "follow-up", again["batch"], "--same-accounts")
    command(office, "settle", last["batch"], *answer_all(last["output"], tmp_path / "c"))
    shown = reconcile(office)
    assert shown["closed"] == [batch["batch"], again["batch"], last["batch"]]
    assert (total(shown, "paid_fen"), shown["open_failures"]) == (amount, 0)
    assert command(office, "audit")["verified"] is True

    _check_workbook(shown, batch, prepared, back_fen, one_fen)
    # A late reversal opens what was closed.
    back = answer_all(
        batch["output"],
        tmp_path / "d",
        lambda one: ("失败", "RJ09 退票") if one.payment == 1 else None,
        only=Books(batch["output"]).payments[1]["file"].rsplit("/", 1)[1],
    )
    assert command(office, "settle", batch["batch"], *back)["state"] == "settled"
    assert reconcile(office)["open_failures"] == 1


def _check_split(shown, shares, paid, back):
    """Each source's part is its share of the whole, to the fen above or below."""
    whole = sum(shares.values())
    for name, share in shares.items():
        one = shown["sources"][name]
        assert abs(one["paid_fen"] - Fraction(share * paid, whole)) < 1
        assert abs(one["returned_fen"] - Fraction(share * back, whole)) <= 1


def _check_workbook(shown, batch, prepared, back_fen, one_fen):
    content = sheets(shown["files"][0])
    lines = content["Cycle 2022-08"]
    header, last = lines[2], next(row for row in lines if row[0] == "Total")
    found = dict(zip(header, last, strict=True))
    amount, due = batch["amount_fen"], batch["amount_fen"] + prepared["amount_fen"]
    assert {name: fen(found[name]) for name in header[4:]} == {
        "Due": due,
        "Paid at first": amount - back_fen,
        "Failed": back_fen + one_fen,
        "Came back later": 0,
        "Paid again": back_fen,
        "In transit": 0,
        "To be paid again": 0,
        "Not sent": prepared["amount_fen"],
        "Not paid yet": prepared["amount_fen"],
    }
    assert found["Persons"] == batch["beneficiaries"] + prepared["beneficiaries"]
    ties = [row for row in content["Tie-out"][3:] if row[3]]
    assert {row[0] for row in ties} >= {batch["batch"], prepared["batch"]}
    assert {row[5] for row in ties} == {"0", "0.00"}
    with zipfile.ZipFile(shown["files"][0]) as parts:
        assert sum(name.startswith("xl/charts/chart") for name in parts.namelist()) == 3


def test_the_page_says_the_same_and_loads_nothing(office, rosters):
    command(office, "receive", "province", "1234.56", "--document", "<b>&文号")
    done(office, rosters[:1])
    shown = reconcile(office)
    page = (office / "out/reconciliation/reconciliation-2022-08.html").read_text("utf-8")
    assert str(office / "out/reconciliation/reconciliation-2022-08.html") in shown["files"]
    parser = _Tags()
    parser.feed(page)
    assert "script" not in parser.tags
    assert not parser.loaded
    assert "&lt;b&gt;&amp;文号" in page
    assert "1,234.56" in page
    assert parser.tags.count("svg") == 4  # three charts and the head


class _Tags(html.parser.HTMLParser):
    """Collects tags, and whatever would be loaded from elsewhere."""

    def __init__(self):
        super().__init__()
        self.tags, self.loaded = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loaded += [value for name, value in attributes if name in ("src", "href", "action")]


def test_the_same_on_the_same_day_is_the_same_to_the_byte(office, rosters):
    done(office, rosters[:1])
    paths = [
        office / "out/reconciliation" / f"reconciliation-2022-08.{k}" for k in ("xlsx", "html")
    ]
    contents = []
    for _ in range(2):
        reconcile(office, "--on", "2022-09-30")
        contents.append([path.read_bytes() for path in paths])
    assert contents[0] == contents[1]


def test_a_rejected_batch_counts_nowhere(office, rosters):
    batch = command(office, "prepare", "one-time", rosters[0], "--cycle", "2022-08")
    command(office, "reject", batch["batch"], "--reason", "x")
    assert reconcile(office)["sources"] == {}


def test_a_difference_ends_with_1(office, rosters):
    done(office, rosters[:1])
    with past(office) as book:
        book.drop_guards()
        book.execute(
            "UPDATE shares SET amount_fen = amount_fen + 1 WHERE line ="
            " (SELECT max(line) FROM shares WHERE source = 'county')"
        )
    answer = relief("--json", "--office", office, "reconcile")
    assert answer.code == 1
    assert [(one["difference"], one["unit"]) for one in answer.json["differences"]] == [(-1, "fen")]


def test_what_the_bank_disputes_is_a_difference(office, rosters, tmp_path):
    batch = done(office, rosters[:1])
    (path,) = answer_all(batch["output"], tmp_path / "a", only="To402161002352")
    lines = path.read_bytes().splitlines(keepends=True)
    fields = lines[0].split(b"@|$")
    fields[3] = b"1"
    path.write_bytes(b"@|$".join(fields) + b"".join(lines[1:]))
    command(office, "settle", batch["batch"], path)
    shown = reconcile(office, code=1)
    assert [one["difference"] for one in shown["differences"]] == [1]
    human = relief("--lang", "en", "--office", office, "reconcile")
    assert "contradicts" in human.out


def test_receipts(office):
    first = command(office, "receive", "province", "100", "--document", "1", "--on", "2022-08-01")
    assert first["new"] is True
    again = command(office, "receive", "province", "100", "--document", "1", "--on", "2022-08-01")
    assert again == {**first, "new": False}
    for arguments, code in (
        (("province", "101", "--document", "1", "--on", "2022-08-01"), "document-differs"),
        (("moon", "1", "--document", "2"), "source-unknown"),
        (("province", "0", "--document", "2"), "amount-nothing"),
        (("province", "1.005", "--document", "2"), "amount-too-precise"),
        (("province", "1", "--document", " "), "document-missing"),
    ):
        answer = relief("--json", "--office", office, "receive", *arguments)
        assert answer.json["error"]["code"] == code
    command(office, "receive", "province", "-0.50", "--document", "更正1")
    assert reconcile(office)["sources"]["province"]["received_fen"] == 9_950


@given(st.data())
def test_apportioned_amounts_and_shares_come_out_to_the_fen(data):
    shares = data.draw(st.lists(st.integers(0, 10**9), min_size=1, max_size=5))
    cuts = sorted(data.draw(st.lists(st.integers(0, sum(shares)), min_size=3, max_size=3)))
    edges = [0, *cuts, sum(shares)]
    parts = [after - before for before, after in pairwise(edges)]
    rows = apportion(parts, shares)
    assert [sum(row) for row in rows] == parts
    assert [sum(column) for column in zip(*rows, strict=True)] == shares
    assert all(fen >= 0 for row in rows for fen in row)
