"""What the commands about time answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relief_cli.cli.funding_answers import FundingAnswers
from relief_cli.cli.settlement_answers import STATES
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from pathlib import Path

    from relief_cli.payouts import DueOutcome, ScheduleOutcome, StatusOutcome
    from relief_cli.payouts.cycles import CycleStanding
    from relief_cli.payouts.standing import BatchStanding, OpenFailures

_STATES = {**STATES, "nothing": N_("nothing yet")}
_MOST_STEPS = 5
"""Commands that are shown; the others are told by ``--json``, and when these are done."""


class CalendarAnswers(FundingAnswers):
    """A screen that knows of deadlines and of what waits."""

    def schedule(self, outcome: "ScheduleOutcome") -> None:
        """Show the deadlines of a year."""
        from relief_cli.reports.schedule import PROVISIONAL
        from relief_cli.reports.words import day_text

        if self.json:
            self.answer(outcome.as_json())
            return
        if not outcome.lines:
            self.tell(N_("The policy orders no deadline in {year}."), year=outcome.year)
            return
        references = list(dict.fromkeys(line.reference for line in outcome.lines))
        table = self.table(
            N_("programme"), N_("cycle"), N_("deadline"), N_("pay by"), N_("clause"), N_("note")
        )
        for line in outcome.lines:
            days = (day_text(day, self.say) for day in (line.deadline_on, line.pay_by.on))
            clause = f"[{references.index(line.reference) + 1}]"
            table.add_row(line.title(self.say), line.cycle, *days, clause, line.note(self.say))
        self.show(table)
        for number, reference in enumerate(references, start=1):
            self.line(f"[{number}] {reference}")
        if any(line.pay_by.provisional for line in outcome.lines):
            self.tell(PROVISIONAL)
        for path in outcome.files:
            self.tell(N_("Written: {path}"), path=path)

    def due(self, outcome: "DueOutcome") -> None:
        """Show what is late, what is due, and what is owed again."""
        if self.json:
            self.answer(outcome.as_json())
            return
        if outcome.late:
            self.tell(N_("Late on {day}:"), day=outcome.on.isoformat())
            self._cycles(outcome.late)
        if outcome.due:
            self.tell(
                N_("Due within {ahead} days of {day}:"),
                ahead=outcome.ahead,
                day=outcome.on.isoformat(),
            )
            self._cycles(outcome.due)
        if not outcome.late and not outcome.due:
            self.tell(
                N_("Nothing is late on {day}, and nothing due within {ahead} days."),
                day=outcome.on.isoformat(),
                ahead=outcome.ahead,
            )
        self._waiting([batch for one in (*outcome.late, *outcome.due) for batch in one.batches])
        self._open_failures(outcome.failures)

    def status(self, outcome: "StatusOutcome", folder: "Path | None") -> None:
        """Show where everything stands, and what to type next.

        Args:
            outcome: what is shown.
            folder: the office's, where the command named it: what is to be typed names it too.
        """
        from relief_cli.money import format_yuan
        from relief_cli.reports.words import SOURCES, word

        if self.json:
            self.answer(outcome.as_json())
            return
        if outcome.cycles:
            self._cycles(outcome.cycles)
        else:
            self.tell(N_("No deadline and no batch in {year}."), year=outcome.year)
        self._waiting(outcome.waiting)
        self._open_failures(outcome.failures)
        self.contradicted([one for one in outcome.doubts if one.is_open])
        self.paid_twice([one for one in outcome.doubts if one.twice])
        if outcome.sources:
            titles = (N_("received"), N_("due"), N_("paid"), N_("in transit"), N_("returned"))
            table = self.table(N_("source"), *titles, N_("balance"), numbers=True)
            order = ("received", "due", "paid", "in_transit", "returned", "balance")
            for one in outcome.sources:
                amounts = (format_yuan(getattr(one, f"{name}_fen")) for name in order)
                table.add_row(word(SOURCES, one.source, self.say), *amounts)
            self.show(table)
        self._commands(outcome.commands, folder)

    def _cycles(self, found: "Sequence[CycleStanding]") -> None:
        from relief_cli.reports.words import PROGRAMMES, word

        table = self.table(
            N_("programme"), N_("cycle"), N_("state"), N_("pay by"), N_("days"), N_("batches")
        )
        for one in found:
            pay_by = one.planned.pay_by if one.planned else None
            day = pay_by.on.isoformat() if pay_by else "–"
            table.add_row(
                word(PROGRAMMES, one.programme, self.say),
                one.cycle,
                self._state(one),
                f"{day}*" if pay_by and pay_by.provisional else day,
                self._days(one),
                " ".join(batch.name for batch in one.batches),
            )
        self.show(table)
        if any(one.planned and one.planned.pay_by.provisional for one in found):
            self.tell(N_("* provisional: the days off of that year are not known yet."))

    def _state(self, one: "CycleStanding") -> str:
        missing = max((batch.missing.approvals for batch in one.batches), default=0)
        if missing and not one.done:
            return self.say(N_("waits for approval"))
        return self.say(_STATES[one.state])

    def _days(self, one: "CycleStanding") -> str:
        left = one.days_left
        if one.late and left is not None:
            return self.say(N_("{days} days late")).format(days=-left)
        if one.went_out_late:
            return self.say(N_("went out late"))
        if one.done or left is None or not one.counts:
            return ""
        return self.say(N_("{days} days left")).format(days=left)

    def _waiting(self, batches: "Sequence[BatchStanding]") -> None:
        for batch in batches:
            missing = batch.missing
            if missing.approvals:
                roles = self.say(N_(", ")).join(missing.roles) or self.say(N_("anybody else"))
                self.tell(
                    N_("{batch}, by {maker}, waits for {count} approvals ({roles})."),
                    batch=batch.name,
                    maker=batch.maker,
                    count=missing.approvals,
                    roles=roles,
                )

    def _open_failures(self, failures: "Sequence[OpenFailures]") -> None:
        from relief_cli.money import format_yuan

        if not failures:
            return
        self.tell(N_("Failed or came back, and not paid again yet:"))
        table = self.table(N_("batch"), N_("payments"), N_("amount (yuan)"), N_("oldest (days)"))
        for one in failures:
            amount = format_yuan(one.amount_fen)
            table.add_row(one.batch, f"{one.payments:,}", amount, str(one.days))
        self.show(table)

    def _commands(self, commands: Sequence[str], folder: "Path | None") -> None:
        import shlex

        if not commands:
            self.tell(N_("Nothing waits."))
            return
        named = "relief" if folder is None else f"relief --office {shlex.quote(str(folder))}"
        typed = [command.replace("relief", named, 1) for command in commands]
        self.tell(N_("Next: {command}"), command=typed[0])
        for command in typed[1:_MOST_STEPS]:
            self.tell(N_("Then: {command}"), command=command)
        if len(typed) > _MOST_STEPS:
            self.tell(N_("And {count} more, see --json."), count=len(typed) - _MOST_STEPS)
