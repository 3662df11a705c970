"""A file is what its bytes say, and nothing is taken that was not asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import sniffing
from tests import samples


@pytest.mark.parametrize(
    ("content", "kind", "mime"),
    [
        pytest.param(samples.picture(), "image", "image/jpeg", id="jpeg"),
        pytest.param(samples.picture(mode="PNG"), "image", "image/png", id="png"),
        pytest.param(samples.picture(mode="WEBP"), "image", "image/webp", id="webp"),
        pytest.param(samples.ogg(), "audio", "audio/ogg", id="opus"),
        pytest.param(samples.ogg().replace(b"OpusHead", b"\x01vorbis"), "audio", "audio/ogg", id="vorbis"),
        pytest.param(samples.MP3, "audio", "audio/mpeg", id="mp3"),
        pytest.param(b"ID3\x04" + samples.MP3, "audio", "audio/mpeg", id="mp3-with-a-title"),
        pytest.param(samples.AAC, "audio", "audio/aac", id="aac"),
        pytest.param(samples.WAV, "audio", "audio/wav", id="wav"),
        pytest.param(samples.AMR, "audio", "audio/amr", id="amr"),
        pytest.param(samples.mpeg4(b"soun"), "audio", "audio/mp4", id="m4a"),
        pytest.param(samples.mpeg4(b"soun", brand=b"mp42"), "audio", "audio/mp4", id="m4a-called-mp4"),
        pytest.param(samples.mpeg4(b"soun", brand=b"3gp4"), "audio", "audio/3gpp", id="3gp"),
    ],
)
def test_what_phones_make_is_known(content: bytes, kind: str, mime: str) -> None:
    assert sniffing.kind(content) == (kind, mime)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(samples.SVG, id="svg"),
        pytest.param(samples.PAGE, id="page"),
        pytest.param(b"\xef\xbb\xbf" + samples.PAGE, id="page-with-a-mark"),
        pytest.param(b"%PDF-1.7", id="pdf"),
        pytest.param(b"PK\x03\x04", id="zip"),
        pytest.param(b"MZ\x90\x00", id="program"),
        pytest.param(b"\x7fELF", id="another-program"),
        pytest.param(b"GIF89a", id="gif"),
        pytest.param(b"RIFF\x24\x00\x00\x00AVI ", id="avi"),
        pytest.param(samples.mpeg4(b"vide", b"soun"), id="film"),
        pytest.param(samples.mpeg4(b"soun", b"vide"), id="film-the-other-way"),
        pytest.param(samples.mpeg4(b"vide"), id="silent-film"),
        pytest.param(samples.mpeg4(), id="nothing-in-it"),
        pytest.param(samples.mpeg4(b"soun", brand=b"heic"), id="heic"),
        pytest.param(samples.ogg().replace(b"OpusHead", b"\x80theora"), id="film-of-another-kind"),
        pytest.param(b"\xff\xfe<\0h\0t\0m\0l\0", id="page-in-utf-16"),
        pytest.param(b"\x1a\x45\xdf\xa3", id="webm"),
    ],
)
def test_anything_else_is_nothing(content: bytes) -> None:
    assert sniffing.kind(content) == ("", "")


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda rest: b"\0\0\0\x14ftypM4A " + rest))
def test_no_bytes_are_too_odd(content: bytes) -> None:
    assert sniffing.kind(content)[0] in ("image", "audio", "")
    assert 0 <= sniffing.seconds(content) < 32_768
    assert 0 <= sniffing.seconds(samples.ogg()[:-10] + content) < 32_768


def test_a_file_made_to_be_looked_through_for_ever_is_left() -> None:
    many = samples.box(b"ftyp", b"M4A ") + samples.box(b"free") * 100_000 + samples.mpeg4(b"soun")[20:]
    assert sniffing.kind(many) == ("", "")
    deep = b""
    for _ in range(3000):
        deep = samples.box(b"moov", deep)
    assert sniffing.kind(samples.box(b"ftyp", b"M4A ") + deep) == ("", "")


@pytest.mark.parametrize(("content", "seconds"), [(samples.ogg(125), 125), (samples.ogg(0), 0), (samples.MP3, 0)])
def test_a_voice_note_says_how_long_it_is(content: bytes, seconds: int) -> None:
    assert sniffing.seconds(content) == seconds
