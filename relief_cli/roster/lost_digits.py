"""Numbers that lost their last digits in a spreadsheet program, and were made text afterwards.

A cell that holds a number keeps 15 digits of it; whatever follows becomes zeros. When such a column
is saved as CSV, or turned into text by 分列 or TEXT(), nothing but the zeros shows it.
"""

import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.roster.person_number import canonical

_ID = "^[0-9]{15}000$"
_ACCOUNT = "^[0-9]{15}00+$"
_SHORT = 16
_LEAST_SHARE = 0.02
"""Of IDs, one in some hundred ends in 000 by right."""
_LEAST_SHORT = 4
_MOST = 0.9
"""Every tenth account of 16 digits ends in 0 by right; of four hardly all do."""


def lost_ids(column: pa.Array) -> pa.Array:
    """Say which IDs of a sheet's column end in 000, where the column shows that it lost digits.

    It does where one of them has a wrong check character, or where so many end in 000 as do not by
    chance.

    Args:
        column: cleaned numbers, missing as null.
    """
    ends = _matches(column, "000", _ID)
    count = _count(ends)
    if not count:
        return ends
    several = count > max(1, _LEAST_SHARE * (len(column) - column.null_count))
    if several or any(canonical(text) is None for text in column.filter(ends).to_pylist()):
        return ends
    return pa.repeat(pa.scalar(value=False), len(column))


def lost_accounts(column: pa.Array) -> pa.Array:
    """Say which accounts of a sheet's column are nothing but zeros from the 16th digit on.

    One zero alone says nothing, unless nearly all accounts of 16 digits in the column have it.

    Args:
        column: cleaned numbers, missing as null.
    """
    lost = _matches(column, "00", _ACCOUNT)
    short = pc.fill_null(pc.equal(pc.binary_length(column), _SHORT), fill_value=False)
    ending = pc.and_(short, pc.fill_null(pc.ends_with(column, "0"), fill_value=False))
    if _count(ending) >= max(_LEAST_SHORT, _MOST * _count(short)):
        return pc.or_(lost, ending)
    return lost


def _matches(column: pa.Array, end: str, pattern: str) -> pa.Array:
    """Say which texts match; what does not end so is not looked at twice."""
    found = pc.fill_null(pc.ends_with(column, end), fill_value=False)
    if not _count(found):
        return found
    return pc.fill_null(pc.match_substring_regex(column, pattern), fill_value=False)


def _count(mask: pa.Array) -> int:
    return int(pc.sum(mask).as_py() or 0)
