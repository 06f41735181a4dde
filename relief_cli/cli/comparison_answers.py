"""What comparisons of rosters answer; nobody is named in full."""

from typing import TYPE_CHECKING

from relief_cli.cli.render import Screen
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.payouts import CompareOutcome, DiffOutcome, ScreenOutcome
    from relief_cli.payouts.diffing import SideFigures

VERDICTS = {
    "held": N_("would be held"),
    "warned": N_("to be looked into"),
    "possible": N_("possibly the same person"),
}
"""What follows from standing on a list."""


class ComparisonAnswers(Screen):
    """A screen that knows what changed, and who stands on lists."""

    def changes(self, outcome: "DiffOutcome") -> None:
        """Show what changed between two rosters."""
        if self.json:
            self.answer(outcome.as_json())
            return
        self._sides(outcome)
        self._what_changed(outcome)
        for side, name in ((outcome.old, N_("old")), (outcome.new, N_("new"))):
            self._doubts(side, self.say(name))
        if outcome.changed["account"]:
            self._accounts(outcome)
        self.tell(N_("All of it, side by side: {path}"), path=outcome.report)

    def _sides(self, outcome: "DiffOutcome") -> None:
        from relief_cli.money import format_yuan

        table = self.table(N_("roster"), N_("rows"), N_("persons"), N_("amount (yuan)"))
        for side, name in ((outcome.old, N_("old")), (outcome.new, N_("new"))):
            fen = "" if side.amount_fen is None else format_yuan(side.amount_fen)
            table.add_row(self.say(name), f"{side.rows:,}", f"{side.persons:,}", fen)
        self.show(table)

    def _what_changed(self, outcome: "DiffOutcome") -> None:
        from relief_cli.money import format_yuan
        from relief_cli.reports.changed import FIELDS

        table = self.table(N_("change"), N_("persons"), N_("amount (yuan)"))
        old, new = outcome.old.amount_fen is not None, outcome.new.amount_fen is not None
        for name, count, fen, known in (
            (N_("joined"), outcome.joined, outcome.joined_fen, new),
            (N_("left"), outcome.left, -outcome.left_fen, old),
            (N_("amount raised"), *outcome.raised, old and new),
            (N_("amount lowered"), outcome.lowered[0], -outcome.lowered[1], old and new),
        ):
            table.add_row(self.say(name), f"{count:,}", format_yuan(fen) if known else "")
        for name, count in outcome.changed.items():
            if count and name != "amount":
                table.add_row(self.say(FIELDS[name]), f"{count:,}", "")
        self.show(table)
        if outcome.uncompared:
            self.tell(
                N_("Not compared, for only one of the rosters has the column: {fields}"),
                fields=self.say(N_(", ")).join(self.say(FIELDS[n]) for n in outcome.uncompared),
            )

    def _doubts(self, side: "SideFigures", name: str) -> None:
        """Tell of rows that could be held against nobody, or twice."""
        for count, message in (
            (side.unmatched, N_("{side}: {count} rows without a usable ID were not compared.")),
            (side.repeated, N_("{side}: {count} further rows of people who stand there twice.")),
            (side.unreadable_amounts, N_("{side}: {count} rows with amounts that cannot be read.")),
        ):
            if count:
                self.tell(message, side=name, count=f"{count:,}")

    def _accounts(self, outcome: "DiffOutcome") -> None:
        self.tell(
            N_("WARNING: the accounts of {count} people changed. Confirm each with the household."),
            count=f"{outcome.changed['account']:,}",
        )
        table = self.table(
            N_("person"), N_("old account"), N_("new account"), N_("place in the new roster")
        )
        for name, person, old, new, place in outcome.shown:
            table.add_row(f"{name} {person}", old, new, place)
        self.show(table)

    def compared(self, outcome: "CompareOutcome") -> None:
        """Show who stands on a list."""
        if self.json:
            self.answer(outcome.as_json())
            return
        title = outcome.title["zh" if self.language == "zh" else "en"]
        self.tell(
            N_("{rows} people's rows against {list_rows} of the list: {title}."),
            rows=f"{outcome.rows:,}",
            list_rows=f"{outcome.list_rows:,}",
            title=title,
        )
        table = self.table(N_("result"), N_("rows"))
        for name, count in (
            (N_("on the list"), outcome.matched),
            (N_("… would be held"), outcome.held),
            (N_("… to be looked into"), outcome.warned),
            (N_("… due all the same: it happened later"), outcome.later),
            (N_("… with another name in the list"), outcome.name_differs),
            (N_("possibly the same person, by name and almost the number"), outcome.possible),
        ):
            table.add_row(self.say(name), f"{count:,}")
        self.show(table)
        self._listed(outcome)
        if outcome.list_unusable:
            self.tell(
                N_("{count} rows of the list have no whole ID; nobody can be found by them."),
                count=f"{outcome.list_unusable:,}",
            )
        self.tell(N_("All of it, with reasons: {path}"), path=outcome.report)

    def _listed(self, outcome: "CompareOutcome") -> None:
        if not outcome.shown:
            return
        table = self.table(
            N_("person"),
            N_("place in the roster"),
            N_("place in the list"),
            N_("name in the list"),
            N_("result"),
        )
        for name, person, place, there, other, verdict in outcome.shown:
            table.add_row(f"{name} {person}", place, there, other, self.say(VERDICTS[verdict]))
        self.show(table)

    def screened(self, outcome: "ScreenOutcome") -> None:
        """Show who should be on a roster."""
        if self.json:
            self.answer(outcome.as_json())
            return
        table = self.table(N_("criterion"), N_("persons"))
        for code, count in outcome.found.items():
            table.add_row(self._criterion(outcome, code), f"{count:,}")
        table.add_row(
            self.say(N_("meets one if the kind of disability is the right one")),
            f"{outcome.unclear:,}",
        )
        table.add_row(
            self.say(N_("on a roster that says another grade")), f"{outcome.grade_differs:,}"
        )
        self.show(table)
        for code in outcome.unchecked:
            self.tell(
                N_("Not checked, no roster of such families was given: {criterion}"),
                criterion=self._criterion(outcome, code),
            )
        self._missing(outcome)
        if outcome.unreadable:
            self.tell(
                N_("{count} rows of the list were not used: the ID or the disability is unclear."),
                count=f"{outcome.unreadable:,}",
            )
        self.tell(N_("For the townships, with all of them: {path}"), path=outcome.report)

    def _criterion(self, outcome: "ScreenOutcome", code: str) -> str:
        return outcome.titles[code]["zh" if self.language == "zh" else "en"]

    def _missing(self, outcome: "ScreenOutcome") -> None:
        if not outcome.shown:
            return
        table = self.table(
            N_("criterion"), N_("person"), N_("disability"), N_("township"), N_("place in the list")
        )
        for code, name, person, disability, township, place in outcome.shown:
            who = f"{name} {person}"
            table.add_row(self._criterion(outcome, code), who, disability, township, place)
        self.show(table)
