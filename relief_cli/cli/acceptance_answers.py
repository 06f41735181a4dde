"""What `relief accept` answers; nobody is named in full."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from relief_cli.cli.control_answers import ControlAnswers
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing it costs time that `relief --help` does not have
    from relief_cli.ledger.acceptances import Acceptance


def _about(one: "Acceptance") -> list[str]:
    """Give the accounts that were looked at, masked; none where the finding is of no account."""
    from relief_cli.roster.masks import mask_account

    if not one.code.startswith("R2"):
        return []
    return sorted({mask_account(facts.split("|", 1)[0]) for facts in one.facts})


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
                    "about": _about(one),
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
            N_("about account"),
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
                " ".join(_about(one)),
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
            return self.say(N_("waits for a run"))
        return self.say(N_("holds"))
