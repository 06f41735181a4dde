"""Message catalogues: English in the code, Chinese from ``locale/``.

Text that a clerk reads is written in English in the code, marked with :func:`N_`, and translated
only where it is shown. So a message can cross a process boundary or be stored, and be shown in
either language.
"""

import gettext
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

Translate = Callable[[str], str]

LANGUAGES = ("zh", "en")
_CATALOGUES = {"zh": "zh_CN"}


def N_(message: str) -> str:  # noqa: N802  # the name that gettext's tools look for
    """Mark ``message`` for translation and give it back unchanged."""
    return message


@dataclass(frozen=True)
class Translator:
    """Turns a marked message into one language; goes to other processes by the language alone."""

    language: str
    _gettext: Translate = field(compare=False, repr=False)

    def __call__(self, message: str) -> str:
        """Give ``message`` in the language."""
        return self._gettext(message)

    def __reduce__(self) -> tuple[Callable[[str], "Translator"], tuple[str]]:
        """Pickle the language."""
        return translator, (self.language,)


def translator(language: str) -> Translator:
    """Give the function that turns a marked message into ``language``.

    Args:
        language: ``"zh"`` or ``"en"``.

    Raises:
        FileNotFoundError: the catalogue was not built (the installation is broken).
    """
    if language not in _CATALOGUES:
        return Translator(language, gettext.NullTranslations().gettext)
    folder = Path(__file__).parent / "locale"
    catalogue = gettext.translation("relief", folder, languages=[_CATALOGUES[language]])
    return Translator(language, catalogue.gettext)
