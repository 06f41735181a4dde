"""A month of dibao of a made-up county, against a count row by row of who is due what."""

from decimal import Decimal

from golden.books import Books, check_conserved
from golden.running import done, make_office, run

from sample_data.generate import (
    household_accounts,
    people,
    write_csv,
    write_households,
    write_persons,
)


def due_by_hand(truth, *, of_household):
    """Give person → fen: the row's own amount, or its part of the household's, the head first."""
    found = {}
    for _, rows in truth.groupby("household", sort=False):
        if not of_household:
            found |= {
                row["person"]: int(Decimal(row["amount"]) * 100) for _, row in rows.iterrows()
            }
            continue
        whole = int(Decimal(rows.iloc[0]["household_amount"]) * 100)
        each, left = divmod(whole, len(rows))
        order = sorted(range(len(rows)), key=lambda n: (rows.iloc[n]["relationship"] != "户主", n))
        for place, number in enumerate(order):
            found[rows.iloc[number]["person"]] = each + (place < left)
    return found


def test_a_county_in_three_shapes(tmp_path):
    everybody = people(600, 4200)
    homes = everybody["household"].to_numpy()
    parts = [everybody[homes % 3 == number] for number in range(3)]
    parts[1] = household_accounts(parts[1])
    title = "阳曲县2022年8月城乡低保人员花名册"
    write_persons(tmp_path / "1.xlsx", parts[0], title=title)
    write_households(tmp_path / "2.xlsx", parts[1], title=title)
    write_csv(tmp_path / "3.csv", parts[2])
    expected = {
        **due_by_hand(parts[0], of_household=False),
        **due_by_hand(parts[1], of_household=True),
        **due_by_hand(parts[2], of_household=False),
    }
    office = make_office(tmp_path / "office")
    paths = [tmp_path / name for name in ("1.xlsx", "2.xlsx", "3.csv")]
    told = done(office, paths, programme="dibao")
    assert told["rows"] == {"read": len(everybody), "paid": len(everybody), "held": 0, "skipped": 0}
    books = Books(told["output"])
    assert {row["id_number"]: int(row["amount_fen"]) for row in books.entitlements} == expected
    assert told["amount_fen"] == sum(expected.values())
    # Six tenths are the province's, per county; the rest is halved, the odd fen the city's.
    province = told["shares_fen"]["province"]
    assert abs(province * 10 - told["amount_fen"] * 6) <= 10
    check_conserved(told, office)
    again = run(office, paths[::-1], programme="dibao")
    assert again.json["repeated"]
    # The subsidy of the notice is another programme: the same people, 300 yuan each.
    subsidy = done(office, paths)
    assert subsidy["amount_fen"] == 30_000 * len(everybody)
