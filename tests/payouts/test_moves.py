"""Somebody moves from 分散 to 集中 within a quarter: both parts are paid, no month twice.

Each figure is worked out by hand: 1,000.00 for July at home, 2,200.00 for August and September in
the institution.
"""

import openpyxl
import pytest
from databases import copy_office, unguarded
from golden.books import Books
from golden.running import done, make_office, relief, run
from ledger.made_batch import changed, make_batch, persons

from relief_cli import payouts
from relief_cli.calendar import Cycle, Occasion
from relief_cli.errors import RefusedError
from relief_cli.ledger import Ledger
from relief_cli.office import load
from sample_data.bank import PAID, answer_all
from sample_data.generate import people

TEKUN = {"programme": "tekun", "cycle": "2022Q3"}
HEADER = ["姓名", "身份证号", "救助类别", "供养方式", "合计", "起始保障年月", "停发年月", "开户行",
          "账号", "供养机构", "机构开户行", "机构账号"]  # fmt: skip
HOME_FEN, INSIDE_FEN = 100_000, 220_000


@pytest.fixture(scope="module")
def somebody():
    return people(40, 8800).drop_duplicates("household").head(3).to_dict("records")


@pytest.fixture(scope="module")
def of_q2(tmp_path_factory, somebody):
    """Make an office that has paid somebody in the institution before."""
    folder = tmp_path_factory.mktemp("q2")
    office = make_office(folder / "office")
    path = roster(folder / "0.xlsx", inside(somebody[2], "3000", ""))
    done(office, [path], programme="tekun", cycle="2022Q2")
    return office


@pytest.fixture
def office(of_q2, tmp_path):
    return copy_office(of_q2, tmp_path / "office")


def at_home(one, amount="1000", stop="2022-08", start=""):
    return [one["name"], one["person"], "农村特困", "分散", amount, start, stop, one["bank_name"],
            one["account_number"], "", "", ""]  # fmt: skip


def inside(one, amount="2200", start="2022-08", stop=""):
    return [one["name"], one["person"], "农村特困", "集中", amount, start, stop, "", "",
            "阳曲县敬老院", "农业银行", "140201012200001"]  # fmt: skip


def roster(path, *rows):
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def entitlements(told):
    """Give who is paid what for which months."""
    lines = Books(told["output"]).entitlements
    return sorted((one["id_number"], int(one["amount_fen"])) for one in lines)


def repeated(told):
    """Give what is found of people who are paid already; that accounts changed is no news here."""
    return {code: count for code, count in told["findings"].items() if code.startswith("R4")}


def ask(office, *arguments):
    answer = relief("--json", "--office", office, *arguments)
    assert answer.code in (0, 1), answer.err
    return answer.json


def in_all(office, person):
    told = ask(office, "trace", person)["entitlements"]
    return [one["amount_fen"] for one in told if one["outcome"] != "failed" and not one["rejected"]]


def test_both_parts_in_one_roster(office, somebody, tmp_path):
    mover, stayer, _ = somebody
    path = roster(tmp_path / "特困.xlsx", at_home(mover), at_home(stayer, "3000", ""),
                  inside(mover))  # fmt: skip
    told = done(office, [path], **TEKUN)
    assert repeated(told) == {}
    assert told["rows"] == {"read": 3, "paid": 3, "held": 0, "skipped": 0}
    assert told["beneficiaries"] == 2
    assert entitlements(told) == sorted(
        [(mover["person"], HOME_FEN), (mover["person"], INSIDE_FEN), (stayer["person"], 300_000)]
    )
    paid = {one["account_number"]: int(one["amount_fen"])
            for one in Books(told["output"]).payments.values()}  # fmt: skip
    assert paid == {
        mover["account_number"]: HOME_FEN,
        stayer["account_number"]: 300_000,
        "140201012200001": INSIDE_FEN,
    }
    assert run(office, [path], **TEKUN).json["repeated"]
    reconciled = ask(office, "reconcile", "--cycle", "2022Q3")
    assert reconciled["differences"] == []
    assert ask(office, "audit")["verified"]


