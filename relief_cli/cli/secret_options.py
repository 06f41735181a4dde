"""Options that name keys and passwords; no secret is ever an argument, which `ps` would show."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from relief_cli import own_files
from relief_cli.errors import UsageError
from relief_cli.i18n import N_, Translate

if TYPE_CHECKING:  # importing it costs time that `relief --help` does not have
    from relief_cli.sealing import Seal


def encrypt_to_option(say: Translate) -> object:
    """Give the option ``--encrypt-to``."""
    return typer.Option(
        "--encrypt-to",
        metavar="KEY",
        help=say(N_("Public key of age (age1…), or a file of them; may be given again.")),
    )


def workbook_password_option(say: Translate) -> object:
    """Give the option ``--workbook-password-file``."""
    return typer.Option(
        "--workbook-password-file",
        help=say(N_("File with a password that sealed copies of bank workbooks open with.")),
    )


def seal_of(encrypt_to: list[str] | None, workbook_password_file: Path | None) -> "Seal | None":
    """Give how bank files are to be sealed; ``None`` where they are not.

    Raises:
        UsageError: a key, a password or its file is none.
    """
    if not encrypt_to and workbook_password_file is None:
        return None
    from relief_cli import sealing

    password = None
    if workbook_password_file is not None:
        password = next(iter(passwords(workbook_password_file)), "")
    return sealing.plan(encrypt_to or (), password)


def secret_lines(path: Path) -> list[str]:
    """Give the lines of a file that holds a secret, which may be a pipe.

    Raises:
        OSError, UnicodeDecodeError: it cannot be read, or has no end.
    """
    return own_files.read_stream(path).decode("utf-8-sig").splitlines()


def passwords(path: Path | None) -> tuple[str, ...]:
    """Read passwords from a file, one a line."""
    if path is None:
        return ()
    try:
        lines = secret_lines(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "password-file-unreadable",
            N_("The file of passwords cannot be read"),
            remedy=N_("Give a text file in UTF-8 with one password a line"),
            file=path.name,
        ) from error
    return tuple(line for line in lines if line)
