"""Read policy files: TOML into checked pieces, or an error that names the file and the key."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from relief_cli import own_files
from relief_cli.errors import PolicyError
from relief_cli.i18n import N_
from relief_cli.policy.schema import refusal

Table = Mapping[str, Any]


def shipped() -> Iterator[tuple[str, Table]]:
    """Give the name and the content of each policy file that comes with the program."""
    folder = resources.files(__package__) / "data"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield file.name, parse(file.name, file.read_bytes())


def read(path: Path) -> tuple[str, Table]:
    """Give the name and the content of an office's own policy file.

    Raises:
        PolicyError: ``policy-unreadable`` or ``policy-not-toml``.
    """
    try:
        content, _ = own_files.read(path)
    except OSError as error:
        raise PolicyError(
            "policy-unreadable",
            N_("the policy file cannot be read: {problem}"),
            remedy=N_("See that the file can be read, or take it out of the folder policy."),
            file=path.name,
            problem=error.strerror,
        ) from error
    return path.name, parse(path.name, content)


def parse(name: str, content: bytes) -> Table:
    """Give the table in ``content``, UTF-8 with or without a byte order mark.

    Raises:
        PolicyError: ``policy-not-toml``.
    """
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(
            "policy-not-toml",
            N_("the policy file is not TOML: {problem}"),
            remedy=N_("Save it as UTF-8 text and put right the line that is named."),
            file=name,
            problem=str(error),
        ) from error


def check_keys(
    file: str, key: str, table: object, required: Mapping[str, type], optional: Mapping[str, type]
) -> Table:
    """Give ``table`` when it is one, has all ``required`` keys, and no unknown or mistyped one.

    ``object`` as a type leaves the check of the value to the caller. Texts must not be blank.

    Raises:
        PolicyError: ``policy-type``, ``policy-key-unknown`` or ``policy-key-missing``.
    """
    if not isinstance(table, dict):
        raise mistyped(file, key, N_("It must be a block of keys and values."))
    known = {**required, **optional}
    for name, value in table.items():
        if name not in known:
            raise unknown(file, f"{key}.{name}", known)
        _check_value(file, f"{key}.{name}", value, known[name])
    for name in required:
        if name not in table:
            raise refusal(
                "policy-key-missing",
                N_("{key} is missing"),
                file,
                f"{key}.{name}",
                N_("Add it to the block; a value holds only with its date, unit and reference."),
            )
    return table


def _check_value(file: str, key: str, value: object, wanted: type) -> None:
    if wanted is str and not (isinstance(value, str) and value.strip()):
        raise mistyped(file, key, N_("It must be text in quotes, not blank."))
    if wanted is dt.date and type(value) is not dt.date:
        raise mistyped(file, key, N_("It must be a date without quotes, such as 2022-08-20."))
    if wanted is list and not (
        isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
    ):
        raise mistyped(file, key, N_("It must be a list of texts in quotes, each not blank."))


def unknown(file: str, key: str, known: Mapping[str, object]) -> PolicyError:
    """Give the error for a key that nothing reads."""
    return refusal(
        "policy-key-unknown",
        N_("{key} is not known"),
        file,
        key,
        N_("Correct or remove it. Known here: {known}."),
        known=", ".join(known),
    )


def mistyped(file: str, key: str, remedy: str) -> PolicyError:
    """Give the error for a value of the wrong form; ``remedy`` says the right one."""
    return refusal("policy-type", N_("{key} has the wrong form"), file, key, remedy)
