"""Made-up identity numbers and accounts, whole columns at a time."""

import numpy as np
import numpy.typing as npt

Digits = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]

ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])  # GB 11643
ID_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
CARD_BIN_DIGITS = 6
CARD_SERIAL_DIGITS = 12
SCATTER = 610_612_741  # odd and no multiple of 5: serials stay different when scattered


def digits_of(values: Digits, width: int) -> Digits:
    """Give the decimal digits of ``values`` as a matrix of ``width`` columns."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return values[:, None] // powers % 10


def texts_of(matrix: npt.NDArray[np.uint8]) -> Texts:
    """Give one text per row of a matrix of ASCII codes."""
    rows = np.ascontiguousarray(matrix).view(f"S{matrix.shape[1]}").ravel()
    return rows.astype(f"U{matrix.shape[1]}").astype(object)


def identity_numbers(region: Digits, born_on: Digits, sequence: Digits) -> Texts:
    """Give 18-character identity numbers with the right check character (GB 11643).

    Args:
        region: six-digit region codes.
        born_on: birth dates as yyyymmdd; need not exist.
        sequence: 0 to 999, odd for a man.
    """
    body = np.hstack([digits_of(region, 6), digits_of(born_on, 8), digits_of(sequence, 3)])
    check = ID_CHECKS[(body * ID_WEIGHTS).sum(axis=1) % 11]
    return texts_of(np.hstack([(body + ord("0")).astype(np.uint8), check[:, None]]))


def scattered(count: int, seed: int, width: int) -> Digits:
    """Give ``count`` different numbers below 10 ** ``width`` in no visible order."""
    serial = np.arange(count, dtype=np.int64) + seed % 1000 * 1_000_000
    # 10 ** 9 keeps the product within int64; what is above runs along with the serial.
    low = serial % 10**9 * SCATTER % 10**9
    high = serial // 10**9 * 10**9
    return np.asarray((high + low) % 10**width, dtype=np.int64)


def cards(bins: Digits, serial: Digits) -> Texts:
    """Give 19-digit card numbers: six digits of ``bins``, twelve of ``serial``, a Luhn digit."""
    body = np.hstack([digits_of(bins, CARD_BIN_DIGITS), digits_of(serial, CARD_SERIAL_DIGITS)])
    doubled = body.copy()
    doubled[:, -1::-2] *= 2  # every second digit, beginning beside the check digit
    check = -(doubled // 10 + doubled % 10).sum(axis=1) % 10
    return texts_of((np.hstack([body, check[:, None]]) + ord("0")).astype(np.uint8))


def passbooks(serial: Digits) -> Texts:
    """Give 20-digit accounts of a rural credit cooperative, which are no cards."""
    body = np.hstack(
        [
            np.broadcast_to([0, 4, 0, 2, 1, 6, 1, 0], (len(serial), 8)),
            digits_of(serial, CARD_SERIAL_DIGITS),
        ]
    )
    return texts_of((body + ord("0")).astype(np.uint8))
