"""What a public notice says of people, held against a row-by-row count and against every name."""

import dataclasses
import datetime as dt
import html.parser
import io
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relief_cli.batch import ENTITLEMENTS, PAYMENTS
from relief_cli.calendar import ARREARS, Occasion
from relief_cli.reports.notice_lines import (
    COUNTED,
    INSTITUTION,
    LISTED,
    Disclosure,
    groups,
    masked,
)
from relief_cli.reports.notice_page import notice_page
from relief_cli.reports.notice_text import Display, notice
from relief_cli.reports.notice_workbook import notice_workbook

ON = dt.date(2022, 8, 19)
DISCLOSURE = Disclosure(
    on=ON,
    full_names=False,
    minors_hidden=True,
    minor_age=18,
    categories=("urban_dibao", "rural_dibao", "tekun"),
    institution_words=("敬老院", "中心"),
)
DISPLAY = Display(first_on=dt.date(2022, 8, 29), days=7, phone="0351-5522345")

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
RARE = st.sampled_from("䶮㛃𠮷𠅤·•")
NAMES = st.text(HAN | RARE, min_size=1, max_size=12)


def number(birth, sequence):
    """Give an identity number with the right check character (GB 11643)."""
    body = f"140122{birth}{sequence:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


ADULT, OLD, CHILD, BABY = "19800101", "19400229", "20100301", "20220801"


@dataclasses.dataclass
class Person:
    """One made-up person of a batch."""

    name: str
    birth: str = ADULT
    category: str = "rural_dibao"
    township: str | None = "东镇"
    household: int = 0
    payment: int = 1
    fen: int = 30_000
    county: str | None = "甲县"


def make(batch, people, payees=None):
    """Give ``batch`` with these people and payments; ``payees``: payment → name, for institutions.

    Other payments are to the first of their people.
    """
    rows, ids = [], [number(one.birth, n + 1) for n, one in enumerate(people)]
    for n, one in enumerate(people):
        rows.append(
            (n + 1, one.payment, ids[n], one.name, one.category, one.county, one.township,
             one.household, None, one.fen, 0, 0, 0, n + 3, 0)
        )  # fmt: skip
    payments = []
    for payment in sorted({one.payment for one in people}):
        own = [n for n, one in enumerate(people) if one.payment == payment]
        name = (payees or {}).get(payment)
        payments.append(
            (payment, name or people[own[0]].name, None if name else ids[own[0]],
             f"62284800100000{payment:05d}", "402", "农信社", "shanxi-rcu",
             sum(people[n].fen for n in own), len(own))
        )  # fmt: skip
    frame = pd.DataFrame
    return dataclasses.replace(
        batch,
        grounds=frame({"ground": [0], "reason": "x", "reference": "晋民发〔2022〕38号 2.2"}),
        entitlements=frame(rows, columns=list(ENTITLEMENTS)).astype(ENTITLEMENTS),
        payments=frame(payments, columns=list(PAYMENTS)).astype(PAYMENTS),
    )


def lines_of(batch, wording, *, by_household=False, **changed):
    """Give place → its lines as tuples."""
    disclosure = dataclasses.replace(DISCLOSURE, **changed)
    found = groups(batch, disclosure, wording, by_household=by_household)
    return {
        (one.county, one.township, one.institutions): list(
            one.lines[["kind", "name", "category", "households", "persons", "amount_fen"]]
            .itertuples(index=False, name=None)
        )
        for one in found
    }  # fmt: skip


