"""What the server of reading processes loads before its first fork; see :mod:`server`."""

import atexit
import gc
import os
import shutil

from relief_cli.roster import lean, server

# Nothing that is loaded here is ever given up.
gc.disable()
lean.keep_pandas_out()

from relief_cli.roster import reader  # noqa: E402  # Arrow must not find pandas on the way

# The server ends when who started it is gone, however that ended. The folder of its socket would
# stay. A reading process ends without this.
if folder := os.environ.get(server.FOLDER):
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

__all__ = ["reader"]
