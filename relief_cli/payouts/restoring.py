"""Backups read again: verified, and put back where no ledger is.

A ledger that is there is never replaced: whoever was paid since the backup would be paid again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from relief_cli import files, sealing
from relief_cli.errors import RefusedError, ReliefError, UnreadableError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.ledger.access import JOURNALS
from relief_cli.ledger.audit import Broken
from relief_cli.office import Office
from relief_cli.payouts.auditing import audit, unknown_batches
from relief_cli.payouts.backup_file import FOLDERS, LEDGER, Contents, unpack
from relief_cli.settings import SETTINGS

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

ABSENT, SAME, CONTINUED, BEHIND, OTHER, DAMAGED = (
    "absent", "same", "continued", "behind", "other", "damaged",
)  # fmt: skip
"""How the ledger in place stands to that of a backup."""


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
        _require_room(office, content, contents, present, gone_out)
        if new:
            _become(office, content)
        else:
            _fill(office, content, contents, present)
    return replace(outcome, restored=office.folder)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """Give the backup, open."""
    try:
        source = file.open("rb")
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


def _contradiction(contents: Contents, events: int, head: str) -> tuple[Broken, ...]:
    if (events, head) == (contents.events, contents.head):
        return ()
    return ((LEDGER, N_("its events are not those that the backup's manifest tells")),)


def _present(office: Office, digests: list[str]) -> tuple[str, int]:
    """Say how the ledger in place stands to the chain of a backup, and how much it is ahead."""
    path = office.ledger_path
    if office.is_nowhere or not path.exists():
        return ABSENT, 0
    here: list[str] = []
    if path.stat().st_size:
        try:
            with Ledger.open(path).reading() as book:
                here = book.event_digests()
        except UnreadableError:
            return DAMAGED, 0
    both = min(len(here), len(digests))
    if here[:both] != digests[:both]:
        return OTHER, 0
    if len(here) < len(digests):
        return BEHIND, 0
    return (CONTINUED, len(here) - both) if len(here) > both else (SAME, 0)


def _require_room(
    office: Office, content: Path, contents: Contents, present: str, gone_out: set[str]
) -> None:
    """Refuse to put a backup where it would replace or contradict something."""
    if present not in {ABSENT, SAME}:
        raise _over_ledger(office.ledger_path)
    if present == ABSENT:
        _require_new_ledger(office, gone_out)
    for name in _settings(contents):
        place = office.folder / name
        if place.exists() and place.read_bytes() != (content / name).read_bytes():
            raise RefusedError(
                "restore-differs",
                N_("{path} is there already, and differs from the backup's."),
                why=N_("Nothing that is there is replaced; one of the two sets what is paid."),
                remedy=N_("Compare them; move the wrong one away, and run it again."),
                file=name,
                path=str(place),
            )


def _require_new_ledger(office: Office, gone_out: set[str]) -> None:
    """Refuse to put a ledger beside what belongs to another one."""
    for ending in JOURNALS:
        journal = Path(f"{office.ledger_path}{ending}")
        if journal.exists():
            raise _journal(journal)
    if forgotten := unknown_batches(office, gone_out):
        raise RefusedError(
            "restore-older",
            N_("{batch} went out after this backup was made: its files are in {folder}."),
            why=N_("The ledger of the backup does not know it; its people would be paid again."),
            remedy=N_(
                "Put back a newer backup; only files that reached no bank may be moved away."
            ),
            batch=forgotten[0],
            folder=str(office.out_folder / forgotten[0]),
        )


def _become(office: Office, content: Path) -> None:
    """Let what was unpacked become the office in one step."""
    for folder in _folders(office):
        files.make_private_folder(content / folder)
    if not files.publish_folder(content, office.folder):
        raise _raced(office.folder)


def _fill(office: Office, content: Path, contents: Contents, present: str) -> None:
    """Put what is missing in place, the ledger and then ``relief.toml`` last."""
    for folder in _folders(office):
        files.make_private_folder(office.folder / folder)
        files.remove_leftovers(office.folder / folder)
    names = [name for name in _settings(contents) if name != SETTINGS]
    for name in (*names, LEDGER, SETTINGS):
        place = office.folder / name
        kept = present == SAME if name == LEDGER else place.exists()
        if not kept and not files.write_beside(
            place, files.pieces_of(content / name), replace=False
        ):
            raise _raced(place)


def _folders(office: Office) -> tuple[str, ...]:
    return (*FOLDERS, office.out_folder.name)


def _settings(contents: Contents) -> list[str]:
    return sorted(contents.digests.keys() - {LEDGER})


def _over_ledger(path: Path) -> RefusedError:
    return RefusedError(
        "restore-over-ledger",
        N_("There is a ledger already: {path}"),
        why=N_("Whoever was paid since the backup was made would be paid again."),
        remedy=N_(
            "See how they stand: relief restore FILE --verify. If the backup is to take its place,"
            " move the ledger away and keep it."
        ),
        file=path.name,
        path=str(path),
    )


def _journal(path: Path) -> RefusedError:
    return RefusedError(
        "restore-journal",
        N_("A journal of a former ledger lies here: {path}"),
        why=N_("SQLite would apply it to the ledger that is put back, and damage that."),
        remedy=N_("Move it to where the former ledger was moved, and run it again."),
        file=path.name,
        path=str(path),
    )


def _raced(path: Path) -> RefusedError:
    return RefusedError(
        "restore-raced",
        N_("Something else has put {path} in place meanwhile."),
        why=N_("Nothing that is there is replaced."),
        remedy=N_("See what it is and who did it, then run it again."),
        file=path.name,
        path=str(path),
    )
