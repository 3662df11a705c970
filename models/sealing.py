"""Sealing: what names or reaches a person is encrypted at rest and found again by a keyed hash."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_KEY = 32


class Unreadable(Exception):
    """A sealed value was made with a key this process does not have, for another place, or was changed."""


def new_key() -> str:
    """A fresh key for the settings: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(_KEY)).decode()


def read_key(text: str) -> bytes:
    """The 32 bytes of a key from the settings; ValueError if it is no such key."""
    try:
        key = base64.urlsafe_b64decode(text.encode())
    except ValueError:
        key = b""
    if len(key) != _KEY:
        raise ValueError("expected 32 bytes in URL-safe base64")
    return key


def mark(key: bytes) -> int:
    """The byte by which a sealed value tells its key; keys that are used together must have different ones."""
    return hashlib.sha256(b"ashar key id" + key).digest()[0]


class Seal:
    """AES-256-GCM under the first key; older keys still open what they sealed. All keys have 32 bytes.

    A sealed value is one byte of key id, twelve of nonce, then the ciphertext. `place` (the table's name) is
    authenticated with it, so that a value copied into another table does not open there.

    `again` is asked for the keys when a value is met that was sealed by none of them: while keys are rotated, another
    process may know a newer one. It gives back none where there are no others.
    """

    def __init__(
        self, keys: Sequence[bytes], hash_key: bytes, *, again: Callable[[], Sequence[bytes]] = lambda: ()
    ) -> None:
        self._again = again
        self._take(keys)
        # HMAC as RFC 2104 has it. Two beginnings that are copied: asking OpenSSL for it anew takes twice as long.
        block = hash_key.ljust(hashlib.sha256().block_size, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def _take(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {mark(key): AESGCM(key) for key in keys}
        #: By which key everything is sealed from now on, and which others open.
        self.first, self.marks = mark(keys[0]), tuple(mark(key) for key in keys)

    def close(self, place: str, text: str) -> bytes:
        """Encrypt. Half a character, as broken software sends it, becomes a question mark."""
        return self.close_bytes(place, text.encode(errors="replace"))

    def open(self, place: str, sealed: bytes) -> str:
        """Decrypt; raises `Unreadable`."""
        return self.open_bytes(place, sealed).decode()

    def close_bytes(self, place: str, content: bytes) -> bytes:
        """Encrypt a file."""
        nonce = os.urandom(_NONCE)
        first = self.first
        return bytes([first]) + nonce + self._ciphers[first].encrypt(nonce, content, place.encode())

    def open_bytes(self, place: str, sealed: bytes) -> bytes:
        """Decrypt a file; raises `Unreadable`."""
        if not sealed:
            raise Unreadable(place)
        cipher = self._ciphers.get(sealed[0])
        if cipher is None:
            if keys := self._again():
                self._take(keys)
            cipher = self._ciphers.get(sealed[0])
        if cipher is None:
            raise Unreadable(place)
        try:
            return cipher.decrypt(sealed[1 : _NONCE + 1], sealed[_NONCE + 1 :], place.encode())
        except (InvalidTag, ValueError):
            # Of what was cut off not even the nonce may be left.
            raise Unreadable(place) from None

    def close_json(self, place: str, value: Any) -> bytes:
        """Encrypt a value of JSON types."""
        try:
            return self.close_bytes(place, orjson.dumps(value))
        except orjson.JSONEncodeError:
            # Half a character, which it does not take; see `close`.
            return self.close(place, json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def open_json(self, place: str, sealed: bytes) -> Any:
        """Decrypt a value of JSON types."""
        return orjson.loads(self.open_bytes(place, sealed))

    def hash(self, place: str, text: str) -> bytes:
        """Keyed hash, 32 bytes, to find a handle by."""
        return self.hash_bytes(place, text.encode(errors="surrogatepass"))

    def hash_bytes(self, place: str, content: bytes) -> bytes:
        """Keyed hash of a file, 32 bytes: the same file has the same, and nobody without the key can try files out."""
        return self.hasher(place)(content)

    def hasher(self, place: str) -> Callable[[bytes], bytes]:
        """`hash_bytes` for many of one place."""
        begun = self._inner.copy()
        begun.update(place.encode() + b"\0")
        again, outside = begun.copy, self._outer.copy

        def hashed(content: bytes) -> bytes:
            inner, outer = again(), outside()
            inner.update(content)
            outer.update(inner.digest())
            return outer.digest()

        return hashed
