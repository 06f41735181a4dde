"""Rosters that offices had trouble with, each with what is right; all people are invented."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from golden.books import Books
from golden.running import make_office, relief, run
from python_calamine import CalamineWorkbook

from relief_cli.ledger import Ledger

FILES = Path(__file__).with_name("files")


def paid(tmp_path, *names, **options):
    """Pay the files in a new office; give the answer."""
    return run(make_office(tmp_path / "office"), [FILES / name for name in names], **options)


@pytest.mark.parametrize(("name", "counts", "findings"), [
    ("cards-lost-digits.csv", (30, 0, 30), {"R203": 30}),
    ("ids-lost-digits.xlsx", (3, 0, 3), {"R104": 3}),
    ("ids-corrected.xlsx", (3, 3, 0), {}),
    ("titles-with-hints.xlsx", (2, 2, 0), {}),
    ("merge-too-far.xlsx", (4, 1, 3), {"F009": 3, "R206": 3}),
    ("village-headings.xlsx", (2, 2, 0), {}),
    ("example-row.xlsx", (2, 2, 0), {}),
])  # fmt: skip
def test_rows(tmp_path, name, counts, findings):
    answer = paid(tmp_path, name).json
    assert tuple(answer["rows"][fate] for fate in ("read", "paid", "held")) == counts
    assert answer["findings"] == findings


@pytest.mark.parametrize(("name", "said"), [
    ("quote-at-start.csv", "Line 3 is no row of a table"),
    ("quote-over-lines.csv", "A quotation mark in line 3 makes the lines to 6 one cell"),
    ("excel-95.xls", "old file of Excel 5.0 or 95"),
    ("row-number-twice.xlsx", "Cell A2 of a sheet is given twice"),
    ("sheet-in-utf16.xlsx", "Of 24 cells of a sheet that hold something, 0 can be read"),
])  # fmt: skip
def test_files_that_are_refused(tmp_path, name, said):
    answer = paid(tmp_path, name)
    assert (answer.code, answer.json["error"]["code"]) == (2, "F001")
    assert said in answer.json["error"]["message"]
    assert answer.json["error"]["file"] == name


def test_a_supplement_that_was_not_computed_pays_nobody_too_little(tmp_path):
    answer = paid(tmp_path, "formula-not-computed.xls", programme="dibao").json
    # The fourth row has no formula.
    assert (answer["rows"]["paid"], answer["rows"]["held"]) == (1, 3)
    assert answer["findings"]["F007"] == 3


def test_the_dead_of_a_list_whose_ids_are_lost_stop_the_payment(tmp_path):
    office = make_office(tmp_path / "office")
    shutil.copy(FILES / "dead-ids-lost.xlsx", office / "dead.xlsx")
    settings = office / "relief.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[lists]\n", '[lists]\ndead = ["dead.xlsx"]\n'), "utf-8"
    )
    answer = run(office, [FILES / "six-people.xlsx"])
    assert (answer.code, answer.json["error"]["code"]) == (2, "list-nobody")


NOT_READ = {"22.9", "Sep-22", "9/1/2022", "2022-13", "01/09/2022", "2022.1", "九月"}
"""Months that could be several, or none: paid as if begun, and told."""


def test_months_of_beginning(tmp_path):
    answer = paid(tmp_path, "start-months.xlsx", programme="dibao").json
    assert answer["findings"] == {"R314": 29 - len(NOT_READ) - 1, "R317": len(NOT_READ)}
    reasons = {row["id_number"] for row in Books(answer["output"]).entitlements}
    assert len(reasons) == answer["rows"]["paid"] == len(NOT_READ) + 1


def test_who_was_paid_400_and_is_due_610_is_told_and_topped_up(tmp_path):
    office = make_office(tmp_path / "office")
    first = run(office, [FILES / "paid-first.xlsx"], programme="dibao").json
    assert first["amount_fen"] == 120_000
    raised = FILES / "paid-raised.xlsx"
    answer = run(office, [raised], programme="dibao")
    assert (answer.code, answer.json["findings"]) == (1, {"R403": 2, "R409": 1})
    answer = run(office, [raised], programme="dibao", command="top-up")
    assert (answer.code, answer.json["amount_fen"]) == (0, 21_000)
    assert run(office, [raised], programme="dibao").json["findings"] == {"R403": 3}


def test_an_inbox_as_it_is(tmp_path):
    inbox = tmp_path / "inbox"
    (inbox / "old").mkdir(parents=True)
    shutil.copy(FILES / "six-people.xlsx", inbox / "花名册.xlsx")
    for name in ("~$花名册.xlsx", "Thumbs.db", "desktop.ini", ".DS_Store", "说明.docx"):
        (inbox / name).write_bytes(b"\0left by a program")
    office = make_office(tmp_path / "office")
    answer = run(office, [inbox])
    assert (answer.code, answer.json["rows"]["paid"]) == (0, 6)
    for name in ("~$花名册.xlsx", "Thumbs.db", "desktop.ini", "old", "说明.docx"):
        assert name in answer.err
    # The same, as a shell writes out a pattern.
    named = run(office, sorted(path for path in inbox.iterdir() if path.suffix != ".docx"))
    assert named.code == 2  # a folder without spreadsheets
    (inbox / "old").rmdir()
    named = run(office, sorted(path for path in inbox.iterdir() if path.suffix != ".docx"))
    assert (named.code, named.json["repeated"]) == (0, True)
    assert "~$花名册.xlsx" in named.err
    alone = run(office, [inbox / "~$花名册.xlsx"])
    assert (alone.code, alone.json["error"]["code"]) == (2, "F001")


def test_a_check_goes_on_after_a_file_that_it_refuses(tmp_path):
    report = tmp_path / "fix.xlsx"
    answer = relief(
        "--json", "check", FILES / "excel-95.xls", FILES / "six-people.xlsx", "--report", report
    )
    assert answer.code == 2
    told = answer.json
    assert (told["rows"], told["error"]["file"]) == (6, "excel-95.xls")
    assert report.is_file()
    assert "excel-95.xls" in answer.err
    # Money is never paid from a part of what was given.
    office = make_office(tmp_path / "office")
    assert run(office, [FILES / "excel-95.xls", FILES / "six-people.xlsx"]).code == 2
    assert list((office / "out").iterdir()) == []


def with_holders(path, *holders, same=False):
    """Write six people, the first of them with accounts that bear other names."""
    sheet = CalamineWorkbook.from_path(FILES / "six-people.xlsx").get_sheet_by_index(0)
    header, *rows = sheet.to_python()
    account = header.index("账号")
    book = openpyxl.Workbook()
    book.active.append([*header, "账户名称"])
    for row, holder in zip(rows, [*holders, *[""] * len(rows)], strict=False):
        if same and holder:
            row[account] = rows[0][account]
        book.active.append([*row, holder])
    book.save(path)
    return path


def test_an_account_of_a_stranger_is_held_until_a_mandate_is_registered(tmp_path):
    office = make_office(tmp_path / "office")
    roster = with_holders(tmp_path / "1.xlsx", "王村干")
    first = run(office, [roster])
    assert (first.code, first.json["findings"]) == (1, {"R211": 1})
    assert first.json["rows"]["paid"] == 5
    command = ("--json", "--office", office, "payee")
    person = "140122195310280181"
    until = ("--document", "代领备案第3号", "--until")
    for name, day in (("李村干", "2030-12-31"), ("王村干", "2022-07-31")):
        added = relief(*command, "add", "-", "-", *until, day, said=f"{person}\n{name}")
        assert added.code == 0, added.err
        # A mandate of another, or one that has run out before the month, is none.
        assert run(office, [roster]).json["findings"] == {"R211": 1, "R403": 5}
    added = relief(*command, "add", "-", "-", *until, "2022-12-31", said=f"{person}\n王 村 干")
    assert [one["mandate"] for one in added.json["mandates"]] == [1, 2, 3]
    assert person not in added.out
    assert "王村干" not in added.out
    again = run(office, [roster])
    assert (again.code, again.json["rows"]["paid"], again.json["findings"]) == (0, 1, {"R403": 5})
    twice = relief(*command, "add", "-", "-", *until, "2022-12-31", said=f"{person}\n王村干")
    assert (twice.code, twice.json["error"]["code"]) == (4, "mandate-known")
    assert relief(*command, "end", "3", "--reason", "自行领取").code == 0
    assert relief(*command, "end", "3", "--reason", "自行领取").json["error"]["code"] == (
        "mandate-unknown"
    )
    next_month = run(office, [roster], cycle="2022-09")
    assert next_month.json["findings"]["R211"] == 1
    assert relief("--json", "--office", office, "audit").json["verified"]
    shown = relief("--lang", "en", "--office", office, "payee", "list").out
    assert "ended: 自行领取" in shown
    assert "holds" in shown


def test_one_name_for_three_strangers_is_held(tmp_path):
    office = make_office(tmp_path / "office")
    roster = with_holders(tmp_path / "1.xlsx", "张三", "张三", "张三", same=True)
    answer = run(office, [roster]).json
    assert answer["findings"] == {"R206": 3, "R211": 3}
    assert (answer["rows"]["paid"], answer["rows"]["held"]) == (3, 3)


def strict(office, *lines):
    settings = office / "relief.toml"
    text = settings.read_text("utf-8")
    assert "\n[checks]\n" in text
    settings.write_text(
        text.replace("\n[checks]\n", "\n[checks]\n" + "\n".join(lines) + "\n"), "utf-8"
    )


def test_an_office_holds_by_a_warning_if_it_says_so(tmp_path):
    office = make_office(tmp_path / "office")
    _, *rows = (
        CalamineWorkbook.from_path(FILES / "six-people.xlsx").get_sheet_by_index(0).to_python()
    )
    roster = with_holders(tmp_path / "1.xlsx", rows[0][1], rows[1][1], same=True)
    lenient = run(office, [roster], "--pay-on", "2022-08-18").json
    assert (lenient["rows"]["paid"], lenient["findings"]) == (6, {"R206": 2})
    other = make_office(tmp_path / "other")
    strict(other, 'R206 = "hold"')
    answer = run(other, [roster])
    assert (answer.code, answer.json["rows"]["held"], answer.json["findings"]) == (
        1, 2, {"R206": 2},
    )  # fmt: skip
    held = openpyxl.load_workbook(Path(answer.json["output"]) / "held.xlsx")
    assert sum("R206" in str(cell.value) for row in held.active.rows for cell in row) >= 2
    summary = openpyxl.load_workbook(Path(answer.json["output"]) / "summary.xlsx")
    lines = [[cell.value for cell in row] for page in summary for row in page.iter_rows()]
    (kind,) = {line[2] for line in lines if len(line) > 3 and line[1] == "R206"}
    assert kind == "error"
    # The same rosters under other settings are another question.
    settings = other / "relief.toml"
    settings.write_text(settings.read_text("utf-8").replace('R206 = "hold"\n', ""), "utf-8")
    assert run(other, [roster]).json["rows"]["paid"] == 2


@pytest.mark.parametrize("line", [
    'R101 = "warn"', 'R206 = "warn"', 'R999 = "hold"', 'F012 = "hold"', 'R403 = "hold"', "R206 = 1",
])  # fmt: skip
def test_no_setting_makes_a_check_milder(tmp_path, line):
    office = make_office(tmp_path / "office")
    strict(office, line)
    answer = run(office, [FILES / "six-people.xlsx"])
    assert (answer.code, answer.json["error"]["code"]) == (2, "office-value")
    assert "checks" in answer.json["error"]["message"]


def test_who_was_paid_under_another_number_is_not_paid_again(tmp_path):
    office = make_office(tmp_path / "office")
    assert run(office, [FILES / "one-person.xlsx"]).json["rows"]["paid"] == 1
    again = run(office, [FILES / "one-person-other-id.xlsx"])
    assert (again.code, again.json["findings"]) == (1, {"R408": 1})
    assert again.json["batch"] is None
    # In the books of another office nobody of that name was paid.
    other = make_office(tmp_path / "other")
    assert run(other, [FILES / "one-person-other-id.xlsx"]).json["rows"]["paid"] == 1
    # Another account, or another name beside it, is another question.
    header, row = (
        CalamineWorkbook.from_path(FILES / "one-person-other-id.xlsx")
        .get_sheet_by_index(0).to_python()
    )  # fmt: skip
    for column, cell, findings in (
        ("账号", "6228480000000158519", {}),
        ("姓名", "李大勇", {"R206": 1}),
    ):  # fmt: skip
        book = openpyxl.Workbook()
        changed = [cell if title == column else old for title, old in zip(header, row, strict=True)]
        for line in (header, changed):
            book.active.append(line)
        book.save(tmp_path / "changed.xlsx")
        place = make_office(tmp_path / column)
        assert run(place, [FILES / "one-person.xlsx"]).json["rows"]["paid"] == 1
        answer = run(place, [tmp_path / "changed.xlsx"]).json
        assert (answer["rows"]["paid"], answer["findings"]) == (1, findings)


def test_nobody_is_taken_for_another_by_an_attempt_that_was_rejected(tmp_path):
    office = make_office(tmp_path / "office", approvals="1")
    first = run(office, [FILES / "one-person.xlsx"])
    assert first.code == 3
    assert relief("--office", office, "reject", first.json["batch"], "--reason", "x").code == 0
    assert run(office, [FILES / "one-person-other-id.xlsx"]).json["findings"] == {}


@pytest.mark.parametrize(("header", "cell", "counts"), [
    ("联系电话", "138XXXX1234", (6, 6)), ("备注", "住XX路", (6, 6)),
    ("开户行", "中国农业银行XX支行", (5, 5)), ("备注", "示例", (5, 5)),
    ("备注", "例（请删除）", (5, 5)),
])  # fmt: skip
def test_a_person_of_a_common_name_is_no_example(tmp_path, header, cell, counts):
    sheet = CalamineWorkbook.from_path(FILES / "six-people.xlsx").get_sheet_by_index(0)
    titles, first, *rows = sheet.to_python()
    titles += [header] if header not in titles else []
    at = titles.index(header)
    first = [*first, *[""] * (len(titles) - len(first))]
    first[titles.index("姓名")], first[at] = "张三", cell
    book = openpyxl.Workbook()
    for line in (titles, first, *rows):
        book.active.append(line)
    book.save(tmp_path / "1.xlsx")
    answer = run(make_office(tmp_path / "office"), [tmp_path / "1.xlsx"]).json
    assert (answer["rows"]["read"], answer["rows"]["paid"]) == counts
    assert answer["not_people"]["other_rows"] == 6 - counts[0]


def test_a_row_to_put_right_names_its_township_and_keeps_it(tmp_path):
    office = make_office(tmp_path / "office")
    header, *rows = (
        CalamineWorkbook.from_path(FILES / "ids-corrected.xlsx").get_sheet_by_index(0).to_python()
    )
    number = header.index("身份证号")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "东黄水镇"
    for row in (header, rows[0], [*rows[1][:number], "1", *rows[1][number + 1 :]]):
        sheet.append(row)
    book.save(tmp_path / "names.xlsx")
    first = run(office, [tmp_path / "names.xlsx"]).json
    assert (first["rows"]["paid"], first["rows"]["held"]) == (1, 1)
    held = openpyxl.load_workbook(Path(first["output"], "held.xlsx"))
    title, row = [list(row) for row in held.active.values][:2]
    assert row[title.index("乡镇")] == "东黄水镇"
    assert title.count("乡镇") == 1
    held.active.cell(2, number + 1).value = rows[1][number]
    held.save(tmp_path / "back.xlsx")
    then = run(office, [tmp_path / "back.xlsx"]).json
    assert then["rows"]["paid"] == 1
    with Ledger.open(office / "ledger.sqlite").reading() as books:
        townships = books.load(then["batch"]).entitlements["township"]
    assert list(townships) == ["东黄水镇"]


def test_what_is_a_name_and_what_is_none(tmp_path):
    rows = CalamineWorkbook.from_path(FILES / "names.xlsx").get_sheet_by_index(0).to_python()
    answer = paid(tmp_path, "names.xlsx").json
    told = {row["id_number"] for row in Books(Path(answer["output"])).entitlements}
    held = {row[1] for row in rows[1:] if row[2] not in told}
    assert {"户主", "无名氏", "同上", "〃", "-", "李四A", "王X", "Ａ李", "张三/李四"} < held
    assert {"张？兰", "张*兰", "李四（故）", "李四1"} < held
    assert not held & {"武〇", "阿依古丽·买买提", "欧阳玉梅张", "丁一", "合计王", "李总计", "ａｂ"}
    assert answer["findings"] == {"R109": 4, "R110": 20}


def test_an_amount_of_the_household_in_each_of_its_rows_is_paid_once(tmp_path):
    answer = paid(tmp_path, "household-amounts.xlsx", programme="dibao").json
    assert (answer["rows"]["paid"], answer["payments"]) == (9, 3)
    assert answer["amount_fen"] == 3 * 900_00
    # Nor does the total row of the sheet, 2,700.00, disagree with it.
    assert answer["findings"] == {}


def monthly(path, titles, cells, further=("",) * 3):
    """Write the roster of three with other titles; ``cells`` stand in the three amounts."""
    header, *rows = (
        CalamineWorkbook.from_path(FILES / "tekun-monthly.xlsx").get_sheet_by_index(0).to_python()
    )
    book = openpyxl.Workbook()
    book.active.title = "特困"
    book.active.append([*header[:4], *titles, *header[7:], "停发年月"])
    for row, stop in zip(rows[:3], further, strict=True):
        book.active.append([*row[:4], *cells, *row[7:], stop])
    book.save(path)
    return path


BASIC, CARE = "基本生活标准（元/月）", "照料护理费用（元/月）"


@pytest.mark.parametrize(("titles", "cells", "each"), [
    # 793 and 198 a month, three months: whatever the total is called, and whether it is there.
    ((BASIC, CARE, "季度合计（元）"), (793, 198, 2973), 2973),
    ((BASIC, CARE, "合计"), (793, 198, 2973), 2973),
    ((BASIC, CARE, "合计"), (793, 198, 991), 2973),
    ((BASIC, CARE, "备注"), (793, 198, ""), 2973),
    ((BASIC, "照料护理费（元/季）", "合计"), (793, 594, ""), 2973),
    (("基本生活费（元/年）", "护理费（元/年）", "备注"), (9516, 2376, ""), 2973),
    # Titles that say nothing are for the quarter, as they stand.
    (("基本生活标准", "照料护理费", "合计"), (2379, 594, 2973), 2973),
])  # fmt: skip
def test_what_amounts_are_for_is_read_from_their_titles(tmp_path, titles, cells, each):
    office = make_office(tmp_path / "office")
    roster = monthly(tmp_path / "1.xlsx", titles, cells)
    answer = run(office, [roster], programme="tekun", cycle="2022Q3").json
    assert (answer["rows"]["paid"], answer["amount_fen"]) == (3, 3 * each * 100)
    assert "R306" not in answer["findings"]
    # The payment once of 300 asks for none of it.
    once = run(office, [roster]).json
    assert (once["rows"]["paid"], once["amount_fen"]) == (3, 900_00)


def test_amounts_of_a_month_are_paid_for_the_months_that_are_due(tmp_path):
    office = make_office(tmp_path / "office")
    stops = ("2022-09", "2022-08", "")
    titles = (BASIC, CARE, "季度合计（元）")
    roster = monthly(tmp_path / "1.xlsx", titles, (793, 198, 2973), stops)
    answer = run(office, [roster], programme="tekun", cycle="2022Q3").json
    assert answer["amount_fen"] == (2 + 1 + 3) * 991_00


def test_a_total_that_is_neither_the_sum_nor_its_quarter_is_held(tmp_path):
    office = make_office(tmp_path / "office")
    roster = monthly(tmp_path / "1.xlsx", (BASIC, CARE, "合计"), (793, 198, 2972))
    answer = run(office, [roster], programme="tekun", cycle="2022Q3").json
    assert answer["findings"]["R306"] == 3
