"""Everything that is printed; nothing else prints."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from relief_cli.errors import ReliefError
from relief_cli.i18n import N_, Translate, translator

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    import datetime as dt

    from rich.console import Console
    from rich.table import Table

    from relief_cli.checks.rules import Rule
    from relief_cli.office import Office
    from relief_cli.payouts import CheckOutcome, Outcome, Setting
    from relief_cli.policy import Parameter

_PLAIN_WIDTH = 120
"""Columns where nobody's terminal says how wide it is, as in a log."""

_SLOW_BYTES = 3_000_000
"""Rosters of this size take more than a second."""


class Screen:
    """The clerk's screen, or a program that asked for JSON.

    Args:
        language: ``zh`` or ``en``.
        json: print one object on standard output, and all else on standard error.
        quiet: print nothing but errors, and what ``json`` asks for.
    """

    def __init__(self, language: str, *, json: bool, quiet: bool) -> None:
        self.language = language
        self.json = json
        self.quiet = quiet

    @property
    def say(self) -> Translate:
        """Turn messages into the screen's language."""
        return translator(self.language)

    # what every command may need

    def line(self, text: str) -> None:
        """Print one line."""
        if not self.quiet and not self.json:
            self._console().print(text, markup=False, highlight=False, soft_wrap=True)

    def error(self, error: ReliefError) -> None:
        """Print what is wrong, where, why it matters and what to do, of this error and others."""
        for one in (error, *error.also):
            self._say_error(one)
        if self.json:
            shown = self._error_object(error)
            if error.also:
                shown["also"] = [self._error_object(one) for one in error.also]
            self._object({"error": shown})

    def usage_error(self, error: typer.TyperException) -> None:
        """Print what the command line lacks."""
        context = getattr(error, "ctx", None)
        self._to_stderr(self.say(N_("Error: {text}")).format(text=error.format_message()))
        if context is not None:
            self._to_stderr(
                self.say(N_("Help: {command} --help")).format(command=context.command_path)
            )
        if self.json:
            self._object(
                {
                    "error": {
                        "code": "usage",
                        "message": error.format_message(),
                        "file": None,
                        "sheet": None,
                        "cell": None,
                    }
                }
            )

    def interrupted(self) -> None:
        """Print that the clerk stopped it, and that nothing is half done."""
        self._to_stderr(self.say(N_("Stopped. Nothing was left half done; run it again.")))

    def fault(self, kind: str, places: Sequence[str]) -> None:
        """Print that the program is wrong, and where; not the text, which may name people."""
        message = N_("A fault in the program ({kind}). What was recorded stays.")
        self._to_stderr(self.say(message).format(kind=kind))
        self._to_stderr(self.say(N_("Send these lines to who maintains it; they name nobody:")))
        for place in places:
            self._to_stderr(f"  {place}")
        if self.json:
            self._object(
                {
                    "error": {
                        "code": "fault",
                        "message": kind,
                        "file": None,
                        "sheet": None,
                        "cell": None,
                    }
                }
            )

    @contextmanager
    def progress(self, rosters: Sequence[Path], steps: int) -> Iterator[Callable[[str], None]]:
        """Show a bar while files are read and ``steps`` more are done, where a person waits.

        Yields:
            What is to be called with the name of each file or step when it is done.
        """
        size = sum(path.stat().st_size for path in rosters if path.is_file())
        if self.quiet or not sys.stderr.isatty() or size < _SLOW_BYTES:
            yield lambda _name: None
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        bar = Progress(
            BarColumn(),
            TextColumn("{task.completed}/{task.total} {task.description}"),
            TimeElapsedColumn(),
            console=self._console(error=True),
            transient=True,
        )
        names = self._steps()
        with bar:
            task = bar.add_task("", total=len(rosters) + steps)
            yield lambda name: bar.update(task, advance=1, description=names.get(name, name))

    def _steps(self) -> dict[str, str]:
        return {
            "check": self.say(N_("checked")),
            "record": self.say(N_("recorded")),
            "write": self.say(N_("written")),
            "export": self.say(N_("exported")),
        }

    # what single commands answer

    def office_made(self, office: "Office", *, as_json: bool = False) -> None:
        """Tell that a new office was made, and what to set in it."""
        self._tell(
            N_("A new office was made in {folder} with the default settings."), folder=office.folder
        )
        self._tell(
            N_("Its name, county and payer are set in {file}."), file=office.folder / "relief.toml"
        )
        if self.json and as_json:
            self._object(
                {"office": str(office.folder), "name": office.name, "region": office.region}
            )

    def check_outcome(self, outcome: "CheckOutcome") -> None:
        """Show what a check found."""
        if self.json:
            self._object(outcome.as_json())
            return
        self._sheets(outcome)
        self._findings(outcome.findings, outcome.severities)
        self._tell(
            N_("{rows} people's rows read, {errors} with errors that would hold them."),
            rows=outcome.rows,
            errors=outcome.rows_with_errors,
        )
        self._tell(N_("The workbook to fix them from: {path}"), path=outcome.report)

    def outcome(self, outcome: "Outcome") -> None:
        """Show a batch, or that none was needed."""
        if self.json:
            self._object(outcome.as_json())
            return
        self._headline(outcome)
        self._amounts(outcome)
        self._findings(outcome.findings, outcome.severities)
        self._bank_files(outcome)
        self._next(outcome)

    def parameters(self, programme: str, on: "dt.date", shown: Sequence["Parameter"]) -> None:
        """Show parameters: value, since when, under which clause."""
        if self.json:
            rows = [
                {
                    "name": one.name,
                    "place": one.place,
                    "value": one.value_text,
                    "unit": one.unit,
                    "since": one.since.isoformat(),
                    "reference": one.reference,
                }
                for one in shown
            ]
            self._object({"programme": programme, "on": on.isoformat(), "parameters": rows})
            return
        titles = (
            N_("parameter"),
            N_("place"),
            N_("value"),
            N_("unit"),
            N_("since"),
            N_("reference"),
        )
        table = self._table(*titles)
        for one in shown:
            since = one.since.isoformat()
            table.add_row(one.name, one.place, one.value_text, one.unit, since, one.reference)
        self._show(table)

    def banks(self, setting: "Setting") -> None:
        """Show the banks with their formats, and the formats."""
        directory, language = setting.directory, self.language
        banks = [
            (code, directory.title(code, language), directory.format_of(code))
            for code in directory.banks
        ]
        if self.json:
            self._object(
                {
                    "banks": [{"code": c, "title": t, "format": f} for c, t, f in banks],
                    "default_format": directory.default_format,
                    "formats": [
                        {
                            "name": one.name,
                            "title": one.title[language],
                            "encoding": one.encoding,
                            "rows_per_file": one.rows_per_file,
                            "returns": one.returns,
                        }
                        for one in setting.templates.values()
                    ],
                }
            )
            return
        table = self._table(N_("code"), N_("bank"), N_("format"))
        for row in banks:
            table.add_row(*row)
        table.add_row("", self.say(N_("all others")), directory.default_format)
        self._show(table)
        table = self._table(N_("format"), N_("title"), N_("encoding"), N_("rows per file"))
        for one in setting.templates.values():
            table.add_row(one.name, one.title[language], one.encoding, str(one.rows_per_file or ""))
        self._show(table)

    def rules(self, rules: Sequence["Rule"]) -> None:
        """Show one finding code in full, or the list of all."""
        if self.json:
            self._object({"rules": [self._rule_object(rule) for rule in rules]})
            return
        if len(rules) > 1:
            table = self._table(N_("code"), N_("severity"), N_("problem"))
            for rule in rules:
                table.add_row(rule.code, self._severity(rule.severity.value), self.say(rule.title))
            self._show(table)
            return
        for rule in rules:
            self._tell(
                N_("{code}  {problem} ({severity})"),
                code=rule.code,
                problem=self.say(rule.title),
                severity=self._severity(rule.severity.value),
            )
            self._tell(N_("Why it matters: {text}"), text=self.say(rule.why))
            self._tell(N_("How to put it right: {text}"), text=self.say(rule.remedy))
            self._tell(N_("Wrong: {text}"), text=rule.bad or self.say(N_("(empty)")))
            self._tell(N_("Right: {text}"), text=rule.good or self.say(N_("(empty)")))

    # parts of the answers

    def _headline(self, outcome: "Outcome") -> None:
        rows = outcome.rows
        if outcome.batch is None:
            self._tell(N_("Nobody is left to pay; no batch was made."))
        else:
            state = self.say(STATES[outcome.state or ""])
            self._tell(N_("Batch {batch}: {state}"), batch=outcome.batch, state=state)
            if outcome.repeated:
                self._tell(N_("It was made from these rosters before; nobody is paid again."))
        self._tell(
            N_("Rows: {read} read = {paid} paid + {held} held + {skipped} that need nothing now"),
            **rows,
        )
        if any(outcome.not_people.values()):
            self._tell(
                N_("Not people: {total_rows} total rows, {other_rows} other rows, {sheets} sheets"),
                **outcome.not_people,
            )

    def _amounts(self, outcome: "Outcome") -> None:
        from relief_cli.money import format_yuan
        from relief_cli.reports.words import SOURCES, word

        if outcome.batch is None:
            return
        table = self._table(N_("persons"), N_("payments"), N_("amount (yuan)"), numbers=True)
        table.add_row(
            f"{outcome.beneficiaries:,}", f"{outcome.payments:,}", format_yuan(outcome.amount_fen)
        )
        self._show(table)
        table = self._table(
            *(word(SOURCES, source, str) for source in outcome.shares_fen), numbers=True
        )
        table.add_row(*(format_yuan(fen) for fen in outcome.shares_fen.values()))
        self._show(table)

    def _findings(self, findings: dict[str, int], severities: dict[str, str]) -> None:
        from relief_cli.checks.rules import RULES

        if not findings:
            return
        table = self._table(N_("code"), N_("severity"), N_("rows"), N_("problem"))
        for code, count in findings.items():
            severity = self._severity(severities[code])
            table.add_row(code, severity, f"{count:,}", self.say(RULES[code].title))
        self._show(table)

    def _sheets(self, outcome: "CheckOutcome") -> None:
        table = self._table(
            N_("file"), N_("sheet"), N_("people"), N_("totals"), N_("columns not used")
        )
        for file, sheet, rows, totals, ignored in outcome.sheets:
            table.add_row(file, sheet, f"{rows:,}", str(totals or ""), " ".join(ignored))
        for file, sheet in outcome.passed_over:
            table.add_row(file, sheet, self.say(N_("no roster")), "", "")
        self._show(table)

    def _bank_files(self, outcome: "Outcome") -> None:
        from relief_cli.money import format_yuan

        files = [file for file in outcome.files if file.kind == "bank"]
        if not files:
            return
        table = self._table(N_("bank file"), N_("format"), N_("payments"), N_("amount (yuan)"))
        for file in files:
            table.add_row(
                file.path, file.format, f"{file.payments:,}", format_yuan(file.amount_fen)
            )
        self._show(table)

    def _next(self, outcome: "Outcome") -> None:
        if outcome.output:
            self._tell(N_("Files: {folder}"), folder=outcome.output)
        if outcome.approvals_missing:
            self._tell(N_("It waits for {count} approvals."), count=outcome.approvals_missing)
        elif outcome.state == "prepared":
            self._tell(N_("Next: relief export {batch}"), batch=outcome.batch)
        held = outcome.held_list or (outcome.output / "held.xlsx" if outcome.output else None)
        if outcome.rows["held"] and held:
            self._tell(N_("Held rows, for the townships to put right: {path}"), path=held)
            self._tell(
                N_("When it comes back: relief run {programme} {file} --cycle {cycle}"),
                programme=outcome.programme,
                file=held,
                cycle=outcome.cycle,
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

    def _say_error(self, error: ReliefError) -> None:
        place = " ".join(part for part in (error.file, error.sheet, error.cell) if part)
        text = error.text(self.say)
        if place:
            text = self.say(N_("{place}: {text}")).format(place=place, text=text)
        if error.code[:1].isupper():
            text = f"[{error.code}] {text}"
        self._to_stderr(self.say(N_("Error: {text}")).format(text=text))
        for label, text in (
            (N_("Why it matters: {text}"), error.why_text(self.say)),
            (N_("What to do: {text}"), error.remedy_text(self.say)),
        ):
            if text:
                self._to_stderr("  " + self.say(label).format(text=text))

    def _error_object(self, error: ReliefError) -> dict[str, Any]:
        return {
            "code": error.code,
            "message": error.text(self.say),
            "why": error.why_text(self.say),
            "remedy": error.remedy_text(self.say),
            "file": error.file,
            "sheet": error.sheet,
            "cell": error.cell,
        }

    # the console

    def _tell(self, message: str, **values: object) -> None:
        if self.json:
            if not self.quiet:
                self._to_stderr(self.say(message).format(**values))
        else:
            self.line(self.say(message).format(**values))

    def _table(self, *titles: str, numbers: bool = False) -> "Table":
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        right = {N_("rows"), N_("people"), N_("payments"), N_("amount (yuan)"), N_("rows per file")}
        for title in titles:
            justify = "right" if numbers or title in right else "left"
            table.add_column(self.say(title), justify=justify, overflow="fold")  # type: ignore[arg-type]
        return table

    def _show(self, table: "Table") -> None:
        if not self.quiet and not self.json:
            self._console().print(table)

    def _console(self, *, error: bool = False) -> "Console":
        from rich.console import Console

        stream = sys.stderr if error else sys.stdout
        width = None if stream.isatty() else _PLAIN_WIDTH
        return Console(stderr=error, width=width, highlight=False, markup=False)

    def _to_stderr(self, text: str) -> None:
        self._console(error=True).print(text, soft_wrap=True)

    def _object(self, shown: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")


STATES = {"prepared": N_("prepared"), "exported": N_("exported")}
"""The states of a batch."""