@given(st.lists(NAMES, min_size=1, max_size=20))
def test_a_masked_name_shows_its_first_character_alone(names):
    shown = masked(pd.Series(names, dtype="str"))
    for name, mask in zip(names, shown, strict=True):
        assert len(mask) == max(1, min(len(name), 3))
        if len(name) > 1:
            assert mask[0] == name[0]
            assert mask != name
            # No character of the given name, nor of the second half of a surname, stands there.
            assert set(mask[1:]) == {"*"}
        else:
            assert mask == "*"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("丁", "*"),
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳修", "欧**"),
        ("欧阳娜娜", "欧**"),
        ("司马", "司*"),
        ("龚䶮", "龚*"),
        ("𠮷田", "𠮷*"),
        ("𠮷", "*"),
        ("阿依·古丽", "阿**"),
        ("阿卜杜热合曼·艾则孜", "阿**"),
        ("=cmd|'/c'!A1", "=**"),
    ],
)
def test_names_of_all_kinds(name, shown):
    assert masked(pd.Series([name], dtype="str")).tolist() == [shown]


def test_people_stand_in_the_order_of_the_rosters_place_by_place(batch, wording):
    made = make(
        batch,
        [
            Person("张三", household=1, payment=2),
            Person("李小四", CHILD, household=1, payment=2),
            Person("王五", township=None, household=2, payment=1),
            Person("赵六七", OLD, "urban_dibao", "西镇", 3, 3),
            Person("钱八", category="urban_dibao", household=4, payment=4),
        ],
    )
    assert lines_of(made, wording) == {
        ("甲县", "东镇", False): [
            (LISTED, "张*", "农村低保", 1, 1, 30_000),
            (LISTED, "***", "农村低保", 0, 1, 30_000),
            (LISTED, "钱*", "城市低保", 1, 1, 30_000),
        ],
        ("甲县", "", False): [(LISTED, "王*", "农村低保", 1, 1, 30_000)],
        ("甲县", "西镇", False): [(LISTED, "赵**", "城市低保", 1, 1, 30_000)],
    }


def test_a_household_stands_under_an_adult_best_the_payee(batch, wording):
    made = make(
        batch,
        [
            # The payee of payment 1 is a child, the second is the first adult.
            Person("小一", CHILD, household=1, payment=1, fen=10_001),
            Person("大一", household=1, payment=1, fen=10_000),
            Person("老一", OLD, household=1, payment=1, fen=10_000),
            # The first is not the payee: the account is the second one's.
            Person("乙二", household=2, payment=1, fen=5),
            Person("甲二", "19700101", household=2, payment=2, fen=7),
            # Children alone: nothing of a name.
            Person("小三", BABY, household=3, payment=3, fen=9),
            # Two categories in one household.
            Person("丙四", household=4, payment=4, fen=1),
            Person("丁四", household=4, payment=4, fen=1, category="urban_dibao"),
        ],
    )
    assert lines_of(made, wording, by_household=True) == {
        ("甲县", "东镇", False): [
            (LISTED, "大*", "农村低保", 1, 3, 30_001),
            (LISTED, "甲*", "农村低保", 1, 2, 12),
            (LISTED, "***", "农村低保", 1, 1, 9),
            (LISTED, "丙*", "农村低保 / 城市低保", 1, 2, 2),
        ]
    }


def test_other_categories_are_counted_and_institutions_shown_by_their_names(batch, wording):
    made = make(
        batch,
        [
            Person("孤一", CHILD, "orphan", household=1),
            Person("张三", household=2, payment=2),
            Person("孤二", CHILD, "orphan", household=3, payment=3),
            Person("特一", OLD, "tekun", "西镇", 4, 4, 50_000),
            Person("特二", OLD, "tekun", "东镇", 5, 4, 60_000),
            Person("孤三", CHILD, "orphan", "东镇", 6, 4, 1),
        ],
        {4: "甲县中心敬老院"},
    )
    assert lines_of(made, wording) == {
        ("甲县", "东镇", False): [
            (LISTED, "张*", "农村低保", 1, 1, 30_000),
            (COUNTED, "", "other recipients", 2, 2, 60_000),
        ],
        ("甲县", "", True): [
            (INSTITUTION, "甲县中心敬老院", "特困 / other recipients", 3, 3, 110_001)
        ],
    }


def test_a_household_with_somebody_who_is_not_listed_is_only_counted(batch, wording):
    made = make(batch, [Person("张三"), Person("孤一", CHILD, "orphan")])
    assert lines_of(made, wording, by_household=True) == {
        ("甲县", "东镇", False): [(COUNTED, "", "other recipients", 1, 2, 60_000)]
    }


