"""Signatures of operators: Ed25519 (RFC 8032) over one canonical statement.

A private key lies in the operator's own home, locked with a passphrase (PKCS #8, RFC 5958); the
ledger knows the public key. What is signed is JSON with sorted keys, no spaces, in UTF-8. The
library is loaded where it is used: most runs sign nothing.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from relief_cli import own_files
from relief_cli.errors import UsageError
from relief_cli.files import make_private_folder, write_beside
from relief_cli.i18n import N_
from relief_cli.rights import require_private_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Ask = Callable[[str], str]
"""Gives the passphrase of the operator whose name it is told."""
SHORTEST_PASSPHRASE = 8
"""Characters; the key file may be copied and tried at leisure."""
LONGEST_PASSPHRASE = 200
_NAME = re.compile(r"[\w.-]{1,40}")


def check_name(name: str) -> None:
    """Refuse what cannot be an operator's name: it is part of a file's name and of statements.

    Raises:
        UsageError: ``operator-name``.

    >>> check_name("王小明")
    >>> check_name("../王小明")
    Traceback (most recent call last):
    relief_cli.errors.UsageError: “../王小明” cannot be an operator's name.
    """
    if not _NAME.fullmatch(name) or name.startswith("."):
        raise UsageError(
            "operator-name",
            N_("“{name}” cannot be an operator's name."),
            remedy=N_("Use letters, Chinese characters, digits, dots and dashes, 40 at most."),
            name=name,
        )


def key_file(public_key: str) -> str:
    """Give the name of the file that holds the private half of ``public_key``.

    >>> key_file("0123456789abcdef" * 4)
    '0123456789abcdef.pem'
    """
    return f"{public_key[:16]}.pem"


def create_key(folder: Path, passphrase: str) -> tuple[str, Path, "Key"]:
    """Make a new key pair; put the private key into ``folder``, locked with ``passphrase``.

    Args:
        folder: made, for its owner alone, if it is not there.
        passphrase: :data:`SHORTEST_PASSPHRASE` to :data:`LONGEST_PASSPHRASE` characters.

    Returns:
        The public key (64 hex digits), where the private one is, and that one unlocked.

    Raises:
        UsageError: ``passphrase-short`` or ``write-failed``.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # see above
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415  # likewise

    if not SHORTEST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE:
        raise UsageError(
            "passphrase-short",
            N_("The passphrase must have {least} to {most} characters."),
            why=N_("Whoever copies the key file can try passphrases as often as they like."),
            remedy=N_("Choose another one, such as four words."),
            least=SHORTEST_PASSPHRASE,
            most=LONGEST_PASSPHRASE,
        )
    key = ed25519.Ed25519PrivateKey.generate()
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    public_key = key.public_key().public_bytes_raw().hex()
    make_private_folder(folder)
    write_beside(folder / key_file(public_key), locked)
    return public_key, folder / key_file(public_key), Key(key)


@dataclass(frozen=True)
class Key:
    """A private key that was unlocked."""

    private: "Ed25519PrivateKey"

    @property
    def public_key(self) -> str:
        """The public half, 64 hex digits."""
        return self.private.public_key().public_bytes_raw().hex()

    def sign(self, statement: Mapping[str, object]) -> str:
        """Give the signature over ``statement``, 128 hex digits."""
        return self.private.sign(_bytes(statement)).hex()


@dataclass(frozen=True)
class Acting:
    """Who is at work, by what the command line says."""

    name: str | None
    """An operator's name; ``None`` for the only one whose key is in this home."""
    ask: Ask
    _keys: dict[Path, Key] = field(default_factory=dict)

    def key(self, path: Path, name: str) -> Key:
        """Unlock the private key of operator ``name`` at ``path``; asked once.

        Raises:
            UsageError: ``key-missing`` or ``passphrase-wrong``.
        """
        if path not in self._keys:
            self._keys[path] = open_key(path, self.ask(name) if path.exists() else "")
        return self._keys[path]


def _nobody(_name: str) -> str:
    raise UsageError(
        "passphrase-missing",
        N_("Nobody is there to be asked for the passphrase."),
        remedy=N_("Give a file that holds it: --passphrase-file FILE"),
    )


NOBODY = Acting(None, _nobody)
"""Where the program is not told who is at work."""


def open_key(path: Path, passphrase: str) -> Key:
    """Unlock the private key at ``path``.

    Raises:
        UsageError: ``key-missing`` or ``passphrase-wrong``.
        RefusedError: ``key-open-to-others``.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # see above
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415  # likewise

    try:
        locked, state = own_files.read(path)
    except OSError as error:
        raise UsageError(
            "key-missing",
            N_("Your private key cannot be read: {path}"),
            why=N_("What an operator does counts only with that operator's signature."),
            remedy=N_("Work from your own account, where `relief operator add` put the key."),
            file=path.name,
            path=str(path),
        ) from error
    require_private_key(path, state)
    try:
        key = serialization.load_pem_private_key(locked, passphrase.encode())
    except (ValueError, TypeError) as error:
        raise UsageError(
            "passphrase-wrong",
            N_("The passphrase does not open the key, or the key file is damaged."),
            remedy=N_("Try again; nothing was recorded."),
            file=path.name,
        ) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise UsageError(
            "key-missing",
            N_("Your private key cannot be read: {path}"),
            remedy=N_("It is a key of another kind; make one with `relief operator add`."),
            file=path.name,
            path=str(path),
        )
    return Key(key)


def verifies(public_key: str, signature: str, statement: Mapping[str, object]) -> bool:
    """Say whether ``signature`` over ``statement`` was made by the owner of ``public_key``."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # see above
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415  # likewise

    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), _bytes(statement))
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """Give the first 16 of the key's hex digits, in fours, for people to compare.

    >>> fingerprint("0123456789abcdef" * 4)
    '0123 4567 89ab cdef'
    """
    return " ".join(public_key[place : place + 4] for place in range(0, 16, 4))


def _bytes(statement: Mapping[str, object]) -> bytes:
    text = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()
