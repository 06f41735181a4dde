"""Tell one person's whole story."""

from dataclasses import dataclass
from typing import Any

from relief_cli.banks.codes import all_codes
from relief_cli.banks.data_files import first_line_of
from relief_cli.ledger import Ledger
from relief_cli.ledger.return_schema import LATER
from relief_cli.ledger.stops import Recovery, Stop
from relief_cli.ledger.story import Entitled, Row
from relief_cli.money import split
from relief_cli.office import Office
from relief_cli.payouts.people import person_of
from relief_cli.reports.words import reference
from relief_cli.roster.masks import mask_account, mask_id, mask_name

_FAILED = {"failed", "reversed", *LATER}
"""Outcomes of what has failed, whatever the bank said of it later."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A person's story."""

    person: str
    """The identity number, masked."""
    name: str
    """The name under which the person was last entitled, masked; empty where never."""
    attempts: tuple[dict[str, Any], ...]
    """Each entitlement in the order of recording, with its payment and the bank's answers."""
    not_paid: tuple[Row, ...]
    """Rows that were held or passed over: ``batch``, ``fate``, ``codes``, ``source_file``,
    ``sheet``, ``row``."""
    stops: tuple[Stop, ...]
    recoveries: tuple[Recovery, ...]

    @property
    def is_known(self) -> bool:
        """Say whether the books know anything of the person."""
        return any((self.attempts, self.not_paid, self.stops, self.recoveries))

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "person": self.person,
            "name": self.name,
            "entitlements": list(self.attempts),
            "not_paid": list(self.not_paid),
            "stops": [
                {"since": one.since.isoformat(), "reason": one.reason, "ended": one.resumed}
                for one in self.stops
            ],
            "recoveries": [
                {
                    "recovery": one.recovery,
                    "since": one.since.isoformat(),
                    "reason": one.reason,
                    "amount_fen": one.amount_fen,
                    "repaid_fen": one.repaid_fen,
                }
                for one in self.recoveries
            ],
        }


def trace(office: Office, given: str) -> Trace:
    """Tell the whole story of a person: roster row, rule, clause, shares, file line, answer.

    Args:
        office: the office.
        given: as :func:`relief_cli.payouts.people.person_of` takes it.

    Raises:
        UsageError: as :func:`relief_cli.payouts.people.person_of`.
    """
    with Ledger.open(office.ledger_place).reading() as book:
        person = person_of(book, given)
        name = book.name_of(person)
        entitled = book.entitlements_of(person)
        # What was held is told by the batch that held it, also where another one paid.
        not_paid = book.rows_not_paid(person)
        stops, recoveries = book.stops.stops(person), book.stops.recoveries(person)
    return Trace(
        person=mask_id(person),
        name=mask_name(name),
        attempts=tuple(_told(office, one) for one in entitled),
        not_paid=tuple(not_paid),
        stops=tuple(stops),
        recoveries=tuple(recoveries),
    )


def _told(office: Office, one: Entitled) -> dict[str, Any]:
    row, payment = one.entitlement, one.payment
    shown = (
        "batch", "programme", "cycle", "occasion", "follows", "attempt", "source_file", "sheet",
        "row", "category", "county", "township", "amount_fen", "reason", "reference",
    )  # fmt: skip
    return {
        **{name: row[name] for name in shown},
        "rejected": bool(row["rejected"]),
        "prepared_at": row["prepared_at"],
        "exported_at": row["exported_at"],
        "findings": [dict(found) for found in one.findings],
        "parameters": [dict(parameter) for parameter in one.parameters],
        "shares": _shares(one),
        "payment": {
            "reference": reference(row["batch"], payment["payment"]),
            "account": mask_account(payment["account_number"]),
            "payee": mask_name(payment["payee_name"]),
            "bank_name": payment["bank_name"],
            "amount_fen": payment["amount_fen"],
            "beneficiaries": payment["beneficiaries"],
        },
        "bank_file": _file(office, one),
        "answers": [_answer(office, answer) for answer in one.answers],
        "outcome": _outcome(one),
    }


def _shares(one: Entitled) -> dict[str, int]:
    """Give each source's part of the amount, in the proportion of the county's category."""
    weights = [share["amount_fen"] for share in one.shares]
    if not sum(weights):
        return {}
    parts = split(one.entitlement["amount_fen"], weights)
    return {share["source"]: fen for share, fen in zip(one.shares, parts, strict=True)}


def _file(office: Office, one: Entitled) -> dict[str, Any] | None:
    if one.file is None:
        return None
    first = first_line_of(one.file["format"], office.folder)
    place = one.payment["payment"] - one.file["first_payment"]
    return {
        "path": f"{one.entitlement['batch']}/{one.file['path']}",
        "format": one.file["format"],
        # A format that the office has taken away does not tell its lines any more.
        "line": None if first is None else first + place,
    }


def _answer(office: Office, answer: Row) -> dict[str, Any]:
    known = all_codes().get(answer["code"])
    meaning = known.title[office.language] if known else ""
    shown = ("file", "place", "verdict", "result", "code", "at")
    return {**{name: answer[name] for name in shown}, "meaning": meaning}


def _outcome(one: Entitled) -> str:
    """Give where the money of this attempt is: what the last deciding answer says.

    Two lines that differ decide nothing, unless the payment had failed before.
    """
    if one.entitlement["rejected"]:
        return "rejected"
    if one.file is None:
        return "not sent"
    outcome = "in transit"
    for verdict in (answer["verdict"] for answer in one.answers):
        if verdict in {"paid", "failed", "reversed"} or (verdict in LATER and outcome in _FAILED):
            outcome = verdict
    return outcome
