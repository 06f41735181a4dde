"""Lets the program be started as ``python -m relief_cli``."""

from relief_cli.cli import main

if __name__ == "__main__":
    main()
