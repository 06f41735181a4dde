"""What the commands answer: the words, tables and objects, printed by :mod:`render`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from relief_cli.cli.backup_answers import BackupAnswers
from relief_cli.cli.calendar_answers import CalendarAnswers
from relief_cli.cli.comparison_answers import ComparisonAnswers
from relief_cli.cli.notice_answers import NoticeAnswers
from relief_cli.cli.settlement_answers import STATES
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    import datetime as dt

    from relief_cli.checks.rules import Rule
    from relief_cli.office import Office
    from relief_cli.payouts import CheckOutcome, Outcome, Setting
    from relief_cli.policy import Parameter


class Answers(CalendarAnswers, NoticeAnswers, BackupAnswers, ComparisonAnswers):
    """A screen that knows what the commands have to tell."""

    def office_made(self, office: "Office", *, as_json: bool = False) -> None:
        """Tell that a new office was made, and what to set in it."""
        self.tell(
            N_("A new office was made in {folder} with the default settings."), folder=office.folder
        )
        self.tell(
            N_("Its name, county and payer are set in {file}."), file=office.folder / "relief.toml"
        )
        if self.json and as_json:
            self.answer(
                {"office": str(office.folder), "name": office.name, "region": office.region}
            )

    def check_outcome(self, outcome: "CheckOutcome") -> None:
        """Show what a check found."""
        self.say_errors(outcome.refused)
        if self.json:
            refused = self.errors_object(outcome.refused) if outcome.refused else {}
            self.answer({**outcome.as_json(), **refused})
            return
        self._sheets(outcome)
        self._findings(outcome.findings, outcome.severities, outcome.accepted)
        self.tell(
            N_("{rows} people's rows read, {errors} with errors that would hold them."),
            rows=outcome.rows,
            errors=outcome.rows_with_errors,
        )
        self.tell(N_("The workbook to fix them from: {path}"), path=outcome.report)

    def outcome(self, outcome: "Outcome") -> None:
        """Show a batch, or that none was needed."""
        if self.json:
            self.answer(outcome.as_json())
            return
        self._headline(outcome)
        self._amounts(outcome)
        self._findings(outcome.findings, outcome.severities, outcome.accepted)
        self._bank_files(outcome)
        self._next(outcome)

    def parameters(self, programme: str, on: "dt.date", shown: Sequence["Parameter"]) -> None:
        """Show parameters: value, since when, under which clause."""
        from relief_cli.reports.words import STATUSES, word

        if self.json:
            rows = [
                {
                    "name": one.name,
                    "place": one.place,
                    "value": one.value_text,
                    "unit": one.unit,
                    "since": one.since.isoformat(),
                    "reference": one.reference,
                    "status": one.status,
                }
                for one in shown
            ]
            self.answer({"programme": programme, "on": on.isoformat(), "parameters": rows})
            return
        columns = {
            N_("parameter"): [one.name for one in shown],
            N_("place"): [one.place for one in shown],
            N_("value"): [one.value_text for one in shown],
            N_("unit"): [one.unit for one in shown],
            N_("since"): [one.since.isoformat() for one in shown],
            N_("status"): [word(STATUSES, one.status, self.say) for one in shown],
            N_("reference"): [one.reference for one in shown],
        }
        told = {title: cells for title, cells in columns.items() if any(cells)}
        table = self.table(*told)
        for cells in zip(*told.values(), strict=True):
            table.add_row(*cells)
        for title, column in zip(told, table.columns, strict=True):
            column.no_wrap = title in ("parameter", "since", "status")
        self.show(table)

    def banks(self, setting: "Setting") -> None:
        """Show the banks with their formats, and the formats."""
        directory, language = setting.directory, self.language
        banks = [
            (code, directory.title(code, language), directory.format_of(code))
            for code in directory.banks
        ]
        if self.json:
            self.answer(
                {
                    "banks": [{"code": c, "title": t, "format": f} for c, t, f in banks],
                    "default_format": directory.default_format,
                    "formats": [
                        {
                            "name": one.name,
                            "title": one.title[language],
                            "encoding": one.encoding,
                            "rows_per_file": one.rows_per_file,
                            "returns": one.answer is not None,
                        }
                        for one in setting.templates.values()
                    ],
                }
            )
            return
        table = self.table(N_("code"), N_("bank"), N_("format"))
        for row in banks:
            table.add_row(*row)
        table.add_row("", self.say(N_("all others")), directory.default_format)
        self.show(table)
        table = self.table(N_("format"), N_("title"), N_("encoding"), N_("rows per file"))
        for one in setting.templates.values():
            table.add_row(one.name, one.title[language], one.encoding, str(one.rows_per_file or ""))
        self.show(table)

    def rules(self, rules: Sequence["Rule"]) -> None:
        """Show one finding code in full, or the list of all."""
        if self.json:
            self.answer({"rules": [self._rule_object(rule) for rule in rules]})
            return
        if len(rules) > 1:
            table = self.table(N_("code"), N_("severity"), N_("problem"))
            for rule in rules:
                table.add_row(rule.code, self._severity(rule.severity.value), self.say(rule.title))
            self.show(table)
            return
        for rule in rules:
            self.tell(
                N_("{code}  {problem} ({severity})"),
                code=rule.code,
                problem=self.say(rule.title),
                severity=self._severity(rule.severity.value),
            )
            self.tell(N_("Why it matters: {text}"), text=self.say(rule.why))
            self.tell(N_("How to put it right: {text}"), text=self.say(rule.remedy))
            self.tell(N_("Wrong: {text}"), text=rule.bad or self.say(N_("(empty)")))
            self.tell(N_("Right: {text}"), text=rule.good or self.say(N_("(empty)")))

    # parts of the answers

    def _headline(self, outcome: "Outcome") -> None:
        rows = outcome.rows
        if outcome.batch is None:
            self.tell(N_("Nobody is left to pay; no batch was made."))
        else:
            state = self.say(STATES[outcome.state or ""])
            self.tell(N_("Batch {batch}: {state}"), batch=outcome.batch, state=state)
            if outcome.follows:
                self.tell(N_("It pays again what failed of {batch}."), batch=outcome.follows)
            if outcome.repeated and outcome.of_books:
                self.tell(N_("It was made before; nobody is paid again."))
            elif outcome.repeated:
                self.tell(N_("It was made from these rosters before; nobody is paid again."))
        self._not_counting(outcome)
        if outcome.remark:
            self.tell(outcome.remark.message, **outcome.remark.values)
        self.tell(
            N_("Rows: {read} read = {paid} paid + {held} held + {skipped} that need nothing now"),
            **rows,
        )
        if any(outcome.not_people.values()):
            self.tell(
                N_("Not people: {total_rows} total rows, {other_rows} other rows, {sheets} sheets"),
                **outcome.not_people,
            )
        for kind, count, unusable in outcome.lists:
            self.tell(
                N_("Compared with the list {kind}: {rows} rows, {unusable} without a whole ID"),
                kind=kind,
                rows=f"{count:,}",
                unusable=f"{unusable:,}",
            )
            if unusable:
                self.tell(
                    N_(
                        "! Who stands on the list {kind} without a whole ID is found nowhere, and"
                        " may be paid. Ask for the list again, its IDs as text and not masked."
                    ),
                    kind=kind,
                )

    def _not_counting(self, outcome: "Outcome") -> None:
        """Tell what in the office's settings does not count for the batch."""
        if outcome.changed:
            self.tell(
                N_(
                    "! Changed since {batch} was prepared: {names}. It goes out as it was prepared;"
                    " if that is wrong, reject it and prepare it again."
                ),
                batch=outcome.batch,
                names=", ".join(outcome.changed),
            )
        if outcome.rule_kept:
            self.tell(
                N_(
                    "! relief.toml asks for fewer approvals than the books say; the books count:"
                    " relief operator rule"
                )
            )

    def _amounts(self, outcome: "Outcome") -> None:
        from relief_cli.money import format_yuan
        from relief_cli.reports.words import SOURCES, word

        if outcome.batch is None:
            return
        table = self.table(N_("persons"), N_("payments"), N_("amount (yuan)"), numbers=True)
        table.add_row(
            f"{outcome.beneficiaries:,}", f"{outcome.payments:,}", format_yuan(outcome.amount_fen)
        )
        self.show(table)
        table = self.table(
            *(word(SOURCES, source, str) for source in outcome.shares_fen), numbers=True
        )
        table.add_row(*(format_yuan(fen) for fen in outcome.shares_fen.values()))
        self.show(table)
        for source, fen in outcome.short_fen.items():
            self.tell(
                N_("! {source} has not given enough for it: {amount} yuan are lacking."),
                source=self.say(word(SOURCES, source, str)),
                amount=format_yuan(fen),
            )

    def _findings(
        self, findings: dict[str, int], severities: dict[str, str], accepted: dict[str, int]
    ) -> None:
        from relief_cli.checks.rules import RULES

        if not findings and not accepted:
            return
        table = self.table(N_("code"), N_("severity"), N_("rows"), N_("problem"))
        for code, count in findings.items():
            severity = self._severity(severities[code])
            table.add_row(code, severity, f"{count:,}", self.say(RULES[code].title))
        for code, count in accepted.items():
            title = self.say(RULES[code].title)
            table.add_row(code, self.say(N_("accepted")), f"{count:,}", title)
        self.show(table)

    def _sheets(self, outcome: "CheckOutcome") -> None:
        table = self.table(
            N_("file"), N_("sheet"), N_("people"), N_("totals"), N_("columns not used")
        )
        for file, sheet, rows, totals, ignored in outcome.sheets:
            table.add_row(file, sheet, f"{rows:,}", str(totals or ""), " ".join(ignored))
        for file, sheet in outcome.passed_over:
            table.add_row(file, sheet, self.say(N_("no roster")), "", "")
        self.show(table)

    def _bank_files(self, outcome: "Outcome") -> None:
        from relief_cli.money import format_yuan

        files = [file for file in outcome.files if file.kind == "bank"]
        if not files:
            return
        table = self.table(N_("bank file"), N_("format"), N_("payments"), N_("amount (yuan)"))
        for file in files:
            table.add_row(
                file.path, file.format, f"{file.payments:,}", format_yuan(file.amount_fen)
            )
        self.show(table)

    def _next(self, outcome: "Outcome") -> None:
        if outcome.output:
            self.tell(N_("Files: {folder}"), folder=outcome.output)
        for path, _ in outcome.sealed:
            self.tell(N_("Sealed copy, to be carried: {path}"), path=path)
        if outcome.unsealed:
            self.tell(
                N_("{count} bank files are text, which takes no password: use --encrypt-to."),
                count=outcome.unsealed,
            )
        if outcome.approvals_missing:
            self.tell(N_("It waits for {count} approvals."), count=outcome.approvals_missing)
            self.tell(N_("To look at before: {path}"), path=outcome.approval_sheet)
            self.tell(N_("Next, another person: relief approve {batch}"), batch=outcome.batch)
        elif outcome.state in ("prepared", "approved"):
            self.tell(N_("Next: relief export {batch}"), batch=outcome.batch)
        self._next_for_held(outcome)

    def _next_for_held(self, outcome: "Outcome") -> None:
        held = outcome.held_list or (outcome.output / "held.xlsx" if outcome.output else None)
        if outcome.rows["held"] and held and outcome.of_books:
            self.tell(N_("Who gets nothing yet, and why: {path}"), path=held)
            self.tell(N_("When that is put right, the same command again pays those who are left."))
        elif outcome.rows["held"] and held:
            self.tell(N_("Held rows, for the townships to put right: {path}"), path=held)
            if outcome.follows:
                self.tell(
                    N_("When it comes back: relief follow-up {batch} {file}"),
                    batch=outcome.follows,
                    file=held,
                )
                return
            asked = {"programme": outcome.programme, "file": held, "cycle": outcome.cycle}
            if outcome.findings.get("R409"):
                self.tell(
                    N_(
                        "The rest of what was paid too little, as it stands there:"
                        " relief top-up {programme} {file} --cycle {cycle}"
                    ),
                    **asked,
                )
            if outcome.findings.get("R410"):
                self.tell(
                    N_(
                        "To record what was paid too much as owed back:"
                        " relief top-up {programme} {file} --cycle {cycle} --recover"
                    ),
                    **asked,
                )
            self.tell(
                N_("When it comes back: relief run {programme} {file} --cycle {cycle}"), **asked
            )

    def _severity(self, severity: str) -> str:
        from relief_cli.reports.words import SEVERITIES

        return self.say(SEVERITIES[severity])

    def _rule_object(self, rule: "Rule") -> dict[str, Any]:
        texts = {"title": rule.title, "why": rule.why, "remedy": rule.remedy}
        shown = {name: self.say(text) for name, text in texts.items()}
        return {
            "code": rule.code,
            "severity": rule.severity.value,
            **shown,
            "bad": rule.bad,
            "good": rule.good,
        }
