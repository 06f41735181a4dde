"""The books as double entry: other programs verify them, and come to what `reconcile` shows."""

import re
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data
from databases import forget_ledger, past
from golden.books import Books
from golden.plain_journal import WrongError, fen, read_journal
from golden.running import done, make_office, relief

from sample_data.bank import PAID, answer_all, ordered
from sample_data.generate import PERSON_COLUMNS, people, write_table

TITLE = "2022年8月低保人员花名册"
FAILED = ("失败", "RJ01 账号不存在")
BACK = ("失败", "RJ09 退票")
BEAN_CHECK = Path(sys.executable).with_name("bean-check")
FORMATS = ("beancount", "hledger")
# Parts that come out even with no amount, so that every split has fen left over.
POLICY = """
[[one-time.amount]]
since = 2022-07-19
value = 30001
unit = "fen per person"
reference = "x"

[[one-time.shares]]
since = 2022-07-19
value = { province = 7, local = 4 }
unit = "weights"
reference = "x"

[[local.split]]
since = 2022-07-19
value = { municipal = 3, county = 10 }
unit = "weights"
reference = "x"
"""
DOCUMENT = '晋财社〔2022〕88号 "二" \\ ;| [2020-01-01], date:2020-01-01'


def command(office, *arguments):
    answer = relief("--json", "--office", office, *arguments)
    assert answer.code in (0, 1), answer.err
    return answer.json


def written(office, kind):
    """Give the journal as it is printed."""
    answer = relief("--office", office, "journal", "--format", kind)
    assert (answer.code, answer.err) == (0, "")
    return answer.out


def bean_check(path):
    return subprocess.run([BEAN_CHECK, path], capture_output=True, check=False, timeout=60)


def loaded(path):
    """Load a journal; give its directives, and fen by account."""
    entries, errors, _ = loader.load_file(str(path))
    assert errors == []
    holds = Counter()
    for entry in data.filter_txns(entries):
        for posting in entry.postings:
            assert posting.units.currency == "CNY"
            holds[posting.account] += fen(posting.units.number)
    return entries, holds


def below(holds, account):
    return sum(held for name, held in holds.items() if f"{name}:".startswith(f"{account}:"))


def check_figures(office, folder):
    """Hold both journals against the reconciliation and each other; give the number of events."""
    plain, beans = read_journal(written(office, "hledger")), folder / "books.beancount"
    beans.write_text(written(office, "beancount"), "utf-8")
    entries, holds = loaded(beans)
    assert holds == plain.holds
    for source, figures in command(office, "reconcile")["sources"].items():
        name = source.capitalize()
        for account, figure, sign in (
            ("Assets:Treasury", "balance_fen", 1),
            ("Assets:Returned", "returned_fen", 1),
            ("Assets:InTransit", "in_transit_fen", 1),
            ("Expenses:Assistance", "paid_fen", 1),
            ("Income:Appropriations", "received_fen", -1),
        ):
            assert below(holds, f"{account}:{name}") == sign * figures[figure], (account, source)
    assert holds["Assets:Receivable:Recoveries"] == sum(
        one["owed_fen"] for one in command(office, "recovery", "list")["recoveries"]
    )
    # Every account is asserted in the end.
    assert holds.keys() <= plain.asserted.keys() == plain.titles.keys()
    asserted = {entry.account for entry in entries if isinstance(entry, data.Balance)}
    assert asserted == plain.titles.keys()
    events = [entry.meta["event"] for entry in data.filter_txns(entries)]
    assert [(one[0], one[1], dict(one[2])["event"]) for one in plain.transactions] == [
        (entry.date, entry.narration, str(entry.meta["event"]))
        for entry in data.filter_txns(entries)
    ]
    assert len(set(events)) == len(events)
    return len(events)


@pytest.fixture(scope="module")
def rosters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rosters")
    paths = [folder / f"{seed}.xlsx" for seed in (7, 8, 9)]
    for path, seed in zip(paths, (7, 8, 9), strict=True):
        write_table(path, people(40, seed), PERSON_COLUMNS, title=TITLE)
    return paths


def told(office, batch, folder, outcome):
    """Take in what the banks say, file by file, where they say anything."""
    for path, lines in ordered(batch["output"]).items():
        if any(map(outcome, lines)):
            answers = answer_all(batch["output"], folder, outcome, only=path.name)
            command(office, "settle", batch["batch"], *answers)


def partly(one):
    """Pay some, let some fail, and say nothing yet of every fourth."""
    if one.payment % 4 == 0:
        return None
    return FAILED if one.payment % 3 == 0 else PAID


