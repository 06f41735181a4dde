"""What a notice pays once is paid once, whatever it is called (晋民发〔2022〕38号 二、二)."""

from relief_cli.calendar import Cycle
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.payouts.plan import Draft
from relief_cli.policy import Parameter, Policy


def require_same_notice(drafted: Draft, book: Book) -> None:
    """Refuse to pay under another name of a notice that was paid already.

    The policy's value for a cycle that was paid must be the one that the batch was made by. A new
    notice has a day of its own, from which on it holds.

    Raises:
        RefusedError: ``notice-renamed``.
    """
    programme, occasion = drafted.request.programme, drafted.parameters.occasion
    if not occasion.document:
        return
    for batch, document, cycle in book.notices(programme):
        now = _notice(drafted.setting.policy, programme, Cycle.parse(cycle))
        if document == occasion.document or now is None or now.value == document:
            continue
        raise RefusedError(
            "notice-renamed",
            N_("{batch} pays {programme} under {before}; the policy calls it {now} today."),
            why=N_("Under another name of the notice everybody would be paid a second time."),
            remedy=N_(
                "Write {before} under {programme}.occasion again. A new notice has a day of its"
                " own, after the cycle that was paid: [[{programme}.occasion]] since = …"
            ),
            programme=programme,
            batch=batch,
            before=document,
            now=str(now.value),
        )


def _notice(policy: Policy, programme: str, cycle: Cycle) -> Parameter | None:
    """Give the notice that a cycle is paid by, as :meth:`relief_cli.programmes.one_time` does."""
    name = f"{programme}.occasion"
    return policy.find(name, cycle.first_on) or policy.find(name, cycle.last_on)
