"""Pictures: what is seen is kept, and nothing else; what would unfold to gigabytes is not unfolded."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from bot.services import picturing
from tests import samples

#: What every JPEG says of its own pixels.
ITS_OWN = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def seen(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=["JPEG"])
    image.load()
    return image


@pytest.mark.parametrize("mode", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_stands_beside_a_picture_is_kept(mode: str) -> None:
    kept = picturing.clean(samples.picture(mode=mode))
    image = seen(kept)
    assert not image.getexif()
    assert set(image.info) == ITS_OWN
    for word in (samples.CAMERA.encode(), b"Exif", b"GPS"):
        assert word not in kept


def test_no_comment_profile_or_text_is_kept() -> None:
    image = Image.new("RGB", (8, 8))
    png, jpeg, text = io.BytesIO(), io.BytesIO(), PngImagePlugin.PngInfo()
    text.add_text("Author", "Айгүл", zip=True)
    image.save(png, "PNG", pnginfo=text, icc_profile=b"made by Aigul")
    image.save(jpeg, "JPEG", comment=b"by Aigul", icc_profile=b"made by Aigul")
    for written in (png, jpeg):
        assert set(seen(picturing.clean(written.getvalue())).info) == ITS_OWN


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_stands_upright(turned: int) -> None:
    # Where the blue quarter, stored at the upper left, is seen once a phone has turned it.
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[turned]
    image = seen(picturing.clean(samples.picture(160, 80, turned=turned)))
    assert image.size == ((160, 80) if turned < 5 else (80, 160))
    colour = image.getpixel([side // 4 + where * side // 2 for side, where in zip(image.size, corner, strict=True)])
    assert isinstance(colour, tuple)
    assert colour[2] > 200 > 60 > colour[0]


def test_a_large_picture_becomes_smaller_and_a_small_one_stays() -> None:
    assert seen(picturing.clean(samples.picture(4000, 1000))).size == (2560, 640)
    assert seen(picturing.clean(samples.picture(64, 48))).size == (64, 48)
    assert seen(picturing.clean(samples.picture(1, 1))).size == (1, 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_is_taken_and_what_is_seen_through_is_white(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (8, 8)).save(written, "PNG")
    image = seen(picturing.clean(written.getvalue())).convert("RGB")
    assert image.getpixel((4, 4)) == ((255,) * 3 if mode in ("LA", "RGBA") else (0, 0, 0))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (samples.bomb(), "too large"),
        (samples.bomb(7100), "too large"),
        (samples.webp_bomb(), "too large"),
        (b"RIFF\x30\0\0\0WEBPVP8L" + b"\0" * 4 + b"\x2f" + b"\xff" * 9, "too large"),
        (b"RIFF\x30\0\0\0WEBPVP8 " + b"\0" * 10 + b"\xff\x3f" * 2, "too large"),
        (samples.webp_bomb()[:15], "unreadable"),
        (b"RIFF\x30\0\0\0WEBPVP8?" + b"\0" * 40, "unreadable"),
        (samples.picture(300, 300)[:-500], "unreadable"),
        (samples.SVG, "unreadable"),
        (b"GIF89a" + b"\x01\0\x01\0" + b"\0" * 30, "unreadable"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "unreadable"),
        (b"BM" + b"\0" * 60, "unreadable"),
        (b"", "unreadable"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_it_is_unfolded(content: bytes, why: str) -> None:
    with pytest.raises(picturing.Unclean, match=why):
        picturing.clean(content)


@given(st.binary(max_size=200), st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 150))
def test_whatever_is_broken_is_refused_in_the_same_way(noise: bytes, mode: str, at: int) -> None:
    whole = samples.picture(16, 16, mode)
    broken = whole[:at] + noise + whole[at + len(noise) :]
    try:
        kept = picturing.clean(broken)
    except picturing.Unclean as error:
        assert str(error) in ("unreadable", "too large")
    else:
        assert not seen(kept).getexif()
