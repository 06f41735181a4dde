"""Nobody is paid twice: the same files again, renamed, re-sorted, in another format or township."""

import shutil

import oracle
import pytest
from databases import copy_office
from golden import rosters
from golden.books import Books, check_conserved, entitled, ledger, state_of
from golden.running import SAMPLES, done, make_office, run

from sample_data import generate

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
TITLE = "阳曲县2022年8月花名册"


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    """Give an office that has paid the sample county, with its answer and its truth."""
    folder = tmp_path_factory.mktemp("paid")
    rows = generate.county(folder / "in")
    office = make_office(folder / "office")
    return office, done(office, SAMPLES), rows


@pytest.fixture
def office(paid, tmp_path):
    """Give a copy of that office, times of files and all."""
    return copy_office(paid[0], tmp_path / "office")


def persons_paid(rows):
    return {outcome.person for outcome in oracle.one_time(rows).outcomes if outcome.fate == "paid"}


def met_again(rows):
    """Count the rows of people who are paid: the one that is paid, and those that repeat it."""
    return sum(
        outcome.fate == "paid" or (outcome.fate == "held" and outcome.codes <= {"R401", "R402"})
        for outcome in oracle.one_time(rows).outcomes
    )


def without_places(answer, office):
    """Give an answer without what must differ: where the office is, and that it is a repeat."""
    files = sorted(answer["files"], key=lambda file: file["path"])
    told = {name: value for name, value in answer.items() if name != "repeated"}
    return repr(told | {"files": files}).replace(str(office), "OFFICE")


def test_the_same_files_again_write_nothing(paid, office):
    before = state_of(office)
    again = run(office, SAMPLES)
    assert again.code == 1
    assert without_places(again.json, office) == without_places(paid[1], paid[0])
    assert again.json["repeated"]
    assert not paid[1]["repeated"]
    assert state_of(office) == before


def test_the_same_files_in_another_order_and_under_other_names_are_the_same_batch(
    paid, office, tmp_path
):
    before = state_of(office)
    copies = [
        shutil.copy(path, tmp_path / f"副本{number}{path.suffix}")
        for number, path in enumerate(reversed(SAMPLES))
    ]
    again = done(office, copies)
    assert again["batch"] == paid[1]["batch"]
    assert again["amount_fen"] == paid[1]["amount_fen"]
    assert state_of(office) == before


def test_one_of_the_files_alone_pays_nobody_again(office):
    books = ledger(office)
    for path in SAMPLES:
        again = done(office, [path])
        assert again["batch"] is None
        assert again["amount_fen"] == again["rows"]["paid"] == again["payments"] == 0
        assert again["files"] == []
        assert sum(again["shares_fen"].values()) == 0
    assert ledger(office) == books


def test_the_files_and_one_more_pay_only_whom_that_one_brings(paid, office, tmp_path):
    paths, rows = rosters.make(tmp_path / "in", 77, 200, ("csv",), faults={})
    # Made-up numbers are few: some of the new people have those of people of the county.
    again = done(office, [*SAMPLES, *paths])
    known = persons_paid(paid[2])
    new = set(rows["person"]) - known
    assert again["batch"] == "one-time-2022-08-2"
    assert Books(again["output"]).persons().keys() == new
    assert entitled(office).keys() == known | new


def resorted(rows, folder):
    """Write the sample county again: rows shuffled, sheets reordered, other formats.

    A number without its last digits, or a cell that shows an error, cannot be written as CSV.
    """
    rows = rows[~rows[["id_as_number", "account_as_number", "bank_as_error"]].any(axis=1)]
    mixed = rows.sample(frac=1, random_state=8).sort_values("township", kind="stable")
    # The households' order may change, not the order within: a block is what makes a household.
    together = rows.assign(place=rows.groupby("household")["amount"].transform("first"))
    together = together.sort_values(["township", "place", "household"], kind="stable")
    part = {name: mixed[mixed["file"] == file] for name, file in generate.FILES.items()}
    homes = together[together["file"] == generate.FILES["households"]].drop(columns="place")
    folder.mkdir()
    generate.write_csv(folder / "a.csv", part["persons"], encoding="utf-8-sig")
    generate.write_households(folder / "b.xlsx", homes, title=TITLE)
    generate.write_persons(folder / "c.xlsx", part["export"], title=TITLE)
    generate.write_tekun(folder / "d.xlsx", part["tekun"], title=TITLE)
    return sorted(folder.iterdir())


def test_re_sorted_rosters_of_other_formats_pay_nobody_again(paid, office, tmp_path):
    books = ledger(office)
    again = done(office, resorted(paid[2], tmp_path / "in"))
    assert again["rows"]["paid"] == again["amount_fen"] == 0
    assert again["batch"] is None
    assert again["rows"]["read"] == len(paid[2]) - 5
    assert again["findings"]["R403"] == met_again(paid[2])
    assert ledger(office) == books


