"""The computer's memory as a place for files: waiting for the disk takes longer than the tests."""

import shutil
from pathlib import Path

_PLACE = Path("/dev/shm")  # noqa: S108  # a folder of each run below it
_ROOM = 4 << 30
"""Bytes that must be free: a database of PostgreSQL takes 8 million, and each test has one."""


def folder():
    """Give the folder that lies in memory; nothing where there is none, or too little room."""
    return _PLACE if _PLACE.is_dir() and shutil.disk_usage(_PLACE).free > _ROOM else None
