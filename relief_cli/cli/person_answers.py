"""What the commands about one person answer; nobody is named in full."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from relief_cli.cli.acceptance_answers import AcceptanceAnswers
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.ledger.mandates import Mandate
    from relief_cli.ledger.stops import Recovery, Stop
    from relief_cli.payouts import OverpaidOutcome, Trace


OUTCOMES = {
    "rejected": N_("the batch was rejected"),
    "not sent": N_("not sent yet"),
    "in transit": N_("sent, the bank has not said what became of it"),
    "paid": N_("paid"),
    "failed": N_("failed"),
    "reversed": N_("came back after it had been paid"),
    "contradicts": N_("failed first, then said to be paid; the bank has to confirm"),
    "confirmed-paid": N_("failed first, and was paid as the bank has confirmed"),
    "confirmed-failed": N_("failed, as the bank has confirmed"),
}
"""Where the money of one entitlement is."""
_VERDICTS = {
    "paid": N_("paid"),
    "failed": N_("failed"),
    "reversed": N_("came back after it had been paid"),
    "open": N_("still open"),
    "repeated": N_("told before"),
    "ambiguous": N_("Several payments fit, and nothing tells which."),
    "differs": N_("The amount is not the one that was sent."),
    "contradicts": N_("It contradicts what the bank said before, or another line."),
    "confirmed-paid": OUTCOMES["confirmed-paid"],
    "confirmed-failed": OUTCOMES["confirmed-failed"],
}


class PersonAnswers(AcceptanceAnswers):
    """A screen that knows of stops and recoveries."""

    def stops(self, stops: "Sequence[Stop]") -> None:
        """Show stops."""
        from relief_cli.roster.masks import mask_id

        if self.json:
            shown = [
                {
                    "person": mask_id(one.person),
                    "since": one.since.isoformat(),
                    "reason": one.reason,
                    "programmes": list(one.programmes),
                    "ended": one.resumed,
                }
                for one in stops
            ]
            self.answer({"stops": shown})
            return
        titles = N_("person"), N_("since"), N_("reason"), N_("programmes"), N_("state")
        table = self.table(*titles)
        for one in stops:
            state = self.say(N_("stopped"))
            if one.resumed is not None:
                state = self.say(N_("ended: {reason}")).format(reason=one.resumed)
            of = ", ".join(one.programmes) or self.say(N_("all"))
            table.add_row(mask_id(one.person), one.since.isoformat(), one.reason, of, state)
        self.show(table)

    def mandates(self, mandates: "Sequence[Mandate]") -> None:
        """Show who may draw for whom."""
        from relief_cli.roster.masks import mask_id, mask_name

        if self.json:
            shown = [
                {
                    "mandate": one.mandate,
                    "person": mask_id(one.person),
                    "payee": mask_name(one.payee_name),
                    "document": one.document,
                    "until": one.until.isoformat(),
                    "ended": one.ended,
                }
                for one in mandates
            ]
            self.answer({"mandates": shown})
            return
        table = self.table(
            N_("number"), N_("person"), N_("payee"), N_("document"), N_("until"), N_("state")
        )
        for one in mandates:
            state = self.say(N_("holds"))
            if one.ended is not None:
                state = self.say(N_("ended: {reason}")).format(reason=one.ended)
            table.add_row(
                str(one.mandate),
                mask_id(one.person),
                mask_name(one.payee_name),
                one.document,
                one.until.isoformat(),
                state,
            )
        self.show(table)

    def overpaid(self, outcome: "OverpaidOutcome") -> None:
        """Show what was paid after people had stopped."""
        from relief_cli.money import format_yuan
        from relief_cli.reports.words import PROGRAMMES, word
        from relief_cli.roster.masks import mask_id, mask_name

        if self.json:
            shown = [
                {
                    "person": mask_id(one.person),
                    "programme": one.programme,
                    "cycles": list(one.cycles),
                    "amount_fen": one.amount_fen,
                    "since": one.since.isoformat(),
                    "missing_fen": one.missing_fen,
                }
                for one in outcome.found
            ]
            self.answer(
                {
                    "overpaid": shown,
                    "amount_fen": sum(one.amount_fen for one in outcome.found),
                    "recorded": outcome.recorded,
                    "open_fen": outcome.open_fen,
                    "report": str(outcome.report) if outcome.report else None,
                }
            )
            return
        if not outcome.found:
            self.tell(N_("Nobody was paid after death or stop."))
            return
        table = self.table(
            N_("person"),
            N_("name"),
            N_("programme"),
            N_("cycles"),
            N_("amount (yuan)"),
            N_("of it new"),
            N_("since"),
        )
        for one in outcome.found:
            table.add_row(
                mask_id(one.person),
                mask_name(one.name),
                word(PROGRAMMES, one.programme, self.say),
                ", ".join(one.cycles),
                format_yuan(one.amount_fen),
                format_yuan(one.missing_fen),
                one.since.isoformat(),
            )
        self.show(table)
        self.tell(N_("{count} of them were recorded now."), count=outcome.recorded)
        self.tell(N_("Written: {path}"), path=outcome.report)

    def recoveries(self, recoveries: "Sequence[Recovery]") -> None:
        """Show what is owed back."""
        from relief_cli.money import format_yuan
        from relief_cli.roster.masks import mask_id, mask_name

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

    def trace(self, story: "Trace") -> None:
        """Tell a person's story, attempt by attempt."""
        if self.json:
            self.answer(story.as_json())
            return
        self.line(f"{story.name} {story.person}".strip())
        if not story.is_known:
            self.tell(N_("The books know nothing of this person."))
        for told in story.attempts:
            self._attempt(told)
        for row in story.not_paid:
            from relief_cli.reports.words import FATES

            self.tell(
                N_("{batch}: {fate} ({codes}), {file} {sheet} row {row}"),
                batch=row["batch"],
                fate=self.say(FATES[row["fate"]]),
                codes=row["codes"],
                file=row["source_file"],
                sheet=row["sheet"],
                row=row["row"],
            )
        if story.stops:
            self.stops(story.stops)
        if story.recoveries:
            self.recoveries(story.recoveries)

    def _attempt(self, told: dict[str, Any]) -> None:
        """Tell one entitlement, a line for each step from the roster to the bank."""
        from relief_cli.banks.codes import all_codes
        from relief_cli.money import format_yuan
        from relief_cli.reports.words import SOURCES, word

        payment, file = told["payment"], told["bank_file"]
        self.line("")
        self.tell(
            N_("{batch}: {amount} yuan, {outcome}"),
            batch=told["batch"],
            amount=format_yuan(told["amount_fen"]),
            outcome=self.say(OUTCOMES[told["outcome"]]),
        )
        if told["follows"]:
            self.tell(N_("  pays again what failed of {batch}"), batch=told["follows"])
        self.tell(
            N_("  from: {file} {sheet} row {row}"),
            file=told["source_file"],
            sheet=told["sheet"],
            row=told["row"],
        )
        self.tell(N_("  why: {reason}, {clause}"), reason=told["reason"], clause=told["reference"])
        shares = (
            f"{word(SOURCES, source, self.say)} {format_yuan(fen)}"
            for source, fen in told["shares"].items()
        )
        self.tell(N_("  funded by: {shares}"), shares=", ".join(shares))
        for found in told["findings"]:
            accepted = N_("  finding: {code} {cell} (accepted, number {number})")
            self.tell(
                accepted if found["acceptance"] else N_("  finding: {code} {cell}"),
                code=found["code"],
                cell=found["cell"] or "",
                number=found["acceptance"],
            )
        self.tell(
            N_("  payment {reference}: {amount} yuan for {count} persons into {account}"),
            reference=payment["reference"],
            amount=format_yuan(payment["amount_fen"]),
            count=payment["beneficiaries"],
            account=payment["account"],
        )
        if file:
            self.tell(N_("  sent: {path}, line {line}"), path=file["path"], line=file["line"])
        for answer in told["answers"]:
            known = all_codes().get(answer["code"])
            self.tell(
                N_("  bank, {day}: {verdict} {code} {meaning} ({file}, line {line})"),
                day=answer["at"][:10],
                verdict=self.say(_VERDICTS[answer["verdict"]]),
                code=answer["code"],
                meaning=known.title[self.language] if known else "",
                file=answer["file"],
                line=answer["place"],
            )
