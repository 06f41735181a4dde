"""Encryption for what leaves the office: age for packages, ECMA-376 (AES) for workbooks.

Whatever was encrypted is decrypted again and compared before anybody gets it. The libraries are
loaded where they are used: most runs seal nothing.
"""

import hashlib
import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from relief_cli import own_files
from relief_cli.errors import RefusedError, UnreadableError, UsageError
from relief_cli.i18n import N_

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

SHORTEST_PASSWORD = 8
"""Characters; whoever copies a workbook can try passwords at leisure."""
LONGEST_PASSWORD = 255
"""Characters that spreadsheets take."""
_KEY = "age1"
_SECRET = "AGE-SECRET-KEY-"  # noqa: S105  # how a secret key begins, not one
_ENCRYPTED = b"age-encryption.org/"


@dataclass(frozen=True, kw_only=True)
class Seal:
    """How bank files are sealed."""

    to: "Sequence[Recipient]" = ()
    """Who can decrypt the package of all bank files; where nobody, no package is made."""
    password: str | None = None
    """What the workbooks among them open with."""


def plan(encrypt_to: Sequence[str], password: str | None) -> Seal | None:
    """Take in keys and password, before anything is read or recorded; ``None`` where none are.

    Raises:
        UsageError: ``password-length``; and as :func:`recipients`.
    """
    if password is not None and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(
            "password-length",
            N_("The password of a workbook must have {least} to {most} characters."),
            why=N_("Whoever copies the workbook can try passwords as often as they like."),
            remedy=N_("Choose another one, and put it into the first line of the file."),
            least=SHORTEST_PASSWORD,
            most=LONGEST_PASSWORD,
        )
    to = recipients(encrypt_to) if encrypt_to else ()
    return Seal(to=to, password=password) if to or password is not None else None


def recipients(given: Sequence[str]) -> "list[Recipient]":
    """Give the public keys that ``given`` names: keys (``age1…``), or files with one a line.

    Raises:
        UsageError: ``key-malformed``, ``key-secret``, ``key-file-unreadable``, ``key-none``.
    """
    import pyrage  # noqa: PLC0415  # see above

    found = []
    for one in given:
        in_file = not one.startswith((_KEY, _SECRET))
        for number, key in _keys(Path(one)) if in_file else [(0, one)]:
            if key.startswith(_SECRET):
                raise UsageError(
                    "key-secret",
                    N_("This is a secret key; encrypting needs the public one (age1…)."),
                    why=N_("Whoever has the secret key reads all that is encrypted to it."),
                    remedy=N_("Ask for the public key; the secret one stays with the recipient."),
                    file=_place(one, number),
                )
            try:
                found.append(pyrage.x25519.Recipient.from_str(key))
            except pyrage.RecipientError as error:
                raise UsageError(
                    "key-malformed",
                    N_("This is not a public key of age, or it was mistyped."),
                    why=N_("What is encrypted to it, nobody could read."),
                    remedy=N_("Copy the whole key: age1 and 58 letters and digits after it."),
                    file=_place(one, number),
                ) from error
    return found


def identities(path: Path) -> "list[Identity]":
    """Give the secret keys in the file at ``path``, as ``age-keygen`` writes them.

    Raises:
        UsageError: ``key-malformed``, ``key-file-unreadable``, ``key-none``.
    """
    import pyrage  # noqa: PLC0415  # see above

    found = []
    for number, key in _keys(path):
        try:
            found.append(pyrage.x25519.Identity.from_str(key))
        except pyrage.IdentityError as error:
            raise UsageError(
                "key-malformed",
                N_("This is not a secret key of age."),
                remedy=N_("Give the file that age-keygen wrote: a line AGE-SECRET-KEY-1…"),
                file=_place(str(path), number),
            ) from error
    return found


