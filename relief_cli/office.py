"""An office's folder: ``relief.toml``, the ledger, the local policy, bank templates, outputs."""

import datetime as dt
import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from string import Template

from relief_cli import own_files
from relief_cli.errors import PolicyError, RefusedError, UsageError
from relief_cli.files import make_private_folder, write_beside
from relief_cli.i18n import N_
from relief_cli.rights import require_own
from relief_cli.settings import SETTINGS, Limits, Payer, check_settings
from relief_cli.signing import NOBODY, Acting


@dataclass(frozen=True, kw_only=True)
class Office:
    """One office: its folder and what ``relief.toml`` in it says."""

    folder: Path
    name: str = "未命名办公室"
    """As it stands on reports and files."""
    region: str = "140000"
    """Region code, six digits (GB/T 2260); 140000 is the whole of Shanxi."""
    county: str = "本县"
    """The county of people whose roster names none."""
    city: str = ""
    """The city that the county belongs to."""
    language: str = "zh"
    """The language of the files that are written: ``zh`` or ``en``."""
    ledger: str = ""
    """The address of the database that clerks share; empty: the ledger is a file in the folder."""
    approvals: int = 0
    """How many people must approve a batch before it is exported."""
    second_approval_above: str = ""
    """Yuan; above it a batch needs two approvals where one is the rule. Empty: no such limit."""
    approval_roles: tuple[str, ...] = ()
    """The roles of which somebody must approve: the first for one approval, both for two."""
    default_bank_format: str = "generic-xlsx"
    """The template for payments to banks without one of their own."""
    bank_formats: Mapping[str, str] = field(default_factory=dict)
    """Bank code, three digits → template."""
    bank_meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Template → the bank's words that no list knows, each with the outcome that it means."""
    payer: Payer = field(default_factory=Payer)
    notice_phone: str = ""
    """Where people call about a public notice; empty: a blank to be filled in by hand."""
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field → further headers under which rosters bring it."""
    calendar_since: dt.date | None = None
    """Deadlines before this day are none of this ledger's business; None: since its first batch."""
    programmes: tuple[str, ...] = ()
    """The programmes whose deadlines count here; empty: all of them."""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Kind of list of another department → patterns of its files, from the office's folder on."""
    checks: Mapping[str, str] = field(default_factory=dict)
    """Code of a warning → ``hold``: this office holds rows by it."""
    funding_check: str = "off"
    """What becomes of a batch above what its sources gave: ``off``, ``warn``, ``wait``, ``refuse``.
    """
    limits: Limits = field(default_factory=Limits)
    acting: Acting = NOBODY
    """Who is at work here; no setting of relief.toml."""

    @property
    def is_nowhere(self) -> bool:
        """Say whether these are only defaults, see :func:`nowhere`."""
        return self.folder == Path(os.devnull)

    @property
    def ledger_path(self) -> Path:
        """The file of the office's ledger, where it is in no database that clerks share."""
        return self.folder / "ledger.sqlite"

    @property
    def ledger_place(self) -> Path | str:
        """Where the office's ledger is: its file, or the address of a database.

        Raises:
            RefusedError: ``ledger-twice``; there is a file too, whose people would be paid again.
        """
        if not self.ledger:
            return self.ledger_path
        # An empty file holds no books: a run that was killed at the wrong moment has left it.
        if self.ledger_path.exists() and self.ledger_path.stat().st_size:
            raise RefusedError(
                "ledger-twice",
                N_("relief.toml names a shared database, and a ledger lies here too: {path}"),
                why=N_("Whoever was paid by the one would be paid again by the other."),
                remedy=N_("Move its books into the database: relief share"),
                file=self.ledger_path.name,
                path=str(self.ledger_path),
            )
        return self.ledger

    @property
    def policy_files(self) -> list[Path]:
        """The office's own policy files, in the order of their names.

        Raises:
            PolicyError: ``office-folder``; the folder is missing or cannot be read.
        """
        return own_files.toml_files(self.folder, "policy")

    @property
    def own_trees(self) -> list[Path]:
        """What decides, beside ``relief.toml``, who is paid what: files, and whole folders.

        Lists that lie outside the office are another department's.
        """
        patterns = [Path(pattern).parts for given in self.lists.values() for pattern in given]
        inside = {parts[0] for parts in patterns if ".." not in parts} - {os.sep}
        lists = {path for name in inside for path in self.folder.glob(name)}
        own = {self.folder / name for name in ("policy", "banks", "lists")}
        return sorted(own | lists)

    @property
    def out_folder(self) -> Path:
        """Where each batch has a folder of its files."""
        return self.folder / "out"

    @property
    def sealed_folder(self) -> Path:
        """Where encrypted copies of bank files are, to be carried away."""
        return self.folder / "sealed"

    @property
    def backup_folder(self) -> Path:
        """Where backups are put that are given no other place."""
        return self.folder / "backup"