def test_another_cycle_under_the_same_notice_pays_nobody_again(paid, office):
    books = ledger(office)
    again = done(office, SAMPLES, cycle="2022-09")
    assert again["batch"] is None
    assert again["findings"]["R403"] == met_again(paid[2])
    assert ledger(office) == books


def short(number):
    return number[:6] + number[8:17]


def in_another_township(rows, count, **changed):
    """Give persons who were paid as another township enters them: each a household of its own."""
    alone = rows["household_size"] == 1
    old = rows["person"].str.slice(6, 8) == "19"
    chosen = rows[alone & old & (rows["codes"] == "") & (rows["category"] == "农村低保")]
    chosen = chosen.head(count).assign(township="杨兴乡", **changed)
    # Another account: money would go out if only accounts were compared.
    accounts = generate.people(3 * count, 99)["account_number"]
    return chosen.assign(account_number=accounts[accounts != ""].head(len(chosen)).to_numpy())


def test_the_15_digit_number_of_somebody_paid_pays_nobody(paid, office, tmp_path):
    again = in_another_township(paid[2], 40)
    again = again.assign(id_number=again["id_number"].map(short), head_id_number="")
    generate.write_persons(tmp_path / "second.xlsx", again, title=TITLE)
    books = ledger(office)
    answer = done(office, [tmp_path / "second.xlsx"])
    assert answer["batch"] is None
    assert answer["rows"] == {"read": 40, "paid": 0, "held": 0, "skipped": 40}
    assert answer["findings"]["R403"] == answer["findings"]["R107"] == 40
    assert ledger(office) == books


def test_15_digits_first_and_18_afterwards_pay_nobody_twice(paid, tmp_path):
    people = in_another_township(paid[2], 30)
    fresh = make_office(tmp_path / "office")
    old = people.assign(id_number=people["id_number"].map(short), head_id_number="")
    generate.write_csv(tmp_path / "first.csv", old)
    generate.write_csv(tmp_path / "second.csv", people)
    assert done(fresh, [tmp_path / "first.csv"])["rows"]["paid"] == 30
    answer = done(fresh, [tmp_path / "second.csv"])
    assert (answer["batch"], answer["rows"]["skipped"]) == (None, 30)
    assert entitled(fresh).keys() == set(people["person"])


def test_lower_case_and_full_width_are_the_same_person(paid, tmp_path):
    people = in_another_township(paid[2], 60)
    fresh = make_office(tmp_path / "office")
    generate.write_persons(tmp_path / "first.xlsx", people, title=TITLE)
    wide = people["id_number"].str.lower().str.translate(FULL_WIDTH)
    generate.write_csv(tmp_path / "second.csv", people.assign(id_number=wide))
    assert done(fresh, [tmp_path / "first.xlsx"])["rows"]["paid"] == 60
    assert wide.str.endswith("x").any()
    again = done(fresh, [tmp_path / "second.csv"])
    assert again["rows"] == {"read": 60, "paid": 0, "held": 0, "skipped": 60}


def test_a_second_township_with_some_of_the_same_people_is_paid_for_the_others(paid, tmp_path):
    people = in_another_township(paid[2], 90).reset_index(drop=True)
    fresh = make_office(tmp_path / "office")
    first, second = people[:60], people[30:].assign(township="黄寨镇")
    generate.write_persons(tmp_path / "first.xlsx", first, title=TITLE)
    generate.write_csv(tmp_path / "second.csv", second)
    one = done(fresh, [tmp_path / "first.xlsx"])
    two = done(fresh, [tmp_path / "second.csv"])
    assert two["batch"] == "one-time-2022-08-2"
    assert (two["rows"]["paid"], two["rows"]["skipped"]) == (30, 30)
    check_conserved(one, fresh)
    books = check_conserved(two, fresh)
    assert books.persons().keys() == set(people["person"][60:])
    assert entitled(fresh).keys() == set(people["person"])


def test_somebody_paid_whose_number_comes_with_another_name_is_held(paid, office, tmp_path):
    people = in_another_township(paid[2], 5, name="薛金锁", head_name="薛金锁")
    assert "薛金锁" not in set(paid[2].loc[people.index, "name"])
    generate.write_persons(tmp_path / "second.xlsx", people, title=TITLE)
    answer = done(office, [tmp_path / "second.xlsx"])
    assert answer["batch"] is None
    assert answer["rows"] == {"read": 5, "paid": 0, "held": 5, "skipped": 0}
    assert answer["findings"]["R401"] == 5
    assert entitled(office).keys() == persons_paid(paid[2])
