"""The tables of the first version.

It changes nothing: a new ledger is made from the declarations.
"""

revision = "0001"
down_revision = None
