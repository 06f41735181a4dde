"""Re-verify an office's books: the ledger, the signatures, the files that are still in place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from relief_cli.errors import RefusedError, UsageError
from relief_cli.files import sha256_of
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.audit import Broken
from relief_cli.office import Office
from relief_cli.payouts import approving


@dataclass(frozen=True, kw_only=True)
class AuditOutcome:
    """What an audit found."""

    events: int
    head: str
    """The digest of the last event: noted outside, it shows later that nothing was cut off."""
    batches: int
    files: int
    """Files that are still in place, and were read."""
    broken: tuple[Broken, ...]
    """Records and what is wrong with them, the first one first."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        shown = [{"record": record, "problem": what} for record, what in self.broken]
        return {
            "events": self.events,
            "verified": not self.broken,
            "broken": shown[0] if shown else None,
            "also": shown[1:],
            "head": self.head,
            "batches": self.batches,
            "files": self.files,
        }


def audit(office: Office, head: str | None = None) -> AuditOutcome:
    """Verify chain, content, signatures, sums, uniqueness, and the files still in place.

    Args:
        office: the office.
        head: a digest that was noted before, such as on an approval sheet: the chain must hold it.

    Raises:
        UsageError: ``ledger-missing``; and as :meth:`relief_cli.ledger.Ledger.open`.
    """
    if not office.ledger_path.exists():
        raise UsageError(
            "ledger-missing",
            N_("There is no ledger in this office."),
            remedy=N_("Put back the newest copy of ledger.sqlite."),
            file=office.ledger_path.name,
        )
    ledger = Ledger.open(office.ledger_path)
    broken = ledger.broken_records()
    with ledger.reading() as book:
        digests = book.event_digests()
        if head is not None and head not in digests:
            broken.append((f"event {head[:16]}…", N_("the chain does not hold it: it was cut off")))
        names = book.names()
        # Files are held against the ledger: against a broken one they would prove nothing.
        sound = not broken
        if sound:
            broken += _approvals(book, names)
        known = {name: book.files(name) for name in names} if sound else {}
    count = 0
    for name, files in known.items():
        folder = office.out_folder / name
        if not folder.exists():
            continue  # moved away, as to an archive
        for file in files:
            path = folder / file.path
            if not path.is_file():
                broken.append((f"{name}/{file.path}", N_("the file is missing")))
                continue
            count += 1
            if sha256_of(path) != file.sha256:
                broken.append((f"{name}/{file.path}", N_("the file was changed")))
    if sound:
        broken += _unknown_folders(office, set(names))
    return AuditOutcome(
        events=len(digests),
        head=digests[-1] if digests else "",
        batches=len(names),
        files=count,
        broken=tuple(broken),
    )


def _approvals(book: Book, names: list[str]) -> Iterator[Broken]:
    """See that what went out had the approvals that it needed when it was prepared."""
    for name in names:
        batch, prepared = book.load(name), book.preparation(name)
        given = book.approvals.of_batch(name)
        try:
            for approval in given:
                approving.require_holding(approval, prepared, batch)
        except RefusedError:
            yield f"batch {name}", N_("an approval does not hold")
            continue
        if book.files(name) and len(given) < prepared.approvals:
            yield f"batch {name}", N_("it went out with fewer approvals than it needed")


def _unknown_folders(office: Office, known: set[str]) -> Iterator[Broken]:
    """Find batches that went out and that the ledger has forgotten."""
    if not office.out_folder.is_dir():
        return
    for folder in sorted(office.out_folder.iterdir()):
        if (folder / "manifest.json").is_file() and folder.name not in known:
            yield folder.name, N_("the ledger does not know this batch, which went out")
