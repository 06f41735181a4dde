"""The catalogue of finding codes. Codes are never reused.

Screens, workbooks and documentation take their words from here.
"""

from dataclasses import dataclass
from enum import Enum

from relief_cli.i18n import N_


class Severity(Enum):
    """What a finding does to its row."""

    ERROR = "error"
    """The row is held; with ``file`` the whole file is refused."""
    WARNING = "warning"
    """The row is paid."""
    NOTICE = "notice"
    """The row needs nothing now, or only information is given."""


@dataclass(frozen=True)
class Rule:
    """One kind of problem: what, why it matters, how to put it right, and an example."""

    code: str
    severity: Severity
    title: str
    why: str
    remedy: str
    bad: str
    good: str
    refuses_file: bool = False
    """Nothing of the file is used, and nothing of the run is recorded."""


def _rule(code: str, title: str, why: str, remedy: str, example: tuple[str, str]) -> Rule:
    severity = _SEVERITIES.get(code, Severity.ERROR)
    return Rule(code, severity, title, why, remedy, *example, refuses_file=code in _REFUSING)


_REFUSING = frozenset({"F001", "F002", "F003", "F004", "F005", "F006", "F011"})

_SEVERITIES = {
    **dict.fromkeys(
        (
            "F008",
            "F012",
            "R106",
            "R107",
            "R108",
            "R204",
            "R205",
            "R206",
            "R207",
            "R313",
            "R315",
            "R316",
            "R317",
            "R318",
            "R328",
        ),
        Severity.WARNING,
    ),
    **dict.fromkeys(("R310", "R314", "R319", "R325", "R403", "R405", "R411"), Severity.NOTICE),
}

_OPEN_AND_SAVE = N_("Open it in WPS or Excel, save it as a new .xlsx, and send that")

