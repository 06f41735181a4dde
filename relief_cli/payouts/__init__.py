"""The use cases: the stages joined. Plan everything, check everything, then commit."""

from relief_cli.payouts.actions import check, describe, export, prepare, run
from relief_cli.payouts.approving import approve, reject
from relief_cli.payouts.auditing import AuditOutcome, audit
from relief_cli.payouts.backing_up import BackupOutcome, back_up
from relief_cli.payouts.operators import add_operator, all_operators, revoke_operator
from relief_cli.payouts.outcome import CheckOutcome, Outcome
from relief_cli.payouts.restoring import RestoreOutcome, restore
from relief_cli.payouts.setting import Request, Setting, load_setting

__all__ = [
    "AuditOutcome",
    "BackupOutcome",
    "CheckOutcome",
    "Outcome",
    "Request",
    "RestoreOutcome",
    "Setting",
    "add_operator",
    "all_operators",
    "approve",
    "audit",
    "back_up",
    "check",
    "describe",
    "export",
    "load_setting",
    "prepare",
    "reject",
    "restore",
    "revoke_operator",
    "run",
]
