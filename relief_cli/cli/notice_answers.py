"""What the command about public notices answers."""

from typing import TYPE_CHECKING

from relief_cli.cli.render import Screen
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.payouts import NoticeOutcome


class NoticeAnswers(Screen):
    """A screen that knows what is told of notices."""

    def notice(self, outcome: "NoticeOutcome") -> None:
        """Tell what a notice says, and where it is."""
        from relief_cli.money import format_yuan

        if self.json:
            self.answer(outcome.as_json())
            return
        notice, display = outcome.notice, outcome.display
        table = self.table(
            N_("places"), N_("households"), N_("persons"), N_("amount (yuan)"), numbers=True
        )
        table.add_row(
            f"{len(notice.groups):,}",
            f"{notice.total('households'):,}",
            f"{notice.total('persons'):,}",
            format_yuan(notice.total("amount_fen")),
        )
        self.show(table)
        if not outcome.paid:
            self.tell(N_("It has not been paid yet, and the notice says so."))
        if outcome.disclosure.full_names:
            self.tell(N_("Adults' names are shown in full, as the office's policy wants it."))
        counted = notice.total("persons") - outcome.listed
        if counted:
            self.tell(N_("{count} people are not listed by name: counted only."), count=counted)
        if display.first_on is None:
            self.tell(N_("The days of the display are blank: fill them in, or give --from DATE."))
        if not display.phone:
            self.tell(N_("The telephone number is blank: set notice.phone in relief.toml."))
        for path in outcome.files:
            self.tell(N_("Written: {path}"), path=path)
