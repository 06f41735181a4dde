"""A year of one county, as the program pays it and as an oracle counts it: equal to the fen."""

import openpyxl
import pytest
from golden.running import done, make_office, relief
from year.counting import SOURCES, replay
from year.world import (
    BASIC,
    CARE,
    COUNTY,
    INDEX,
    INSTITUTION,
    RAISED,
    SPLIT_CHANGED,
    STANDARD,
    Arrears,
    Pay,
    Repay,
    Stop,
    steps_of,
)

from relief_cli import office as offices
from relief_cli.ledger import Ledger
from sample_data.bank import PAID, answer_all

RECEIVED = 5_000_000
OF_TEKUN = ["起始年月", "停发年月", "供养方式", "供养机构", "机构开户行", "机构账号"]
KINDS = {"dibao": "农村低保", "tekun": "农村特困", "temporary": "临时救助"}
DAILY, MANY = range(1), range(1, 20)


def block(name, since, value, unit, place=""):
    where = f'place = "{place}"\n' if place else ""
    return (
        f'[[{name}]]\n{where}since = {since}\nvalue = {value}\nunit = "{unit}"\n'
        'reference = "县文件"\n'
    )


def standard(fen, since, name="dibao.standard-rural"):
    value = f'{{ fen = {fen}, per = "month" }}'
    return block(name, since, value, "fen per person", COUNTY)


def index(percent, month):
    return f'{{ percent = "{percent}", published = 2022-{month:02d}-14 }}'


POLICY = "".join([
    standard(STANDARD[False], "2022-01-01"),
    standard(BASIC, "2022-01-01", "tekun.standard-rural"),
    standard(CARE, "2022-01-01", "tekun.care-full"),
    block("local.split", "2022-01-01", "{ municipal = 1, county = 2 }", "weights"),
    block("local.split", f"2022-{SPLIT_CHANGED:02d}-01", "{ municipal = 1, county = 1 }",
          "weights"),
    block("price.shares", "2022-01-01", "{ province = 6, local = 4 }", "weights"),
    *(
        block(f"price.{name}", f"2022-{month - 1:02d}-01",
              index(percent if name == "food" else "2.0", month),
              "percent over the year before")
        for month, percent in INDEX.items()
        for name in ("cpi", "food")
    ),
])  # fmt: skip
RAISE = standard(STANDARD[True], f"2022-{RAISED:02d}-01")


def ask(office, *arguments):
    answer = relief("--json", "--office", office, *arguments)
    assert answer.code in (0, 1), answer.err
    return answer.json


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def roster(path, step):
    """Write a roster as a township does; the head's row has the household's amount."""
    book = openpyxl.Workbook()
    amount = {"tekun": "合计", "temporary": "救助金额"}.get(step.programme, "月保障金额")
    header = ["户主姓名", "户主身份证号", "姓名", "身份证号", "救助类别", amount, "开户行", "账号"]
    further = {"dibao": [], "temporary": ["救助原因"]}
    book.active.append(header + further.get(step.programme, OF_TEKUN))
    for home in step.homes:
        head = home.members[0].row
        for place, one in enumerate(home.members):
            row = one.row
            cells = [head["name"], head["person"], row["name"], row["person"],
                     KINDS[kind_of(step, one.number)],
                     "" if place or not home.fen else yuan(home.fen),
                     head["bank_name"], head["account_number"]]  # fmt: skip
            if step.programme not in further:
                cells += [f"2022-{month:02d}" if month else "" for month in (home.first, home.stop)]
                cells += ["集中", *INSTITUTION] if home.inside else ["分散", "", "", ""]
            if step.programme == "temporary":
                cells.append("患病")
            book.active.append(cells)
    book.save(path)
    return path


def kind_of(step, number):
    """Say what somebody is in a roster: on dibao or tekun, or neither."""
    return step.kinds.get(number, step.programme)


def pay(office, tmp_path, number, step):
    path = roster(tmp_path / f"{number}.xlsx", step)
    told = done(office, [path], programme=step.programme, cycle=step.cycle)
    assert told["rows"]["held"] == 0, told["findings"]
    answer(office, tmp_path / f"answers {number}", told, step.fails)
    if step.again:
        again = ask(office, "follow-up", told["batch"], "--same-accounts")
        ask(office, "export", again["batch"])
        told = {**again, "output": office / "out" / again["batch"]}
        answer(office, tmp_path / f"again {number}", told, frozenset())


def answer(office, folder, told, fails):
    files = answer_all(
        told["output"], folder, lambda one: ("失败", "RJ01") if one.line.account in fails else PAID
    )
    ask(office, "settle", told["batch"], *files)


@pytest.mark.parametrize(
    "seed", [*DAILY, *(pytest.param(seed, marks=pytest.mark.matrix) for seed in MANY)]
)
def test_everybody_and_every_source_has_what_the_oracle_says(seed, tmp_path):
    office = make_office(tmp_path / "office")
    (office / "policy" / "own.toml").write_text(POLICY, "utf-8")
    for source in SOURCES:
        ask(office, "receive", source, yuan(RECEIVED), "--document", "D", "--on", "2022-01-01")
    steps = steps_of(seed)
    for number, step in enumerate(steps):
        if isinstance(step, Stop):
            since = f"{2022 + step.person.died // 12}-{step.person.died % 12 + 1:02d}-01"
            ask(office, "stop", "add", step.person.number, "--reason", "死亡", "--since", since)
        elif isinstance(step, Arrears):
            (office / "policy" / "raise.toml").write_text(RAISE, "utf-8")
            made_up(office, tmp_path, number, step)
        elif isinstance(step, Pay):
            pay(office, tmp_path, number, step)
        elif isinstance(step, Repay):
            give_back(office, number, step, replay(steps[: number + 1]))
    books = replay(steps)
    for number in {one.number for one in books.given}:
        told = ask(office, "trace", number)
        arrived = sum(one["amount_fen"] for one in told["entitlements"] if one["outcome"] == "paid")
        assert arrived == books.of_person(number), number
    year = ask(office, "reconcile", "--year", "2022")["sources"]
    assert {source: year[source]["spent_fen"] for source in SOURCES} == books.spent()
    assert {source: year[source]["recovered_fen"] for source in SOURCES} == books.recovered()
    assert ask(office, "audit")["verified"]


def made_up(office, tmp_path, number, step):
    told = ask(office, "arrears", "dibao", "--from", f"2022-{step.first:02d}", "--to",
               f"2022-{step.last:02d}")  # fmt: skip
    if told["batch"]:
        ask(office, "export", told["batch"])
        out = {**told, "output": office / "out" / told["batch"]}
        answer(office, tmp_path / f"answers {number}", out, frozenset())


def give_back(office, number, step, after):
    """Ask back what was paid after deaths, and let a part of each sum come back."""
    ask(office, "recovery", "find", "--record")
    with Ledger.open(offices.load(office).ledger_place).reading() as book:
        known = [
            (one.person, one.amount_fen, one.recovery, one.repaid_fen)
            for person in {one.number for one in after.recoveries}
            for one in book.stops.recoveries(person)
        ]
    assert sorted((person, fen) for person, fen, *_ in known) == sorted(
        (one.number, one.fen) for one in after.recoveries
    )
    for person, fen, recovery, repaid in known:
        part = (fen - repaid) * step.thousandths // 1000
        if part:
            ask(office, "recovery", "repaid", recovery, yuan(part), "--document",
                f"{person[-4:]}-{number}", "--on", step.on)  # fmt: skip
