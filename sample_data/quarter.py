"""One quarter of a small county, July to September 2022: what ``docs/quarter.md`` works with.

``python sample_data/quarter.py`` writes ``quarter/`` beside this file: dibao month by month, with
what changes from one to the next; tekun; families on the margin; temporary assistance; a list of
deaths and one of disabled people; and two policy files. Everybody is made up.
"""

import sys
from pathlib import Path

import pandas as pd

if not __package__:  # run as a script: the project's folder is not on the path yet
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sample_data.exports import as_tekun, write_tekun
from sample_data.people import people
from sample_data.writers import write_table

SEED = 2207
DIBAO = {
    "序号": "serial",
    "乡镇": "township",
    "村": "village",
    "户主姓名": "head_name",
    "户主身份证号": "head_id_number",
    "姓名": "name",
    "身份证号": "id_number",
    "与户主关系": "relationship",
    "救助类别": "category",
    "户口性质": "residence",
    "月保障金额": "amount",
    "停发年月": "stop",
    "备注": "remark",
    "开户行": "bank_name",
    "账户名": "account_name",
    "账号": "account_number",
}
MARGIN = {
    key: value for key, value in DIBAO.items() if key not in ("月保障金额", "停发年月", "备注")
}
TEMPORARY = {
    "序号": "serial",
    "乡镇": "township",
    "姓名": "name",
    "身份证号": "id_number",
    "救助原因": "cause",
    "救助金额": "amount",
    "审批文号": "document",
    "资金来源": "paid_from",
    "开户行": "bank_name",
    "账户名": "account_name",
    "账号": "account_number",
}
DEATHS = {"序号": "serial", "姓名": "name", "身份证号": "id_number", "死亡日期": "died_on"}
DISABLED = {
    "序号": "serial",
    "姓名": "name",
    "身份证号": "id_number",
    "残疾类别": "kind",
    "残疾等级": "grade",
    "乡镇": "township",
}
FILES = {
    "july": "低保2022年7月.xlsx",
    "august": "低保2022年8月.xlsx",
    "september": "低保2022年9月.xlsx",
    "tekun": "特困2022年第三季度.xlsx",
    "margin": "低保边缘2022年8月.xlsx",
    "temporary": "临时救助2022年8月.xlsx",
    "deaths": "死亡人员2022年8月.xlsx",
    "disabled": "持证残疾人2022年.xlsx",
}
PRICES = """# Made up for the sample: the indices of the month before the one that is paid.
[[price.cpi]]
since = 2022-08-01
value = { percent = "2.5", published = 2022-09-09 }
unit = "percent over the year before"
reference = "示例：省统计局 2022年8月居民消费价格"

[[price.food]]
since = 2022-08-01
value = { percent = "6.1", published = 2022-09-09 }
unit = "percent over the year before"
reference = "示例：省统计局 2022年8月居民消费价格"
"""
RAISE = """# Made up for the sample: a standard raised in September from July on.
[[dibao.standard-rural]]
place = "阳曲县"
since = 2022-07-01
value = { fen = 63400, per = "month" }
unit = "fen per person"
reference = "示例：县政府 2022-09-20 提高农村低保标准的通知，自 2022-07-01 起执行"
"""
POLICIES = {"prices.toml": PRICES, "raise.toml": RAISE}


