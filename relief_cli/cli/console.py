"""A console that shows what is in a text, and obeys none of it."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from relief_cli.shown import visible


class SafeConsole(Console):
    """Writes out what a cell or a file's name holds for the terminal to obey."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Give the parts of what is shown, as :meth:`rich.console.Console.render`."""
        for part in super().render(renderable, options):
            yield part if part.control else part._replace(text=visible(part.text))
