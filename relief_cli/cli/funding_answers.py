"""What the commands about money answer."""

from typing import TYPE_CHECKING

from relief_cli.cli.settlement_answers import SettlementAnswers
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.ledger.funds import Receipt


class FundingAnswers(SettlementAnswers):
    """A screen that knows of appropriations."""

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
