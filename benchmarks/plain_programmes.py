"""What an office does for each programme without the program: pandas and openpyxl.

``python benchmarks/plain_programmes.py PROGRAMME FOLDER ROSTER…`` does as ``plain.py``, with the
amounts and the papers that the programme needs, and nothing that it could do without: no borders,
no titles, no shares, no record.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
from plain import COLUMNS, read

STANDARDS = {"城市低保": 750.0, "农村低保": 610.0}
FOOD = 0.061
VOUCHERS_PER_REGISTER = 1000


def yuan(amount: float) -> str:
    """Write an amount."""
    return f"{amount:.2f}"


def pay(roster: pd.DataFrame, folder: Path, *further: str) -> None:
    """Write the list for the banks."""
    columns = [column for column in (*COLUMNS, *further) if column in roster]
    roster[columns].to_excel(folder / "list.xlsx", index=False, engine="openpyxl")


def approved(roster: pd.DataFrame, folder: Path) -> None:
    """Pay the amount that stands in the roster."""
    roster["发放金额"] = roster["月保障金额"].astype(float).apply(yuan)
    pay(roster, folder)


def computed(roster: pd.DataFrame, folder: Path) -> None:
    """Pay what income lacks of the standard, for each member of the household."""
    lacking = roster["救助类别"].map(STANDARDS) - roster["家庭人均月收入"].astype(float)
    roster["发放金额"] = lacking.apply(yuan)
    pay(roster, folder)


def price(roster: pd.DataFrame, folder: Path) -> None:
    """Pay a part of the standard."""
    roster["发放金额"] = (roster["救助类别"].map(STANDARDS) * FOOD).apply(yuan)
    pay(roster, folder)


def tekun(roster: pd.DataFrame, folder: Path) -> None:
    """Pay people, and institutions in one sum each with the list of their residents."""
    parts = roster["基本生活标准（元）"].astype(float) + roster["照料护理费用（元）"].astype(float)
    roster = roster[parts == roster["合计（元）"].astype(float)]
    roster["发放金额"] = roster["合计（元）"].astype(float).apply(yuan)
    inside = roster["供养方式"] == "集中"
    by = roster[inside].groupby(["供养机构", "机构账号", "机构开户行"])
    sums = by["发放金额"].agg(lambda amounts: yuan(amounts.astype(float).sum())).reset_index()
    names = {"供养机构": "账户名", "机构账号": "账号", "机构开户行": "开户行"}
    pay(pd.concat([roster[~inside], sums.rename(columns=names)]), folder)
    with pd.ExcelWriter(folder / "residents.xlsx", engine="openpyxl") as book:
        for (name, *_), residents in by:
            listed = residents[["供养机构", "姓名", "身份证号", "救助类别", "发放金额"]].copy()
            listed.insert(1, "序号", range(1, len(listed) + 1))
            listed.to_excel(book, sheet_name=name, index=False)


def voucher(roster: pd.DataFrame, folder: Path) -> None:
    """Write registers to be signed, a thousand numbered vouchers each."""
    roster["序号"] = range(1, len(roster) + 1)
    roster["券号"] = [f"voucher-2022-08-1-{number:06}" for number in roster["序号"]]
    roster["面值（元）"] = yuan(1500)
    for column in ("签字或按手印", "领取日期", "领取情况", "未领取原因"):
        roster[column] = ""
    columns = ["序号", "券号", "姓名", "身份证号", "面值（元）"]
    columns += ["签字或按手印", "领取日期", "领取情况", "未领取原因"]
    for first in range(0, len(roster), VOUCHERS_PER_REGISTER):
        rows = roster[columns].iloc[first : first + VOUCHERS_PER_REGISTER]
        rows.to_excel(folder / f"register-{first}.xlsx", index=False, engine="openpyxl")


def temporary(roster: pd.DataFrame, folder: Path) -> None:
    """Pay the amount that was approved, once for each cause."""
    roster = roster.drop_duplicates(["身份证号", "救助原因"])
    roster["发放金额"] = roster["救助金额"].astype(float).apply(yuan)
    pay(roster, folder, "救助原因", "审批文号")


def one_time(roster: pd.DataFrame, folder: Path) -> None:
    """Pay the same to everybody."""
    roster["发放金额"] = yuan(300)
    pay(roster, folder)


PROGRAMMES: Mapping[str, Callable[[pd.DataFrame, Path], None]] = {
    "one-time": one_time,
    "dibao, as approved": approved,
    "dibao, computed": computed,
    "tekun": tekun,
    "voucher": voucher,
    "price": price,
    "temporary": temporary,
}


def main() -> None:
    """Read, check, drop, compute, write."""
    programme, folder, *paths = sys.argv[1:]
    Path(folder).mkdir(exist_ok=True)
    PROGRAMMES[programme](read(paths), Path(folder))


if __name__ == "__main__":
    main()
