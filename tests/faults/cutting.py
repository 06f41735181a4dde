"""A shared ledger on which a run is tried again and again, each time ended at another point."""

import sys
from pathlib import Path

from databases import Servers, copy_office
from golden.books import digests, recorded
from golden.running import SAMPLES, arguments_of, make_office, process, relief, run

from relief_cli.errors import ExitCode

ACTS = ("killed", "cut_off")
_ROSTERS = SAMPLES[:2]
_CUT = Path(__file__).with_name("cut.py")


class Shared:
    """An office without payments, one that paid without trouble, and the points between."""

    def __init__(self, server, folder, python=(sys.executable,)):
        self.server, self.folder = server, folder
        self.python = python
        Servers.running = server
        self.fresh = make_office(folder / "fresh")
        Servers.running = None
        self.whole = copy_office(self.fresh, folder / "whole")
        answer = self._disturbed(self.whole, "killed", 0)
        assert answer.code == ExitCode.HELD, answer.err
        self.count = int(answer.err.split()[-1])
        self.noticed = 0
        """How many runs have noticed what happened to them."""

    def verdict(self, act, at):
        """Give what is wrong after ``act`` at a point, in a line; nothing if it was survived."""
        office = copy_office(self.fresh, self.folder / f"{act}-{at}")
        answer = self._disturbed(office, act, at)
        if "Traceback" in answer.err:
            return "it ended with a traceback"
        if act == "cut_off":
            # Who is cut off between two transactions does not notice.
            if answer.code not in (ExitCode.USAGE, ExitCode.HELD):
                return f"it ended with {answer.code}"
            self.noticed += answer.code == ExitCode.USAGE
            if answer.code == ExitCode.USAGE and answer.json["error"]["code"] != "ledger-lost":
                return f"it said {answer.json['error']['code']}"
        else:
            self.noticed += answer.code < 0
        return self._difference(office)

    def _difference(self, office):
        """Run again; give what is not as in the office that had no trouble."""
        again = run(office, _ROSTERS)
        if again.code != ExitCode.HELD:
            return f"run again, it ended with {again.code}"
        if recorded(office) != recorded(self.whole):
            return "the books are other ones"
        found, expected = digests(office), digests(self.whole)
        differing = {name for name in found | expected if found.get(name) != expected.get(name)}
        if differing != {"relief.toml"}:  # the address is another
            return f"other files: {sorted(differing)}"
        if relief("--office", office, "audit").code:
            return "the audit finds something"
        return ""

    def _disturbed(self, office, act, at):
        """Run in a process of its own that something happens to; give its answer."""
        program = *self.python, "-c", _CUT.read_text("utf-8"), act, at
        command = arguments_of(office, _ROSTERS, program=program)
        to = f"host=127.0.0.1 port={self.server.port} user=relief dbname=postgres"
        return process(command, RELIEF_TEST_SERVER=to)
