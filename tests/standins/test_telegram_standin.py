"""The stand-in of Telegram keeps the platform's promises, or the tests that lean on it prove nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.standins import telegram, telegram_bot


@pytest.fixture
async def platform() -> AsyncIterator[telegram.Standin]:
    async with telegram.running() as standin:
        yield standin


class Door:
    """A webhook that notes what comes and answers as told."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.secrets: set[str] = set()
        self.answers: list[web.Response] = []
        self.busy = self.most_at_once = 0
        #: So many must be there before any is answered.
        self.together = 1
        self._all = asyncio.Event()

    async def post(self, request: web.Request) -> web.Response:
        self.busy += 1
        self.most_at_once = max(self.most_at_once, self.busy)
        update = await request.json()
        if self.busy >= self.together:
            self._all.set()
        await self._all.wait()
        await asyncio.sleep(0.01)
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        self.busy -= 1
        answer = self.answers.pop(0) if self.answers else web.Response()
        if answer.status == 200:
            kind = next(key for key in update if key != "update_id")
            self.heard.append(update[kind].get("text") or update[kind].get("data") or kind)
        return answer


@pytest.fixture
async def door(platform: telegram.Standin) -> AsyncIterator[Door]:
    """A webhook, set, and open on a loopback port behind its public address."""
    it = Door()
    app = web.Application()
    app.router.add_post("/telegram", it.post)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot = platform.bot()
    bot.updates.tunnels["https://ashar.example"] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await bot.call("setWebhook", {"url": "https://ashar.example/telegram", "secret_token": "abc_-1"})
    yield it
    await runner.cleanup()


async def test_the_messages_of_a_chat_come_one_at_a_time_with_the_secret(
    platform: telegram.Standin, door: Door
) -> None:
    person = platform.person(42)
    await asyncio.gather(*(person.says(text) for text in "абв"))
    assert (door.heard, door.most_at_once, door.secrets) == (["а", "б", "в"], 1, {"abc_-1"})


async def test_a_refused_update_is_repeated_and_holds_up_its_chat_alone(platform: telegram.Standin, door: Door) -> None:
    door.answers = [web.Response(status=500), web.Response(status=503, headers={"Retry-After": "3"})]
    await platform.person(42).says("а")
    assert [status for _, status in platform.bot().updates.delivered] == [500, 503, 200]
    assert door.heard == ["а"]


async def test_taps_and_texts_travel_in_two_queues(platform: telegram.Standin, door: Door) -> None:
    person = platform.person(42)
    button = {"text": "1", "callback_data": "-.0.1"}
    await platform.bot().call(
        "sendMessage", {"chat_id": 42, "text": "?", "reply_markup": {"inline_keyboard": [[button]]}}
    )
    door.together = 2
    await asyncio.gather(person.taps("1"), person.says("а"))
    assert door.most_at_once == 2
    platform.bot().updates.hold("callback_query")
    await person.taps("1")
    await person.says("б")
    await platform.bot().updates.release("callback_query")
    assert door.heard[2:] == ["б", "-.0.1"]


async def test_an_update_can_come_twice_at_once_and_again(platform: telegram.Standin, door: Door) -> None:
    platform.bot().updates.copies = door.together = 2
    await platform.person(42).says("а")
    assert (door.heard, door.most_at_once) == (["а", "а"], 2)
    assert await platform.bot().updates.again(copies=3) == [200, 200, 200]
    assert len({number for number, _ in platform.bot().updates.delivered}) == 1


async def test_a_person_sees_edits_and_hears_each_change_once(platform: telegram.Standin) -> None:
    person, bot = platform.person(42), platform.bot()
    sent = await bot.call("sendMessage", {"chat_id": "42", "text": "а"})
    before = await person.hears()
    await bot.call("editMessageText", {"chat_id": "42", "message_id": sent["message_id"], "text": "б"})
    assert (before.text, (await person.hears()).text) == ("а", "б")
    with pytest.raises(TimeoutError):
        await person.hears(within=0.01)


KEY = {"text": "1", "callback_data": "x"}


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": list(rows)}}


