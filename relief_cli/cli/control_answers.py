"""What the commands of control answer: operators, rejections, the audit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from relief_cli.cli.render import Screen
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from pathlib import Path

    from relief_cli.ledger.approvals import Operator, Rule
    from relief_cli.payouts import AuditOutcome, ExtractOutcome, WithdrawOutcome


class ControlAnswers(Screen):
    """A screen that knows what the second pair of eyes and the auditor are told."""

    def audit(self, outcome: "AuditOutcome") -> None:
        """Show whether the books are as they were written."""
        from relief_cli.ledger.events import short_head

        if self.json:
            self.answer(outcome.as_json())
            return
        self.tell(
            N_("{events} events, {batches} batches and {files} files were verified."),
            events=outcome.events,
            batches=outcome.batches,
            files=outcome.files,
        )
        for bank_format, word, meaning in outcome.meanings:
            self.tell(
                N_("In answers in {format}, {word} was taken for {outcome}: the office said so."),
                format=bank_format,
                word=word,
                outcome=meaning,
            )
        if not outcome.broken:
            head = short_head(outcome.head)
            self.tell(N_("The books are sound. Head of the chain: {head}"), head=head)
            return
        table = self.table(N_("broken record"), N_("problem"))
        for record, what in outcome.broken:
            table.add_row(record, self.say(what))
        self.show(table)
        self.tell(N_("Do not pay before it is known who changed what; keep the file as it is."))

    def rejected(self, batch: str, reason: str) -> None:
        """Tell that a batch was rejected."""
        if self.json:
            self.answer({"batch": batch, "state": "rejected", "reason": reason})
            return
        self.tell(N_("Batch {batch} was rejected: {reason}"), batch=batch, reason=reason)
        self.tell(N_("Its people can be paid by another batch, from corrected rosters."))

    def withdrawn(self, outcome: "WithdrawOutcome") -> None:
        """Tell what was taken back of a batch, and how it is paid again."""
        from relief_cli.money import format_yuan

        if self.json:
            self.answer(outcome.as_json())
            return
        self.tell(
            N_("{file} was withdrawn: {count} payments of {amount} yuan have failed."),
            file=outcome.file,
            count=outcome.payments,
            amount=format_yuan(outcome.amount_fen),
        )
        self.tell(N_("To pay them again: relief follow-up {batch}"), batch=outcome.batch)

    def extracted(self, outcome: "ExtractOutcome") -> None:
        """Tell where the auditor's table is, and up to where the books went."""
        from relief_cli.ledger.events import short_head

        if self.json:
            self.answer(outcome.as_json())
            return
        head = short_head(outcome.head) or "–"
        self.tell(
            N_("{count} entitlements. Head of the chain: {head}"), count=outcome.rows, head=head
        )
        self.tell(N_("Written: {path}"), path=outcome.path)
        self.tell(N_("It names everybody paid: keep it where only who may read it can."))

    def operator_made(self, operator: "Operator", place: "Path") -> None:
        """Tell where an operator's key is, and by what it is known."""
        from relief_cli.signing import fingerprint

        if self.json:
            self.answer({**self._operator_object(operator), "key": str(place)})
            return
        self.tell(N_("Operator {name} was added."), name=operator.name)
        self.tell(N_("Private key, locked with the passphrase: {path}"), path=place)
        self.tell(N_("Fingerprint: {text}"), text=fingerprint(operator.public_key))
        if operator.operator == 1:
            self.tell(N_("Add the second operator now: whoever comes later is signed for by two."))

    def operators(self, operators: "Sequence[Operator]") -> None:
        """Show operators."""
        from relief_cli.signing import fingerprint

        if self.json:
            self.answer({"operators": [self._operator_object(one) for one in operators]})
            return
        table = self.table(N_("operator"), N_("role"), N_("fingerprint"), N_("signature"))
        for one in operators:
            counts = N_("counts") if one.approves else N_("prepares only")
            if one.revoked_event is not None:
                counts = N_("revoked")
            table.add_row(one.name, one.role, fingerprint(one.public_key), self.say(counts))
        self.show(table)

    def rule(self, rule: "Rule", asked: "Rule") -> None:
        """Show the rule of approvals by the books, and whether relief.toml asks for another one."""
        if self.json:
            self.answer({**vars(rule), "asked": vars(asked)})
            return
        table = self.table(N_("approvals"), N_("two above (yuan)"), N_("roles"))
        table.add_row(str(rule.approvals), rule.second_above, " ".join(rule.roles))
        self.show(table)
        if rule != asked:
            self.tell(
                N_(
                    "! relief.toml asks for another rule; the books count, and what is stricter. To"
                    " make it the rule, two operators sign: relief operator rule --by … --by …"
                )
            )

    def _operator_object(self, operator: "Operator") -> dict[str, Any]:
        return {
            "name": operator.name,
            "role": operator.role,
            "approves": operator.approves,
            "public_key": operator.public_key,
            "revoked": operator.revoked_event is not None,
        }
