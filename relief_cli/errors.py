"""What can go wrong, and the exit code that each means.

One error is one message: what is wrong, where, why it matters, what to do next. Messages are
English with named placeholders, marked by :func:`relief_cli.i18n.N_`, and translated by whoever
shows them.
"""

from enum import IntEnum
from typing import ClassVar

from relief_cli.i18n import Translate


class ExitCode(IntEnum):
    """The program's answers to the shell."""

    DONE = 0
    HELD = 1
    """Done, but rows were held or something is late."""
    USAGE = 2
    """Bad usage or an unreadable file."""
    WAITING = 3
    """Waiting for an approval."""
    REFUSED = 4
    """Refused by a safety rule."""
    FAULT = 70
    """A fault in the program."""


class ReliefError(Exception):
    """Anything that a clerk can cause or cure; never a fault of the program.

    Args:
        code: a finding code (``F004``) or a short name (``policy-missing``).
        message: what is wrong, English, with ``{name}`` placeholders.
        why: why it matters; may hold placeholders too.
        remedy: what to do next; may hold placeholders too.
        file: the file concerned, by name.
        sheet: the sheet concerned.
        cell: the cell concerned, such as ``C7``.
        values: what the placeholders stand for. Never an unmasked ID, account or phone number.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE

    def __init__(
        self,
        code: str,
        message: str,
        *,
        why: str = "",
        remedy: str = "",
        file: str | None = None,
        sheet: str | None = None,
        cell: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.why = why
        self.remedy = remedy
        self.file = file
        self.sheet = sheet
        self.cell = cell
        self.values = values
        self.also: tuple[ReliefError, ...] = ()
        """Further errors of the same kind, so that all are shown at once."""

    def __str__(self) -> str:
        """Give the message in English, for logs and tests."""
        return self.text(lambda message: message)

    def text(self, translate: Translate) -> str:
        """Give what is wrong, in the language of ``translate``."""
        return self._filled(translate(self.message))

    def why_text(self, translate: Translate) -> str:
        """Give why it matters; empty where the message says it all."""
        return self._filled(translate(self.why)) if self.why else ""

    def remedy_text(self, translate: Translate) -> str:
        """Give what to do next; empty where nothing can be done."""
        return self._filled(translate(self.remedy)) if self.remedy else ""

    def _filled(self, text: str) -> str:
        place = {"file": self.file, "sheet": self.sheet, "cell": self.cell}
        return text.format(**{**place, **self.values})


class UsageError(ReliefError):
    """The command was called in a way that cannot work."""


class UnreadableError(ReliefError):
    """A file that was given cannot be taken in (F001 to F006, F011); nothing was recorded."""


class PolicyError(ReliefError):
    """The policy or the office's settings lack something or contradict themselves."""


class WaitingError(ReliefError):
    """An approval is missing."""

    exit_code = ExitCode.WAITING


class RefusedError(ReliefError):
    """A safety rule forbids it."""

    exit_code = ExitCode.REFUSED
