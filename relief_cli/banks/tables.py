"""TOML tables read strictly: every key is asked for by name, and what is left over is refused."""

import io
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from relief_cli import own_files
from relief_cli.errors import PolicyError
from relief_cli.i18n import N_

Value = TypeVar("Value")
_KINDS = {
    str: N_("text"),
    int: N_("a whole number"),
    bool: N_("true or false"),
    list: N_("a list"),
    dict: N_("a table"),
}


class Table:
    """One table of a TOML file, that remembers which keys were asked for."""

    def __init__(
        self, values: Mapping[str, Any], file: str, place: str = "", text: str = ""
    ) -> None:
        """Hold ``values``, from ``file``, under the key ``place``; ``text`` is the whole file."""
        self._values = dict(values)
        self._file = file
        self._place = place
        self.text = text

    def take(self, key: str, kind: type[Value], default: Value | None = None) -> Value:
        """Give the value of ``key``, which must be of ``kind``, and count it as known.

        Raises:
            PolicyError: it is missing and has no default, or it is of another kind.
        """
        value = self._values.pop(key, default)
        if value is None:
            raise self.error(key, N_("the key {key} is missing"))
        if type(value) is not kind:
            raise self.error(key, N_("{key} must be {kind}"), kind=_KINDS[kind])
        return value

    def among(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """Give the text of ``key``, which must be one of ``choices``.

        Raises:
            PolicyError: it is missing without a default, or something else.
        """
        value = self.take(key, str, default)
        if value not in choices:
            raise self.error(key, N_("{key} must be one of {choices}"), choices=" ".join(choices))
        return value

    def texts(self, key: str) -> dict[str, str]:
        """Give a text in each language: one text for all, or a table of ``zh`` and ``en``.

        Raises:
            PolicyError: neither of the two.
        """
        if isinstance(self._values.get(key), str):
            text = self.take(key, str)
            return {"zh": text, "en": text}
        inner = self.table(key)
        languages = {language: inner.take(language, str) for language in ("zh", "en")}
        inner.close()
        return languages

    def strings(self, key: str) -> list[str]:
        """Give a list of texts; an absent key is an empty list.

        Raises:
            PolicyError: not a list, or something else in it.
        """
        values = self.take(key, list, [])
        if any(not isinstance(value, str) for value in values):
            raise self.error(key, N_("{key} must be {kind}"), kind=N_("a list of texts"))
        return values

    def words(self, key: str) -> list[str]:
        """Give one text, or a list of texts, as a list that is not empty.

        Raises:
            PolicyError: neither of the two.
        """
        if self.holds(key, str):
            return [self.take(key, str)]
        words = self.strings(key)
        if not words:
            raise self.error(key, N_("the key {key} is missing"))
        return words

    def holds(self, key: str, kind: type) -> bool:
        """Say whether ``key`` is there, not taken yet, and of ``kind``."""
        return type(self._values.get(key)) is kind

    def table(self, key: str) -> "Table":
        """Give the table under ``key``; an absent one is empty.

        Raises:
            PolicyError: not a table.
        """
        return Table(self.take(key, dict, {}), self._file, self._under(key))

    def tables(self, key: str) -> list["Table"]:
        """Give the tables under ``key``, in order; an absent key is an empty list.

        Raises:
            PolicyError: not a list of tables.
        """
        values = self.take(key, list, [])
        if any(not isinstance(value, dict) for value in values):
            raise self.error(key, N_("{key} must be {kind}"), kind=N_("a list of tables"))
        return [
            Table(value, self._file, f"{self._under(key)}[{number}]")
            for number, value in enumerate(values, start=1)
        ]

    def peek(self, key: str) -> list[str]:
        """Give the keys of the table under ``key``, without counting it as known."""
        return list(self._values[key]) if self.holds(key, dict) else []

    def keys(self) -> list[str]:
        """Give the keys that were not taken yet."""
        return list(self._values)

    def close(self) -> None:
        """Refuse what was never asked for.

        Raises:
            PolicyError: an unknown key is left.
        """
        for key in self._values:
            raise self.error(key, N_("the key {key} is not known"))

    def error(self, key: str, message: str, **values: object) -> PolicyError:
        """Give the error that says what is wrong with ``key``, and in which file."""
        return PolicyError(
            "bank-template",
            message,
            why=N_("A bank file written from a wrong template pays the wrong account or nothing."),
            remedy=N_("Correct {key} in {template}; the templates that come with relief show how."),
            file=self._file,
            key=self._under(key),
            template=self._file,
            **values,  # type: ignore[arg-type]  # placeholders only, never the error's own fields
        )

    def _under(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key


def parse(text: str, file: str) -> Table:
    """Parse the ``text`` of a TOML file that is called ``file``.

    Raises:
        tomllib.TOMLDecodeError: it is not TOML.
    """
    return Table(tomllib.loads(text), file, text=text)


def read(path: Path) -> Table:
    """Read a TOML file.

    Raises:
        PolicyError: it cannot be read, or is not TOML in UTF-8.
    """
    try:
        return parse(_text(path), path.name)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message, reason = N_("{template} is not a TOML file: {reason}"), str(error)
        if isinstance(error, OSError):
            message, reason = N_("{template} cannot be read: {reason}"), error.strerror or ""
        raise PolicyError(
            "bank-template",
            message,
            remedy=N_("Correct {template}, or take it away."),
            file=path.name,
            template=path.name,
            reason=reason,
        ) from error


def _text(path: Path) -> str:
    content, _ = own_files.read(path)
    # As a text file is read: however its lines end.
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8").read()
