"""Every rule about a row: a bad roster has its finding in its place, a good one none."""

import pytest
from openpyxl.utils import get_column_letter
from rules.made import WRITERS, id_number, judged, person, table, told, write_csv
from rules.pairs import EVERY, PAIRS, wrong_check

from relief_cli import office as offices


def written(folder, kind, people, merges=()):
    path = folder / f"花名册.{kind}"
    if not merges:
        return WRITERS[kind](path, table(*people))
    if kind == "xls":
        return WRITERS[kind](path, table(*people), merges=merges)
    areas = [
        f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"
        for top, bottom, left, right in merges
    ]
    return WRITERS[kind](path, table(*people), merges=areas)


CASES = [
    (code, pair.kinds[number % len(pair.kinds)])
    for number, (code, pair) in enumerate(PAIRS.items())
]
"""Each rule in one kind of file, the kinds in turn."""


def name_list(office, pair, *, bad):
    """Write the list of another department, and name it in the settings of a new office."""
    if pair.listed:
        kind, of_bad, of_good = pair.listed
        offices.create(office)
        write_csv(office / "list.csv", of_bad if bad else of_good)
        settings = office / "relief.toml"
        text = settings.read_text("utf-8")
        assert text.count("[lists]\n") == 1
        settings.write_text(text.replace("[lists]\n", f'[lists]\n{kind} = ["l*.csv"]\n'), "utf-8")


THROUGHOUT = (
    [("R103", kind) for kind in EVERY]
    + [("R204", kind) for kind in EVERY]
    + [("R310", kind) for kind in EVERY]
)
"""Rules that are tried by the command itself, from the file to the ledger: of each fate one."""


def run_of(folder, code, kind, *, bad):
    """Check a pair's bad or good roster; through the command where an office names a list."""
    pair = PAIRS[code]
    path = written(folder, kind, pair.bad, pair.merges) if bad else written(folder, kind, pair.good)
    asked = {"programme": pair.programme, "cycle": pair.cycle}
    if not pair.listed:
        return judged(path, **asked)
    name_list(folder / "office", pair, bad=bad)
    return told(folder / "office", path, **asked)


def check_bad(run, code):
    pair = PAIRS[code]
    assert run.of(code) == pair.at
    faulty = {row for row, _ in pair.at}
    expected = {row: pair.fate if row in faulty else "paid" for _, row, _ in run.fates}
    assert {row: fate for (_, row, _), fate in run.fates.items()} == expected


@pytest.mark.parametrize(("code", "kind"), CASES)
def test_the_bad_roster_has_the_finding_just_there(tmp_path, code, kind):
    check_bad(run_of(tmp_path, code, kind, bad=True), code)


@pytest.mark.parametrize("code", PAIRS)
def test_the_good_roster_has_not(tmp_path, code):
    run = run_of(tmp_path, code, PAIRS[code].kinds[-1], bad=False)
    assert run.findings == set()
    assert set(run.fates.values()) == {"paid"}


@pytest.mark.parametrize(("code", "kind"), THROUGHOUT)
def test_the_command_tells_and_records_the_same(tmp_path, code, kind):
    path = written(tmp_path, kind, PAIRS[code].bad)
    check_bad(told(tmp_path / "office", path), code)


@pytest.mark.parametrize(("stated", "codes"), [("600", set()), ("600.01", {"R305"})])
def test_an_amount_merged_over_two_people_is_held_against_what_both_may_get(
    tmp_path, stated, codes
):
    people = [person(1, 发放金额=stated), person(2, 发放金额="")]
    path = written(tmp_path, "xlsx", people, merges=((1, 2, 5, 5),))
    assert judged(path).codes == codes


def test_amounts_above_are_found_where_every_row_states_one(tmp_path):
    path = written(tmp_path, "csv", [person(n, 发放金额="300.01") for n in (1, 2)])
    assert judged(path).of("R305") == {(2, "F2"), (3, "F3")}


ICBC = """
[banks.formats]
"102" = "icbc-bpt"

[payer]
name = "阳曲县财政局"
account = "0502121012200001"
bank_name = "工商银行阳曲支行"
"""


@pytest.mark.parametrize(("settings", "at"), [(ICBC, {(3, "D3")}), ("", set())])
def test_r208_a_branch_that_the_file_cannot_hold_holds_its_row(tmp_path, settings, at):
    office = offices.create(tmp_path / "office").folder
    if settings:
        (office / "relief.toml").write_text(settings, "utf-8")
    people = person(1, 开户行="中国工商银行"), person(2, 开户行="中国工商银行•支行")
    run = told(office, written(tmp_path, "xlsx", people))
    assert run.of("R208") == at
    assert run.fates == {(0, 2, 0): "paid", (0, 3, 0): "held" if at else "paid"}


def test_the_first_household_of_a_roster_waits_for_its_members_too(tmp_path):
    home = {"户号": "1", "月保障金额": "", "户主姓名": "张三"}
    people = [
        person(1, **{**home, "月保障金额": "900"}),
        person(2, **home, 身份证号=wrong_check(id_number(2))),
        person(3, 户号="2", 月保障金额="450"),
    ]
    told_of = judged(written(tmp_path, "csv", people), programme="dibao")
    assert (told_of.codes, told_of.rows["paid"]) == ({"R103", "R312"}, 1)
    assert {row for row, _ in told_of.of("R312")} == {2}


@pytest.mark.parametrize(
    ("amounts", "codes"),
    [
        ({"发放金额": "-300"}, {"R304"}),
        ({"发放金额": "-0.01"}, {"R304"}),
        # A supplement may be nothing, never less.
        ({"月保障金额": "450", "分类施保金": "0"}, set()),
        ({"月保障金额": "450", "分类施保金": "-0.01"}, {"R304"}),
    ],
)
def test_no_amount_is_below_nothing(tmp_path, amounts, codes):
    assert judged(written(tmp_path, "csv", [person(1, **amounts)])).codes == codes
