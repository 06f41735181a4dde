"""A bank says failed, then paid: nothing is paid again before it has confirmed one of both."""

import pytest
from databases import REFUSED, copied, past, place_of
from golden.books import recorded, sheets
from golden.running import done, make_office, relief
from payouts.test_journal import check_figures

from relief_cli.ledger import Ledger
from sample_data.bank import PAID, answer_all, ordered
from sample_data.generate import PERSON_COLUMNS, people, write_table

FAILED = ("失败", "RJ01 账号不存在")
LETTER = ("--confirmed", "太行支行 2022-09-05 第12号函")
TITLE = "2022年8月低保人员花名册"
BATCH, AGAIN = "one-time-2022-08-1", "one-time-2022-08-2"


def somebody():
    """Give one person of each household, so that each payment is for one."""
    return people(24, 7).drop_duplicates("household").reset_index(drop=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make an office whose batch went out and of which payments 1, 2 and 3 have failed."""
    folder = tmp_path_factory.mktemp("made")
    roster = folder / "roster.xlsx"
    write_table(roster, somebody(), PERSON_COLUMNS, title=TITLE)
    office = make_office(folder / "office")
    batch = done(office, [roster])
    assert batch["payments"] > 4
    first = answered(batch, folder / "first", {1: FAILED, 2: FAILED, 3: FAILED}, others=PAID)
    answer = relief("--json", "--office", office, "settle", BATCH, *first)
    assert answer.code == 0, answer.err
    return office, batch


@pytest.fixture
def failed(made, tmp_path):
    return copied(made, tmp_path / "office")


def answered(batch, folder, words, others=None):
    """Let the banks answer: payment → words; give the files that hold a payment."""
    files = answer_all(batch["output"], folder, lambda one: words.get(one.payment, others))
    by_name = {path.stem: lines for path, lines in ordered(batch["output"]).items()}
    assert len(files) == len(by_name)
    return [
        path
        for path, lines in zip(files, ordered(batch["output"]).values(), strict=True)
        if any(words.get(one.payment, others) for one in lines)
    ]


def ask(office, *arguments, code=0):
    answer = relief("--json", "--office", office, *arguments)
    assert answer.code == code, (answer.code, answer.out, answer.err)
    return answer.json


def amounts(batch):
    return {
        one.payment: one.line.fen for lines in ordered(batch["output"]).values() for one in lines
    }


def everything_agrees(office, *, differences=0):
    """Hold the books against themselves, and the journal against the reconciliation."""
    shown = ask(office, "audit")
    assert (shown["verified"], shown["broken"]) == (True, None)
    reconciled = ask(office, "reconcile", code=1 if differences else 0)
    assert len(reconciled["differences"]) == differences
    year = ask(office, "reconcile", "--year", "2022")
    for source, figures in reconciled["sources"].items():
        spent = sum(one["spent_fen"] for one in year["lines"] if one["source"] == source)
        assert spent == figures["paid_fen"] + figures["in_transit_fen"]
    return reconciled


def totals(reconciled):
    """Give fen over all sources: paid, in transit, returned."""
    names = ("paid_fen", "in_transit_fen", "returned_fen")
    return tuple(sum(one[name] for one in reconciled["sources"].values()) for name in names)


def contradict(office, batch, folder, payments=(1,)):
    """Let the bank say later that these were paid."""
    files = answered(batch, folder, dict.fromkeys(payments, PAID))
    return files, ask(office, "settle", BATCH, *files, code=1)


def test_it_is_open_and_not_paid_again(failed, tmp_path):
    office, batch = failed
    fen = amounts(batch)
    files, shown = contradict(office, batch, tmp_path / "later")
    assert shown["lines"] == {
        "read": 1, "paid": 0, "failed": 0, "open": 1, "unmatched": 0, "repeated": 0, "refused": 0,
    }  # fmt: skip
    assert shown["verdicts"]["contradicts"] == 1
    assert (shown["open_fen"], shown["failed_fen"]) == (fen[1], fen[2] + fen[3])
    assert shown["failures"] == {"RJ01": 2}
    (told,) = shown["contradicted"]
    assert (told["payment"], told["amount_fen"]) == (f"{BATCH}-000001", fen[1])
    assert (told["file"], told["paid_again_by"]) == (files[0].name, None)
    # The money may have arrived: it is on its way, and no figure says more.
    reconciled = everything_agrees(office, differences=1)
    rest = batch["amount_fen"] - fen[1] - fen[2] - fen[3]
    assert totals(reconciled) == (rest, fen[1], fen[2] + fen[3])
    assert reconciled["open_failures"] == 2
    assert [one["payment"] for one in reconciled["contradicted"]] == [f"{BATCH}-000001"]
    check_figures(office, tmp_path)
    status = ask(office, "status")
    assert status["open_failures"] == 2
    assert f"relief settle {BATCH} FILE… --confirmed TEXT" in status["commands"]
    traced = ask(office, "trace", f"{BATCH}-000001")
    assert traced["entitlements"][-1]["outcome"] == "contradicts"
    # The others are paid again, it is held with the reason.
    again = ask(office, "follow-up", BATCH, "--same-accounts", code=1)
    assert (again["payments"], again["amount_fen"]) == (2, fen[2] + fen[3])
    assert again["findings"]["R213"] == 1
    assert again["rows"]["held"] == 1
    reconciled = everything_agrees(office, differences=1)
    assert totals(reconciled) == (rest, fen[1] + fen[2] + fen[3], 0)
    check_figures(office, tmp_path)
    # The same again has no effect.
    before = recorded(office)
    assert ask(office, "settle", BATCH, *files, code=1)["lines"]["repeated"] == 1
    ask(office, "follow-up", BATCH, "--same-accounts", code=1)
    assert recorded(office) == before


def test_when_nothing_else_has_failed_no_batch_is_made(failed, tmp_path):
    office, batch = failed
    contradict(office, batch, tmp_path / "later", (1, 2, 3))
    shown = ask(office, "follow-up", BATCH, "--same-accounts", code=1)
    assert (shown["batch"], shown["amount_fen"], shown["rows"]["held"]) == (None, 0, 3)
    assert shown["findings"] == {"R213": 3}
    status = ask(office, "status")
    assert status["open_failures"] == 0
    assert not [one for one in status["commands"] if "follow-up" in one]


def test_a_corrected_roster_does_not_pay_it_either(failed, tmp_path):
    office, batch = failed
    _, shown = contradict(office, batch, tmp_path / "later")
    listed = sheets(shown["report"])
    assert [row[5] for row in listed["Failures"][1:]] == [f"{BATCH}-000002", f"{BATCH}-000003"]
    roster = tmp_path / "roster.xlsx"
    table = somebody()
    table["account_number"] = [f"101001{n:08d}" for n in range(len(table))]
    table["bank_name"] = "阳曲县农村信用合作联社"
    write_table(roster, table, PERSON_COLUMNS, title=TITLE)
    again = ask(office, "follow-up", BATCH, roster, code=1)
    assert again["payments"] == 2
    assert again["findings"]["R213"] >= 1
    everything_agrees(office, differences=1)


def test_the_bank_confirms_that_it_was_paid(failed, tmp_path):
    office, batch = failed
    fen = amounts(batch)
    files, _ = contradict(office, batch, tmp_path / "later")
    shown = ask(office, "settle", BATCH, *files, *LETTER)
    assert (shown["lines"]["paid"], shown["verdicts"]["confirmed-paid"]) == (1, 1)
    assert (shown["open_fen"], shown["failed_fen"]) == (0, fen[2] + fen[3])
    assert shown["contradicted"] == shown["paid_twice"] == []
    reconciled = everything_agrees(office)
    assert totals(reconciled) == (batch["amount_fen"] - fen[2] - fen[3], 0, fen[2] + fen[3])
    check_figures(office, tmp_path)
    assert ask(office, "trace", f"{BATCH}-000001")["entitlements"][-1]["outcome"] == (
        "confirmed-paid"
    )
    again = ask(office, "follow-up", BATCH, "--same-accounts")
    assert again["payments"] == 2
    output = {"output": again["output"]}
    ask(office, "settle", AGAIN, *answered(output, tmp_path / "again", {1: PAID, 2: PAID}))
    assert set(everything_agrees(office)["closed"]) == {BATCH, AGAIN}
    # The same confirmation once more has no effect.
    before = recorded(office)
    ask(office, "settle", BATCH, *files, *LETTER)
    assert recorded(office) == before


def test_the_bank_confirms_that_it_failed(failed, tmp_path):
    office, batch = failed
    fen = amounts(batch)
    contradict(office, batch, tmp_path / "later")
    letter = answered(batch, tmp_path / "letter", {1: FAILED})
    # Without a word of the bank it is a third answer, and changes nothing.
    assert ask(office, "settle", BATCH, *letter, code=1)["verdicts"]["contradicts"] == 1
    shown = ask(office, "settle", BATCH, *letter, *LETTER)
    assert (shown["lines"]["failed"], shown["verdicts"]["confirmed-failed"]) == (1, 1)
    assert shown["failed_fen"] == fen[1] + fen[2] + fen[3]
    reconciled = everything_agrees(office)
    assert totals(reconciled)[2] == fen[1] + fen[2] + fen[3]
    check_figures(office, tmp_path)
    again = ask(office, "follow-up", BATCH, "--same-accounts")
    assert again["payments"] == 3
    everything_agrees(office)
    check_figures(office, tmp_path)
    # Said to be paid once more, now that it went out again: named, with the amount.
    later = answered(batch, tmp_path / "once-more", {1: PAID}, others=None)
    shown = ask(office, "settle", BATCH, *later, "--on", "2030-01-01", code=1)
    (twice,) = shown["paid_twice"]
    assert (twice["paid_again_by"][: len(AGAIN)], twice["amount_fen"]) == (AGAIN, fen[1])
    everything_agrees(office, differences=1)
    check_figures(office, tmp_path)


def test_a_confirmation_needs_the_word_of_the_bank(failed, tmp_path):
    office, batch = failed
    files, _ = contradict(office, batch, tmp_path / "later")
    before = recorded(office)
    answer = relief("--json", "--office", office, "settle", BATCH, *files, "--confirmed", " ")
    assert (answer.code, answer.json["error"]["code"]) == (2, "confirmation-empty")
    assert recorded(office) == before
    ask(office, "settle", BATCH, *files, *LETTER)
    with past(office) as book:
        assert book.rows("SELECT confirmed FROM returns WHERE confirmed <> ''") == [(LETTER[1],)]


def test_what_was_confirmed_as_paid_can_come_into_doubt_again(failed, tmp_path):
    office, batch = failed
    fen = amounts(batch)
    files, _ = contradict(office, batch, tmp_path / "later")
    ask(office, "settle", BATCH, *files, *LETTER)
    back = answered(batch, tmp_path / "back", {1: ("失败", "RJ09 退票")})
    shown = ask(office, "settle", BATCH, *back, code=1)
    assert (shown["lines"]["open"], shown["open_fen"]) == (1, fen[1])
    everything_agrees(office, differences=1)
    check_figures(office, tmp_path)
    assert ask(office, "settle", BATCH, *back, *LETTER)["failed_fen"] == fen[1] + fen[2] + fen[3]
    assert ask(office, "follow-up", BATCH, "--same-accounts")["payments"] == 3
    everything_agrees(office)
    check_figures(office, tmp_path)


def test_a_reversal_that_is_said_to_be_paid_again(failed, tmp_path):
    office, batch = failed
    fen = amounts(batch)
    ask(office, "settle", BATCH, *answered(batch, tmp_path / "back", {4: ("失败", "RJ09 退票")}))
    _, shown = contradict(office, batch, tmp_path / "later", (4,))
    assert (shown["lines"]["open"], shown["open_fen"]) == (1, fen[4])
    assert ask(office, "follow-up", BATCH, "--same-accounts", code=1)["payments"] == 3
    everything_agrees(office, differences=1)
    check_figures(office, tmp_path)


def test_what_went_out_again_is_named_and_never_a_third_time(failed, tmp_path):
    office, batch = failed
    fen = amounts(batch)
    again = ask(office, "follow-up", BATCH, "--same-accounts")
    assert again["payments"] == 3
    _, shown = contradict(office, batch, tmp_path / "later")
    (twice,) = shown["paid_twice"]
    assert (twice["payment"], twice["amount_fen"]) == (f"{BATCH}-000001", fen[1])
    assert twice["paid_again_sent"] is True
    number = int(twice["paid_again_by"].rsplit("-", 1)[1])
    human = relief("--lang", "en", "--office", office, "status")
    assert "may be paid twice" in human.out
    assert "relief recovery add PERSON" in human.out
    # Both are with the bank: each fen of the entitlements stands in one place all the same.
    everything_agrees(office, differences=1)
    check_figures(office, tmp_path)
    # The second one fails as well: it is not paid a third time while the first is in doubt.
    output = {"output": again["output"]}
    words = dict.fromkeys(range(1, 4), FAILED)
    ask(office, "settle", AGAIN, *answered(output, tmp_path / "again", words))
    reconciled = everything_agrees(office, differences=1)
    rest = batch["amount_fen"] - fen[1] - fen[2] - fen[3]
    assert totals(reconciled) == (rest, fen[1], fen[2] + fen[3])
    check_figures(office, tmp_path)
    third = ask(office, "follow-up", AGAIN, "--same-accounts", code=1)
    assert (third["payments"], third["findings"]["R213"]) == (2, 1)
    # The bank confirms the first one: nothing of it is owed.
    later = answered(batch, tmp_path / "letter", {1: PAID})
    shown = ask(office, "settle", BATCH, *later, *LETTER)
    assert shown["paid_twice"] == []
    reconciled = everything_agrees(office)
    assert totals(reconciled) == (rest + fen[1], fen[2] + fen[3], 0)
    check_figures(office, tmp_path)
    with Ledger.open(place_of(office)).reading() as book:
        assert book.returns.held(AGAIN) == {number: "confirmed-paid"}
        assert not book.returns.owed()


def test_both_arrived(failed, tmp_path):
    office, batch = failed
    fen = amounts(batch)
    again = ask(office, "follow-up", BATCH, "--same-accounts")
    output = {"output": again["output"]}
    words = dict.fromkeys(range(1, 4), PAID)
    ask(office, "settle", AGAIN, *answered(output, tmp_path / "again", words))
    files, _ = contradict(office, batch, tmp_path / "later")
    shown = ask(office, "settle", BATCH, *files, *LETTER, code=1)
    (twice,) = shown["paid_twice"]
    assert (twice["confirmed"], twice["amount_fen"]) == (True, fen[1])
    reconciled = everything_agrees(office)
    assert [one["payment"] for one in reconciled["paid_twice"]] == [f"{BATCH}-000001"]
    assert totals(reconciled) == (batch["amount_fen"], 0, 0)
    check_figures(office, tmp_path)
    yuan = f"{fen[1] // 100}.{fen[1] % 100:02d}"
    ask(office, "recovery", "add", twice["paid_again_by"], yuan, "--reason", "重复到账")
    (owed,) = ask(office, "recovery", "list")["recoveries"]
    assert owed["owed_fen"] == fen[1]


def test_the_database_forbids_to_pay_it_again(failed, tmp_path):
    office, batch = failed
    contradict(office, batch, tmp_path / "later")
    with past(office) as book:
        payment = book.rows("SELECT payment FROM later_answers")[0][0]
        (occasion, person), *_ = book.rows(
            f"SELECT occasion, person FROM entitlements WHERE payment = {payment}"  # noqa: S608
        )
        with pytest.raises(REFUSED, match="has an entitlement that stands"):
            book.execute("INSERT INTO attempts VALUES (?, ?, 0, 1, NULL, NULL)", (occasion, person))


@pytest.fixture
def waiting(made, tmp_path, monkeypatch):
    """Give that office with a follow-up that is prepared and waits for an approval."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    office, batch = copied(made, tmp_path / "office")
    said = {}
    for name in ("li", "wang"):
        path = tmp_path / f"{name}.txt"
        path.write_text(f"four words for {name}\n", "utf-8")
        ask(office, "operator", "add", name, "--passphrase-file", path)
        said[name] = ("--as", name, "--passphrase-file", path)
    monkeypatch.setenv("RELIEF_OPERATOR", "wang")
    monkeypatch.setenv("RELIEF_PASSPHRASE_FILE", str(path))
    settings = office / "relief.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("approvals = 0", "approvals = 1"), "utf-8"
    )
    prepared = ask(office, "follow-up", BATCH, "--same-accounts", code=3)
    assert (prepared["state"], prepared["payments"]) == ("prepared", 3)
    return office, batch, said


