"""The return half of a bank format: where the bank's answer says what became of each payment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate

import pandas as pd

from relief_cli.banks import amounts, codes
from relief_cli.banks.results import Results, read_results
from relief_cli.banks.tables import Table
from relief_cli.i18n import N_

TEXT, TABLE, PAIN_002 = "text", "table", "pain.002"
"""Lines split by the template's own delimiter; a spreadsheet or CSV; ISO 20022."""
FIELDS = (
    "serial",
    "reference",
    "account_number",
    "payee_name",
    "amount",
    "result",
    "reason",
    "date",
)
_REQUIRED = ("account_number", "amount", "result")
_ENCODINGS = ("gbk", "gb18030", "utf-8")


@dataclass(frozen=True, kw_only=True)
class ReturnHalf:
    """How the bank's answer is read."""

    kind: str
    encoding: str = "utf-8"
    delimiter: str = ""
    amount_unit: str = "yuan"
    places: Mapping[str, int]
    """Field → its place in a line (from 0), where the bank gives no titles."""
    titles: Mapping[str, tuple[str, ...]]
    """Field → titles under which it stands, the preferred one first."""
    results: Results
    """The format's own; those of every format come after them."""
    meanings: Mapping[str, str] = field(default_factory=dict)
    """What the office says that words mean which are on no list: word → outcome."""
    passed_over: frozenset[str]
    """Lines that say nothing, such as a closing star."""

    def outcomes(self, results: pd.Series) -> pd.Series:
        """Give what each result means; missing where the template does not know it."""
        known = {text: self.meaning(text) for text in results.unique()}
        return results.map(known).astype("str")

    def own_words(self, results: pd.Series) -> dict[str, str]:
        """Give the words among ``results`` that the office alone knows, with what they mean."""
        return {
            word: self.meanings[word]
            for word in sorted(results.str.strip().unique())
            if word in self.meanings and replace(self, meanings={}).meaning(word) is None
        }

    def meaning(self, result: str) -> str | None:
        """Give what a result means, None where neither a list nor the office knows it."""
        text = result.strip().casefold()
        for pattern, outcome in (*self.results, *codes.results()):
            if re.fullmatch(translate(pattern.casefold()), text):
                return outcome
        return self.meanings.get(result.strip())


def answer_is_like(table: Table) -> bool:
    """Say whether the template's answer is described by another template."""
    return "like" in table.peek("return")


def load_answer(table: Table, halves: Mapping[str, "ReturnHalf"]) -> ReturnHalf | None:
    """Load the section ``[return]`` of a template; ``None`` where there is none.

    Args:
        table: the template; the section is taken from it.
        halves: those of templates that are loaded already, for ``like``.

    Raises:
        PolicyError: ``bank-template``.
    """
    if not table.peek("return"):
        return None
    like = answer_is_like(table)
    inner = table.table("return")
    half = halves[inner.among("like", tuple(halves))] if like else _half(inner)
    inner.close()
    return half


def _half(table: Table) -> ReturnHalf:
    kind = table.among("kind", (TEXT, TABLE, PAIN_002))
    if kind == PAIN_002:
        return ReturnHalf(kind=kind, places={}, titles={}, results=(), passed_over=frozenset())
    columns = table.table("columns")
    places, titles = _columns(columns)
    columns.close()
    for name in _REQUIRED:
        if name not in places and name not in titles:
            raise table.error("columns", N_("{key} must hold {place} exactly once"), place=name)
    if places and titles:
        raise table.error("columns", N_("{key} must be all places or all titles"))
    return ReturnHalf(
        kind=kind,
        encoding=table.among("encoding", _ENCODINGS, "gbk") if kind == TEXT else "utf-8",
        delimiter=table.take("delimiter", str) if kind == TEXT else "",
        amount_unit=table.among("amount_unit", amounts.UNITS),
        places=places,
        titles=titles,
        results=read_results(table),
        passed_over=frozenset(table.strings("passed_over")),
    )


def _columns(table: Table) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    places: dict[str, int] = {}
    titles: dict[str, tuple[str, ...]] = {}
    for name in FIELDS:
        if name not in table.keys():  # noqa: SIM118  # not a mapping
            continue
        if table.holds(name, int):
            places[name] = table.take(name, int) - 1
            if places[name] < 0:
                raise table.error(name, N_("{key} counts from 1"))
        else:
            titles[name] = tuple(table.words(name))
    return places, titles
