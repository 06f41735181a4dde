"""The floor of comparing: ``python benchmarks/reading.py OLD… -- NEW…`` reads two rosters.

With the program's own reader, both sides at once, and does nothing with them.
"""

import sys
from pathlib import Path

from relief_cli.roster import server
from relief_cli.roster.gather import Options, gather
from relief_cli.roster.listed import read_list
from relief_cli.roster.read import read


def main() -> None:
    """Read both sides; after ``--list`` instead of ``--`` the second is a list."""
    server.warm_up()
    lists = "--list" in sys.argv
    at = sys.argv.index("--list" if lists else "--")
    old = gather([Path(name) for name in sys.argv[1:at]], Options())
    new = gather([Path(name) for name in sys.argv[at + 1 :]], Options(lists=lists))
    one, other = read(old), read_list(new) if lists else read(new)
    rows = len(one.people) + len(other.rows if lists else other.people)
    sys.stdout.write(f"{rows}\n")


if __name__ == "__main__":
    main()
