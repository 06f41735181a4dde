"""Arrears are the difference less what was made up already; an oracle counts row by row."""

import random
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

import pytest
from golden.running import done, make_office, relief
from payouts.test_arrears import by_person, homes, pay, roster, standard, write  # noqa: F401

from sample_data.generate import people

PLACE = "定襄县"
OLD = standard("dibao.standard-rural", PLACE, "2021-01-01", 480000)
NEW = standard("dibao.standard-rural", PLACE, "2022-07-01", 508800)  # 400 and 424 a month


@pytest.fixture
def office(tmp_path):
    office = make_office(tmp_path / "office", county=PLACE, region="140921", name="定襄县民政局")
    (office / "policy" / "old.toml").write_text(OLD, "utf-8")
    return office


def raised(office, more=NEW):
    (office / "policy" / "new.toml").write_text(more, "utf-8")


def arrears(office, first, last, programme="dibao"):
    return relief(
        "--json", "--office", office, "arrears", programme, "--from", first, "--to", last
    ).json


def with_arrears(path, home, monthly, more):
    """Write a household of one, with 补发."""
    header = ["姓名", "身份证号", "救助类别", "月保障金额", "补发", "开户行", "账号"]
    one = home[0]
    return write(path, header, [[one["name"], one["person"], "农村低保", monthly, more,
                                 one["bank_name"], one["account_number"]]])  # fmt: skip


def test_what_a_roster_made_up_is_not_paid_again(office, homes, tmp_path):  # noqa: F811
    """July 400; August's roster says 424 and 补发 24."""
    home = homes[2]
    pay(office, with_arrears(tmp_path / "7.xlsx", home, "400", ""), ["2022-07"])
    raised(office)
    pay(office, with_arrears(tmp_path / "8.xlsx", home, "424", "24"), ["2022-08"])
    for first, last in (("2022-07", "2022-07"), ("2022-07", "2022-08"), ("2022-08", "2022-08")):
        told = arrears(office, first, last)
        assert (told["batch"], told["findings"]) == (None, {"R325": 1}), (first, last)


def test_what_a_roster_made_up_in_part_is_taken_off(office, homes, tmp_path):  # noqa: F811
    """June to August at 400, raised since July; September: 424, and 补发 of one month."""
    home = homes[2]
    pay(
        office,
        with_arrears(tmp_path / "6.xlsx", home, "400", ""),
        ["2022-06", "2022-07", "2022-08"],
    )
    raised(office)
    pay(office, with_arrears(tmp_path / "9.xlsx", home, "424", "24"), ["2022-09"])
    person = home[0]["person"]
    # Which month the 24 was for, nobody wrote: the earliest.
    assert arrears(office, "2022-07", "2022-07")["batch"] is None
    assert by_person(arrears(office, "2022-07", "2022-09")) == {person: 2400}
    assert arrears(office, "2022-06", "2022-06")["findings"] == {"R325": 1}


def test_arrears_that_were_paid_are_taken_off_by_the_same_raise_and_not_by_an_older(
    office, homes, tmp_path  # noqa: F811
):  # fmt: skip
    home = homes[2]
    person = home[0]["person"]
    pay(
        office,
        with_arrears(tmp_path / "6.xlsx", home, "400", ""),
        ["2022-06", "2022-07", "2022-08"],
    )
    raised(office)
    assert by_person(arrears(office, "2022-07", "2022-08")) == {person: 4800}
    # Raised once more, since August: 424 to 450.
    (office / "policy" / "newest.toml").write_text(
        standard("dibao.standard-rural", PLACE, "2022-08-01", 540000), "utf-8"
    )
    assert by_person(arrears(office, "2022-08", "2022-08")) == {person: 2600}
    assert arrears(office, "2022-07", "2022-07")["error"]["code"] == "arrears-overlap"


def test_an_amount_that_changed_otherwise_is_held_and_told(office, homes, tmp_path):  # noqa: F811
    told = ["800", "600", "400"]
    pay(office, roster(tmp_path / "6.xlsx", homes, told), ["2022-06"])
    # July: the first rose by all of it (three people), the second by less, the third fell.
    pay(office, roster(tmp_path / "7.xlsx", homes, ["872", "610", "390"]), ["2022-07"])
    raised(office)
    told = arrears(office, "2022-07", "2022-07")
    assert told["findings"] == {"R325": 3, "R326": 3}
    assert told["rows"] == {"read": 6, "paid": 0, "held": 3, "skipped": 3}
    # What is paid as before is due the difference; who joins is as the others of the batch are.
    other = people(40, 4971).drop_duplicates("household").head(2).to_dict("records")
    pay(office, roster(tmp_path / "8.xlsx", [*homes[:1], [other[0]]], ["872", "424"]), ["2022-08"])
    told = arrears(office, "2022-08", "2022-08")
    assert (told["batch"], told["findings"]) == (None, {"R325": 4})


