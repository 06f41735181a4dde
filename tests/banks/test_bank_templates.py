"""Templates as data: those that come with the project, an office's own, and broken ones."""

import shutil

import pytest

from relief_cli.banks.data_files import DATA
from relief_cli.banks.loading import load_templates
from relief_cli.errors import PolicyError


def test_the_formats_that_come_with_the_project(templates):
    assert {name: (each.encoding, each.rows_per_file) for name, each in templates.items()} == {
        "abc-txt": ("gbk", 1000),
        "ccb-txt": ("gbk", 1000),
        "ccb-xlsx": ("utf-8", 1000),
        "cmb-xlsx": ("utf-8", 1000),
        "generic-csv": ("utf-8-sig", 800),
        "generic-xlsx": ("utf-8", 800),
        "icbc-bpt": ("gbk", 1000),
        "icbc-xlsx": ("utf-8", 1000),
        "pain.001": ("utf-8", 10000),
        "reserve-register": ("utf-8", 1000),
        "shanxi-rcu": ("gbk", 10000),
        "voucher-register": ("utf-8", 1000),
    }
    for template in templates.values():
        assert template.title["zh"]
        assert template.title["en"]
        assert template.notes.strip()
        assert template.answer is not None


@pytest.fixture
def office(tmp_path):
    """Give a function that puts a changed copy of a template into an office's folder."""
    (tmp_path / "banks").mkdir()

    def put(old, new, name="ccb-txt", target="ccb-txt"):
        text = (DATA / f"{name}.toml").read_text("utf-8")
        assert old in text
        (tmp_path / "banks" / f"{target}.toml").write_text(text.replace(old, new, 1), "utf-8")
        return tmp_path

    return put


def test_an_office_overrides_and_adds(office):
    folder = office("rows_per_file = 1000", "rows_per_file = 3000")
    shutil.copy(DATA / "abc-txt.toml", folder / "banks" / "our-bank.toml")
    templates = load_templates(folder)
    assert templates["ccb-txt"].rows_per_file == 3000
    assert templates["our-bank"].delimiter == ","
    assert templates["abc-txt"].rows_per_file == 1000


