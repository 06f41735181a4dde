"""held.xlsx goes to the township, is put right cell by cell, comes back and pays the rest."""

import copy
import csv

import openpyxl
import oracle
import pytest
from databases import copy_office
from golden import rosters
from golden.books import Books, check_conserved, entitled, ledger, sheets
from golden.running import done, make_office, run
from rules.made import card, person, table, write_csv

from sample_data import exports, writers

SEED = 31
PERSONS = 420
# What a township can put right in the cells of the row itself.
CORRECTABLE = {
    "persons": {
        "R101": 2, "R102": 2, "R103": 3, "R104": 1, "R105": 1, "R109": 2, "R110": 2, "R201": 2,
        "R202": 2, "R203": 1, "R301": 1, "R302": 1, "R303": 1, "R304": 1, "R309": 2, "F010": 1,
    },
    "households": {
        "R101": 2, "R102": 2, "R103": 2, "R104": 1, "R109": 3, "R110": 2, "R201": 2, "R202": 2,
        "R203": 1, "R301": 1, "R302": 1, "R303": 1, "R309": 2, "F009": 2,
    },
    "side": {"R109": 3, "R110": 3, "R201": 2, "R202": 3, "R301": 1, "R302": 1},
    "csv": {
        "R101": 2, "R102": 2, "R103": 3, "R109": 2, "R110": 2, "R201": 2, "R202": 2, "R301": 1,
        "R302": 1, "R303": 1, "R304": 1, "R309": 2,
    },
    "tekun": {"R102": 2, "R103": 3, "R104": 1, "R306": 2, "R307": 1, "R308": 2, "R202": 2},
}  # fmt: skip
FIELDS = {
    "persons": writers.PERSON_COLUMNS,
    "households": writers.HOUSEHOLD_COLUMNS
    | {f"家庭成员{name}": field for name, field in writers.MEMBER_COLUMNS.items()}
    | writers.ACCOUNT_COLUMNS,
    "csv": exports.CSV_COLUMNS,
    "tekun": exports.TEKUN_COLUMNS,
}
STORED = {"id_number": "id_as_number", "account_number": "account_as_number",
          "bank_name": "bank_as_error"}  # fmt: skip


class Case:
    """A roster of one shape that was paid as far as it went, and what should have stood in it."""

    def __init__(self, folder, shape):
        faults = {shape: CORRECTABLE[shape]}
        _, self.clean = rosters.make(folder / "clean", SEED, PERSONS, (shape,), faults={})
        (self.path,), self.faulty = rosters.make(
            folder / "in", SEED, PERSONS, (shape,), faults=faults
        )
        self.shape = shape
        self.office = make_office(folder / "office")
        self.first = done(self.office, [self.path])
        self.rows = {}
        for right, wrong in zip(self.records(self.clean), self.records(self.faulty), strict=True):
            assert right["person"] == wrong["person"] or wrong["codes"] == "R105"
            place = (wrong["file"], wrong["sheet"], wrong["sheet_row"])
            self.rows.setdefault(place, []).append((right, wrong))

    @staticmethod
    def records(rows):
        return rows.to_dict("records")

    @property
    def held(self):
        return self.office / "out" / self.first["batch"] / "held.xlsx"

    def eligible(self):
        """Give person → name, account, payee of all who would be paid had nobody erred."""
        answer = oracle.one_time(self.clean)
        assert answer.count("paid") == len(self.clean)
        return {
            outcome.person: (row["name"], outcome.account_number, outcome.payee_name)
            for row, outcome in zip(self.records(self.clean), answer.outcomes, strict=True)
        }


DAILY = ("persons", "households", "tekun")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(shape, marks=() if shape in DAILY else pytest.mark.matrix)
        for shape in CORRECTABLE
    ],
)
def once(request, tmp_path_factory):
    return Case(tmp_path_factory.mktemp("case"), request.param)


@pytest.fixture
def case(once, tmp_path):
    """Give the case with an office of its own, which was copied."""
    own = copy.copy(once)
    own.office = copy_office(once.office, tmp_path / "office")
    return own


def correct(case, source, target, wanted=lambda _place: True):
    """Open ``source`` as a township would, type what is right into the cells that are wrong.

    Only cells that differ from what should stand there are touched; new values are texts.

    Returns:
        How many rows were put right.
    """
    book = openpyxl.load_workbook(source)
    done = 0
    for sheet in book:
        header = [cell.value for cell in sheet[1]]
        file, name, number = (header.index(f"Source {part}") for part in ("file", "sheet", "row"))
        for row in sheet.iter_rows(min_row=2):
            place = (row[file].value, row[name].value or "", row[number].value)
            if place not in case.rows or not wanted(place):
                continue
            done += 1
            for right, wrong in case.rows[place]:
                put_right(case.shape, header, row, right, wrong)
    book.save(target)
    return done


def put_right(shape, header, row, right, wrong):
    for place, field in columns_of(shape, header, right).items():
        flag = STORED.get(field)
        if right[field] != wrong[field] or (flag and wrong[flag]):
            row[place].value = right[field]
        if wrong["merged_with_next"] and field == "id_number":
            row[place].value = right[field]


