"""What is told of payments that failed and, by a later word of the bank, were paid."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relief_cli.cli.person_answers import PersonAnswers
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.ledger.later_answers import Doubt

_MOST = 20
"""Payments that are shown on the screen; all of them are in the books."""


class DoubtAnswers(PersonAnswers):
    """A screen that knows of a bank's two answers."""

    def contradicted(self, doubts: "Sequence[Doubt]") -> None:
        """Tell which payments the bank has to confirm, why it matters, and what to ask it."""
        if not doubts:
            return
        self.tell(
            N_("{count} payments failed first, and the bank later said that they were paid:"),
            count=len(doubts),
        )
        self._in_doubt(doubts)
        self.tell(
            N_(
                "They are open: relief follow-up pays none of them again, for the people could be"
                " paid twice."
            )
        )
        self.tell(
            N_(
                "Ask the bank for the date and serial number of each credit, the account, the"
                " amount, and whether the money came back."
            )
        )
        self.tell(
            N_(
                "Then take in what it confirms, paid or failed: relief settle {batch} FILE"
                " --confirmed 'number and date of its letter'"
            ),
            batch=doubts[0].batch,
        )
        for name in dict.fromkeys(
            one.again_batch for one in doubts if one.again_batch and not one.again_sent
        ):
            self.tell(
                N_(
                    "{batch} would pay some of them again; it is not exported. Make it again"
                    " without them: relief withhold {batch}, or reject it: relief reject {batch}"
                    " --reason …"
                ),
                batch=name,
            )

    def paid_twice(self, doubts: "Sequence[Doubt]") -> None:
        """Tell which payments may have arrived twice, and how to ask the money back."""
        from relief_cli.money import format_yuan

        if not doubts:
            return
        self.tell(
            N_("{amount} yuan may be paid twice: {count} payments went out again."),
            amount=format_yuan(sum(one.amount_fen for one in doubts)),
            count=len(doubts),
        )
        self._in_doubt(doubts)
        self.tell(
            N_(
                "Where both arrived, ask the money back and keep it in the books: relief recovery"
                " add PERSON AMOUNT --reason …"
            )
        )

    def _in_doubt(self, doubts: "Sequence[Doubt]") -> None:
        from relief_cli.money import format_yuan
        from relief_cli.reports.words import reference

        table = self.table(
            N_("payment"), N_("amount (yuan)"), N_("file"), N_("line"), N_("paid again by")
        )
        for one in doubts[:_MOST]:
            again = reference(one.again_batch, one.again_payment) if one.again_batch else "–"
            amount = format_yuan(one.amount_fen)
            table.add_row(reference(one.batch, one.payment), amount, one.file, one.place, again)
        self.show(table)
        if len(doubts) > _MOST:
            self.tell(N_("And {count} more, see --json."), count=len(doubts) - _MOST)
