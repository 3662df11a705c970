"""Pictures and sounds as phones make them, in as few bytes as still are what they say; and things that only pretend."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

#: Somewhere in Karakol: as a phone writes it beside the picture, and as nobody may find it again.
LATITUDE = (42.0, 29.0, 24.0)
CAMERA = "Redmi of Aigul"


def picture(width: int = 64, height: int = 48, mode: str = "JPEG", *, turned: int = 0, colour: str = "red") -> bytes:
    """A picture of one colour, its upper left quarter blue, with a place and a camera written beside it."""
    image = Image.new("RGB", (width, height), colour)
    image.paste("blue", (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[0x0110] = CAMERA
    if turned:
        exif[0x0112] = turned
    exif.get_ifd(0x8825).update({1: "N", 2: LATITUDE, 3: "E", 4: (78.0, 23.0, 40.0)})
    written = io.BytesIO()
    image.save(written, mode, exif=exif)
    return written.getvalue()


def drawn(mode: str = "JPEG", width: int = 64, height: int = 48, *, colour: str = "green") -> bytes:
    """A picture as an author draws one: no telephone has written anything beside it."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, mode)
    return written.getvalue()


def ogg(seconds: int = 4, words: bytes = b"") -> bytes:
    """A voice note as messengers send it."""

    def page(kind: int, samples: int, number: int, body: bytes) -> bytes:
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, kind, samples, 7, number, 0, 1) + bytes([len(body)])
        return head + body

    opus = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", len(words)) + words
    return page(2, 0, 0, opus) + page(0, 0, 1, tags) + page(4, seconds * 48_000, 2, b"\xfc\xff\xfe" * 20)


def box(name: bytes, *parts: bytes) -> bytes:
    """One box of an MPEG-4 file."""
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, name) + body


def mpeg4(*tracks: bytes, brand: bytes = b"M4A ") -> bytes:
    """A file with these tracks: b"soun", b"vide"."""
    traks = [box(b"trak", box(b"tkhd", b"\0" * 84), box(b"mdia", _handler(each))) for each in tracks]
    return box(b"ftyp", brand, b"\0\0\0\0", brand) + box(b"mdat", b"\0" * 40) + box(b"moov", *traks)


def _handler(track: bytes) -> bytes:
    return box(b"hdlr", b"\0" * 8, track, b"\0" * 12)


MP3 = b"\xff\xfb\x90\x64" + b"\0" * 413
WAV = b"RIFF" + struct.pack("<I", 40) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16_000, 2, 16) + b"data"
AMR = b"#!AMR\n" + b"\x3c" + b"\0" * 31
AAC = b"\xff\xf1\x50\x80\x02\x1f\xfc" + b"\0" * 16
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PAGE = b"<!doctype html><script>alert(1)</script>"


def bomb(side: int = 30_000) -> bytes:
    """A PNG of some kilobytes that would unfold to gigabytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def webp_bomb() -> bytes:
    """A WebP that says it is as large as one can be."""
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\x3f\x00" * 2
    return b"RIFF" + struct.pack("<I", len(body)) + body


#: A form whose questions can be listened to, in Kyrgyz, or in both languages; one has a picture in each.
SPOKEN_FORM = """
settings:
  - form_id: heard
    form_title: {ky: "Угуңуз", ru: "Послушайте"}
    ashar::holder: {ky: "айыл", ru: "село"}
    ashar::term: {ky: "1 жыл", ru: "1 год"}
    ashar::spoken: SPOKEN
survey:
  - type: select_one yn
    name: water
    label: {ky: "Суу барбы?", ru: "Вода есть?"}
    media::audio: {ky: "suu.ogg", ru: "voda.mp3"}
    media::image: {ky: "suu.jpg", ru: "voda.png"}
  - type: text
    name: idea
    label: {ky: "Сунуш", ru: "Предложение"}
    media::audio: {ky: "sunush.ogg"}
  - {type: text, name: more, label: {ky: "Дагы?", ru: "Ещё?"}}
choices:
  - {list_name: yn, name: "yes", label: {ky: "Ооба", ru: "Да"}}
  - {list_name: yn, name: "no", label: {ky: "Жок", ru: "Нет"}}
"""


#: An author's own, with nothing written beside them.
PICTURES = {"suu.jpg": drawn("JPEG"), "voda.png": drawn("PNG")}


def spoken_form(folder: Path, *, spoken: bool = False) -> Path:
    """That form with its recordings and pictures, written into a folder."""
    for name, content in (("suu.ogg", ogg(5)), ("voda.mp3", MP3), ("sunush.ogg", ogg(7)), *PICTURES.items()):
        (folder / name).write_bytes(content)
    form = folder / "heard.yaml"
    form.write_text(SPOKEN_FORM.replace("SPOKEN", "yes" if spoken else "no"), "utf-8")
    return form
