"""What the commands after the export answer: what the bank said, what is paid again."""

from typing import TYPE_CHECKING

from relief_cli.cli.doubt_answers import DoubtAnswers
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.payouts import SettleOutcome

STATES = {
    "prepared": N_("prepared"),
    "approved": N_("approved"),
    "rejected": N_("rejected"),
    "exported": N_("exported"),
    "settled": N_("settled"),
    "closed": N_("closed"),
}
"""The states of a batch."""
_MOST_LINES = 20
"""Lines kept aside that are shown on the screen; the workbook has more."""


class SettlementAnswers(DoubtAnswers):
    """A screen that knows what became of payments."""

    def settled(self, outcome: "SettleOutcome") -> None:
        """Show what an answer said, and where the batch stands now."""
        self.say_errors(outcome.refused)
        if self.json:
            refused = self.errors_object(outcome.refused) if outcome.refused else {}
            self.answer({**outcome.as_json(), **refused})
            return
        state = self.say(STATES[outcome.state])
        self.tell(N_("Batch {batch}: {state}"), batch=outcome.batch, state=state)
        for file, before in outcome.taken:
            if before:
                self.tell(N_("{file} was taken in before; it has no effect."), file=file.name)
        self._lines(outcome)
        self._standing(outcome)
        self._failures(outcome)
        self._aside(outcome)
        self._unknown(outcome)
        self.contradicted(outcome.contradicted)
        self.paid_twice(outcome.twice)
        if outcome.report:
            self.tell(N_("Failures and lines kept aside: {path}"), path=outcome.report)
        if outcome.failures:
            self.tell(
                N_("Next, with the accounts put right in it: relief follow-up {batch} {path}"),
                batch=outcome.batch,
                path=outcome.report,
            )

    def _lines(self, outcome: "SettleOutcome") -> None:
        lines = outcome.as_json()["lines"]
        self.tell(
            N_(
                "Lines: {read} read = {paid} paid + {failed} failed + {open} still open"
                " + {repeated} told before + {unmatched} that fit nothing + {refused} refused"
            ),
            **lines,
        )
        if outcome.verdicts["reversed"]:
            self.tell(
                N_("{count} payments came back after they had been paid (reversals)."),
                count=outcome.verdicts["reversed"],
            )

    def _standing(self, outcome: "SettleOutcome") -> None:
        from relief_cli.money import format_yuan

        table = self.table(N_("paid"), N_("failed"), N_("still open"), numbers=True)
        table.add_row(*(format_yuan(outcome.fen[which]) for which in ("paid", "failed", "open")))
        self.show(table)

    def _unknown(self, outcome: "SettleOutcome") -> None:
        if not outcome.unknown:
            return
        self.tell(
            N_("{count} lines have a result that is not known, or that its reason denies."),
            count=sum(one.lines for one in outcome.unknown),
        )
        self.tell(N_("They count as open: nothing of them is paid again, nor held for paid."))
        table = self.table(N_("result"), N_("reason"), N_("file"), N_("line"), N_("rows"))
        for one in outcome.unknown:
            table.add_row(one.result, one.reason, one.file, one.first, f"{one.lines:,}")
        self.show(table)
        word = next((one for one in outcome.unknown if one.asked), None)
        if word:
            self.tell(
                N_(
                    "Ask the bank what it means, and say it once, as paid, failed or open:"
                    " relief settle {batch} {file} --meaning '{word}=…'"
                ),
                batch=outcome.batch,
                file=word.file,
                word=word.result,
            )

    def _failures(self, outcome: "SettleOutcome") -> None:
        from relief_cli.banks.codes import all_codes

        if not outcome.failures:
            return
        table = self.table(N_("bank's code"), N_("payments"), N_("what it means"), N_("what to do"))
        for code, count in outcome.failures.items():
            known = all_codes().get(code)
            meaning = known.title[self.language] if known else self.say(N_("no code given"))
            remedy = known.remedy[self.language] if known else ""
            table.add_row(code, f"{count:,}", meaning, remedy)
        self.show(table)

    def _aside(self, outcome: "SettleOutcome") -> None:
        from relief_cli.money import format_yuan
        from relief_cli.reports.returned import VERDICTS

        if not outcome.aside:
            return
        table = self.table(
            N_("file"), N_("line"), N_("account"), N_("amount (yuan)"), N_("why it was kept aside")
        )
        for file, place, account, fen, verdict in outcome.aside[:_MOST_LINES]:
            amount = format_yuan(fen) if fen >= 0 else "–"
            table.add_row(file, place, account, amount, self.say(VERDICTS[verdict]))
        self.show(table)
        if outcome.kept_aside > _MOST_LINES:
            self.tell(
                N_("And {count} more; see the workbook."),
                count=outcome.kept_aside - _MOST_LINES,
            )
