"""Arrears (补发): a standard was raised backwards in time, and people get the difference."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial

import numpy as np
import pandas as pd

from relief_cli.batch import Batch
from relief_cli.calendar import ARREARS, Cycle, Occasion
from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.ledger.record import WritableBook
from relief_cli.money import format_yuan
from relief_cli.payouts import exporting, lists
from relief_cli.payouts.arrears_batch import (
    BY_CYCLE,
    HELD,
    SKIPPED,
    Arrears,
    MadeUpFor,
    arrears_batch,
    findings,
    inputs,
    sheets,
    unpaid,
)
from relief_cli.payouts.arrears_ends import keep_what_is_due
from relief_cli.payouts.funding_check import require_funds
from relief_cli.payouts.lists import Taken
from relief_cli.payouts.made_before import made_before
from relief_cli.payouts.making_up import CycleDue, dues_of, take_off
from relief_cli.payouts.operators import by_whom
from relief_cli.payouts.outcome import Outcome, of_batch, told_of
from relief_cli.payouts.recorded import put_held_list, recorded, with_sheet
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.signed_books import writing
from relief_cli.payouts.states import PREPARED
from relief_cli.payouts.waiting import approvals_needed, strengthen
from relief_cli.policy import Parameter
from relief_cli.policy.values import Standard
from relief_cli.programmes.raises import RAISABLE
from relief_cli.programmes.terms import Ground
from relief_cli.reports.corrections import Checked
from relief_cli.roster.gather import Options

_PER = {
    "zh": {1: "元/月", 3: "元/季", 12: "元/年"},
    "en": {1: " yuan a month", 3: " yuan a quarter", 12: " yuan a year"},
}
_SEPARATOR = "\x1f"
_SKIPPED = ["R403", "R325"]
"""The findings of people who are due nothing; with any other they are held."""
# These stand in files, whose bytes must not hang on a catalogue that is built apart.
_REASON = {
    "zh": "{first}至{last} 提标补发（{rise}）",
    "en": "arrears of a raised standard, {first} to {last} ({rise})",
}
_OF = {"zh": "{category}：{changes}", "en": "{category}: {changes}"}
_AND = {"zh": "，", "en": ", "}
_CITED_AND = "；"
"""Between two documents that are cited."""


def pay_arrears(setting: Setting, asked: Arrears) -> Outcome:
    """Make a batch of the difference for everybody who was paid in the cycles, and export it.

    It goes as far as approvals allow. The same again, when nobody more was paid in those cycles,
    answers with the batch that was made then.

    Raises:
        UsageError: ``programme-unknown``, ``cycles-backwards``.
        RefusedError: ``arrears-overlap``; some of the cycles are in other arrears by the same
            standard already. And as :func:`relief_cli.payouts.run`.
        PolicyError: a parameter is missing.
    """
    if asked.programme not in RAISABLE:
        raise UsageError(
            "programme-unknown",
            N_("There are no arrears of {programme}: its amounts follow no standard."),
            remedy=N_("Programmes: {known}"),
            programme=asked.programme,
            known=", ".join(RAISABLE),
        )
    cycles = asked.first.to(asked.last)
    taken = lists.start(setting.office, Options()).read()
    with writing(setting.office) as book:
        found = _gather(book, setting, asked, cycles, taken)
        digest = _digest(setting, asked, found)
        name, digest = made_before(book, asked.programme, asked.last.text, digest, anew=True)
        if name:
            outcome, batch = recorded(book, name, setting, repeated=True)
            outcome = replace(outcome, of_books=True)
        elif not (found.people["fate"] == "").any():
            return _nobody(setting, asked, found, inputs(book, found))
        else:
            outcome, batch = _record(setting, book, asked, found, digest)
    if outcome.approvals_missing:
        return outcome
    return exporting.export(setting, outcome, batch)


def _gather(
    book: Book, setting: Setting, asked: Arrears, cycles: Sequence[Cycle], taken: Taken
) -> MadeUpFor:
    every_due = dues_of(book, setting, asked.programme, cycles)
    used = tuple(dict.fromkeys(parameter for one in every_due for parameter in one.used))
    occasion = _occasion(asked, used)
    _refuse_overlap(book, asked, cycles, occasion)
    keep_what_is_due(every_due, setting, book, asked.programme, taken)
    take_off(every_due, book.made_up(asked.programme, occasion))
    dues = every_due[-len(cycles) :]
    every = pd.concat(
        [
            one.rows.assign(cycle=one.cycle.text, said=_said(asked.programme, one, setting))
            for one in dues
        ],
        ignore_index=True,
    )
    people = _each_once(every)
    made_up = book.standing(asked.programme, occasion).groupby("person")["amount_fen"].sum()
    before = made_up.reindex(people["person"]).fillna(0).to_numpy("int64")
    nothing = people["more_fen"] == 0
    code = np.select(
        [
            # What was paid late, for one of the cycles, the arrears before did not know of.
            (before > 0) & (people["more_fen"] > before),
            before > 0,
            nothing & (people["ended_by"] != ""),
            people["held_by"] != "",
            ~people["known"].astype(bool),
            people["unclear"].astype(bool),
            nothing,
        ],
        ["R326", "R403", people["ended_by"], people["held_by"], "R324", "R326", "R325"],
        default="",
    )
    batches = tuple(dict.fromkeys(every["batch"]))
    key, reasons = pd.factorize(people["said"])
    return MadeUpFor(
        people=people.assign(
            code=code,
            fate=np.select([code == "", np.isin(code, _SKIPPED)], ["", SKIPPED], HELD),
            source=people["batch"].map({name: place for place, name in enumerate(batches)}),
            key=key,
        ),
        by_cycle=every.loc[every["more_fen"] > 0, list(BY_CYCLE)],
        batches=batches,
        grounds=tuple(_ground(setting, asked, str(said)) for said in reasons),
        used=used,
        occasion=occasion,
    )


def _said(programme: str, one: CycleDue, setting: Setting) -> pd.Series:
    """Give for each row what its reason will say: category, place, and what rose."""
    kind = RAISABLE[programme].kind(one.rows).fillna("")
    told = one.rows[["category", "county"]].assign(kind=kind)
    told = told.assign(grade=one.rows["care_grade"], since=one.rows["since"]).fillna("")
    joined = told["category"]
    for name in ("county", "kind", "grade", "since"):
        joined = joined + _SEPARATOR + told[name]
    texts = {}
    for text in joined.unique():
        category, county, of_kind, grade, since = text.split(_SEPARATOR)
        rises = []
        for raised, which in ((one.basic, of_kind), (one.care, grade)):
            before, after = (
                each.by_place.get((county, which)) for each in (raised.before, raised.after)
            )
            if before and after and before.value != after.value:
                rises.append((before, after))
        language = setting.office.language
        changes = _AND[language].join(
            " → ".join(_amount(each, language) for each in rise) for rise in rises
        )
        reference = _CITED_AND.join(dict.fromkeys(after.reference for _, after in rises))
        texts[text] = _SEPARATOR.join([category, changes, reference, since])
    return joined.map(texts)


def _amount(parameter: Parameter, language: str) -> str:
    """Give a standard as people write it: 5,832.00元/年."""
    if not isinstance(parameter.value, Standard):
        raise TypeError(parameter.name)
    return f"{format_yuan(parameter.value.fen)}{_PER[language][parameter.value.months]}"


def _ground(setting: Setting, asked: Arrears, said: str) -> Ground:
    category, changes, reference, since = said.split(_SEPARATOR)
    language = setting.office.language
    title = setting.policy.categories.title(category, language)
    text = _REASON[language].format(
        first=asked.first.text,
        last=asked.last.text,
        rise=_OF[language].format(category=title, changes=changes) if changes else title,
    )
    months = (*asked.first.months, *asked.last.months)
    return Ground(text, reference, months, kind=ARREARS, since=since)


def _each_once(every: pd.DataFrame) -> pd.DataFrame:
    """Sum what is due to each person; where and as what they are paid, the last cycle says."""
    last = every.drop_duplicates("person", keep="last").set_index("person")
    sums = every.groupby("person")["more_fen"].sum()
    known = every.groupby("person")["known"].all()
    unclear = every.groupby("person")["unclear"].any()
    rose = every[every["more_fen"] > 0].drop_duplicates("person", keep="last").set_index("person")
    people = last.assign(more_fen=sums, known=known, unclear=unclear)
    for name in ("ended_by", "held_by"):
        told = every[every[name] != ""].drop_duplicates("person").set_index("person")[name]
        people[name] = told.reindex(people.index).fillna("")
    people["said"] = rose["said"].reindex(people.index).fillna(people["said"])
    return people.sort_index().reset_index()


def _occasion(asked: Arrears, used: Sequence[Parameter]) -> Occasion:
    newest = max((one.since for one in used), default=dt.date.min)
    return Occasion(ARREARS, asked.first.text, asked.last.text, since=newest.isoformat())


def _refuse_overlap(
    book: Book, asked: Arrears, cycles: Sequence[Cycle], occasion: Occasion
) -> None:
    for other in book.occasions(asked.programme):
        if other == occasion or (other.kind, other.since) != (ARREARS, occasion.since):
            continue
        first, last = Cycle.parse(other.first_cycle), Cycle.parse(other.last_cycle)
        if not {one.text for one in first.to(last)} & {one.text for one in cycles}:
            continue
        raise RefusedError(
            "arrears-overlap",
            N_("The arrears of {other} by this standard were paid already."),
            why=N_("The cycles in both would be made up for twice."),
            remedy=N_("Ask for the cycles that are left, or for just those of {other} again."),
            other=other.name,
        )


def _record(
    setting: Setting, book: WritableBook, asked: Arrears, found: MadeUpFor, digest: str
) -> tuple[Outcome, Batch]:
    sequence = book.next_sequence(asked.programme, asked.last.text)
    batch = arrears_batch(setting, book, asked, found, digest, sequence)
    # Planned before it is recorded: what no bank's file can hold is refused while it can be.
    job = exporting.plan_job(setting.templates, batch)
    needed = approvals_needed(strengthen(book, setting.office), batch.amount_fen)
    short = require_funds(book, setting, batch)
    maker = by_whom(book, setting.office)
    book.record(batch, maker, needed, partial(exporting.outgoing, job))
    outcome = of_batch(batch, PREPARED, approvals_missing=needed)
    outcome = replace(outcome, of_books=True, short_fen=short)
    prepared = book.preparation(batch.name)
    return with_sheet(setting, outcome, batch, prepared, needed), batch


def _digest(setting: Setting, asked: Arrears, found: MadeUpFor) -> str:
    """Give the digest of all that decides the outcome: who was paid what, and the policy."""
    people = found.people
    content = {
        "occasion": asdict(found.occasion),
        "policy": setting.policy.digest,
        "cycles": [asked.first.text, asked.last.text],
        "due": people[["person", "more_fen", "held_by"]].to_numpy(object).tolist(),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _nobody(setting: Setting, asked: Arrears, found: MadeUpFor, given: pd.DataFrame) -> Outcome:
    told, left = findings(found), unpaid(found)
    held = left[left["fate"] == HELD]
    checked = Checked(
        rows=held,
        findings=told[told["row"].isin(held["row"])],
        sheets=sheets(found),
        inputs=given,
    )
    fates = left["fate"].value_counts()
    return Outcome(
        batch=None,
        state=None,
        programme=asked.programme,
        cycle=asked.last.text,
        rows={
            "read": len(found.people),
            "paid": 0,
            "held": int(fates.get(HELD, 0)),
            "skipped": int(fates.get(SKIPPED, 0)),
        },
        **told_of(told),
        held_list=put_held_list(setting, checked),
        of_books=True,
    )