def _keys(path: Path) -> list[tuple[int, str]]:
    """Give the keys in a file, each with the number of its line."""
    try:
        lines = own_files.read_stream(path).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "key-file-unreadable",
            N_("The file of keys cannot be read."),
            remedy=N_("Give a text file with one key a line, or the public key itself (age1…)."),
            file=path.name,
        ) from error
    stripped = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    keys = [(number, line) for number, line in stripped if line and not line.startswith("#")]
    if not keys:
        raise UsageError(
            "key-none",
            N_("There is no key in the file."),
            remedy=N_("Give a text file with one key a line, or the public key itself (age1…)."),
            file=path.name,
        )
    return keys


def _place(given: str, line: int) -> str:
    """Say where a key stands, without the key: it may be a secret one with a slip in it."""
    return f"{Path(given).name}:{line}" if line else f"{given[:8]}…"


def encrypt(source: BinaryIO, target: BinaryIO, to: "Sequence[Recipient]") -> None:
    """Encrypt ``source`` into ``target``, and decrypt it again to see that it can be read.

    Args:
        source: from its beginning to its end.
        target: empty, open to write and to read.
        to: who can decrypt it. A key made here is added, used to read it again, and forgotten.

    Raises:
        RefusedError: ``sealed-unreadable``.
    """
    import pyrage  # noqa: PLC0415  # see above

    own = pyrage.x25519.Identity.generate()
    source.seek(0)
    pyrage.encrypt_io(source, target, [*to, own.to_public()])
    target.flush()
    target.seek(0)
    source.seek(0)
    read_again = _Digest()
    try:
        pyrage.decrypt_io(target, read_again, [own])
    except (pyrage.DecryptError, OSError) as error:
        raise _unreadable() from error
    given = _Digest()
    shutil.copyfileobj(source, given)
    if read_again.hexdigest() != given.hexdigest():
        raise _unreadable()
    target.seek(0)


def is_encrypted(source: BinaryIO) -> bool:
    """Say whether ``source``, which stands at its beginning and stays there, is a file of age."""
    begins = source.read(len(_ENCRYPTED))
    source.seek(0)
    return begins == _ENCRYPTED


def decrypt(source: BinaryIO, target: BinaryIO, keys: "Sequence[Identity]") -> None:
    """Decrypt ``source`` into ``target``.

    Raises:
        UnreadableError: ``decryption``; no key fits, or the file was changed.
        OSError: the disk refuses.
    """
    import pyrage  # noqa: PLC0415  # see above

    try:
        pyrage.decrypt_io(source, target, keys)
    except pyrage.DecryptError as error:
        raise _locked() from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise _locked() from error  # pyrage's word for a part that does not verify
    target.flush()


def _locked() -> UnreadableError:
    return UnreadableError(
        "decryption",
        N_("The file cannot be decrypted: the key is another one, or the file is not whole."),
        why=N_("Nothing of it was used."),
        remedy=N_("Give the secret key that belongs to the public one it was encrypted to."),
    )


def lock_workbook(content: bytes, password: str) -> bytes:
    """Give the workbook ``content`` (.xlsx) so that it opens with ``password`` alone.

    Raises:
        RefusedError: ``sealed-unreadable``.
    """
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError  # noqa: PLC0415  # see above
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415  # likewise

    locked, opened = io.BytesIO(), io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, locked)
    try:
        book = OOXMLFile(locked)
        book.load_key(password=password, verify_password=True)
        book.decrypt(opened, verify_integrity=True)
    except (DecryptionError, InvalidKeyError) as error:
        raise _unreadable() from error
    if opened.getvalue() != content:
        raise _unreadable()
    return locked.getvalue()


def _unreadable() -> RefusedError:
    return RefusedError(
        "sealed-unreadable",
        N_("What was encrypted could not be opened again; it was not put in place."),
        why=N_("A sealed copy that nobody can open looks like one that arrived."),
        remedy=N_("See whether the disk is full, and run it again; nothing else has changed."),
    )


class _Digest:
    """A file that keeps nothing of what is written but its digest."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self._digest.update(piece)
        return len(piece)

    def flush(self) -> None:
        pass

    def hexdigest(self) -> str:
        return self._digest.hexdigest()
