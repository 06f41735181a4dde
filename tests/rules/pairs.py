"""For each rule a bad and a good roster.

Row 1 is the header and row 2 a person without faults, so that somebody is always paid. ``at`` says
on which rows and cells the bad roster has the finding, ``fate`` what becomes of those rows.
"""

from dataclasses import dataclass, field

from rules.made import CYCLE, card, id_number, person

EVERY = ("xlsx", "xls", "csv")
WORKBOOKS = ("xlsx", "xls")


@dataclass(frozen=True)
class Pair:
    bad: list
    good: list
    at: set
    fate: str = "held"
    kinds: tuple = EVERY
    programme: str = "one-time"
    cycle: str = CYCLE
    merges: tuple = field(default=())
    """Merged cells of the bad roster: top, bottom, left, right, from 0."""
    listed: tuple = ()
    """Kind of the list that the office names, and the rows of it."""


def one(header, bad, good=None, *, cell, fate="held", kinds=EVERY, programme="one-time", **beside):
    """Make a pair that differs in one cell of row 3; without ``good`` the sound person's cell."""
    sound = {} if good is None else {header: good}
    first = person(1, **OF_EVERYBODY.get(programme, {}))
    return Pair(
        bad=[first, person(2, **{**beside, header: bad})],
        good=[first, person(2, **{**beside, **sound})],
        at={(3, cell)},
        fate=fate,
        kinds=kinds,
        programme=programme,
        cycle="2022Q3" if programme == "tekun" else CYCLE,
    )


def on_list(kind, *, born, good):
    """Make a pair in which the list tells of the second person: held, or not for this month."""
    header, cell = born
    bad = [["姓名", "身份证号", header], [person(2)["姓名"], id_number(2), cell]]
    return Pair(
        bad=[person(1), person(2)],
        good=[person(1), person(2)],
        at={(3, "B3")},
        listed=(kind, bad, [bad[0], [*bad[1][:2], good[1]]] if good else bad[:1]),
    )


def wrong_check(number):
    return number[:-1] + ("1" if number[-1] != "1" else "2")


DIBAO = {"月保障金额": "450"}
OF_DIBAO = {"programme": "dibao", **DIBAO}
SCATTERED = {"救助类别": "特困", "供养方式": "分散", "合计": "2379"}
OF_TEKUN = {"programme": "tekun", **SCATTERED}
CAUSE = {"救助类别": "临时救助", "救助原因": "患病", "合计": "3000"}
OF_TEMPORARY = {"programme": "temporary", **CAUSE}
OUT_OF_WORK = {**OF_TEMPORARY, "救助原因": "失业", "县区": "阳曲县"}
OF_EVERYBODY = {"temporary": CAUSE, "dibao": DIBAO, "tekun": SCATTERED}
"""What a sound person's row has beside the rest, by programme."""
AMOUNTS = {"月保障金额": "450", "分类施保金": "50"}
TEKUN = {"救助类别": "特困人员"}
INSTITUTION = {"供养机构": "阳曲县敬老院", "机构账号": "140201012200001", "机构开户行": "农业银行"}

