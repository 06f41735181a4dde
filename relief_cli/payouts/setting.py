"""What stands around a payout: the office, its policy, its banks, and what was asked for."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from relief_cli.banks.context import BankContext, context_of, usable_formats
from relief_cli.banks.directory import Directory
from relief_cli.banks.loading import load_templates
from relief_cli.banks.template import Template
from relief_cli.batch import FACTS, TITLES, Batch
from relief_cli.calendar import Cycle
from relief_cli.checks.rules import HOLDABLE, RULES
from relief_cli.errors import PolicyError, UsageError
from relief_cli.frames import conform
from relief_cli.i18n import N_, Translate, translator
from relief_cli.ledger.outgoing import Outgoing
from relief_cli.office import Office
from relief_cli.payouts.office_policy import load_policy
from relief_cli.policy import Policy
from relief_cli.programmes.deadlines import NAMES
from relief_cli.reports.words import PROGRAMMES, RuleText, Wording
from relief_cli.roster.gather import Gathering
from relief_cli.roster.read import Roster
from relief_cli.sealing import Seal
from relief_cli.settings import SETTINGS


def require_programme(programme: str) -> None:
    """Refuse a programme that is not there.

    Raises:
        UsageError: ``programme-unknown``.
    """
    if programme not in NAMES:
        raise UsageError(
            "programme-unknown",
            N_("There is no programme {programme}"),
            remedy=N_("Programmes: {known}"),
            programme=programme,
            known=", ".join(NAMES),
        )


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for: rosters to be paid for a cycle of a programme."""

    programme: str
    rosters: Gathering
    cycle: Cycle
    top_up: bool = False
    """Whether only what is owed beyond what was paid already is paid."""
    recover: bool = False
    """Whether what was paid too much is recorded as owed back."""
    pay_on: dt.date | None = None
    """The day that bank files carry; the programme's deadline where None."""
    seal: Seal | None = None
    """How copies of the bank files are encrypted, where they are."""
    advance: Callable[[str], None] = lambda _step: None
    """Told of every step that is done, for a progress bar."""

    def __post_init__(self) -> None:
        """Refuse a programme that is not there."""
        require_programme(self.programme)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """An office with everything that its settings name, loaded."""

    office: Office
    policy: Policy
    templates: Mapping[str, Template]
    directory: Directory

    @property
    def say(self) -> Translate:
        """Turn messages into the language of the office's files."""
        return translator(self.office.language)

    @property
    def strict(self) -> frozenset[str]:
        """Codes of warnings by which the office holds rows."""
        return frozenset(self.office.checks)

    def wording(self) -> Wording:
        """Give the words of the office's reports."""
        return wording(self.office.language, self.policy)

    def facts(self, programme: str) -> pd.DataFrame:
        """Give what the files of a batch say about the office (:data:`relief_cli.batch.FACTS`)."""
        rows = pd.DataFrame(facts_of(self.office, programme).items(), columns=list(FACTS))
        return conform(rows, FACTS)

    def titles(self, categories: pd.Series) -> pd.DataFrame:
        """Give what its files call its categories (:data:`relief_cli.batch.TITLES`)."""
        paid, known = set(categories.unique()), self.policy.categories
        titles = [
            (code, known.title(code, self.office.language))
            for code in known.by_code
            if code in paid
        ]
        return conform(pd.DataFrame(titles, columns=list(TITLES)), TITLES)


def facts_of(office: Office, programme: str) -> dict[str, str]:
    """Give what bank files of ``programme`` say about ``office``, by name."""
    title = translator(office.language)(PROGRAMMES[programme])
    return {
        "programme_title": title,
        "region_name": office.county,
        "purpose": title,
        "sender": office.payer.sender,
        "payer_name": office.payer.name or office.name,
        "payer_account": office.payer.account,
        "payer_bank_name": office.payer.bank_name,
        "payer_bank_code": office.payer.bank_code,
        "language": office.language,
    }


_KEYS = {
    "region_name": "office.county",
    "language": "office.language",
    "sender": "payer.sender",
    "payer_name": "payer.name",
    "payer_account": "payer.account",
    "payer_bank_name": "payer.bank_name",
    "payer_bank_code": "payer.bank_code",
}
"""A fact of bank files → the key of relief.toml that says it."""


def changed_since(setting: Setting, batch: Batch, known: Outgoing) -> tuple[str, ...]:
    """Give what says otherwise today than when ``batch`` was prepared.

    Args:
        setting: the office.
        batch: as it was recorded.
        known: what it is to go out as.

    Returns:
        Keys of relief.toml, and files of templates.
    """
    told, today = context_of(batch), facts_of(setting.office, batch.programme)
    keys = [key for name, key in _KEYS.items() if getattr(told, name) != today[name]]
    templates = setting.templates
    formats = [
        f"banks/{name}.toml"
        for name, text in known.layouts.items()
        if name not in templates or templates[name].text != text
    ]
    return *keys, *formats