_CATALOGUE = (
    _rule(
        "F001",
        N_("Not a readable spreadsheet"),
        N_("What can still be read of a damaged file may not be all, and people would be left out"),
        _OPEN_AND_SAVE,
        ("花名册.xlsx（实为 PDF）", "花名册.xlsx"),
    ),
    _rule(
        "F002",
        N_("Encrypted, and no password that opens it"),
        N_("Nothing of the file can be read"),
        N_("Put its password into a file and give that with --password-file"),
        ("花名册.xlsx（有密码）", "花名册.xlsx --password-file 密码.txt"),
    ),
    _rule(
        "F003",
        N_("No header found"),
        N_("Without the names of the columns nobody can say which number is an ID or a card"),
        N_("Put one row with names such as 姓名, 身份证号, 账号 above the people"),
        ("张三 | 1401… | 6217…", "姓名 | 身份证号 | 账号"),
    ),
    _rule(
        "F004",
        N_("A required column is missing"),
        N_("Without it it cannot be said who is paid, for what, or into which account"),
        N_("Add the column, or list its name under [reading.headers] in relief.toml"),
        ("姓名 | 救助类别 | 账号", "姓名 | 身份证号 | 救助类别 | 账号"),
    ),
    _rule(
        "F005",
        N_("A column stands there twice"),
        N_("It is not clear which of the two decides"),
        N_("Delete or rename the column that does not count, and save the file"),
        ("姓名 | 身份证号 | 证件号码 | 账号", "姓名 | 身份证号 | 账号"),
    ),
    _rule(
        "F006",
        N_("Beyond the limits of size, rows, memory or time"),
        N_("No roster is so large; such a file would stop the computer"),
        N_("Delete empty rows and columns around the table, or split the file"),
        ("1,048,576 × 16,384", "11,000 × 16"),
    ),
    _rule(
        "F007",
        N_("A formula in an amount, ID or account"),
        N_("Its value can differ from computer to computer, or be missing"),
        N_("Copy the column and paste it as values"),
        ("=B2&C2", "14012219800101123X"),
    ),
    _rule(
        "F008",
        N_("Hidden sheet or hidden rows"),
        N_("Hidden rows are paid like others, hidden sheets are not read; both are overlooked"),
        N_("Show them, and delete what does not belong to the roster"),
        ("第 7-9 行隐藏", "全部显示"),
    ),
    _rule(
        "F009",
        N_("Merged cells whose meaning is not clear"),
        N_("It cannot be said whose name or number a merged cell is"),
        N_("Unmerge the cells and write each person's own name and number"),
        ("姓名 C5:C7 合并", "户主姓名 B5:B7 合并, 姓名逐行填写"),
    ),
    _rule(
        "F010",
        N_("A cell shows an error"),
        N_("The value that should stand there is lost"),
        N_("Type the value in place of the error"),
        ("#N/A", "14012219800101123X"),
    ),
    _rule(
        "F011",
        N_("Text that is neither UTF-8 nor GB18030"),
        N_("Names would be read wrongly, and money paid to the wrong person"),
        _OPEN_AND_SAVE,
        ("花名册.csv (UTF-16)", "花名册.csv (UTF-8)"),
    ),
    _rule(
        "F012",
        N_("A total disagrees with the sum (Σ) of its rows"),
        N_("A row may be missing or doubled, or an amount changed by hand"),
        N_("Compare the rows with the signed list and correct the total"),
        ("合计 900.00, 各行之和 600.00", "合计 600.00"),
    ),
    _rule(
        "F013",
        N_("A row has more cells than the header has titles"),
        N_("A comma within an amount divides it: 1,230.00 would be paid as 1"),
        N_("Write the amount without a comma, and clear the cells without a title"),
        ("1,230.00", "1230.00"),
    ),
    _rule(
        "R101",
        N_("ID missing"),
        N_("Without it nobody can say who is paid, or whether the person was paid already"),
        N_("Fill in the 18 characters from the ID card or household register"),
        ("", "14012219800101123X"),
    ),
    _rule(
        "R102",
        N_("ID malformed"),
        N_("An ID has 18 characters, 17 digits and a check character; this one does not"),
        N_("Compare it with the ID card and type it again as text"),
        ("14012219800101123", "14012219800101123X"),
    ),
    _rule(
        "R103",
        N_("Check character of the ID is wrong"),
        N_("At least one digit is mistyped, so it is somebody else's ID or nobody's"),
        N_("Compare it with the ID card digit by digit"),
        ("14012219900101001X", "140122199001010012"),
    ),
    _rule(
        "R104",
        N_("ID stored as a number"),
        N_("Excel keeps 15 digits of a number; the last three are lost for ever"),
        N_("Format the column as text and type all 18 characters again from the ID card"),
        ("1.40122E+17; 140122199001010000", "140122199001010012"),
    ),
    _rule(
        "R105",
        N_("Impossible birth date in the ID"),
        N_("No such day exists, or it is still to come"),
        N_("Compare digits 7 to 14 with the ID card"),
        ("140122199002300011", "140122199001010012"),
    ),
    _rule(
        "R106",
        N_("Region in the ID is not known"),
        N_("The first six digits are not a county that exists or existed"),
        N_("Compare the first six digits with the ID card"),
        ("999999199001010016", "140122199001010012"),
    ),
    _rule(
        "R107",
        N_("ID of 15 digits"),
        N_("It was taken in its 18-character form; the card has been replaced long ago"),
        N_("Write the 18 characters of the present ID card into the roster"),
        ("140122900101001", "140122199001010012"),
    ),
    _rule(
        "R108",
        N_("Older than 110 years"),
        N_("The person may have died, or the ID be mistyped"),
        N_("See the person, or compare with the death list"),
        ("140122190501010018", "140122193501010011"),
    ),
    _rule(
        "R109",
        N_("Name missing"),
        N_("The bank pays only where name and account agree"),
        N_("Fill in the name as on the ID card"),
        ("", "张三"),
    ),
    _rule(
        "R110",
        N_("Name with characters that no name has"),
        N_("The bank refuses a name that differs from the account's"),
        N_("Write the name as on the ID card, without digits, marks or remarks"),
        ("张三1", "张三"),
    ),
    _rule(
        "R201",
        N_("Account missing"),
        N_("There is no account of the person's own, nor one of the household head"),
        N_("Fill in the account, or the household head whose account is used"),
        ("", "6228480000000000018"),
    ),
    _rule(
        "R202",
        N_("Account malformed"),
        N_("An account has 8 to 32 digits and nothing else"),
        N_("Type the number again from the card or passbook"),
        ("6228-48A", "6228480000000000018"),
    ),
    _rule(
        "R203",
        N_("Account stored as a number, digits lost"),
        N_("Excel keeps 15 digits of a number; the rest was replaced by zeros"),
        N_("Format the column as text and type the number again from the card"),
        ("6.22848E+18", "6228480000000000018"),
    ),
    _rule(
        "R204",
        N_("Card number that cannot be one"),
        N_("Its length or last digit is wrong for a UnionPay card; the bank may send it back"),
        N_("Compare it with the card"),
        ("6228480000000000019", "6228480000000000018"),
    ),
    _rule(
        "R205",
        N_("Bank unknown"),
        N_("The payment goes into the general file, which the clerk must bring to the right bank"),
        N_("Write the bank's usual name, such as 山西农信 or 建设银行"),
        ("本地银行", "山西农信"),
    ),
    _rule(
        "R206",
        N_("Account of several households or names"),
        N_("Money of several families goes to one person; an account has one holder"),
        N_("Ask each household for an account of its own, or note why they share"),
        ("两户同一账号；上月 dibao-2022-07-1 付给李*", "每户一个账号"),
    ),
    _rule(
        "R207",
        N_("Account changed since the last payment"),
        N_("A changed account is where mistakes and fraud begin"),
        N_("Confirm the change with the household"),
        ("****0017 → ****0025", "****0017"),
    ),
    _rule(
        "R208",
        N_("Name or bank that the bank's file cannot hold"),
        N_("The bank would receive another character, and refuse the payment"),
        N_("Write it as the bank does, or choose a format in GB18030 for the bank"),
        ("张㛃", "张洁"),
    ),
    _rule(
        "R209",
        N_("Came back from the bank, and the account was not put right"),
        N_("The bank would send it back again, and the person waits another month"),
        N_(
            "Let the payee check the account, put it right in this list, and send the list back."
            " Where the account is right after all: relief follow-up … --same-accounts"
        ),
        ("RJ01 账号不存在，账号未改", "RJ01 账号不存在，已换新账号"),
    ),
    _rule(
        "R210",
        N_("Different accounts for one payment that came back"),
        N_("What was paid into one account goes into one account again; it is not clear which"),
        N_("Write the same account beside all people whom that payment was for"),
        ("户主 …1234，子女 …5678", "户主 …1234，子女 …1234"),
    ),
    _rule(
        "R211",
        N_("Account of somebody who is not of the household"),
        N_("Money for one family would go to another person, and nobody says by what right"),
        N_(
            "Write an account of the person, the head or another of the household, or register who"
            " may draw for them: relief payee add"
        ),
        ("账户名称：王村干（户主张三）", "账户名称：张三"),
    ),
    _rule(
        "R212",
        N_("Account and its holder both changed"),
        N_("Since the last payment both are others: so it looks when somebody diverts the money"),
        N_(
            "Ask the household. Where it is right: relief accept R212 PERSON --reason …; where"
            " somebody draws for them: relief payee add"
        ),
        ("张三 …0017 → 李四 …0025", "张三 …0017 → 张三 …0025"),
    ),
    _rule(
        "R213",
        N_("Failed first, and later said by the bank to be paid"),
        N_("The money may have arrived; paid again, the person would have it twice"),
        N_(
            "Ask the bank for the date and serial number of the credit, the account, the amount,"
            " and whether the money came back; then: relief settle BATCH FILE --confirmed LETTER"
        ),
        ("先报失败，后报成功，未核实", "银行已书面确认退回"),
    ),
    _rule(
        "R301",
        N_("Category missing or unknown"),
        N_("The category decides whether and how much is paid"),
        N_("Write a category such as 农村低保 or 特困, or add the word to the office's policy"),
        ("其他人员", "农村低保"),
    ),
    _rule(
        "R302",
        N_("Amount malformed"),
        N_("It cannot be said how much is meant"),
        N_("Write the amount in yuan with digits only"),
        ("三百", "300.00"),
    ),
    _rule(
        "R303",
        N_("Amount with more than two decimals"),
        N_("Two amounts may have been joined, such as 300.0 and 60; nothing is rounded in silence"),
        N_("Write the amount in yuan with at most two decimals"),
        ("300.060", "300.06"),
    ),
    _rule(
        "R304",
        N_("Amount not positive"),
        N_("Nothing can be paid, or less than nothing"),
        N_("Correct the amount, or leave the cell empty"),
        ("-300", "300"),
    ),
    _rule(
        "R305",
        N_("Amount above the standard"),
        N_("More is stated than the policy pays"),
        N_("Correct the amount, or add the higher standard with its document to the policy"),
        ("600.00 (标准 300.00)", "300.00"),
    ),
    _rule(
        "R306",
        N_("Sums disagree with the row's own total"),
        N_("One of the amounts is wrong, and it is not clear which"),
        N_("Correct the amounts so that they add up to the total"),
        ("450 + 50 = 550", "450 + 50 = 500"),
    ),
    _rule(
        "R307",
        N_("Support mode missing"),
        N_("A tekun person is paid to the person (分散) or through the institution (集中)"),
        N_("Write 分散 or 集中 under 供养方式"),
        ("", "分散"),
    ),
    _rule(
        "R308",
        N_("Institution or its account missing"),
        N_("People in 集中供养 are paid through their institution"),
        N_("Fill in 供养机构, 机构账号 and 机构开户行"),
        ("集中 |  | ", "集中 | 阳曲县敬老院 | 1402010122000012345"),
    ),
    _rule(
        "R309",
        N_("Several heads in a household"),
        N_("It is not clear into whose account the household is paid"),
        N_("Leave 户主 with one person and correct the others' relationship"),
        ("户主 / 户主", "户主 / 妻"),
    ),
    _rule(
        "R310",
        N_("Not eligible for this programme"),
        N_("The policy does not name this category"),
        N_("Nothing, or correct the category; an office may add categories in its policy"),
        ("低保边缘", "农村低保"),
    ),
    _rule(
        "R311",
        N_("No amount due can be told"),
        N_("The approved amount stands in no row, or what it is computed from is not known"),
        N_("Write the amount or the grade, income or residence into the row, or add its list"),
        ("户月保障金额：空", "户月保障金额：610.00"),
    ),
    _rule(
        "R312",
        N_("Its household waits for another row"),
        N_("One amount is for the whole household, and one of its people is held or paid already"),
        N_("Put the other row right, or take its person out and correct the amount"),
        ("户主证号有误，家属同户", "全户各行无误"),
    ),
    _rule(
        "R313",
        N_("Number of covered members disagrees with the rows"),
        N_("Somebody is left out, or counted who is covered no more"),
        N_("Correct the number, or add and strike people"),
        ("保障人口 3，名单 2 人", "保障人口 2，名单 2 人"),
    ),
    _rule(
        "R314",
        N_("Not due yet"),
        N_("The benefit begins in a later month: the month after it was approved"),
        N_("Nothing, or correct the month"),
        ("起始保障年月 2022-09（发放 2022-08）", "起始保障年月 2022-08"),
    ),
    _rule(
        "R315",
        N_("Amount disagrees with the standard and the income"),
        N_("The standard less the income per head, times the people, gives another amount"),
        N_("Confirm the amount that was approved, or correct the income or the number of people"),
        ("保障金 500（标准 610 − 收入 200）× 1", "保障金 410（标准 610 − 收入 200）× 1"),
    ),
    _rule(
        "R316",
        N_("Household head not on the lists"),
        N_("The head may have died or moved away, or the ID of the head be wrong"),
        N_("Confirm who heads the household, and add or correct the head"),
        ("户主身份证号 …1234，名单中无此人", "户主身份证号 …1234，名单第 5 行"),
    ),
    _rule(
        "R317",
        N_("Month that cannot be read"),
        N_("Nobody can tell whether the benefit has begun; it is paid as if it had"),
        N_("Write the month as 2022-08 or 202208"),
        ("起始保障年月：去年底", "起始保障年月：2022-08"),
    ),
    _rule(
        "R318",
        N_("Joined or left within the cycle"),
        N_("Not all of the cycle's months are due, and the amount was taken as it stands"),
        N_("Confirm that the amount is for the months that are due"),
        ("2022Q3，停发 2022-09，金额为整季", "2022Q3，停发 2022-09，金额为两个月"),
    ),
    _rule(
        "R319",
        N_("Price mechanism not triggered"),
        N_("Neither index has reached its threshold, so nobody is due the subsidy"),
        N_("Nothing, or correct the indices in the policy"),
        ("2022-08 CPI 2.5% (3.0%), 食品 5.1% (6%)", "2022-08 CPI 2.5% (3.0%), 食品 6.1% (6%)"),
    ),
    _rule(
        "R320",
        N_("Cause missing or unknown"),
        N_("Temporary assistance is for a cause, and once a year for the same"),
        N_("Write a cause such as 患病, 意外 or 失业, or add the word to the office's policy"),
        ("其他", "患病"),
    ),
    _rule(
        "R321",
        N_("Amount below the floor"),
        N_("Uninsured people out of work get at least the local rural dibao of a month"),
        N_("Raise the amount, or add the local standard to the policy"),
        ("未参保失业 300.00 (610.00)", "未参保失业 610.00"),
    ),
    _rule(
        "R322",
        N_("Amount above the cap without a document"),
        N_("More than the cap is decided case by case (一事一议), by a document"),
        N_("Write the number of the document under 审批文号"),
        ("20,000.00，审批文号：空", "20,000.00，审批文号：纪要〔2022〕5号"),
    ),
    _rule(
        "R323",
        N_("The township's reserve fund does not suffice"),
        N_("More would be handed out than the township was given"),
        N_("Record the money that the township was given, or pay this row through the bank"),
        ("备用金结余 500.00，本行 800.00", "备用金结余 5,000.00，本行 800.00"),
    ),
    _rule(
        "R324",
        N_("Earlier standard not known"),
        N_("Without the standard that was paid by, the difference cannot be told"),
        N_("Add the earlier standard of the place, with its date and document, to the policy"),
        ("dibao.standard-rural 仅有 2022-01-01 的值", "另有 2021-01-01 的值"),
    ),
    _rule(
        "R325",
        N_("Nothing to make up for"),
        N_("The standard did not rise for what the person was paid, or it was made up already"),
        N_("Nothing, or add the standard that was raised, and the one before it, to the policy"),
        ("标准未提高", "标准由 450 提高到 486"),
    ),
    _rule(
        "R326",
        N_("Not clear whether it rose already"),
        N_(
            "The amount changed since the standard rose, by less than that or downwards: nobody can"
            " say by which standard it was paid"
        ),
        N_("Say what each month should have been: relief top-up, with the corrected roster"),
        ("标准提高 24 元，金额由 400 变为 410", "金额由 400 变为 424"),
    ),
    _rule(
        "R327",
        N_("Supported already"),
        N_(
            "For this cause only people are paid whom neither dibao nor tekun nor unemployment"
            " insurance supports"
        ),
        N_("Take the row out, or correct the category or the cause"),
        ("未参保失业人员，类别：农村低保", "未参保失业人员，类别：临时救助"),
    ),
    _rule(
        "R328",
        N_("Ended within the cycle"),
        N_("A stop or a death list says that not all of its months are due; the others are paid"),
        N_("Nothing; where the person is still entitled, end the stop or correct the list"),
        ("2022-09 停发，2022Q3 发放 7、8 两个月", "2022Q3 发放三个月"),
    ),
    _rule(
        "R401",
        N_("Same person again"),
        N_("The person would be paid twice, or somebody's ID is wrong"),
        N_(
            "Delete the second row, or correct the ID in it; who moved within the quarter needs the"
            " month in both rows (停发年月, 起始保障年月)"
        ),
        ("张三 第5行, 张三 第9行", "张三 第5行"),
    ),
    _rule(
        "R402",
        N_("Same person in a second category"),
        N_("A person is paid once; the policy's order says which row stays"),
        N_("Delete the row that does not count"),
        ("农村低保 + 特困", "特困"),
    ),
    _rule(
        "R403",
        N_("Already paid"),
        N_("The person has been paid for this already and is passed over"),
        N_("Nothing"),
        ("已在批次 one-time-2022-08-1 中", "尚未发放"),
    ),
    _rule(
        "R404",
        N_("Excluded by another programme"),
        N_("The person gets a benefit that excludes this one"),
        N_("Decide which of the two is right, and take the person off the other roster"),
        ("已领取 voucher", "未享受互斥的待遇"),
    ),
    _rule(
        "R405",
        N_("Nothing of this person's has come back from the bank"),
        N_("Only what has failed is paid again; the person is passed over"),
        N_("Nothing"),
        ("款项已入账", "款项被银行退回"),
    ),
    _rule(
        "R406",
        N_("More than two programmes together allow"),
        N_("What the person gets from another programme counts against this one"),
        N_("Correct the amount, or the rule in the policy"),
        ("dibao 1,500.00 + 800.00 > 2,000.00", "dibao 1,500.00 + 500.00"),
    ),
    _rule(
        "R407",
        N_("Paid for the same cause this year"),
        N_(
            "Temporary assistance is given once in a calendar year for the same cause; to people"
            " out of work once in all"
        ),
        N_("Correct the cause, or take the row out"),
        ("患病（已在 temporary-2022-03-1 发放）", "意外"),
    ),
    _rule(
        "R408",
        N_("Same name and account were paid under another ID"),
        N_("One of the two IDs is wrong, and the person would be paid twice for one cycle"),
        N_(
            "Compare the ID with the card: correct it, or take the row out; who is another person"
            " of that name has an account of their own"
        ),
        ("王五 …5127 账号 …8817（…6127 已在 one-time-2022-08-1 发放）", "王五 …6127"),
    ),
    _rule(
        "R409",
        N_("Paid less than the roster says"),
        N_("The person was paid for this already; what the roster says beyond it is not paid yet"),
        N_("Pay the rest: relief top-up, with this roster; or correct the amount in it"),
        ("dibao-2022-08-1: 400.00 → 610.00", "dibao-2022-08-1: 400.00 → 400.00"),
    ),
    _rule(
        "R410",
        N_("Paid more than the roster says"),
        N_("The person was paid for this already, and more than the roster says is due"),
        N_(
            "Correct the amount in the roster; or record what was paid too much as owed back:"
            " relief top-up … --recover, with this roster"
        ),
        ("dibao-2022-08-1: 610.00 → 400.00", "dibao-2022-08-1: 400.00 → 400.00"),
    ),
    _rule(
        "R411",
        N_("Not paid for this yet"),
        N_("A top-up pays what is owed beyond what was paid, and this person was paid nothing"),
        N_("Pay the roster itself: relief run"),
        ("2022-08 尚未发放", "已在批次 dibao-2022-08-1 中"),
    ),
    _rule(
        "R412",
        N_("The household is paid under another head"),
        N_(
            "The amount is the whole household's: another of its people gets it for this cycle,"
            " by the same certificate number, head or account"
        ),
        N_(
            "Take the row out, or correct its certificate number or head; a new head is paid from"
            " the next cycle. What failed at the bank is paid again by relief follow-up, with the"
            " right account. Where this amount is due besides: relief accept R412 PERSON --reason …"
        ),
        ("李四，低保证号 …0017（张三 同证号，已在 dibao-2022-08-1 发放）", "李四，低保证号 …0018"),
    ),
    _rule(
        "R501",
        N_("In a death list"),
        N_("Nothing is due for the months after a death, and what is paid is hard to get back"),
        N_(
            "Confirm it with the village; take the person off the roster, and enter what was paid"
            " too much with `relief recovery add`; who is alive has the list put right"
        ),
        ("死亡人员.xlsx[Sheet1]:5 2022-06（发放 2022-08）", "死亡日期 2022-08（发放 2022-08）"),
    ),
    _rule(
        "R502",
        N_("Stopped"),
        N_("The row says itself that the person is no longer paid"),
        N_("Take the person off the roster, or empty the cell under 停发"),
        ("停发: 2022-07", "停发: （空）"),
    ),
    _rule(
        "R503",
        N_("On a list that the office compares with"),
        N_("Income or property may be above what the benefit allows, or the person is elsewhere"),
        N_("Look into it; take the person off the roster, or have the list put right"),
        ("服刑人员.xlsx[Sheet1]:5", "未列入名单"),
    ),
    _rule(
        "R504",
        N_("Withheld before it went out"),
        N_("The batch was made again without this person"),
        N_("Nothing; if the person is entitled all the same, run this list once that is settled"),
        ("制单后登记死亡", "仍在保"),
    ),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in _CATALOGUE}
"""All rules by code."""

ERRORS = frozenset(code for code, rule in RULES.items() if rule.severity is Severity.ERROR)
"""Codes that hold a row, or refuse a file."""
SOMETIMES = frozenset({"F007", "R203", "R305", "R321", "R501", "R503"})
"""Errors that are only a warning in some cases: a formula with its value, a list that marks."""
HOLDABLE = SOMETIMES | {
    code
    for code, rule in RULES.items()
    if rule.severity is Severity.WARNING and code not in ("F008", "F012")
}
"""Warnings about a row, by which an office may hold it; F008 and F012 are about whole sheets."""
LIFTED = frozenset({"R212", "R412"})
"""Errors that hold a row until somebody has asked, and says so."""
ACCEPTABLE = (LIFTED | HOLDABLE) - {"F007"}
"""What can be right although it looks wrong: who has looked may accept it. What stands in a cell is
put right there."""
OF_ACCOUNTS = frozenset({"R203", "R204", "R205", "R206"})
"""Those that are about an account, whoever is paid into it."""
