"""What a revision does, statement by statement, in the files beside it.

They are kept as they were on the day of the revision: a ledger of any age must become what a new
one is, and the declarations of tables in the program go on changing.
"""

from pathlib import Path

import sqlalchemy as sa

_VERSIONS = Path(__file__).with_name("versions")
_BETWEEN = "\n--\n"


def carry_out(revision: str, connection: sa.Connection) -> None:
    """Carry out what ``revision`` says to the database; where it says nothing, nothing changes.

    ``{schema}`` stands for the schema that the ledger is in.
    """
    name = connection.dialect.name
    path = _VERSIONS / f"{revision}.{name}.sql"
    if not path.exists():
        return
    text = path.read_text("utf-8").rstrip("\n")
    if name == "postgresql":
        schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
        text = text.replace("{schema}", schema)
    for statement in text.split(_BETWEEN):
        connection.exec_driver_sql(statement)
