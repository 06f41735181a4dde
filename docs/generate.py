"""Makes ``rules.md`` from the catalogue of findings, and ``cases.md``; see ``make docs``."""

from collections.abc import Callable
from pathlib import Path

from babel.messages.pofile import read_po

import relief_cli
from docs import policy_cases
from relief_cli.checks.rules import RULES, Rule, Severity

HERE = Path(__file__).resolve().parent
PAGE = HERE / "rules.md"
# The source and not the compiled catalogue, which may be older.
_CATALOGUE = Path(relief_cli.__file__).parent / "locale" / "zh_CN" / "LC_MESSAGES" / "relief.po"

_INTRODUCTION = """\
# Findings · 问题代码

<!-- Made by `make docs` from relief_cli/checks/rules.py; do not edit. -->

Every problem that `relief check` and `relief run` can find, why it matters and how to put it
right. `relief explain CODE` shows the same. Codes are never used again for anything else.

`relief check`、`relief run` 可能发现的全部问题、原因和改正办法。
`relief explain 代码` 给出同样的说明。
代码一经使用，不再挪作他用。

| | |
| --- | --- |
| **error** 错误 | The row is held, the others are paid. 该行暂缓发放，其他行照常发放。 |
| **file refused** 拒收 | Nothing of the run is recorded; exit code 2. 整批不予受理，退出码 2。 |
| **warning** 警告 | The row is paid; look at it. 照常发放，但请核对。 |
| **notice** 提示 | The row needs nothing now. 该行目前无需处理。 |
"""

_GROUPS = {
    "F": "Files and sheets · 文件与工作表",
    "R1": "Persons · 人员",
    "R2": "Accounts · 账户",
    "R3": "Categories and amounts · 类别与金额",
    "R4": "Paid once · 不重复发放",
    "R5": "Stopped, and on lists · 停发与名单比对",
}
_SEVERITIES = {
    Severity.ERROR: "error · 错误",
    Severity.WARNING: "warning · 警告",
    Severity.NOTICE: "notice · 提示",
}


def rules_page() -> str:
    """Give the page as Markdown, every rule in English and in Chinese."""
    say = chinese()
    parts = [_INTRODUCTION]
    for start, title in _GROUPS.items():
        parts.append(f"\n## {title}\n")
        parts += [_section(rule, say) for rule in RULES.values() if rule.code.startswith(start)]
    return "".join(parts)


def chinese() -> Callable[[str], str]:
    """Give the translation of messages, from the source of the catalogue."""
    with _CATALOGUE.open("rb") as file:
        messages = {str(one.id): str(one.string) for one in read_po(file) if not one.fuzzy}
    # A message that is not translated yet stands in English, as it does on the screen.
    return lambda message: messages.get(message) or message


def _section(rule: Rule, say: Callable[[str], str]) -> str:
    severity = "file refused · 拒收" if rule.refuses_file else _SEVERITIES[rule.severity]
    rows = (
        ("Why · 说明", rule.why),
        ("What to do · 如何改正", rule.remedy),
    )
    lines = [
        f"\n### {rule.code} {rule.title} · {say(rule.title)}\n",
        f"*{severity}*\n",
        "| | English | 中文 |",
        "| --- | --- | --- |",
        *(f"| {label} | {_cell(text)} | {_cell(say(text))} |" for label, text in rows),
        f"\nWrong · 错误: {_code(rule.bad)}\u3000Right · 正确: {_code(rule.good)}",
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{text}`" if text else "(empty · 空)"


if __name__ == "__main__":
    PAGE.write_text(rules_page(), encoding="utf-8")
    policy_cases.PAGE.write_text(policy_cases.cases_page(chinese()), encoding="utf-8")
