"""Rules about whole files and sheets: refusals leave no trace, warnings say where they belong."""

import hashlib
import io
import shutil

import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile
from rules.made import (
    CYCLE,
    card,
    id_number,
    person,
    relief,
    table,
    told,
    write_csv,
    write_xls,
    write_xlsx,
)

SOUND = table(person(1), person(2))
HEADLESS = [list(row) for row in SOUND[1:]]


def encrypted(path, rows, password="芝麻 1"):  # noqa: S107  # made up
    stream = io.BytesIO()
    plain = write_xlsx(path.with_name("plain.xlsx"), rows)
    OOXMLFile(io.BytesIO(plain.read_bytes())).encrypt(password, stream)
    plain.unlink()
    path.write_bytes(stream.getvalue())
    return path


def without(header):
    return table(person(1, **{header: None}), person(2, **{header: None}))


def doubled(header):
    return [[*SOUND[0], header], *([*row, "x"] for row in SOUND[1:])]


def wide(writer, name):
    return lambda folder: writer(folder / name, [*SOUND, [*[""] * 599, "x"]])


def book(rows, kind="xlsx"):
    writers = {"xlsx": write_xlsx, "xls": write_xls, "csv": write_csv}
    return lambda folder: writers[kind](folder / f"花名册.{kind}", rows)


def raw(name, content):
    def write(folder):
        path = folder / name
        path.write_bytes(content)
        return path

    return write


# code → files that are refused with it: (how it is made, what the message must name)
REFUSED = {
    "F001": [
        raw("花名册.xlsx", b"%PDF-1.4 " + b"0" * 600),
        raw("花名册.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        raw("花名册.csv", "姓名,身份证号\n张\0三,1\n".encode()),
    ],
    "F002": [lambda folder: encrypted(folder / "花名册.xlsx", SOUND)],
    "F003": [book(HEADLESS), book(HEADLESS, "xls"), book(HEADLESS, "csv")],
    "F004": [
        book(without("身份证号")),
        book(without("姓名"), "xls"),
        book(without("救助类别"), "csv"),
    ],
    "F005": [
        book(doubled("证件号码")),
        book(doubled("卡号"), "xls"),
        book(doubled("姓 名"), "csv"),
    ],
    "F006": [wide(write_xlsx, "花名册.xlsx"), wide(write_csv, "花名册.csv")],
    "F011": [
        lambda folder: write_csv(folder / "花名册.csv", SOUND, "utf-16"),
        raw("花名册.csv", ",".join(SOUND[0]).encode() + "\n张三,1\n".encode("gb18030") + b"\xff"),
    ],
}
CASES = [(code, make) for code, makes in REFUSED.items() for make in makes]
OPENED = {
    "F001": lambda folder: write_xlsx(folder / "花名册.xlsx", SOUND),
    "F002": lambda folder: encrypted(folder / "花名册.xlsx", SOUND),
    "F003": book(SOUND, "xls"),
    "F004": book(SOUND, "csv"),
    "F005": lambda folder: write_csv(folder / "花名册.csv", [[*SOUND[0], "备注1"], *SOUND[1:]]),
    "F006": lambda folder: write_xlsx(folder / "花名册.xlsx", [*SOUND, [*[""] * 511, " "]]),
    "F011": lambda folder: write_csv(folder / "花名册.csv", SOUND, "gb18030"),
}
"""For each code a file of the same kind that is read."""


def traces(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def paid_office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paid")
    july = write_xlsx(folder / "七月.xlsx", table(person(11)))
    assert relief(folder / "office", "run", "one-time", july, "--cycle", "2022-07")[0] == 0
    return folder / "office"


@pytest.mark.parametrize(
    ("code", "make"), CASES, ids=[f"{code}-{n}" for n, (code, _) in enumerate(CASES)]
)
def test_a_refused_file_ends_with_2_and_leaves_no_trace(tmp_path, paid_office, code, make):
    office = shutil.copytree(paid_office, tmp_path / "office")
    was = traces(office)
    sound = write_xlsx(tmp_path / "别的镇.xlsx", table(person(3)))
    bad = make(tmp_path)
    exit_code, answer = relief(office, "run", "one-time", sound, bad, "--cycle", CYCLE)
    assert exit_code == 2
    assert (answer["error"]["code"], answer["error"]["file"]) == (code, bad.name)
    assert traces(office) == was


@pytest.mark.parametrize("code", OPENED)
def test_a_sound_file_of_the_kind_is_taken_in(tmp_path, code):
    path = OPENED[code](tmp_path)
    key = tmp_path / "密码.txt"
    key.write_text("错的\n芝麻 1\n", encoding="utf-8")
    arguments = ("run", "one-time", path, "--cycle", CYCLE, "--password-file", key)
    exit_code, answer = relief(tmp_path / "office", *arguments)
    assert exit_code == 0
    assert answer["rows"] == {"read": 2, "paid": 2, "held": 0, "skipped": 0}
    assert answer["findings"] == {}


def test_no_password_is_told_from_a_wrong_one(tmp_path):
    path = encrypted(tmp_path / "花名册.xlsx", SOUND)
    key = tmp_path / "密码.txt"
    key.write_text("芝麻\n", encoding="utf-8")
    _, answer = relief(tmp_path / "office", "check", path)
    assert "is encrypted" in answer["error"]["message"]
    _, answer = relief(tmp_path / "office", "check", path, "--password-file", key)
    assert "None of the passwords" in answer["error"]["message"]


def test_rows_beyond_the_offices_own_limit_are_refused(tmp_path):
    office = tmp_path / "office"
    assert relief(office, "run", "one-time", book(SOUND)(tmp_path), "--cycle", CYCLE)[0] == 0
    settings = office / "relief.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[limits]", "[limits]\nrows = 3"), encoding="utf-8")
    many = write_xlsx(tmp_path / "多.xlsx", table(*map(person, range(1, 9))))
    exit_code, answer = relief(office, "run", "one-time", many, "--cycle", CYCLE)
    assert (exit_code, answer["error"]["code"]) == (2, "F006")