def test_both_parts_into_one_account_are_one_payment(office, somebody, tmp_path):
    mover = somebody[0]
    path = roster(tmp_path / "特困.xlsx", at_home(mover), at_home(mover, "2200", "", "2022-08"))
    told = done(office, [path], **TEKUN)
    assert (told["payments"], told["amount_fen"]) == (1, HOME_FEN + INSIDE_FEN)
    again = roster(tmp_path / "2.xlsx", at_home(mover, "2200", "", "2022-08"), at_home(mover))
    assert repeated(done(office, [again], **TEKUN)) == {"R403": 2}


@pytest.mark.parametrize("first", ["home", "inside"])
def test_one_part_after_the_other(office, somebody, tmp_path, first):
    mover = somebody[0]
    parts = {"home": at_home(mover), "inside": inside(mover)}
    done(office, [roster(tmp_path / "1.xlsx", parts[first])], **TEKUN)
    both = roster(tmp_path / "2.xlsx", *parts.values())
    if first == "inside":
        # From the institution's account into the own one: somebody has to have asked.
        assert done(office, [both], **TEKUN)["findings"]["R212"] == 1
        ask(office, "accept", "R212", mover["person"], "--reason", "已核实")
    told = done(office, [both], **TEKUN)
    assert (told["rows"]["paid"], told["rows"]["skipped"]) == (1, 1)
    assert repeated(told) == {"R403": 1}
    assert sorted(in_all(office, mover["person"])) == [HOME_FEN, INSIDE_FEN]
    # Whatever is written into the file: nothing is left to be paid.
    again = done(office, [roster(tmp_path / "3.xlsx", *reversed(parts.values()))], **TEKUN)
    assert (again["batch"], repeated(again)) == (None, {"R403": 2})
    assert ask(office, "audit")["verified"]


@pytest.mark.parametrize("stop", ["", "2022-09"])
def test_months_that_overlap_are_the_same_row_twice(office, somebody, tmp_path, stop):
    mover = somebody[0]
    path = roster(tmp_path / "特困.xlsx", at_home(mover, "2000", stop), inside(mover))
    told = done(office, [path], **TEKUN)
    assert (told["rows"]["paid"], told["rows"]["held"]) == (1, 1)
    assert told["findings"]["R401"] == 1


def test_what_was_paid_for_the_whole_quarter_is_held_against_both_parts(office, somebody, tmp_path):
    mover = somebody[0]
    done(office, [roster(tmp_path / "1.xlsx", at_home(mover, "3000", ""))], **TEKUN)
    # One part alone is told with both figures; both together are 200.00 more, which a top-up pays.
    told = done(office, [roster(tmp_path / "2.xlsx", inside(mover))], **TEKUN)
    assert (told["batch"], repeated(told)) == (None, {"R410": 1})
    both = roster(tmp_path / "3.xlsx", at_home(mover), inside(mover))
    told = done(office, [both], **TEKUN)
    assert (told["batch"], repeated(told)) == (None, {"R409": 2})
    told = ask(office, "top-up", "tekun", both, "--cycle", "2022Q3")
    assert told["amount_fen"] == HOME_FEN + INSIDE_FEN - 300_000
    assert ask(office, "top-up", "tekun", both, "--cycle", "2022Q3")["repeated"]
    assert ask(office, "audit")["verified"]


def test_a_part_that_rose_is_topped_up_alone(office, somebody, tmp_path):
    mover = somebody[0]
    done(office, [roster(tmp_path / "1.xlsx", at_home(mover), inside(mover))], **TEKUN)
    risen = roster(tmp_path / "2.xlsx", at_home(mover), inside(mover, "2300"))
    told = done(office, [risen], **TEKUN)
    assert repeated(told) == {"R403": 1, "R409": 1}
    told = ask(office, "top-up", "tekun", risen, "--cycle", "2022Q3")
    assert told["amount_fen"] == 10_000
    told = done(office, [risen], **TEKUN)
    assert (told["batch"], repeated(told)) == (None, {"R403": 2})