def test_a_prepared_follow_up_does_not_go_out(waiting, tmp_path):
    office, batch, said = waiting
    fen = amounts(batch)
    _, shown = contradict(office, batch, tmp_path / "later")
    (told,) = shown["contradicted"]
    assert told["paid_again_by"].startswith(AGAIN)
    assert (told["paid_again_sent"], shown["paid_twice"]) == (False, [])
    answer = relief("--json", "--office", office, "approve", AGAIN, *said["li"])
    assert (answer.code, answer.json["error"]["code"]) == (4, "paid-after-all")
    assert told["paid_again_by"] in answer.json["error"]["message"]
    status = ask(office, "status")
    assert f"relief withhold {AGAIN}" in status["commands"]
    assert not [one for one in status["commands"] if f"approve {AGAIN}" in one]
    human = relief("--lang", "en", "--office", office, "status")
    assert f"relief withhold {AGAIN}" in human.out
    everything_agrees(office, differences=1)
    check_figures(office, tmp_path)
    without = ask(office, "withhold", AGAIN, *said["wang"], code=3)
    assert (without["payments"], without["amount_fen"]) == (2, fen[2] + fen[3])
    ask(office, "approve", without["batch"], *said["li"])
    ask(office, "export", without["batch"], code=1)
    reconciled = everything_agrees(office, differences=1)
    assert totals(reconciled)[1] == fen[1] + fen[2] + fen[3]
    check_figures(office, tmp_path)


