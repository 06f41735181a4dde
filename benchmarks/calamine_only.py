"""The floor of reading: ``python benchmarks/calamine_only.py ROSTER…`` takes every cell in."""

import sys

from python_calamine import CalamineWorkbook


def main() -> None:
    """Read all cells of all sheets, and do nothing with them."""
    rows = 0
    for path in sys.argv[1:]:
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            rows += len(book.get_sheet_by_name(name).to_python())
    sys.stdout.write(f"{rows}\n")


if __name__ == "__main__":
    main()
