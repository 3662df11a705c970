"""A link as a QR code: drawn as lines to print at any size, or as dots for a poster made elsewhere."""

from __future__ import annotations

import io

import segno

#: Modules of white around it, as the standard wants; and pixels to a module of a picture.
_QUIET, _PIXELS = 4, 16


def svg(text: str) -> str:
    """It as an SVG element, which pages can hold too."""
    return _drawn(text).svg_inline(scale=6, border=_QUIET, omitsize=False)


def png(text: str) -> bytes:
    """It as a picture."""
    stream = io.BytesIO()
    _drawn(text).save(stream, kind="png", scale=_PIXELS, border=_QUIET)
    return stream.getvalue()


def file(text: str) -> bytes:
    """It as a file of SVG."""
    stream = io.BytesIO()
    _drawn(text).save(stream, kind="svg", scale=10, border=_QUIET, xmldecl=True, svgns=True, nl=False)
    return stream.getvalue()


def _drawn(text: str) -> segno.QRCode:
    # A quarter of it may be soiled or torn: it hangs on doors.
    return segno.make_qr(text, error="q")
