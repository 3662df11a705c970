"""A message as Telegram's servers hand it to a phone, built byte for byte: what the model is measured against.

The layout is that of MTProto's objects in layer 229. That sizes agree with those of a full library (telethon 1.45) was
checked once, over every message of the golden conversations. Hashes of names stand in for its constructor ids, which
are as long and as random.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
from collections.abc import Sequence

from bot.channels import base, plain, telegram

#: Rows of (label, what the button carries).
Rows = Sequence[Sequence[tuple[str, str]]]

_DATE = 1795305600
#: TCP/IP headers; the transport's length; key id and message key; salt, session, message id, sequence, length.
_AROUND, _INSIDE = 40 + 1 + 24, 32


def of(outbound: base.Outbound) -> int:
    """Bytes on the line of a message as our channel sends it."""
    rows = json.loads(telegram._keyboard(outbound).get("reply_markup", "{}")).get("inline_keyboard", [])
    keyboard = [[(key["text"], key["callback_data"]) for key in row] for row in rows]
    return wire(plain.numbered(plain.beside_buttons(outbound)), keyboard)


def wire(text: str, rows: Rows) -> int:
    """Bytes on the line of a message with these buttons that is shown or edited."""
    said = _updates(text, rows)
    packed = _id("gzip_packed") + _text(gzip.compress(said, 9, mtime=0))
    inner = _INSIDE + min(len(said), len(packed)) + 12
    return _AROUND + inner + -inner % 16


def _updates(text: str, rows: Rows) -> bytes:
    flags = (1 << 6 if rows else 0) | 1 << 7
    message = _id("message") + struct.pack("<iii", flags, 0, 123456)
    message += _id("peerUser") + struct.pack("<qi", 6123456789, _DATE) + _text(text.encode())
    if rows:
        shown = [_id("row") + _vector([_button(*button) for button in row]) for row in rows]
        message += _id("replyInlineMarkup") + struct.pack("<i", 0) + _vector(shown)
    message += _vector([])
    update = _id("updateNewMessage") + message + struct.pack("<ii", 1000, 1)
    return _id("updates") + _vector([update]) + _vector([]) + _vector([]) + struct.pack("<ii", _DATE, 0)


def _button(label: str, carried: str) -> bytes:
    what = _id("callback") + struct.pack("<i", 0) + _text(carried.encode())
    return _id("button") + struct.pack("<i", 0) + _text(label.encode()) + what


def _id(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:4]


def _text(content: bytes) -> bytes:
    head = bytes([len(content)]) if len(content) < 254 else b"\xfe" + len(content).to_bytes(3, "little")
    return head + content + bytes(-(len(head) + len(content)) % 4)


def _vector(items: Sequence[bytes]) -> bytes:
    return _id("vector") + struct.pack("<i", len(items)) + b"".join(items)
