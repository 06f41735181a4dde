"""A bank's answer in ISO 20022: of the message, its parts and payments; and hostile ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.banks import iso20022, pain002
from relief_cli.banks.pain002 import Verdict, read
from relief_cli.banks.results import FAILED, OPEN, PAID
from relief_cli.errors import UnreadableError

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
GROUP = "<OrgnlMsgId>one-time-2022-08-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
WHOLE = """
<TxInfAndSts>
  <StsId>1</StsId>
  <OrgnlInstrId>one-time-2022-08-1-000001</OrgnlInstrId>
  <OrgnlEndToEndId>one-time-2022-08-1-000001</OrgnlEndToEndId>
  <TxSts>RJCT</TxSts>
  <StsRsnInf>
    <Orgtr><Nm>工行</Nm></Orgtr>
    <Rsn><Cd>AC04</Cd></Rsn><AddtlInf>账户已销户</AddtlInf><AddtlInf>请核对</AddtlInf>
  </StsRsnInf>
  <OrgnlTxRef>
    <Amt><InstdAmt Ccy="CNY">300.00</InstdAmt></Amt>
    <DbtrAcct><Id><Othr><Id>0502</Id></Othr></Id></DbtrAcct>
    <Cdtr>{payee}</Cdtr>
    <CdtrAcct><Id>{account}</Id></CdtrAcct>
  </OrgnlTxRef>
