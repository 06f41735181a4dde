"""What the database itself forbids: every table only grows, and what was decided stays decided.

The rules stand here once, in SQL that SQLite and PostgreSQL both understand; how a database is told
to hold them is its own: see :func:`in_sqlite` and :func:`in_postgresql`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from relief_cli.ledger import approval_schema, revisions
from relief_cli.ledger.columns import METADATA
from relief_cli.ledger.later_answers import MAY_HAVE_ARRIVED
from relief_cli.ledger.schema import ROWS_OF_BATCH


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Forbids a row that is about to be added."""

    name: str
    table: str
    where: str
    """A condition on ``NEW``, in lower case as PostgreSQL writes it; empty for every row."""
    forbids: str
    """What must not be so: SQL over ``NEW`` and the tables."""
    says: str
    """The database's own message; names no person."""
    unique: bool = False
    """Whether it stands for a uniqueness that an index cannot say."""


def _guards() -> list[Guard]:
    decided = (approval_schema.APPROVALS.name, approval_schema.REJECTIONS.name)
    return [
        # A further attempt is made only where the one before went with its rejected batch, or
        # failed; and where none before it may have arrived after all.
        Guard(
            name="attempts_after",
            table="attempts",
            where="new.attempt > 0",
            forbids=f"""NOT EXISTS (
        SELECT 1 FROM entitlements AS former
        WHERE former.occasion = NEW.occasion AND former.person = NEW.person
            AND former.move = NEW.move AND former.attempt = NEW.attempt - 1
            AND (
                former.batch IN (SELECT batch FROM rejections)
                OR former.payment IN (SELECT payment FROM failures)
            )
    ) OR EXISTS (
        SELECT 1 FROM entitlements AS former
        WHERE former.occasion = NEW.occasion AND former.person = NEW.person
            AND former.move = NEW.move AND former.attempt < NEW.attempt
            AND former.payment IN ({MAY_HAVE_ARRIVED})
    )""",  # noqa: S608  # a constant
            says="UNIQUE: attempts.person has an entitlement that stands",
            unique=True,
        ),
        # What is paid after a move is for months of which nothing else stands.
        Guard(
            name="attempts_apart",
            table="attempts",
            where="new.first_month is not null",
            forbids=f"""EXISTS (
        SELECT 1 FROM entitlements AS other
        JOIN grounds ON grounds.ground = other.batch * {ROWS_OF_BATCH} + other.ground
        WHERE other.occasion = NEW.occasion AND other.person = NEW.person
            AND other.move <> NEW.move
            AND other.batch NOT IN (SELECT batch FROM rejections)
            AND coalesce(
                grounds.first_month <= NEW.last_month AND NEW.first_month <= grounds.last_month,
                true
            )
    )""",  # noqa: S608  # a constant
            says="UNIQUE: attempts.person is paid for the month already",
            unique=True,
        ),
        # What is approved or rejected can be neither any more, and what went out cannot be
        # rejected.
        *(
            Guard(
                name=f"{table}_decided",
                table=table,
                where="",
                forbids="""EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
        OR EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch)""",
                says="the batch went out or was rejected",
            )
            for table in decided
        ),
        # What was rejected never goes out.
        Guard(
            name="files_of_rejected",
            table="files",
            where="",
            forbids="EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)",
            says="the batch was rejected",
        ),
        # What pays again goes out only while nothing says that the first money arrived after all.
        Guard(
            name="files_of_paid",
            table="files",
            where="",
            # Most batches pay nothing again: they are known by one row, and the rest is not asked.
            forbids=f"""EXISTS (
        SELECT 1 FROM batches WHERE batch = NEW.batch AND follows IS NOT NULL
    ) AND EXISTS (
        SELECT 1 FROM ({MAY_HAVE_ARRIVED}) AS arrived
        JOIN entitlements AS former ON former.payment = arrived.payment
        JOIN entitlements AS again ON again.occasion = former.occasion
            AND again.person = former.person AND again.move = former.move
            AND again.attempt > former.attempt
        WHERE again.batch = NEW.batch
    )""",  # noqa: S608  # a constant
            says="what the batch pays again may have arrived",
        ),
        # A bank answers only what went out.
        Guard(
            name="returns_of_sent",
            table="returns",
            where="",
            forbids="NOT EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch)",
            says="the batch did not go out",
        ),
    ]


