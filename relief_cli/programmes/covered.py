"""Which months an entitlement in the books is for."""

from relief_cli.calendar import Cycle
from relief_cli.errors import UsageError
from relief_cli.programmes import tekun


def months_covered(programme: str, occasion: str, reason: str) -> frozenset[str]:
    """Give the months that somebody was paid for.

    Args:
        programme: the programme.
        occasion: the cycle, or the notice of a once-only benefit.
        reason: of the entitlement.

    Returns:
        Texts such as ``2022-08``; none where the occasion is no cycle.

    >>> months_covered("dibao", "2022-08", "最低生活保障金 2022-08（农村低保）")
    frozenset({'2022-08'})
    >>> months_covered("one-time", "晋民发〔2022〕38号", "")
    frozenset()
    """
    try:
        cycle = Cycle.parse(occasion)
    except UsageError:
        return frozenset()
    if programme == tekun.NAME:
        return frozenset(tekun.months_of_reason(reason, occasion))
    return frozenset(cycle.months)
