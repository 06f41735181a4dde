"""A batch in ISO 20022: an independent bank takes the file, and its answers settle the batch."""

import json
import threading
from http.client import HTTPConnection
from pathlib import Path

import pytest
from databases import copied
from golden.books import Books, recorded
from golden.running import done, make_office, relief
from mockbank.server import Config, make_server

from sample_data.generate import PERSON_COLUMNS, people, write_table

ACCOUNT = "04001210090000001"


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    path = tmp_path_factory.mktemp("roster") / "roster.xlsx"
    write_table(path, people(20, 7), PERSON_COLUMNS, title="2022年8月低保人员花名册")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory, roster):
    office = make_office(tmp_path_factory.mktemp("made") / "office")
    settings = office / "relief.toml"
    text = settings.read_text("utf-8")
    for key, value in (
        ("name", "阳曲县民政局"),
        ("account", ACCOUNT),
        ("bank_code", "103161000015"),
    ):
        above, below = text.split("[payer]")
        text = above + "[payer]" + below.replace(f'{key} = ""', f'{key} = "{value}"', 1)
    settings.write_text(text, "utf-8")
    prepared = relief(
        "--json", "--office", office, "prepare", "one-time", roster, "--cycle", "2022-08"
    ).json
    batch = relief(
        "--json", "--office", office, "export", prepared["batch"], "--format", "pain.001"
    )
    assert batch.code == 0, batch.err
    return office, batch.json


@pytest.fixture
def sent(made, tmp_path):
    """Give an office whose batch went out as pain.001, with its file."""
    office, batch = copied(made, tmp_path / "office")
    (file,) = batch["files"]
    return office, batch, Path(file["path"]).read_bytes()


@pytest.fixture
def ask():
    """Give what asks an independent bank on this machine, on the day before payment."""
    server = make_server(Config(port=0, quiet=True, clock="2022-08-18T09:00"))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    def request(method, path, content=b"", accepted=200):
        connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)
        connection.request(method, path, content)
        answer = connection.getresponse()
        given = answer.read()
        connection.close()
        assert answer.status == accepted, given
        return given

    county = {"id": "COUNTY", "name": "阳曲县民政局", "account_number": ACCOUNT, "currency": "CNY"}
    account = county | {"iban": "NL30MOCK0000000005", "balance": 100_000_000}
    request("POST", "/_mock/accounts", json.dumps(account).encode(), accepted=201)
    yield request
    server.shutdown()
    server.server_close()
    thread.join()


def settle(office, batch, path):
    answer = relief("--json", "--office", office, "settle", batch["batch"], path)
    assert relief("--json", "--office", office, "audit").json["broken"] is None
    return answer


def mailbox(ask, folder, kind):
    path = folder / f"{kind}.xml"
    path.write_bytes(ask("GET", f"/_mock/mailbox?raw&type={kind}"))
    return path


def test_the_answers_of_an_independent_bank_settle_the_batch(sent, ask, tmp_path):
    """It accepts first, which is no success; the bookings settle; weeks later one comes back."""
    office, batch, file = sent
    ask("POST", "/payments", file, accepted=202)
    accepted = settle(office, batch, mailbox(ask, tmp_path, "pain.002"))
    assert (accepted.code, accepted.json["state"]) == (0, "exported")
    assert accepted.json["lines"]["open"] == batch["payments"]
    ask("POST", "/_mock/advance?days=3")
    paid = settle(office, batch, mailbox(ask, tmp_path, "camt.054"))
    assert (paid.code, paid.json["state"]) == (0, "settled")
    assert paid.json["paid_fen"] == batch["amount_fen"]
    again = settle(office, batch, tmp_path / "camt.054.xml")
    assert again.json["lines"]["repeated"] == batch["payments"]


def test_what_an_independent_bank_rejects_and_returns(sent, ask, tmp_path):
    office, batch, file = sent
    closed = Books(batch["output"]).payments[1]["account_number"].encode()
    # The bank holds this account from the start: it is closed.
    ask("POST", "/payments", file.replace(closed, b"NL84MOCK0000000003"), accepted=202)
    answer = settle(office, batch, mailbox(ask, tmp_path, "pain.002"))
    assert answer.json["lines"]["failed"] == 1
    assert answer.json["failures"] == {"AC04": 1}


REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>A</MsgId><CreDtTm>2022-08-20T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
{group}</OrgnlGrpInfAndSts>{parts}</CstmrPmtStsRpt></Document>"""
PART = "<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId>{body}</OrgnlPmtInfAndSts>"


def report(folder, batch, *, group="", body=None, message=None):
    message = message or batch["batch"]
    parts = "" if body is None else PART.format(message=message, body=body)
    path = folder / "report.xml"
    path.write_text(REPORT.format(message=message, group=group, parts=parts), "utf-8")
    return path


def payment(batch, number, status, reason=""):
    told = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{batch['batch']}-{number:06d}</OrgnlEndToEndId>"
        f"<TxSts>{status}</TxSts>{told}</TxInfAndSts>"
    )


def test_a_message_rejected_as_a_whole(sent, tmp_path):
    office, batch, _ = sent
    group = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>AM10</Cd></Rsn></StsRsnInf>"
    shown = settle(office, batch, report(tmp_path, batch, group=group)).json
    assert (shown["lines"]["failed"], shown["state"]) == (batch["payments"], "settled")
    assert shown["failed_fen"] == batch["amount_fen"]


def test_what_is_listed_differs_from_the_rest(sent, tmp_path):
    office, batch, _ = sent
    body = "<PmtInfSts>ACSC</PmtInfSts>" + payment(batch, 2, "RJCT", "AC04")
    shown = settle(office, batch, report(tmp_path, batch, body=body)).json
    assert shown["lines"]["failed"] == 1
    assert shown["lines"]["paid"] == batch["payments"] - 1
    assert shown["failures"] == {"AC04": 1}


def test_unknown_references_are_kept_aside(sent, tmp_path):
    office, batch, _ = sent
    body = payment(batch, 1, "ACSC") + payment(batch, 999, "ACSC")
    answer = settle(office, batch, report(tmp_path, batch, body=body))
    assert (answer.code, answer.json["lines"]["unmatched"]) == (1, 1)
    assert answer.json["lines"]["paid"] == 1


@pytest.mark.parametrize(
    ("group", "agrees"),
    [
        ("<OrgnlNbOfTxs>{count}</OrgnlNbOfTxs><OrgnlCtrlSum>{total}</OrgnlCtrlSum>", True),
        ("<OrgnlNbOfTxs>1{count}</OrgnlNbOfTxs>", False),
        ("<OrgnlCtrlSum>1{total}</OrgnlCtrlSum>", False),
        ("<OrgnlCtrlSum>x</OrgnlCtrlSum>", False),
    ],
)
def test_totals_are_those_of_the_message(sent, tmp_path, group, agrees):
    office, batch, _ = sent
    total = f"{batch['amount_fen'] // 100}.{batch['amount_fen'] % 100:02d}"
    given = group.format(count=batch["payments"], total=total)
    before = recorded(office)
    answer = settle(
        office, batch, report(tmp_path, batch, group=given, body=payment(batch, 1, "ACSC"))
    )
    assert answer.code == (0 if agrees else 4)
    assert (recorded(office) == before) is not agrees


def test_another_amount_is_refused(sent, tmp_path):
    office, batch, _ = sent
    amount = "<OrgnlTxRef><Amt><InstdAmt Ccy='CNY'>0.01</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>"
    body = payment(batch, 1, "ACSC").replace("</TxInfAndSts>", amount)
    answer = settle(office, batch, report(tmp_path, batch, body=body))
    assert (answer.code, answer.json["lines"]["refused"]) == (1, 1)


def test_a_report_on_another_message_is_refused(sent, tmp_path):
    office, batch, _ = sent
    path = report(tmp_path, batch, message="one-time-2022-07-1", group="<GrpSts>RJCT</GrpSts>")
    answer = settle(office, batch, path)
    assert (answer.code, answer.json["error"]["code"]) == (4, "answer-elsewhere")


BOOKINGS = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>B</MsgId></GrpHdr><Ntfctn><Id>B</Id>{entries}</Ntfctn>
</BkToCstmrDbtCdtNtfctn></Document>"""


def booking(batch, number, *, side="DBIT", reason="", status="BOOK"):
    told = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else ""
    reference = f"{batch['batch']}-{number:06d}"
    return (
        f"<Ntry><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>{reference}</EndToEndId></Refs>{told}</TxDtls></NtryDtls></Ntry>"
    )


def bookings(folder, *entries):
    path = folder / f"bookings-{len(list(folder.glob('bookings-*')))}.xml"
    path.write_text(BOOKINGS.format(entries="".join(entries)), "utf-8")
    return path


def test_bookings_pay_and_bookings_the_other_way_take_back(sent, tmp_path):
    office, batch, _ = sent
    path = bookings(tmp_path, booking(batch, 1), booking(batch, 2, status="PDNG"))
    assert settle(office, batch, path).json["lines"]["paid"] == 1
    back = bookings(tmp_path, booking(batch, 1, side="CRDT", reason="AC04"))
    shown = settle(office, batch, back).json
    assert (shown["verdicts"]["reversed"], shown["failures"]) == (1, {"AC04": 1})
    other = bookings(tmp_path, booking({"batch": "one-time-2022-07-1"}, 1), booking(batch, 2))
    answer = settle(office, batch, other)
    assert (answer.code, answer.json["lines"]["unmatched"]) == (1, 1)


def test_failures_in_iso_20022_are_paid_again(sent, roster, tmp_path):
    office, batch, _ = sent
    body = "<PmtInfSts>ACSC</PmtInfSts>" + payment(batch, 2, "RJCT", "AC01")
    settle(office, batch, report(tmp_path, batch, body=body))
    again = relief(
        "--json", "--office", office, "follow-up", batch["batch"], "--same-accounts"
    ).json
    (row,) = Books(again["output"]).payments.values()
    before = Books(batch["output"]).payments[2]
    assert (row["account_number"], row["amount_fen"]) == (
        before["account_number"],
        before["amount_fen"],
    )
    told = done(office, [roster])
    assert (told["batch"], told["repeated"]) == (batch["batch"], True)
