"""The mail server: read from its address, and never quoted."""

from __future__ import annotations

import pytest

from bot import relay

FROM = {"ASHAR_SMTP_FROM": "Ашар <ashar@example.kg>"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://me:p%40ss@mail.example:465", ("mail.example", 465, "me", "p@ss", "tls")),
        ("smtps://mail.example", ("mail.example", 465, "", "", "tls")),
        ("smtp://me%40b.kg:x@mail.example", ("mail.example", 587, "me@b.kg", "x", "starttls")),
        ("smtp://127.0.0.1:25", ("127.0.0.1", 25, "", "", "")),
        ("smtp://[::1]:2525/", ("::1", 2525, "", "", "")),
    ],
)
def test_a_server_is_read(url: str, expected: tuple[str, int, str, str, str]) -> None:
    found = relay.read({"ASHAR_SMTP_URL": url, **FROM})
    assert found is not None
    assert found[1:] == expected


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "https://mail.example",
        "smtps://:secret@",
        "smtps://mail.example:99999",
        "smtps://a:secret@mail.example/path",
        "smtps://a:құпия@mail.example",
        "smtps://[mail.example",
    ],
)
def test_what_is_no_server_is_said_without_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"^ASHAR_SMTP_URL: expected smtps://") as caught:
        relay.read({"ASHAR_SMTP_URL": url, **FROM})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("sender", ["Ashar", "a@b@c", "a@b\nBcc: c@d", "Ashar <a@b", "<>"])
def test_letters_come_from_somebody(sender: str) -> None:
    with pytest.raises(ValueError, match=r"^ASHAR_SMTP_FROM: expected"):
        relay.read({"ASHAR_SMTP_URL": "smtp://127.0.0.1", "ASHAR_SMTP_FROM": sender})


def test_one_of_the_two_alone_is_a_mistake() -> None:
    assert relay.read({}) is None
    with pytest.raises(ValueError, match=r"^ASHAR_SMTP_FROM: missing"):
        relay.read({"ASHAR_SMTP_URL": "smtp://127.0.0.1"})
    with pytest.raises(ValueError, match=r"^ASHAR_SMTP_URL: missing"):
        relay.read(FROM)
