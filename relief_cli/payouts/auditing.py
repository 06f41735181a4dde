"""Re-verify an office's books: the ledger, the signatures, the files that are still in place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relief_cli.banks.rereading import BankFileFaultError
from relief_cli.errors import RefusedError, ReliefError, UsageError
from relief_cli.files import OutputFile, differing, sha256_of
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.database import Broken
from relief_cli.office import Office
from relief_cli.payouts import approving, exporting
from relief_cli.payouts.newest_head import confirm
from relief_cli.payouts.year_end import broken_years

_HEAD = re.compile("[0-9a-f]{16,64}")


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
    version: str
    """Of the relief that made the ledger."""
    meanings: tuple[tuple[str, str, str], ...]
    """Format, word and outcome: answers were settled by what the office said a word means."""

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
            "version": self.version,
            "meanings": [
                {"format": bank_format, "word": word, "outcome": outcome}
                for bank_format, word, outcome in self.meanings
            ],
        }


def audit(office: Office, head: str | None = None) -> AuditOutcome:
    """Verify chain, content, signatures, sums, uniqueness, and the files still in place.

    Args:
        office: the office.
        head: a digest that was noted before, such as on an approval sheet, or its first digits:
            the chain must hold it. A ledger that was put back is then taken for the newest.

    Raises:
        UsageError: ``ledger-missing``, ``head-malformed``; and as
            :meth:`relief_cli.ledger.Ledger.open`.
    """
    wanted = _wanted_head(head)
    ledger = Ledger.open(office.ledger_place, make=False)
    broken = ledger.broken_records()
    with ledger.reading() as book:
        digests = book.event_digests()
        mark = book.mark(len(digests))
        if wanted and not any(digest.startswith(wanted) for digest in digests):
            lost = N_("the chain does not hold it: it was cut off")
            broken.append((f"event {wanted[:16]}…", lost))
        names = book.names()
        # Files are held against the ledger: against a broken one they would prove nothing.
        sound = not broken
        if sound:
            broken += [*_approvals(book, names), *broken_years(book)]
            broken += [broke for name in names for broke in _made_again(book, name)]
        known = {name: book.files(name) for name in names} if sound else {}
        meanings = book.returns.meanings() if sound else []
    count = 0
    for name, files in known.items():
        count += len(files) if (office.out_folder / name).exists() else 0
        broken += _files(office, name, files)
    if sound:
        forgotten = N_("the ledger does not know this batch, which went out")
        gone_out = {name for name, files in known.items() if files}
        broken += [(name, forgotten) for name in unknown_batches(office, gone_out)]
    if wanted and not broken:
        confirm(office, len(digests), mark)
    return AuditOutcome(
        events=len(digests),
        head=digests[-1] if digests else "",
        batches=len(names),
        files=count,
        broken=tuple(broken),
        version=ledger.made_by(),
        meanings=tuple(meanings),
    )


def _approvals(book: Book, names: list[str]) -> Iterator[Broken]:
    """See that what went out had the approvals that it needed when it was prepared.

    The books are sound: the content of a batch is what was prepared.
    """
    for name in names:
        prepared, given = book.preparation(name), book.approvals.of_batch(name)
        try:
            for approval in given:
                approving.require_holding(approval, prepared, prepared.content)
        except RefusedError:
            yield f"batch {name}", N_("an approval does not hold")
            continue
        if book.files(name) and len(given) < prepared.approvals:
            yield f"batch {name}", N_("it went out with fewer approvals than it needed")


def _made_again(book: Book, name: str) -> Iterator[Broken]:
    """Make every file of a batch again from the books, and hold it against what was recorded.

    A ledger that names another account than the bank file does, however well it was changed, is
    found so.
    """
    known, sent = book.outgoing(name), book.files(name)
    if not known.files and not sent:
        return
    try:
        head = book.preparation(name).previous
        made = exporting.made_again(book.load(name), known, sent, head)
    except (ReliefError, BankFileFaultError):
        yield f"batch {name}", N_("its files cannot be made from the books any more")
        return
    for path in sorted(differing(sent or known.files, made)):
        yield f"{name}/{path}", N_("made from the books it is another file than was recorded")


def _files(office: Office, name: str, files: Sequence[OutputFile]) -> Iterator[Broken]:
    """Hold the files of a batch that are still in place against the ledger."""
    folder = office.out_folder / name
    if not files or not folder.exists():
        return  # not gone out, or moved away, as to an archive
    for stray in _strays(folder, {file.path for file in files}):
        yield f"{name}/{stray}", N_("the ledger does not know this file")
    for file in files:
        path = folder / file.path
        if not path.is_file():
            yield f"{name}/{file.path}", N_("the file is missing")
        elif sha256_of(path) != file.sha256:
            yield f"{name}/{file.path}", N_("the file was changed")


def _wanted_head(head: str | None) -> str:
    wanted = re.sub(r"[\s-]", "", head or "").lower()
    if head is not None and not _HEAD.fullmatch(wanted):
        raise UsageError(
            "head-malformed",
            N_("“{head}” is not the digest of an event."),
            remedy=N_("Give its 64 digits (0 to 9, a to f), or the first 16 of them or more."),
            head=head,
        )
    return wanted


def _strays(folder: Path, known: set[str]) -> list[str]:
    """Give the files in a batch's folder that the ledger does not know: the bank must get none."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return sorted(found - known)


def unknown_batches(office: Office, known: set[str]) -> list[str]:
    """Find batches that went out of ``office`` and are not among the ``known`` ones."""
    if not office.out_folder.is_dir():
        return []
    return sorted(
        folder.name
        for folder in office.out_folder.iterdir()
        # What a killed run left unfinished has a dot before its name, and never went out.
        if not folder.name.startswith(".")
        and folder.name not in known
        and (folder / "manifest.json").is_file()
    )
