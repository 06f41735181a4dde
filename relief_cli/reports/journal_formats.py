"""The journal as text, in the two formats that it is asked for in."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from relief_cli.i18n import N_
from relief_cli.money import format_plain
from relief_cli.reports.journal import Journal, Transaction
from relief_cli.reports.journal_accounts import Account
from relief_cli.reports.words import Wording

MARK = "; relief journal"
"""The first line of every journal, in both formats a comment."""


def beancount(journal: Journal, wording: Wording) -> str:
    """Give the journal for beancount 2 and 3; ``bean-check`` verifies it."""
    del wording  # its balances are directives of their own
    lines = [MARK, f"option {_quoted('title')} {_quoted(journal.title)}"]
    lines.append('option "operating_currency" "CNY"')
    for day in journal.days[:1]:
        lines.append("")
        for account, title in journal.accounts.items():
            lines.append(f"{day.on.isoformat()} open {account.name} CNY")
            lines.append(f"  title: {_quoted(title)}")
    for day in journal.days:
        for one in day.transactions:
            lines += _beancount_transaction(one)
        lines.append("")
        # A balance is that of the morning. Without ~ a fen too much or too little would pass.
        morning = (day.on + dt.timedelta(days=1)).isoformat()
        lines += (
            f"{morning} balance {account.name} {format_plain(fen)} ~ 0.00 CNY"
            for account, fen in day.balances.items()
        )
    return "\n".join(lines) + "\n"


def _beancount_transaction(one: Transaction) -> Iterator[str]:
    yield ""
    links = "".join(f" ^{link}" for link in one.links)
    yield f"{one.on.isoformat()} * {_quoted(one.narration)}{links}"
    for key, value in one.notes.items():
        yield f"  {key}: {value if isinstance(value, int) else _quoted(value)}"
    for account, fen in one.postings.items():
        yield f"  {account.name}  {format_plain(fen)} CNY"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def hledger(journal: Journal, wording: Wording) -> str:
    """Give the journal for hledger; ``hledger check --strict`` verifies it."""
    lines = [MARK, f"; {journal.title}", "decimal-mark .", "commodity 1000.00 CNY", ""]
    lines += (f"account {one.name}  ; title: {title}" for one, title in journal.accounts.items())
    balances = wording.say(N_("Balances"))
    for day in journal.days:
        for one in day.transactions:
            lines += _hledger_transaction(one)
        lines += ("", f"{day.on.isoformat()} * {balances}")
        # Nothing is posted; the balance includes the accounts below.
        lines += _hledger_postings(
            {account: f"0.00 CNY =* {format_plain(fen)}" for account, fen in day.balances.items()}
        )
    return "\n".join(lines) + "\n"


def _hledger_transaction(one: Transaction) -> Iterator[str]:
    yield ""
    yield f"{one.on.isoformat()} * {one.narration}"
    for key, value in one.notes.items():
        yield f"    ; {key}: {value}"
    for link in one.links:
        yield f"    ; link: {link}"
    yield from _hledger_postings({name: format_plain(fen) for name, fen in one.postings.items()})


def _hledger_postings(amounts: Mapping[Account, str]) -> Iterator[str]:
    # Two blanks end an account's name.
    yield from (f"    {account.name}  {amount} CNY" for account, amount in amounts.items())


FORMATS: Mapping[str, Callable[[Journal, Wording], str]] = {
    "beancount": beancount,
    "hledger": hledger,
}
"""Format → what writes it."""
