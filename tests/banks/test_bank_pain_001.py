"""The credit transfer of ISO 20022, held against its published schema."""

import datetime as dt
from dataclasses import replace
from importlib import resources

import pandas as pd
import pyarrow as pa
import pytest
from banks.rendered import rendered
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from relief_cli.banks import markup, patterns
from relief_cli.banks.planning import plan_files
from relief_cli.banks.rereading import BankFileFaultError, read_fields
from relief_cli.calendar import Cycle
from relief_cli.errors import PolicyError, RefusedError
from relief_cli.reports.words import PROGRAMMES

NAME = "pain.001"
GOLDEN = """\
<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
<CstmrCdtTrfInitn>
<GrpHdr>
<MsgId>one-time-2022-08-1</MsgId>
<CreDtTm>2022-08-19T00:00:00</CreDtTm>
<NbOfTxs>3</NbOfTxs>
<CtrlSum>1534.51</CtrlSum>
<InitgPty><Nm>阳曲县民政局</Nm></InitgPty>
</GrpHdr>
<PmtInf>
<PmtInfId>one-time-2022-08-1</PmtInfId>
<PmtMtd>TRF</PmtMtd>
<BtchBookg>true</BtchBookg>
<NbOfTxs>3</NbOfTxs>
<CtrlSum>1534.51</CtrlSum>
<ReqdExctnDt><Dt>2022-08-19</Dt></ReqdExctnDt>
<Dbtr><Nm>阳曲县民政局</Nm></Dbtr>
<DbtrAcct><Id><Othr><Id>0502121009000000001</Id></Othr></Id><Ccy>CNY</Ccy></DbtrAcct>
<DbtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId>\
<MmbId>102161000017</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>
<CdtTrfTxInf><PmtId><InstrId>one-time-2022-08-1-000001</InstrId>\
<EndToEndId>one-time-2022-08-1-000001</EndToEndId></PmtId>\
<Amt><InstdAmt Ccy="CNY">300.00</InstdAmt></Amt>\
<CdtrAgt><FinInstnId><Nm>阳曲县农村信用合作联社</Nm></FinInstnId></CdtrAgt>\
<Cdtr><Nm>王小明</Nm></Cdtr>\
<CdtrAcct><Id><Othr><Id>6221550000000000017</Id></Othr></Id></CdtrAcct>\
<RmtInf><Ustrd>一次性生活补贴</Ustrd></RmtInf></CdtTrfTxInf>
<CdtTrfTxInf><PmtId><InstrId>one-time-2022-08-1-000002</InstrId>\
<EndToEndId>one-time-2022-08-1-000002</EndToEndId></PmtId>\
<Amt><InstdAmt Ccy="CNY">0.01</InstdAmt></Amt>\
<Cdtr><Nm>买买提·艾力</Nm></Cdtr>\
<CdtrAcct><Id><Othr><Id>101001201234</Id></Othr></Id></CdtrAcct>\
<RmtInf><Ustrd>一次性生活补贴</Ustrd></RmtInf></CdtTrfTxInf>
<CdtTrfTxInf><PmtId><InstrId>one-time-2022-08-1-000003</InstrId>\
<EndToEndId>one-time-2022-08-1-000003</EndToEndId></PmtId>\
<Amt><InstdAmt Ccy="CNY">1234.50</InstdAmt></Amt>\
<CdtrAgt><FinInstnId><Nm>建行</Nm></FinInstnId></CdtrAgt>\
<Cdtr><Nm>李秀英</Nm></Cdtr>\
<CdtrAcct><Id><Othr><Id>6221550000000000025</Id></Othr></Id></CdtrAcct>\
<RmtInf><Ustrd>一次性生活补贴</Ustrd></RmtInf></CdtTrfTxInf>
</PmtInf>
</CstmrCdtTrfInitn>
</Document>
"""


@pytest.fixture(scope="session")
def schema():
    """Give the schema as it is published."""
    path = resources.files("sepaxml").joinpath("schemas", "pain.001.001.09.xsd")
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