def test_an_office_without_templates(tmp_path):
    assert load_templates(tmp_path) == load_templates()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("amount_unit", "colour = 1\namount_unit", "colour"),
        ("[[columns]]", "[answer]\nresult = 9\n\n[[columns]]", "answer"),
        ("[[columns]]", "[[columns]]\nwidth = 8", "columns[1].width"),
        ("[[columns]]", '[defaults]\npurse = "a"\n\n[[columns]]', "defaults.purse"),
        ("rows_per_file = 1000", 'rows_per_file = "1000"', "rows_per_file"),
        ("rows_per_file = 1000", "rows_per_file = true", "rows_per_file"),
        ("rows_per_file = 1000", "rows_per_file = 0", "rows_per_file"),
        ("rows_per_file = 1000", "", "rows_per_file"),
        ("titles = false", 'titles = "no"', "titles"),
        ('encoding = "gbk"', 'encoding = "gbq"', "encoding"),
        ('amount_unit = "yuan"', 'amount_unit = "jiao"', "amount_unit"),
        ('kind = "delimited"', 'kind = "pdf"', "kind"),
        ('line_end = "crlf"', 'line_end = "cr"', "line_end"),
        ('delimiter = "|"', 'delimiter = ""', "delimiter"),
        ('delimiter = "|"', 'delimiter = "\\n"', "delimiter"),
        ('delimiter = "|"', 'delimiter = "||"', "delimiter"),
        ('delimiter = "|"', 'delimiter = "@|"\nquoted = true', "delimiter"),
        ('row_end = "|"', 'row_end = "|\\n"', "row_end"),
        ('value = "{account_number}"', 'value = "{pay_on:%B}"', "columns[1].value"),
        ("{batch_part}", "{batch}", "file"),
        ("{batch_part}", "{payee_name}", "file"),
        ('value = "{account_number}"', 'value = "{account}"', "columns[1].value"),
        ('value = "{account_number}"', 'value = "{account_number.__class__}"', "columns[1].value"),
        ('value = "{account_number}"', 'value = "{account_number!r}"', "columns[1].value"),
        ('value = "{account_number}"', 'value = "{account_number:>9}"', "columns[1].value"),
        ('value = "{account_number}"', 'value = "{account_number"', "columns[1].value"),
        ('value = "{account_number}"', 'value = "{payment:06x}"', "columns[1].value"),
        ('value = "{account_number}"', 'value = "No {account_number}"', "columns"),
        ('value = "{account_number}"', 'value = "{payee_name}"', "columns"),
        ('title = "账号"', 'title = "账|号"', "columns"),
        ('title = "账号"', 'title = { zh = "账号" }', "columns[1].title.en"),
        ("titles = false", 'titles = false\nheader = ["{payee_name}"]', "header"),
        ("titles = false", 'titles = false\nheader = ["䶮"]', "header"),
        ("titles = false", "titles = false\ntrailer = [1]", "trailer"),
        ("titles = false", 'titles = false\nsheet = "a"', "sheet"),
        ("[[columns]]", "[longest]\npurse = 9\n\n[[columns]]", "longest.purse"),
        ("[[columns]]", "[longest]\npurpose = 0\n\n[[columns]]", "longest.purpose"),
        ("[[columns]]", '[[columns]]\nelement = "Nm"', "columns[1].element"),
    ],
)
def test_broken_template_is_refused_by_file_and_key(office, old, new, key):
    with pytest.raises(PolicyError) as caught:
        load_templates(office(old, new))
    assert (caught.value.code, caught.value.file) == ("bank-template", "ccb-txt.toml")
    assert caught.value.values["key"] == key
    assert key in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('column = "E"', 'column = "B"', "columns[4].column"),
        ('column = "E"', "column = 5", "columns[4].column"),
        ('sheet = "代发工资模板"', 'sheet = "a/b"', "sheet"),
        ('sheet = "代发工资模板"', 'sheet = "代发工资模板"\nencoding = "gbk"', "encoding"),
        ('header = [["代发工资模板"]', 'header = ["代发工资模板"', "header"),
    ],
)
def test_broken_workbook_template_is_refused(office, old, new, key):
    with pytest.raises(PolicyError) as caught:
        load_templates(office(old, new, "ccb-xlsx", "ccb-xlsx"))
    assert caught.value.values["key"] == key


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('element = "CdtTrfTxInf"', "", "element"),
        ('element = "CdtTrfTxInf"', 'element = "Cdt TrfTxInf"', "element"),
        ('element = "CdtTrfTxInf"', 'element = "A/B"', "header"),
        ('element = "CdtTrfTxInf"', 'element = "CdtTrfTxInf"\ntitles = true', "titles"),
        ('element = "CdtTrfTxInf"', 'element = "CdtTrfTxInf"\nencoding = "gbk"', "encoding"),
        ("'</PmtInf>', ", "", "header"),
        ("<Ccy>CNY</Ccy>", "<Ccy>CNY", "header"),
        ("<Ccy>CNY</Ccy>", "<Ccy>&yuan;</Ccy>", "header"),
        ('element = "PmtId/InstrId"', "", "columns[1].element"),
        ('element = "PmtId/InstrId"', 'element = "PmtId/"', "columns[1].element"),
        ('element = "PmtId/InstrId"', 'element = "PmtId/InstrId[1]"', "columns[1].element"),
        ('element = "PmtId/InstrId"', """element = "Id[@a='<']\"""", "columns[1].element"),
        ('element = "PmtId/InstrId"', 'element = "PmtId"', "columns"),
        ('element = "PmtId/InstrId"', """element = "PmtId[@a='b']/EndToEndId\"""", "columns"),
    ],
)
def test_broken_xml_template_is_refused(office, old, new, key):
    with pytest.raises(PolicyError) as caught:
        load_templates(office(old, new, "pain.001", "pain.001"))
    assert caught.value.values["key"] == key


@pytest.mark.parametrize("content", [b"kind = ", b"kind = '\xb9\xa4'"])
def test_what_is_not_toml_is_named(tmp_path, content):
    (tmp_path / "banks").mkdir()
    (tmp_path / "banks" / "ours.toml").write_bytes(content)
    with pytest.raises(PolicyError, match=r"ours\.toml is not a TOML file"):
        load_templates(tmp_path)
