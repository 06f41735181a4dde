"""The policy cases: amounts worked out by hand, for a finance officer to read, check and sign.

They stand in ``docs/cases/*.toml``; ``make docs`` prints them into ``docs/cases.md``, and
``tests/policy/test_policy_cases.py`` runs each through the real program.
"""

import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relief_cli.calendar import Cycle
from relief_cli.checks.rules import RULES
from relief_cli.i18n import Translate
from relief_cli.money import format_yuan, parse_yuan, uppercase
from relief_cli.policy import Parameter, Policy, load
from relief_cli.policy.values import PERIODS, Standard

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "cases"
PAGE = HERE / "cases.md"
NAME, BORN = "姓名", "出生日期"
SOURCES = {
    "中央": "central",
    "省级": "province",
    "市级": "municipal",
    "县级": "county",
    "商务部门": "commerce",
}

_STATUSES = {"confirmed": "已核实", "to be confirmed": "待核实", "office": "本单位"}
_TEXTS = ("zh", "en", "programme", "cycle", "county")
_PERIOD_WORDS = {"month": "月", "quarter": "季度", "year": "年"}
_INTRODUCTION = """\
# Policy cases · 政策算例

<!-- Made by `make docs` from docs/cases/*.toml; do not edit. -->

每个算例由人工计算，并由程序逐一运行核对：花名册经 `relief run` 发放，与应发金额一分不差，
测试才通过。请财务人员核对依据和计算过程后签字；本单位的标准、比例与此不同的，在本单位的
`policy/` 文件夹中写明。示例中的姓名是编造的。

Each case was worked out by hand, and is run through the program by a test: the roster is paid with
`relief run`, and every amount must be met to the fen. A finance officer checks basis and working,
and signs.
"""


@dataclass(frozen=True, kw_only=True)
class Roster:
    """A roster that is paid for a cycle of a programme."""

    programme: str
    cycle: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One roster, what the policy says of it, and what everybody must get."""

    zh: str
    en: str
    programme: str
    cycle: str
    county: str
    values: Sequence[str]
    """Parameters that the working uses."""
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    working: Sequence[str]
    paid: Mapping[str, str]
    """Name → yuan."""
    paid_as: Mapping[str, str]
    """Name → category, where it is asked which row counts."""
    not_paid: Mapping[str, str]
    """Name → code of the finding that holds the person's row, or passes it over."""
    shares: Mapping[str, str]
    """Source → yuan."""
    policies: Sequence[str]
    """The office's own policy files, as TOML."""
    repeated: Mapping[str, str]
    """Name → code of the finding of a second row of somebody who is paid."""
    before: "Sequence[Roster]"
    """Rosters that were paid before."""
    arrears: tuple[str, str] | None
    """First and last cycle of arrears: the roster is paid in each, what is asked is the rest."""
    pay_on: str
    """The working day that bank files carry, where it is asked."""

    def rosters(self) -> list[Roster]:
        """Give what is paid, in order; the last is the one that is asked about."""
        own = [
            Roster(programme=self.programme, cycle=cycle, header=self.header, rows=self.rows)
            for cycle in self._cycles()
        ]
        return [*self.before, *own]

    def _cycles(self) -> list[str]:
        if self.arrears is None:
            return [self.cycle]
        first, last = map(Cycle.parse, self.arrears)
        return [one.text for one in first.to(last)]

    @property
    def total_fen(self) -> int:
        """What is paid in all."""
        return sum(map(parse_yuan, self.paid.values()))

    def policy(self) -> Policy:
        """Give the policy that comes with the program, with the case's own laid over it."""
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder, f"{number}.toml") for number in range(len(self.policies))]
            for path, text in zip(paths, self.policies, strict=True):
                path.write_text(text, "utf-8")
            return load(paths)

    def parameters(self) -> list[Parameter]:
        """Give what holds of :attr:`values`, as the programme looks it up.

        The first day of the cycle decides; for the one in which a notice was given, its last day.
        """
        policy, cycle = self.policy(), Cycle.parse(self.cycle)
        return [
            policy.find(name, cycle.first_on, self.county)
            or policy.at(name, cycle.last_on, self.county)
            for name in self.values
        ]


@dataclass(frozen=True, kw_only=True)
class Cases:
    """The cases of one file."""

    file: str
    zh: str
    en: str
    cases: Sequence[Case]


