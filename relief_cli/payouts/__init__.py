"""The use cases: the stages joined. Plan everything, check everything, then commit."""

from relief_cli.payouts.actions import check, export, prepare, run
from relief_cli.payouts.outcome import CheckOutcome, Outcome
from relief_cli.payouts.setting import Request, Setting, load_setting

__all__ = [
    "CheckOutcome",
    "Outcome",
    "Request",
    "Setting",
    "check",
    "export",
    "load_setting",
    "prepare",
    "run",
]
