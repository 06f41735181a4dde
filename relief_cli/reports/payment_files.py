"""All that has a line for each payment: the bank files and payments.csv.

Apart from the other reports, so that a process of its own can make them: it loads no ledger.
"""

from dataclasses import dataclass

from relief_cli.banks.planning import locate
from relief_cli.banks.writing import Job, render_job
from relief_cli.reports.lists import payments_csv


@dataclass(frozen=True)
class PaymentFiles:
    """The bytes of those files."""

    bank: list[bytes]
    """In the order in which they were planned."""
    payments_csv: bytes


def make_payment_files(job: Job) -> PaymentFiles:
    """Make the bank files of ``job`` and the list of its payments.

    Raises:
        BankFileFaultError: a file does not hold what was asked for.
    """
    return PaymentFiles(render_job(job), payments_csv(job.payments, locate(job.planned)))