ROUND = {
    "fen": (Decimal("0.01"), ROUND_HALF_UP),
    "jiao": (Decimal("0.1"), ROUND_CEILING),
    "yuan": (Decimal(1), ROUND_CEILING),
}


def rule(kind):
    _, way = ROUND[kind]
    name = "half-up" if way == ROUND_HALF_UP else "up"
    return (
        "[[dibao.rounding]]\nsince = 2022-01-01\n"
        f'value = {{ to = "{kind}", rule = "{name}" }}\nunit = "rounding"\nreference = "x"\n'
    )


def rounded(value, kind):
    unit, way = ROUND[kind]
    return (value / unit).quantize(Decimal(1), way) * unit


def monthly(year, income, classes, kind):
    """Count one household by hand: (standard − income) × people, and each one's 分类施保."""
    lacking = max(Decimal(year) - 12 * income, Decimal(0))
    due = rounded(lacking * len(classes) / 12, kind)
    if due == 0:
        return Decimal(0)
    return due + sum(rounded(Decimal(year) * PERCENT[word] / 100 / 12, kind) for word in classes)


PERCENT = {"": 0, "重残": 20, "三无": 30, "老年": 15}
COMPUTED = """
[[dibao.amount]]
since = 2022-01-01
value = "computed"
unit = "where amounts come from"
reference = "x"
[[dibao.supplements]]
since = 2022-01-01
value = { "重残" = 20, "三无" = 30, "老年" = 15 }
unit = "percent of the standard"
reference = "x"
"""


@pytest.mark.parametrize("kind", ROUND)
def test_computed_amounts_are_computed_again(office, tmp_path, kind):
    """The standard rises from 5400 to 5858 a year backwards; forty households."""
    draw = random.Random(f"arrears {kind}")  # noqa: S311
    (office / "policy" / "old.toml").write_text(
        COMPUTED + rule(kind) + standard("dibao.standard-rural", PLACE, "2021-01-01", 540000),
        "utf-8",
    )
    truth = people(300, 4970)
    lines, expected = [], {}
    for _, rows in list(truth.groupby("household", sort=False))[:40]:
        income = Decimal(draw.randrange(0, 46000)) / 100
        classes = [draw.choice(list(PERCENT)) for _ in range(len(rows))]
        head = rows.iloc[0]
        for number, ((_, one), word) in enumerate(zip(rows.iterrows(), classes, strict=True)):
            lines.append([head["name"], head["person"], one["name"], one["person"],
                          "子女" if number else "户主", "农村低保", "" if number else str(income),
                          word, head["bank_name"], head["account_number"]])  # fmt: skip
        paid, now = (monthly(year, income, classes, kind) for year in (5400, 5858))
        if paid > 0:
            expected[head["person"]] = (2 * int((now - paid) * 100), set(rows["person"]))
    header = ["户主姓名", "户主身份证号", "姓名", "身份证号", "与户主关系", "救助类别",
              "月人均收入", "分类施保类别", "开户行", "账号"]  # fmt: skip
    pay(office, write(tmp_path / "低保.xlsx", header, lines), ["2022-07", "2022-08"])
    raised(office, standard("dibao.standard-rural", PLACE, "2022-07-01", 585800))
    told = arrears(office, "2022-07", "2022-08")
    found = by_person(told)
    for fen, members in expected.values():
        assert sum(found.get(person, 0) for person in members) == fen
    assert told["amount_fen"] == sum(fen for fen, _ in expected.values()) > 0
    # Again nothing more; of one of the months neither.
    assert arrears(office, "2022-07", "2022-08")["repeated"]
    assert relief("--json", "--office", office, "audit").json["verified"]


