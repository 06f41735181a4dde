"""What `relief accept` answers; nobody is named in full."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from relief_cli.cli.control_answers import ControlAnswers
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing it costs time that `relief --help` does not have
    from relief_cli.ledger.acceptances import Acceptance


class AcceptanceAnswers(ControlAnswers):
    """A screen that knows of accepted findings."""

    def acceptances(self, acceptances: "Sequence[Acceptance]") -> None:
        """Show which findings were accepted, whose, by whom, why, and until when."""
        from relief_cli.roster.masks import mask_account, mask_id

        whose = [
            mask_id(one.person) if one.person else mask_account(one.account_number or "")
            for one in acceptances
        ]
        if self.json:
            shown = [
                {
                    "acceptance": one.acceptance,
                    "finding": one.code,
                    "person": mask_id(one.person) if one.person else None,
                    "account": mask_account(one.account_number) if one.account_number else None,
                    "reason": one.reason,
                    "accepted_by": one.accepted_by,
                    "until": one.until.isoformat(),
                    "ended": one.ended,
                    "met": bool(one.facts),
                }
                for one in acceptances
            ]
            self.answer({"acceptances": shown})
            return
        table = self.table(
            N_("number"),
            N_("finding"),
            N_("whose"),
            N_("reason"),
            N_("accepted by"),
            N_("until"),
            N_("state"),
        )
        for one, person in zip(acceptances, whose, strict=True):
            table.add_row(
                str(one.acceptance),
                one.code,
                person,
                one.reason,
                one.accepted_by,
                one.until.isoformat(),
                self._state_of(one),
            )
        self.show(table)

    def _state_of(self, one: "Acceptance") -> str:
        if one.ended is not None:
            return self.say(N_("ended: {reason}")).format(reason=one.ended)
        if one.until < dt.datetime.now().date():  # noqa: DTZ005  # the clerk's own calendar day
            return self.say(N_("has run out"))
        if not one.facts:
            return self.say(N_("holds for what the next run finds"))
        return self.say(N_("holds until its facts change"))
