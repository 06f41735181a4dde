"""Changes to the tables, oldest first; see :mod:`relief_cli.ledger.revisions`."""