@pytest.mark.parametrize("payee", ["李敬老", "敬老院", "张王李赵", "欧阳中"])
def test_a_person_without_a_number_is_no_institution(batch, wording, payee):
    """A roster may give the name of a head alone: it must not be shown whole."""
    found = lines_of(make(batch, [Person("张三")], {1: payee}), wording)
    assert found == {("甲县", "东镇", False): [(LISTED, "张*", "农村低保", 1, 1, 30_000)]}


def test_a_number_in_the_name_of_a_place_is_not_shown(batch, wording):
    made = make(
        batch,
        [
            Person("张三", township="东镇13834561234"),
            Person("李四", OLD, "tekun", county="140122198001010019", payment=2),
        ],
        {2: "中心敬老院6228480010000000017"},
    )
    assert lines_of(made, wording) == {
        ("甲县", "", False): [(LISTED, "张*", "农村低保", 1, 1, 30_000)],
        ("", "东镇", False): [(LISTED, "李*", "特困", 0, 1, 30_000)],
    }


@pytest.mark.parametrize(
    ("full", "hidden", "adult", "child"),
    [
        (False, True, "张*", "***"),
        (False, False, "张*", "李*"),
        (True, True, "张三", "***"),
        (True, False, "张三", "李*"),
    ],
)
def test_the_office_chooses_the_masking_but_no_childs_whole_name(
    batch, wording, full, hidden, adult, child
):
    made = make(batch, [Person("张三"), Person("李四", CHILD)])
    ((found,),) = [lines_of(made, wording, full_names=full, minors_hidden=hidden).values()]
    assert [line[1] for line in found] == [adult, child]


@pytest.mark.parametrize(
    ("birth", "on", "age", "shown"),
    [
        ("20040820", ON, 18, "***"),  # eighteen tomorrow
        ("20040819", ON, 18, "李*"),
        ("20040229", dt.date(2022, 2, 28), 18, "***"),  # born on a leap day: on 1 March
        ("20040229", dt.date(2022, 3, 1), 18, "李*"),
        ("20080820", ON, 14, "***"),
        ("20080819", ON, 14, "李*"),
    ],
)
def test_who_is_a_minor(batch, wording, birth, on, age, shown):
    made = make(batch, [Person("李四", birth)])
    (found,) = lines_of(made, wording, on=on, minor_age=age).values()
    assert found[0][1] == shown


@given(
    st.lists(
        st.builds(
            Person,
            name=NAMES,
            birth=st.sampled_from([ADULT, OLD, CHILD, BABY]),
            category=st.sampled_from(["rural_dibao", "urban_dibao", "tekun", "orphan", "other"]),
            township=st.sampled_from(["东镇", "西镇", None]),
            household=st.integers(0, 4),
            payment=st.integers(1, 4),
            fen=st.integers(1, 10**9),
            county=st.sampled_from(["甲县", "乙县", None]),
        ),
        min_size=1,
        max_size=12,
    ),
    st.booleans(),
    st.booleans(),
)
# Nothing changes the fixtures.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_everybody_and_every_fen_is_in_one_line(batch, wording, people, inside, by_household):
    made = make(batch, people, {3: "乙县养老中心"} if inside else None)
    found = groups(made, DISCLOSURE, wording, by_household=by_household)
    assert sum(one.total("persons") for one in found) == len(people)
    assert sum(one.total("amount_fen") for one in found) == sum(one.fen for one in people)
    assert sum(one.total("households") for one in found) == len({one.household for one in people})
    places = [(one.county, one.township, one.institutions) for one in found]
    assert len(set(places)) == len(places)
    hidden = {"***", *(f"{one.name[0]}{'*' * len(one.name[1:3])}" for one in people)}
    # Of a name of one character nothing is shown.
    hidden = {"*" if len(name) == 1 else name for name in hidden}
    for one in found:
        for kind, name in one.lines[["kind", "name"]].itertuples(index=False, name=None):
            if kind == LISTED:
                assert name in hidden
            else:
                assert name == ("乙县养老中心" if kind == INSTITUTION else "")


