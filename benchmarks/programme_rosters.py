"""Write rosters of every programme: ``python benchmarks/programme_rosters.py ROWS FOLDER``.

Prints ``{"files": {kind: […]}, "policies": {name: TOML}}``. A process of its own, so that its
memory is not counted as the program's.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pandas as pd
from rosters import ROWS_PER_FILE, SEED

from sample_data.exports import TEKUN_COLUMNS, as_tekun
from sample_data.generate import COUNTIES, PERSON_COLUMNS, people, write_table
from sample_data.quarter import PRICES, TEMPORARY

ALONE = 0.45
"""The part of generated people who live alone, a little less."""
# As wide as the others, as a county exports them.
IN_NEED = {
    "序号": "serial",
    "县区": "county",
    "乡镇": "township",
    "村": "village",
    **{header: name for header, name in TEMPORARY.items() if name not in ("serial", "township")},
    "户口性质": "residence",
    "家庭人口": "household_size",
    "联系电话": "phone",
}
INCOME = {**PERSON_COLUMNS, "家庭人均月收入": "income"}
del INCOME["月保障金额"]
STANDARD = """
[[dibao.standard-{kind}]]
place = "{county}"
since = 2022-01-01
value = {{ fen = {fen}, per = "month" }}
unit = "fen per person"
reference = "benchmark"
"""
COMPUTED = """
[[dibao.amount]]
since = 2022-01-01
value = "computed"
unit = "where amounts come from"
reference = "benchmark"
"""


def main() -> None:
    """Write the rosters and print where they are, and the policies that pay everybody on them."""
    rows, folder = int(sys.argv[1]), Path(sys.argv[2])
    truth = people(rows, SEED, counties=list(COUNTIES), per_county=ROWS_PER_FILE)
    many = people(int(rows / ALONE), SEED, counties=list(COUNTIES), per_county=ROWS_PER_FILE * 3)
    alone = many[many["household_size"] == 1].iloc[:rows].reset_index(drop=True)
    tekun = as_tekun(alone, SEED).assign(category="农村特困")
    files = {
        "dibao": made(folder / "dibao", truth, PERSON_COLUMNS),
        "income": made(folder / "income", truth.assign(income="200"), INCOME),
        "tekun": made(folder / "tekun", tekun, TEKUN_COLUMNS),
        "temporary": made(folder / "temporary", in_need(alone), IN_NEED, "临时救助"),
    }
    standards = "".join(
        STANDARD.format(kind=kind, county=county, fen=fen)
        for county in COUNTIES
        for kind, fen in (("urban", 75_000), ("rural", 61_000))
    )
    policies = {"computed": COMPUTED + standards, "prices": PRICES + standards}
    json.dump({"files": files, "policies": policies}, sys.stdout)


def in_need(alone: pd.DataFrame) -> pd.DataFrame:
    """Give people with a cause, a third of them with one of many documents."""
    place = alone.index.to_series()
    document = "县民发〔2022〕" + (place // 100).astype("str") + "号"
    return alone.assign(
        cause="患病",
        amount="500",
        paid_from="",
        phone="13900000000",
        document=document.where(place % 3 == 0, ""),
    )


def made(
    folder: Path, truth: pd.DataFrame, columns: dict[str, str], kind: str = "救助"
) -> list[str]:
    """Write rows as files of :data:`ROWS_PER_FILE` people each."""
    folder.mkdir()
    parts = [truth[at : at + ROWS_PER_FILE] for at in range(0, len(truth), ROWS_PER_FILE)]
    paths = [folder / f"{at:03}花名册.xlsx" for at in range(len(parts))]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(write, paths, parts, repeat(columns), repeat(f"2022年8月{kind}对象花名册")))
    return [str(path) for path in paths]


def write(path: Path, rows: pd.DataFrame, columns: dict[str, str], title: str) -> None:
    """Write one file."""
    write_table(path, rows, columns, title=title)


if __name__ == "__main__":
    main()
