"""Which bank a clerk means by 农信社 or 中国建设银行阳曲支行, and which format that bank gets."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

import pandas as pd

from relief_cli.banks.data_files import BANKS_FILE, DATA
from relief_cli.banks.tables import read
from relief_cli.errors import PolicyError
from relief_cli.i18n import N_

# Everything but letters, digits and Chinese: blanks, brackets, dots and dashes mean nothing here.
_NOISE = re.compile(r"[\W_]+")
_FOUND = "\0"


@dataclass(frozen=True)
class Bank:
    """One bank, or one class of banks that clear under the same three digits."""

    code: str
    title: Mapping[str, str]
    aliases: tuple[str, ...]
    format: str
    """The template that suits it; empty where none is known."""


@dataclass(frozen=True)
class Directory:
    """The banks, and the format of each."""

    banks: Mapping[str, Bank]
    default_format: str
    office_formats: Mapping[str, str]
    usable: frozenset[str] | None

    @classmethod
    def load(
        cls,
        office_formats: Mapping[str, str] | None = None,
        default_format: str = "generic-xlsx",
        usable: Collection[str] | None = None,
    ) -> Self:
        """Load the banks that come with the project, and the office's choices.

        Args:
            office_formats: bank code → template, as ``relief.toml`` has it.
            default_format: the template of banks without one of their own.
            usable: the templates that the office's settings suffice for
                (:func:`relief_cli.banks.planning.usable_formats`): a bank whose own format is not
                among them gets ``default_format``, so that an office works before its payer account
                is set. What the office chose itself is never exchanged. ``None``: all of them.

        Raises:
            PolicyError: ``bank-unknown``; the office names a bank code that there is not.
        """
        banks = _read_banks()
        for code in office_formats or {}:
            if code not in banks:
                raise PolicyError(
                    "bank-unknown",
                    N_("there is no bank with the code {bank}"),
                    why=N_("Its payments would go out in another format than the office wants."),
                    remedy=N_("Correct it in relief.toml; relief knows these codes: {codes}"),
                    file="relief.toml",
                    bank=code,
                    codes=" ".join(banks),
                )
        chosen = dict(office_formats or {})
        return cls(banks, default_format, chosen, None if usable is None else frozenset(usable))

    def identify(self, names: pd.Series) -> pd.Series:
        """Give the bank's code for each name that a clerk wrote.

        A bank is recognised by an alias within the text; a longer alias goes before a shorter one
        and uses its stretch of the text up. A text that names two banks names none.

        Args:
            names: texts such as ``阳曲县农村信用合作联社``, missing where the cell was empty.

        Returns:
            Codes such as ``402``, missing where the bank is not known; same index.
        """
        codes, uniques = pd.factorize(names)
        found = pd.Series([self._identify(str(each)) for each in uniques] + [None], dtype="str")
        # A missing name has the code -1, which finds the missing value at the end.
        return pd.Series(found.array.take(codes % len(found)), index=names.index, name="bank")

    def format_of(self, bank: str | None) -> str:
        """Give the template's name for the bank with code ``bank``; ``None`` is an unknown bank."""
        if bank is None or bank not in self.banks:
            return self.default_format
        if bank in self.office_formats:
            return self.office_formats[bank]
        own = self.banks[bank].format
        suits = own and (self.usable is None or own in self.usable)
        return own if suits else self.default_format

    def formats(self) -> dict[str, str]:
        """Give the template's name of every bank, by bank code."""
        return {code: self.format_of(code) for code in self.banks}

    def title(self, bank: str, language: str) -> str:
        """Give the name of the bank with code ``bank`` in ``language`` (``zh`` or ``en``).

        Raises:
            KeyError: there is no such bank.
        """
        return self.banks[bank].title[language]

    def _identify(self, text: str) -> str | None:
        rest = _normalised(text)
        found = set()
        for alias, code in self._aliases():
            if alias in rest:
                found.add(code)
                rest = rest.replace(alias, _FOUND)
        return found.pop() if len(found) == 1 else None

    def _aliases(self) -> list[tuple[str, str]]:
        """Give alias and code, the longest alias first."""
        pairs = [
            (_normalised(alias), bank.code)
            for bank in self.banks.values()
            for alias in bank.aliases
        ]
        return sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0]))


def _normalised(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _read_banks() -> dict[str, Bank]:
    table = read(DATA / BANKS_FILE)
    banks = {}
    for code in table.keys():  # noqa: SIM118  # not a mapping: taking a key removes it
        inner = table.table(code)
        banks[code] = Bank(
            code,
            inner.texts("title"),
            tuple(inner.strings("aliases")),
            inner.take("format", str, ""),
        )
        inner.close()
    return banks