def nowhere() -> Office:
    """Give the defaults, for work outside any office; such an office has no files of its own."""
    return Office(folder=Path(os.devnull))


def load(folder: Path) -> Office:
    """Read the office in ``folder``.

    Raises:
        UsageError: ``office-missing``; ``folder`` holds no ``relief.toml``.
        PolicyError: ``office-unreadable``, ``office-key-unknown`` or ``office-value``.
        RefusedError: ``office-open-to-others``; others may write a part of it.
    """
    path = folder / SETTINGS
    try:
        content, _ = own_files.read(path)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(folder) from None
    except OSError as error:
        raise _closed(path, error) from error
    try:
        # Windows editors put a byte order mark before UTF-8.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable("not UTF-8") from error
    office = _office(folder.resolve(), text)
    require_own([office.folder, office.folder / SETTINGS], office.own_trees)
    return office


def find(start: Path) -> Office:
    """Read the office whose folder is ``start`` or the nearest one above it.

    Raises:
        UsageError: ``office-missing``; neither ``start`` nor any folder above is an office.
        PolicyError, RefusedError: as :func:`load`.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if own_files.is_office(folder):
            return load(folder)
    raise _missing(start)


def create(
    folder: Path,
    *,
    name: str = Office.name,
    region: str = Office.region,
    county: str = Office.county,
    city: str = Office.city,
    language: str = Office.language,
    approvals: int = Office.approvals,
    ledger: str = Office.ledger,
    bank_formats: Mapping[str, str] | None = None,
    fill: Callable[[Office], object] = lambda _office: None,
) -> Office:
    """Make ``folder`` an office that only its owner can read, whatever the umask.

    A run that was killed or failed half-way left no ``relief.toml`` and is simply made again.

    Args:
        folder: made if it is not there, with the folders above it.
        name: see :class:`Office`, as all others.
        region: six digits.
        county: where people of a roster without counties live.
        city: what the county belongs to.
        language: ``zh`` or ``en``.
        approvals: 0 to 2.
        ledger: the address of a shared database, or empty.
        bank_formats: bank code → template.
        fill: puts into the folder what else belongs there, before it is an office.

    Raises:
        UsageError: ``office-exists`` or ``write-failed``.
        PolicyError: ``office-value``; a setting is not what it must be. Nothing was made.
        RefusedError: ``office-open-to-others``; the folder is there, and others may write it.
    """
    if own_files.is_office(folder):
        raise UsageError(
            "office-exists",
            N_("{folder} is an office already."),
            why=N_("Its settings would be lost."),
            remedy=N_("Edit relief.toml in it, or choose another folder."),
            file=SETTINGS,
            folder=str(folder),
        )
    settings = Office(
        folder=folder,
        name=name,
        region=region,
        county=county,
        city=city,
        language=language,
        approvals=approvals,
        ledger=ledger,
        bank_formats=bank_formats or {},
    )
    text = _settings_text(settings)
    _office(folder, text)
    require_own([folder], settings.own_trees)
    for path in (folder, folder / "policy", folder / "banks", folder / "out"):
        make_private_folder(path)
    fill(settings)
    write_beside(folder / SETTINGS, text.encode())
    return load(folder)


def _office(folder: Path, text: str) -> Office:
    """Give the office that the ``text`` of a ``relief.toml`` describes."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(str(error)) from error
    check_settings(document)
    approvals, banks = document.get("approvals", {}), document.get("banks", {})
    headers = document.get("reading", {}).get("headers", {})
    calendar = document.get("calendar", {})
    return Office(
        folder=folder,
        **document.get("office", {}),
        second_approval_above=approvals.get("second_above", ""),
        approval_roles=tuple(approvals.get("roles", ())),
        default_bank_format=banks.get("default", Office.default_bank_format),
        bank_formats=banks.get("formats", {}),
        bank_meanings=banks.get("meanings", {}),
        payer=Payer(**document.get("payer", {})),
        notice_phone=document.get("notice", {}).get("phone", Office.notice_phone),
        headers={name: tuple(aliases) for name, aliases in headers.items()},
        calendar_since=calendar.get("since"),
        programmes=tuple(calendar.get("programmes", ())),
        lists={kind: tuple(patterns) for kind, patterns in document.get("lists", {}).items()},
        checks=document.get("checks", {}),
        funding_check=document.get("funding", {}).get("check", Office.funding_check),
        limits=Limits(**document.get("limits", {})),
    )


