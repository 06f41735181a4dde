"""How Alembic is run: on the connection that it is given, in its transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite can take back a change to tables too; the driver's caution is of older days.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
