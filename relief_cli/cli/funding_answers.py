"""What the commands about money answer."""

from typing import TYPE_CHECKING

from relief_cli.cli.settlement_answers import SettlementAnswers
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from collections.abc import Sequence

    from relief_cli.ledger.funds import Receipt
    from relief_cli.ledger.reserves import Fund
    from relief_cli.payouts import JournalOutcome, ReconcileOutcome, YearOutcome


class FundingAnswers(SettlementAnswers):
    """A screen that knows of appropriations and of where the money is."""

    def received(self, receipt: "Receipt", new: bool) -> None:  # noqa: FBT001  # as it is given
        """Tell that money arrived."""
        from relief_cli.money import format_yuan
        from relief_cli.reports.words import SOURCES, word

        if self.json:
            self.answer(
                {
                    "receipt": receipt.receipt,
                    "source": receipt.source,
                    "amount_fen": receipt.amount_fen,
                    "document": receipt.document,
                    "code": receipt.code,
                    "mark": receipt.mark,
                    "received_on": receipt.received_on.isoformat(),
                    "new": new,
                }
            )
            return
        message = (
            N_("Received on {day} from {source}: {amount} yuan, {document}.")
            if new
            else N_("Recorded before: on {day} from {source}, {amount} yuan, {document}.")
        )
        self.tell(
            message,
            day=receipt.received_on.isoformat(),
            source=word(SOURCES, receipt.source, self.say),
            amount=format_yuan(receipt.amount_fen),
            document=receipt.document,
        )

    def reserves(self, funds: "Sequence[Fund]", new: bool = True) -> None:  # noqa: FBT001  # as it is given
        """Show the reserve funds; tell where nothing new was recorded."""
        from relief_cli.money import format_yuan

        if self.json:
            shown = [
                {
                    "township": one.township,
                    "given_fen": one.given_fen,
                    "used_fen": one.used_fen,
                    "left_fen": one.left_fen,
                }
                for one in funds
            ]
            self.answer({"reserves": shown, "new": new})
            return
        if not new:
            self.tell(N_("It was recorded before; nothing has changed."))
        table = self.table(
            N_("township"), N_("given"), N_("handed out"), N_("remaining"), numbers=True
        )
        for one in funds:
            amounts = (one.given_fen, one.used_fen, one.left_fen)
            table.add_row(one.township, *map(format_yuan, amounts))
        self.show(table)

    def reconciled(self, outcome: "ReconcileOutcome") -> None:
        """Show where the money of every source is, and what does not agree."""
        from relief_cli.money import format_yuan
        from relief_cli.reports.reconciliation_tables import figure
        from relief_cli.reports.words import SOURCES, word

        if self.json:
            self.answer(outcome.as_json())
            return
        figures = outcome.figures
        table = self.table(
            N_("source"),
            N_("received"),
            N_("due"),
            N_("sent"),
            N_("paid"),
            N_("in transit"),
            N_("returned"),
            N_("balance"),
            numbers=True,
        )
        order = ("received", "due", "sent", "paid", "in_transit", "returned", "balance")
        for source in figures.sources:
            amounts = (format_yuan(getattr(source, f"{name}_fen")) for name in order)
            table.add_row(word(SOURCES, source.source, self.say), *amounts)
        self.show(table)
        if figures.differences:
            table = self.table(
                N_("batch"), N_("figure"), N_("value"), N_("must equal"), N_("value")
            )
            for one in figures.differences:
                left, right = (
                    figure(one.link, value)
                    for value in (one.link.left_figure, one.link.right_figure)
                )
                table.add_row(
                    one.batch, self.say(one.link.left), left, self.say(one.link.right), right
                )
            self.show(table)
        else:
            self.tell(N_("All figures agree, from the rosters to the banks' answers."))
        if figures.failures:
            self.tell(
                N_("{count} failures are not paid again yet, the oldest for {days} days."),
                count=len(figures.failures),
                days=max(one.days for one in figures.failures),
            )
        self.contradicted([one for one in outcome.doubts if one.is_open])
        self.paid_twice([one for one in outcome.doubts if one.twice])
        for batch in outcome.closed:
            self.tell(N_("Batch {batch} is closed: everything is paid."), batch=batch)
        for path in outcome.files:
            self.tell(N_("Written: {path}"), path=path)

    def year(self, outcome: "YearOutcome") -> None:
        """Show the money of a year."""
        from relief_cli.money import format_yuan
        from relief_cli.reports.words import SOURCES, word

        if self.json:
            self.answer(outcome.as_json())
            return
        table = self.table(
            N_("source"),
            N_("function code"),
            N_("carried over"),
            N_("received"),
            N_("spent"),
            N_("repaid"),
            N_("balance"),
            numbers=True,
        )
        order = ("carried", "received", "spent", "recovered", "balance")
        for line in outcome.lines:
            amounts = (format_yuan(getattr(line, f"{name}_fen")) for name in order)
            code = line.code or self.say(N_("any"))
            table.add_row(word(SOURCES, line.source, self.say), code, *amounts)
        self.show(table)
        if outcome.closed:
            self.tell(N_("The year {year} is closed."), year=outcome.year)
        for path in outcome.files:
            self.tell(N_("Written: {path}"), path=path)

    def journal(self, outcome: "JournalOutcome") -> None:
        """Print the journal, or tell where it is."""
        if self.json:
            self.answer(outcome.as_json())
        elif outcome.path is None:
            self.document(outcome.text)
        else:
            self.tell(N_("{count} transactions."), count=outcome.transactions)
            self.tell(N_("Written: {path}"), path=outcome.path)
