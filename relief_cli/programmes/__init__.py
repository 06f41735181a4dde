"""Programmes: who is due how much, with the reason and the citation. Pure functions of tables."""