def test_all_refusals_of_a_run_come_at_once(tmp_path):
    files = [write_csv(tmp_path / f"{n}.csv", rows) for n, rows in
             enumerate((HEADLESS, doubled("卡号"), SOUND))]  # fmt: skip
    exit_code, answer = relief(tmp_path / "office", "check", *files)
    assert exit_code == 2
    shown = [answer["error"], *answer["error"]["also"]]
    assert [(one["code"], one["file"]) for one in shown] == [("F003", "0.csv"), ("F005", "1.csv")]


def test_f004_no_file_says_where_the_money_goes(tmp_path):
    path = write_csv(tmp_path / "花名册.csv", without("账号"))
    exit_code, answer = relief(tmp_path / "office", "check", path)
    assert (exit_code, answer["error"]["code"]) == (2, "F004")


# Warnings about sheets


def test_f008_hidden_rows_are_paid_and_told(tmp_path):
    path = write_xlsx(tmp_path / "花名册.xlsx", SOUND, hidden_rows=(3,))
    run = told(tmp_path / "office", path)
    assert run.findings == {("F008", 0, "")}
    assert list(run.batch.findings["detail"]) == ["1"]
    assert set(run.fates.values()) == {"paid"}


def test_f008_a_hidden_sheet_is_not_read_and_told(tmp_path):
    sheets = {"一镇": table(person(1)), "旧": table(person(2))}
    path = write_xlsx(tmp_path / "花名册.xlsx", sheets=sheets, hidden_sheets=("旧",))
    run = told(tmp_path / "office", path)
    assert run.findings == {("F008", 0, "")}
    assert list(run.batch.findings["detail"]) == ["旧"]
    assert run.rows == {"read": 1, "paid": 1, "held": 0, "skipped": 0}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv"])
@pytest.mark.parametrize(("stated", "at"), [("900.00", {(4, "F4")}), ("600", set())])
def test_f012_a_total_is_held_against_its_rows(tmp_path, kind, stated, at):
    rows = table(person(1, 发放金额="300"), person(2, 发放金额="300.00"))
    path = book([*rows, ["合计", "", "", "", "", stated]], kind)(tmp_path)
    run = told(tmp_path / "office", path)
    assert run.of("F012") == at
    # The total row's figure first, then the sum of its rows.
    assert list(run.batch.findings["detail"]) == ["900.00 ≠ Σ 600.00"] * len(at)
    assert run.codes <= {"F012"}
    assert run.rows == {"read": 2, "paid": 2, "held": 0, "skipped": 0}