def columns_of(shape, header, right):
    """Give column → field, for one person of a row."""
    if shape != "side":
        fields = {text: field for text, field in FIELDS[shape].items() if field in right}
        return {at: fields[text] for at, text in enumerate(header) if fields.get(text, "serial")
                != "serial"}  # fmt: skip
    known = {"乡镇": "township", "村": "village", "户主姓名": "head_name",
             "户主身份证号": "head_id_number", "救助类别": "category",
             "保障人数": "household_size", "月保障金额": "household_amount",
             "开户行": "bank_name", "账号": "account_number"}  # fmt: skip
    found = {header.index(text): field for text, field in known.items()}
    if right["member"]:
        names = [at for at, text in enumerate(header) if str(text).startswith("姓名")]
        numbers = [at for at, text in enumerate(header) if str(text).startswith("身份证号")]
        found |= {names[right["member"] - 1]: "name", numbers[right["member"] - 1]: "id_number"}
    return found


def test_corrected_rows_are_paid_into_the_right_accounts_and_nobody_else(case, tmp_path):
    eligible = case.eligible()
    before = set(entitled(case.office))
    assert correct(case, case.held, tmp_path / "back.xlsx") > 10
    answer = done(case.office, [tmp_path / "back.xlsx"])
    assert answer["batch"] == "one-time-2022-08-2"
    assert answer["rows"]["held"] == 0
    books = check_conserved(answer, case.office)
    paid = {origin[3]: figures[:3] for origin, figures in books.paid().items()}
    missing = eligible.keys() - before
    assert paid == {person: eligible[person] for person in missing}
    assert entitled(case.office).keys() == eligible.keys()


def test_first_and_corrected_batch_together_pay_as_one_without_mistakes_would(case, tmp_path):
    correct(case, case.held, tmp_path / "back.xlsx")
    second = done(case.office, [tmp_path / "back.xlsx"])
    other = make_office(tmp_path / "other")
    (path,), _ = rosters.make(tmp_path / "good", SEED, PERSONS, (case.shape,), faults={})
    whole = done(other, [path])
    assert case.first["amount_fen"] + second["amount_fen"] == whole["amount_fen"]
    assert entitled(case.office) == entitled(other)


def test_uncorrected_rows_pay_nobody(case):
    books = ledger(case.office)
    for _ in range(2):
        answer = run(case.office, [case.held])
        assert answer.code == 1
        assert answer.json["batch"] is None
        assert answer.json["rows"]["held"] == case.first["rows"]["held"]
        assert answer.json["rows"]["paid"] == answer.json["amount_fen"] == 0
    assert ledger(case.office) == books


def test_one_row_after_the_other(case, tmp_path):
    eligible, source = case.eligible(), case.held
    places = sorted({place for place, pairs in case.rows.items() if any(
        wrong["fate"] == "held" for _, wrong in pairs)})  # fmt: skip
    half = set(places[::2])
    homes = {right["household"] for place in half for right, _ in case.rows[place]}

    def first_half(place):
        # A household's rows are put right together.
        return any(right["household"] in homes for right, _ in case.rows[place])

    correct(case, source, tmp_path / "half.xlsx", first_half)
    second = done(case.office, [tmp_path / "half.xlsx"])
    assert second["batch"] == "one-time-2022-08-2"
    assert second["rows"]["held"] > 0
    # The rest is in that batch's held.xlsx, which names the file it came in: the township takes
    # up the list it was given first and finishes it.
    correct(case, source, tmp_path / "all.xlsx")
    third = done(case.office, [tmp_path / "all.xlsx"])
    assert third["batch"] == "one-time-2022-08-3"
    assert third["rows"]["held"] == 0
    assert third["rows"]["skipped"] >= second["rows"]["paid"]
    assert entitled(case.office).keys() == eligible.keys()


def test_corrected_in_the_roster_itself(case, tmp_path):
    (path,), _ = rosters.make(tmp_path / "good", SEED, PERSONS, (case.shape,), faults={})
    answer = done(case.office, [path])
    assert answer["batch"] == "one-time-2022-08-2"
    assert answer["rows"]["paid"] == case.first["rows"]["held"]
    assert answer["rows"]["skipped"] == case.first["rows"]["paid"]
    assert entitled(case.office).keys() == case.eligible().keys()


def test_the_township_may_sort_the_list_drop_our_columns_and_save_it_as_csv(case, tmp_path):
    correct(case, case.held, tmp_path / "back.xlsx")
    for number, (header, *rows) in enumerate(sheets(tmp_path / "back.xlsx").values()):
        kept = header.index("Problem codes")
        with (tmp_path / f"{number}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([header[:kept], *(row[:kept] for row in rows[::-1])])
    answer = done(case.office, sorted(tmp_path.glob("*.csv")))
    assert answer["rows"]["held"] == 0
    assert entitled(case.office).keys() == case.eligible().keys()


def test_an_account_that_was_missing_for_a_household_is_its_heads(tmp_path):
    """The list names no holder of an account that the township still has to write down."""
    home = [
        person(1, 姓名="赵有福", 户号="1", 与户主关系="户主", 账号=""),
        person(2, 姓名="丁秀英", 户号="1", 与户主关系="妻", 账号=""),
    ]
    office = make_office(tmp_path / "office")
    answer = done(office, [write_csv(tmp_path / "a.csv", table(*home, person(3, 户号="2")))])
    book = openpyxl.load_workbook(f"{answer['output']}/held.xlsx")
    header = [cell.value for cell in book.active[1]]
    for row in book.active.iter_rows(min_row=2):
        assert row[header.index("账户名称")].value is None
        row[header.index("账号")].value = card(1)
    book.save(tmp_path / "back.xlsx")
    books = Books(done(office, [tmp_path / "back.xlsx"])["output"])
    (payment,) = books.payments.values()
    assert (payment["payee_name"], payment["beneficiaries"]) == ("赵有福", "2")
