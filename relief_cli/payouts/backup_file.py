"""What a backup holds, and how one is taken apart: with suspicion.

A tar archive of the ledger and the office's settings, after a manifest with the digest of each.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from relief_cli import archive, files
from relief_cli.errors import RefusedError, UnreadableError
from relief_cli.i18n import N_
from relief_cli.settings import SETTINGS

LEDGER = "ledger.sqlite"
FOLDERS = ("policy", "banks")
"""The folders of the office's own settings, of which every ``.toml`` counts."""
_MANIFEST = "manifest.json"
_FORMAT = "relief-backup-1"
_LARGEST_MANIFEST = 10_000_000
_KNOWN = re.compile(rf"{re.escape(SETTINGS)}|{re.escape(LEDGER)}|({'|'.join(FOLDERS)})/[^/]+\.toml")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a backup's manifest says."""

    events: int
    head: str
    """The digest of the last event; empty where there is none."""
    digests: Mapping[str, str]
    """File → SHA-256."""

    def as_bytes(self) -> bytes:
        """Give the manifest: sorted keys, two spaces, UTF-8, a newline."""
        shown = {
            "format": _FORMAT,
            "events": self.events,
            "head": self.head,
            "files": dict(self.digests),
        }
        text = json.dumps(shown, ensure_ascii=False, sort_keys=True, indent=2)
        return f"{text}\n".encode()


def packed(contents: Contents, folder: Path) -> Iterator[bytes]:
    """Give the archive of the files in ``folder`` that ``contents`` names, in pieces."""
    manifest = contents.as_bytes()
    yield from archive.packed(
        [
            archive.Member(_MANIFEST, len(manifest), (manifest,)),
            *(
                archive.Member(name, (folder / name).stat().st_size, files.pieces_of(folder / name))
                for name in sorted(contents.digests)
            ),
        ]
    )


def unpack(file: BinaryIO, folder: Path) -> Contents:
    """Take a backup apart into ``folder``, which nobody else reads; verify every digest.

    Raises:
        UnreadableError: ``backup-unreadable``; and as :func:`relief_cli.archive.members`.
        RefusedError: ``backup-changed``; likewise.
        UsageError: ``write-failed``.
    """
    members = archive.members(file)
    first = next(members, None)
    if first is None or first.name != _MANIFEST or first.size > _LARGEST_MANIFEST:
        raise _unreadable()
    contents = _contents(b"".join(first.content))
    found = {}
    for member in members:
        if member.name not in contents.digests:
            raise _changed(member.name)
        digest = hashlib.sha256()
        files.make_private_folder((folder / member.name).parent)
        files.write_new(folder / member.name, _digested(member.content, digest))
        found[member.name] = digest.hexdigest()
    for name, expected in contents.digests.items():
        if found.get(name) != expected:
            raise _changed(name)
    return contents


def _digested(pieces: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _contents(manifest: bytes) -> Contents:
    try:
        shown: dict[str, Any] = json.loads(manifest)
        contents = Contents(events=shown["events"], head=shown["head"], digests=shown["files"])
        sound = (
            shown["format"] == _FORMAT
            and type(contents.events) is int
            and isinstance(contents.head, str)
            and contents.as_bytes() == manifest
            and {SETTINGS, LEDGER} <= contents.digests.keys()
            and all(map(_KNOWN.fullmatch, contents.digests))
            and all(map(_DIGEST.fullmatch, contents.digests.values()))
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable() from error
    if not sound:
        raise _unreadable()
    return contents


def _unreadable() -> UnreadableError:
    return UnreadableError(
        "backup-unreadable",
        N_("The file is not a backup of relief, or one of a newer relief."),
        why=N_("Its manifest is not one that this program writes."),
        remedy=N_("Give the file that `relief backup` wrote."),
    )


def _changed(name: str) -> RefusedError:
    return RefusedError(
        "backup-changed",
        N_("{name} in the backup is not what was put into it."),
        why=N_("Books that somebody may have changed prove nothing."),
        remedy=N_("Take another backup; keep this one to find out what happened to it."),
        name=name,
    )
