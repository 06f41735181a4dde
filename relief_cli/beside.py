"""A process beside this one, which makes the large files of a batch while this one records it."""

import importlib
import pickle
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

from relief_cli.roster import lean, server
from relief_cli.roster.child import settle

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Beside:
    """Work to be done beside; before :meth:`start`, and for a process that died, it is done here.

    The process loads its libraries as soon as it is started, so that it is ready when work comes.
    Work and results go through a pipe in this very thread: another thread would wait for the
    interpreter as long as rows are being recorded.
    """

    def __init__(self) -> None:
        self._process: ForkServerProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process, whatever it does."""
        if self._process is not None and self._pipe is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._pipe.close()
            self._process = self._pipe = None

    def start(self, *modules: str) -> None:
        """Start the process, and return at once.

        Args:
            modules: what it loads before the first work comes.
        """
        server.warm_up()
        pipe, far_end = server.CONTEXT.Pipe()
        process = server.CONTEXT.Process(target=_work, args=(far_end, modules), daemon=True)
        try:
            with server.clean_start():
                process.start()
        except OSError:  # no more processes are allowed: the work is done here
            pipe.close()
            return
        finally:
            far_end.close()
        self._pipe, self._process = pipe, process

    def do(
        self, function: Callable[Given, Made], *arguments: Given.args, **named: Given.kwargs
    ) -> Callable[[], Made]:
        """Begin ``function``, which only computes, and give what waits for its result.

        Args:
            function: a function of an importable module; all arguments can be pickled. What it
                raises is raised by the wait for its result.
            arguments: its arguments.
            named: its arguments by name.
        """

        def here() -> Made:
            return function(*arguments, **named)

        pipe = self._pipe
        if pipe is None:
            return here
        try:
            pipe.send_bytes(pickle.dumps((function, arguments, named), protocol=5))
        except OSError:
            return here

        def there() -> Made:
            try:
                made: Made = pickle.loads(pipe.recv_bytes())  # noqa: S301  # our own process
            except (EOFError, OSError):
                # It raised something, or the system ended it for want of memory.
                return here()
            return made

        return there


def _work(pipe: Connection, modules: Sequence[str]) -> None:
    """Do what comes through ``pipe``, without a word, and never outlive the parent."""
    settle()
    lean.let_pandas_in()
    for name in modules:
        importlib.import_module(name)
    while True:
        function, arguments, named = pickle.loads(pipe.recv_bytes())  # noqa: S301  # our own parent
        pipe.send_bytes(pickle.dumps(function(*arguments, **named), protocol=5))