@pytest.mark.parametrize(
    ("method", "given", "refusal"),
    [
        ("sendMessage", {"text": ""}, "Bad Request: message text is empty"),
        ("sendMessage", {"text": "ы" * 4097}, "Bad Request: message is too long"),
        ("sendMessage", {"text": "😀" * 2049}, "Bad Request: message is too long"),
        ("sendMessage", {"text": "ы" * 16_385}, "Bad Request: Text is too long"),
        ("sendMessage", {"text": "?", "chat_id": 9}, "Bad Request: chat not found"),
        (
            "sendMessage",
            {"text": "?"} | keyboard([KEY | {"callback_data": "ы" * 33}]),
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        ("sendMessage", {"text": "?"} | keyboard([KEY] * 9), "Bad Request: reply markup is too long"),
        ("sendMessage", {"text": "?"} | keyboard(*[[KEY]] * 101), "Bad Request: reply markup is too long"),
        ("editMessageText", {"text": "?", "message_id": 9}, "Bad Request: message to edit not found"),
        (
            "answerCallbackQuery",
            {"callback_query_id": "9"},
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        ),
        (
            "setWebhook",
            {"url": "http://ashar.example"},
            "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            "setWebhook",
            {"url": "https://ashar.example", "secret_token": "ы"},
            "Bad Request: secret token contains unallowed characters",
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "жардам", "description": "?"}]},
            "Bad Request: BOT_COMMAND_INVALID",
        ),
        ("getFile", {"file_id": "9"}, "Bad Request: wrong file_id or the file is temporarily unavailable"),
        ("sendTelepathy", {}, "Not Found"),
    ],
)
async def test_the_limits_of_the_platform_hold(
    platform: telegram.Standin, method: str, given: dict[str, Any], refusal: str
) -> None:
    platform.person(42)
    with pytest.raises(telegram_bot.ApiError) as refused:
        await platform.bot().call(method, {"chat_id": 42} | given)
    assert refused.value.body["description"] == refusal


async def test_a_tap_is_answered_once_and_an_edit_must_change_something(platform: telegram.Standin) -> None:
    person, bot = platform.person(42), platform.bot()
    sent = await bot.call("sendMessage", {"chat_id": 42, "text": "?"} | keyboard([KEY]))
    await person.taps("1")
    [update] = await bot.call("getUpdates", {})
    query = {"callback_query_id": update["callback_query"]["id"]}
    assert await bot.call("answerCallbackQuery", query)
    with pytest.raises(telegram_bot.ApiError, match="query is too old"):
        await bot.call("answerCallbackQuery", query)
    with pytest.raises(telegram_bot.ApiError, match="message is not modified"):
        await bot.call("editMessageReplyMarkup", {"chat_id": 42, **keyboard([KEY])} | sent)


async def test_updates_are_for_one_asker_and_not_beside_a_webhook(platform: telegram.Standin) -> None:
    bot = platform.bot()
    first = asyncio.create_task(bot.call("getUpdates", {"timeout": 1000}))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(bot.call("getUpdates", {"timeout": 1000}))
    with pytest.raises(telegram_bot.ApiError, match="terminated by other getUpdates"):
        await first
    await platform.person(42).says("а")
    assert len(await second) == 1
    await bot.call("setWebhook", {"url": "https://ashar.example"})
    with pytest.raises(telegram_bot.ApiError, match="webhook is active"):
        await bot.call("getUpdates", {})


async def test_forms_json_and_files_work_over_http_and_an_unknown_token_does_not(
    platform: telegram.Standin,
) -> None:
    person = platform.person(42)
    platform.bot().files["f1"] = b"OggS"
    given = {"chat_id": "42", "text": "а"}
    url = f"{platform.url}/bot{telegram.TOKEN}"
    async with aiohttp.ClientSession() as session:
        for body in ({"data": given}, {"json": given}, {"params": given}):
            async with session.post(f"{url}/SENDmessage", **body) as response:  # type: ignore[arg-type] # one of three
                assert (await response.json())["ok"] is True
        async with session.get(f"{url}/getFile?file_id=f1") as response:
            path = (await response.json())["result"]["file_path"]
        async with session.get(f"{platform.url}/file/bot{telegram.TOKEN}/{path}") as response:
            assert await response.read() == b"OggS"
        async with session.get(f"{platform.url}/bot1:x/getMe") as response:
            assert response.status == 401
    assert [seen.text for seen in person.screen()] == ["а", "а", "а"]
