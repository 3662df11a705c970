"""Telegram, coming in: recorded updates become messages, by webhook and by polling."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from bot.channels import base, telegram
from tests.standins import telegram as standins
from tests.standins import telegram_people

SECRET = "s3cret-Token_of-ours"
PERSON = {"id": 42, "is_bot": False, "first_name": "Айгүл", "language_code": "ky"}
BOT = {"id": 1000, "is_bot": True, "first_name": "Ашар", "username": "AsharBot"}
CHAT = {"id": 42, "type": "private", "first_name": "Айгүл"}
GROUP = {"id": -100_500, "type": "supergroup", "title": "Ак-Суу"}
MESSAGE = {"message_id": 7, "date": 1_763_000_000, "from": PERSON, "chat": CHAT}
KEYBOARD = {"inline_keyboard": [[{"text": "1", "callback_data": "1f3a9c02.5.1"}]]}
SHOWN = MESSAGE | {"from": BOT, "text": "Кайсынысы?", "reply_markup": KEYBOARD}
TAP = {"id": "4382", "from": PERSON, "chat_instance": "-77", "data": "1f3a9c02.5.1", "message": SHOWN}


@pytest.fixture
async def platform() -> AsyncIterator[standins.Standin]:
    async with standins.running() as standin:
        yield standin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


@pytest.fixture
def channel(platform: standins.Standin, session: aiohttp.ClientSession) -> telegram.Telegram:
    return telegram.Telegram(standins.TOKEN, SECRET, session, platform.url)


def webhook(update: object, **headers: str) -> base.Request:
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    return base.Request("/telegram", headers, body)


def inbound(**fields: Any) -> base.Inbound:
    return base.Inbound(**({"channel": "telegram", "key": "900", "address": "42"} | fields))


def member(status: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    change = {"from": PERSON, "chat": chat, "date": 1_763_000_000}
    old = {"user": BOT, "status": "member" if status == "kicked" else "kicked", "until_date": 0}
    return {"my_chat_member": change | {"old_chat_member": old, "new_chat_member": old | {"status": status}}}


def says(text: str, **fields: Any) -> dict[str, Any]:
    return {"message": MESSAGE | {"text": text} | fields}


#: Bytes that Telegram hands out at the most.
LIMIT = 20_000_000
PLACE = {"latitude": -0.5, "longitude": 78.4}
ANIMATION = {"file_id": "f1", "file_unique_id": "u1", "width": 9, "height": 9, "duration": 1}


def photo(name: str, width: int, size: int | None = None) -> dict[str, Any]:
    return {"file_id": name, "file_unique_id": f"u{name}", "width": width, "height": width, "file_size": size}


def sent(kind: str, **beside: Any) -> dict[str, Any]:
    return {"message": MESSAGE | {kind: {"file_id": "f1", "file_unique_id": "u1"} | beside}}


STALE = base.Inbound("telegram", "900", "42", tap=("?", -1), edits="7", callback="4382")


# -- what comes in --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        pytest.param(says("Ысык-Көл"), inbound(text="Ысык-Көл"), id="words"),
        pytest.param(says("3 1 7"), inbound(text="3 1 7"), id="numbers"),
        pytest.param(says("/help"), inbound(text="/help"), id="command"),
        pytest.param(says("/help@AsharBot"), inbound(text="/help"), id="command-by-name"),
        pytest.param(says("/жардам"), inbound(text="/жардам"), id="command-in-kyrgyz"),
        pytest.param(says("/language ru"), inbound(text="/language ru"), id="command-with-words"),
        pytest.param(says("/start"), inbound(text="start"), id="start"),
        pytest.param(says("/start a-suu_1"), inbound(text="start", start="a-suu_1"), id="start-by-link"),
        pytest.param(says("/start эмне?"), inbound(text="start"), id="start-with-words-is-no-link"),
        pytest.param(says("50/50"), inbound(text="50/50"), id="slash-within"),
        pytest.param(says("/\n"), inbound(text="/\n"), id="slash-alone"),
        pytest.param(says("a\ud800b"), inbound(text="a?b"), id="half-a-character"),
        pytest.param(says("ооба", reply_to_message=SHOWN, message_thread_id=3), inbound(text="ооба"), id="quoting"),
        *(
            pytest.param({"message": MESSAGE | content}, inbound(kind="media"), id=kind)
            for kind, content in telegram_people.CONTENT.items()
            if kind not in ("notice", "photo", "voice", "location")
        ),
        pytest.param(
            {"message": MESSAGE | telegram_people.CONTENT["photo"]},
            inbound(text="2", kind="image", media=base.Media("image", "f1", "image/jpeg")),
            id="photo",
        ),
        pytest.param(
            {"message": MESSAGE | {"photo": [photo("s", 90), photo("l", 2560, LIMIT + 1), photo("m", 1280, 9)]}},
            inbound(kind="image", media=base.Media("image", "m", "image/jpeg", 9)),
            id="the-largest-photo-that-may-be",
        ),
        pytest.param(
            {"message": MESSAGE | {"photo": [photo("m", 1280, LIMIT + 1)]}}, inbound(kind="media"), id="large-photo"
        ),
        pytest.param(
            {"message": MESSAGE | {"photo": [photo("m", 1280)], "media_group_id": "77", "caption": "a\ud800"}},
            inbound(key="album/77", text="a?", kind="image", media=base.Media("image", "m", "image/jpeg")),
            id="photo-of-an-album",
        ),
        pytest.param(
            {"message": MESSAGE | telegram_people.CONTENT["voice"]},
            inbound(kind="audio", media=base.Media("audio", "f1", "audio/ogg")),
            id="voice",
        ),
        pytest.param(
            sent("voice", duration=700, file_size=LIMIT + 1),
            inbound(kind="media"),
            id="voice-that-Telegram-would-not-hand-out",
        ),
        pytest.param(
            sent("audio", duration=4, file_size=10),
            inbound(kind="audio", media=base.Media("audio", "f1", "", 10)),
            id="music",
        ),
        *(
            pytest.param(
                sent("document", mime_type=mime),
                inbound(kind=kind, media=base.Media(kind, "f1", mime.lower()) if kind != "media" else None),
                id=f"document-{mime}",
            )
            for mime, kind in {
                "image/jpeg": "image",
                "IMAGE/PNG": "image",
                "image/svg+xml": "media",
                "image/heic": "media",
                "audio/x-m4a": "audio",
                "video/mp4": "media",
                "": "media",
            }.items()
        ),
        pytest.param(
            {"message": {**sent("document", mime_type="image/jpeg")["message"], "animation": ANIMATION}},
            inbound(kind="media"),
            id="moving-picture",
        ),
        pytest.param(
            {"message": MESSAGE | telegram_people.CONTENT["location"]},
            inbound(kind="place", text="42.49 78.39 0 12.5"),
            id="location",
        ),
        pytest.param(
            {"message": MESSAGE | {"location": PLACE, "venue": {"location": PLACE, "title": "Мектеп", "address": "1"}}},
            inbound(kind="place", text="-0.5 78.4 0 0"),
            id="venue",
        ),
        pytest.param(
            {"message": MESSAGE | {"location": {"latitude": 99, "longitude": 1}}}, inbound(kind="media"), id="nowhere"
        ),
        pytest.param({"message": MESSAGE | telegram_people.CONTENT["notice"]}, None, id="notice"),
        pytest.param(
            {"callback_query": TAP},
            inbound(text="1", tap=("1f3a9c02", 5), edits="7", callback="4382"),
            id="tap",
        ),
        pytest.param(
            {"callback_query": TAP | {"message": {"message_id": 7, "chat": CHAT, "date": 0}}},
            inbound(text="1", tap=("1f3a9c02", 5), callback="4382"),
            id="tap-on-message-out-of-reach",
        ),
        pytest.param(
            {"callback_query": {key: value for key, value in TAP.items() if key != "message"}},
            inbound(text="1", tap=("1f3a9c02", 5), callback="4382"),
            id="tap-without-message",
        ),
        pytest.param({"callback_query": TAP | {"data": "survey:old"}}, STALE, id="tap-of-foreign-button"),
        pytest.param({"callback_query": TAP | {"data": "a.-1.x"}}, STALE, id="tap-with-forged-step"),
        pytest.param(member("kicked"), inbound(kind="blocked"), id="blocked"),
        pytest.param(member("member"), inbound(kind="unblocked"), id="unblocked"),
        pytest.param(member("kicked", GROUP), None, id="thrown-out-of-group"),
        pytest.param({"edited_message": MESSAGE | {"text": "2"}}, None, id="edited"),
        pytest.param(says("1", chat=GROUP), None, id="group"),
        pytest.param({"callback_query": TAP | {"message": SHOWN | {"chat": GROUP}}}, None, id="group-tap"),
        pytest.param({"channel_post": MESSAGE | {"text": "1"}}, None, id="channel"),
        pytest.param({"telepathy": {"thought": "1"}}, None, id="unheard-of-update"),
        pytest.param({"message": {"text": "1"}}, None, id="update-the-library-cannot-read"),
    ],
)
async def test_an_update_becomes_at_most_one_inbound(
    channel: telegram.Telegram, update: dict[str, Any], expected: base.Inbound | None
) -> None:
    assert channel.read(webhook({"update_id": 900} | update)) == ([expected] if expected else [])


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[]", b"null", b'{"message": {}}', b'{"update_id": "1"}', b"[" * 100_000]
)
async def test_what_is_no_update_is_malformed(channel: telegram.Telegram, body: bytes) -> None:
    with pytest.raises(base.Malformed):
        channel.read(webhook(body))


HEADER = "x-telegram-bot-api-secret-token"


async def test_only_the_secret_opens_the_webhook(channel: telegram.Telegram, session: aiohttp.ClientSession) -> None:
    channel.verify(webhook({}, **{HEADER: SECRET}))
    for headers in ({}, {HEADER: ""}, {HEADER: SECRET[:-1]}, {HEADER: "Көл\x80"}):
        with pytest.raises(base.Refused):
            channel.verify(webhook({}, **headers))
    with pytest.raises(base.Refused):
        telegram.Telegram(standins.TOKEN, "", session).verify(webhook({}, **{HEADER: ""}))


# -- being reached --------------------------------------------------------------------------------


async def test_starting_without_https_asks_for_polling(platform: standins.Standin, channel: telegram.Telegram) -> None:
    bot = platform.bot()
    bot.updates.url = "https://of.yesterday"
    assert await channel.start() == "AsharStandInBot"
    assert (channel.polling, bot.updates.url) == (True, "")
    assert {language: list(commands) for language, commands in bot.commands.items()} == {
        language: ["start", "help", "language", "stop"] for language in ("ky", "ru", "")
    }
    assert bot.commands["ky"]["stop"] != bot.commands["ru"]["stop"]


async def test_starting_with_https_sets_a_webhook_with_our_secret(
    platform: standins.Standin, session: aiohttp.ClientSession
) -> None:
    channel = telegram.Telegram(standins.TOKEN, SECRET, session, platform.url, "https://ashar.example/")
    await channel.start()
    updates = platform.bot().updates
    assert (channel.polling, updates.url, updates.secret) == (
        False,
        "https://ashar.example/telegram",
        SECRET,
    )
    assert updates.allowed == {"message", "callback_query", "my_chat_member"}


Call = Callable[[telegram.Telegram], Awaitable[object]]


@pytest.mark.parametrize("call", [lambda it: it.start(), lambda it: it.updates(0, 0)], ids=["start", "updates"])
async def test_a_platform_that_does_not_answer_is_told_without_the_token(
    platform: standins.Standin, channel: telegram.Telegram, session: aiohttp.ClientSession, call: Call
) -> None:
    stranger = telegram.Telegram("1001:wrong-token", SECRET, session, platform.url)
    with pytest.raises(base.Unreachable) as unknown:
        await call(stranger)
    platform.floods("", 9)
    with pytest.raises(base.Unreachable, match="too many requests"):
        await call(channel)
    async with platform.refusing():
        with pytest.raises(base.Unreachable) as refused:
            await call(channel)
    for error in (unknown, refused):
        assert "wrong-token" not in str(error.value)
        assert standins.TOKEN not in str(error.value)


@pytest.mark.parametrize("result", ["true", "[7]", '[{"message": {}}]', '{"id": 1}'])
@pytest.mark.parametrize("call", [lambda it: it.start(), lambda it: it.updates(0, 0)], ids=["start", "updates"])
async def test_a_yes_in_another_shape_is_no_answer(
    channel: telegram.Telegram, monkeypatch: pytest.MonkeyPatch, call: Call, result: str
) -> None:
    async def answers(*_: object, **__: object) -> tuple[int, bytes]:
        return 200, f'{{"ok": true, "result": {result}}}'.encode()

    monkeypatch.setattr(channel._http, "do_request", answers)
    with pytest.raises(base.Unreachable):
        await call(channel)


async def test_an_update_comes_again_until_a_higher_offset_acknowledges_it(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    person = platform.person(42)
    await channel.updates(0, 0)
    for text in ("биринчи", "экинчи"):
        await person.says(text)
    await person.edits("үчүнчү")
    first, second = await channel.updates(0, 0)
    assert [first, second] == await channel.updates(first[0], 0)
    assert [second] == await channel.updates(first[0] + 1, 0)
    assert await channel.updates(second[0] + 1, 0) == []


async def test_polling_wakes_up_when_somebody_writes(platform: standins.Standin, channel: telegram.Telegram) -> None:
    person = platform.person(42)
    waiting = asyncio.create_task(channel.updates(0, 1000))
    await asyncio.sleep(0.05)
    await person.starts("s-priorities")
    [(number, update)] = await waiting
    assert update == inbound(key=str(number), text="start", start="s-priorities")


async def test_an_odd_update_does_not_hold_up_the_others(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    person = platform.person(42)
    await platform.bot().updates.put("message", {"text": "no sender, no chat, no date"}, "message:42")
    await person.says("2")
    odd, fine = await channel.updates(0, 0)
    assert odd[1] is None
    assert fine[1]
    assert fine[1].text == "2"


async def test_no_log_holds_token_chat_or_words(
    platform: standins.Standin,
    session: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = telegram.Telegram(standins.TOKEN, SECRET, session, platform.url)
    person = platform.person(4_242_424_242)
    await channel.start()
    await person.says("купуя сөз")
    await platform.bot().updates.put("message", {"text": "купуя сөз"}, "message:1")
    await channel.updates(0, 0)
    platform.fails("sendMessage", status=500, page="купуя сөз")
    for fault in ({}, {"drop": True}, {"status": 400, "description": "no"}):
        platform.fails("sendMessage", **fault)
        await channel.send("4242424242", base.Outbound("купуя сөз"))
    async with platform.refusing():
        await channel.send("4242424242", base.Outbound("купуя сөз"))
    for private in (standins.TOKEN, SECRET, "4242424242", "купуя", "\\u043a"):
        assert private not in caplog.text
