"""The bank's answer: each payment resolves once, nothing is lost, nothing is believed blindly."""

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from databases import REFUSED, copied, past
from golden.books import recorded
from golden.running import PROGRAM, done, environment, make_office, relief

from sample_data.bank import PAID, answer_all, ordered
from sample_data.generate import PERSON_COLUMNS, people, write_table

FAILED = ("失败", "RJ02 账号户名不符")
FORMATS = ("shanxi-rcu", "ccb-txt", "ccb-xlsx", "icbc-bpt", "icbc-xlsx", "abc-txt", "generic-xlsx",
           "generic-csv", "cmb-xlsx")  # fmt: skip


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    path = tmp_path_factory.mktemp("roster") / "roster.xlsx"
    write_table(path, people(60, 7), PERSON_COLUMNS, title="2022年8月低保人员花名册")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory, roster):
    office = make_office(tmp_path_factory.mktemp("made") / "office")
    return office, done(office, [roster])


@pytest.fixture
def sent(made, tmp_path):
    """Give an office whose batch went out, in the formats that come with the project."""
    return copied(made, tmp_path / "office")


def settle(office, batch, paths, *options):
    return relief("--json", "--office", office, "settle", batch["batch"], *paths, *options)


def settled(office, batch, paths, *options, code=0):
    answer = settle(office, batch, paths, *options)
    assert answer.code == code, answer.err
    shown = answer.json
    lines = shown["lines"]
    assert lines["read"] == sum(lines.values()) - lines["read"]
    assert shown["paid_fen"] + shown["failed_fen"] + shown["open_fen"] == batch["amount_fen"]
    assert relief("--json", "--office", office, "audit").json["verified"] is True
    return shown


def every(number):
    """Give outcomes: of every so many payments one fails, the others are paid."""
    return lambda one: FAILED if one.payment % number == 0 else PAID


def test_everything_is_paid(sent, tmp_path):
    office, batch = sent
    shown = settled(office, batch, answer_all(batch["output"], tmp_path / "a"))
    assert shown["state"] == "settled"
    assert shown["lines"] == {
        "read": batch["payments"], "paid": batch["payments"], "failed": 0, "open": 0,
        "unmatched": 0, "repeated": 0, "refused": 0,
    }  # fmt: skip
    assert shown["paid_fen"] == batch["amount_fen"]
    assert shown["report"] is None


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_answers_in_its_bank_s_layout(tmp_path, roster, name):
    office = make_office(tmp_path / "office")
    settings = office / "relief.toml"
    text = settings.read_text("utf-8")
    for key in ("name", "account", "bank_name"):
        text = text.replace(f'{key} = ""', f'{key} = "0502121009"')
    settings.write_text(text, "utf-8")
    prepared = relief(
        "--json", "--office", office, "prepare", "one-time", roster, "--cycle", "2022-08"
    ).json
    batch = relief("--json", "--office", office, "export", prepared["batch"], "--format", name).json
    assert {file["format"] for file in batch["files"]} == {name}
    answers = answer_all(batch["output"], tmp_path / "a", every(7))
    shown = settled(office, batch, answers)
    failed = sum(1 for number in range(1, batch["payments"] + 1) if number % 7 == 0)
    assert (shown["state"], shown["lines"]["failed"]) == ("settled", failed)
    assert shown["lines"]["paid"] == batch["payments"] - failed
    assert shown["failures"] == {"RJ02": failed}
    assert {file["format"] for file in shown["files"]} == {name}


def test_failures_and_what_is_still_open(sent, tmp_path):
    office, batch = sent

    def outcome(one):
        if one.payment == 1:
            return ("失败", "6051 已收妥未入账")
        return FAILED if one.payment % 10 == 0 else PAID

    shown = settled(office, batch, answer_all(batch["output"], tmp_path / "a", outcome))
    failed = batch["payments"] // 10
    assert shown["state"] == "exported"
    assert (shown["lines"]["open"], shown["lines"]["failed"]) == (1, failed)
    assert shown["failures"] == {"RJ02": failed}
    # The next answer tells of the one that was open.
    later = answer_all(
        batch["output"], tmp_path / "b", lambda one: PAID if one.payment == 1 else None
    )
    answers = [path for path in later if path.stat().st_size]
    chosen = [path for path in answers if _rows(path)]
    shown = settled(office, batch, chosen)
    assert (shown["state"], shown["open_fen"], shown["lines"]["paid"]) == ("settled", 0, 1)


def _rows(path):
    """Count the payments in an answer that was just made."""
    if path.suffix == ".xlsx":
        return openpyxl.load_workbook(path).active.max_row - 1
    return len(path.read_bytes().splitlines())


