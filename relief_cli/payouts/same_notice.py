"""What a notice pays once is paid once, whatever it is called (晋民发〔2022〕38号 二、二)."""

from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.payouts.plan import Draft


def require_same_notice(drafted: Draft, book: Book) -> None:
    """Refuse to pay a notice's amount again under another name of the notice.

    A notice is known by its amount: the dated value of the policy by which a batch was made. A new
    notice has a value of its own.

    Raises:
        RefusedError: ``notice-renamed``.
    """
    programme, occasion = drafted.request.programme, drafted.parameters.occasion
    if not occasion.document:
        return
    amount = f"{programme}.amount"
    now = {one.since.isoformat() for one in drafted.parameters.used if one.name == amount}
    for batch, document, since in book.notices(programme):
        if document == occasion.document or since not in now:
            continue
        raise RefusedError(
            "notice-renamed",
            N_("{programme} went out in {batch} under {before}; the policy calls it {now} today."),
            why=N_("Under another name of the notice everybody would be paid a second time."),
            remedy=N_(
                "Write {before} under {programme}.occasion again. A new notice has an amount with a"
                " day of its own: [[{programme}.amount]] since = …"
            ),
            programme=programme,
            batch=batch,
            before=document,
            now=occasion.document,
        )
