"""What commands that pay rosters are told."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relief_cli.calendar import Cycle
from relief_cli.cli.roster_options import begin, files_of
from relief_cli.cli.state import State

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.payouts import Outcome
    from relief_cli.sealing import Seal


@dataclass(frozen=True)
class Asked:
    """The arguments and options of ``prepare``, ``run`` and ``top-up``."""

    programme: str
    rosters: list[Path]
    cycle: str
    sheets: list[str] | None
    password_file: Path | None
    pay_on: dt.datetime | None
    seal: "Seal | None" = None
    top_up: bool = False
    recover: bool = False

    def carry_out(self, state: State, use_case: str, steps: int) -> "Outcome":
        """Read the rosters, carry the use case out, and show its outcome."""
        cycle = Cycle.parse(self.cycle)  # before a fresh folder becomes an office
        files = files_of(state.screen, self.rosters)
        office = state.office_or_new()
        payouts, rosters = begin(office, files, self.sheets, self.password_file)
        with state.screen.progress(files, steps=steps) as advance:
            request = payouts.Request(
                programme=self.programme,
                rosters=rosters,
                cycle=cycle,
                pay_on=self.pay_on.date() if self.pay_on else None,
                seal=self.seal,
                top_up=self.top_up,
                recover=self.recover,
                advance=advance,
            )
            setting = payouts.load_setting(office)
            outcome: Outcome = getattr(payouts, use_case)(setting, request)
        state.screen.outcome(outcome)
        return outcome
