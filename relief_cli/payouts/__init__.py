"""The use cases: the stages joined. Plan everything, check everything, then commit."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relief_cli.payouts.accepting import accept, all_acceptances, end_acceptance
    from relief_cli.payouts.actions import check, describe, export, prepare, run
    from relief_cli.payouts.answering import Answers
    from relief_cli.payouts.approving import approve, reject
    from relief_cli.payouts.arrears import pay_arrears
    from relief_cli.payouts.arrears_batch import Arrears
    from relief_cli.payouts.auditing import AuditOutcome, audit
    from relief_cli.payouts.backing_up import BackupOutcome, back_up
    from relief_cli.payouts.comparing import CompareOutcome, Comparison, compare
    from relief_cli.payouts.diffing import DiffOutcome, Sides, diff
    from relief_cli.payouts.enrolling import (
        Newcomer,
        add_operator,
        all_operators,
        begin_books,
        revoke_operator,
        rules,
        set_rule,
    )
    from relief_cli.payouts.extracting import ExtractOutcome, extract
    from relief_cli.payouts.falling_due import DueOutcome, due
    from relief_cli.payouts.following import Repeat, follow_up
    from relief_cli.payouts.funds import receive
    from relief_cli.payouts.journalling import JournalOutcome, export_journal
    from relief_cli.payouts.mandating import add_mandate, all_mandates, end_mandate
    from relief_cli.payouts.meanings import parse_meanings
    from relief_cli.payouts.noticing import NoticeOutcome, publish_notice
    from relief_cli.payouts.outcome import CheckOutcome, Outcome
    from relief_cli.payouts.overpaid import (
        LateList,
        OverpaidOutcome,
        compare_books,
        find_overpaid,
    )
    from relief_cli.payouts.overview import StatusOutcome, status
    from relief_cli.payouts.people import all_recoveries, owe, repay
    from relief_cli.payouts.reconciling import ReconcileOutcome, reconcile_funding
    from relief_cli.payouts.reserves import all_reserves, give_reserve
    from relief_cli.payouts.restoring import RestoreOutcome, restore
    from relief_cli.payouts.scheduling import ScheduleOutcome, schedule
    from relief_cli.payouts.screening import Screening, ScreenOutcome, screen
    from relief_cli.payouts.setting import Request, Setting, load_setting
    from relief_cli.payouts.settling import SettleOutcome, settle
    from relief_cli.payouts.sharing import ShareOutcome, roles, share
    from relief_cli.payouts.stopping import all_stops, resume, stop
    from relief_cli.payouts.tracing import Trace, trace
    from relief_cli.payouts.withdrawing import WithdrawOutcome, withdraw
    from relief_cli.payouts.withholding import withhold
    from relief_cli.payouts.year_end import YearOutcome, reconcile_year

_PLACES = {
    "accepting": ("accept", "all_acceptances", "end_acceptance"),
    "arrears": ("pay_arrears",),
    "arrears_batch": ("Arrears",),
    "actions": ("check", "describe", "export", "prepare", "run"),
    "answering": ("Answers",),
    "approving": ("approve", "reject"),
    "auditing": ("AuditOutcome", "audit"),
    "backing_up": ("BackupOutcome", "back_up"),
    "falling_due": ("DueOutcome", "due"),
    "comparing": ("CompareOutcome", "Comparison", "compare"),
    "extracting": ("ExtractOutcome", "extract"),
    "diffing": ("DiffOutcome", "Sides", "diff"),
    "following": ("Repeat", "follow_up"),
    "funds": ("receive",),
    "journalling": ("JournalOutcome", "export_journal"),
    "mandating": ("add_mandate", "all_mandates", "end_mandate"),
    "meanings": ("parse_meanings",),
    "noticing": ("NoticeOutcome", "publish_notice"),
    "enrolling": (
        "Newcomer",
        "add_operator",
        "all_operators",
        "begin_books",
        "revoke_operator",
        "rules",
        "set_rule",
    ),
    "outcome": ("CheckOutcome", "Outcome"),
    "overpaid": ("LateList", "OverpaidOutcome", "compare_books", "find_overpaid"),
    "people": ("all_recoveries", "owe", "repay"),
    "stopping": ("all_stops", "resume", "stop"),
    "reconciling": ("ReconcileOutcome", "reconcile_funding"),
    "year_end": ("YearOutcome", "reconcile_year"),
    "reserves": ("all_reserves", "give_reserve"),
    "restoring": ("RestoreOutcome", "restore"),
    "scheduling": ("ScheduleOutcome", "schedule"),
    "screening": ("ScreenOutcome", "Screening", "screen"),
    "setting": ("Request", "Setting", "load_setting"),
    "settling": ("SettleOutcome", "settle"),
    "sharing": ("ShareOutcome", "roles", "share"),
    "overview": ("StatusOutcome", "status"),
    "tracing": ("Trace", "trace"),
    "withdrawing": ("WithdrawOutcome", "withdraw"),
    "withholding": ("withhold",),
}
"""Module → what it gives. A command pays for its own use case alone: each is loaded when asked for.
"""

__all__ = [
    "Answers",
    "Arrears",
    "AuditOutcome",
    "BackupOutcome",
    "CheckOutcome",
    "CompareOutcome",
    "Comparison",
    "DiffOutcome",
    "DueOutcome",
    "ExtractOutcome",
    "JournalOutcome",
    "LateList",
    "Newcomer",
    "NoticeOutcome",
    "Outcome",
    "OverpaidOutcome",
    "ReconcileOutcome",
    "Repeat",
    "Request",
    "RestoreOutcome",
    "ScheduleOutcome",
    "ScreenOutcome",
    "Screening",
    "Setting",
    "SettleOutcome",
    "ShareOutcome",
    "Sides",
    "StatusOutcome",
    "Trace",
    "WithdrawOutcome",
    "YearOutcome",
    "accept",
    "add_mandate",
    "add_operator",
    "all_acceptances",
    "all_mandates",
    "all_operators",
    "all_recoveries",
    "all_reserves",
    "all_stops",
    "approve",
    "audit",
    "back_up",
    "begin_books",
    "check",
    "compare",
    "compare_books",
    "describe",
    "diff",
    "due",
    "end_acceptance",
    "end_mandate",
    "export",
    "export_journal",
    "extract",
    "find_overpaid",
    "follow_up",
    "give_reserve",
    "load_setting",
    "owe",
    "parse_meanings",
    "pay_arrears",
    "prepare",
    "publish_notice",
    "receive",
    "reconcile_funding",
    "reconcile_year",
    "reject",
    "repay",
    "restore",
    "resume",
    "revoke_operator",
    "roles",
    "rules",
    "run",
    "schedule",
    "screen",
    "set_rule",
    "settle",
    "share",
    "status",
    "stop",
    "trace",
    "withdraw",
    "withhold",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # a function or a class
    """Give a use case from its own module."""
    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{place}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
