"""A process beside this one, which makes the large files of a batch while this one records it."""

import importlib
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from relief_cli.roster import lean, server
from relief_cli.roster.child import settle

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

Common = TypeVar("Common")
Task = TypeVar("Task")
Made = TypeVar("Made")

_CLAIM_BYTES = 4
_NO_MORE = -1


@dataclass(frozen=True)
class _Started:
    """The process, and what leads to it."""

    process: "ForkServerProcess"
    pipe: Connection
    claims: Connection
    """Numbers of tasks: whoever reads one has taken that task, here or there."""
    offers: Connection
    """The other end, into which the numbers are written."""

    def end(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.join()
        self.process.close()
        for connection in (self.pipe, self.claims, self.offers):
            connection.close()


class Beside:
    """Work to be done beside; before :meth:`start`, and for a process that died, it is done here.

    The process loads its libraries as soon as it is started, so that it is ready when work comes.
    Work and results go through a pipe in the thread that asks: another one would wait for the
    interpreter as long as rows are being recorded.
    """

    def __init__(self) -> None:
        self._started: _Started | None = None

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        if self._started is not None:
            self._started.end()
            self._started = None

    def start(self, *modules: str) -> None:
        """Start the process, and return at once.

        Args:
            modules: what it loads before the first work comes.
        """
        server.warm_up()
        pipe, far_end = server.CONTEXT.Pipe()
        claims, offers = server.CONTEXT.Pipe(duplex=False)
        process = server.CONTEXT.Process(target=_work, args=(far_end, claims, modules), daemon=True)
        try:
            with server.clean_start():
                process.start()
        except OSError:  # no more processes are allowed: the work is done here
            for connection in (pipe, claims, offers):
                connection.close()
            return
        finally:
            far_end.close()
        self._started = _Started(process, pipe, claims, offers)

    def share(
        self, function: Callable[[Common, Task], Made], common: Common, tasks: Sequence[Task]
    ) -> Callable[[], list[Made]]:
        """Begin ``function(common, task)`` for each task, and give what waits for the results.

        The process takes one task after the other, in their order. Whoever waits takes those that
        are left, so that both come to the end at about the same time.

        Args:
            function: of an importable module. It may be called again for a task that the process
                had begun, or done, when it died. What it raises is raised by the wait for the
                results.
            common: its first argument.
            tasks: its second arguments; all arguments can be pickled.
        """
        started = self._begun((function, common, tasks), len(tasks))

        def wait() -> list[Made]:
            made = {}
            if started is not None:
                made = _taken(started.claims, function, common, tasks)
                made |= _received(started.pipe)
            # Without a process all of them are missing; if it was ended for want of memory, or the
            # function raised something, those that it took.
            return [
                made[number] if number in made else function(common, task)
                for number, task in enumerate(tasks)
            ]

        return wait

    def _begun(self, work: object, count: int) -> _Started | None:
        """Give the process that has got the work; None where there is none."""
        started = self._started
        if started is None:
            return None
        # Columns go as they lie in memory, uncopied.
        columns: list[pickle.PickleBuffer] = []
        frame = pickle.dumps(work, protocol=5, buffer_callback=columns.append)
        try:
            started.pipe.send((frame, len(columns)))
            for column in columns:
                started.pipe.send_bytes(column.raw())
        except OSError:
            return None
        numbers = [*range(count), _NO_MORE, _NO_MORE]  # each of two who take comes to an end
        claims = (number.to_bytes(_CLAIM_BYTES, "little", signed=True) for number in numbers)
        os.write(started.offers.fileno(), b"".join(claims))
        return started


def _received(pipe: Connection) -> dict[int, Any]:
    try:
        made: dict[int, Any] = pickle.loads(pipe.recv_bytes())  # noqa: S301  # our own process
    except (EOFError, OSError):
        return {}
    return made


def _taken(
    claims: Connection,
    function: Callable[[Common, Task], Made],
    common: Common,
    tasks: Sequence[Task],
) -> dict[int, Made]:
    """Do tasks that nobody has taken, until none is left; give the results by their numbers."""
    return {number: function(common, tasks[number]) for number in _numbers(claims)}


def _numbers(claims: Connection) -> Iterator[int]:
    while True:
        # A pipe gives a few bytes whole, and to one reader only.
        claim = os.read(claims.fileno(), _CLAIM_BYTES)
        number = int.from_bytes(claim, "little", signed=True)
        if not claim or number == _NO_MORE:
            return
        yield number


def _work(pipe: Connection, claims: Connection, modules: Sequence[str]) -> None:
    """Do what comes through ``pipe``, without a word, and never outlive the parent."""
    settle()
    lean.let_pandas_in()
    for name in modules:
        importlib.import_module(name)
    while True:
        frame, count = pipe.recv()
        columns = [pipe.recv_bytes() for _ in range(count)]
        function, common, tasks = pickle.loads(frame, buffers=columns)  # noqa: S301  # our own parent
        made = _taken(claims, function, common, tasks)
        pipe.send_bytes(pickle.dumps(made, protocol=5))
