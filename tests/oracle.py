"""What the one-time subsidy must do with every row, worked out row by row in plain Python.

It shares no code with the program and not its way of working: no columns, no masks, one person
after the other, from the rules alone (晋民发〔2022〕38号, clause 2.2: 300 yuan a person, once, the
province and the municipal-and-county level 6:4). Give it the rows that
``sample_data.generate.county`` or any writer there gives back, in reading order.
"""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

SUBSIDY_FEN = 30_000
CYCLE_ON = dt.date(2022, 8, 20)
ELIGIBLE = {
    "特困": "tekun",
    "城市低保": "urban_dibao",
    "农村低保": "rural_dibao",
}
NOT_ELIGIBLE = {"低保边缘"}
CATEGORY_ORDER = ("urban_dibao", "rural_dibao", "tekun")
GBK_BANKS = {"402", "103"}  # whose files are GBK by default: 山西农信, 农行
LONGEST_LIFE = 110


@dataclass
class Outcome:
    """What must become of one row."""

    fate: str = "paid"
    codes: set = field(default_factory=set)  # why it is held or skipped
    warnings: set = field(default_factory=set)
    person: str = ""
    payee_name: str = ""
    account_number: str = ""
    amount_fen: int = 0


@dataclass
class Answer:
    """The whole run."""

    outcomes: list
    payments: dict  # account → fen
    shares: dict  # county → source → fen

    def count(self, fate):
        return sum(outcome.fate == fate for outcome in self.outcomes)

    @property
    def amount_fen(self):
        return sum(outcome.amount_fen for outcome in self.outcomes)

    def codes(self):
        counted = defaultdict(int)
        for outcome in self.outcomes:
            for code in outcome.codes:
                counted[code] += 1
        return dict(counted)


def one_time(rows, *, weights=None, category_order=CATEGORY_ORDER, gbk_banks=GBK_BANKS):
    """Say for every row of ``rows`` (a frame of truth) what must become of it.

    ``weights``: county → (municipal, county) weights of the 40 %; half and half by default.
    ``gbk_banks``: codes of the banks whose files the office writes in GBK.
    """
    rows = rows.to_dict("records")
    heads = heads_of(rows)
    names = names_of(rows)
    outcomes = [
        look_at(row, heads.get(row["household"], []), names[row["household"]], gbk_banks)
        for row in rows
    ]
    look_for_shared_accounts(rows, outcomes)
    look_for_repeats(rows, outcomes, category_order)
    payments, totals = defaultdict(int), defaultdict(int)
    for row, outcome in zip(rows, outcomes, strict=True):
        if outcome.fate == "paid":
            outcome.amount_fen = SUBSIDY_FEN
            payments[outcome.account_number] += SUBSIDY_FEN
            totals[row["county"]] += SUBSIDY_FEN
    shares = {
        county: shares_of(total, *(weights or {}).get(county, (1, 1)))
        for county, total in totals.items()
    }
    return Answer(outcomes, dict(payments), shares)


def heads_of(rows):
    """Household → the rows of its heads, one for each person."""
    heads = defaultdict(list)
    for row in rows:
        known = {head["person"] for head in heads[row["household"]]}
        if row["relationship"] == "户主" and row["person"] not in known:
            heads[row["household"]].append(row)
    return heads


def look_at(row, heads, names, gbk_banks):
    outcome = Outcome()
    look_at_identity(row, outcome)
    look_at_name(row, outcome)
    look_at_money(row, outcome)
    if len(heads) > 1:
        outcome.codes.add("R309")
    if row["category"] == "特困":
        look_at_support(row, outcome)
    choose_account(row, heads, gbk_banks, outcome)
    look_for_stranger(row, names, outcome)
    if row["category"] in NOT_ELIGIBLE:
        outcome.fate, outcome.codes = "skipped", {"R310"}
    elif row["category"] not in ELIGIBLE:
        outcome.codes.add("R301")
    if outcome.codes and outcome.fate == "paid":
        outcome.fate = "held"
    return outcome


def look_at_identity(row, outcome):
    number = row["id_number"]
    if row["merged_with_next"]:
        outcome.codes.add("F009")
    elif not number:
        outcome.codes.add("R101")
    elif row["id_as_number"]:
        outcome.codes.add("R104")
    elif re.fullmatch(r"\d{15}", number):
        outcome.warnings.add("R107")
        body = number[:6] + "19" + number[6:]
        look_at_full_number(body + mod_11_2.calc_check_digit(body), outcome)
    elif re.fullmatch(r"\d{17}[\dX]", number):
        look_at_full_number(number, outcome)
    else:
        outcome.codes.add("R102")