def quarter(folder: Path) -> dict[str, pd.DataFrame]:
    """Write the files of the quarter into ``folder``.

    Returns:
        The rows of each file, by the keys of :data:`FILES`, in its order.
    """
    truth = _truth()
    titles = {
        "july": "阳曲县2022年7月城乡低保花名册",
        "august": "阳曲县2022年8月城乡低保花名册",
        "september": "阳曲县2022年9月城乡低保花名册",
        "margin": "阳曲县2022年8月低保边缘家庭人员花名册",
        "temporary": "阳曲县2022年8月临时救助对象花名册",
        "deaths": "阳曲县2022年8月死亡人员名单",
        "disabled": "阳曲县持证残疾人名单",
    }
    columns = {
        "july": DIBAO,
        "august": DIBAO,
        "september": DIBAO,
        "margin": MARGIN,
        "temporary": TEMPORARY,
        "deaths": DEATHS,
        "disabled": DISABLED,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for key, rows in truth.items():
        path = folder / FILES[key]
        if key == "tekun":
            write_tekun(path, rows, title="阳曲县2022年第三季度特困人员供养花名册")
        else:
            write_table(path, rows, columns[key], title=titles[key])
    for name, text in POLICIES.items():
        (folder / name).write_text(text, "utf-8")
    return truth


def _truth() -> dict[str, pd.DataFrame]:
    everybody = people(110, SEED).assign(stop="", remark="", cause="", document="", paid_from="",
                                         died_on="", kind="", grade="")  # fmt: skip
    homes = everybody["household"]
    alone = homes.map(homes.value_counts()) == 1
    dibao = everybody[homes <= 40].reset_index(drop=True)  # the first households
    coming = everybody[homes.between(41, 42)].reset_index(drop=True)
    tekun = as_tekun(everybody[homes.between(43, 60) & alone], SEED)
    margin = everybody[homes.between(61, 68)].reset_index(drop=True)
    others = everybody[homes > 68].reset_index(drop=True)  # whoever is left
    july = dibao
    august = _changed(july, coming)
    return {
        "july": july,
        "august": august,
        "september": august.assign(remark=""),
        "tekun": tekun.assign(category="农村特困"),
        "margin": margin.assign(category="低保边缘"),
        "temporary": _temporary(margin, others),
        "deaths": _deaths(august, tekun, others),
        "disabled": _disabled(margin, others, august),
    }


def _changed(july: pd.DataFrame, coming: pd.DataFrame) -> pd.DataFrame:
    """Give August: somebody has left, an account and an amount are others, two families are new."""
    august = july.copy()
    single = july.index[july["household_size"] == 1]
    left, moved, raised = single[2], single[5], single[8]
    august.loc[moved, "account_number"] = coming["account_number"].iloc[0]
    august.loc[moved, "remark"] = "换卡"
    august.loc[raised, "amount"] = str(int(july["amount"].iloc[raised]) + 50)
    august.loc[raised, "remark"] = "家庭收入减少，重新核定"
    newest = coming["household"] == coming["household"].max()
    new = coming[newest].assign(remark="8月新增")
    rest = august.drop(index=left)
    return pd.concat([rest, new], ignore_index=True)


def _temporary(margin: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    heads = pd.concat([margin, others]).drop_duplicates("household").head(6)
    return heads.reset_index(drop=True).assign(
        township="黄寨镇",
        cause=["患重病住院", "未参保失业", "火灾", "意外伤害", "子女就学", "患病"],
        amount=["3000", "650", "500", "400", "2000", "18000"],
        paid_from=["", "", "备用金", "备用金", "", ""],
        document=["", "", "", "", "", "县政府纪要〔2022〕17号"],
    )


def _deaths(august: pd.DataFrame, tekun: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Give the list of deaths: an old number of 15 digits, and a name that is written otherwise."""
    single = august[august["household_size"] == 1].reset_index(drop=True)
    old = single[single["id_number"].str[6:8] == "19"].iloc[[12]]
    old = old.assign(
        id_number=old["id_number"].str[:6] + old["id_number"].str[8:17], died_on="2022-08-19"
    )
    misspelt = tekun.iloc[[2]].assign(died_on="2022-08-02")
    misspelt = misspelt.assign(name=misspelt["name"].str[:1] + "某")
    strangers = others.iloc[-4:].assign(died_on="2022-08-11")
    return pd.concat([strangers, old, misspelt], ignore_index=True)


def _disabled(margin: pd.DataFrame, others: pd.DataFrame, august: pd.DataFrame) -> pd.DataFrame:
    kinds = ["肢体", "智力", "听力", "精神", "视力", "肢体"]
    grades = ["一级", "三级", "二级", "二级", "一级", "四级"]
    rows = pd.concat([margin.iloc[:3], others.iloc[8:10], august.iloc[:1]], ignore_index=True)
    return rows.assign(kind=kinds, grade=grades)


def main() -> None:
    """Write the files beside this file."""
    truth = quarter(Path(__file__).resolve().parent / "quarter")
    for key, rows in truth.items():
        sys.stdout.write(f"{FILES[key]}: {len(rows)}\n")


if __name__ == "__main__":
    main()
