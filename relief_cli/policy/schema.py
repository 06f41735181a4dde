"""Which parameters there are, and what to do about a value of the wrong form."""

from dataclasses import dataclass, replace

from relief_cli.errors import PolicyError
from relief_cli.i18n import N_
from relief_cli.money import LIMIT_FEN
from relief_cli.policy import values
from relief_cli.policy.comparing import read_criteria, read_effects
from relief_cli.policy.values import BY_WEIGHT, GROUPS, LUMP_SUMS, SOURCES, Reader


@dataclass(frozen=True)
class Known:
    """A parameter that the program reads."""

    unit: str
    read: Reader
    remedy: str
    """What to do about a value of the wrong form."""
    by_place: bool = False
    """Whether places may have their own value; one that nothing reads is refused."""


WEIGHTS = "weights"
_WEIGHTS_WANTED = N_(
    "It must be a table of sources and whole numbers, not all zero, such as "
    "{{ municipal = 1, county = 1 }}."
)
_SHARES = Known(WEIGHTS, values.weights((*SOURCES, *GROUPS)), _WEIGHTS_WANTED, by_place=True)
_CODES = Known(
    "categories in order",
    values.codes,
    N_("It must be a list of category codes, none of them twice."),
)
_LAST_SURE_DAY = 28  # every month has it
_DAY = Known(
    "day of the month",
    values.whole(1, _LAST_SURE_DAY),
    N_("It must be a whole number from 1 to 28, such as 10 for the 10th."),
)
_FEN_EACH = Known(
    "fen per person",
    values.fen,
    N_("It must be whole fen above zero, such as 30000 for 300 yuan."),
)
_STANDARD = Known(
    "fen per person",
    values.standard,
    N_(
        "It must say how much in which period, such as "
        '{{ fen = 583200, per = "year" }}; per is "month", "quarter" or "year".'
    ),
    by_place=True,
)
_ROUNDING = Known(
    "rounding",
    values.rounding,
    N_(
        'It must be such as {{ to = "yuan", rule = "half-up" }}: to "fen", "jiao" or "yuan", rule '
        '"half-up", "up" or "down".'
    ),
)
_AMOUNTS_FROM = Known(
    "where amounts come from",
    values.one_of("roster", "computed"),
    N_('It must be "roster" or "computed".'),
)
_DATE = Known("date", values.date, N_("It must be a date without quotes, such as 2022-08-20."))
_DOCUMENT = Known("document", values.text, N_("It must be the number of the notice, in quotes."))
_FORM = Known(
    "how people get it",
    values.one_of("bank", "voucher"),
    N_('It must be "bank" or "voucher".'),
    by_place=True,
)
_INDEX = Known(
    "percent over the year before",
    values.index,
    N_('It must be such as {{ percent = "2.8", published = 2022-10-14 }}.'),
    by_place=True,
)
_CAUSES = Known(
    "causes", values.codes, N_('It must be a list of causes, such as ["unemployment"].')
)
_PERCENT = Known("percent", values.percent, N_('It must be a percentage in quotes, such as "3.5".'))
_PART_OF_CYCLE = Known(
    "rule within a cycle",
    values.one_of("whole-cycle", "by-month"),
    N_('It must be "whole-cycle" or "by-month".'),
)

_END = Known(
    "rule of the month of an end",
    values.one_of("begun", "whole"),
    N_('It must be "begun" or "whole".'),
)
_PROGRAMMES = ("one-time", "dibao", "tekun", "price", "temporary", "voucher")

