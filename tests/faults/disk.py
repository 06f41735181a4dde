"""What a folder holds, and what of it would be left if the power were lost at this moment."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def tree(folder, *but):
    """Give path → (mode, digest of the bytes) of all that is in ``folder``; but for some names."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.name not in but:
            content = b"" if path.is_dir() else path.read_bytes()
            mode = stat.filemode(path.stat().st_mode)
            found[path.relative_to(folder).as_posix()] = mode, hashlib.sha256(content).hexdigest()
    return found


class Durable:
    """What of a folder has been forced to the disk, by the strictest reading of POSIX.

    Bytes are durable by a sync of their file, names by a sync of their folder, and nothing else is.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.numbers = {}  # inode → number; inodes are given again, numbers never
        self.bytes = {}  # number → bytes of a file
        self.names = {}  # number → {name: number} of a folder
        # What was there before the command is on the disk.
        if self.folder.is_dir():
            for path in [self.folder, *sorted(self.folder.rglob("*"))]:
                self.made(path)
            for path in [self.folder, *sorted(self.folder.rglob("*"))]:
                self.synced(path)

    def made(self, path):
        """Take note of a new file or folder, empty on the disk, and in no folder there."""
        number = self.numbers[Path(path).stat().st_ino] = len(self.bytes) + len(self.names)
        (self.names if Path(path).is_dir() else self.bytes)[number] = (
            {} if Path(path).is_dir() else b""
        )

    def synced(self, path):
        """Take note that a file's bytes, or a folder's names, are on the disk now."""
        path = Path(path)
        number = self.numbers[path.stat().st_ino]
        if path.is_dir():
            self.names[number] = {
                entry.name: self.numbers[entry.stat(follow_symlinks=False).st_ino]
                for entry in os.scandir(path)
            }
        else:
            self.bytes[number] = path.read_bytes()

    def lose_bytes(self):
        """Lose all bytes that were not synced; the file system happened to keep all names."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                content = self.bytes[self.numbers[path.stat().st_ino]]
                if path.read_bytes() != content:
                    path.write_bytes(content)

    def lose_all(self):
        """Lose all bytes and all names that were not synced."""
        root = self.numbers[self.folder.stat().st_ino]
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self._put(root, self.folder)

    def _put(self, number, place):
        for name, inner in self.names[number].items():
            path = place / name
            if inner in self.names:
                path.mkdir(PRIVATE_FOLDER)
                self._put(inner, path)
            else:
                path.write_bytes(self.bytes[inner])
                path.chmod(PRIVATE_FILE)
