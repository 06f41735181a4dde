"""When what must be paid, as the policy orders it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

from relief_cli.calendar import Cycle, Occasion, Workday, workday_on_or_before
from relief_cli.policy import Parameter, Policy
from relief_cli.programmes.price_indices import (
    index_of,
    last_day_of_month,
    months_before,
    movement_of,
)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The last day on which people must have a payment, as it is ordered."""

    cycle: str
    """The cycle that is paid for, such as ``2022-08`` or ``2022Q3``."""
    on: dt.date
    """The day that is ordered; it may be a day off."""
    parameter: Parameter
    """What orders it."""
    notice: str = ""
    """The notice of what is paid once; else empty."""

    @property
    def paid_for(self) -> Occasion:
        """The occasion under which the ledger keeps it."""
        if self.notice:
            return Occasion.of_notice(self.notice)
        return Occasion.of_cycle(Cycle.parse(self.cycle))

    @property
    def pay_by(self) -> Workday:
        """The working day on or before it: nothing is paid on a day off."""
        return workday_on_or_before(self.on)


def deadlines(programme: str, policy: Policy, year: int) -> list[Deadline]:
    """Give the deadlines of a programme that lie in ``year``, by day.

    None where the policy orders none.

    Raises:
        PolicyError: ``policy-missing``; a deadline is ordered for what the policy lacks.
    """
    return _DEADLINES[programme](policy, year)


def pay_day_of(cycle: Cycle, pay_day: Parameter) -> Deadline:
    """Give the pay day of a month, or of a quarter in its first month."""
    on = cycle.first_on.replace(day=cast("int", pay_day.value))
    return Deadline(cycle=cycle.text, on=on, parameter=pay_day)


def _dibao(policy: Policy, year: int) -> list[Deadline]:
    """Give the pay day of each month (晋民发〔2022〕38号, clause 4: by the 10th)."""
    months = [Cycle.parse(f"{year}-{month:02d}") for month in range(1, 13)]
    return _pay_days("dibao.pay-day", policy, months)


def _tekun(policy: Policy, year: int) -> list[Deadline]:
    """Give the pay day of each quarter (晋民发〔2022〕38号, clause 4: by the 10th)."""
    quarters = [Cycle.parse(f"{year}Q{number}") for number in (1, 2, 3, 4)]
    return _pay_days("tekun.pay-day", policy, quarters)


def _pay_days(name: str, policy: Policy, cycles: list[Cycle]) -> list[Deadline]:
    return [
        pay_day_of(cycle, pay_day)
        for cycle in cycles
        if (pay_day := policy.find(name, cycle.first_on)) is not None
    ]


def _notices(name: str, policy: Policy, year: int) -> list[Deadline]:
    """Give the deadline of each notice that lies in ``year`` (clause 2.2: by 2022-08-20).

    The cycle is the month of the deadline. A later deadline of the same notice takes the place
    of the one before.
    """
    ordered: dict[str, Deadline] = {}
    for parameter in policy.parameters:
        if parameter.name != f"{name}.deadline":
            continue
        notice = str(policy.at(f"{name}.occasion", parameter.since).value)
        on = cast("dt.date", parameter.value)
        ordered[notice] = Deadline(cycle=f"{on:%Y-%m}", on=on, parameter=parameter, notice=notice)
    return sorted((one for one in ordered.values() if one.on.year == year), key=lambda one: one.on)


def _price(policy: Policy, year: int) -> list[Deadline]:
    """Give the deadline of every month whose index has triggered the subsidy somewhere."""
    found: dict[str, Deadline] = {}
    for index in policy.parameters:
        if index.name != "price.cpi":
            continue
        lag = policy.at("price.index-lag", index.since)
        month = Cycle.parse(f"{index.since:%Y-%m}")
        cycle = months_before(month, -cast("int", lag.value))
        if index_of(policy, "price.food", month, index.place) is None:
            continue
        movement = movement_of(policy, cycle, month, index.place)
        if movement.triggering is None:
            continue
        ordered = policy.at("price.deadline", cycle.first_on)
        on = last_day_of_month(movement.published_on)
        deadline = Deadline(cycle=cycle.text, on=on, parameter=ordered)
        found[cycle.text] = min(deadline, found.get(cycle.text, deadline), key=lambda one: one.on)
    return sorted((one for one in found.values() if one.on.year == year), key=lambda one: one.on)


def _temporary(policy: Policy, year: int) -> list[Deadline]:
    """Give none: temporary assistance is paid when it is approved."""
    del policy, year
    return []


_DEADLINES: Mapping[str, Callable[[Policy, int], list[Deadline]]] = {
    "one-time": partial(_notices, "one-time"),
    "dibao": _dibao,
    "tekun": _tekun,
    "price": _price,
    "temporary": _temporary,
    "voucher": partial(_notices, "voucher"),
}
NAMES = tuple(_DEADLINES)
"""Every programme, in the order in which they are listed."""