def look_at_full_number(number, outcome):
    outcome.person = number
    try:
        mod_11_2.validate(number)
    except ValidationError:
        outcome.codes.add("R103")
    try:
        born_on = dt.datetime.strptime(number[6:14], "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        outcome.codes.add("R105")
        return
    if born_on > CYCLE_ON:
        outcome.codes.add("R105")
    if born_on < CYCLE_ON.replace(year=CYCLE_ON.year - LONGEST_LIFE):
        outcome.warnings.add("R108")


def look_at_name(row, outcome):
    if not row["name"]:
        outcome.codes.add("R109")
    elif not re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff·•・]+", row["name"]):
        outcome.codes.add("R110")


def look_at_money(row, outcome):
    for cell in (row["amount"], row["household_amount"], row["supplement"], row["total"]):
        if not re.fullmatch(r"-?\d+(\.\d+)?", cell):
            outcome.codes.add("R302")
        elif re.fullmatch(r".*\.\d{3,}", cell):
            outcome.codes.add("R303")
        elif Fraction(cell) < 0:
            outcome.codes.add("R304")
    if not outcome.codes & {"R302", "R303", "R304"}:
        parts = Fraction(row["amount"]) + Fraction(row["supplement"])
        if parts != Fraction(row["total"]):
            outcome.codes.add("R306")


def look_at_support(row, outcome):
    if row["support_mode"] not in ("集中", "分散"):
        outcome.codes.add("R307")
    elif row["support_mode"] == "集中" and not row["institution_account"]:
        outcome.codes.add("R308")


def choose_account(row, heads, gbk_banks, outcome):
    """Institution, else the person's own, else the head's; and whether it is one at all."""
    bank, as_number = row["bank"], row["account_as_number"]
    if row["bank_as_error"]:
        outcome.codes.add("F010")
    if row["support_mode"] == "集中":
        outcome.payee_name = row["institution_name"]
        outcome.account_number = row["institution_account"]
        return
    outcome.account_number = row["account_number"]
    outcome.payee_name = row["account_name"] or row["head_name"]
    if not row["account_number"] and heads:
        head = heads[0]
        bank, as_number = head["bank"], head["account_as_number"]
        outcome.account_number = head["account_number"]
        outcome.payee_name = head["account_name"] or head["head_name"]
    look_at_account(outcome, as_number)
    if bank in gbk_banks and not can_be_gbk(outcome.payee_name):
        outcome.codes.add("R208")


def names_of(rows):
    """Household → the names of its people."""
    names = defaultdict(set)
    for row in rows:
        names[row["household"]] |= {row["name"], row["head_name"]}
    return names


def look_for_stranger(row, names, outcome):
    """An account bears the name of somebody in the household; nobody has registered another."""
    if row["support_mode"] == "集中" or not outcome.account_number:
        return
    if outcome.payee_name not in names:
        outcome.codes.add("R211")


def look_at_account(outcome, as_number):
    account = outcome.account_number
    if not account:
        outcome.codes.add("R201")
    elif not account.isdigit():
        outcome.codes.add("R202")
    elif as_number and len(account) > 15:
        outcome.codes.add("R203")
    elif account.startswith("62") and not luhn.is_valid(account):
        outcome.warnings.add("R204")


def can_be_gbk(text):
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def look_for_shared_accounts(rows, outcomes):
    homes = defaultdict(set)
    for row, outcome in zip(rows, outcomes, strict=True):
        if row["support_mode"] != "集中":
            homes[outcome.account_number].add(row["household"])
    for row, outcome in zip(rows, outcomes, strict=True):
        shared = len(homes[outcome.account_number]) > 1
        if outcome.account_number and row["support_mode"] != "集中" and shared:
            outcome.warnings.add("R206")


def look_for_repeats(rows, outcomes, category_order):
    """Pay a person once: the category that comes first stays, then the row that was read first."""
    same = defaultdict(list)
    for at, (row, outcome) in enumerate(zip(rows, outcomes, strict=True)):
        if outcome.fate == "paid":
            rank = category_order.index(ELIGIBLE[row["category"]])
            same[outcome.person].append((rank, at))
    for ranked in same.values():
        (kept, _), *dropped = sorted(ranked)
        for rank, at in dropped:
            outcomes[at].fate = "held"
            outcomes[at].codes.add("R401" if rank == kept else "R402")


def shares_of(total_fen, municipal, county):
    """Split 6:4, and the 40 % by weights: whole fen, largest remainder, ties to the first."""
    province, rest = largest_remainder(total_fen, [6, 4])
    of_city, of_county = largest_remainder(rest, [municipal, county])
    return {"province": province, "municipal": of_city, "county": of_county}


def largest_remainder(total_fen, weights):
    exact = [Fraction(total_fen * weight, sum(weights)) for weight in weights]
    shares = [int(part) for part in exact]
    remainders = [part - share for part, share in zip(exact, shares, strict=True)]
    for _ in range(total_fen - sum(shares)):
        first_largest = remainders.index(max(remainders))
        shares[first_largest] += 1
        remainders[first_largest] = Fraction(-1)
    return shares