PAIRS = {
    "F007": one("发放金额", "=100+200", "300", cell="F3", kinds=("xlsx",)),
    "F009": Pair(
        bad=[person(1), person(2), person(3)],
        good=[person(1), person(2), person(3)],
        at={(3, "A3"), (4, "A4")},
        kinds=WORKBOOKS,
        merges=((2, 3, 0, 0),),
    ),
    "F013": Pair(
        bad=[person(1, 发放金额="300"), person(2, 发放金额="300", **{"": "00.00"})],
        good=[person(1, 发放金额="300"), person(2, 发放金额="300", **{"": ""})],
        at={(3, "F3")},
        kinds=("csv", "xlsx"),
    ),
    "F010": one("救助类别", "#N/A", cell="C3", kinds=("xlsx", "csv")),
    "R101": one("身份证号", "", cell="B3"),
    "R102": one("身份证号", id_number(2)[:17], cell="B3"),
    "R103": one("身份证号", wrong_check(id_number(2)), cell="B3"),
    "R104": one("身份证号", 140122198001010024, cell="B3", kinds=WORKBOOKS),
    "R105": one("身份证号", id_number(2, born="19900230"), cell="B3"),
    "R106": one("身份证号", id_number(2, region="999999"), cell="B3", fate="paid"),
    "R107": one("身份证号", "140122800101002", cell="B3", fate="paid"),
    "R108": one("身份证号", id_number(2, born="19050101"), cell="B3", fate="paid"),
    "R109": one("姓名", "", cell="A3"),
    "R110": one("姓名", "李四1", cell="A3"),
    "R201": one("账号", "", cell="E3"),
    "R202": one("账号", "6228-48A", cell="E3"),
    "R203": one("账号", int(card(2)), cell="E3", kinds=WORKBOOKS),
    "R204": one("账号", wrong_check(card(2)), cell="E3", fate="paid"),
    "R205": one("开户行", "本地银行", cell="D3", fate="paid"),
    "R206": Pair(
        bad=[person(1), person(2, 账号=card(1))],
        good=[person(1), person(2)],
        at={(2, "E2"), (3, "E3")},
        fate="paid",
    ),
    "R208": one("姓名", "张㛃", "张洁", cell="A3"),
    "R211": one("账户名称", "王村干", "王五", cell="F3"),
    "R301": one("救助类别", "其他人员", cell="C3"),
    "R302": one("发放金额", "三百", "300元", cell="F3"),
    "R303": one("发放金额", "300.060", "300.00", cell="F3"),
    "R304": one("发放金额", "0", "0.01", cell="F3"),
    "R305": one("发放金额", "300.01", "300", cell="F3"),
    "R306": one("合计", "550", "500", cell="H3", **AMOUNTS),
    "R307": one("供养方式", "", "分散", cell="F3", **TEKUN),
    "R308": Pair(
        bad=[
            person(1, **TEKUN, 供养方式="集中", 账号="", **INSTITUTION),
            person(2, **TEKUN, 供养方式="集中", 账号="", 供养机构=""),
        ],
        good=[person(1), person(2, **TEKUN, 供养方式="集中", 账号="", **INSTITUTION)],
        at={(3, "G3")},
    ),
    "R309": Pair(
        bad=[
            person(1, 户号="1", 与户主关系="户主"),
            person(2, 户号="2", 与户主关系="户主"),
            person(3, 户号="2", 与户主关系="户主"),
        ],
        good=[
            person(1, 户号="1", 与户主关系="户主"),
            person(2, 户号="2", 与户主关系="户主"),
            person(3, 户号="2", 与户主关系="妻"),
        ],
        at={(3, "G3"), (4, "G4")},
    ),
    "R310": one("救助类别", "低保边缘", cell="C3", fate="skipped"),
    "R311": one("月保障金额", "", "450", cell="F3", programme="dibao"),
    "R313": one("保障人口", "3", "1", cell="G3", fate="paid", **OF_DIBAO),
    "R314": one("起始保障年月", "2022-09", "2022-08", cell="G3", fate="skipped", **OF_DIBAO),
    "R315": one("月人均收入", "200", "160", cell="F3", fate="paid", **OF_DIBAO, 县区="阳曲县"),
    "R316": one("户主身份证号", id_number(900), id_number(2), cell="G3", fate="paid", **OF_DIBAO),
    "R317": one("起始保障年月", "去年底", "2022-08", cell="G3", fate="paid", **OF_DIBAO),
    "R318": one("停发年月", "2022-09", "2022-10", cell="G3", fate="paid", **OF_TEKUN),
    "R320": one("救助原因", "其他", "患病", cell="F3", **OF_TEMPORARY),
    "R321": one("合计", "600", "610", cell="G3", **OUT_OF_WORK),
    "R327": one("救助类别", "农村低保", "临时救助", cell="C3", **OUT_OF_WORK),
    "R322": one("合计", "10000.01", "10000", cell="G3", **OF_TEMPORARY),
    "R401": Pair(
        bad=[person(1), person(2), person(1)],
        good=[person(1), person(2), person(3)],
        at={(4, "B4")},
    ),
    "R402": Pair(
        bad=[person(1), person(2), person(1, **TEKUN)],
        good=[person(1), person(2), person(3, **TEKUN)],
        at={(4, "C4")},
    ),
    "R501": on_list("dead", born=("死亡日期", "2022-07-02"), good=("死亡日期", "2022-08-02")),
    "R502": one("停发", "2022-07", "否", cell="F3"),
    "R503": on_list("prisoner", born=("备注", "在押"), good=None),
}
