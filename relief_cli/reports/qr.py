"""QR codes (ISO/IEC 18004): what is printed here is read by a telephone instead of typed.

The library is loaded where it is used: most commands draw none.
"""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

_MODULE_PIXELS = 2


def png(text: str) -> io.BytesIO:
    """Give the code of ``text`` as an image."""
    image = io.BytesIO()
    _code(text).save(image, kind="png", scale=_MODULE_PIXELS, border=2)
    image.seek(0)
    return image


def svg(text: str) -> str:
    """Give the code of ``text`` as an element of a page."""
    drawn: str = _code(text).svg_inline(scale=_MODULE_PIXELS, border=2)
    return drawn


def _code(text: str) -> "QRCode":
    from segno import make_qr  # noqa: PLC0415  # see above

    # Capitals and digits alone take half the room.
    return make_qr(text.upper(), error="m")
