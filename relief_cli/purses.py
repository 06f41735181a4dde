"""Purses: a source's money for one function code, what is in them and what comes out of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

Purse = tuple[str, str]
"""Source and function code; money without a code (the empty one) is for any."""


@dataclass(frozen=True)
class Money:
    """What sources have given, and what is due by them, in fen."""

    given: Mapping[Purse, int] = field(default_factory=dict)
    """Received, and paid back by people."""
    due: Mapping[Purse, int] = field(default_factory=dict)

    def left(self, source: str, code: str) -> int:
        """Give what is left of a source's money for one code, or for any where it is empty."""
        purse = source, code
        return max(self.given.get(purse, 0) - self._charged.get(purse, 0), 0)

    def lacking(self, source: str) -> int:
        """Give what is due by a source and covered by none of its money."""
        return sum(
            fen - min(fen, max(self.given.get(purse, 0), 0))
            for purse, fen in self._charged.items()
            if purse[0] == source
        )

    @cached_property
    def _charged(self) -> dict[Purse, int]:
        return charge(self.given, self.due)

    def with_due(self, more: Iterable[tuple[str, str, int]]) -> "Money":
        """Give the same with more due: source, code, fen."""
        due = defaultdict(int, self.due)
        for source, code, fen in more:
            due[source, code] += fen
        return Money(self.given, due)


def charge(given: Mapping[Purse, int], spent: Mapping[Purse, int]) -> dict[Purse, int]:
    """Give what comes out of each purse.

    What is for a code comes out of the purse of that code, then out of the source's purse for any;
    what no money covers stays with its own code.

    Args:
        given: what each purse holds.
        spent: what was paid by source and code.

    >>> charge({("province", "a"): 5, ("province", ""): 4}, {("province", "a"): 7})
    {('province', 'a'): 5, ('province', ''): 2}
    >>> charge({("province", ""): 1}, {("province", "a"): 3, ("county", "a"): 2})
    {('county', 'a'): 2, ('province', 'a'): 2, ('province', ''): 1}
    """
    charged: dict[Purse, int] = {}
    for source in sorted({source for source, _ in (*given, *spent)}):
        for_any = max(given.get((source, ""), 0), 0)
        beyond: dict[Purse, int] = {}
        for purse, fen in sorted(spent.items()):
            if purse[0] != source:
                continue
            own = min(fen, max(given.get(purse, 0), 0)) if purse[1] else 0
            charged[purse] = own
            beyond[purse] = fen - own
        covered = min(for_any, sum(beyond.values()))
        charged[source, ""] = covered
        for purse, fen in beyond.items():
            uncovered = max(fen - covered, 0)
            covered = max(covered - fen, 0)
            charged[purse] = charged.get(purse, 0) + uncovered
    return {purse: fen for purse, fen in charged.items() if fen}
