"""Made-up rosters of several shapes for one run, with the truth about every row."""

from pathlib import Path

import pandas as pd

from sample_data import generate

SHAPES = ("persons", "households", "side", "csv", "utf8", "tekun", "tekun_old")
NAMES = {
    "persons": "1.xlsx",
    "households": "2.xlsx",
    "side": "3.xlsx",
    "csv": "4.csv",
    "utf8": "5.csv",
    "tekun": "6.xlsx",
    "tekun_old": "7.xls",
}
IDENTITY = {"R101": 1, "R102": 2, "R103": 2, "R107": 2}
MADE_UP = {"R105": 1, "R106": 1, "R108": 1}  # in one roster only: the same number every time
MONEY = {"R302": 1, "R303": 1, "R304": 1}
ACCOUNT = {"R202": 1, "R204": 1, "R205": 1}
FAULTS = {
    "persons": {
        **IDENTITY, **MADE_UP, **MONEY, **ACCOUNT, "R104": 1, "R109": 1, "R110": 1, "R201": 1,
        "R203": 1, "R206": 2, "R208": 1, "R301": 1, "R309": 1, "R310": 2, "R401": 2,
        "F007": 1,
        "F008": 1, "F010": 1, "R211": 1,
    },
    "households": {
        **IDENTITY, **MONEY, "R202": 1, "R104": 1, "R109": 1, "R110": 1, "R201": 1, "R203": 1,
        "R301": 1, "R309": 1, "R310": 1, "R401": 1, "F009": 1,
    },
    "side": {**IDENTITY, **MONEY, "R202": 1, "R201": 1, "R301": 1, "R310": 1},
    "csv": {**IDENTITY, **MONEY, **ACCOUNT, "R109": 1, "R201": 1, "R208": 1, "R309": 1, "R310": 2,
            "R401": 1},
    "utf8": {**IDENTITY, **MONEY, **ACCOUNT, "R109": 1, "R206": 2, "R301": 1, "R309": 1},
    "tekun": {"R103": 1, "R104": 1, "R306": 1, "R307": 1, "R308": 1, "R204": 1},
    "tekun_old": {"R102": 1, "R306": 1, "R307": 1, "R308": 1},
}  # fmt: skip


def make(folder, seed, persons, shapes=SHAPES, *, counties=("阳曲县",), faults=FAULTS):
    """Write one roster of each shape for a share of ``persons``, with mistakes planted.

    Returns:
        The paths in reading order, and all rows in that order.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    everybody = generate.people(persons, seed, counties=counties)
    edges = [persons * n // len(shapes) for n in range(len(shapes) + 1)]
    paths, parts, earlier = [], [], None
    for number, shape in enumerate(shapes):
        truth = _part(everybody, edges[number], edges[number + 1])
        truth = _as(shape, truth, seed)
        truth = generate.inject(truth, faults.get(shape, {}), seed + number)
        if earlier is not None and faults and shape in ("csv", "utf8", "tekun"):
            code = "R402" if shape == "tekun" else "R401"
            truth = generate.also_in(earlier, truth, 1, seed, code=code, short=shape == "utf8")
        if shape == "persons":
            earlier = truth
        path = folder / f"{seed}-{NAMES[shape]}"
        parts.append(write(shape, path, truth).assign(file=path.name))
        paths.append(path)
    return paths, pd.concat(parts, ignore_index=True)


def _part(everybody, first, last):
    """Give whole households: a household belongs where its head stands."""
    head = everybody.groupby("household")["household"].transform(lambda rows: rows.index[0])
    return everybody[head.between(first, last - 1)]


def _as(shape, truth, seed):
    if shape in ("households", "side"):
        return generate.household_accounts(truth)
    if shape.startswith("tekun"):
        return generate.as_tekun(truth, seed)
    return truth


def write(shape, path, truth):
    """Write ``truth`` in one shape; give the rows with their origin."""
    title = "阳曲县2022年8月花名册"
    if shape == "persons":
        return generate.write_persons(path, truth, title=title)
    if shape == "households":
        return generate.write_households(path, truth, title=title)
    if shape == "side":
        return generate.write_side_by_side(path, truth, title=title)
    if shape in ("csv", "utf8"):
        encoding = "gb18030" if shape == "csv" else "utf-8-sig"
        return generate.write_csv(path, truth, encoding=encoding)
    return generate.write_tekun(path, truth, title=title)
