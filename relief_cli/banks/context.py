"""What bank files say about the batch and the office, and whether an office's settings suffice."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields

import pandas as pd

from relief_cli.banks.meanings import taken_for_accounts
from relief_cli.banks.template import Template
from relief_cli.batch import Batch
from relief_cli.errors import PolicyError, RefusedError
from relief_cli.i18n import LANGUAGES, N_

# Where an office says what a template may need.
_SETTINGS = {
    "sender": '[payer] sender = "…"',
    "payer_name": '[payer] name = "…"',
    "payer_account": '[payer] account = "…"',
    "payer_bank_name": '[payer] bank_name = "…"',
    "payer_bank_code": '[payer] bank_code = "…"',
    "region": '[office] region = "…"',
    "region_name": '[office] county = "…"',
}


@dataclass(frozen=True, kw_only=True)
class BankContext:
    """What bank files say about the batch and the office; an empty text is a setting not made."""

    batch: str
    programme_title: str
    """The project, as the bank shows it."""
    cycle: str
    pay_on: dt.date
    region: str
    """Region code, six digits."""
    region_name: str
    purpose: str
    """What the payee reads beside the amount."""
    sender: str = ""
    """The number under which the bank knows the office."""
    payer_name: str = ""
    payer_account: str = ""
    payer_bank_name: str = ""
    payer_bank_code: str = ""
    """The 联行号 of the payer's bank."""
    language: str = "zh"
    """Of titles that a template gives in both languages."""


FACTS = (
    "programme_title",
    "region_name",
    "purpose",
    "sender",
    "payer_name",
    "payer_account",
    "payer_bank_name",
    "payer_bank_code",
    "language",
)
"""What a :class:`BankContext` holds that is the office's, not the batch's."""


def context_of(batch: Batch) -> BankContext:
    """Give what bank files say about ``batch``, by what was recorded with it.

    Raises:
        RefusedError: ``books-changed``; that is not what is recorded.
    """
    facts = dict(zip(batch.facts["name"], batch.facts["value"].fillna(""), strict=True))
    if facts.keys() != set(FACTS) or facts["language"] not in LANGUAGES:
        raise RefusedError(
            "books-changed",
            N_("The books do not say of {batch} what its files say about the office."),
            why=N_("Somebody changed the ledger; what goes to the bank must be what was approved."),
            remedy=N_("Nothing went out. See what was changed: relief audit"),
            batch=batch.name,
        )
    return BankContext(
        batch=batch.name,
        cycle=batch.cycle,
        pay_on=batch.pay_on,
        region=batch.region,
        **{name: facts[name] for name in FACTS},
    )


def missing_settings(template: Template, context: BankContext) -> list[str]:
    """Give the facts that ``template`` needs and neither ``context`` nor its defaults have."""
    values = values_of(template, context)
    return sorted(name for name in template.needs if values[name] == "")


def usable_formats(templates: Mapping[str, Template], context: BankContext) -> frozenset[str]:
    """Give the names of the templates that the office's settings suffice for."""
    return frozenset(
        name for name, each in templates.items() if not missing_settings(each, context)
    )


def values_of(template: Template, context: BankContext) -> dict[str, object]:
    """Give the facts of the batch by name, with the template's defaults where one is empty."""
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    given = dict(values)
    for name, pattern in template.defaults.items():
        values[name] = given[name] or pattern.render(given)
    return values


def require(template: Template, context: BankContext) -> None:
    """Refuse a batch whose office has not made the settings that ``template`` needs.

    Raises:
        PolicyError: ``bank-setting-missing`` or ``bank-setting-unfit`` (the format cannot hold it).
    """
    for name in missing_settings(template, context):
        raise PolicyError(
            "bank-setting-missing",
            N_("the bank format {format} needs {setting}, which relief.toml does not give"),
            why=N_("The bank refuses a file without it."),
            remedy=N_("Add to relief.toml: {line}. Or choose another format for the bank."),
            file="relief.toml",
            format=template.name,
            setting=name,
            line=_SETTINGS.get(name, name),
        )
    for name in taken_for_accounts(template, values_of(template, context)):
        raise PolicyError(
            "bank-setting-account",
            N_("in the bank format {format} the bank could read {setting} as a payee's account"),
            why=N_("Every line would be paid into one account."),
            remedy=N_(
                "Correct the setting in relief.toml, or take the column out of banks/{format}.toml;"
                " the payer's account may stand under a title that says so."
            ),
            file="relief.toml",
            format=template.name,
            setting=name,
        )
    values = {name: str(values_of(template, context)[name]) for name in sorted(template.needs)}
    unfit = template.unfit_text(pd.Series(list(values.values()), dtype="str"))
    for (name, text), bad in zip(values.items(), unfit, strict=True):
        if not bad and not template.too_long(name, text):
            continue
        raise PolicyError(
            "bank-setting-unfit",
            N_("the bank format {format} cannot hold the text of {setting}: {text}"),
            why=N_("The bank would read another text, or other columns, than were meant."),
            remedy=N_("Correct the setting in relief.toml, or choose another format for the bank."),
            file="relief.toml",
            format=template.name,
            setting=name,
            text=text,
        )
