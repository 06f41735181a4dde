"""The office's ledger moved from its file into a database that its clerks share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relief_cli import files
from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger.database import Broken
from relief_cli.ledger.roles import Roles, roles_at
from relief_cli.ledger.sharing import copy_into
from relief_cli.office import Office
from relief_cli.payouts.auditing import audit

_KEPT = "ledger-before-sharing.sqlite"


@dataclass(frozen=True, kw_only=True)
class ShareOutcome:
    """A ledger that was moved, or not because it is broken."""

    address: str
    events: int
    head: str
    """The digest of the last event; the same in the file and in the database."""
    batches: int
    broken: tuple[Broken, ...] = ()
    """Records and what is wrong with them; then nothing was moved."""
    kept: Path | None = None
    """Where the file is now."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "address": self.address,
            "verified": not self.broken,
            "events": self.events,
            "head": self.head,
            "batches": self.batches,
            "kept": str(self.kept) if self.kept else None,
        }


def share(office: Office) -> ShareOutcome:
    """Move the ledger of ``office`` into the database that its settings name.

    The file is verified first, and put into the folder of backups afterwards; nothing can be added
    to it any more. A run that was killed is finished by the next one.

    Raises:
        UsageError: ``share-nowhere``, ``share-nothing``; as
            :meth:`relief_cli.ledger.Ledger.open`.
        RefusedError: ``share-other``, ``share-kept``; as the same.
        UnreadableError: as the same.
    """
    _require_address(office)
    if not office.ledger_path.exists() or not office.ledger_path.stat().st_size:
        raise UsageError(
            "share-nothing",
            N_("No ledger lies in this folder: there is nothing to move."),
            remedy=N_("See where everything stands: relief audit"),
            file=office.ledger_path.name,
        )
    kept = office.backup_folder / _KEPT
    if kept.exists():
        raise RefusedError(
            "share-kept",
            N_("A ledger was moved before, and is kept here: {path}"),
            why=N_("One office has one ledger; the older file would be replaced."),
            remedy=N_("Find out which of the two is right before anything is paid."),
            file=kept.name,
            path=str(kept),
        )
    audited = audit(Office(folder=office.folder))
    if audited.broken:
        return ShareOutcome(
            address=office.ledger,
            events=audited.events,
            head=audited.head,
            batches=audited.batches,
            broken=audited.broken,
        )
    files.make_private_folder(kept.parent)
    copied = copy_into(office.ledger_path, office.ledger, for_good=True)
    if copied is None:
        raise RefusedError(
            "share-other",
            N_("The database {address} holds other books than this folder."),
            why=N_("Whoever was paid by the one would be paid again by the other."),
            remedy=N_(
                "See whether the address is right. If this office's books are in the database, keep"
                " the file {path} elsewhere; never begin with an empty database."
            ),
            file=office.ledger_path.name,
            address=office.ledger,
            path=str(office.ledger_path),
        )
    files.move(office.ledger_path, kept)
    return ShareOutcome(
        address=office.ledger,
        events=copied.events,
        head=copied.head,
        batches=copied.batches,
        kept=kept,
    )


def roles(office: Office) -> Roles:
    """Give the roles of the database that the settings of ``office`` name; nothing is changed.

    Raises:
        UsageError: ``share-nowhere``; as :func:`relief_cli.ledger.roles.roles_at`.
        RefusedError: as the same.
    """
    _require_address(office)
    return roles_at(office.ledger)


def _require_address(office: Office) -> None:
    if office.ledger:
        return
    raise UsageError(
        "share-nowhere",
        N_("No shared database is named."),
        remedy=N_("Write its address into the line “ledger = …”, then run this again."),
        file="relief.toml",
    )
