"""Made-up people who may be found in the office's files alone, and how they are looked for."""

import re

from sample_data import generate

LONGEST_PART = 11  # digits in a row that may be shown of a number: nobody is found by them
NAME = "雎鸠"
"""Stands in every canary's name and in no text of relief."""
NAMES = ("name", "head_name", "account_name")
NUMBERS = ("id_number", "person", "head_id_number", "account_number", "institution_account")
_RUN = LONGEST_PART + 1


def canaries(count, seed):
    """Give made-up people whose names are canaries too."""
    truth = generate.people(count, seed)
    for column in NAMES:
        truth[column] = [f"{NAME}{name[-2:]}" if name else name for name in truth[column]]
    return truth


def secrets_of(rows):
    """Give the numbers of people, whole and without the century and the check character."""
    secrets = {text for name in NUMBERS for text in rows[name] if len(text) > LONGEST_PART}
    return secrets | {number[:6] + number[8:17] for number in rows["person"]}


def parts_of(secrets):
    """Give every run of characters of a number that is too long to be shown."""
    return {text[start : start + _RUN] for text in secrets for start in range(len(text) - _RUN + 1)}


def shown_of(text, parts):
    """Give what ``text`` shows of numbers that it must not show."""
    runs = re.findall(rf"[0-9Xx]{{{_RUN},}}", text)
    return {
        run[start : start + _RUN]
        for run in runs
        for start in range(len(run) - _RUN + 1)
        if run[start : start + _RUN] in parts
    }


def sung(text, parts):
    """Give the canaries in ``text``, by number or by name."""
    return shown_of(text, parts) | ({NAME} if NAME in text else set())


def sung_in_bytes(content, parts):
    """Give the canaries in bytes that may be text of any encoding, or none."""
    return set().union(*(sung(content.decode(kind, "replace"), parts) for kind in
                         ("utf-8", "gb18030", "utf-16-le")))  # fmt: skip
