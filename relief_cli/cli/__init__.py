"""The command line: parse, one call, render, exit code."""

from relief_cli.cli.app import main

__all__ = ["main"]
