"""Our credit transfers at an independent bank on this machine, and its answers read back."""

import json
import threading
from dataclasses import replace
from http.client import HTTPConnection

import pandas as pd
import pytest
from banks.rendered import rendered
from mockbank.server import Config, make_server

from relief_cli.banks.pain002 import read
from relief_cli.banks.results import FAILED, OPEN

# The bank knows its customer's account by number; it holds this closed one from the start.
ACCOUNT = "04001210090000001"
CLOSED = "NL84MOCK0000000003"


class Bank:
    """A bank that runs in this process, on the day before the payments are due."""

    def __init__(self, port):
        self._port = port

    def ask(self, method, path, content=b"", accepted=200):
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request(method, path, content)
        answer = connection.getresponse()
        given = answer.read()
        connection.close()
        assert answer.status == accepted, given
        return given

    def report(self):
        return read(self.ask("GET", "/_mock/mailbox?raw&type=pain.002"))


@pytest.fixture
def bank():
    server = make_server(Config(port=0, quiet=True, clock="2022-08-18T09:00"))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    bank = Bank(server.server_address[1])
    county = {"id": "COUNTY", "name": "阳曲县民政局", "account_number": ACCOUNT, "currency": "CNY"}
    account = county | {"iban": "NL30MOCK0000000005", "balance": 100_000}
    bank.ask("POST", "/_mock/accounts", json.dumps(account).encode(), accepted=201)
    yield bank
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def sent(templates, context, make_payments, three):
    """Give the file of three payments, the second of them into a closed account."""
    payments = make_payments(three, "pain.001")
    payments.loc[1, "account_number"] = CLOSED
    payments["bank_name"] = pd.Series(["农信社", None, "<建行>"], dtype="str")
    facts = replace(context, payer_account=ACCOUNT)
    _, [content] = rendered(payments, templates, facts)
    return content


def test_the_bank_finds_nothing_wrong(bank, sent):
    assert bank.ask("POST", "/_mock/validate", sent).decode().strip() == (
        "pain.001.001.09 one-time-2022-08-1: 1 batch, 3 payments, 0 findings"
    )


def test_the_bank_reads_what_was_meant(bank, sent):
    bank.ask("POST", "/payments", sent, accepted=202)
    held = json.loads(bank.ask("GET", "/_mock/payments"))
    assert sorted((one["end_to_end_id"], one["creditor_name"], one["amount"]) for one in held) == [
        ("one-time-2022-08-1-000001", "王小明", 30000),
        ("one-time-2022-08-1-000002", "买买提·艾力", 1),
        ("one-time-2022-08-1-000003", "李秀英", 123450),
    ]
    assert {one["currency"] for one in held} == {"CNY"}
    assert {one["settlement_date"] for one in held} == {"2022-08-19", None}


def test_each_payment_has_its_answer(bank, sent):
    low = json.dumps({"behaviour": "insufficient-funds"}).encode()
    bank.ask("PATCH", "/_mock/accounts/COUNTY", low)
    bank.ask("POST", "/payments", sent, accepted=202)
    report = bank.report()
    assert (report.message, report.count, report.total) == ("one-time-2022-08-1", "3", "1534.51")
    assert report.verdict.outcome == OPEN
    [part] = report.parts
    assert part.part == "one-time-2022-08-1"
    assert [(one.reference, one.verdict.status, one.verdict.reason) for one in part.payments] == [
        ("one-time-2022-08-1-000001", "ACCP", ""),
        ("one-time-2022-08-1-000002", "RJCT", "AC04"),
        ("one-time-2022-08-1-000003", "RJCT", "AM04"),
    ]
    outcomes = [one.verdict.outcome for one in part.payments]
    assert outcomes == [OPEN, FAILED, FAILED]
    assert "closed" in part.payments[1].verdict.information


def test_a_file_that_comes_twice_leaves_open_what_the_first_paid(bank, sent):
    bank.ask("POST", "/payments", sent, accepted=202)
    assert bank.report().parts != ()
    bank.ask("POST", "/payments", sent, accepted=422)
    report = bank.report()
    assert (report.verdict.status, report.verdict.reason) == ("RJCT", "DUPL")
    assert report.verdict.outcome == OPEN
    assert report.parts == ()


def test_a_file_whose_sum_is_wrong_is_rejected_as_a_whole(bank, sent):
    wrong = sent.replace(b"<CtrlSum>1534.51<", b"<CtrlSum>1534.52<", 1)
    bank.ask("POST", "/payments", wrong, accepted=422)
    report = bank.report()
    assert (report.verdict.status, report.verdict.reason) == ("RJCT", "AM10")
    assert report.verdict.outcome == FAILED
    assert report.parts == ()
