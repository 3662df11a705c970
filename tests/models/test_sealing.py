"""Sealing: the keyed hash is the one the world knows."""

from __future__ import annotations

import hmac

import hypothesis
from hypothesis import strategies as st

from models import sealing


@hypothesis.given(st.binary(min_size=32, max_size=32), st.sampled_from(["", "address"]), st.binary(max_size=200))
def test_a_keyed_hash_is_hmac_with_sha_256(key: bytes, place: str, content: bytes) -> None:
    seal = sealing.Seal([key], key)
    expected = hmac.digest(key, place.encode() + b"\0" + content, "sha256")
    assert seal.hash_bytes(place, content) == expected
    hashed = seal.hasher(place)
    # Again, for what it began with must not have gone on.
    assert [hashed(content), hashed(content)] == [expected, expected]
