"""Money that came back from people goes back to its sources, to the fen."""

import json
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from golden.running import done, make_office, relief

from sample_data.bank import PAID, answer_all
from sample_data.generate import people

SPLIT = (
    "[[dibao.shares]]\nsince = 2022-01-01\nvalue = { province = 6, local = 4 }\n"
    'unit = "weights"\nreference = "x"\n'
    "[[local.split]]\nsince = 2022-01-01\nvalue = { municipal = 1, county = 2 }\n"
    'unit = "weights"\nreference = "x"\n'
)


@pytest.fixture
def office(tmp_path):
    folder = make_office(tmp_path / "office")
    (folder / "policy" / "own.toml").write_text(SPLIT, "utf-8")
    return folder


@pytest.fixture(scope="module")
def somebody():
    return people(40, 5350).drop_duplicates("household").head(2).to_dict("records")


def paid(office, tmp_path, rows, cycle="2022-08"):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "救助类别", "月保障金额", "开户行", "账号"])
    for row in rows:
        book.active.append([row["name"], row["person"], "农村低保", "450.50", row["bank_name"],
                            row["account_number"]])  # fmt: skip
    book.save(tmp_path / "低保.xlsx")
    told = done(office, [tmp_path / "低保.xlsx"], programme="dibao", cycle=cycle)
    answers = answer_all(told["output"], tmp_path / cycle, lambda _one: PAID)
    assert relief("--json", "--office", office, "settle", told["batch"], *answers).code == 0
    return told


def ask(office, *arguments, said=""):
    answer = relief("--json", "--office", office, *arguments, said=said)
    assert answer.code in (0, 1), answer.err
    return answer.json


def sources(office):
    told = ask(office, "reconcile", "--cycle", "2022-08")
    assert told["differences"] == []
    for one in told["sources"].values():
        held = one["paid_fen"] + one["in_transit_fen"] + one["returned_fen"] + one["balance_fen"]
        assert one["received_fen"] + one["recovered_fen"] == held
    return {source: one["recovered_fen"] for source, one in told["sources"].items()}


def test_it_goes_back_by_the_shares_that_it_came_from(office, somebody, tmp_path):
    paid(office, tmp_path, somebody)
    person = somebody[0]["person"]
    ask(office, "receive", "province", "1000", "--document", "1")
    ask(office, "stop", "add", person, "--reason", "死亡", "--since", "2022-08-01")
    assert ask(office, "recovery", "find", "--record")["recorded"] == 1
    assert set(sources(office).values()) == {0}
    # 450.50 came as 270.30, 60.07 and 120.13; it comes back in three parts.
    given = (10001, 1, 35048)
    for number, fen in enumerate(given):
        ask(office, "recovery", "repaid", "1", f"{fen // 100}.{fen % 100:02}", "--document",
            f"D{number}")  # fmt: skip
        so_far = sum(given[: number + 1])
        back = sources(office)
        assert sum(back.values()) == so_far
        weights = (("province", Fraction(3, 5)), ("municipal", Fraction(2, 15)),
                   ("county", Fraction(4, 15)))  # fmt: skip
        for source, weight in weights:
            assert abs(back[source] - weight * so_far) < 1
    assert sources(office) == {"province": 27_030, "municipal": 6_007, "county": 12_013}
    # The journal says the same, account by account.
    text = ask(office, "journal", "--format", "beancount")["journal"]
    assert "Assets:Recovered" not in text
    balance = 100_000 - 2 * 27_030 + 27_030
    assert f"balance Assets:Treasury:Province {balance / 100:.2f}" in text


def test_of_what_no_cycle_is_named_the_last_payment_tells(office, somebody, tmp_path):
    paid(office, tmp_path, somebody[:1])
    why = ("--reason", "x")
    ask(office, "recovery", "add", somebody[0]["person"], "90", *why)
    ask(office, "recovery", "repaid", "1", "90", "--document", "D")
    assert sources(office) == {"province": 5_400, "municipal": 1_200, "county": 2_400}
    # Whom the books never paid: it is the county's.
    ask(office, "recovery", "add", somebody[1]["person"], "30", *why)
    ask(office, "recovery", "repaid", "2", "30", "--document", "D")
    assert sources(office) == {"province": 5_400, "municipal": 1_200, "county": 5_400}


def test_the_manifest_of_the_next_batch_tells_every_fen_of_it(office, somebody, tmp_path):
    first = paid(office, tmp_path, somebody)
    manifest = Path(first["output"], "manifest.json")
    before = manifest.read_bytes()
    assert json.loads(before)["recovered"] == []
    ask(office, "recovery", "add", somebody[0]["person"], "450.50", "--reason", "x")
    # Three parts that no split divides: 270.30, 60.07 and 120.13 of 450.50.
    for number, yuan in enumerate(("100.01", "0.01", "350.48")):
        ask(office, "recovery", "repaid", "1", yuan, "--document", f"D{number}")
    second = paid(office, tmp_path, somebody, "2022-09")
    told = json.loads(Path(second["output"], "manifest.json").read_text("utf-8"))["recovered"]
    # The second was one fen: by largest remainder 10,001 and 10,002 differ for the city alone.
    assert told == [
        {"source": "county", "code": "2081902", "repayments": 2, "amount_fen": 12_013},
        {"source": "municipal", "code": "2081902", "repayments": 3, "amount_fen": 6_007},
        {"source": "province", "code": "2081902", "repayments": 2, "amount_fen": 27_030},
    ]
    # What comes back later changes nothing of what was told.
    ask(office, "recovery", "add", somebody[1]["person"], "9", "--reason", "x")
    ask(office, "recovery", "repaid", "2", "9", "--document", "E")
    ask(office, "export", first["batch"])
    assert manifest.read_bytes() == before
    assert ask(office, "audit")["verified"]
