"""Sealing: the keyed hash is the one the world knows."""

from __future__ import annotations

import hmac

import hypothesis
import pytest
from hypothesis import strategies as st

from models import sealing


def test_a_value_of_a_key_that_is_new_to_us_asks_for_the_keys_again() -> None:
    newer = sealing.Seal([b"n" * 32, b"k" * 32], b"h" * 32)
    serving = sealing.Seal([b"k" * 32], b"h" * 32, again=lambda: [b"n" * 32, b"k" * 32])
    old = serving.close("address", "x")
    assert serving.open("address", newer.close("address", "y")) == "y"
    # From now on it seals as the others do, and what it sealed is still opened.
    assert serving.close("address", "z")[0] == sealing.mark(b"n" * 32)
    assert serving.open("address", old) == "x"
    with pytest.raises(sealing.Unreadable):
        sealing.Seal([b"k" * 32], b"h" * 32).open("address", newer.close("address", "y"))


@hypothesis.given(st.binary(min_size=32, max_size=32), st.sampled_from(["", "address"]), st.binary(max_size=200))
def test_a_keyed_hash_is_hmac_with_sha_256(key: bytes, place: str, content: bytes) -> None:
    seal = sealing.Seal([key], key)
    expected = hmac.digest(key, place.encode() + b"\0" + content, "sha256")
    assert seal.hash_bytes(place, content) == expected
    hashed = seal.hasher(place)
    # Again, for what it began with must not have gone on.
    assert [hashed(content), hashed(content)] == [expected, expected]