def steps(office, rosters, folder):
    """Give the whole story; every step adds one or more events that move money, or none."""
    command(office, "receive", "province", "10000", "--document", DOCUMENT, "--on", "2022-08-01")
    command(office, "receive", "county", "5000.57", "--document", "县1号", "--on", "2022-08-03")
    yield
    first = done(office, rosters[:1])
    yield
    # Waits for nothing, and moves nothing.
    rejected = command(office, "prepare", "one-time", rosters[1], "--cycle", "2022-08")
    command(office, "reject", rejected["batch"], "--reason", "x")
    command(office, "prepare", "one-time", rosters[2], "--cycle", "2022-08")
    yield
    second = done(office, rosters[1:2], cycle="2022-09", command="prepare")
    second = command(office, "export", second["batch"])
    yield
    told(office, first, folder / "a", partly)
    yield
    told(office, second, folder / "b", lambda one: FAILED if one.payment % 5 == 0 else PAID)
    yield
    again = command(office, "follow-up", first["batch"], "--same-accounts")
    yield
    # Comes back weeks later, while the follow-up is on its way.
    told(office, first, folder / "c", lambda one: BACK if one.payment in (1, 2) else None)
    yield
    told(office, again, folder / "d", lambda one: FAILED if one.payment < 4 else PAID)
    yield
    command(office, "follow-up", again["batch"], "--same-accounts")
    command(office, "follow-up", first["batch"], "--same-accounts")
    told(office, again, folder / "e", lambda one: BACK if one.payment == 5 else None)
    yield
    person = Books(first["output"]).entitlements[0]["id_number"]
    command(office, "recovery", "add", person, "300.01", "--reason", f"死亡 {person}")
    yield
    command(office, "recovery", "repaid", "1", "100", "--document", "收据\n2022", "--on",
            "2022-08-02")  # fmt: skip
    command(office, "receive", "county", "-0.57", "--document", "县1号更正")
    yield


@pytest.fixture(scope="module")
def told_office(rosters, tmp_path_factory):
    """Give an office after the whole story, with how many transactions there were at each step."""
    folder = tmp_path_factory.mktemp("told")
    office = make_office(folder / "office")
    (office / "policy" / "own.toml").write_text(POLICY, "utf-8")
    counts = [check_figures(office, folder) for _ in steps(office, rosters, folder)]
    return office, counts


def test_the_books_agree_with_the_reconciliation_at_every_step(told_office):
    _, counts = told_office
    added = [after - before for before, after in zip([0, *counts], counts, strict=False)]
    assert added[:4] == [2, 1, 0, 1]
    assert all(added[4:])
    assert added[-2:] == [1, 2]


def test_amounts_do_not_come_out_even(told_office):
    """Else the story would show nothing about the fen that are left over."""
    office, _ = told_office
    shown = command(office, "reconcile")["sources"]
    assert all(shown[name]["returned_fen"] % 100 for name in ("province", "municipal", "county"))
    assert all(shown[name]["in_transit_fen"] % 100 for name in ("province", "municipal", "county"))


@pytest.mark.parametrize("kind", FORMATS)
def test_nobody_is_in_it(told_office, kind):
    office, _ = told_office
    text = written(office, kind)
    assert not re.search(r"[0-9]{12}", text)
    assert "死亡" not in text
    batches = [Books(folder) for folder in (office / "out").glob("one-time-*")]
    names = {row["payee_name"] for books in batches for row in books.payments.values()}
    names |= {row["beneficiary_name"] for books in batches for row in books.entitlements}
    assert names
    assert {name for name in names if name in text} == set()


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_books_are_the_same_bytes(told_office, tmp_path, kind):
    office, _ = told_office
    text = written(office, kind)
    assert written(office, kind) == text
    place = tmp_path / "new" / "books"
    for _ in range(2):
        shown = command(office, "journal", "--format", kind, "--output", place)
        assert shown == {"format": kind, "path": str(place), "transactions": text.count("event: ")}
        assert place.read_bytes() == text.encode()
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [one.name for one in place.parent.iterdir()] == ["books"]
    assert command(office, "journal", "--format", kind)["journal"] == text
    assert relief("--quiet", "--office", office, "journal", "--format", kind).out == text


def lines_of(text, account):
    """Give the numbers of the lines that post to an account."""
    pattern = re.compile(rf" +{account}  -?[0-9.]+ CNY$")
    return [number for number, line in enumerate(text.splitlines()) if pattern.match(line)]


def changed(text, *changes):
    """Add fen to the amounts of postings, given by the numbers of their lines."""
    lines = text.splitlines()
    for number, added in changes:
        account, amount = lines[number].removesuffix(" CNY").rsplit("  ", 1)
        new = fen(amount) + added
        sign = "-" if new < 0 else ""
        lines[number] = f"{account}  {sign}{abs(new) // 100}.{abs(new) % 100:02d} CNY"
    assert lines != text.splitlines()
    return "\n".join(lines) + "\n"