PARAMETERS = {
    "compare.effects": Known(
        "effects by kind",
        read_effects,
        N_(
            'It must be a table of kinds, such as dead = {{ effect = "hold", ends = true, '
            'zh = "死亡人员", en = "deaths" }}; effect is "hold" or "warn", ends true or left out.'
        ),
    ),
    "cross.caps": Known(
        "fen of both in a cycle",
        values.caps(_PROGRAMMES),
        N_('It must be a table of pairs and whole fen, such as {{ "dibao+temporary" = 200000 }}.'),
    ),
    "cross.death-words": Known(
        "words", values.codes, N_('It must be a list of words, such as ["死亡"].')
    ),
    "cross.stop-programmes": Known(
        "programmes", values.codes, N_('It must be a list of programmes, such as ["dibao"].')
    ),
    "cross.excludes": Known(
        "programmes that exclude each",
        values.lists(_PROGRAMMES),
        N_('It must be lists of programmes, such as {{ dibao = ["tekun"] }}.'),
    ),
    "dibao.amount": _AMOUNTS_FROM,
    "dibao.categories": _CODES,
    "dibao.county-alone": Known(
        "fen per person a month by category",
        values.numbers(1, LIMIT_FEN - 1),
        N_("It must be a table of categories and whole fen, such as {{ rural_dibao = 2900 }}."),
        by_place=True,
    ),
    "dibao.end": _END,
    "dibao.grades": Known(
        "fen per person a month",
        values.numbers(1, LIMIT_FEN - 1),
        N_('It must be a table of grades and whole fen, such as {{ "一档" = 61000 }}.'),
        by_place=True,
    ),
    "dibao.pay-day": _DAY,
    "dibao.shares": _SHARES,
    "dibao.rounding": _ROUNDING,
    "dibao.standard-rural": _STANDARD,
    "dibao.standard-urban": _STANDARD,
    "dibao.supplements": Known(
        "percent of the standard",
        values.numbers(1, 100),
        N_('It must be a table of words and whole percents, such as {{ "重度残疾人" = 20 }}.'),
    ),
    "dibao.taper-never": Known(
        "words", values.codes, N_('It must be a list of words, such as ["死亡"].')
    ),
    "dibao.taper-months": Known(
        "months", values.whole(0, 12), N_("It must be a whole number of months, from 0 to 12.")
    ),
    "funding.codes": Known(
        "words",
        values.words(),
        N_(
            "It must be lists of programmes and categories, such as"
            ' {{ "2081902" = ["rural_dibao"] }}.'
        ),
    ),
    "funding.lump-sums": Known(
        "sources in order",
        values.codes_of(SOURCES),
        N_('It must be a list of sources, such as ["central", "province"].'),
    ),
    "funding.mode": Known(
        "how sources share",
        values.choices(_PROGRAMMES, (BY_WEIGHT, LUMP_SUMS)),
        N_(
            'It must say "weights" or "lump-sums" of programmes, such as {{ dibao = "lump-sums" }}.'
        ),
    ),
    "local.split": Known(WEIGHTS, values.weights(SOURCES), _WEIGHTS_WANTED, by_place=True),
    "notice.categories": _CODES,
    "notice.days": Known(
        "days", values.whole(1, 90), N_("It must be a whole number of days, from 1 to 90.")
    ),
    "notice.institution-words": Known(
        "words", values.codes, N_("It must be a list of words, none of them twice.")
    ),
    "notice.masking": Known(
        "how names are shown",
        values.one_of("given-name", "full"),
        N_('It must be "given-name" or "full".'),
    ),
    # A child's whole name is shown by no policy.
    "notice.masking-minors": Known(
        "how minors' names are shown",
        values.one_of("whole", "given-name"),
        N_('It must be "whole" or "given-name".'),
    ),
    "notice.minor-age": Known(
        "years", values.whole(14, 18), N_("It must be a whole number of years, from 14 to 18.")
    ),
    "one-time.amount": _FEN_EACH,
    "one-time.categories": _CODES,
    "one-time.deadline": _DATE,
    "one-time.end": _END,
    "one-time.form": _FORM,
    "one-time.occasion": _DOCUMENT,
    "one-time.shares": _SHARES,
    "price.categories": _CODES,
    "price.cpi": _INDEX,
    "price.cpi-threshold": _PERCENT,
    "price.deadline": Known(
        "rule of the deadline",
        values.one_of("publication-month"),
        N_('It must be "publication-month": by its last day.'),
    ),
    "price.end": _END,
    "price.food": _INDEX,
    "price.food-threshold": _PERCENT,
    "price.index-lag": Known(
        "months", values.whole(0, 12), N_("It must be a whole number of months, from 0 to 12.")
    ),
    "price.least": replace(_FEN_EACH, by_place=True),
    "price.rounding": _ROUNDING,
    "price.shares": _SHARES,
    "price.standards": Known(
        "categories by standard",
        values.words(("urban", "rural", "by-residence")),
        N_('It must be lists of categories, such as {{ urban = ["urban_dibao"] }}.'),
    ),
    "screen.criteria": Known(
        "criteria",
        read_criteria,
        N_(
            "It must be a list of tables with code, zh, en and disabilities, such as "
            '{{ "肢体" = [1, 2] }}, and where needed families and on_none_of.'
        ),
    ),
    "tekun.amount": _AMOUNTS_FROM,
    "tekun.care-able": _STANDARD,
    "tekun.care-full": _STANDARD,
    "tekun.care-grades": Known(
        "words",
        values.words(("able", "half", "full")),
        N_('It must be lists of words, such as {{ able = ["全自理"], half = ["半护理"] }}.'),
    ),
    "tekun.care-half": _STANDARD,
    "tekun.categories": _CODES,
    "tekun.end": _END,
    "tekun.joining": _PART_OF_CYCLE,
    "tekun.leaving": _PART_OF_CYCLE,
    "tekun.pay-day": _DAY,
    "tekun.roster-amount": Known(
        "what a roster's amounts are for",
        values.one_of("due", "quarter", "month"),
        N_('It must be "due", "quarter" or "month".'),
    ),
    "tekun.rounding": _ROUNDING,
    "tekun.shares": _SHARES,
    "tekun.standard-rural": _STANDARD,
    "tekun.standard-rural-institution": _STANDARD,
    "tekun.standard-urban": _STANDARD,
    "tekun.standard-urban-institution": _STANDARD,
    "temporary.cap": Known(
        "fen per person",
        values.fen,
        N_("It must be whole fen above zero, such as 30000 for 300 yuan."),
        by_place=True,
    ),
    "temporary.categories": _CODES,
    "temporary.causes": Known(
        "words",
        values.words(),
        N_('It must be lists of words, such as {{ illness = ["患病", "重病"] }}.'),
    ),
    "temporary.end": _END,
    "temporary.floor-causes": _CAUSES,
    "temporary.ground": _DOCUMENT,
    "temporary.once-causes": _CAUSES,
    "temporary.reserve-words": Known(
        "words", values.codes, N_('It must be a list of words, such as ["备用金"].')
    ),
    "temporary.shares": _SHARES,
    "temporary.type-words": Known(
        "words", values.codes, N_('It must be a list of words, such as ["急难型"].')
    ),
    "temporary.unsupported-causes": Known(
        "words",
        values.words(),
        N_('It must be lists of categories, such as {{ unemployment = ["rural_dibao"] }}.'),
    ),
    "temporary.unsupported-programmes": Known(
        "programmes", values.codes, N_('It must be a list of programmes, such as ["dibao"].')
    ),
    "voucher.amount": _FEN_EACH,
    "voucher.categories": _CODES,
    "voucher.deadline": _DATE,
    "voucher.end": _END,
    "voucher.form": _FORM,
    "voucher.occasion": _DOCUMENT,
    "voucher.shares": _SHARES,
}


def refusal(
    code: str, message: str, file: str, key: str, remedy: str, **values: str
) -> PolicyError:
    """Give the error for ``key`` of a policy ``file``."""
    return PolicyError(
        code,
        message,
        why=N_("A policy that is read wrongly pays wrongly, so nothing in it is guessed."),
        remedy=remedy,
        file=file,
        key=key,
        **values,
    )
