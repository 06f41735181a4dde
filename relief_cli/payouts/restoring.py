"""Backups read again: verified, and put back where no ledger is.

A ledger that is there is never replaced: whoever was paid since the backup would be paid again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from relief_cli import files, sealing
from relief_cli.errors import ReliefError, UnreadableError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.ledger.database import Broken
from relief_cli.office import Office, load
from relief_cli.own_files import open_file
from relief_cli.payouts import putting_back
from relief_cli.payouts.auditing import audit
from relief_cli.payouts.backup_file import LEDGER, Contents, unpack
from relief_cli.payouts.newest_head import note_restored
from relief_cli.payouts.putting_back import ABSENT, BEHIND, CONTINUED, DAMAGED, OTHER, SAME
from relief_cli.settings import SETTINGS

if TYPE_CHECKING:
    from pyrage.x25519 import Identity


@dataclass(frozen=True, kw_only=True)
class RestoreOutcome:
    """What a backup holds, how the books in place stand to it, and what was put back."""

    file: Path
    encrypted: bool
    events: int
    head: str
    batches: int
    broken: tuple[Broken, ...]
    """Records of the backup's ledger and what is wrong with them."""
    present: str
    """:data:`ABSENT` … :data:`DAMAGED`: the ledger in place, before anything was put back."""
    further: int
    """Events that the ledger in place has after those of the backup, where it continues it."""
    restored: Path | None = None
    """The office's folder, where the backup was put back."""

    @property
    def alarming(self) -> bool:
        """Say whether somebody must look into it before money moves."""
        return bool(self.broken) or self.present in {BEHIND, OTHER, DAMAGED}

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        shown = [{"record": record, "problem": what} for record, what in self.broken]
        return {
            "file": str(self.file),
            "encrypted": self.encrypted,
            "verified": not self.broken,
            "broken": shown[0] if shown else None,
            "also": shown[1:],
            "events": self.events,
            "head": self.head,
            "batches": self.batches,
            "present": self.present,
            "further": self.further,
            "restored": str(self.restored) if self.restored else None,
        }


def restore(
    office: Office, file: Path, identity_file: Path | None, *, verify_only: bool
) -> RestoreOutcome:
    """Verify a backup in a private folder; put it back unless it is only to be verified.

    Nothing in place is replaced. A new folder becomes an office in one step; in one that is there
    the ledger comes last of what was missing, so that a killed run leaves no office that pays by
    half of the backup, and can be run again.

    Args:
        office: where it belongs; its folder may be missing.
        file: the backup.
        identity_file: the secret keys of an encrypted one.
        verify_only: nothing is put back.

    Raises:
        UsageError: ``identity-missing``, ``write-failed``; as :func:`relief_cli.sealing.identities`
            and :meth:`relief_cli.ledger.Ledger.open`.
        UnreadableError: ``backup-missing``, ``decryption``; as
            :func:`relief_cli.payouts.backup_file.unpack`.
        RefusedError: ``restore-over-ledger``, ``restore-journal``, ``restore-older``,
            ``restore-differs``, ``restore-raced``; as :func:`unpack`.
    """
    keys = sealing.identities(identity_file) if identity_file else []
    new = not office.folder.exists()
    with _opened(file) as source, _workplace(office, verify_only=verify_only) as content:
        encrypted = sealing.is_encrypted(source)
        try:
            with _plain(source, keys, content) if encrypted else source as archive:
                contents = unpack(archive, content)
        except ReliefError as error:
            error.file = error.file or file.name
            raise
        audited = audit(Office(folder=content))
        broken = audited.broken or _contradiction(contents, audited.events, audited.head)
        with Ledger.open(content / LEDGER).reading() as book:
            digests, gone_out = book.event_digests(), {n for n in book.names() if book.files(n)}
        office = _with_ledger_of(office, content)
        present, further = _present(office, digests)
        outcome = RestoreOutcome(
            file=file,
            encrypted=encrypted,
            events=audited.events,
            head=audited.head,
            batches=audited.batches,
            broken=broken,
            present=present,
            further=further,
        )
        if verify_only or broken:
            return outcome
        putting_back.require_room(office, content, contents, gone_out, present=present)
        if present != SAME and audited.events:
            # Before the ledger: a killed run leaves none that pays without being asked.
            note_restored(content if new else office.folder)
        if new:
            putting_back.become(office, content, with_ledger=present != SAME)
        else:
            putting_back.fill(office, content, contents, with_ledger=present != SAME)
    return replace(outcome, restored=office.folder)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """Give the backup, open."""
    try:
        source = open_file(file)
    except OSError as error:
        raise UnreadableError(
            "backup-missing",
            N_("The backup cannot be read: {reason}."),
            remedy=N_("Check the name, and whether the disk that it is on is there."),
            file=file.name,
            reason=error.strerror or type(error).__name__,
        ) from error
    with source:
        yield source


@contextmanager
def _workplace(office: Office, *, verify_only: bool) -> Iterator[Path]:
    """Give a private folder in the office, or beside where it will be; never one of the system's.

    Without an office it is in the current folder.
    """
    folder = office.folder.absolute()
    if folder.is_dir():
        place = folder / "restore"
    elif verify_only:
        place = Path.cwd() / "restore"
    else:
        place = folder
        files.make_private_folder(place.parent)
    with files.partial_folder(place) as work:
        yield work


def _plain(source: BinaryIO, keys: "Sequence[Identity]", work: Path) -> BinaryIO:
    """Give the decrypted backup: a file in ``work`` that has no name any more.

    Raises:
        UsageError: ``identity-missing``, ``write-failed``.
        UnreadableError: ``decryption``.
    """
    if not keys:
        raise UsageError(
            "identity-missing",
            N_("The backup is encrypted, and no key was given."),
            remedy=N_("Give the file that age-keygen wrote: --identity-file FILE"),
        )
    place = work / "plain"
    with files.named(place), files.create_new(place) as plain:
        sealing.decrypt(source, plain, keys)
        decrypted = place.open("rb")
        place.unlink()
    return decrypted


def _with_ledger_of(office: Office, content: Path) -> Office:
    """Give ``office`` with its ledger where the backup's settings say, if it has none in place."""
    if office.is_nowhere or (office.folder / SETTINGS).exists():
        return office
    return replace(office, ledger=load(content).ledger)


def _contradiction(contents: Contents, events: int, head: str) -> tuple[Broken, ...]:
    if (events, head) == (contents.events, contents.head):
        return ()
    return ((LEDGER, N_("its events are not those that the backup's manifest tells")),)


def _present(office: Office, digests: list[str]) -> tuple[str, int]:
    """Say how the ledger in place stands to the chain of a backup, and how much it is ahead."""
    if office.is_nowhere:
        return ABSENT, 0
    place = office.ledger_place
    # An empty file is what a killed run has left; a backup is put over no file.
    here: list[str] = []
    if not (isinstance(place, Path) and place.exists() and not place.stat().st_size):
        try:
            with Ledger.open(place, make=False).reading() as book:
                here = book.event_digests()
        except UnreadableError:
            return DAMAGED, 0
        except UsageError as error:
            if error.code != "ledger-missing":
                raise
            return ABSENT, 0
    both = min(len(here), len(digests))
    if here[:both] != digests[:both]:
        return OTHER, 0
    if len(here) < len(digests):
        return BEHIND, 0
    return (CONTINUED, len(here) - both) if len(here) > both else (SAME, 0)
