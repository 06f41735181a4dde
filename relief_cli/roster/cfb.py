"""A bounded look into a compound file (.xls, .et, and the shell around an encrypted .xlsx).

Only the directory and the first bytes of a stream are read. Every chain of sectors is followed a
limited number of steps, so a file whose chains run in circles ends like any other broken file.
Layout: [MS-CFB] 2.2 (header), 2.3 (FAT), 2.5 (DIFAT), 2.6 (directory).
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_STREAM = 2
_LAST_SECTOR = 0xFFFFFFFA
"""Sector numbers above this mark ends of chains and free sectors."""
_MOST_DIRECTORY_SECTORS = 2048
_SECTOR_SHIFTS = {3: 9, 4: 12}
"""Sector size as a power of two, by major version."""


class BrokenError(ValueError):
    """The file contradicts itself or ends too early."""


@dataclass(frozen=True)
class Stream:
    """One stream of a compound file: its name, first sector and size in bytes."""

    name: str
    start: int
    size: int


class CompoundFile:
    """The directory of a compound file.

    Args:
        file: an open binary file, read by position.

    Raises:
        BrokenError: the header or the directory cannot be true.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        header = self._read(0, _HEADER_BYTES)
        if not header.startswith(SIGNATURE):
            raise BrokenError
        major, shift = struct.unpack_from("<2xH2xH", header, 24)
        if _SECTOR_SHIFTS.get(major) != shift:
            raise BrokenError
        self._sector_bytes = 1 << int(shift)
        (directory,) = struct.unpack_from("<I", header, 48)
        (self.small_below,) = struct.unpack_from("<I", header, 56)
        self._fat_sectors = list(struct.unpack_from("<109I", header, 76))
        self._next_fat_list, self._fat_lists = struct.unpack_from("<II", header, 68)
        self.streams = tuple(self._directory(directory))

    def head(self, stream: Stream, count: int) -> bytes:
        """Give the first ``count`` bytes of ``stream`` at most.

        A stream below the file's cutoff lies in a stream of its own kind and is given as empty.

        Raises:
            BrokenError: its chain of sectors is not whole.
        """
        if stream.size < self.small_below:
            return b""
        count = min(count, stream.size)
        parts = []
        sector = stream.start
        for _ in range(-(-count // self._sector_bytes)):
            parts.append(self._sector(sector))
            sector = self._next(sector)
        return b"".join(parts)[:count]

    def _directory(self, sector: int) -> list[Stream]:
        streams = []
        seen: set[int] = set()
        while sector < _LAST_SECTOR:
            if sector in seen or len(seen) == _MOST_DIRECTORY_SECTORS:
                raise BrokenError
            seen.add(sector)
            block = self._sector(sector)
            for offset in range(0, len(block), _ENTRY_BYTES):
                length, kind = struct.unpack_from("<HB", block, offset + 64)
                if kind == _STREAM:
                    name = block[offset : offset + max(0, min(length, 64) - 2)]
                    start, size = struct.unpack_from("<II", block, offset + 116)
                    streams.append(Stream(name.decode("utf-16-le", "replace"), start, size))
            sector = self._next(sector)
        return streams

    def _next(self, sector: int) -> int:
        per_sector = self._sector_bytes // 4
        index, place = divmod(sector, per_sector)
        while index >= len(self._fat_sectors):
            self._read_fat_list(per_sector)
        offset = self._offset(self._fat_sectors[index]) + place * 4
        return int.from_bytes(self._read(offset, 4), "little")

    def _read_fat_list(self, per_sector: int) -> None:
        if self._fat_lists == 0 or self._next_fat_list >= _LAST_SECTOR:
            raise BrokenError
        self._fat_lists -= 1
        numbers = struct.unpack(f"<{per_sector}I", self._sector(self._next_fat_list))
        self._fat_sectors.extend(numbers[:-1])
        self._next_fat_list = numbers[-1]

    def _sector(self, number: int) -> bytes:
        return self._read(self._offset(number), self._sector_bytes)

    def _offset(self, number: int) -> int:
        if number >= _LAST_SECTOR:
            raise BrokenError
        return (number + 1) * self._sector_bytes

    def _read(self, offset: int, count: int) -> bytes:
        self._file.seek(offset)
        block = self._file.read(count)
        if len(block) != count:
            raise BrokenError
        return block
