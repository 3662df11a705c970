"""The messengers' doors: who is let in, what is kept, and what each provider is told."""

from __future__ import annotations

import contextlib
import json
import urllib.parse
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest
from twilio import request_validator

from bot.channels import base
from bot.services import receiving
from tests.api import opened
from tests.e2e import running

SECRET = "made-up-telegram-secret"
TELEGRAM = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def app(sqlite_url: str, tmp_path: Path) -> AsyncIterator[running.App]:
    """The running app and both platforms."""
    async with running.running(sqlite_url, tmp_path, more={"ASHAR_TELEGRAM_SECRET": SECRET}) as made:
        yield made


def update(number: int = 1, text: str = "салам") -> str:
    """A message as Telegram tells of it."""
    chat = {"id": 5005, "type": "private", "first_name": "Айгүл"}
    sender = {"id": 5005, "is_bot": False, "first_name": "Айгүл"}
    message = {"message_id": number, "date": 1790000000, "chat": chat, "from": sender, "text": text}
    return json.dumps({"update_id": number, "message": message})


def message(app: running.App, path: str = "/twilio", **changes: str) -> dict[str, Any]:
    """A message as Twilio posts it: body and headers, rightly signed."""
    form = {"MessageSid": "SM" + "1" * 32, "From": "whatsapp:+996555123456", "Body": "салам", "To": "x", **changes}
    signature = request_validator.RequestValidator(app.twilio.token).compute_signature(running.PUBLIC + path, form)
    return {"content": urllib.parse.urlencode(form), "headers": FORM | {"X-Twilio-Signature": signature}}


async def kept(app: running.App) -> int:
    """Messages taken."""
    return (await app.count("received"))["received"]


async def test_telegram_is_heard_once(app: running.App) -> None:
    for _ in range(2):
        answer = await app.http.post("/telegram", content=update(), headers=TELEGRAM)
        assert (answer.status_code, answer.json()) == (200, {})
    assert await kept(app) == 1


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x"])
async def test_telegram_must_show_its_secret(app: running.App, secret: str | None) -> None:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    answer = await app.http.post("/telegram", content=update(), headers=headers)
    assert (answer.status_code, await kept(app)) == (403, 0)


@pytest.mark.parametrize("body", ["", "{", "[]", '{"message": 1}', "\x00"])
async def test_what_telegram_never_sends(app: running.App, body: str) -> None:
    answer = await app.http.post("/telegram", content=body, headers=TELEGRAM)
    assert (answer.status_code, await kept(app)) == (400, 0)


@pytest.mark.parametrize("sender", ["whatsapp:+996555123456", "+996555123456"])
async def test_twilio_is_heard_once(app: running.App, sender: str) -> None:
    for _ in range(2):
        answer = await app.http.post("/twilio", **message(app, From=sender))
        assert (answer.status_code, answer.content) == (204, b"")
    assert await kept(app) == 1
    channel = "whatsapp" if ":" in sender else "sms"
    assert await app.replies(channel, "+996555123456")


async def test_twilio_must_sign(app: running.App) -> None:
    right = message(app)
    answers = [
        await app.http.post("/twilio", content=right["content"], headers=FORM),
        await app.http.post("/twilio", content=right["content"] + "&More=1", headers=right["headers"]),
        await app.http.post("/twilio?x=1", **right),
        await app.http.post("/twilio", content="{", headers={"Content-Type": "application/json"}),
        await app.http.post("/twilio/status", **message(app, MessageStatus="delivered")),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert await kept(app) == 0


async def test_what_twilio_never_sends(app: running.App) -> None:
    answer = await app.http.post("/twilio", **message(app, MessageSid=""))
    assert (answer.status_code, await kept(app)) == (400, 0)


async def test_twilio_tells_what_became_of_a_message(app: running.App) -> None:
    with mock.patch.object(app.house.postman.afterwards, "take") as take:
        failed = message(app, "/twilio/status", MessageStatus="undelivered", ErrorCode="30003")
        assert (await app.http.post("/twilio/status", **failed)).status_code == 204
        on_its_way = message(app, "/twilio/status", MessageStatus="queued")
        assert (await app.http.post("/twilio/status", **on_its_way)).status_code == 204
    [status] = [call.args[0] for call in take.await_args_list]
    assert (status.provider_id, status.receipt.fate) == ("SM" + "1" * 32, base.Fate.FAILED)


@pytest.mark.parametrize("path", ["/telegram", "/twilio", "/twilio/status"])
async def test_a_body_that_is_too_long(app: running.App, path: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 8192

    answer = await app.http.post(path, content=b"x" * 70_000, headers=TELEGRAM)
    assert answer.status_code == 413
    async with httpx.AsyncClient(base_url=app.url, trust_env=False) as other:
        # On whoever does not stop the line is closed, perhaps before they look for the answer.
        with contextlib.suppress(httpx.TransportError):
            assert (await other.post(path, content=endless(), headers=TELEGRAM)).status_code == 413
    assert await kept(app) == 0


async def test_busy(app: running.App) -> None:
    with mock.patch.object(app.house.desk, "receive", side_effect=receiving.Busy):
        for answer in (
            await app.http.post("/telegram", content=update(), headers=TELEGRAM),
            await app.http.post("/twilio", **message(app)),
        ):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("path", ["/telegram", "/twilio", "/twilio/status"])
async def test_a_messenger_without_an_account(sqlite_url: str, tmp_path: Path, path: str) -> None:
    async with opened.app(sqlite_url, tmp_path) as made:
        assert (await opened.client(made).post(path, content=update())).status_code == 404
