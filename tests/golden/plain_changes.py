"""What changed between two tables of the truth, a row at a time: the oracle of `relief diff`."""

from collections import Counter

from stdnum.cn import ric

COMPARED = ("account", "name", "category", "township", "village")


def key_of(cell):
    """Give the 18 characters that a cell means, None where it means nobody."""
    text = str(cell).strip().upper()
    if len(text) == 15 and text.isdigit():
        body = f"{text[:6]}19{text[6:]}"
        return body + ric.calc_check_digit(f"{body}0")
    if len(text) == 18 and text[:17].isdigit() and (text[17].isdigit() or text[17] == "X"):
        return text
    return None


def persons_of(truth):
    """Give number → what is said of the person, and the fen of rows that are nobody's."""
    heads = {}
    for row in truth.to_dict("records"):
        if row["member"] == 0:
            heads.setdefault(row["household"], row)
    persons, nobody, again = {}, 0, Counter()
    for row in truth.to_dict("records"):
        fen = int(row["amount"]) * 100 if str(row["amount"]).isdigit() else 0
        key = None if row["id_as_number"] else key_of(row["id_number"])
        if key is None:
            nobody += fen
            again["nobody"] += 1
            continue
        head = heads.get(row["household"], row)
        said = {
            "account": row["account_number"] or head["account_number"],
            **{name: row[name] for name in COMPARED[1:]},
        }
        if key in persons:
            again["repeated"] += 1
            persons[key]["fen"] += fen
            for name in COMPARED:
                persons[key][name] |= {said[name]} - {""}
        else:
            persons[key] = {"fen": fen, **{name: {said[name]} - {""} for name in COMPARED}}
    return persons, nobody, again


def plain_changes(old, new):
    """Give the figures that the command must answer."""
    before, nobody_before, again_before = persons_of(old)
    after, nobody_after, again_after = persons_of(new)
    both = [key for key in after if key in before]
    figures = {
        "joined": len(after.keys() - before.keys()),
        "left": len(before.keys() - after.keys()),
        "joined_fen": sum(one["fen"] for key, one in after.items() if key not in before),
        "left_fen": sum(one["fen"] for key, one in before.items() if key not in after),
        "unmatched": again_before["nobody"] + again_after["nobody"],
        "repeated": again_before["repeated"] + again_after["repeated"],
        "old_fen": sum(one["fen"] for one in before.values()) + nobody_before,
        "new_fen": sum(one["fen"] for one in after.values()) + nobody_after,
    }
    changed = {
        name: sum(before[key][name] != after[key][name] for key in both) for name in COMPARED
    }
    changed["amount"] = sum(before[key]["fen"] != after[key]["fen"] for key in both)
    return figures, changed
