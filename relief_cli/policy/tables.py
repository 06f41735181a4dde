"""What the policy says, as whole columns and as a table."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from relief_cli.policy.categories import RESIDENCES, Categories, fold
from relief_cli.policy.parameters import Parameter


def classify(categories: Categories, category: pd.Series, residence: pd.Series) -> pd.Series:
    """Give the code of each person's category.

    Words are compared without blanks, brackets and widths of characters. A word such as 低保
    that leaves town or village open is settled by the residence; where that is missing or
    unknown it keeps a code of its own.

    Args:
        categories: of the policy.
        category: the texts of the category column.
        residence: the texts of the residence column, of the same length.

    Returns:
        codes with the index of ``category``; missing where the word is missing or unknown.
    """
    codes = list(categories.by_code)
    place = {code: number for number, code in enumerate(codes)}
    given = _translate(category, {word: place[code] for word, code in categories.words.items()})
    resident = _translate(
        residence, {word: RESIDENCES.index(kind) for word, kind in categories.residences.items()}
    )
    # Row: category, and last "unknown"; column: urban, rural, and last "unknown".
    settled = np.full((len(codes) + 1, len(RESIDENCES) + 1), -1, dtype=np.intp)
    for number, code in enumerate(codes):
        one = categories.by_code[code]
        settled[number] = [place.get(one.urban, number), place.get(one.rural, number), number]
    chosen = settled[given, resident]
    texts = pd.array([*codes, None], dtype="str")
    return pd.Series(texts.take(chosen), index=category.index, name=category.name)


def residence_kinds(categories: Categories, residence: pd.Series) -> pd.Series:
    """Give ``urban`` or ``rural`` for each text of the residence column, missing if unknown."""
    numbers = {word: RESIDENCES.index(kind) for word, kind in categories.residences.items()}
    kinds = pd.array([*RESIDENCES, None], dtype="str")
    return pd.Series(kinds.take(_translate(residence, numbers)), index=residence.index)


def parameters_table(parameters: Iterable[Parameter]) -> pd.DataFrame:
    """Give the table of ``parameters``, in their order.

    All columns are text (name, place, value, unit, since, reference, status); ``since`` is an ISO
    date.
    """
    texts = [
        {
            "name": one.name,
            "place": one.place,
            "value": one.value_text,
            "unit": one.unit,
            "since": one.since.isoformat(),
            "reference": one.reference,
            "status": one.status,
        }
        for one in parameters
    ]
    names = ["name", "place", "value", "unit", "since", "reference", "status"]
    return pd.DataFrame(texts, columns=names, dtype="str")


def _translate(
    values: pd.Series, numbers: Mapping[str, int]
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    places, words = pd.factorize(values)
    known = [numbers.get(fold(str(word)), -1) for word in words]
    return np.array([*known, -1], dtype=np.intp)[places]
