"""One identity number: GB 11643-1999 (check digit: ISO 7064 MOD 11-2)."""

import re

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
"""The check character, by the weighted sum of the 17 digits modulo 11."""
_SHAPE = re.compile("[0-9]{17}[0-9X]|[0-9]{15}")
_OLD_LENGTH = 15


def canonical(number: str) -> str | None:
    """Give the 18-character form of a number; ``None`` where it is malformed or mistyped.

    A number of 15 digits was issued to somebody born in 19xx. Columns: :mod:`.identity`.

    >>> canonical("140122198001010018"), canonical("140122800101001")
    ('140122198001010018', '140122198001010018')
    >>> canonical("140122198001010019"), canonical("1401")
    (None, None)
    """
    if not _SHAPE.fullmatch(number):
        return None
    body = f"{number[:6]}19{number[6:]}" if len(number) == _OLD_LENGTH else number[:-1]
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    whole = body + CHECKS[total % 11]
    return whole if len(number) == _OLD_LENGTH or number == whole else None
