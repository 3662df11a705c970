"""What a file is by its own bytes: nobody's word for it is taken, least of all the name it came with."""

from __future__ import annotations

import struct
from collections.abc import Iterator

#: Brands of MPEG-4 files that hold a picture.
_PICTURES = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
#: How the first packet of an Ogg file begins if it is sound, and of another if there is a picture too.
_VOICES, _FILM = (b"OpusHead", b"\x01vorbis", b"Speex   "), b"\x80theora"
#: Bytes before that packet: the head of its page, and the length of its one segment.
_PAGE = 28
#: Boxes of an MPEG-4 file in which its tracks say what they are.
_NESTED = (b"moov", b"trak", b"mdia")
#: Boxes looked at; a recording has some dozens.
_BOXES = 2000


def kind(content: bytes) -> tuple[str, str]:
    """("image" or "audio", its type), of those that are taken; ("", "") for all else, video and text among them."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image", "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image", "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image", "image/webp"
    mime = _sound(content)
    return ("audio", mime) if mime else ("", "")


def _sound(content: bytes) -> str:
    if content.startswith(b"OggS"):
        return "audio/ogg" if content.startswith(_VOICES, _PAGE) and _FILM not in content[:1000] else ""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    if content.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "audio/amr"
    if content.startswith(b"ID3"):
        return "audio/mpeg"
    if len(content) > 3 and content[0] == 0xFF:
        # A frame's first eleven bits are set. Two more name the version, two the layer: 01 is MP3, 00 is AAC.
        if content[1] & 0xE6 == 0xE2 and content[2] & 0xF0 not in (0x00, 0xF0) and content[2] & 0x0C != 0x0C:
            return "audio/mpeg"
        if content[1] & 0xF6 == 0xF0:
            return "audio/aac"
    if content[4:8] == b"ftyp" and content[8:12] not in _PICTURES:
        tracks = set(_handlers(content))
        if b"soun" in tracks and b"vide" not in tracks:
            return "audio/3gpp" if content[8:10] == b"3g" else "audio/mp4"
    return ""


def _handlers(content: bytes) -> Iterator[bytes]:
    """What each track of an MPEG-4 file is: b"soun", b"vide"."""
    waiting, looked = [(0, len(content))], 0
    while waiting:
        at, end = waiting.pop()
        while at + 8 <= end and looked < _BOXES:
            looked += 1
            size, name = struct.unpack_from(">I4s", content, at)
            head = 8
            if size == 1 and at + 16 <= end:
                (size,) = struct.unpack_from(">Q", content, at + 8)
                head = 16
            size = size or end - at
            if size < head:
                break
            if name in _NESTED:
                waiting.append((at + head, min(at + size, end)))
            elif name == b"hdlr":
                yield content[at + head + 8 : at + head + 12]
            at += size


def seconds(content: bytes) -> int:
    """How long an Opus voice note plays, as messengers make them; 0 where it is not so easily told."""
    last = content.rfind(b"OggS")
    if not content.startswith(b"OpusHead", _PAGE) or len(content) < last + 14:
        return 0
    # Where its last page ends, in samples; Opus always counts 48,000 of them a second.
    (samples,) = struct.unpack_from("<q", content, last + 6)
    return int(min(max(samples, 0) // 48_000, 32_767))
