"""An office pays the same people for years: what grows with them must not break."""

import pytest
from golden.running import done, make_office, relief

from sample_data.bank import PAID, answer_all
from sample_data.generate import people, write_persons

ALL_MONTHS = [f"{year}-{month:02d}" for year in range(2022, 2026) for month in range(1, 13)]
"""The matrix pays forty of them; two years have more batches than once would fit into a key."""
REASON = ("失败", "RJ11 账户已销户")


@pytest.mark.long
@pytest.mark.parametrize("count", [24, pytest.param(40, marks=pytest.mark.matrix)])
def test_month_after_month(tmp_path, count):
    months = ALL_MONTHS[:count]
    # Every tenth month the bank answers: one payment fails, and is paid again.
    answered = months[9::10]
    office = make_office(tmp_path / "office")
    truth = people(3, 4040)
    write_persons(tmp_path / "1.xlsx", truth, title="阳曲县农村低保花名册")
    due_fen = sum(int(amount) * 100 for amount in truth["amount"])
    for month in months:
        paid = done(office, [tmp_path / "1.xlsx"], programme="dibao", cycle=month)
        assert (paid["amount_fen"], paid["rows"]["paid"]) == (due_fen, 3)
        if month in answered:
            settled = _settle(office, paid, lambda line: REASON if line.payment == 1 else PAID)
            assert settled["lines"]["failed"] == 1
            again = relief(
                "--json", "--office", office, "follow-up", paid["batch"], "--same-accounts"
            )
            assert again.code == 0, again.err
            assert again.json["amount_fen"] == settled["failed_fen"]
            assert _settle(office, again.json, lambda _line: PAID)["state"] == "settled"
    _check_books(office, months, answered, due_fen)
    _check_story(office, months, truth.iloc[0]["person"])


def _settle(office, batch, outcome):
    files = answer_all(batch["output"], office.parent / batch["batch"], outcome)
    answer = relief("--json", "--office", office, "settle", batch["batch"], *files)
    assert answer.code in (0, 1), answer.err
    return answer.json


def _check_books(office, months, answered, due_fen):
    audit = relief("--json", "--office", office, "audit")
    assert (audit.code, audit.json["verified"]) == (0, True), audit.err
    assert audit.json["batches"] == len(months) + len(answered)
    found = relief("--json", "--office", office, "reconcile", "--cycle", months[-1]).json
    assert found["differences"] == []
    sums = {
        name: sum(source[name] for source in found["sources"].values())
        for name in ("due_fen", "paid_fen", "in_transit_fen", "returned_fen")
    }
    paid_fen = len(answered) * due_fen
    assert sums == {
        "due_fen": len(months) * due_fen,
        "paid_fen": paid_fen,
        "in_transit_fen": len(months) * due_fen - paid_fen,
        "returned_fen": 0,
    }
    last = months[-1]
    year = ("--on", f"{last}-28", "--year", last[:4])
    status = relief("--json", "--office", office, "status", *year).json
    assert status["open_failures"] == 0
    assert {cycle["cycle"] for cycle in status["cycles"] if cycle["programme"] == "dibao"} == {
        f"{last[:4]}-{month:02d}" for month in range(1, 13)
    }


def _check_story(office, months, person):
    story = relief("--json", "--office", office, "trace", person).json
    assert sorted({one["cycle"] for one in story["entitlements"]}) == months
    journal = relief("--office", office, "journal", "--format", "hledger").out
    assert all(f"dibao-{month}-1" in journal for month in months)
