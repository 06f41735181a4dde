"""``relief status``: the same figures as the reconciliation, and commands that can be typed."""

import shlex

import pytest
from golden.books import Books
from golden.running import make_office, relief
from payouts.standings import Desk
from payouts.test_falling_due import set_calendar

from sample_data.bank import PAID, answer_all, correct
from sample_data.generate import PERSON_COLUMNS, people, write_table

FAILED = ("失败", "RJ01 账号不存在")


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "花名册.xlsx"
    write_table(path, people(40, 7), PERSON_COLUMNS, title="花名册")
    return path


def status(office, *options):
    answer = relief("--json", "--office", office, "status", *options)
    assert answer.code == 0, answer.err
    assert not answer.err
    return answer.json


def states(told):
    return {(one["programme"], one["cycle"]): (one["state"], one["late"]) for one in told["cycles"]}


def test_a_new_office_is_told_how_to_begin(office):
    told = status(office, "--on", "2022-08-05")
    assert set(told) == {"on", "year", "cycles", "waiting", "open_failures", "failures", "sources",
                         "contradicted", "paid_twice", "next", "commands"}  # fmt: skip
    assert told["year"] == 2022
    # From the present cycle on.
    assert list(states(told)) == [
        ("dibao", "2022-08"), ("one-time", "2022-08"), ("dibao", "2022-09"),
        ("dibao", "2022-10"), ("tekun", "2022Q4"), ("dibao", "2022-11"), ("dibao", "2022-12"),
    ]  # fmt: skip
    assert set(states(told).values()) == {("nothing", False)}
    assert told["next"] == "relief run dibao ROSTER… --cycle 2022-08"
    assert (told["open_failures"], told["failures"], told["sources"]) == (0, [], {})


def test_years(office):
    Desk(office).export("dibao", "2021-12")
    assert list(states(status(office, "--on", "2022-02-20", "--year", "2021"))) == [
        ("dibao", "2021-12")
    ]
    told = states(status(office, "--on", "2023-01-02", "--year", "2024"))
    assert [one for one in told if one[0] == "dibao"] == [
        ("dibao", f"2024-{month:02d}") for month in range(1, 13)
    ]
    assert [one[1] for one in told if one[0] == "tekun"] == [f"2024Q{n}" for n in (1, 2, 3, 4)]
    # What is late of the year before stands on the page of this one.
    told = states(status(office, "--on", "2023-01-02"))
    assert list(told)[:3] == [("dibao", "2022-01"), ("tekun", "2022Q1"), ("dibao", "2022-02")]
    assert ("one-time", "2022-08") in told
    assert told["dibao", "2022-12"] == ("nothing", True)
    assert told["dibao", "2023-01"] == ("nothing", False)
    assert ("dibao", "2021-12") not in told


@pytest.mark.parametrize("year", ["22", "2022年", "２０２２", "0999", "", "all"])
def test_no_year_is_bad_usage(office, year):
    answer = relief("--json", "--office", office, "status", "--year", year)
    assert (answer.code, answer.json["error"]["code"]) == (2, "year-malformed")


def test_the_balances_are_those_of_the_reconciliation(office, roster, tmp_path):
    """After each step of a batch's life: the one reads sums, the other every entitlement."""

    def check():
        told = status(office)["sources"]
        reconciled = relief("--json", "--office", office, "reconcile")
        assert told == reconciled.json["sources"]
        return told

    def command(*arguments):
        answer = relief("--json", "--office", office, *arguments)
        assert answer.code in (0, 1), answer.err
        return answer.json

    assert check() == {}
    command("receive", "province", "10000", "--document", "1")
    assert check()["province"]["balance_fen"] == 1_000_000
    batch = command("prepare", "one-time", roster, "--cycle", "2022-08")["batch"]
    assert check()["province"]["sent_fen"] == 0
    output = command("export", batch)["output"]
    assert check()["province"]["in_transit_fen"] > 0
    some = answer_all(output, tmp_path / "a", lambda one: PAID if one.payment % 2 else None)
    command("settle", batch, *some)
    assert check()["province"]["paid_fen"] > 0
    rest = answer_all(output, tmp_path / "b", lambda one: FAILED if one.payment % 6 == 0 else PAID)
    command("settle", batch, *rest)
    assert check()["province"]["returned_fen"] > 0
    again = command("follow-up", batch, "--same-accounts")
    assert check()["province"]["returned_fen"] == 0
    command("settle", again["batch"], *answer_all(again["output"], tmp_path / "c"))
    assert check()["province"]["in_transit_fen"] == 0
    back = answer_all(
        output, tmp_path / "d", lambda one: ("失败", "RJ09 退票") if one.payment == 1 else None,
        only=Books(output).payments[1]["file"].rsplit("/", 1)[1],
    )  # fmt: skip
    command("settle", batch, *back)
    assert check()["province"]["returned_fen"] > 0


