"""A bank's answer that is replaced while it is read: never one digest with another's lines."""

import hashlib

import pytest
from golden.running import done, make_office
from roster.test_changed_files import TRIES, WAYS, put, replaced_again_and_again
from rules.made import WRITERS

from relief_cli import office as offices
from relief_cli import payouts
from relief_cli.banks import answer_file
from relief_cli.ledger import Ledger
from relief_cli.payouts.answering import Answers, Sent, tell
from relief_cli.roster.limits import Limits
from sample_data.bank import ordered
from sample_data.generate import PERSON_COLUMNS, people, write_table

TITLES = ["Account", "Payee", "Amount (yuan)", "Result", "Reason"]


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sent")
    roster = folder / "roster.xlsx"
    write_table(roster, people(6, 7), PERSON_COLUMNS, title="2022年8月低保人员花名册")
    office = make_office(folder / "office")
    return office, done(office, [roster])


@pytest.fixture
def versions(sent, tmp_path, kind):
    """Give two answers to the batch, all paid and all failed: outcome → bytes."""
    lines = [one.line for lines in ordered(sent[1]["output"]).values() for one in lines]
    contents = {}
    for outcome, words in (("paid", ("成功", "")), ("failed", ("失败", "RJ01 账号不存在"))):
        rows = [[one.account, one.name, f"{one.fen / 100:.2f}", *words] for one in lines]
        path = WRITERS[kind](tmp_path / f"{outcome}.{kind}", [TITLES, *rows])
        contents[outcome] = path.read_bytes()
    return contents


@pytest.mark.parametrize("kind", WRITERS)
@WAYS
def test_an_answer_that_is_replaced(sent, versions, tmp_path, kind, in_place):
    office, batch = sent
    path = tmp_path / f"answer.{kind}"
    put(path, versions["paid"], in_place=False)
    setting = payouts.load_setting(offices.load(office))
    with Ledger.open(setting.office.ledger_place).reading() as book:
        known = Sent.of(book.load(batch["batch"]), book.files(batch["batch"]))
    digests = {hashlib.sha256(content).hexdigest(): one for one, content in versions.items()}
    taken, refused = [], []
    with replaced_again_and_again(path, versions.values(), in_place=in_place):
        for _ in range(TRIES):
            answers = Answers(paths=[path], bank_format="generic-csv")
            taken += tell(setting, known, answers, refused)
    assert len(taken) + len(refused) == TRIES
    for told in taken:
        outcome = digests[told.file.sha256]
        assert set(told.answer.lines["outcome"]) == {outcome}
        assert told.file.size == len(versions[outcome])
    # Half of one version before half of the other is no workbook.
    torn = {"F001"} if in_place else set()
    assert {error.code for error in refused} <= {"file-changed", *torn}
    assert {error.file for error in refused} <= {path.name}


@pytest.mark.parametrize("kind", ["xlsx"])
def test_another_version_than_the_one_that_was_looked_at_is_refused(
    sent, versions, tmp_path, monkeypatch
):
    office, _ = sent
    path = tmp_path / "answer.xlsx"
    put(path, versions["paid"], in_place=False)
    half = payouts.load_setting(offices.load(office)).templates["generic-csv"].answer
    reading = answer_file.read_cells

    def replaced(*arguments):
        put(path, versions["failed"], in_place=False)
        return reading(*arguments)

    monkeypatch.setattr(answer_file, "read_cells", replaced)
    job = answer_file.AnswerJob(
        path=path, limits=Limits(), formats=(("generic-csv", half),), payments=None, batch="x"
    )
    (refused,) = answer_file.read(job).answers
    assert (refused.code, refused.file) == ("file-changed", "answer.xlsx")
