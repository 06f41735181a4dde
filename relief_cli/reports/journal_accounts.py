"""The accounts of the journal, and how the money is split among them.

Accounts are named by codes (``Assets:Treasury:Province``), which every program for plain-text
accounts takes; words stand beside. The source comes first below each head: what a head holds for a
source is then one figure of the reconciliation, and can be asserted.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from relief_cli.i18n import N_
from relief_cli.ledger.positions import FATES, PAID, RETURNED, TRANSIT
from relief_cli.money import apportion
from relief_cli.reports.source_figures import fates_by_source
from relief_cli.reports.words import PROGRAMMES, SOURCES, Wording, word

TREASURY, IN_TRANSIT, BACK = "Assets:Treasury", "Assets:InTransit", "Assets:Returned"
APPROPRIATIONS, ASSISTANCE = "Income:Appropriations", "Expenses:Assistance"
OWED_BACK = "Assets:Receivable:Recoveries"
RECOVERIES = "Income:Recoveries"

_WORDS = {
    TREASURY: N_("Balance"),
    IN_TRANSIT: N_("In transit"),
    BACK: N_("To be paid again"),
    APPROPRIATIONS: N_("Appropriations"),
    ASSISTANCE: N_("Paid"),
    OWED_BACK: N_("Owed back"),
    RECOVERIES: N_("Recoveries"),
}
_HEADS = {PAID: ASSISTANCE, RETURNED: BACK, TRANSIT: IN_TRANSIT}
_NONE: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """An account: its head, and codes of ours below it."""

    head: str
    codes: tuple[str, ...] = ()
    """Source, then batch (:data:`IN_TRANSIT`) or programme and category (:data:`ASSISTANCE`)."""

    @property
    def name(self) -> str:
        """Its name; each part begins with a capital and holds Latin letters, digits and ``-``.

        >>> Account(ASSISTANCE, ("county", "dibao", "rural_dibao")).name
        'Expenses:Assistance:County:Dibao:Rural-dibao'
        """
        parts = (code[:1].upper() + code[1:].replace("_", "-") for code in self.codes)
        return ":".join((self.head, *parts))

    def title(self, wording: Wording) -> str:
        """Give its name in words."""
        known = {**SOURCES, **PROGRAMMES, **wording.categories}
        words = [word(known, code, wording.say) for code in self.codes]
        return " / ".join((wording.say(_WORDS[self.head]), *words))


class Place:
    """The money of one county and category in one batch that pays for the first time.

    Args:
        sources: who pays.
        shares_fen: each source's share.
    """

    def __init__(self, sources: Sequence[str], shares_fen: Sequence[int]) -> None:
        self._sources = sources
        self._shares = shares_fen
        # Of the batch or the category: what they sum to is split first, and then each of them.
        self._amounts: dict[str, dict[tuple[str, ...], int]] = {
            fate: defaultdict(int) for fate in FATES
        }

    def move(
        self,
        amount_fen: int,
        before: tuple[str, tuple[str, ...]],
        after: tuple[str, tuple[str, ...]],
    ) -> None:
        """Move an amount from one fate to another, each with the codes below its source."""
        for (fate, codes), fen in ((before, -amount_fen), (after, amount_fen)):
            self._amounts[fate][codes] += fen

    def split(self) -> dict[Account, int]:
        """Give what each account holds of it, to the fen as the reconciliation splits it."""
        *fates, _ = FATES
        known = [sum(self._amounts[fate].values()) for fate in fates]
        *rows, unsent = fates_by_source(known, self._shares)
        found = {
            Account(TREASURY, (source,)): left - share
            for source, left, share in zip(self._sources, unsent, self._shares, strict=True)
        }
        for fate, row in zip(fates, rows, strict=True):
            parts = sorted(self._amounts[fate].items()) or [(_NONE, 0)]
            split = apportion([fen for _, fen in parts], row)
            found |= {
                Account(_HEADS[fate], (source, *codes)): fen
                for (codes, _), amounts in zip(parts, split, strict=True)
                for source, fen in zip(self._sources, amounts, strict=True)
            }
        return found


def held(fate: str, batch: str, programme: str, category: str) -> tuple[str, tuple[str, ...]]:
    """Give a fate with the codes below its source, as :meth:`Place.move` takes them."""
    return fate, {PAID: (programme, category), TRANSIT: (batch,)}.get(fate, _NONE)