_GROWS = "rows are only added"
MOVED_NAME = "events_moved"
MOVED_SAYS = "the ledger has moved into a shared database"
MOVED = f"""
CREATE TRIGGER IF NOT EXISTS {MOVED_NAME} BEFORE INSERT ON events
BEGIN SELECT RAISE(ABORT, '{MOVED_SAYS}'); END
"""
"""Closes a ledger in SQLite: whatever is added comes with an event."""


def in_sqlite() -> Mapping[str, str]:
    """Give the triggers of a ledger in SQLite: name → statement."""
    statements = {}
    for table in METADATA.sorted_tables:
        for action in ("UPDATE", "DELETE"):
            name = f"{table.name}_no_{action}"
            statements[name] = (
                f"CREATE TRIGGER {name} BEFORE {action} ON {table.name}\n"
                f"BEGIN SELECT RAISE(ABORT, '{_GROWS}'); END"
            )
    for guard in _guards():
        conditions = [guard.where, guard.forbids] if guard.where else [guard.forbids]
        when = " AND ".join(f"({condition})" for condition in conditions)
        statements[guard.name] = (
            f"CREATE TRIGGER {guard.name} BEFORE INSERT ON {guard.table}\n"
            f"WHEN {when}\n"
            f"BEGIN SELECT RAISE(ABORT, '{guard.says}'); END"
        )
    return statements


_PLACE = "{schema}"
"""Stands in the words of a trigger for the schema that it is made in."""
_READS = re.compile(r"\b(FROM|JOIN) (?=[a-z])")


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A trigger in PostgreSQL with the body of the function that it calls."""

    name: str
    table: str
    definition: str
    body: str
    """Of its function."""

    def statements(self, schema: str) -> tuple[str, ...]:
        """Give what makes it in ``schema``, quoted.

        Its function names every table with its schema and looks for anything else there too, so
        that no other table, temporary ones included, stands for one of the ledger. It fires in
        every session, also in those that were told to skip triggers, as those that apply a copy.
        """
        function = (
            f"CREATE FUNCTION {_PLACE}.{self.name}() RETURNS trigger LANGUAGE plpgsql"
            f" SET search_path = {_PLACE}, pg_temp AS $${self.body}$$"
        )
        always = f"ALTER TABLE {_PLACE}.{self.table} ENABLE ALWAYS TRIGGER {self.name}"
        made = function, self.definition, always
        return tuple(statement.replace(_PLACE, schema) for statement in made)


def in_postgresql() -> list[Trigger]:
    """Give the triggers of a ledger in PostgreSQL, each with a function of its name."""
    growing = [
        _trigger(
            f"{table.name}_grows_only",
            table.name,
            when="BEFORE DELETE OR UPDATE OR TRUNCATE",
            each="STATEMENT",
            body=f"BEGIN RAISE EXCEPTION '{_GROWS}' USING ERRCODE = '23000'; END",
        )
        for table in METADATA.sorted_tables
    ]
    return [*growing, _by_owner(), *map(_forbidding, _guards())]


def _by_owner() -> Trigger:
    """Let the ledger's owner alone say that its tables are those of a newer relief.

    Whoever else may add rows to every table could lock all desks out by one row.
    """
    return _trigger(
        "versions_by_owner",
        revisions.VERSIONS.name,
        when="BEFORE INSERT",
        each="STATEMENT",
        body="""BEGIN
    IF NOT pg_has_role((SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RAISE EXCEPTION 'only the owner of the ledger adds a version' USING ERRCODE = '42501';
    END IF;
    RETURN NULL;
END""",
    )


def _forbidding(guard: Guard) -> Trigger:
    code = "23505" if guard.unique else "23000"
    forbids = _READS.sub(rf"\1 {_PLACE}.", guard.forbids)
    return _trigger(
        guard.name,
        guard.table,
        when="BEFORE INSERT",
        each=f"ROW WHEN ({guard.where})" if guard.where else "ROW",
        body=f"""BEGIN
    IF {forbids} THEN
        RAISE EXCEPTION '{guard.says}' USING ERRCODE = '{code}', TABLE = '{guard.table}';
    END IF;
    RETURN NEW;
END""",
    )


def _trigger(name: str, table: str, *, when: str, each: str, body: str) -> Trigger:
    definition = (
        f"CREATE TRIGGER {name} {when} ON {_PLACE}.{table}"
        f" FOR EACH {each} EXECUTE FUNCTION {_PLACE}.{name}()"
    )
    return Trigger(name=name, table=table, definition=definition, body=body)
