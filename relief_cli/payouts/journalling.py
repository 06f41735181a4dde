"""The books for programs of plain-text accounts, which verify them on their own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relief_cli import files
from relief_cli.errors import UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.own_files import open_file
from relief_cli.payouts.funds import sources
from relief_cli.payouts.setting import Setting
from relief_cli.reports.journal import journal
from relief_cli.reports.journal_formats import FORMATS, MARK
from relief_cli.reports.source_figures import by_county, source_figures


@dataclass(frozen=True, kw_only=True)
class JournalOutcome:
    """A journal, and where it was written."""

    format: str
    transactions: int
    text: str
    path: Path | None
    """``None`` where it is only shown."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        shown = {"path": str(self.path)} if self.path else {"journal": self.text}
        return {"format": self.format, "transactions": self.transactions, **shown}


def export_journal(setting: Setting, name: str, output: Path | None) -> JournalOutcome:
    """Give the books as double entry, with what every account must hold.

    Args:
        setting: the office.
        name: a key of :data:`relief_cli.reports.journal_formats.FORMATS`.
        output: where the journal goes; ``None`` where it is only shown.

    Raises:
        UsageError: ``ledger-missing``, ``journal-place``, ``write-failed``.
    """
    if output is not None:
        _require_place(output)
    with Ledger.open(setting.office.ledger_place, make=False).reading() as book:
        shares, movements = book.shares(), book.movements()
        figures = source_figures(
            by_county(book.places(), shares),
            book.funds.receipts(),
            book.recovered(),
            sources(setting.policy),
        )
    wording = setting.wording()
    made = journal(movements, shares, figures, setting.office.name, wording)
    text = FORMATS[name](made, wording)
    if output is not None:
        files.make_private_folder(output.parent)
        files.write_beside(output, text.encode())
    return JournalOutcome(format=name, transactions=made.transactions, text=text, path=output)


def _require_place(path: Path) -> None:
    """Let a journal take the place of a journal, and of nothing else.

    Raises:
        UsageError: ``journal-place``.
    """
    mark = f"{MARK}\n".encode()
    try:
        with open_file(path) as file:
            known = file.read(len(mark)) == mark
    except FileNotFoundError:
        return
    except OSError:
        known = False
    if not known:
        raise UsageError(
            "journal-place",
            N_("{path} is there, and is no journal of relief."),
            why=N_("A journal takes the place of an older one; it must not be another file."),
            remedy=N_("Give the name of a new file: --output FILE"),
            file=path.name,
            path=str(path),
        )
