"""relief pays social assistance in batches: rosters in, bank files out, every fen accounted for."""

__version__ = "0.1.0"