@pytest.fixture
def words_file(tmp_path, monkeypatch):
    """Give the option with everybody's passphrase."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RELIEF_OPERATOR", "王芳")
    words = tmp_path / "words"
    words.write_text("four words of mine\n", "utf-8")
    monkeypatch.setenv("RELIEF_PASSPHRASE_FILE", str(words))
    return "--passphrase-file", words


@pytest.fixture
def by_two(words_file):
    """Give the options by which the first two sign for somebody."""
    file = words_file[1]
    return (
        "--by",
        "王芳",
        "--by",
        "赵强",
        "--by-passphrase-file",
        file,
        "--by-passphrase-file",
        file,
    )


@pytest.fixture
def careful(office, words_file):
    """Give an office where 复核 must approve, and nobody is 复核 yet."""
    set_calendar(office, 'programmes = ["one-time"]\n')
    settings = (office / "relief.toml").read_text("utf-8")
    settings = settings.replace("approvals = 0", "approvals = 1")
    (office / "relief.toml").write_text(settings.replace("roles = []", 'roles = ["复核"]'), "utf-8")
    for name, role in (("王芳", "制表"), ("赵强", "审批")):
        answer = relief("--office", office, "operator", "add", name, "--role", role, *words_file)
        assert answer.code == 0, answer.err
    return office


def type_next(office, expected, *more, **given):
    """Type what comes next, with what the clerk alone knows; give the answer."""
    words = shlex.split(status(office, "--on", "2022-08-22")["next"])
    assert words == ["relief", *expected]
    typed = [part for word in words[1:] for part in given.get(word, [word])]
    done = relief("--json", "--office", office, *typed, *more)
    assert done.code in (0, 1, 3), done.err
    return done.json


def stands(office):
    """Give where the subsidy of 2022 stands, and whether it is late."""
    return states(status(office, "--on", "2022-08-22"))["one-time", "2022-08"]


def test_whoever_types_what_it_says_comes_to_the_end(careful, roster, tmp_path, by_two, words_file):
    """From the roster to a closed batch, with a second pair of eyes and a failure, by `next`."""
    office, approved = careful, ("--as", "李华")
    pay = ["one-time", "ROSTER…", "--cycle", "2022-08"]
    made = type_next(office, ["run", *pay], **{"ROSTER…": [roster]})["batch"]
    assert stands(office) == ("prepared", True)
    (waiting,) = status(office)["waiting"]
    assert (waiting["batch"], waiting["roles_missing"]) == (made, ["复核"])

    # Neither she who prepared it nor he who is of another role may approve it.
    new = *words_file, *by_two
    type_next(office, ["operator", "add", "NAME", "--role", "复核"], *new, NAME=["李华"])
    # Nor who was added after it was prepared.
    type_next(office, ["reject", made, "--reason", "WHY"], WHY=["x"])
    made = relief("--json", "--office", office, "prepare", *pay[:1], roster, *pay[2:]).json["batch"]
    type_next(office, ["approve", made, *approved], *words_file)
    assert stands(office) == ("approved", True)
    sent = type_next(office, ["export", made])
    assert stands(office) == ("exported", False)
    assert status(office, "--on", "2022-08-22")["cycles"][0]["went_out_late"] is True

    answers = answer_all(
        sent["output"], tmp_path / "a", lambda one: FAILED if one.payment == 1 else PAID
    )
    type_next(office, ["settle", made, "FILE…"], **{"FILE…": answers})
    told = status(office, "--on", "2099-01-01")
    assert (told["open_failures"], told["failures"][0]["batch"]) == (1, made)
    assert told["failures"][0]["days"] > 26000

    _pay_again(office, made, tmp_path, words_file)
    assert stands(office) == ("closed", False)
    told = status(office, "--on", "2022-08-22")
    assert (told["next"], told["commands"], told["open_failures"]) == (None, [], 0)


def _pay_again(office, made, tmp_path, words_file):
    file = office / "out" / "returns" / f"{made}.xlsx"
    correct(file, tmp_path / "right.xlsx")
    again = type_next(
        office, ["follow-up", made, str(file)],
        **{str(file): [tmp_path / "right.xlsx"]},
    )["batch"]  # fmt: skip
    type_next(office, ["approve", again, "--as", "李华"], *words_file)
    sent = type_next(office, ["export", again])
    answers = answer_all(sent["output"], tmp_path / "b")
    settled = type_next(office, ["settle", again, "FILE…"], **{"FILE…": answers})
    assert settled["state"] == "settled"
    assert type_next(office, ["reconcile"])["closed"] == [made, again]


def test_what_is_waited_for_is_what_the_batch_itself_says(careful, roster, words_file, by_two):
    """Two signatures by rule of the amount, one of each role; a revoked operator is not named."""
    office, settings = careful, careful / "relief.toml"
    text = settings.read_text("utf-8").replace('second_above = ""', 'second_above = "1.00"')
    settings.write_text(text.replace('roles = ["复核"]', 'roles = ["复核", "审批"]'), "utf-8")
    for name, role in (("李华", "复核"), ("孙丽", "复核"), ("刘洋", "复核")):
        relief("--office", office, "operator", "add", name, "--role", role, *words_file, *by_two)
    relief("--office", office, "operator", "revoke", "李华", "--reason", "调离", *by_two)
    made = relief(
        "--json", "--office", office, "run", "one-time", roster, "--cycle", "2022-08"
    ).json

    def waits():
        told = status(office, "--on", "2022-08-22")
        return told["next"], [
            (one["batch"], one["approvals_missing"], one["roles_missing"])
            for one in told["waiting"]
        ]

    batch = made["batch"]
    assert made["approvals_missing"] == 2
    # Any role of the two will do first: 赵强 is the first of those who may.
    assert waits() == (f"relief approve {batch} --as 赵强", [(batch, 2, ["复核", "审批"])])
    approved = relief("--json", "--office", office, "approve", batch, "--as", "赵强", *words_file)
    assert approved.json["approvals_missing"] == 1
    assert waits() == (f"relief approve {batch} --as 孙丽", [(batch, 1, ["复核"])])
    approved = relief("--json", "--office", office, "approve", batch, "--as", "孙丽", *words_file)
    assert approved.json["approvals_missing"] == 0
    assert waits() == (f"relief export {batch}", [])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_clerk_sees(office, language):
    desk = Desk(office)
    name = desk.export("dibao", "2022-06")
    desk.answer(name, "failed", "paid")
    waiting = desk.prepare("dibao", "2022-07", approvals=1)
    shown = relief("--lang", language, "--office", office, "status", "--on", "2022-07-20")
    assert (shown.code, shown.err) == (0, "")
    for text in {
        "en": ["went out late", "waits for approval", "12 days late", "21 days left", "province",
               f"Next: relief --office {office} operator add NAME", "anybody else"],
        "zh": ["逾期发出", "待审批", "逾期 12 天", "剩余 21 天", "省级",
               f"下一步：relief --office {office} operator add NAME", "制表人以外的任何人"],
    }[language]:  # fmt: skip
        assert text in shown.out, shown.out
    assert waiting in shown.out


def test_where_nothing_is_to_be_done(office):
    set_calendar(office, "since = 2090-01-01\n")
    shown = relief("--lang", "en", "--office", office, "status", "--on", "2022-08-20")
    assert "No deadline and no batch in 2022." in shown.out
    assert "Nothing waits." in shown.out
    assert status(office, "--on", "2022-08-20")["next"] is None


def test_the_office_need_not_be_named_where_one_is_in_it(office, monkeypatch):
    monkeypatch.chdir(office)
    monkeypatch.delenv("RELIEF_OFFICE", raising=False)
    shown = relief("--lang", "en", "status", "--on", "2022-08-20")
    assert "Next: relief run dibao" in shown.out