def test_a_part_that_failed_is_paid_again_alone(office, somebody, tmp_path):
    mover = somebody[0]
    told = done(office, [roster(tmp_path / "1.xlsx", at_home(mover), inside(mover))], **TEKUN)

    def verdict(line):
        return PAID if line.line.account == mover["account_number"] else ("失败", "RJ01")

    ask(office, "settle", told["batch"], *answer_all(told["output"], tmp_path / "a", verdict))
    again = ask(office, "follow-up", told["batch"], "--same-accounts")
    assert (again["amount_fen"], again["payments"]) == (INSIDE_FEN, 1)
    assert sorted(in_all(office, mover["person"])) == [HOME_FEN, INSIDE_FEN]
    both = roster(tmp_path / "2.xlsx", inside(mover), at_home(mover))
    assert repeated(done(office, [both], **TEKUN)) == {"R403": 2}
    assert ask(office, "audit")["verified"]


def test_a_part_that_was_rejected_is_prepared_again(office, somebody, tmp_path):
    mover = somebody[0]
    done(office, [roster(tmp_path / "1.xlsx", at_home(mover))], **TEKUN)
    later = roster(tmp_path / "2.xlsx", inside(mover))
    first = ask(office, "prepare", "tekun", later, "--cycle", "2022Q3")
    ask(office, "reject", first["batch"], "--reason", "金额不符")
    other = roster(tmp_path / "3.xlsx", inside(mover, "2100"))
    told = done(office, [other], **TEKUN)
    assert (told["amount_fen"], repeated(told)) == (210_000, {})
    assert sorted(in_all(office, mover["person"])) == [HOME_FEN, 210_000]
    assert ask(office, "audit")["verified"]