@pytest.mark.parametrize("more", ["594.00", "备注", " ", ""])
def test_f013_whatever_stands_beyond_the_titles_of_a_text_holds_its_row(tmp_path, more):
    path = tmp_path / "a.csv"
    header, *rows = table(person(1, 发放金额="300"), person(2, 发放金额="1"))
    lines = [header, rows[0], [*rows[1], "230.00", more], []]
    path.write_text("\n".join(",".join(map(str, line)) for line in lines), "utf-8")
    run = told(tmp_path / "office", path)
    assert run.of("F013") == {(3, "F3")}
    assert run.fates == {(0, 2, 0): "paid", (0, 3, 0): "held"}


def test_f013_a_remark_beside_the_table_of_a_workbook_is_none(tmp_path):
    rows = table(person(1, 发放金额="300"), person(2, 发放金额="300"))
    rows = [[*rows[0], "", ""], [*rows[1], "", "迁入"], [*rows[2], "同意", ""]]
    run = told(tmp_path / "office", write_xlsx(tmp_path / "a.xlsx", rows))
    assert run.codes == set()
    assert set(run.fates.values()) == {"paid"}


def test_f013_a_held_row_that_comes_back_as_it_was_is_held_again(tmp_path):
    path = tmp_path / "a.csv"
    header, *rows = table(person(1, 发放金额="300"), person(2, 发放金额="1"))
    path.write_text("\n".join(map(",".join, [header, rows[0], [*rows[1], "230.00"]])), "utf-8")
    office = tmp_path / "office"
    for roster in (path, office / "out" / "one-time-2022-08-1" / "held.xlsx"):
        _, answer = relief(office, "run", "one-time", roster, "--cycle", "2022-08")
        assert answer["rows"]["held"] == 1
    assert answer["batch"] is None


def test_f007_with_a_stored_value_is_only_a_warning(tmp_path):
    path = tmp_path / "花名册.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet()
        for at, row in enumerate(table(person(1, 发放金额="300"), person(2))):
            page.write_row(at, 0, row)
        page.write_formula("F3", "=100+200", None, 300)
    run = told(tmp_path / "office", path)
    assert run.findings == {("F007", 3, "F3")}
    assert set(run.fates.values()) == {"paid"}


# Rules that ask the ledger

NEXT_NOTICE = """
[[one-time.occasion]]
since = 2022-09-01
value = "另一文件"
unit = "document"
reference = "试行"
"""


def test_r403_who_was_paid_is_skipped(tmp_path):
    office = tmp_path / "office"
    told(office, write_xlsx(tmp_path / "一.xlsx", SOUND))
    run = told(office, write_csv(tmp_path / "二.csv", table(person(3), person(2))))
    assert run.findings == {("R403", 3, "B3")}
    assert run.fates == {(0, 2, 0): "paid", (0, 3, 0): "skipped"}


def test_r401_another_name_under_a_paid_number_is_held(tmp_path):
    office = tmp_path / "office"
    told(office, write_xlsx(tmp_path / "一.xlsx", SOUND))
    run = told(office, write_csv(tmp_path / "二.csv", table(person(3), person(2, 姓名="马骏"))))
    assert run.findings == {("R401", 3, "B3")}
    assert run.fates == {(0, 2, 0): "paid", (0, 3, 0): "held"}


@pytest.mark.parametrize(("number", "at"), [(8, {(3, "E3")}), (2, set())])
def test_r207_a_changed_account_is_paid_and_told(tmp_path, number, at):
    office = tmp_path / "office"
    told(office, write_xlsx(tmp_path / "八月.xlsx", SOUND))
    (office / "policy").mkdir(exist_ok=True)
    (office / "policy" / "本地.toml").write_text(NEXT_NOTICE, encoding="utf-8")
    path = write_xlsx(tmp_path / "九月.xlsx", table(person(1), person(2, 账号=card(number))))
    run = told(office, path, cycle="2022-09")
    assert run.findings == {("R207", *place) for place in at}
    assert set(run.fates.values()) == {"paid"}


def test_an_upgraded_number_is_the_same_person(tmp_path):
    office = tmp_path / "office"
    old, new = "140122800101002", id_number(2)
    assert new == f"{old[:6]}19{old[6:]}{new[-1]}"
    told(office, write_xlsx(tmp_path / "一.xlsx", table(person(2))))
    run = told(office, write_csv(tmp_path / "二.csv", table(person(3), person(2, 身份证号=old))))
    assert run.fates == {(0, 2, 0): "paid", (0, 3, 0): "skipped"}
