"""A batch: what is prepared, approved and exported as one (one programme, one cycle, one office).

The tables below are the whole truth about a batch. The use cases make them, the ledger keeps them
and gives them back unchanged, banks and reports only render them. So an export long after the
preparation, without the rosters at hand, writes the same bytes.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relief_cli.calendar import Occasion

if TYPE_CHECKING:  # the ledger is read for its columns alone by commands that load no pandas
    import pandas as pd

# Column → dtype of each table, in the order of the file that the ledger gives back.
# ``move``: 0, or how often the person moved within the cycle (分散 to 集中) before the months that
# the entitlement is for; each time has months of its own.
# ``household_id``: the household's certificate number (低保证号) in its one form, where a programme
# pays households; missing where the roster gives none, and where each person is paid alone.
ENTITLEMENTS = {
    "entitlement": "int64",
    "payment": "int64",
    "person": "str",
    "name": "str",
    "category": "str",
    "county": "str",
    "township": "str",
    "household": "int64",
    "household_id": "str",
    "amount_fen": "int64",
    "ground": "int32",
    "move": "int32",
    "sheet": "int32",
    "sheet_row": "int32",
    "member": "int32",
}
# Why something is due, and for what; ``kind`` is one of :class:`relief_cli.calendar.Occasion`,
# ``cause`` that of temporary assistance, ``people`` how many one entitlement is for. The months are
# missing where a notice is paid once, whatever the month. ``since``: of arrears, the day since when
# the raised standard holds. ``unit``: ``household`` where one amount is for the whole household,
# ``person`` where it is for the person alone.
GROUNDS = {
    "ground": "int32",
    "reason": "str",
    "reference": "str",
    "kind": "str",
    "cause": "str",
    "first_month": "str",
    "last_month": "str",
    "people": "int32",
    "since": "str",
    "unit": "str",
}
# What an entitlement is made of; the rest of it is the basic benefit for the months of its ground.
# ``part`` is one of :mod:`relief_cli.programmes.components`. The months are missing where they are
# the ground's, or not known. Of arrears that a raised standard is due: ``from_fen`` and ``to_fen``,
# what the standards came to for twelve months before and after; else -1.
COMPONENTS = {
    "entitlement": "int64",
    "part": "str",
    "grade": "str",
    "income_fen": "int64",
    "first_month": "str",
    "last_month": "str",
    "from_fen": "int64",
    "to_fen": "int64",
    "amount_fen": "int64",
}
PAYMENTS = {
    "payment": "int64",
    "payee_name": "str",
    "payee_id_number": "str",
    "account_number": "str",
    "bank": "str",
    "bank_name": "str",
    "format": "str",
    "amount_fen": "int64",
    "beneficiaries": "int64",
}
# ``follows``: the number in the whole ledger of the failed payment that this one pays again.
FOLLOW_UPS = {"payment": "int64", "follows": "int64"}
# ``code``: the function code (功能科目) by which what is paid for the category is shown.
SHARES = {
    "county": "str",
    "category": "str",
    "code": "str",
    "source": "str",
    "amount_fen": "int64",
}
# What had come back from people to each source when the batch was made, of all programmes.
RECOVERED = {"source": "str", "code": "str", "repayments": "int64", "amount_fen": "int64"}
UNPAID = {
    "row": "int64",
    "input": "int32",
    "sheet": "int32",
    "sheet_row": "int32",
    "member": "int32",
    "fate": "str",
    "codes": "str",
    "cells": "str",
}
# ``person`` and ``facts`` (what it is about) stand where the finding can be accepted;
# ``acceptance`` is the number of the acceptance that makes it quiet, 0 where there is none.
FINDINGS = {
    "row": "int64",
    "input": "int32",
    "sheet": "int32",
    "sheet_row": "int32",
    "member": "int32",
    "code": "str",
    "severity": "str",
    "field": "str",
    "cell": "str",
    "detail": "str",
    "person": "str",
    "facts": "str",
    "acceptance": "int64",
}
LOUD = {"person": None, "facts": None, "acceptance": 0}
"""The last columns of findings that nobody can accept."""
PARAMETERS = {
    "name": "str",
    "place": "str",
    "value": "str",
    "unit": "str",
    "since": "str",
    "reference": "str",
    "status": "str",
}
# What bank files and reports say about the office, see :data:`relief_cli.banks.context.FACTS`;
# ``language`` is that of the batch's files.
FACTS = {"name": "str", "value": "str"}
# The titles of the categories that are paid, in the policy's order and the language of the files.
TITLES = {"category": "str", "title": "str"}
INPUTS = {"input": "int32", "name": "str", "sha256": "str", "size": "int64"}
SHEETS = {
    "sheet": "int32",
    "input": "int32",
    "name": "str",
    "header_row": "int32",
    "header": "str",
    "rows": "int64",
    "totals": "int64",
    "notes": "int64",
}
TABLES = {
    "inputs": INPUTS,
    "sheets": SHEETS,
    "parameters": PARAMETERS,
    "facts": FACTS,
    "titles": TITLES,
    "grounds": GROUNDS,
    "payments": PAYMENTS,
    "follow_ups": FOLLOW_UPS,
    "entitlements": ENTITLEMENTS,
    "components": COMPONENTS,
    "shares": SHARES,
    "recovered": RECOVERED,
    "unpaid": UNPAID,
    "findings": FINDINGS,
}


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One batch; see the column declarations above for the tables."""

    name: str
    """Programme, cycle and number in the cycle: ``one-time-2022-08-1``."""
    programme: str
    cycle: str
    sequence: int
    occasion: Occasion
    """What a person is paid for at most once."""
    region: str
    """The office's region code, six digits."""
    office: str
    """The office's name, as it stands on reports."""
    pay_on: dt.date
    """The day on which the money should reach people; bank files carry it."""
    inputs_digest: str
    """SHA-256 over the rosters' bytes and everything else that decides the outcome."""
    rows_read: int
    inputs: "pd.DataFrame"
    sheets: "pd.DataFrame"
    parameters: "pd.DataFrame"
    facts: "pd.DataFrame"
    titles: "pd.DataFrame"
    grounds: "pd.DataFrame"
    payments: "pd.DataFrame"
    entitlements: "pd.DataFrame"
    components: "pd.DataFrame"
    shares: "pd.DataFrame"
    recovered: "pd.DataFrame"
    unpaid: "pd.DataFrame"
    findings: "pd.DataFrame"
    follow_ups: "pd.DataFrame"
    follows: str | None = None
    """The batch whose failed payments this one pays again."""
    replaces: str | None = None
    """The batch that this one is without some of its people."""

    @property
    def beneficiaries(self) -> int:
        """How many people it pays; who moved within the cycle counts once."""
        persons = self.entitlements["person"]
        return persons.nunique() if self.entitlements["move"].any() else len(persons)

    @property
    def amount_fen(self) -> int:
        """The batch's total in fen."""
        return int(self.payments["amount_fen"].sum())