def test_partial_answers_and_the_same_one_twice(sent, tmp_path):
    office, batch = sent
    files = answer_all(batch["output"], tmp_path / "a", every(9))
    before = None
    for number, path in enumerate(files, start=1):
        shown = settled(office, batch, [path])
        assert shown["state"] == ("settled" if number == len(files) else "exported")
        before = recorded(office)
        again = settled(office, batch, [path])
        assert again["lines"]["repeated"] == again["lines"]["read"] == shown["lines"]["read"]
        assert again["paid_fen"] == shown["paid_fen"]
        assert recorded(office) == before
    # All of them once more, under other names.
    renamed = [path.rename(path.with_name(f"x{path.suffix}")) for path in files[:1]]
    assert settled(office, batch, [*renamed, *files[1:]])["lines"]["paid"] == 0
    assert recorded(office) == before


def test_a_reversal_weeks_later(sent, tmp_path):
    office, batch = sent
    settled(office, batch, answer_all(batch["output"], tmp_path / "a"))
    back = answer_all(
        batch["output"],
        tmp_path / "b",
        lambda one: ("失败", "RJ09 退票") if one.payment == 2 else None,
    )
    back = [path for path in back if _rows(path)]
    shown = settled(office, batch, back)
    amount = next(
        one.line.fen
        for lines in ordered(batch["output"]).values()
        for one in lines
        if one.payment == 2
    )
    assert shown["verdicts"]["reversed"] == shown["lines"]["failed"] == 1
    assert (shown["failed_fen"], shown["failures"]) == (amount, {"RJ09": 1})
    assert shown["state"] == "settled"


def test_what_has_failed_is_not_paid_by_a_later_line(sent, tmp_path):
    office, batch = sent
    settled(office, batch, answer_all(batch["output"], tmp_path / "a", lambda _one: FAILED))
    shown = settled(office, batch, answer_all(batch["output"], tmp_path / "b"), code=1)
    assert shown["lines"]["open"] == batch["payments"]
    assert (shown["open_fen"], shown["failed_fen"]) == (batch["amount_fen"], 0)
    assert shown["verdicts"]["contradicts"] == batch["payments"]
    assert shown["paid_fen"] == 0


def rcu_answer(batch, folder, outcome=lambda _one: PAID):
    (path,) = answer_all(batch["output"], folder, outcome, only="To402161002352")
    return path


def test_an_amount_that_differs_is_refused_and_shown(sent, tmp_path):
    office, batch = sent
    path = rcu_answer(batch, tmp_path / "a")
    lines = path.read_bytes().splitlines(keepends=True)
    fields = lines[0].split(b"@|$")
    fields[3] = b"1"
    path.write_bytes(b"@|$".join(fields) + b"".join(lines[1:]))
    shown = settled(office, batch, [path], code=1)
    assert (shown["lines"]["refused"], shown["lines"]["paid"]) == (1, len(lines) - 1)
    sheet = openpyxl.load_workbook(shown["report"])["Lines kept aside"]
    assert [row[5] for row in sheet.iter_rows(min_row=2, values_only=True)] == [0.01]


def test_lines_that_fit_nothing_are_kept_and_shown(sent, tmp_path):
    office, batch = sent
    path = rcu_answer(batch, tmp_path / "a")
    extra = "000999@|$某某@|$@|$30000@|$6221559999999999999@|$0@|$@|$@|$1@|$\n"
    path.write_bytes(path.read_bytes() + extra.encode("gbk"))
    shown = settled(office, batch, [path], code=1)
    assert shown["lines"]["unmatched"] == 1
    with past(office) as book:
        kept = book.rows(
            "SELECT account_number, amount_fen, payment FROM return_lines "
            "WHERE verdict = 'unmatched'"
        )
    assert kept == [("6221559999999999999", 30_000, None)]
    human = relief("--lang", "en", "--office", office, "settle", batch["batch"], path)
    assert "6221559999999999999" not in human.out + human.err


def test_two_lines_that_say_different_things_change_nothing(sent, tmp_path):
    office, batch = sent
    path = rcu_answer(batch, tmp_path / "a")
    first = path.read_bytes().splitlines(keepends=True)[0]
    fields = first.split(b"@|$")
    fields[8] = b"0"
    path.write_bytes(path.read_bytes() + b"@|$".join(fields))
    shown = settled(office, batch, [path], code=1)
    assert shown["verdicts"]["contradicts"] == 2
    # The same line twice is only told twice.
    path.write_bytes(path.read_bytes()[: -len(b"@|$".join(fields))] + first)
    shown = settled(office, batch, [path])
    assert (shown["lines"]["paid"], shown["verdicts"]["contradicts"]) == (1, 0)


def test_totals_that_disagree_take_nothing_of_the_file_in(sent, tmp_path):
    office, batch = sent
    (path,) = answer_all(batch["output"], tmp_path / "a", only="403-")
    book = openpyxl.load_workbook(path)
    book.active.append(["合计", "", "", "1.00"])
    book.save(path)
    before = recorded(office)
    alone = settle(office, batch, [path])
    assert (alone.code, alone.json["error"]["code"]) == (4, "answer-totals")
    assert recorded(office) == before
    # The good one beside it is taken in.
    good = rcu_answer(batch, tmp_path / "b")
    answer = settle(office, batch, [path, good])
    assert (answer.code, answer.json["error"]["code"]) == (4, "answer-totals")
    assert answer.json["error"]["file"] == path.name
    assert [one["name"] for one in answer.json["files"]] == [good.name]
    assert answer.json["lines"]["paid"] == len(good.read_bytes().splitlines())
    assert path.name in answer.err


