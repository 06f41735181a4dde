"""The words in which a roster file is refused, shared by those who look at it."""

from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_

WHY = N_("A file that cannot be read with certainty is not read at all, so that nobody is missed.")
ASK = N_("Ask the sender for the original spreadsheet (.xlsx, .xls, .et, .ods or .csv).")
RESAVE = N_("Open it in Excel or WPS and save it as an Excel workbook (.xlsx); give that file.")
SPLIT = N_("Split it into smaller files, for example one per township, and give them all.")
UNLOCK = N_("Save it without a password and give that file.")


def refuse(
    code: str, message: str, *, file: str, remedy: str = ASK, **values: str | int
) -> UnreadableError:
    """Give the error that refuses the whole of ``file``.

    Args:
        code: F001, F002 or F006.
        message: what is wrong, marked for translation.
        file: the file's name.
        remedy: what to do next, marked for translation.
        values: what the placeholders stand for.
    """
    return UnreadableError(code, message, why=WHY, remedy=remedy, file=file, **values)  # type: ignore[arg-type]  # mypy takes any value for sheet and cell too


def changed(file: str) -> UnreadableError:
    """Give the error for a file that somebody writes while it is being read."""
    return UnreadableError(
        "file-changed",
        N_("The file was changed while it was being read."),
        why=N_("The books would hold one version's digest with the rows of another."),
        remedy=N_("Run the command again when nobody writes the file any more."),
        file=file,
    )
