"""Made-up persons of whole counties: the truth that rosters are written from."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sample_data import accounts
from sample_data.accounts import Digits, Texts

COUNTIES = {
    "阳曲县": 140122,
    "清徐县": 140121,
    "娄烦县": 140123,
    "古交市": 140181,
    "小店区": 140105,
    "迎泽区": 140106,
    "杏花岭区": 140107,
    "尖草坪区": 140108,
    "万柏林区": 140109,
    "晋源区": 140110,
}
# Where people who moved here were born; the codes of the abolished prefectures are still on their
# identity cards: 雁北 1421, 忻县 1422, 晋中 1423 and 1424, 临汾 1426.
ELSEWHERE = np.array([142129, 142201, 142228, 142322, 142421, 142622, 140102], dtype=np.int64)
TOWNSHIPS = ["黄寨镇", "大盂镇", "东黄水镇", "泥屯镇", "高村乡",
             "侯村乡", "凌井店乡", "西凌井乡", "北小店乡", "杨兴乡"]  # fmt: skip
VILLAGES = [a + b for a in "上下东西南北前后" for b in ("庄村", "沟村", "峪村", "洼村", "塔村")]
SURNAMES = np.array(list("王李张刘陈杨赵郭武高闫任韩薛冯马胡梁宋白康侯史田贾"), dtype=object)
GIVEN = np.array(list("建国秀英桂兰玉梅志强海军红霞春花俊杰丽华晓明福贵润生爱莲二旦金锁文彦"),
                 dtype=object)  # fmt: skip
BANKS = {  # clearing prefix → share of people, name as clerks write it, first digits of its cards
    "402": (0.60, "阳曲县农村信用合作联社", 622525),
    "103": (0.14, "中国农业银行阳曲县支行", 622848),
    "105": (0.10, "中国建设银行阳曲支行", 621700),
    "102": (0.08, "中国工商银行阳曲支行", 622202),
    "403": (0.08, "中国邮政储蓄银行阳曲县支行", 621799),
}
TEXT_COLUMNS = [
    "person",
    "name",
    "id_number",
    "county",
    "township",
    "village",
    "household_id",
    "relationship",
    "head_name",
    "head_id_number",
    "category",
    "residence",
    "amount",
    "household_amount",
    "supplement",
    "total",
    "bank",
    "bank_name",
    "account_name",
    "account_number",
    "support_mode",
    "institution_name",
    "institution_account",
    "institution_bank",
    "codes",
    "fate",
]
FLAGS = ["id_as_number", "account_as_number", "amount_as_formula", "hidden", "bank_as_error",
         "merged_with_next"]  # fmt: skip


def people(
    count: int, seed: int, *, counties: Sequence[str] = ("阳曲县",), per_county: int = 0
) -> pd.DataFrame:
    """Give ``count`` made-up persons, one row each, household by household.

    Amounts are yuan a month as clerks type them. ``person`` is who it really is, ``id_number`` what
    stands in the cell; the same holds for every planted mistake (see ``faults``). ``codes`` and
    ``fate`` say what must become of the row.

    Args:
        count: rows.
        seed: the same seed gives the same persons.
        counties: filled one after the other, and round again.
        per_county: rows of each; by default they share ``count`` equally.
    """
    rng = np.random.default_rng(seed)
    per_county = per_county or -(-count // len(counties))
    first = _household_starts(count, per_county, rng)
    head = np.maximum.accumulate(np.where(first, np.arange(count), 0))
    member = np.arange(count) - head
    frame = pd.DataFrame({"household": np.cumsum(first), "member": member})
    places = np.array(counties, dtype=object)[np.arange(count) // per_county % len(counties)]
    _add_places(frame, places, head, per_county)
    _add_persons(frame, head, rng)
    _add_amounts(frame, head, rng)
    _add_accounts(frame, head, seed, rng)
    frame[FLAGS] = False
    for column in ["support_mode", "institution_name", "institution_account", "institution_bank",
                   "codes"]:  # fmt: skip
        frame[column] = ""
    frame["fate"] = "paid"
    return frame.astype(dict.fromkeys(TEXT_COLUMNS, "str"))


def _household_starts(count: int, per_county: int, rng: np.random.Generator) -> np.ndarray:
    sizes = rng.choice([1, 2, 3, 4, 5], size=count, p=[0.68, 0.2, 0.08, 0.03, 0.01])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    first = np.zeros(count, dtype=bool)
    first[starts[starts < count]] = True
    first[::per_county] = True  # nobody's household lies in two counties
    return first


def _add_places(frame: pd.DataFrame, places: Texts, head: Digits, per_county: int) -> None:
    count = len(frame)
    frame["county"] = places
    township = head % per_county * len(TOWNSHIPS) // min(per_county, count)
    frame["township"] = np.array(TOWNSHIPS, dtype=object)[township]
    frame["village"] = np.array(VILLAGES, dtype=object)[head // 9 % len(VILLAGES)]
    codes = accounts.digits_of(frame["household"].to_numpy(), 8) + ord("0")
    frame["household_id"] = "YQ" + accounts.texts_of(codes.astype(np.uint8))


def _add_persons(frame: pd.DataFrame, head: Digits, rng: np.random.Generator) -> None:
    count, member = len(frame), frame["member"].to_numpy()
    man = rng.random(count) < 0.5  # half and half
    man = np.where(member == 1, ~man[head], man)
    age = rng.integers(22, 88, count)  # of a head
    child = rng.integers(0, 30, count)
    age = np.select([member == 0, member == 1], [age, age[head]], np.minimum(child, age[head] - 18))
    kind = np.select([member == 0, member == 1, man], ["户主", "配偶", "子"], "女")
    born_on = (2021 - age) * 10000 + rng.integers(1, 13, count) * 100 + rng.integers(1, 29, count)
    region = np.array([COUNTIES[name] for name in frame["county"].unique()])
    here = region[pd.factorize(frame["county"])[0]]
    region = np.where(rng.random(count) < 0.1, rng.choice(ELSEWHERE, count), here)
    frame["relationship"] = kind
    surname = SURNAMES[rng.integers(0, len(SURNAMES), count)]
    surname = np.where(member > 1, surname[head], surname)
    given = GIVEN[rng.integers(0, len(GIVEN), count)]
    second = np.append(GIVEN, "")[rng.integers(0, len(GIVEN) + 1, count)]
    frame["name"] = surname + given + second
    # Numbers within a region and day are given out in turn, so that no two persons share one.
    turn = pd.Series(region * 10**8 + born_on).groupby(region * 10**8 + born_on).cumcount()
    sequence = np.asarray((turn.to_numpy() * 2 + 20 + man) % 1000, dtype=np.int64)
    frame["person"] = accounts.identity_numbers(region, born_on, sequence)
    frame["id_number"] = frame["person"]
    frame["head_name"] = frame["name"].to_numpy()[head]
    frame["head_id_number"] = frame["person"].to_numpy()[head]


def _add_amounts(frame: pd.DataFrame, head: Digits, rng: np.random.Generator) -> None:
    count = len(frame)
    urban = (rng.random(count) < 0.2)[head]  # one household in five
    frame["category"] = np.where(urban, "城市低保", "农村低保")
    frame["residence"] = np.where(urban, "城镇", "农村")
    yuan = np.where(urban, rng.integers(60, 141, count), rng.integers(40, 117, count)) * 5
    frame["amount"] = yuan.astype(str).astype(object)
    sums = np.bincount(frame["household"], weights=yuan).astype(np.int64)
    frame["household_amount"] = sums[frame["household"]].astype(str).astype(object)
    frame["household_size"] = np.bincount(frame["household"])[frame["household"]]
    frame["supplement"] = "0"
    frame["total"] = frame["amount"]


def _add_accounts(frame: pd.DataFrame, head: Digits, seed: int, rng: np.random.Generator) -> None:
    count, names = len(frame), frame["name"].to_numpy()
    shares, labels, bins = zip(*BANKS.values(), strict=True)
    bank = rng.choice(len(BANKS), count, p=shares)
    serial = accounts.scattered(count, seed, accounts.CARD_SERIAL_DIGITS)
    # An account that ends in zeros looks as if a spreadsheet program had cut it.
    serial[serial % 1000 == 0] += 10**11 + 1
    account = accounts.cards(np.array(bins, dtype=np.int64)[bank], serial)
    passbook = (bank == 0) & (rng.random(count) < 0.3)  # of the cooperative's
    account[passbook] = accounts.passbooks(serial[passbook])
    # A member has an account (grown-up spouses), the head's written again, or an empty cell.
    draw, member = rng.random(count), frame["member"].to_numpy()
    own = (member == 0) | ((member == 1) & (draw < 0.25))  # a quarter of spouses
    again = ~own & (draw < 0.6)  # about half of the rest
    of = np.where(own, np.arange(count), head)
    given = own | again
    columns = {
        "bank": np.array(list(BANKS), dtype=object)[bank],
        "bank_name": np.array(labels, dtype=object)[bank],
        "account_name": names,
        "account_number": account,
    }
    for column, values in columns.items():
        frame[column] = np.where(given, values[of], "")
