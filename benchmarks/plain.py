"""What an office does without the program: pandas and openpyxl, a row at a time.

``python benchmarks/plain.py LIST.xlsx ROSTER…`` reads the rosters, checks the identity numbers,
drops repeated persons and writes one list of 300 yuan each.
"""

import sys

import pandas as pd

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
LENGTH = 18


def is_identity_number(text: object) -> bool:
    """Tell whether ``text`` is an 18-character identity number with the right check character."""
    if not isinstance(text, str) or len(text) != LENGTH or not text[:17].isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


COLUMNS = ("县区", "乡镇", "姓名", "身份证号", "开户行", "账户名", "账号", "发放金额")


def read(paths: list[str]) -> pd.DataFrame:
    """Give the people of all rosters, each once, who have an identity number that can be one."""
    sheets = [pd.read_excel(path, header=1, dtype=str, engine="openpyxl") for path in paths]
    roster = pd.concat(sheets)
    roster = roster[roster["身份证号"].apply(is_identity_number)]
    if "救助类别" in roster:
        roster = roster[roster["救助类别"].isin(["城市低保", "农村低保", "特困", "农村特困"])]
    return roster.drop_duplicates("身份证号")


def main() -> None:
    """Read, check, drop, write."""
    target, *paths = sys.argv[1:]
    roster = read(paths)
    roster["发放金额"] = "300.00"
    columns = [column for column in COLUMNS if column in roster]
    roster[columns].to_excel(target, index=False, engine="openpyxl")


if __name__ == "__main__":
    main()