def test_care_that_was_raised_backwards(tmp_path, homes):  # noqa: F811
    """Care of 全护理 rises from 9400 to 11280 a year: 470 a quarter."""
    office = make_office(tmp_path / "office", county=PLACE, region="140921")
    (office / "policy" / "old.toml").write_text(
        standard("tekun.standard-rural", PLACE, "2021-01-01", 810000)
        + standard("tekun.care-full", PLACE, "2021-01-01", 940000)
        + standard("tekun.care-half", PLACE, "2021-01-01", 470000), "utf-8",
    )  # fmt: skip
    rows = [one for home in homes for one in home][:3]
    header = ["姓名", "身份证号", "救助类别", "供养方式", "护理等级", "基本生活费", "照料护理费",
              "合计", "开户行", "账号"]  # fmt: skip
    lines = [
        [one["name"], one["person"], "农村特困", "分散", grade, "2025", care, str(2025 + int(care)),
         one["bank_name"], f"62170012345678915{number}"]
        for number, (one, grade, care) in enumerate(
            zip(rows, ("全护理", "", "半护理"), ("2350", "2350", "1175"), strict=True))
    ]  # fmt: skip
    for line in lines:
        line[8] = "中国建设银行"
    path = write(tmp_path / "特困.xlsx", header, lines)
    done(office, [path], programme="tekun", cycle="2022Q1")
    (office / "policy" / "new.toml").write_text(
        standard("tekun.care-full", PLACE, "2022-01-01", 1128000), "utf-8"
    )
    told = arrears(office, "2022Q1", "2022Q1", "tekun")
    # The second one's grade is not stated; its care is what full care was.
    assert by_person(told) == {rows[0]["person"]: 47_000, rows[1]["person"]: 47_000}
    assert told["findings"] == {"R325": 1}


def test_each_month_is_split_as_it_was(office, homes, tmp_path):  # noqa: F811
    """The county's part of the split changes in August."""
    pay(office, with_arrears(tmp_path / "7.xlsx", homes[2], "400", ""), ["2022-07", "2022-08"])
    raised(
        office,
        NEW + f'[[local.split]]\nplace = "{PLACE}"\nsince = 2022-01-01\n'
        'value = { municipal = 1, county = 1 }\nunit = "weights"\nreference = "x"\n'
        f'[[local.split]]\nplace = "{PLACE}"\nsince = 2022-08-01\n'
        'value = { municipal = 1, county = 3 }\nunit = "weights"\nreference = "x"\n',
    )
    told = arrears(office, "2022-07", "2022-08")
    # 24 a month: 14.40 the province, 9.60 the others: 4.80 and 4.80, then 2.40 and 7.20.
    assert told["shares_fen"] == {"province": 2880, "municipal": 720, "county": 1200}


@pytest.mark.parametrize("since", ["2022-06-01", "2022-08-01"])
@pytest.mark.parametrize("first", ["2022-07", "2022-08"])
def test_a_raise_whose_day_was_corrected_is_made_up_for_once(
    office, homes, tmp_path, since, first  # noqa: F811
):  # fmt: skip
    home = homes[2]
    pay(office, with_arrears(tmp_path / "7.xlsx", home, "400", ""), ["2022-07", "2022-08"])
    raised(office)
    assert by_person(arrears(office, "2022-07", "2022-08")) == {home[0]["person"]: 4_800}
    raised(office, standard("dibao.standard-rural", PLACE, since, 508_800))
    told = arrears(office, first, "2022-08")
    assert (told["batch"], told["findings"]) == (None, {"R325": 1})


@pytest.mark.parametrize(("since", "more", "code"), [
    # 426 a month: 2 more for August.
    ("2022-08-01", 200, None),
    # By the same arrears nobody is paid twice: a top-up pays the rest.
    ("2022-07-01", 0, "R326"),
])  # fmt: skip
def test_a_raise_that_was_corrected_upwards_is_due_the_rest(
    office, homes, tmp_path, since, more, code  # noqa: F811
):  # fmt: skip
    home = homes[2]
    pay(office, with_arrears(tmp_path / "7.xlsx", home, "400", ""), ["2022-07", "2022-08"])
    raised(office)
    arrears(office, "2022-07", "2022-08")
    raised(office, standard("dibao.standard-rural", PLACE, since, 511_200))
    told = arrears(office, "2022-07", "2022-08")
    if code:
        assert (told["batch"], told["findings"]) == (None, {code: 1})
    else:
        assert by_person(told) == {home[0]["person"]: more}


def test_a_second_raise_is_made_up_for_beside_the_first(office, homes, tmp_path):  # noqa: F811
    home = homes[2]
    pay(office, with_arrears(tmp_path / "7.xlsx", home, "400", ""), ["2022-07", "2022-08"])
    raised(office)
    arrears(office, "2022-07", "2022-08")
    raised(office, NEW + standard("dibao.standard-rural", PLACE, "2022-08-01", 540_000))
    # August at 450: 26 more than the 424 that it was made up to.
    assert by_person(arrears(office, "2022-08", "2022-08")) == {home[0]["person"]: 2_600}
