"""How anything is printed; nothing else prints."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from relief_cli.errors import ReliefError
from relief_cli.i18n import N_, Translate, translator
from relief_cli.shown import visible

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from rich.console import Console
    from rich.table import Table

_PLAIN_WIDTH = 120
"""Columns where nobody's terminal says how wide it is, as in a log."""

_SLOW_BYTES = 3_000_000
"""Rosters of this size take more than a second."""


def _size(path: Path) -> int:
    """Give the bytes of a file; 0 where it is none, which who reads it will say."""
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


class Screen:
    """The clerk's screen, or a program that asked for JSON; what is shown is in :mod:`answers`.

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
            sys.stdout.write(f"{visible(text)}\n")

    def document(self, text: str) -> None:
        """Print what was asked for as it is; --quiet does not silence it."""
        sys.stdout.write(text)

    def error(self, error: ReliefError) -> None:
        """Print what is wrong, where, why it matters and what to do, of this error and others."""
        self.say_errors((error, *error.also))
        if self.json:
            self.answer(self.errors_object((error, *error.also)))

    def say_errors(self, errors: Sequence[ReliefError]) -> None:
        """Print what is wrong, for a person."""
        for error in errors:
            self._say_error(error)

    def errors_object(self, errors: Sequence[ReliefError]) -> dict[str, Any]:
        """Give what is wrong, for a program: the first, and what else there is."""
        first, *others = map(self._error_object, errors)
        return {"error": {**first, "also": others} if others else first}

    def usage_error(self, error: typer.TyperException) -> None:
        """Print what the command line lacks."""
        context = getattr(error, "ctx", None)
        self._to_stderr(self.say(N_("Error: {text}")).format(text=error.format_message()))
        if context is not None:
            self._to_stderr(
                self.say(N_("Help: {command} --help")).format(command=context.command_path)
            )
        if self.json:
            self.answer(
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
            self.answer(
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
        size = sum(map(_size, rosters))
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

    def tell(self, message: str, **values: object) -> None:
        """Print a message; beside a JSON object it goes to standard error."""
        if self.json:
            if not self.quiet:
                self._to_stderr(self.say(message).format(**values))
        else:
            self.line(self.say(message).format(**values))

    def table(self, *titles: str, numbers: bool = False) -> "Table":
        """Make a table with these columns; figures stand at the right."""
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        right = {
            N_("rows"),
            N_("people"),
            N_("persons"),
            N_("payments"),
            N_("amount (yuan)"),
            N_("rows per file"),
            N_("oldest (days)"),
        }
        for title in titles:
            justify = "right" if numbers or title in right else "left"
            table.add_column(self.say(title), justify=justify, overflow="fold")  # type: ignore[arg-type]
        return table

    def show(self, table: "Table") -> None:
        """Print a table for a person."""
        if not self.quiet and not self.json:
            self._console().print(table)

    def _console(self, *, error: bool = False) -> "Console":
        from relief_cli.cli.console import SafeConsole

        stream = sys.stderr if error else sys.stdout
        width = None if stream.isatty() else _PLAIN_WIDTH
        return SafeConsole(stderr=error, width=width, highlight=False, markup=False)

    def _to_stderr(self, text: str) -> None:
        sys.stderr.write(f"{visible(text)}\n")

    def answer(self, shown: dict[str, Any]) -> None:
        """Print the one JSON object on standard output."""
        sys.stdout.write(visible(json.dumps(shown, ensure_ascii=False, indent=2)) + "\n")
