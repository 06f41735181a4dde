"""What the commands of backups answer."""

from typing import TYPE_CHECKING

from relief_cli.cli.render import Screen
from relief_cli.i18n import N_

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.ledger.database import Broken
    from relief_cli.ledger.roles import Roles
    from relief_cli.payouts import BackupOutcome, RestoreOutcome, ShareOutcome

_PRESENT = {
    "absent": N_("There is no ledger in place that could be compared with it."),
    "same": N_("The ledger in place has the same events."),
    "continued": N_("The ledger in place continues it: {further} events were added since."),
    "behind": N_("The ledger in place lacks events of the backup: it was cut off, or is older."),
    "other": N_("The ledger in place is another one: its events are not those of the backup."),
    "damaged": N_("The ledger in place is damaged: it cannot be compared."),
}


class BackupAnswers(Screen):
    """A screen that knows what is told of backups."""

    def backup(self, outcome: "BackupOutcome") -> None:
        """Tell where a backup is, and what must be kept of it."""
        if self.json:
            self.answer(outcome.as_json())
            return
        self.tell(N_("Backup: {path}"), path=outcome.path)
        self.tell(
            N_("It holds {events} events and {batches} batches. Head of the chain: {head}"),
            events=outcome.events,
            batches=outcome.batches,
            head=self._head(outcome.head),
        )
        self.tell(N_("Keep it on another disk, and the head on paper."))
        if not outcome.encrypted:
            self.tell(N_("It is not encrypted and names everybody paid: see --encrypt-to."))

    def restore(self, outcome: "RestoreOutcome") -> None:
        """Tell whether a backup is sound, how the books in place stand to it, what was put back."""
        if self.json:
            self.answer(outcome.as_json())
            return
        self.tell(
            N_("{events} events and {batches} batches of the backup were verified."),
            events=outcome.events,
            batches=outcome.batches,
        )
        if outcome.broken:
            self._broken(outcome.broken)
            self.tell(N_("Its books are broken; nothing was put back. Use another backup."))
        else:
            head = self._head(outcome.head)
            self.tell(N_("The books are sound. Head of the chain: {head}"), head=head)
        if outcome.restored:
            self.tell(N_("The backup was put back in {folder}"), folder=outcome.restored)
            self.tell(N_("Nothing is paid before you give the last head on paper:"))
            self.tell(N_("Next: relief audit --head HEAD"))
        else:
            self.tell(_PRESENT[outcome.present], further=outcome.further)

    def shared(self, outcome: "ShareOutcome") -> None:
        """Tell where the ledger is now, and what to do on the other computers."""
        if self.json:
            self.answer(outcome.as_json())
            return
        if outcome.broken:
            self._broken(outcome.broken)
            self.tell(N_("The books are broken; nothing was moved."))
            return
        self.tell(
            N_("{events} events and {batches} batches are now in {address}"),
            events=outcome.events,
            batches=outcome.batches,
            address=outcome.address,
        )
        self.tell(N_("Head of the chain: {head}"), head=self._head(outcome.head))
        self.tell(N_("The former ledger is kept, and closed: {path}"), path=outcome.kept)
        self.tell(N_("Next: relief share --roles gives each desk its rights; see docs/shared.md."))

    def roles(self, roles: "Roles") -> None:
        """Print the SQL as a file of it would be."""
        sql = roles.sql(self.say)
        if not self.json:
            self.document(sql)
            return
        self.answer(
            {
                "database": roles.place.database,
                "schema": roles.place.schema,
                "owner": roles.place.owner,
                "clerk": roles.clerk,
                "auditor": roles.auditor,
                "sql": sql,
            }
        )

    def _head(self, digest: str) -> str:
        from relief_cli.ledger.events import short_head

        return short_head(digest) or "–"

    def _broken(self, broken: "tuple[Broken, ...]") -> None:
        table = self.table(N_("broken record"), N_("problem"))
        for record, what in broken:
            table.add_row(record, self.say(what))
        self.show(table)
