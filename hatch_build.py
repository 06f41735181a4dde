"""Compiles the message catalogues (.po) into what gettext loads (.mo), at build time."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """Runs on every build, also an editable one."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Write the .mo file beside each .po file."""
        for source in Path(self.root, "relief_cli", "locale").rglob("*.po"):
            with source.open("rb") as catalogue:
                messages = read_po(catalogue)
            with source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, messages)
