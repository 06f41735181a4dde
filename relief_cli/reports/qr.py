"""QR codes (ISO/IEC 18004): what is printed here is read by a telephone instead of typed."""

import io

import segno

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


def _code(text: str) -> segno.QRCode:
    # Capitals and digits alone take half the room.
    return segno.make_qr(text.upper(), error="m")
