"""Where a backup is put back: nothing that is there is replaced."""

from pathlib import Path

from relief_cli import files
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger.access import JOURNALS
from relief_cli.ledger.sharing import copy_into
from relief_cli.office import Office
from relief_cli.payouts.auditing import unknown_batches
from relief_cli.payouts.backup_file import FOLDERS, LEDGER, Contents
from relief_cli.settings import SETTINGS

ABSENT, SAME, CONTINUED, BEHIND, OTHER, DAMAGED = (
    "absent", "same", "continued", "behind", "other", "damaged",
)  # fmt: skip
"""How the ledger in place stands to that of a backup."""


def require_room(
    office: Office, content: Path, contents: Contents, gone_out: set[str], *, present: str
) -> None:
    """Refuse to put a backup where it would replace or contradict something.

    Args:
        office: where it belongs.
        content: the folder that it was unpacked into.
        contents: what its manifest says.
        gone_out: the batches that went out, by its ledger.
        present: how the ledger in place stands to that of the backup.

    Raises:
        RefusedError: ``restore-over-ledger``, ``restore-journal``, ``restore-older`` or
            ``restore-differs``.
    """
    if present not in {ABSENT, SAME}:
        raise _over_ledger(office)
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


def become(office: Office, content: Path, *, with_ledger: bool) -> None:
    """Let what was unpacked become the office in one step; a shared ledger comes before it.

    Raises:
        RefusedError: ``restore-raced``.
    """
    if office.ledger:
        _share(office, content, with_ledger=with_ledger)
        (content / LEDGER).unlink()
    for folder in _folders(office):
        files.make_private_folder(content / folder)
    if not files.publish_folder(content, office.folder):
        raise _raced(office.folder)


def fill(office: Office, content: Path, contents: Contents, *, with_ledger: bool) -> None:
    """Put what is missing in place, the ledger and then ``relief.toml`` last.

    Raises:
        RefusedError: ``restore-raced``.
    """
    for folder in _folders(office):
        files.make_private_folder(office.folder / folder)
        files.remove_leftovers(office.folder / folder)
    names = [name for name in _settings(contents) if name != SETTINGS]
    for name in (*names, LEDGER, SETTINGS):
        if name == LEDGER and office.ledger:
            _share(office, content, with_ledger=with_ledger)
            continue
        place = office.folder / name
        kept = not with_ledger if name == LEDGER else place.exists()
        if not kept and not files.write_beside(
            place, files.pieces_of(content / name), replace=False
        ):
            raise _raced(place)


def _share(office: Office, content: Path, *, with_ledger: bool) -> None:
    if with_ledger and copy_into(content / LEDGER, office.ledger) is None:
        raise _raced(office.ledger)


def _folders(office: Office) -> tuple[str, ...]:
    return (*FOLDERS, office.out_folder.name)


def _settings(contents: Contents) -> list[str]:
    return sorted(contents.digests.keys() - {LEDGER})


def _over_ledger(office: Office) -> RefusedError:
    place = office.ledger_place
    return RefusedError(
        "restore-over-ledger",
        N_("There is a ledger already: {path}"),
        why=N_("Whoever was paid since the backup was made would be paid again."),
        remedy=N_(
            "See how they stand: relief restore FILE --verify. If the backup is to take its place,"
            " move the ledger away and keep it."
        ),
        file=LEDGER,
        path=str(place),
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


def _raced(place: Path | str) -> RefusedError:
    return RefusedError(
        "restore-raced",
        N_("Something else has put {path} in place meanwhile."),
        why=N_("Nothing that is there is replaced."),
        remedy=N_("See what it is and who did it, then run it again."),
        file=Path(place).name,
        path=str(place),
    )
