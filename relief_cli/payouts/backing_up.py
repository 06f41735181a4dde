"""A backup: the ledger as it is at one moment and the office's settings, in one file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relief_cli import archive, files, own_files, sealing
from relief_cli.errors import UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.ledger.events import START
from relief_cli.office import Office
from relief_cli.own_files import toml_files
from relief_cli.payouts.backup_file import FOLDERS, LEDGER, Contents, packed
from relief_cli.settings import SETTINGS

if TYPE_CHECKING:
    from pyrage.x25519 import Recipient

_ENDING, _ENCRYPTED_ENDING = ".tar", ".tar.age"


@dataclass(frozen=True, kw_only=True)
class BackupOutcome:
    """A backup that was made."""

    path: Path
    sha256: str
    events: int
    head: str
    batches: int
    encrypted: bool

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "events": self.events,
            "head": self.head,
            "batches": self.batches,
            "encrypted": self.encrypted,
        }


def back_up(office: Office, place: Path | None, encrypt_to: Sequence[str]) -> BackupOutcome:
    """Put the ledger and the settings of ``office`` into one file.

    The same books and settings give the same bytes, unless they are encrypted: then lots are drawn.

    Args:
        office: the office; others may go on working in it.
        place: the file, or a folder in which it is named by its last event; the office's own folder
            for backups where ``None``.
        encrypt_to: public keys or files of them, see :func:`relief_cli.sealing.recipients`.

    Raises:
        UsageError: ``ledger-missing``, ``backup-name``, ``backup-source``, ``write-failed``; and as
            :func:`relief_cli.sealing.recipients`.
        RefusedError: ``sealed-unreadable``; ``ledger-open-to-others``.
    """
    to = sealing.recipients(encrypt_to) if encrypt_to else ()
    ending = _ENCRYPTED_ENDING if to else _ENDING
    _require_name(place, ending)
    ledger = Ledger.open(office.ledger_place, make=False)
    settings = _settings(office)
    with files.partial_folder(office.backup_folder) as work:
        ledger.copy_to(work / LEDGER)
        with Ledger.open(work / LEDGER).reading() as book:
            events, batches = book.event_digests(), book.names()
        for name, content in settings.items():
            files.make_private_folder((work / name).parent)
            files.write_new(work / name, content)
        contents = Contents(
            events=len(events),
            head=events[-1] if events else "",
            digests={name: files.sha256_of(work / name) for name in (LEDGER, *settings)},
        )
        name = f"{len(events):06d}-{(contents.head or START)[:16]}{ending}"
        folder = office.backup_folder if place is None else place
        final = folder / name if place is None or place.is_dir() else folder
        files.make_private_folder(final.parent)
        pieces = packed(contents, work)
        if to:
            pieces = _encrypted(pieces, work, to)
        files.write_beside(final, pieces)
    return BackupOutcome(
        path=final,
        sha256=files.sha256_of(final),
        events=contents.events,
        head=contents.head,
        batches=len(batches),
        encrypted=bool(to),
    )


def _encrypted(pieces: Iterator[bytes], work: Path, to: "Sequence[Recipient]") -> Iterator[bytes]:
    """Encrypt what may be larger than memory, by way of two files in the folder ``work``."""
    plain, locked = work / "plain", work / "locked"
    files.write_new(plain, pieces)
    with files.named(locked), plain.open("rb") as source, files.create_new(locked) as target:
        sealing.encrypt(source, target, to)
    return files.pieces_of(locked)


def _require_name(place: Path | None, ending: str) -> None:
    """Refuse a name by which a backup would not be known for what it is, or replace other files."""
    if place is None or place.is_dir() or place.name.endswith(ending):
        return
    raise UsageError(
        "backup-name",
        N_("{path} is neither a folder nor a name that ends with {ending}."),
        why=N_("A backup takes the place of a file of its name; it must not be another file."),
        remedy=N_("Give a folder that is there, or a file's name with that ending."),
        path=str(place),
        ending=ending,
    )


def _settings(office: Office) -> dict[str, bytes]:
    """Read the office's settings: name in the backup → content."""
    paths = [office.folder / SETTINGS]
    paths += (path for name in FOLDERS for path in toml_files(office.folder, name))
    found = {}
    for path in paths:
        name = path.relative_to(office.folder).as_posix()
        try:
            content, _ = own_files.read(path)
        except OSError as error:
            message = N_("{name} cannot be read into a backup: {reason}.")
            raise _unfit(name, message, error.strerror or type(error).__name__) from error
        if not archive.fits(name):
            message = N_("{name} cannot be in a backup: the name is too long or begins with a dot.")
            raise _unfit(name, message)
        found[name] = content
    return found


def _unfit(name: str, message: str, reason: str = "") -> UsageError:
    return UsageError(
        "backup-source",
        message,
        why=N_("A backup without it would pay by other rules when it is put back."),
        remedy=N_("Correct the file's rights or its name, or move it away; then run it again."),
        name=name,
        reason=reason,
    )
