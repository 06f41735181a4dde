"""Message catalogues: English in the code, Chinese from ``locale/``.

Text that a clerk reads is written in English in the code, marked with :func:`N_`, and translated
only where it is shown. So a message can cross a process boundary or be stored, and be shown in
either language.
"""

import gettext
from collections.abc import Callable
from pathlib import Path

Translate = Callable[[str], str]

LANGUAGES = ("zh", "en")
_CATALOGUES = {"zh": "zh_CN"}


def N_(message: str) -> str:  # noqa: N802  # the name that gettext's tools look for
    """Mark ``message`` for translation and give it back unchanged."""
    return message


def translator(language: str) -> Translate:
    """Give the function that turns a marked message into ``language``.

    Args:
        language: ``"zh"`` or ``"en"``.

    Raises:
        FileNotFoundError: the catalogue was not built (the installation is broken).
    """
    if language not in _CATALOGUES:
        return gettext.NullTranslations().gettext
    folder = Path(__file__).parent / "locale"
    return gettext.translation("relief", folder, languages=[_CATALOGUES[language]]).gettext
