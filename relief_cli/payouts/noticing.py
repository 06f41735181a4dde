"""The public notice of who gets what (晋民发〔2022〕38号, clauses 18 and 19), with masked names."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from relief_cli import files
from relief_cli.batch import Batch
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.payouts import approving
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.states import SENT
from relief_cli.policy import Policy
from relief_cli.programmes.by_name import PROGRAMMES
from relief_cli.reports.notice_lines import LISTED, Disclosure, groups
from relief_cli.reports.notice_page import notice_page
from relief_cli.reports.notice_text import Display, Notice, notice
from relief_cli.reports.notice_workbook import notice_workbook


@dataclass(frozen=True, kw_only=True)
class NoticeOutcome:
    """A notice, and where it was written."""

    batch: str
    state: str
    paid: bool
    """Whether the payments have gone out; else the notice says that they have not."""
    notice: Notice
    disclosure: Disclosure
    display: Display
    files: Mapping[Path, str]
    """Each with its SHA-256."""

    @property
    def listed(self) -> int:
        """How many people stand in the lines by name, alone or with their household."""
        lines = (group.lines for group in self.notice.groups)
        return sum(int(one.loc[one["kind"] == LISTED, "persons"].sum()) for one in lines)

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        first, last = self.display.first_on, self.display.last_on
        return {
            "batch": self.batch,
            "state": self.state,
            "paid": self.paid,
            "people": self.notice.total("persons"),
            "listed": self.listed,
            "households": self.notice.total("households"),
            "amount_fen": self.notice.total("amount_fen"),
            "from": first.isoformat() if first else None,
            "until": last.isoformat() if last else None,
            "days": self.display.days,
            "full_names": self.disclosure.full_names,
            "files": [{"path": str(path), "sha256": digest} for path, digest in self.files.items()],
        }


def publish_notice(setting: Setting, name: str, first_on: dt.date | None) -> NoticeOutcome:
    """Write the notice of a batch as a workbook and as a page; the ledger is only asked.

    It tells what people are entitled to, and not whose payment failed.

    Args:
        setting: the office.
        name: the batch.
        first_on: the first day of the display; ``None`` leaves a blank for it, and the batch's
            day of payment says which policy holds and who is a minor.

    Raises:
        UsageError: ``ledger-missing``, ``batch-unknown``, ``write-failed``.
        PolicyError: ``policy-missing``.
        WaitingError: ``approval-missing``; what nobody has approved is not made public.
        RefusedError: ``notice-follow-up``; and as
            :func:`relief_cli.payouts.approving.approvals_missing`.
    """
    with Ledger.open(setting.office.ledger_place, make=False).reading() as book:
        batch, state = book.load(name), book.state(name)
        if batch.follows:
            raise _follow_up(batch.name, _first(book, batch.follows))
        missing = approving.approvals_missing(setting, book, batch)
    if missing:
        raise approving.approval_missing(name, missing)
    on = first_on or batch.pay_on
    disclosure = _disclosure(setting.policy, on)
    days = cast("int", setting.policy.at("notice.days", on).value)
    display = Display(first_on=first_on, days=days, phone=setting.office.notice_phone)
    made = _notice(setting, batch, disclosure, display, paid=state in SENT)
    folder = setting.office.out_folder / "notices"
    files.make_private_folder(folder)
    contents = {
        folder / f"{name}.xlsx": notice_workbook(made),
        folder / f"{name}.html": notice_page(made),
    }
    for place, content in contents.items():
        files.write_beside(place, content)
    return NoticeOutcome(
        batch=name,
        state=state,
        paid=state in SENT,
        notice=made,
        disclosure=disclosure,
        display=display,
        files={place: hashlib.sha256(content).hexdigest() for place, content in contents.items()},
    )


def _notice(
    setting: Setting, batch: Batch, disclosure: Disclosure, display: Display, *, paid: bool
) -> Notice:
    wording = setting.wording()
    by_household = not PROGRAMMES[batch.programme].per_person
    lines = groups(batch, disclosure, wording, by_household=by_household)
    return notice(batch, lines, disclosure, display, wording, paid=paid, by_household=by_household)


def _disclosure(policy: Policy, on: dt.date) -> Disclosure:
    """Give what the policy lets be said on a day."""
    return Disclosure(
        on=on,
        full_names=policy.at("notice.masking", on).value == "full",
        minors_hidden=policy.at("notice.masking-minors", on).value == "whole",
        minor_age=cast("int", policy.at("notice.minor-age", on).value),
        categories=cast("tuple[str, ...]", policy.at("notice.categories", on).value),
        institution_words=cast("tuple[str, ...]", policy.at("notice.institution-words", on).value),
    )


def _first(book: Book, name: str) -> str:
    """Give the batch in which those stand who are paid again."""
    while followed := book.load(name).follows:
        name = followed
    return name


def _follow_up(name: str, first: str) -> RefusedError:
    return RefusedError(
        "notice-follow-up",
        N_("{batch} pays again what failed; a notice of it would tell whose payment failed."),
        why=N_("People are made public with what they get, not with what went wrong."),
        remedy=N_("Its people stand in the notice of the batch before: relief notice {first}"),
        batch=name,
        first=first,
    )
