"""The sheet that an approver looks at: the amounts, and the digest that will be signed."""

from relief_cli.batch import Batch
from relief_cli.i18n import N_
from relief_cli.ledger.book import Preparation
from relief_cli.ledger.events import short_head
from relief_cli.reports import qr
from relief_cli.reports import workbook as wb
from relief_cli.reports.disbursement import write_disbursement
from relief_cli.reports.finding_sheets import write_unpaid
from relief_cli.reports.words import Wording

_WIDTHS = (30, 84)


def approval_workbook(
    batch: Batch, prepared: Preparation, approvals: int, payer: str, wording: Wording
) -> bytes:
    """Render the approval sheet.

    Args:
        batch: the batch.
        prepared: how it was prepared, with the digests that are signed.
        approvals: how many are needed.
        payer: name and account from which the bank files pay.
        wording: in the office's language.
    """
    book = wb.Book(batch.name, wording.say)
    write_disbursement(book, batch, wording, prepared.previous)
    say = wording.say
    sheet = book.sheet(say(N_("Approval")), landscape=True)
    for column, columns in enumerate(_WIDTHS):
        sheet.set_column(column, column, columns)
    sheet.merge_range(
        0, 0, 0, 1, say(N_("Approval of {batch}")).format(batch=batch.name), book.style(wb.TITLE)
    )
    sheet.set_row(0, 32)
    facts = (
        (N_("Prepared by"), prepared.maker),
        (N_("Approvals needed"), str(approvals)),
        (N_("Payer"), payer),
        (N_("Bank formats"), ", ".join(sorted(batch.payments["format"].unique()))),
        (N_("Content (SHA-256)"), prepared.content),
        (N_("Bank files (SHA-256)"), prepared.outgoing),
        (N_("Head of the event chain"), f"{short_head(prepared.digest)}  {prepared.digest}"),
        (N_("To approve"), f"relief approve {batch.name}"),
        (N_("To reject"), f'relief reject {batch.name} --reason "…"'),
    )
    for row, (label, value) in enumerate(facts, start=1):
        wb.write_text(sheet, row, 0, say(label), book.style(wb.LABEL))
        wb.write_text(sheet, row, 1, value, book.style(wb.LABEL))
        sheet.set_row(row, 22)
    sheet.insert_image(0, 2, "head.png", {"image_data": qr.png(prepared.digest)})
    note = N_(
        "The signature covers every entitlement, payment, share and parameter of the batch, the"
        " payer, and the bank files byte for byte, by the digests above. If one of them changed, it"
        " would not verify and nothing would go out."
    )
    row = len(facts) + 1
    sheet.merge_range(row, 0, row, 1, say(note), book.style(wb.NOTE))
    sheet.set_row(row, 2 * wb.LINE_HEIGHT + 6)
    for number in range(approvals):
        line = say(N_("Approver {number}:                         Date:"))
        wb.write_text(sheet, row + 2 + number, 0, line.format(number=number + 1), book.style({}))
        sheet.set_row(row + 2 + number, 30)
    write_unpaid(book, batch, wording)
    return book.content()
