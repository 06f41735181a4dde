"""What the server of reading processes loads before its first fork; see :mod:`server`."""

import gc

from relief_cli.roster import lean

# Nothing that is loaded here is ever given up.
gc.disable()
lean.keep_pandas_out()

from relief_cli.roster import reader  # noqa: E402  # Arrow must not find pandas on the way

__all__ = ["reader"]
