"""The programmes by name."""

from collections.abc import Mapping

from relief_cli.programmes.dibao import Dibao
from relief_cli.programmes.one_time import OneTime
from relief_cli.programmes.price import Price
from relief_cli.programmes.tekun import Tekun
from relief_cli.programmes.temporary import Temporary
from relief_cli.programmes.terms import Programme

_ALL: tuple[Programme, ...] = (
    OneTime(),
    Dibao(),
    Tekun(),
    Price(),
    Temporary(),
    OneTime("voucher"),
)
PROGRAMMES: Mapping[str, Programme] = {one.name: one for one in _ALL}
"""In the order of :data:`relief_cli.programmes.deadlines.NAMES`."""