def seeded(text):
    """Give journals with one error each, of one fen or of one event."""
    province = lines_of(text, "Assets:Treasury:Province")
    county = lines_of(text, "Assets:Treasury:County")
    yield changed(text, (province[0], 1))
    yield changed(text, (province[-1], -1))
    # Both sides of one transaction: it still sums to zero.
    both = next((one, two) for one in province for two in county if abs(one - two) < 3)
    yield changed(text, (both[0], 1), (both[1], -1))
    blocks = text.split("\n\n")
    event = next(number for number, block in enumerate(blocks) if "event: " in block)
    yield "\n\n".join(blocks[:event] + blocks[event + 1 :])


def test_bean_check_finds_a_seeded_error(told_office, tmp_path):
    office, _ = told_office
    text, place = written(office, "beancount"), tmp_path / "seeded.beancount"
    for number, wrong in enumerate(seeded(text)):
        place.write_text(wrong, "utf-8")
        checked = bean_check(place)
        assert checked.returncode == 1, number
        assert b"balance" in checked.stderr.lower(), number
    place.write_text(text, "utf-8")
    assert bean_check(place).returncode == 0


def test_the_reader_of_plain_journals_finds_a_seeded_error(told_office):
    office, _ = told_office
    for wrong in seeded(written(office, "hledger")):
        with pytest.raises(WrongError):
            read_journal(wrong)


def test_what_moved_without_an_event_is_found(rosters, tmp_path):
    """The last balances are the reconciliation's, which looks at no event."""
    office = make_office(tmp_path / "office")
    command(office, "receive", "province", "1", "--document", "1")
    done(office, rosters[:1])
    with past(office) as book:
        book.drop_guards()
        book.execute("DELETE FROM events WHERE kind = 'exported'")
    place = tmp_path / "books.beancount"
    command(office, "journal", "--format", "beancount", "--output", place)
    checked = bean_check(place)
    assert checked.returncode == 1
    assert b"Balance failed for 'Assets:InTransit:Province'" in checked.stderr
    with pytest.raises(WrongError):
        read_journal(written(office, "hledger"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_stand_beside_codes(rosters, tmp_path, language):
    office = make_office(tmp_path / "office", language=language)
    batch = done(office, rosters[:1])
    command(office, "receive", "province", "1", "--document", DOCUMENT, "--on", "2022-08-01")
    place = tmp_path / "books.beancount"
    command(office, "journal", "--format", "beancount", "--output", place)
    entries, _ = loaded(place)
    titles = {
        entry.account: entry.meta["title"] for entry in entries if isinstance(entry, data.Open)
    }
    name = "Assets:InTransit:Province:One-time-2022-08-1"
    words = {"zh": "在途 / 省级 / ", "en": "In transit / province / "}
    assert titles[name] == words[language] + batch["batch"]
    assert titles.keys() == read_journal(written(office, "hledger")).titles.keys()
    received, sent = data.filter_txns(entries)
    assert received.meta["document"] == DOCUMENT
    assert sent.links == {batch["batch"]}
    assert str(batch["payments"]) in sent.narration
    assert bean_check(place).returncode == 0


@pytest.mark.parametrize("kind", FORMATS)
def test_an_office_without_any_event(tmp_path, kind):
    office = make_office(tmp_path / "office")
    place = tmp_path / "books"
    assert command(office, "journal", "--format", kind, "--output", place)["transactions"] == 0
    if kind == "beancount":
        assert bean_check(place).returncode == 0
    else:
        assert read_journal(place.read_text("utf-8")).titles == {}


def test_no_other_file_is_replaced(told_office, tmp_path):
    office, _ = told_office
    taken = tmp_path / "note"
    taken.write_text("; relief journ", "utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    for place in (taken, folder, office / "relief.toml", *office.glob("*.sqlite")):
        before = place.read_bytes() if place.is_file() else None
        answer = relief(
            "--json", "--office", office, "journal", "--format", "hledger", "--output", place
        )
        assert (answer.code, answer.json["error"]["code"]) == (2, "journal-place")
        assert before is None or place.read_bytes() == before


def test_there_is_no_ledger(tmp_path):
    office = make_office(tmp_path / "office")
    forget_ledger(office)
    answer = relief("--json", "--office", office, "journal", "--format", "hledger")
    assert answer.json["error"]["code"] == "ledger-missing"
    with past(office) as book:
        assert book.tables() == set()


def test_the_format_must_be_known(told_office):
    office, _ = told_office
    answer = relief("--json", "--office", office, "journal", "--format", "ledger")
    assert (answer.code, answer.json["error"]["code"]) == (2, "usage")
