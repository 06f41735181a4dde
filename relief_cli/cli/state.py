"""What the global options say, for every command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relief_cli.cli.acting import acting
from relief_cli.cli.answers import Answers
from relief_cli.errors import UsageError

if TYPE_CHECKING:  # importing it costs time that `relief --help` does not have
    from relief_cli.office import Office
    from relief_cli.signing import Acting

_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
_HELP = frozenset({"-h", "--help"})
_WITH_VALUE = frozenset({"--office", "--lang"})
"""Global options that a value follows."""


@dataclass
class State:
    """One invocation."""

    screen: Answers
    language_given: bool = False
    """By ``--lang`` or the locale; else the office's language is the screen's too."""
    language_chosen: str | None = None
    """What ``--lang`` says."""
    folder: Path | None = None
    """``--office`` or ``RELIEF_OFFICE``."""
    acting: "Acting | None" = None
    """Who is at work, where the command takes it; else by the environment."""

    def office(self) -> "Office":
        """Give the office that is meant.

        Raises:
            UsageError: ``office-missing``.
        """
        from relief_cli import office

        return self._speaking(office.load(self.folder) if self.folder else office.find(Path.cwd()))

    def office_or_new(self) -> "Office":
        """Give the office that is meant; a fresh folder named by ``--office`` becomes one."""
        from relief_cli import office, own_files

        if self.folder is None or own_files.is_office(self.folder):
            return self.office()
        try:
            made = self._speaking(office.create(self.folder))
        except UsageError as error:
            if error.code != "office-exists":  # another run made it at the same moment
                raise
            return self.office()
        self.screen.office_made(made)
        return made

    def office_or_defaults(self) -> "Office":
        """Give the office that is meant, or one of defaults that leaves no trace."""
        from relief_cli import office, own_files

        if self.folder is not None and not own_files.is_office(self.folder):
            return office.Office(folder=self.folder)
        try:
            return self.office()
        except UsageError as error:
            if error.code != "office-missing":
                raise
            return office.nowhere()

    def _speaking(self, office: "Office") -> "Office":
        if not self.language_given:
            self.screen.language = office.language
        return replace(office, acting=self.acting or acting(self.screen.say, None, None))


def chosen_language(arguments: Sequence[str]) -> str | None:
    """Give what ``--lang`` says, before the arguments are parsed: the help itself is translated.

    >>> chosen_language(["--lang", "en", "due"]), chosen_language(["due"]), chosen_language([])
    ('en', None, None)
    """
    words = iter(arguments)
    for word in words:
        if word == "--lang":
            return next(words, "")
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return None


def chosen_command(arguments: Sequence[str]) -> str | None:
    """Give the command that is typed: the first word that is no global option, nor its value.

    >>> chosen_command(["--office", "trace", "--json", "due", "--on", "2022-08-20"])
    'due'
    >>> chosen_command(["--office=trace", "--help"]), chosen_command(["--help", "due"])
    (None, None)
    """
    words = iter(arguments)
    for word in words:
        if word in _HELP:
            return None
        if word in _WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None


def locale_language(environment: Mapping[str, str]) -> str | None:
    """Give the language of the locale; None where it says nothing, as under cron.

    >>> locale_language({"LANG": "zh_CN.UTF-8"}), locale_language({"LC_ALL": "C", "LANG": "zh_CN"})
    ('zh', None)
    """
    for name in _LOCALES:
        locale = environment.get(name, "").split(".")[0]
        if locale in ("C", "POSIX"):
            return None
        if locale:
            return "zh" if locale.startswith("zh") else "en"
    return None
