"""Names that encodings hold or not, and files that are read back and compared."""

import tempfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from banks.rendered import rendered
from hypothesis import given, settings
from hypothesis import strategies as st

from relief_cli.banks import writing
from relief_cli.banks.loading import load_templates
from relief_cli.banks.planning import plan_files
from relief_cli.banks.rereading import BankFileFaultError, reread

RARE = ["䶮", "㛃", "𠮷"]


@pytest.mark.parametrize("name", ["shanxi-rcu", "ccb-txt", "abc-txt", "icbc-bpt"])
def test_gbk_has_no_rare_characters(templates, name):
    names = pd.Series(["王小明", *RARE, None, "买买提·艾力"], dtype="str")
    assert templates[name].unencodable(names).tolist() == [False, True, True, True, False, False]


@pytest.mark.parametrize("name", ["generic-csv", "generic-xlsx", "ccb-xlsx", "icbc-xlsx"])
def test_unicode_files_hold_every_name(templates, name):
    assert not templates[name].unencodable(pd.Series(RARE, dtype="str")).any()


def test_no_names_at_all(templates):
    assert templates["ccb-txt"].unencodable(pd.Series([], dtype="str")).tolist() == []


_people = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
        st.text("0123456789", min_size=6, max_size=21),
        st.integers(1, 10**12),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("name", sorted(load_templates()))
@settings(max_examples=40, deadline=None)
@given(people=_people)
def test_what_is_written_is_read_back(templates, context, make_payments, name, people):
    template = templates[name]
    payments = make_payments(people, name)
    payments = payments[~template.unencodable(payments["payee_name"])].reset_index(drop=True)
    payments["payment"] = range(1, len(payments) + 1)
    with tempfile.TemporaryDirectory() as folder:
        planned, contents = rendered(payments, templates, context)
        for file in writing.write(planned, contents, Path(folder)):
            found = reread(Path(folder, file.path), template)
            assert found == (len(payments), payments["amount_fen"].sum())


@pytest.fixture
def spoiled(send, make_payments, three, monkeypatch):
    """Give a function that writes a file whose bytes are spoiled on their way to the disk."""

    def write_spoiled(old, new):
        monkeypatch.setattr(
            writing,
            "write_new",
            lambda path, content: path.write_bytes(
                content.replace(old.encode("gbk"), new.encode("gbk"))
            ),
        )
        return send(make_payments(three, "ccb-txt"))

    return write_spoiled


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("300.00", "300.01"),
        ("300.00", "3 00.00"),
        ("101001201234", "101001201235"),
        ("王小明", "王小朋"),
        ("101001201234|买买提·艾力|0.01|\r\n", ""),
        ("|买买提", "||买买提"),
        ("|\r\n", "\r\n"),
        ("1234.50|\r\n", "1234.50|"),
    ],
)
def test_a_file_that_differs_is_a_fault(spoiled, old, new):
    with pytest.raises(BankFileFaultError):
        spoiled(old, new)


def test_a_file_in_another_encoding_is_a_fault(tmp_path, templates):
    path = tmp_path / "a.txt"
    path.write_bytes(b"1|\xff\xff|1.00|\r\n")
    with pytest.raises(BankFileFaultError, match="gbk"):
        reread(path, templates["ccb-txt"])


def test_payments_left_out_of_the_plan_are_a_fault(templates, context, make_payments, three):
    payments = make_payments(three, "ccb-txt")
    planned = plan_files(payments.iloc[:2], templates, context)
    with pytest.raises(BankFileFaultError, match="2 of 3"):
        rendered(payments, templates, context, planned)


def test_a_file_without_payments(tmp_path, templates):
    text = tmp_path / "a.txt"
    text.write_bytes(b"")
    assert reread(text, templates["ccb-txt"]) == (0, 0)
    book = openpyxl.Workbook()
    book.active.title = templates["ccb-xlsx"].sheet
    book.save(tmp_path / "a.xlsx")
    assert reread(tmp_path / "a.xlsx", templates["ccb-xlsx"]) == (0, 0)


def test_a_number_in_a_workbook_is_a_fault(tmp_path, templates):
    book = openpyxl.Workbook()
    book.active.title = templates["cmb-xlsx"].sheet
    book.active.append(["*账号", "*户名", "*金额"])
    book.active.append(["101", "王小明", 300])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(BankFileFaultError, match="not text"):
        reread(tmp_path / "a.xlsx", templates["cmb-xlsx"])