def test_a_batch_that_has_not_gone_out_cannot_be_answered(tmp_path, roster):
    office = make_office(tmp_path / "office")
    prepared = relief(
        "--json", "--office", office, "prepare", "one-time", roster, "--cycle", "2022-08"
    ).json
    path = tmp_path / "answer.txt"
    path.write_bytes(b"1@|$")
    answer = settle(office, prepared, [path])
    assert (answer.code, answer.json["error"]["code"]) == (4, "not-sent")
    with past(office) as book, pytest.raises(REFUSED, match="did not go out"):
        book.execute(
            f"INSERT INTO returns VALUES (1, 1, 1, 'x', 'x', '{0:064}', 1, '', '', 'x', '')"  # noqa: S608
        )


def test_an_answer_to_another_batch_is_refused(sent, tmp_path):
    office, batch = sent
    more = tmp_path / "more.xlsx"
    write_table(more, people(10, 8), PERSON_COLUMNS, title="2022年8月低保人员花名册")
    other = done(office, [more])
    path = rcu_answer(batch, tmp_path / "a")
    settled(office, batch, [path])
    answer = settle(office, other, [path])
    assert (answer.code, answer.json["error"]["code"]) == (4, "answer-elsewhere")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"PK\x03\x04broken", "胡说\n".encode()])
def test_what_is_no_answer_is_one_clear_message(sent, tmp_path, content):
    office, batch = sent
    path = tmp_path / "answer.txt"
    path.write_bytes(content)
    before = recorded(office)
    answer = settle(office, batch, [path])
    assert answer.code == 2
    assert answer.json["error"]["file"] == "answer.txt"
    assert "Traceback" not in answer.err
    assert recorded(office) == before


def test_the_format_can_be_named(sent, tmp_path):
    office, batch = sent
    path = rcu_answer(batch, tmp_path / "a")
    assert settle(office, batch, [path], "--format", "ccb-txt").code == 2
    assert settle(office, batch, [path], "--format", "no-such").code == 2
    assert settled(office, batch, [path], "--format", "shanxi-rcu")["lines"]["paid"] > 0


def test_the_screen_in_both_languages(sent, tmp_path):
    office, batch = sent
    files = answer_all(batch["output"], tmp_path / "a", every(9))
    english = relief("--lang", "en", "--office", office, "settle", batch["batch"], *files)
    assert "the account belongs to another name" in english.out
    chinese = relief("--lang", "zh", "--office", office, "settle", batch["batch"], *files)
    assert "账号与户名不符" in chinese.out
    assert all(word not in chinese.out for word in ("Lines", "failed", "bank's"))


def test_an_answer_is_read_within_the_limits_of_the_office(sent, tmp_path):
    office, batch = sent[0], sent[1]
    settings = office / "relief.toml"
    text = settings.read_text("utf-8").replace("[limits]", "[limits]\nmemory_megabytes = 32")
    settings.write_text(text, "utf-8")
    answer = settle(office, batch, [write_lines(tmp_path / "a.csv", 400_000)])
    assert (answer.code, answer.json["error"]["code"]) == (2, "F006")


MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
"""Runs a command, and tells how much memory (KB) the largest of its processes took."""


def test_an_answer_of_36_megabytes_takes_less_than_500(sent, tmp_path):
    remark = ("什么也没有说" * 10 + "\n").encode()
    path = tmp_path / "a.csv"
    path.write_bytes(remark * (36_000_000 // len(remark)))
    office, batch = str(sent[0]), sent[1]["batch"]
    command = [*PROGRAM, "--json", "--office", office, "settle", batch, str(path)]
    # Started by a small process: a started one counts the memory of who started it as its own.
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        env=environment(),
        capture_output=True,
        check=False,
    )
    told, most = json.loads(ended.stdout), int(ended.stderr.split()[-1])
    assert (ended.returncode, told["error"]["code"]) == (2, "answer-titles")
    assert most < 500_000


def test_of_many_lines_that_fit_nothing_the_workbook_has_the_first(sent, tmp_path):
    answer = settle(sent[0], sent[1], [write_lines(tmp_path / "a.csv", 10_100)])
    assert answer.code == 1
    assert answer.json["lines"]["unmatched"] == 10_100
    book = openpyxl.load_workbook(Path(answer.json["report"]))
    *_, last, note = book["Lines kept aside"].iter_rows(values_only=True)
    assert last[1] == "10001"
    assert note[0].startswith("and 100 lines more")


def write_lines(path, count):
    """Write an answer whose lines are of other payments."""
    lines = (f"{n},张三,{6228480000000000000 + n},300.00,失败,账户不存在\n" for n in range(count))
    path.write_text("序号,收款人,账号,金额,结果,原因\n" + "".join(lines), "utf-8")
    return path
