"""Policy: dated, cited parameters, and the categories of assistance. Law as data, none in code.

An office adds its own file, which it may copy from here and edit. Each block is one value of one
parameter; all of its keys but ``place`` and ``status`` are required::

    [[local.split]]
    place = "平定县"                         # leave out for the whole office
    since = 2022-01-01
    value = { municipal = 3, county = 7 }    # whole numbers; a tie goes to the first
    unit = "weights"
    reference = "阳泉市财政局 阳财社〔2022〕1号"
    status = "office"                        # may be left out; or "confirmed", "to be confirmed"

    [[one-time.categories]]
    since = 2022-07-19
    value = ["urban_dibao", "rural_dibao", "dibao_margin"]
    unit = "categories in order"             # the first of a person's categories is paid
    reference = "县政府会议纪要〔2022〕5号"

    [[category]]                             # more words for a category that is known …
    code = "rural_dibao"
    aliases = ["农低保"]

    [[category]]                             # … or a category of the office's own
    code = "veteran"
    zh = "困难退役军人"
    en = "veteran in hardship"

    [residence]                              # more words of the residence column
    rural = ["村民"]

The value that holds on a day is the one of the place before the one for all; of these, the newest
on or before the day; of two with the same date, the office's own. Whatever is not known is refused
by name, so that a slip of the pen cannot pass as policy.
"""

from relief_cli.policy.categories import Categories
from relief_cli.policy.parameters import TOPICS, Parameter, Policy, load
from relief_cli.policy.shares import Funding, Share, funding_at, shares_at

__all__ = [
    "TOPICS",
    "Categories",
    "Funding",
    "Parameter",
    "Policy",
    "Share",
    "funding_at",
    "load",
    "shares_at",
]
