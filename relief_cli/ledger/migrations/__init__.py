"""Changes to the tables of ledgers that offices have, see :mod:`relief_cli.ledger.migrating`."""
