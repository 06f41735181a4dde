"""Every rule has its words, and a pair of rosters that show it."""

import re

import pytest
from rules import pairs, test_rule_excluded, test_rule_files

from relief_cli.checks.rules import _CATALOGUE, ERRORS, RULES, Severity

OF_FILES = {"F008", "F012", "R207", "R403"}
"""Shown, bad and good, by tests of their own in test_rule_files."""

OF_FOLLOW_UPS = {"R209", "R210", "R213", "R405"}
"""Shown, bad and good, in payouts/test_following and test_two_answers: only where payments have
failed."""

OF_HOUSEHOLDS = {"R312"}
"""Shown, bad and good, in payouts/test_dibao_months: another row is held beside it."""

OF_HEADS = {"R412"}
"""Shown, bad and good, in payouts/test_same_household: another row, or what was paid, decides."""

WARNINGS = {"F008", "F012", "R106", "R107", "R108", "R204", "R205", "R206", "R207", "R313", "R315",
            "R316", "R317", "R318", "R328"}  # fmt: skip
OF_THE_BOOKS = {"R212"}
"""Shown, bad and good, in payouts/test_accepting: what was paid last decides."""

OF_ENDS = {"R328", "R504"}
"""Shown, bad and good, in payouts/test_ends and test_taking_back: a stop or a list says it."""

OF_ARREARS = {"R324", "R325", "R326"}
"""Shown, bad and good, in payouts/test_arrears: no roster has them."""

OF_OTHERS = {"R323", "R406", "R407", "R408"}
"""Shown, bad and good, in payouts/test_other_programmes, test_temporary_aid and cases: what was
paid before decides."""

OF_TOP_UPS = {"R409", "R410", "R411"}
"""Shown, bad and good, in payouts/test_top_up: what was paid before decides."""

OF_PRICES = {"R319"}
"""Shown, bad and good, in golden/test_golden_price: it hangs on published indices."""

OF_BLANKS = {"R101", "R109", "R201", "R307"}
"""The bad example is an empty cell."""

NOTICES = {"R310", "R314", "R319", "R325", "R403", "R405", "R411"}


def test_every_rule_has_a_bad_and_a_good_roster():
    shown = {
        *pairs.PAIRS,
        *test_rule_files.REFUSED,
        *OF_FILES,
        *OF_FOLLOW_UPS,
        *OF_HOUSEHOLDS,
        *OF_HEADS,
        *OF_THE_BOOKS,
        *OF_ARREARS,
        *OF_ENDS,
        *OF_OTHERS,
        *OF_TOP_UPS,
        *OF_PRICES,
        test_rule_excluded.CODE,
    }
    assert set(test_rule_files.REFUSED) == set(test_rule_files.OPENED)
    assert shown == set(RULES)


def test_no_code_is_used_twice():
    assert len(_CATALOGUE) == len(RULES)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_its_words(code):
    rule = RULES[code]
    assert re.fullmatch(r"[FR][0-9]{3}", code)
    words = {rule.title, rule.why, rule.remedy}
    assert len(words) == 3
    assert "" not in words
    assert (rule.bad == "") == (code in OF_BLANKS)
    assert rule.good not in ("", rule.bad)


def test_no_two_rules_have_the_same_title_or_reason():
    assert len({rule.title for rule in RULES.values()}) == len(RULES)
    assert len({rule.why for rule in RULES.values()}) == len(RULES)


def test_severities_are_those_of_the_contract():
    found = {severity: set() for severity in Severity}
    for rule in RULES.values():
        found[rule.severity].add(rule.code)
    assert found[Severity.WARNING] == WARNINGS
    assert found[Severity.NOTICE] == NOTICES
    assert set(RULES) - WARNINGS - NOTICES == ERRORS


def test_refusing_rules_are_those_of_the_contract():
    refusing = {code for code, rule in RULES.items() if rule.refuses_file}
    assert refusing == set(test_rule_files.REFUSED)
    assert refusing == {"F001", "F002", "F003", "F004", "F005", "F006", "F011"}