def test_an_approved_follow_up_does_not_go_out(waiting, tmp_path):
    office, batch, said = waiting
    ask(office, "approve", AGAIN, *said["li"])
    contradict(office, batch, tmp_path / "later", (1, 2, 3))
    answer = relief("--json", "--office", office, "export", AGAIN)
    assert (answer.code, answer.json["error"]["code"]) == (4, "paid-after-all")
    with past(office) as book, pytest.raises(REFUSED, match="may have arrived"):
        book.execute(
            f"INSERT INTO files VALUES (2, 'x', 'bank', 'x', 1, 1, 1, '{0:064}', 1)"  # noqa: S608
        )
    # Nobody else is in it.
    answer = relief("--json", "--office", office, "withhold", AGAIN, *said["li"])
    assert (answer.code, answer.json["error"]["code"]) == (4, "nobody-left")
    ask(office, "reject", AGAIN, "--reason", "首次付款已到账", *said["li"])
    assert ask(office, "follow-up", BATCH, "--same-accounts", code=1)["batch"] is None
    everything_agrees(office, differences=1)


def test_the_screen_says_what_to_ask(failed, tmp_path):
    office, batch = failed
    files = answered(batch, tmp_path / "later", {1: PAID})
    english = relief("--lang", "en", "--office", office, "settle", BATCH, *files).out
    for words in ("failed first", "date and serial number", "whether the money came back",
                  "paid twice", "--confirmed"):  # fmt: skip
        assert words in english
    assert "relief follow-up one-time" in english  # for the two others
    chinese = relief("--lang", "zh", "--office", office, "status").out
    assert "流水号" in chinese