@pytest.fixture(scope="session")
def made(templates, context):
    """Give a function that makes the files of payments."""

    def make(payments, facts=context, **changed):
        formats = templates | changed
        return rendered(payments, formats, facts)[1]

    return make


def texts(content, path):
    root = etree.fromstring(content)
    return [each.text for each in root.iterfind(f".//{path}", root.nsmap)]


def test_the_file_byte_for_byte(made, schema, make_payments, three):
    payments = make_payments(three, NAME)
    payments["bank_name"] = pd.Series(["阳曲县农村信用合作联社", None, "建行"], dtype="str")
    [content] = made(payments)
    assert content.decode() == GOLDEN
    schema.assertValid(etree.fromstring(content))
    assert made(payments) == [content]


@given(
    people=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=140),
            st.text("0123456789", min_size=8, max_size=32),
            st.integers(1, 10**14),
        ),
        min_size=1,
        max_size=5,
    ),
    bank_name=st.one_of(st.none(), st.text("\"'<>&] 䶮𠮷", min_size=1, max_size=140)),
)
def test_every_file_fits_the_schema(made, schema, templates, make_payments, people, bank_name):
    payments = make_payments(people, NAME, bank_name=bank_name)
    payments = payments[~templates[NAME].unencodable(payments["payee_name"])]
    payments = payments.assign(payment=range(1, len(payments) + 1)).reset_index(drop=True)
    contents = made(payments)
    assert len(contents) == min(len(payments), 1)
    for content in contents:
        schema.assertValid(etree.fromstring(content))
        assert texts(content, "Cdtr/Nm") == payments["payee_name"].tolist()
        assert texts(content, "CdtrAgt//Nm") == ([bank_name] * len(payments) if bank_name else [])


def test_what_markup_means_stands_as_text(made, schema, context, make_payments, three):
    facts = replace(context, payer_name='<Nm a="b">&amp;</Nm>', purpose="]]>")
    [content] = made(make_payments(three, NAME), facts)
    schema.assertValid(etree.fromstring(content))
    assert texts(content, "Dbtr/Nm") == texts(content, "InitgPty/Nm") == [facts.payer_name]
    assert texts(content, "Ustrd") == ["]]>"] * 3


def test_each_file_has_its_own_name_count_and_sum(made, templates, make_payments, three):
    small = {NAME: replace(templates[NAME], rows_per_file=2)}
    first, second = made(make_payments(three, NAME), **small)
    for content, name, count, total in (
        (first, "one-time-2022-08-1-01", "2", "300.01"),
        (second, "one-time-2022-08-1-02", "1", "1234.50"),
    ):
        assert texts(content, "MsgId") == texts(content, "PmtInfId") == [name]
        assert texts(content, "NbOfTxs") == [count, count]
        assert texts(content, "CtrlSum") == [total, total]
    assert texts(second, "EndToEndId") == ["one-time-2022-08-1-000003"]


def test_payees_of_all_banks_stand_in_one_file(made, make_payments, three):
    payments = make_payments(three, NAME)
    payments["bank"] = pd.Series(["105", "402", None], dtype="str")
    assert len(made(payments)) == 1


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_names_of_batches_are_short_enough(templates, programme):
    cycle = Cycle(dt.date(2022, 12, 1), dt.date(2022, 12, 31)).text
    batch = f"{programme}-{cycle}-999"
    assert not templates[NAME].too_long("reference", f"{batch}-99999999")
    assert not templates[NAME].too_long("batch_part", f"{batch}-99")


@pytest.mark.parametrize("length", [28, 29, 36])
def test_a_batch_whose_references_the_bank_would_cut_is_refused(
    templates, context, make_payments, three, length
):
    payments, facts = make_payments(three, NAME), replace(context, batch="b" * length)
    if length + len("-000003") <= 35:
        assert plan_files(payments, templates, facts)
        return
    with pytest.raises(PolicyError, match="35 characters, too few for b") as caught:
        plan_files(payments, templates, facts)
    assert caught.value.code == "bank-reference-long"