def wording_of(batch: Batch) -> Wording:
    """Give the words of the files of ``batch``, by what was recorded with it."""
    language = context_of(batch).language
    titles = dict(zip(batch.titles["category"], batch.titles["title"], strict=True))
    return _wording(language, titles)


def wording(language: str, policy: Policy) -> Wording:
    """Give the words of reports in ``language``."""
    known = policy.categories
    return _wording(language, {code: known.title(code, language) for code in known.by_code})


def _wording(language: str, categories: Mapping[str, str]) -> Wording:
    say = translator(language)
    return Wording(
        say=say,
        texts={
            code: RuleText(
                severity=rule.severity.value,
                title=say(rule.title),
                why=say(rule.why),
                remedy=say(rule.remedy),
            )
            for code, rule in RULES.items()
        },
        categories=categories,
    )


def load_setting(office: Office) -> Setting:
    """Load what the settings of ``office`` name.

    Raises:
        PolicyError: the policy, a bank template or the choice of formats is not sound.
    """
    _require_warnings(office.checks)
    templates = _with_meanings(load_templates(office.folder), office.bank_meanings)
    _require_formats(office, templates)
    probe = BankContext(
        batch="",
        cycle="",
        pay_on=dt.date.min,
        region=office.region,
        **facts_of(office, NAMES[0]),
    )
    directory = Directory.load(
        office.bank_formats, office.default_bank_format, usable_formats(templates, probe)
    )
    return Setting(
        office=office,
        policy=load_policy(office),
        templates=templates,
        directory=directory,
    )


def _require_warnings(checks: Mapping[str, str]) -> None:
    """Refuse to be strict about what no row can be held by, or is held by already.

    Raises:
        PolicyError: ``office-value``.
    """
    for code in checks:
        if code not in HOLDABLE:
            raise PolicyError(
                "office-value",
                N_("{key}: there is no warning of this code by which a row could be held."),
                remedy=N_("Such warnings: {codes}"),
                file=SETTINGS,
                key=f"checks.{code}",
                codes=" ".join(sorted(HOLDABLE)),
            )


def _require_formats(office: Office, templates: Mapping[str, Template]) -> None:
    """Refuse a bank format in the settings that has no template: no bank reads another one.

    Raises:
        PolicyError: ``bank-format-unknown``.
    """
    chosen = {"banks.default": office.default_bank_format}
    chosen |= {f'banks.formats."{code}"': name for code, name in office.bank_formats.items()}
    for key, name in chosen.items():
        if name not in templates:
            raise PolicyError(
                "bank-format-unknown",
                N_("{key}: there is no bank format {format}."),
                why=N_("Its payments would go out in another format than the office wants."),
                remedy=N_("Put banks/{format}.toml back, or choose one of these: {known}"),
                file=SETTINGS,
                key=key,
                format=name,
                known=" ".join(templates),
            )


def _with_meanings(
    templates: Mapping[str, Template], meanings: Mapping[str, Mapping[str, str]]
) -> dict[str, Template]:
    """Give templates that know what the office says of the banks' words.

    Raises:
        PolicyError: ``office-value``; it says so of a format that does not exist or has no answers,
            or of a word that a list knows.
    """
    known = dict(templates)
    for name, words in meanings.items():
        half = known[name].answer if name in known else None
        key = f"banks.meanings.{name}"
        if half is None:
            message = N_("{key}: there is no such bank format, or it has no answers.")
            raise PolicyError("office-value", message, file=SETTINGS, key=key)
        listed = next((word for word in words if half.meaning(word) is not None), None)
        if listed is not None:
            message = N_("{key}: what {word} means is known, and cannot be changed here.")
            raise PolicyError("office-value", message, file=SETTINGS, key=key, word=listed)
        known[name] = replace(known[name], answer=replace(half, meanings=words))
    return known


def inputs_digest(
    request: Request, setting: Setting, roster: Roster, lists: Mapping[str, list[str]]
) -> str:
    """Give the digest of all that decides the outcome; names of files do not.

    The same rosters in another order, or renamed, are the same inputs.

    Args:
        request: what is asked for.
        setting: the office.
        roster: the rosters.
        lists: kind of list of another department → digests of its files, sorted. An office that
            names none has the digests that it had before there were lists.
    """
    content = {
        "programme": request.programme,
        "cycle": request.cycle.text,
        "top_up": request.top_up,
        "rosters": sorted(given.sha256 for given in roster.inputs),
        "sheets": sorted(request.rosters.options.sheets),
        "headers": {name: list(given) for name, given in sorted(setting.office.headers.items())},
        "policy": setting.policy.digest,
        "county": setting.office.county,
        "banks": [sorted(setting.directory.formats().items()), setting.directory.default_format],
        **({"lists": dict(lists)} if lists else {}),
        **({"checks": sorted(setting.strict)} if setting.strict else {}),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
