"""What to type next: a command for each thing that waits, the most urgent first."""

import datetime as dt
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from relief_cli.ledger.later_answers import Doubt
from relief_cli.payouts.cycles import NOTHING, CycleStanding
from relief_cli.payouts.standing import BatchStanding, OpenFailures
from relief_cli.payouts.states import EXPORTED, REJECTED, SENT

AHEAD = 10
"""Days before the last one on which something counts as due."""
_PLAIN = re.compile(r"[\w@%+=:,./-]+")


class _Rank(IntEnum):
    """What goes before what: first whom the law promises money, then what the books lack."""

    LATE = 0
    DUE = 1
    """Due within :data:`AHEAD` days, or prepared and waiting."""
    FAILED = 2
    UNANSWERED = 3
    UNCLOSED = 4
    LATER = 5
    """The next one that is not due yet."""


@dataclass(frozen=True, order=True)
class _Step:
    rank: _Rank
    by: dt.date
    """The day that counts within the rank."""
    effort: int
    """0 where one command lets money go, more where people must act before."""
    command: str


def commands(
    found: Sequence[CycleStanding],
    batches: Sequence[BatchStanding],
    failures: Iterable[OpenFailures],
    doubts: Sequence[Doubt],
    closable: Iterable[str],
    returns: Path,
) -> list[str]:
    """Give what to type for all that waits, the most urgent first.

    Args:
        found: every cycle, in the order of the deadlines.
        batches: all of them.
        failures: what is owed again.
        doubts: what failed first and was paid by a later word of the bank: it is not paid again.
        closable: batches of which everything is paid, and that are not closed.
        returns: the folder of the workbooks in which accounts are put right.
    """
    deadlines = {
        one.name: cycle for cycle in found for one in cycle.batches if cycle.planned is not None
    }
    steps = [
        *_waiting([one for one in batches if one.name not in _held(doubts)], deadlines),
        *_unprepared(found),
        *_doubted(doubts),
        *_failed(failures, returns),
        *_unanswered(batches),
    ]
    if any(closable):
        steps.append(_Step(_Rank.UNCLOSED, dt.date.max, 0, "relief reconcile"))
    return list(dict.fromkeys(step.command for step in sorted(steps)))


def _waiting(
    batches: Sequence[BatchStanding], deadlines: Mapping[str, CycleStanding]
) -> Iterator[_Step]:
    """Give the steps for batches that are here; what pays again goes by its cycle's deadline."""
    origins = {one.name: one.follows for one in batches}
    for batch in batches:
        if batch.state in {REJECTED, *SENT}:
            continue
        origin = batch.name
        while origins[origin]:
            origin = origins[origin]
        cycle = deadlines.get(origin)
        left = cycle.days_left if cycle and cycle.counts else None
        rank = _Rank.LATE if left is not None and left < 0 else _Rank.DUE
        by = cycle.planned.pay_by.on if cycle and cycle.planned else dt.date.max
        missing = batch.missing
        if not missing.approvals:
            yield _Step(rank, by, 0, f"relief export {batch.name}")
        elif missing.operator:
            who = _quoted(missing.operator)
            yield _Step(rank, by, 1, f"relief approve {batch.name} --as {who}")
        elif missing.late:
            yield _Step(rank, by, 1, f"relief reject {batch.name} --reason WHY")
        else:
            role = f" --role {_quoted(missing.roles[0])}" if missing.roles else ""
            yield _Step(rank, by, 1, f"relief operator add NAME{role}")


def _held(doubts: Sequence[Doubt]) -> set[str]:
    """Give the batches that would pay again what may have arrived, and have not gone out."""
    return {one.again_batch for one in doubts if one.again_batch and not one.again_sent}


def _doubted(doubts: Sequence[Doubt]) -> Iterator[_Step]:
    """Give the steps after a bank's two answers; nothing of it is paid again before."""
    for batch in sorted(_held(doubts)):
        yield _Step(_Rank.DUE, dt.date.min, 1, f"relief withhold {batch}")
    for one in doubts:
        if one.is_open:
            since = dt.date.fromisoformat(one.told_at[:10])
            command = f"relief settle {one.batch} FILE… --confirmed TEXT"
            yield _Step(_Rank.FAILED, since, 1, command)


def _unprepared(found: Sequence[CycleStanding]) -> Iterator[_Step]:
    later = False
    for cycle in found:
        left = cycle.days_left
        if cycle.planned is None or left is None or not cycle.counts or cycle.state != NOTHING:
            continue
        if left > AHEAD and later:
            continue
        later = later or left > AHEAD
        rank = _Rank.LATE if left < 0 else _Rank.DUE if left <= AHEAD else _Rank.LATER
        command = f"relief run {cycle.programme} ROSTER… --cycle {cycle.cycle}"
        yield _Step(rank, cycle.planned.pay_by.on, 2, command)


def _failed(failures: Iterable[OpenFailures], returns: Path) -> Iterator[_Step]:
    for one in failures:
        # The newest one: an answer that came later has a number.
        made = sorted(returns.glob(f"{one.batch}*.xlsx"), key=lambda path: len(path.name))
        corrected = [path for path in made if _is_of(path, one.batch)]
        file = f" {_quoted(str(corrected[-1]))}" if corrected else ""
        yield _Step(_Rank.FAILED, one.oldest_on, 2, f"relief follow-up {one.batch}{file}")


def _is_of(path: Path, batch: str) -> bool:
    """Say whether a workbook is the batch's own; ``…-1`` is the beginning of ``…-12`` too."""
    further = path.stem.removeprefix(batch)
    return not further or (further[0] == "-" and further[1:].isdecimal())


def _unanswered(batches: Sequence[BatchStanding]) -> Iterator[_Step]:
    for batch in batches:
        if batch.state == EXPORTED and batch.exported_on:
            command = f"relief settle {batch.name} FILE…"
            yield _Step(_Rank.UNANSWERED, batch.exported_on, 1, command)


def _quoted(text: str) -> str:
    """Give a word as a shell takes it; letters of every script need no quotes."""
    return text if _PLAIN.fullmatch(text) else shlex.quote(text)