def _settings_text(office: Office) -> str:
    """Give a ``relief.toml`` that says what ``office`` holds, with notes for clerks."""
    template = resources.files("relief_cli").joinpath("office.toml").read_text("utf-8")
    formats = sorted(office.bank_formats.items())
    limits = vars(office.limits).items()
    return Template(template).substitute(
        name=_quoted(office.name),
        region=_quoted(office.region),
        county=_quoted(office.county),
        city=_quoted(office.city),
        language=_quoted(office.language),
        approvals=office.approvals,
        ledger=_quoted(office.ledger),
        default_format=_quoted(office.default_bank_format),
        formats="\n".join(f"{_quoted(code)} = {_quoted(name)}" for code, name in formats),
        limits="\n".join(f"# {key} = {value}" for key, value in limits),
    )


def add_meanings(office: Office, bank_format: str, words: Mapping[str, str]) -> None:
    """Write what a bank's words mean into ``relief.toml``; what stands there stays as it is.

    Args:
        office: whose settings.
        bank_format: the template in whose answers the words stand.
        words: word → outcome.

    Raises:
        PolicyError: the file cannot be read by now.
        UsageError: ``write-failed``.
    """
    path = office.folder / SETTINGS
    known = load(office.folder).bank_meanings.get(bank_format, {})
    lines = [f"{_quoted(word)} = {_quoted(words[word])}" for word in words if word not in known]
    if not lines:
        return
    text = path.read_bytes().decode("utf-8-sig")
    section = f"[banks.meanings.{_quoted(bank_format)}]"
    added = "\n".join([section, *lines])
    if section in text.splitlines():
        text = text.replace(section, added, 1)
    else:
        text = f"{text.rstrip()}\n\n{added}\n"
    _office(office.folder, text)
    write_beside(path, text.encode())


def _quoted(text: str) -> str:
    """Give ``text`` as a TOML string (JSON's escapes are TOML's too)."""
    return json.dumps(text, ensure_ascii=False)


def _missing(folder: Path) -> UsageError:
    return UsageError(
        "office-missing",
        N_("{folder} is not in an office's folder: there is no relief.toml."),
        remedy=N_("Go to the office's folder, give it with --office, or make one: relief init."),
        file=SETTINGS,
        folder=str(folder),
    )


def _closed(path: Path, error: OSError) -> PolicyError:
    return PolicyError(
        "office-unreadable",
        N_("{path} cannot be read: {reason}."),
        remedy=N_("See that it is a file and that you may read it and its folder."),
        file=SETTINGS,
        path=str(path),
        reason=error.strerror or type(error).__name__,
    )


def _unreadable(reason: str) -> PolicyError:
    return PolicyError(
        "office-unreadable",
        N_("relief.toml cannot be read: {reason}"),
        remedy=N_("Correct that line, and save the file as UTF-8."),
        file=SETTINGS,
        reason=reason,
    )
