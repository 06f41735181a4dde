"""Reads a bank's answer in ISO 20022: the payment status report, pain.002, version 3 or later.

A bank may speak of the whole message, of each of its parts (``PmtInf``), and of payments; it need
not list any. What is said of the whole holds for all payments that nothing nearer is said of: a
message rejected as a whole lists none, and every payment of it failed.
"""

from dataclasses import dataclass
from typing import Any

from relief_cli.banks.iso20022 import Facts, element_name, elements_named, refusal, root_of, taken
from relief_cli.banks.results import FAILED, OPEN, PAID

# Settled on the payer's or the payee's account. All other codes (ACTC, ACCP, ACSP, PDNG, RCVD, ACWC
# and PART) leave open what becomes of the money, and so does one that is not known here.
# BOOK and RTRN are what a notification of bookings says (:mod:`relief_cli.banks.camt054`).
_OUTCOMES = {"ACSC": PAID, "ACCC": PAID, "BOOK": PAID, "RJCT": FAILED, "RTRN": FAILED}
# Rejected because it came before: what becomes of the money is said of the one that came first.
_DUPLICATE = {"AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "DUPL"}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the bank says of a message, a part of it or a payment."""

    status: str
    """The code as it stands there, such as ``RJCT``; of the part or message where it has none."""
    reason: str = ""
    """Codes of the reasons, such as ``AC04``, or the bank's own; blanks between several."""
    information: str = ""
    """What the bank wrote to it."""

    @property
    def outcome(self) -> str:
        """What it means for the money; a rejected duplicate is open, for the first may be paid."""
        if _DUPLICATE & set(self.reason.split()):
            return OPEN
        return _OUTCOMES.get(self.status, OPEN)


@dataclass(frozen=True, kw_only=True)
class PaymentStatus:
    """One payment; empty texts are what the bank did not repeat."""

    reference: str
    """``OrgnlEndToEndId``, or ``OrgnlInstrId`` where that is missing: relief sends both alike."""
    verdict: Verdict
    amount: str
    """As it stands there: yuan, with or without decimals."""
    currency: str
    payee_name: str
    account_number: str


@dataclass(frozen=True, kw_only=True)
class PartStatus:
    """One ``PmtInf`` of the message; ``verdict`` holds for its payments that are not listed."""

    part: str
    verdict: Verdict
    count: str
    """Payments in the part, as the bank counted; empty where it does not say."""
    total: str
    payments: tuple[PaymentStatus, ...]


@dataclass(frozen=True, kw_only=True)
class StatusReport:
    """A pain.002; ``verdict`` holds for the parts, and so the payments, that are not listed."""

    message: str
    """``OrgnlMsgId``: the name under which the file was sent."""
    verdict: Verdict
    count: str
    """Payments in the message, as the bank counted; empty where it does not say."""
    total: str
    parts: tuple[PartStatus, ...]


def read(content: bytes) -> StatusReport:
    """Read a pain.002.

    Raises:
        UnreadableError: ``answer-too-large``, ``answer-not-xml`` or ``answer-other``, without a
            file's name.
    """
    root = root_of(content, "pain.002.")
    return _report(root)


def _report(root: Any) -> StatusReport:  # noqa: ANN401  # lxml is untyped
    body = [inner for element in elements_named(root, "CstmrPmtStsRpt") for inner in element]
    groups = elements_named(body, "OrgnlGrpInfAndSts")
    if len(groups) != 1:
        raise refusal("answer-other", found=element_name(root))
    facts = Facts(groups[0])
    verdict = _verdict(facts, "GrpSts", Verdict(status=""))
    return StatusReport(
        message=facts.text("OrgnlMsgId"),
        verdict=verdict,
        count=facts.text("OrgnlNbOfTxs"),
        total=facts.text("OrgnlCtrlSum"),
        parts=tuple(_part(part, verdict) for part in elements_named(body, "OrgnlPmtInfAndSts")),
    )


def _part(part: Any, whole: Verdict) -> PartStatus:  # noqa: ANN401  # lxml is untyped
    payments = elements_named(part, "TxInfAndSts")
    facts = Facts(element for element in part if element_name(element) != "TxInfAndSts")
    verdict = _verdict(facts, "PmtInfSts", whole)
    return PartStatus(
        part=facts.text("OrgnlPmtInfId"),
        verdict=verdict,
        count=facts.text("OrgnlNbOfTxs"),
        total=facts.text("OrgnlCtrlSum"),
        payments=tuple(_payment(taken(payment), verdict) for payment in payments),
    )


def _payment(facts: Facts, part: Verdict) -> PaymentStatus:
    amount, account = "OrgnlTxRef/Amt/InstdAmt", "OrgnlTxRef/CdtrAcct/Id"
    return PaymentStatus(
        reference=facts.text("OrgnlEndToEndId", "OrgnlInstrId"),
        verdict=_verdict(facts, "TxSts", part),
        amount=facts.text(amount),
        currency=facts.text(f"{amount}@Ccy"),
        # Since version 9 the payee may be a bank, so a party stands one step lower.
        payee_name=facts.text("OrgnlTxRef/Cdtr/Nm", "OrgnlTxRef/Cdtr/Pty/Nm"),
        account_number=facts.text(f"{account}/Othr/Id", f"{account}/IBAN"),
    )


def _verdict(facts: Facts, status: str, above: Verdict) -> Verdict:
    """Give what is said here; what is said above where nothing is."""
    said = facts.text(status)
    reason = facts.joined("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")
    information = facts.joined("StsRsnInf/AddtlInf")
    if not said and not reason and not information:
        return above
    return Verdict(status=said or above.status, reason=reason, information=information)