def test_what_is_paid_after_a_death_is_asked_back_of_the_last_part(office, somebody, tmp_path):
    mover = somebody[0]
    done(office, [roster(tmp_path / "1.xlsx", at_home(mover), inside(mover))], **TEKUN)
    stop = ("--reason", "死亡", "--since", "2022-09-01")
    ask(office, "stop", "add", mover["person"], *stop)
    ((one),) = ask(office, "recovery", "find")["overpaid"]
    assert (one["amount_fen"], one["cycles"]) == (INSIDE_FEN // 2, ["2022Q3"])


def test_who_dies_before_the_second_part_is_paid_the_first(office, somebody, tmp_path):
    mover = somebody[0]
    ask(office, "stop", "add", mover["person"], "--reason", "死亡", "--since", "2022-08-01")
    told = done(office, [roster(tmp_path / "1.xlsx", at_home(mover), inside(mover))], **TEKUN)
    assert entitlements(told) == [(mover["person"], HOME_FEN)]
    assert told["rows"]["held"] == 1


def test_arrears_are_of_both_parts(tmp_path, somebody):
    office = make_office(tmp_path / "office", county="垣曲县", region="140827")
    before = (
        '[[tekun.standard-rural]]\nplace = "垣曲县"\nsince = 2021-01-01\n'
        'value = { fen = 67500, per = "month" }\nunit = "fen per person"\nreference = "x"\n'
    )
    (office / "policy" / "own.toml").write_text(before, "utf-8")
    mover = somebody[0]
    path = roster(tmp_path / "1.xlsx", at_home(mover, "675", "2022-02"),
                  inside(mover, "1350", "2022-02"))  # fmt: skip
    done(office, [path], programme="tekun", cycle="2022Q1")
    told = ask(office, "arrears", "tekun", "--from", "2022Q1", "--to", "2022Q1")
    # 729 a month since January: 54 more for each of the three.
    assert (told["beneficiaries"], told["amount_fen"]) == (1, 3 * 5_400)
    nothing = ask(office, "arrears", "tekun", "--from", "2022Q1", "--to", "2022Q1")
    assert nothing["repeated"]


def months_of(number, first, last, people=1, **entitlement):
    """Make a batch for some months of a quarter."""
    occasion = Occasion.of_cycle(Cycle.parse("2022Q3"))
    fields = {"programme": "tekun", "cycle": "2022Q3", "occasion": occasion}
    batch = make_batch(persons(0, people), number, inputs_digest=str(number), **fields)
    batch = changed(changed(batch, "grounds", "first_month", first), "grounds", "last_month", last)
    for column, value in entitlement.items():
        batch = changed(batch, "entitlements", column, value)
    return batch


@pytest.mark.parametrize("move", [0, 1, 7])
def test_the_database_pays_no_month_twice(office, move):
    with Ledger.open(load(office).ledger_place).writing() as book:
        book.record(months_of(1, "2022-07", "2022-08"))
        with pytest.raises(RefusedError) as caught:
            book.record(months_of(2, "2022-08", "2022-09", move=move))
        assert caught.value.code == "already-paid"
        with pytest.raises(ValueError, match="twice for one month"):
            book.record(months_of(2, "2022-09", "2022-09", 2, person=persons(7, 1)[0]))
        book.record(months_of(2, "2022-09", "2022-09", move=1))


def test_the_audit_misses_nobody_who_is_paid_a_month_twice(office):
    with Ledger.open(load(office).ledger_place).writing() as book:
        book.record(months_of(1, "2022-07", "2022-07"))
        book.record(months_of(2, "2022-08", "2022-09", move=1))
    assert ask(office, "audit")["verified"]
    assert tampered(office, "last_month = '2022-08' WHERE batch = 2") == (
        "somebody is paid twice for one month"
    )
    assert not tampered(office, "last_month = '2022-07' WHERE batch = 2")
    assert "than was let in" in tampered(office, "first_month = '2022-09' WHERE batch = 3")


def tampered(office, change):
    """Change a ground behind the ledger's back, and give what the audit finds of months."""
    with unguarded(office) as connection:
        connection.execute(f"UPDATE grounds SET {change}")  # noqa: S608
    broken = payouts.audit(load(office)).broken
    return next((what for _, what in broken if "month" in what), "")


def test_what_is_owed_back_of_one_part_is_no_others(office, somebody, tmp_path):
    mover = somebody[0]
    done(office, [roster(tmp_path / "1.xlsx", at_home(mover), inside(mover))], **TEKUN)
    less = roster(tmp_path / "2.xlsx", at_home(mover), inside(mover, "2100"))
    for _ in range(3):
        told = ask(office, "top-up", "tekun", less, "--cycle", "2022Q3", "--recover")
        assert (told["batch"], repeated(told)) == (None, {"R403": 2})
    recoveries = ask(office, "recovery", "list")["recoveries"]
    assert [one["amount_fen"] for one in recoveries] == [10_000]
    # A death since September: half of what stands of the second part, and what was asked for stays.
    stop = ("--reason", "死亡", "--since", "2022-09-01")
    ask(office, "stop", "add", mover["person"], *stop)
    ask(office, "recovery", "find", "--record")
    recoveries = ask(office, "recovery", "list")["recoveries"]
    assert [one["amount_fen"] for one in recoveries] == [10_000, 100_000]
    right = roster(tmp_path / "3.xlsx", at_home(mover), inside(mover, "1100", stop="2022-09"))
    told = done(office, [right], **TEKUN)
    assert (told["batch"], repeated(told)) == (None, {"R403": 2})
    assert ask(office, "audit")["verified"]


@pytest.mark.parametrize("back", [False, True])
def test_a_row_for_other_quarters_beside_the_parts(office, somebody, tmp_path, back):
    """A roster that keeps the rows of the year."""
    mover = somebody[0]
    old = at_home(mover, "1000", "2022-04")
    rows = [old, at_home(mover), inside(mover), inside(mover, "3000", "2022-10")]
    rows = rows[::-1] if back else rows
    told = done(office, [roster(tmp_path / "1.xlsx", *rows)], **TEKUN)
    assert entitlements(told) == [(mover["person"], HOME_FEN), (mover["person"], INSIDE_FEN)]
    assert repeated(told) == {}
    again = done(office, [roster(tmp_path / "2.xlsx", *rows[1:], rows[0])], **TEKUN)
    assert (again["batch"], repeated(again)) == (None, {"R403": 2})


@pytest.mark.parametrize("back", [False, True])
def test_a_part_that_rose_beside_one_that_is_due_no_more(office, somebody, tmp_path, back):
    mover = somebody[0]
    done(office, [roster(tmp_path / "1.xlsx", at_home(mover))], **TEKUN)
    ask(office, "stop", "add", mover["person"], "--reason", "死亡", "--since", "2022-08-01")
    rows = [at_home(mover, "1100"), inside(mover)]
    path = roster(tmp_path / "2.xlsx", *(rows[::-1] if back else rows))
    assert repeated(done(office, [path], **TEKUN)) == {"R409": 1}
    assert ask(office, "top-up", "tekun", path, "--cycle", "2022Q3")["amount_fen"] == 10_000


def settled(office, told, tmp_path, *failing):
    """Let the bank say that the payments into some accounts failed."""

    def verdict(line):
        return ("失败", "RJ01") if line.line.account in failing else PAID

    ask(office, "settle", told["batch"], *answer_all(told["output"], tmp_path / "a", verdict))


INSTITUTION = "140201012200001"
OTHER = "6217000004106127406"


def other_account(row):
    return [*row[:8], OTHER, *row[9:]]


def test_a_corrected_roster_is_about_the_part_of_its_months(office, somebody, tmp_path):
    mover = somebody[0]
    told = done(office, [roster(tmp_path / "1.xlsx", at_home(mover), inside(mover))], **TEKUN)
    settled(office, told, tmp_path, mover["account_number"])
    # The other part's row alone gives no account to the part that failed.
    wrong = roster(tmp_path / "2.xlsx", inside(mover))
    nothing = ask(office, "follow-up", told["batch"], wrong)
    assert (nothing["batch"], nothing["findings"]) == (None, {"R405": 1})
    both = roster(tmp_path / "3.xlsx", inside(mover), other_account(at_home(mover)))
    again = ask(office, "follow-up", told["batch"], both)
    paid = [(one["account_number"], int(one["amount_fen"]))
            for one in Books(again["output"]).payments.values()]  # fmt: skip
    assert paid == [(OTHER, HOME_FEN)]
    assert ask(office, "audit")["verified"]


def test_both_parts_failed_and_the_roster_says_which_row_is_which(office, somebody, tmp_path):
    mover = somebody[0]
    told = done(office, [roster(tmp_path / "1.xlsx", at_home(mover), inside(mover))], **TEKUN)
    settled(office, told, tmp_path, mover["account_number"], INSTITUTION)
    # A row that says no month may be about either.
    unclear = roster(tmp_path / "2.xlsx", other_account(at_home(mover, stop="")))
    nothing = ask(office, "follow-up", told["batch"], unclear)
    assert nothing["batch"] is None
    assert nothing["findings"]["R401"] == 1
    both = roster(tmp_path / "3.xlsx", [*inside(mover)[:11], "140201012200002"],
                  other_account(at_home(mover)))  # fmt: skip
    again = ask(office, "follow-up", told["batch"], both)
    paid = {one["account_number"]: int(one["amount_fen"])
            for one in Books(again["output"]).payments.values()}  # fmt: skip
    assert paid == {OTHER: HOME_FEN, "140201012200002": INSIDE_FEN}


def test_one_part_failed_and_is_due_though_the_other_is_not(office, somebody, tmp_path):
    mover = somebody[0]
    told = done(office, [roster(tmp_path / "1.xlsx", at_home(mover), inside(mover))], **TEKUN)
    settled(office, told, tmp_path, mover["account_number"])
    ask(office, "stop", "add", mover["person"], "--reason", "死亡", "--since", "2022-09-01")
    again = ask(office, "follow-up", told["batch"], "--same-accounts")
    assert again["amount_fen"] == HOME_FEN


RAISED = (
    '[[tekun.standard-rural]]\nplace = "垣曲县"\nsince = 2021-01-01\n'
    'value = { fen = 67500, per = "month" }\nunit = "fen per person"\nreference = "x"\n'
)
"""675 a month until 2021, 729 from January 2022 on: 54 more a month."""
OF_Q1 = ("--from", "2022Q1", "--to", "2022Q1")


@pytest.fixture(scope="module")
def of_q4(tmp_path_factory, somebody):
    folder = tmp_path_factory.mktemp("q4")
    office = make_office(folder / "office", county="垣曲县", region="140827")
    (office / "policy" / "own.toml").write_text(RAISED, "utf-8")
    path = roster(folder / "4.xlsx", inside(somebody[2], "2025", ""))
    done(office, [path], programme="tekun", cycle="2021Q4")
    return office


@pytest.fixture
def raised(of_q4, tmp_path):
    return copy_office(of_q4, tmp_path / "raised")


def in_q1(mover, home="675", within="1350"):
    return at_home(mover, home, "2022-02"), inside(mover, within, "2022-02")


def pay_q1(office, tmp_path, *rows):
    path = roster(tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx", *rows)
    told = done(office, [path], programme="tekun", cycle="2022Q1")
    return path, told


@pytest.mark.parametrize(
    ("home", "within", "fen"), [("729", "1350", 10_800), ("675", "1458", 5400)]
)
def test_arrears_after_one_part_was_topped_up(raised, somebody, tmp_path, home, within, fen):
    mover = somebody[0]
    pay_q1(raised, tmp_path, *in_q1(mover))
    path, told = pay_q1(raised, tmp_path, *in_q1(mover, home, within))
    if "R212" in told["findings"]:
        ask(raised, "accept", "R212", mover["person"], "--reason", "已核实")
    ask(raised, "top-up", "tekun", path, "--cycle", "2022Q1")
    assert ask(raised, "arrears", "tekun", *OF_Q1)["amount_fen"] == fen
    # All of it is paid now, of each part.
    _, told = pay_q1(raised, tmp_path, *in_q1(mover, "729", "1458"))
    assert (told["batch"], repeated(told)) == (None, {"R403": 2})


def test_arrears_in_a_later_roster_are_for_both_parts(raised, somebody, tmp_path):
    mover = somebody[0]
    pay_q1(raised, tmp_path, *in_q1(mover))
    header = [*HEADER, "补发"]
    book = openpyxl.Workbook()
    book.active.append(header)
    book.active.append([*inside(mover, "2349", ""), "162"])
    book.save(tmp_path / "q2.xlsx")
    told = done(raised, [tmp_path / "q2.xlsx"], programme="tekun", cycle="2022Q2")
    assert told["amount_fen"] == 234_900
    _, told = pay_q1(raised, tmp_path, *in_q1(mover, "729", "1458"))
    assert (told["batch"], repeated(told)) == (None, {"R403": 2})
    assert ask(raised, "arrears", "tekun", *OF_Q1)["findings"] == {"R325": 1}


def test_arrears_go_where_the_last_month_went(raised, somebody, tmp_path):
    mover = somebody[0]
    home, within = in_q1(mover)
    pay_q1(raised, tmp_path, within)
    pay_q1(raised, tmp_path, home, within)
    ask(raised, "accept", "R212", mover["person"], "--reason", "已核实")
    pay_q1(raised, tmp_path, within, home)
    told = ask(raised, "arrears", "tekun", *OF_Q1)
    paid = [one["account_number"] for one in Books(told["output"]).payments.values()]
    assert (paid, told["amount_fen"]) == ([INSTITUTION], 3 * 5_400)
