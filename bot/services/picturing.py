"""Pictures as strangers send them -> pictures that hold nothing but what is seen: no place, no camera, no surprise."""

from __future__ import annotations

import io
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PIL import Image, ImageOps

MIME = "image/jpeg"
#: Pixels of a picture at the most: a cheap phone's best camera. Unfolded they take 200 MB of memory.
PIXELS = 50_000_000
#: Pixels along the longer side of what is kept: a whole page can be read, and a wall seen.
SIDE = 2560
_QUALITY = 85
#: The part of EXIF that names a place.
_PLACE = 0x8825
#: The only decoders that are ever tried.
_FORMATS = ("JPEG", "PNG", "WEBP")

# We look at the size ourselves, before anything is unfolded, and refuse; the library's own limit only warns.
Image.MAX_IMAGE_PIXELS = None
# One at a time, for each may take much memory.
_ONE = threading.Lock()


class Unclean(Exception):
    """This is no picture that can be taken; its text is a short word for why."""


def clean(content: bytes) -> bytes:
    """The picture as a JPEG without anything written beside it, turned the right way up. Takes up to a second.

    Raises `Unclean`.
    """
    with _opened(content) as image:
        # A JPEG can be unfolded at half or quarter size at once.
        image.draft("RGB", (SIDE, SIDE))
        small = ImageOps.exif_transpose(image)
        small.thumbnail((SIDE, SIDE))
        if small.mode not in ("RGB", "L"):
            # What is seen through becomes white, as on paper.
            small = small.convert("RGBA")
            white = Image.new("RGBA", small.size, "white")
            small = Image.alpha_composite(white, small).convert("RGB")
        # A fresh one takes the pixels alone along, and no word of what stood beside them.
        fresh = Image.new(small.mode, small.size)
        fresh.paste(small)
        written = io.BytesIO()
        fresh.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()


class Seen(NamedTuple):
    """What a picture is, in pixels, and whether it says where it was taken."""

    width: int
    height: int
    placed: bool


def look(content: bytes) -> Seen:
    """What an author's picture is, unfolded to its last pixel; it stays as it is. Raises `Unclean`."""
    with _opened(content) as image:
        seen = Seen(*image.size, bool(image.getexif().get_ifd(_PLACE)))
        image.draft("RGB", (SIDE, SIDE))
        image.load()
    return seen


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    with _ONE:
        try:
            # This decoder takes memory for all of it as soon as it is opened.
            _measure(*_webp_size(content))
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                _measure(*image.size)
                yield image
        except Unclean:
            raise
        except MemoryError:
            raise Unclean("too large") from None
        except Exception as error:
            # Decoders fail in every way there is, and none is ours to mend.
            raise Unclean("unreadable") from error


def _measure(width: int, height: int) -> None:
    if width * height > PIXELS:
        raise Unclean("too large")


def _webp_size(content: bytes) -> tuple[int, int]:
    """Width and height as a WebP's first chunk has them; (0, 0) for anything else."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return 0, 0
    match content[12:16]:
        case b"VP8X":
            return (int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1)
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", content, 26)
            return width & 0x3FFF, height & 0x3FFF
    raise Unclean("unreadable")