class Cells(html.parser.HTMLParser):
    """Gives the tables of a page as rows of text, and every tag that there is."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.tags, self._into = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, _attributes):
        self.tags.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._into = self.tables[-1][-1]

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._into = None

    def handle_data(self, data):
        if self._into is not None:
            self._into[-1] += data


@pytest.mark.parametrize(
    ("grounds", "basis"),
    [
        (["晋民发〔2022〕38号 2.2"], "晋民发〔2022〕38号 2.2"),
        # What a roster says under 审批文号 is one person's.
        (["晋民发〔2022〕38号 2.2；民政办〔2022〕张三丰重病"], "晋民发〔2022〕38号 2.2"),
        (["张三丰 140122198001010019"], "the rules of social assistance"),
        ([None], "the rules of social assistance"),
        (["甲；乙", "乙；丙"], "甲 / 乙 / 丙"),
        (["甲；乙；丙；丁"], "甲 / 乙 / 丙 and others"),
    ],
)
def test_the_basis_is_what_the_policy_names(batch, wording, grounds, basis):
    made = make(batch, [Person("张三")])
    known = [*batch.parameters["reference"], "甲；乙", "丙", "丁"]
    parameters = pd.DataFrame({"reference": known, "value": ["300", "x", "x", "丁"]})
    made = dataclasses.replace(
        made,
        parameters=parameters.astype("str"),
        grounds=pd.DataFrame({"reference": grounds}).astype("str"),
    )
    lines = groups(made, DISCLOSURE, wording, by_household=False)
    told = notice(made, lines, DISCLOSURE, DISPLAY, wording, paid=True, by_household=False)
    assert told.introduction[0].startswith(f"By {basis}, the payment")


def test_arrears_are_called_so(batch, wording):
    made = make(batch, [Person("张三")])
    made = dataclasses.replace(
        made,
        programme="dibao",
        cycle="2022-07",
        occasion=Occasion(ARREARS, "2022-01", "2022-07", since="2022-01-01"),
    )
    lines = groups(made, DISCLOSURE, wording, by_household=True)
    told = notice(made, lines, DISCLOSURE, DISPLAY, wording, paid=True, by_household=True)
    assert told.title == (
        "Public notice of assistance paid: Minimum living allowance, arrears, 2022-01 to 2022-07"
    )


HOSTILE = ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "@SUM(1)", "&amp;\"'", "+1+1"]


def hostile_notice(batch, wording, *, full, paid=True, by_household=False):
    people = [Person(name, household=n) for n, name in enumerate(HOSTILE)]
    disclosure = dataclasses.replace(DISCLOSURE, full_names=full)
    made = make(batch, people)
    lines = groups(made, disclosure, wording, by_household=by_household)
    return notice(made, lines, disclosure, DISPLAY, wording, paid=paid, by_household=by_household)


@pytest.mark.parametrize("full", [False, True])
def test_hostile_names_are_harmless_text(batch, wording, full):
    shown = HOSTILE if full else [f"{name[0]}**" for name in HOSTILE]
    told = hostile_notice(batch, wording, full=full)
    book = openpyxl.load_workbook(io.BytesIO(notice_workbook(told)))
    cells = [row[1] for row in book.worksheets[1].iter_rows(min_row=7)][: len(HOSTILE)]
    assert [cell.value for cell in cells] == shown
    assert {cell.data_type for cell in cells} == {"s"}
    page = Cells(notice_page(told).decode())
    assert [row[1] for row in page.tables[1][1 : len(HOSTILE) + 1]] == shown
    assert not {"script", "a", "img", "link", "iframe"}.intersection(page.tags)


def test_the_workbook_and_the_page_say_the_same(batch, wording):
    told = hostile_notice(batch, wording, full=False)
    book = openpyxl.load_workbook(io.BytesIO(notice_workbook(told)))
    page = Cells(notice_page(told).decode())
    for sheet, table in zip(book.worksheets, page.tables, strict=True):
        rows = [list(row[:5]) for row in sheet.iter_rows(values_only=True)]
        start = next(n for n, row in enumerate(rows) if row[0] == "No.")
        for row, cells in zip(rows[start:], table, strict=False):
            written = [cell for cell in row if cell is not None]
            shown = [f"{c:,.2f}" if isinstance(c, float) else str(c) for c in written[:-1]]
            last = written[-1]
            shown.append(f"{last:,.2f}" if isinstance(last, int | float) else last)
            assert shown == cells
        assert table[-2][0] == "Total: 5 households, 5 persons"
        assert table[-1][0] == "Total in words: 壹仟伍佰元整 (¥1,500.00)"


def test_the_sheets_are_made_for_paper(batch, wording):
    book = openpyxl.load_workbook(
        io.BytesIO(notice_workbook(hostile_notice(batch, wording, full=False)))
    )
    assert [sheet.title for sheet in book] == ["Summary", "甲县 东镇"]
    for sheet, header in zip(book, ("$5:$5", "$6:$6"), strict=True):
        assert sheet.page_setup.orientation in (None, "portrait")
        assert sheet.page_setup.paperSize == 9
        assert sheet.print_title_rows == header
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_area.endswith(f"$A$1:$E${sheet.max_row}")
        assert "&P" in sheet.oddFooter.center.text


@pytest.mark.parametrize("paid", [True, False])
def test_what_stands_around_the_lines(batch, wording, paid):
    told = hostile_notice(batch, wording, full=False, paid=paid)
    assert told.title == (
        "Public notice of assistance paid: One-time living subsidy, 2022-08"
        if paid
        else "Public notice of assistance to be paid: One-time living subsidy, 2022-08"
    )
    assert ("not been paid yet" in told.introduction[0]) == (not paid)
    assert told.introduction[0].startswith("By 晋民发〔2022〕38号 2.2, ")
    assert told.introduction[1] == "On display for 7 days, from 2022-08-29 to 2022-09-04."
    assert told.introduction[2].endswith("某市民政局 within this time. Telephone: 0351-5522345")
    assert told.dated == "2022-08-29"


def test_blanks_are_left_for_what_is_not_known(batch, wording):
    made = make(batch, [Person("张三")])
    lines = groups(made, DISCLOSURE, wording, by_household=True)
    display = Display(first_on=None, days=10, phone="")
    told = notice(made, lines, DISCLOSURE, display, wording, paid=True, by_household=True)
    assert told.introduction[1] == "On display for 10 days, from ____-__-__ to ____-__-__."
    assert told.introduction[2].endswith("Telephone: ______________")
    assert told.dated == "____-__-__"
    assert told.headers[1] == "Head or adult member"


def test_no_part_of_the_files_tells_more(batch, wording):
    """Not the properties, not the styles, not a hidden sheet: every byte is looked at."""
    made = make(
        batch,
        [
            Person("龚䶮华", household=1),
            Person("小金子", CHILD, household=1),
            Person("特殊人", OLD, "tekun", payment=2),
        ],
        {2: "甲县中心敬老院"},
    )
    for by_household in (False, True):
        lines = groups(made, DISCLOSURE, wording, by_household=by_household)
        told = notice(
            made, lines, DISCLOSURE, DISPLAY, wording, paid=True, by_household=by_household
        )
        workbook = notice_workbook(told)
        assert workbook == notice_workbook(told)
        with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
            texts = [parts.read(name).decode() for name in parts.namelist()]
        texts.append(notice_page(told).decode())
        people, payments = made.entitlements, made.payments
        for text in texts:
            for secret in (
                *people["name"], *people["person"], *people["person"].str[6:14],
                *people["person"].str[-4:], *payments["account_number"],
                *payments["account_number"].str[-6:], "䶮", "小金", "殊人",
            ):  # fmt: skip
                assert secret not in text
