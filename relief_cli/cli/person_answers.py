"""What the commands about one person answer; nobody is named in full."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relief_cli.cli.control_answers import ControlAnswers
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.ledger.stops import Recovery, Stop


class PersonAnswers(ControlAnswers):
    """A screen that knows of stops and recoveries."""

    def stops(self, stops: "Sequence[Stop]") -> None:
        """Show stops."""
        from relief_cli.roster.identity import mask_id

        if self.json:
            shown = [
                {
                    "person": mask_id(one.person),
                    "since": one.since.isoformat(),
                    "reason": one.reason,
                    "ended": one.resumed,
                }
                for one in stops
            ]
            self.answer({"stops": shown})
            return
        table = self.table(N_("person"), N_("since"), N_("reason"), N_("state"))
        for one in stops:
            state = self.say(N_("stopped"))
            if one.resumed is not None:
                state = self.say(N_("ended: {reason}")).format(reason=one.resumed)
            table.add_row(mask_id(one.person), one.since.isoformat(), one.reason, state)
        self.show(table)

    def recoveries(self, recoveries: "Sequence[Recovery]") -> None:
        """Show what is owed back."""
        from relief_cli.money import format_yuan
        from relief_cli.roster.identity import mask_id, mask_name

        if self.json:
            shown = [
                {
                    "recovery": one.recovery,
                    "person": mask_id(one.person),
                    "since": one.since.isoformat(),
                    "reason": one.reason,
                    "amount_fen": one.amount_fen,
                    "repaid_fen": one.repaid_fen,
                    "owed_fen": one.owed_fen,
                }
                for one in recoveries
            ]
            self.answer({"recoveries": shown})
            return
        table = self.table(
            N_("no."),
            N_("person"),
            N_("since"),
            N_("reason"),
            N_("amount (yuan)"),
            N_("came back"),
            N_("still owed"),
        )
        for one in recoveries:
            table.add_row(
                str(one.recovery),
                f"{mask_name(one.name)} {mask_id(one.person)}".strip(),
                one.since.isoformat(),
                one.reason,
                *(format_yuan(fen) for fen in (one.amount_fen, one.repaid_fen, one.owed_fen)),
            )
        self.show(table)