</TxInfAndSts>
"""


def report(group="", parts="", space=SPACE):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{space}"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>B1</MsgId><CreDtTm>2022-08-19T09:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts>{GROUP}{group}</OrgnlGrpInfAndSts>{parts}"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def part(content, name="one-time-2022-08-1"):
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{name}</OrgnlPmtInfId>{content}</OrgnlPmtInfAndSts>"


def payment(reference, status=""):
    said = f"<TxSts>{status}</TxSts>" if status else ""
    ids = f"<OrgnlEndToEndId>{reference}</OrgnlEndToEndId>"
    return f"<TxInfAndSts>{ids}{said}</TxInfAndSts>"


@pytest.mark.parametrize("version", ["03", "06", "10", "14"])
@pytest.mark.parametrize("payee", ["<Nm>王小明</Nm>", "<Pty><Nm>王小明</Nm></Pty>"])
@pytest.mark.parametrize("account", ["<Othr><Id>622155</Id></Othr>", "<IBAN>622155</IBAN>"])
def test_all_that_is_said_of_a_payment(version, payee, account):
    said = WHOLE.format(payee=payee, account=account)
    found = read(report(parts=part(said), space=SPACE.replace("10", version)))
    assert found.message == "one-time-2022-08-1"
    [only] = found.parts
    [status] = only.payments
    assert only.part == "one-time-2022-08-1"
    assert status == pain002.PaymentStatus(
        reference="one-time-2022-08-1-000001",
        verdict=Verdict(status="RJCT", reason="AC04", information="账户已销户 请核对"),
        amount="300.00",
        currency="CNY",
        payee_name="王小明",
        account_number="622155",
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((code, PAID) for code in ("ACSC", "ACCC")),
        ("RJCT", FAILED),
        *((code, OPEN) for code in ("ACTC", "ACCP", "ACSP", "PDNG", "RCVD", "ACWC")),
        *((code, OPEN) for code in ("PART", "CANC", "rjct", "XXXX", "")),
    ],
)
def test_what_a_status_means_for_the_money(status, outcome):
    [only] = read(report(parts=part(payment("a", status)))).parts
    assert only.payments[0].verdict == Verdict(status=status)
    assert only.payments[0].verdict.outcome == outcome


@pytest.mark.parametrize("code", ["AM05", "DU01", "DU03", "DUPL"])
def test_a_rejected_duplicate_says_nothing_of_the_first(code):
    found = read(report(f"<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>"))
    assert (found.verdict.status, found.verdict.outcome) == ("RJCT", OPEN)


def test_totals_are_those_that_the_bank_counted():
    counted = "<OrgnlNbOfTxs>{}</OrgnlNbOfTxs><OrgnlCtrlSum>{}</OrgnlCtrlSum>"
    found = read(report(counted.format(3, "1534.51"), part(counted.format(2, "300.01"))))
    assert (found.count, found.total) == ("3", "1534.51")
    assert (found.parts[0].count, found.parts[0].total) == ("2", "300.01")
    assert read(report()).count == ""


def test_a_message_rejected_as_a_whole_lists_no_payment():
    reason = "<StsRsnInf><Rsn><Prtry>E13</Prtry></Rsn><AddtlInf>余额不足</AddtlInf></StsRsnInf>"
    found = read(report(f"<GrpSts>RJCT</GrpSts>{reason}"))
    assert found.verdict == Verdict(status="RJCT", reason="E13", information="余额不足")
    assert found.verdict.outcome == FAILED
    assert found.parts == ()


def test_a_part_rejected_as_a_whole_lists_no_payment():
    parts = part("<PmtInfSts>RJCT</PmtInfSts>", "a") + part("<PmtInfSts>ACSC</PmtInfSts>", "b")
    found = read(report("<GrpSts>PART</GrpSts>", parts))
    assert found.verdict.outcome == OPEN
    assert [(each.part, each.verdict.outcome, each.payments) for each in found.parts] == [
        ("a", FAILED, ()),
        ("b", PAID, ()),
    ]


def test_what_is_said_nearer_holds_and_else_what_is_said_above():
    listed = payment("a", "ACSC") + payment("b") + "<TxInfAndSts><StsId>3</StsId></TxInfAndSts>"
    reason = "<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
    parts = part(f"<PmtInfSts>RJCT</PmtInfSts>{reason}{listed}") + part(payment("c"))
    first, second = read(report("<GrpSts>ACSP</GrpSts>", parts)).parts
    assert [each.reference for each in first.payments] == ["a", "b", ""]
    assert [each.verdict.status for each in first.payments] == ["ACSC", "RJCT", "RJCT"]
    assert [each.verdict.reason for each in first.payments] == ["", "FF01", "FF01"]
    assert second.verdict == second.payments[0].verdict == Verdict(status="ACSP")


def test_a_payment_is_known_by_its_instruction_where_the_other_name_is_missing():
    [only] = read(report(parts=part(WHOLE.replace("EndToEnd", "Other")))).parts
    assert only.payments[0].reference == "one-time-2022-08-1-000001"


def test_prefixes_comments_and_other_encodings_change_nothing():
    plain = report("<GrpSts>RJCT</GrpSts>", part(payment("甲", "ACSC")))
    expected = read(plain)
    text = plain.decode()
    prefixed = text.replace("</", "<|").replace("<", "<p:").replace("<p:|", "</p:")
    for content in (
        prefixed.replace("<p:?", "<?").replace("xmlns=", "xmlns:p=").encode(),
        text.replace("甲", "<!-- -->甲<?x y?>").replace("RJCT", " R<![CDATA[JC]]>T\n").encode(),
        text.replace("UTF-8", "GBK").encode("gbk"),
        text.replace(' encoding="UTF-8"', "").encode("utf-16"),
        b"\xef\xbb\xbf" + plain,
    ):
        assert read(content) == expected


MARKUP = st.sampled_from(
    [
        b"<a/>",
        b"</a>",
        b"<!--",
        b"<![CDATA[",
        b"<?a",
        b"&amp;",
        b"&#0;",
        b"&#xFFFE;",
        b' a="',
        b"]]>",
    ]
)
BOMB = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 20}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"PK\x03\x04",
        "序号,账号,户名".encode("gbk"),
        report()[:-1],
        report() + report(),
        report(part("<PmtInfSts>\x00</PmtInfSts>")),
        report().replace(b"one", b"\xff"),
        report("<a>" * 3000 + "</a>" * 3000),
        report("<GrpSts>&GrpSts;</GrpSts>"),
        report().replace(b"<Document", b"<!DOCTYPE Document><Document"),
        report().replace(b"<Document", b'<!DOCTYPE Document SYSTEM "a.dtd"><Document'),
        report("<GrpSts>&b;</GrpSts>").replace(
            b"<Document", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><Document'
        ),
        report("<GrpSts>&b11;</GrpSts>").replace(
            b"<Document", f'<!DOCTYPE a [<!ENTITY b0 "ha">{BOMB}]><Document a="&b11;"'.encode()
        ),
    ],
)
def test_what_is_no_xml_or_declares_anything_is_refused(content):
    with pytest.raises(UnreadableError) as caught:
        read(content)
    assert caught.value.code == "answer-not-xml"


@given(
    place=st.integers(0, 800), cut=st.integers(0, 9), put=st.one_of(st.binary(max_size=9), MARKUP)
)
def test_a_damaged_answer_is_read_or_refused(place, cut, put):
    whole = report("<GrpSts>PART</GrpSts>", part(payment("甲", "RJCT")))
    content = whole[:place] + put + whole[place + cut :]
    refusal = ""
    try:
        read(content)
    except UnreadableError as error:
        refusal = error.code
    assert refusal in {"", "answer-not-xml", "answer-other"}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (report(space=SPACE.replace("pain.002.001.10", "camt.053.001.08")), "camt.053.001.08"),
        (report(space=SPACE.replace("pain.002", "pain.001")), "pain.001.001.10"),
        (report(space="urn:example"), "Document"),
        (b"<html/>", "html"),
        (report().replace(b"OrgnlGrpInfAndSts", b"Other"), "Document"),
        (report().replace(b"CstmrPmtStsRpt", b"Other"), "Document"),
        (report("</OrgnlGrpInfAndSts><OrgnlGrpInfAndSts>"), "Document"),
    ],
)
def test_another_message_is_refused_by_its_name(content, found):
    with pytest.raises(UnreadableError) as caught:
        read(content)
    assert caught.value.code == "answer-other"
    assert str(caught.value).endswith(f"neither a pain.002 nor a camt.054 but {found}")


def test_a_broken_answer_is_told_by_its_place_alone():
    with pytest.raises(UnreadableError) as caught:
        read(report("<GrpSts>王小明</Grp>"))
    assert str(caught.value).endswith("line 2, column 277")
    assert "王" not in caught.value.why_text(str) + caught.value.remedy_text(str)


def test_an_answer_that_is_far_too_large_is_not_parsed(monkeypatch):
    monkeypatch.setattr(iso20022, "_LARGEST_BYTES", 10)
    with pytest.raises(UnreadableError) as caught:
        read(b"<" * 11)
    assert caught.value.code == "answer-too-large"
