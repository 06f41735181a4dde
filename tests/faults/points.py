"""Which faults are tried: every call of a command, by its own count, and what can befall it."""

import random

from faults.watch import END, KINDS, Fault

SPACE = ("write", "make", "rename", "sync")
"""Calls that may find the disk full."""
SETTLING = ("sync", "rename", "commit", "remove")
"""Calls that change what a loss of power would leave: between them it leaves the same."""
_PAGE = 4096

LABELS = {
    "killed write": "killed before a write",
    "killed sync": "killed before an fsync",
    "killed rename": "killed before a rename",
    "killed commit": "killed before a commit",
    "killed": "killed before another call",
    "torn": "killed in the middle of a write",
    "ENOSPC": "no space (ENOSPC), once",
    "full": "no space from a call on",
    "tmpfs": "a disk that is too small (tmpfs)",
    "small": "a disk that is too small (imitated)",
    "EIO": "input/output error (EIO)",
    "power": "power lost, with all that was not synced",
    "bytes": "power lost, with bytes that were not synced",
}


def label(fault):
    """Give the line of the table that ``fault`` belongs to."""
    return LABELS.get(f"{fault.what} {fault.kind}") or LABELS[fault.what]


def points(counts, sizes, disks):
    """Give all faults.

    Args:
        counts: calls of each kind in an undisturbed run.
        sizes: bytes that the office fills before it, and at most during it.
        disks: ``small``, and ``tmpfs`` where one can be mounted.
    """

    def each(what, kinds, *further):
        return [
            Fault(what, kind, number)
            for kind in kinds
            for number in [*range(1, counts.get(kind, 0) + 1), *further]
        ]

    both = sum(counts.get(kind, 0) for kind in ("write", "make"))
    changing = [kind for kind in KINDS if kind != "mode"]
    return [
        *each("killed", KINDS),
        *each("torn", ("write",)),
        *each("ENOSPC", SPACE),
        *(Fault("full", "write+make", number) for number in range(1, both + 1)),
        *each("EIO", changing),
        *each("power", SETTLING),
        *each("bytes", SETTLING),
        *each("power", ("end",), END),
        *each("bytes", ("end",), END),
        *(
            Fault(disk, "size", size)
            for disk in disks
            for size in range(sizes[0] or _PAGE, sizes[1] + _PAGE, _PAGE)
        ),
    ]


def sample(faults, every):
    """Give one in ``every`` of each line of the table, all commits, and every end."""
    seen = {}
    kept = []
    for fault in faults:
        number = seen[label(fault)] = seen.get(label(fault), -1) + 1
        if number % every == 0 or fault.kind == "commit" or fault.at == END:
            kept.append(fault)
    return kept


def spread(faults, line):
    """Give the faults of one line of the table: the end, then in an order that jumps about."""
    chosen = [fault for fault in faults if label(fault) == line]
    random.Random(len(chosen)).shuffle(chosen)  # noqa: S311  # the same order every time
    return sorted(chosen, key=lambda fault: fault.at != END)
