"""Names that encodings hold or not, and files that are read back and compared."""

import tempfile
from io import BytesIO
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
from relief_cli.banks.rereading import BankFileFaultError, fen_of, read_fields

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


# Few of the characters of Unicode are in GBK: names of it alone reach the GBK formats.
_names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8) | st.text(
    st.characters(codec="gbk"), min_size=1, max_size=8
)
_people = st.lists(
    st.tuples(
        _names,
        st.text("0123456789", min_size=6, max_size=21),
        st.integers(1, 10**12),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("name", sorted(load_templates()))
@settings(max_examples=settings.default.max_examples // 4)
@given(people=_people)
def test_what_is_written_is_read_back(templates, context, make_payments, name, people):
    template = templates[name]
    payments = make_payments(people, name)
    payments = payments[~template.unencodable(payments["payee_name"])].reset_index(drop=True)
    payments["payment"] = range(1, len(payments) + 1)
    with tempfile.TemporaryDirectory() as folder:
        planned, contents = rendered(payments, templates, context)
        files = writing.write(planned, contents, Path(folder))
        written = [Path(folder, file.path).read_bytes() for file in files]
    assert len(written) == min(len(payments), 1)
    for content in written:
        accounts, names, amounts = read_fields(content, template, name)
        assert accounts == payments["account_number"].tolist()
        assert names == payments["payee_name"].tolist()
        assert fen_of(amounts, template, name).tolist() == payments["amount_fen"].tolist()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("300.00", "300.01", "amounts differ"),
        ("300.00", "3 00.00", "not an amount"),
        ("101001201234", "101001201235", "accounts or names differ"),
        ("王小明", "王小朋", "accounts or names differ"),
        ("101001201234|买买提·艾力|0.01|\r\n", "", "accounts or names differ"),
        ("|买买提", "||买买提", "more or fewer fields"),
        ("|\r\n", "\r\n", "does not end with"),
        ("1234.50|\r\n", "1234.50|", "ends within a line"),
    ],
)
def test_a_file_that_differs_is_a_fault(
    templates, context, make_payments, three, monkeypatch, old, new, fault
):
    render = writing.Renderer.render

    def spoiled(renderer, rows, values):
        content = render(renderer, rows, values)
        assert old.encode("gbk") in content
        return content.replace(old.encode("gbk"), new.encode("gbk"))

    monkeypatch.setattr(writing.Renderer, "render", spoiled)
    with pytest.raises(BankFileFaultError, match=fault):
        rendered(make_payments(three, "ccb-txt"), templates, context)


def test_other_bytes_on_the_disk_are_a_fault(send, make_payments, three, monkeypatch):
    monkeypatch.setattr(writing, "write_new", lambda path, content: path.write_bytes(content[:-1]))
    with pytest.raises(BankFileFaultError, match="the disk holds other bytes"):
        send(make_payments(three, "ccb-txt"))


def test_a_file_in_another_encoding_is_a_fault(templates):
    with pytest.raises(BankFileFaultError, match=r"a\.txt is not in gbk"):
        read_fields(b"1|\xff\xff|1.00|\r\n", templates["ccb-txt"], "a.txt")


def test_payments_left_out_of_the_plan_are_a_fault(templates, context, make_payments, three):
    payments = make_payments(three, "ccb-txt")
    planned = plan_files(payments.iloc[:2], templates, context)
    with pytest.raises(BankFileFaultError, match="2 of 3"):
        rendered(payments, templates, context, planned)


def _sheet(template, rows):
    """Give the bytes of a workbook of this format with these rows."""
    book, content = openpyxl.Workbook(), BytesIO()
    book.active.title = template.sheet
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def test_a_file_without_payments(templates):
    nobody = ([], [], [])
    assert read_fields(b"", templates["ccb-txt"], "a.txt") == nobody
    ccb = templates["ccb-xlsx"]
    assert read_fields(_sheet(ccb, []), ccb, "a.xlsx") == nobody


def test_a_number_in_a_workbook_is_a_fault(templates):
    cmb = templates["cmb-xlsx"]
    content = _sheet(cmb, [["*账号", "*户名", "*金额"], ["101", "王小明", 300]])
    with pytest.raises(BankFileFaultError, match=r"a\.xlsx: a cell is not text"):
        read_fields(content, cmb, "a.xlsx")
