"""Reads a bank's notification of bookings in ISO 20022: camt.054, any version.

A payment status report need not tell of success: many banks accept in pain.002, and tell by the
booking that a payment is settled, or by a booking the other way that it came back.
"""

from typing import Any

from relief_cli.banks.iso20022 import Facts, element_name, elements_named, refusal, root_of, taken
from relief_cli.banks.pain002 import PaymentStatus, Verdict

BOOKED, RETURNED = "BOOK", "RTRN"


def read(content: bytes) -> list[PaymentStatus]:
    """Give each transaction that is booked: debits are paid, credits with a reason came back.

    Other entries (not booked yet, money of somebody else) tell of no payment and are left out.

    Raises:
        UnreadableError: ``answer-too-large``, ``answer-not-xml`` or ``answer-other``, without a
            file's name.
    """
    root = root_of(content, "camt.054.")
    body = elements_named(root, "BkToCstmrDbtCdtNtfctn")
    if not body:
        raise refusal("answer-other", found=element_name(root))
    return [
        status
        for notification in elements_named(body[0], "Ntfctn")
        for entry in elements_named(notification, "Ntry")
        for status in _statuses(entry)
    ]


def _statuses(entry: Any) -> list[PaymentStatus]:  # noqa: ANN401  # lxml is untyped
    whole = Facts(one for one in entry if element_name(one) != "NtryDtls")
    booked = whole.text("Sts/Cd", "Sts") == "BOOK"
    debit = whole.text("CdtDbtInd") == "DBIT"
    found = []
    for details in elements_named(entry, "NtryDtls"):
        for transaction in elements_named(details, "TxDtls"):
            facts = taken(transaction)
            reason = facts.joined("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
            reference = facts.text("Refs/EndToEndId")
            if not booked or not reference or debit == bool(reason):
                continue
            verdict = Verdict(
                status=BOOKED if debit else RETURNED,
                reason=reason,
                information=facts.joined("RtrInf/AddtlInf"),
            )
            found.append(_payment(facts, reference, verdict))
    return found


def _payment(facts: Facts, reference: str, verdict: Verdict) -> PaymentStatus:
    return PaymentStatus(
        reference=reference,
        verdict=verdict,
        amount=facts.text("Amt", "AmtDtls/TxAmt/Amt"),
        currency=facts.text("Amt@Ccy", "AmtDtls/TxAmt/Amt@Ccy"),
        payee_name=facts.text("RltdPties/Cdtr/Pty/Nm", "RltdPties/Cdtr/Nm"),
        account_number=facts.text("RltdPties/CdtrAcct/Id/Othr/Id", "RltdPties/CdtrAcct/Id/IBAN"),
    )