@pytest.mark.parametrize(
    ("fact", "longest"), [("payer_name", 140), ("payer_account", 34), ("purpose", 140)]
)
def test_a_setting_that_is_too_long_is_refused(
    templates, context, make_payments, three, fact, longest
):
    payments = make_payments(three, NAME)
    plan_files(payments, templates, replace(context, **{fact: "文" * longest}))
    with pytest.raises(PolicyError, match=fact) as caught:
        plan_files(payments, templates, replace(context, **{fact: "文" * (longest + 1)}))
    assert caught.value.code == "bank-setting-unfit"


@pytest.mark.parametrize(
    ("column", "longest"), [("payee_name", 140), ("account_number", 34), ("bank_name", 140)]
)
def test_a_text_that_is_too_long_is_refused(
    templates, context, make_payments, three, column, longest
):
    payments = make_payments(three, NAME)
    payments.loc[1, column] = "9" * longest
    plan_files(payments, templates, context)
    payments.loc[1, column] += "9"
    with pytest.raises(RefusedError, match=f"payment 2: .* {column}"):
        plan_files(payments, templates, context)
    names = pd.Series(["䶮" * 140, "䶮" * 141, None], dtype="str")
    assert templates[NAME].unencodable(names).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</Document>", ""),
        ("<Document", "<!DOCTYPE Document><Document"),
        ('Ccy="CNY">300', 'Ccy="EUR">300'),
        ("<Nm>王小明</Nm>", ""),
        ("<Nm>王小明</Nm>", "<Nm>王小明</Nm><Nm>李</Nm>"),
        ("</Othr></Id></CdtrAcct>", "</Othr></Id></CdtrAcct2>"),
    ],
)
def test_a_file_that_differs_is_a_fault(templates, old, new):
    assert old in GOLDEN
    with pytest.raises(BankFileFaultError, match=r"a\.xml"):
        read_fields(GOLDEN.replace(old, new, 1).encode(), templates[NAME], "a.xml")


def test_a_file_is_read_back_as_it_stands(templates):
    fields = read_fields(GOLDEN.encode(), templates[NAME], "a.xml")
    assert fields.names == ["王小明", "买买提·艾力", "李秀英"]
    assert fields.accounts == ["6221550000000000017", "101001201234", "6221550000000000025"]
    assert fields.amounts == ["300.00", "0.01", "1234.50"]


def test_what_is_empty_is_left_out_with_the_fixed_texts_beside_it():
    names = pa.array(["甲", ""], pa.large_string())
    columns = [
        ("id", pa.array(["1", "2"], pa.large_string())),
        ("bank/system[@of='CN']", "CNAPS"),
        ("bank/name", names),
        ("why/text", ""),
        ("fixed/text", "<"),
    ]
    assert markup.write("pay", columns).to_pylist() == [
        (
            '<pay><id>1</id><bank><system of="CN">CNAPS</system><name>甲</name></bank>'
            "<fixed><text>&lt;</text></fixed></pay>"
        ),
        "<pay><id>2</id><fixed><text>&lt;</text></fixed></pay>",
    ]


def test_an_office_may_write_its_own_xml(made, templates, make_payments, three):
    plain = replace(
        templates[NAME],
        header=((patterns.parse("<all sum='{total}'>", patterns.CONTEXT | patterns.FILE),),),
        trailer=(patterns.parse("</all>", frozenset()),),
        element="pay",
        columns=tuple(
            replace(templates[NAME].column_of(source), element=path)
            for source, path in (
                ("payee_name", "to[@kind='person']/name"),
                ("account_number", "to[@kind='person']/account"),
                ("amount", "amount"),
            )
        ),
    )
    [content] = made(make_payments(three[:1], NAME), **{NAME: plain})
    assert content.decode().splitlines() == [
        "<all sum='300.00'>",
        (
            '<pay><to kind="person"><name>王小明</name><account>6221550000000000017</account></to>'
            "<amount>300.00</amount></pay>"
        ),
        "</all>",
    ]
