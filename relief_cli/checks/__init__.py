"""Checks: a roster, and what the ledger already knows, in; coded findings out."""
