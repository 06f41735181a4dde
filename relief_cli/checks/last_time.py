"""Where people were last paid."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from relief_cli.arrow import is_among, mask, texts

Mask = npt.NDArray[np.bool_]

LAST_ACCOUNTS = dict.fromkeys(("person", "account_number", "other_holder"), "str")
"""Where people were last paid; ``other_holder``: the account's name where it is not their own."""
LAST_HOLDERS = dict.fromkeys(("person", "payee_name"), "str")
"""The names of these accounts."""


class Last:
    """Where the people of a roster were last paid; looked up once."""

    def __init__(self, people: pd.DataFrame, accounts: pd.DataFrame) -> None:
        """Look them up.

        Args:
            people: the roster's.
            accounts: :data:`LAST_ACCOUNTS`.
        """
        place = pc.index_in(texts(people["person"]), value_set=texts(accounts["person"]))
        self._people = people
        self._holder = pc.coalesce(
            texts(accounts["other_holder"]).take(place), texts(people["name"])
        )
        self.account = texts(accounts["account_number"]).take(place)
        """The account of each row's person, missing where there was none."""
        same = mask(pc.equal(self.account, texts(people["payee_account"])))
        self._same = same
        self.moved: Mask = mask(self.account.is_valid()) & ~same
        """Who has another account now."""

    def asked(self, shared: Sequence[str]) -> pd.DataFrame:
        """Give ``person`` and ``account_number`` of the accounts that the books are asked about.

        Those into which somebody has not been paid before, under that name, and those of which it
        was told before that several share them.

        Args:
            shared: accounts.
        """
        people = self._people
        account = people["payee_account"]
        new = ~(self._same & mask(pc.equal(self._holder, texts(people["payee_name"]))))
        if shared:
            new |= is_among(account, shared)
        pairs = people.loc[new & account.notna().to_numpy(), ["person", "payee_account"]]
        return pairs.rename(columns={"payee_account": "account_number"})

    @property
    def movers(self) -> pd.Series:
        """The persons who have another account now."""
        persons: pd.Series = self._people["person"][self.moved]
        return persons