def all_cases() -> list[Cases]:
    """Read every file, in the order of their names.

    Raises:
        ValueError: a key is missing or not known, or a row has not the header's length.
    """
    return [_read(path) for path in sorted(FOLDER.glob("*.toml"))]


def _read(path: Path) -> Cases:
    table = tomllib.loads(path.read_text("utf-8"))
    own = table.pop("policy", "")
    cases = [_case(path.name, given, own) for given in table.pop("case")]
    return Cases(file=path.name, cases=cases, **table)


def _case(file: str, given: dict[str, Any], shared: str) -> Case:
    policies = [text for text in (shared, given.pop("policy", "")) if text]
    lists = {key: given.pop(key) for key in ("values", "header", "rows", "working")}
    named = ("paid", "paid_as", "not_paid", "repeated", "shares")
    tables = {key: given.pop(key, {}) for key in named}
    before = [Roster(**one) for one in given.pop("before", [])]
    span = given.pop("arrears", None)
    pay_on = given.pop("pay_on", "")
    if given.keys() != set(_TEXTS):
        message = f"{file}: {given.get('zh')}: {sorted(given.keys() ^ set(_TEXTS))}"
        raise ValueError(message)
    if any(len(row) != len(lists["header"]) for row in lists["rows"]):
        message = f"{file}: {given['zh']}: rows as long as the header are wanted"
        raise ValueError(message)
    return Case(
        policies=policies,
        before=before,
        arrears=(span[0], span[1]) if span else None,
        pay_on=pay_on,
        **given,
        **lists,
        **tables,
    )


def cases_page(chinese: Translate) -> str:
    """Give all cases as one page to be printed and signed.

    Args:
        chinese: translates the titles of findings.
    """
    parts = [_INTRODUCTION]
    for file in all_cases():
        parts.append(f"\n## {file.zh} · {file.en}\n")
        for number, case in enumerate(file.cases, start=1):
            parts.append("\n".join(_section(number, case, chinese)) + "\n")
    return "".join(parts)


def _section(number: int, case: Case, chinese: Translate) -> Iterator[str]:
    yield f"\n### {number}. {case.zh} · {case.en}\n"
    yield f"`{case.programme}`　所属期 {case.cycle}　{case.county}\n"
    yield from _table(
        ("参数", "有效的值", "起始日", "依据", "核实"),
        [
            (
                f"`{one.name}`",
                shown(one),
                one.since.isoformat(),
                one.reference,
                _STATUSES[one.status],
            )
            for one in case.parameters()
        ],
    )
    for earlier in case.before:
        yield f"此前 `{earlier.programme}` {earlier.cycle} 已发：\n"
        yield from _table(earlier.header, earlier.rows)
    spanned = f"（{case.arrears[0]} 至 {case.arrears[1]} 每期按此发放）" if case.arrears else ""
    yield f"花名册{spanned}：\n"
    yield from _table(case.header, case.rows)
    yield "计算：\n"
    yield from (f"- {line}" for line in case.working)
    day = f"（{case.pay_on} 前）" if case.pay_on else ""
    yield f"\n应{'补' if case.arrears else ''}发{day}：\n"
    held = [
        (name, "不发", f"{code} {chinese(RULES[code].title)}")
        for name, code in case.not_paid.items()
    ] + [
        (name, "另一行不发", f"{code} {chinese(RULES[code].title)}")
        for name, code in case.repeated.items()
    ]
    due = [
        (name, format_yuan(parse_yuan(yuan)), case.paid_as.get(name, ""))
        for name, yuan in case.paid.items()
    ]
    yield from _table((NAME, "金额（元）", "说明"), [*due, *held])
    shares = "，".join(
        f"{source} {format_yuan(parse_yuan(yuan))}" for source, yuan in case.shares.items()
    )
    total = f"{format_yuan(case.total_fen)} 元（{uppercase(case.total_fen)}）"
    yield f"合计 {total}；其中 {shares}。\n"
    yield "制表：＿＿＿＿＿＿　　复核：＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def shown(parameter: Parameter) -> str:
    """Give a parameter's value in yuan where it is an amount."""
    value = parameter.value
    if isinstance(value, Standard):
        period = next(word for word, months in PERIODS.items() if months == value.months)
        return f"{format_yuan(value.fen)} 元/{_PERIOD_WORDS[period]}"
    if isinstance(value, int) and parameter.unit == "fen per person":
        return f"{format_yuan(value)} 元/人"
    return parameter.value_text
