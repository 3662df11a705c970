"""Forms of the web chat with a file in them: what is taken for what, and what is no form at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import base, web
from tests import samples

SECRET, KEY = "A" * 22, "k" * 12
FIELDS = {"secret": SECRET, "key": KEY, "tag": "-", "step": "3"}


def posted(parts: dict[str, bytes | str], *, name: str = "x.jpg", mime: str = "image/jpeg") -> base.Request:
    """A form as browsers send it."""
    body = b""
    for field, content in parts.items():
        beside = f'; filename="{name}"\r\nContent-Type: {mime}' if field == "file" else ""
        raw = content if isinstance(content, bytes) else content.encode()
        body += f'--xxx\r\nContent-Disposition: form-data; name="{field}"{beside}\r\n\r\n'.encode() + raw + b"\r\n"
    return request(body + b"--xxx--\r\n")


def request(body: bytes, kind: str = "multipart/form-data; boundary=xxx") -> base.Request:
    """A body of that kind."""
    return base.Request("/chat", {"content-type": kind}, body)


@pytest.mark.parametrize(
    ("content", "kind", "mime"),
    [
        (samples.picture(), "image", "image/jpeg"),
        (samples.ogg(), "audio", "audio/ogg"),
        (b"\r\n--xx--" + samples.MP3, "media", ""),
        (samples.SVG, "media", ""),
        (samples.PAGE, "media", ""),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str, mime: str) -> None:
    for name in ("x.jpg", "../../etc/passwd", "a.svg"):
        [inbound] = web.Web().read(posted({**FIELDS, "file": content}, name=name, mime="image/jpeg"))
        assert (inbound.kind, inbound.address, inbound.tap) == (kind, SECRET, ("-", 3))
        found = base.Media(kind, "", mime, len(content), content) if mime else None
        assert inbound.media == found


def test_a_form_sent_twice_has_the_same_key_and_another_file_another() -> None:
    one, again, other = (
        web.Web().read(posted({**FIELDS, "file": content}))[0].key
        for content in (samples.MP3, samples.MP3, samples.AMR)
    )
    assert one == again != other


def test_without_a_file_it_is_words() -> None:
    asked: list[dict[str, bytes | str]] = [{"file": b"", "say": "Көл"}, {"say": "Көл"}]
    for parts in asked:
        [inbound] = web.Web().read(posted({**FIELDS, **parts}))
        assert (inbound.kind, inbound.text, inbound.media) == ("text", "Көл", None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--yyy\r\n",
        b"--xxx--\r\n",
        b'--xxx\r\nContent-Disposition: form-data; name="tag"\r\n\r\n\xff\r\n--xxx--\r\n',
        b"".join(b'--xxx\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(17)) + b"--xxx--\r\n",
    ],
)
def test_what_is_no_form_is_malformed(body: bytes) -> None:
    with pytest.raises(base.Malformed):
        web.Web().read(request(body))
    with pytest.raises(base.Malformed):
        web.Web().read(request(body, "multipart/form-data"))


@given(
    st.lists(st.sampled_from([b"--xxx", b"--", b"\r\n", b"\r", b'Content-Disposition: form-data; name="', b'"', b":"]))
)
def test_no_body_does_more_than_be_malformed(pieces: list[bytes]) -> None:
    with pytest.raises(base.Malformed):
        web.Web().read(request(b"".join(pieces)))
