"""Files come from both platforms, whole or not at all, within limits, and no password goes where it need not."""

import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
import yarl
from aiohttp import web

from bot.channels import base, downloading, telegram, twilio
from tests import samples
from tests.standins import telegram as telegram_standin
from tests.standins import twilio as twilio_standin

MOST = 100_000
VOICE = samples.ogg(words=b"x" * 200)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


@pytest.fixture
async def bot_api() -> AsyncIterator[telegram_standin.Standin]:
    async with telegram_standin.running() as standin:
        yield standin


@pytest.fixture
async def rest_api() -> AsyncIterator[twilio_standin.Twilio]:
    async with twilio_standin.Twilio() as standin:
        yield standin


@pytest.fixture
def bot(bot_api: telegram_standin.Standin, session: aiohttp.ClientSession) -> telegram.Telegram:
    return telegram.Telegram(telegram_standin.TOKEN, "s" * 16, session, bot_api.url)


@pytest.fixture
def whatsapp(rest_api: twilio_standin.Twilio, session: aiohttp.ClientSession) -> twilio.Twilio:
    return twilio.Twilio(
        "whatsapp", rest_api.account, rest_api.token, rest_api.sender, session, "https://a.example", rest_api.bases
    )


def kept(rest_api: twilio_standin.Twilio, content: bytes = VOICE, mime: str = "audio/ogg") -> str:
    """The address that Twilio's webhook would name."""
    path = f"{rest_api.path}/Messages/MM1/Media/ME1"
    rest_api.media[path] = (content, mime)
    return f"https://api.twilio.com{path}"


# -- Telegram ---------------------------------------------------------------------------------------


async def test_a_voice_note_comes_from_telegram(bot_api: telegram_standin.Standin, bot: telegram.Telegram) -> None:
    name = await bot_api.person(42).sends_file("voice", VOICE)
    [(_, inbound)] = await bot.updates(0, 0)
    assert inbound
    assert inbound.media == base.Media("audio", name, "", len(VOICE))
    assert await bot.fetch(inbound.media.reference, MOST) == VOICE


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        pytest.param({"method": "getFile", "status": 500, "description": "Internal"}, "Internal", id="fails"),
        pytest.param({"method": "getFile", "drop": True}, "Disconnected", id="hangs-up"),
        pytest.param({"method": "getFile", "status": 502, "page": "<html>"}, "not of Telegram's", id="proxy"),
        pytest.param({"method": "file", "status": 404}, "404", id="link-expired"),
        pytest.param({"method": "file", "status": 500}, "500", id="file-fails"),
        pytest.param({"method": "file", "status": 302}, "KeyError", id="leads-nowhere"),
        pytest.param({"method": "file", "drop": True}, "PayloadError", id="cut-off"),
    ],
)
async def test_what_telegram_does_not_hand_out_now_may_come_later(
    bot_api: telegram_standin.Standin, bot: telegram.Telegram, fault: dict[str, str], code: str
) -> None:
    bot_api.bot().files["voice"] = VOICE
    bot_api.fails(**fault)  # type: ignore[arg-type] # a table of its parameters
    with pytest.raises(base.Unreachable, match=code):
        await bot.fetch("voice", MOST)
    assert await bot.fetch("voice", MOST) == VOICE


async def test_an_unknown_file_is_asked_for_again_for_telegram_calls_it_unavailable(bot: telegram.Telegram) -> None:
    with pytest.raises(base.Unreachable, match="file is temporarily unavailable"):
        await bot.fetch("nothing", MOST)


async def test_telegrams_token_follows_nobody_elsewhere(
    bot_api: telegram_standin.Standin, bot: telegram.Telegram
) -> None:
    bot_api.bot().files["voice"] = VOICE
    bot_api.fails("file", status=302, location="https://elsewhere.example/")
    with pytest.raises(base.Unreachable, match="led elsewhere"):
        await bot.fetch("voice", MOST)


async def test_a_slow_line_is_waited_for(
    bot_api: telegram_standin.Standin, bot: telegram.Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot_api.bot().files["voice"] = VOICE
    bot_api.fails("file", pause=0.2)
    assert await bot.fetch("voice", MOST) == VOICE
    monkeypatch.setattr(downloading, "_TIMEOUT", aiohttp.ClientTimeout(sock_read=0.1))
    bot_api.fails("file", pause=0.5)
    with pytest.raises(base.Unreachable, match="timeout"):
        await bot.fetch("voice", MOST)


async def test_what_is_too_large_is_lost_before_it_is_read(
    bot_api: telegram_standin.Standin, bot: telegram.Telegram
) -> None:
    files = bot_api.bot().files
    files["long"], files["longer"] = b"\0" * (MOST + 1), b"\0" * (20 * 1024 * 1024 + 1)
    # The second half would come in an hour.
    bot_api.fails("file", pause=3600)
    for name in ("long", "longer"):
        with pytest.raises(base.Lost, match="too large"):
            await bot.fetch(name, MOST)


# -- Twilio -----------------------------------------------------------------------------------------


async def test_a_picture_comes_from_twilios_store_which_sees_no_password(
    rest_api: twilio_standin.Twilio, whatsapp: twilio.Twilio
) -> None:
    url = kept(rest_api, samples.picture(), "image/jpeg")
    assert await whatsapp.fetch(url, MOST) == samples.picture()
    assert rest_api.refusals == []
    assert rest_api.shown == []


@pytest.mark.parametrize("fault", [403, 404, 500, "cut"])
async def test_what_twilio_does_not_hand_out_now_may_come_later(
    rest_api: twilio_standin.Twilio, whatsapp: twilio.Twilio, fault: int | str
) -> None:
    url = kept(rest_api)
    rest_api.store_faults = [fault]
    with pytest.raises(base.Unreachable):
        await whatsapp.fetch(url, MOST)
    assert await whatsapp.fetch(url, MOST) == VOICE


async def test_with_a_wrong_password_nothing_is_handed_out(
    rest_api: twilio_standin.Twilio, session: aiohttp.ClientSession
) -> None:
    stranger = twilio.Twilio("whatsapp", rest_api.account, "wrong", "+1", session, "", rest_api.bases)
    with pytest.raises(base.Unreachable, match="401"):
        await stranger.fetch(kept(rest_api), MOST)
    assert rest_api.refusals == [20003]


@pytest.mark.parametrize("store", ["http://media.twiliocdn.com", "file:///etc", "ftp://x", "javascript:1"])
async def test_nobody_is_followed_where_the_line_is_open(
    rest_api: twilio_standin.Twilio, whatsapp: twilio.Twilio, store: str
) -> None:
    rest_api.store = store
    with pytest.raises(base.Unreachable):
        await whatsapp.fetch(kept(rest_api), MOST)


async def test_a_circle_ends(rest_api: twilio_standin.Twilio, whatsapp: twilio.Twilio) -> None:
    rest_api.store_faults = [302] * 9
    with pytest.raises(base.Unreachable, match="redirects"):
        await whatsapp.fetch(kept(rest_api), MOST)


# -- any of them ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "error"),
    [({"Transfer-Encoding": "chunked"}, base.Lost), ({"Content-Encoding": "gzip"}, base.Unreachable)],
)
async def test_a_file_that_does_not_say_how_long_it_is_ends_all_the_same(
    session: aiohttp.ClientSession, headers: dict[str, str], error: type[Exception]
) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse(headers=headers)
        await answer.prepare(request)
        while True:
            await answer.write(b"\0" * 10_000)
            sent += 10_000

    app = web.Application()
    app.router.add_get("/", endless)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = yarl.URL(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    try:
        with pytest.raises(error):
            await downloading.whole(session, url, lambda url: (url, {}), MOST)
    finally:
        await runner.cleanup()
    # What the line itself holds aside.
    assert sent < 10_000_000


async def test_no_log_holds_password_or_address(
    bot_api: telegram_standin.Standin,
    bot: telegram.Telegram,
    rest_api: twilio_standin.Twilio,
    whatsapp: twilio.Twilio,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    bot_api.bot().files["voice"] = VOICE
    said = []
    for fault in ({"status": 500}, {"drop": True}):
        bot_api.fails("file", **fault)
        with pytest.raises(base.Unreachable) as failed:
            await bot.fetch("voice", MOST)
        said.append(str(failed.value))
    async with bot_api.refusing():
        with pytest.raises(base.Unreachable) as failed:
            await bot.fetch("voice", MOST)
    said.append(str(failed.value))
    rest_api.store_faults = ["cut"]
    with pytest.raises(base.Unreachable) as failed:
        await whatsapp.fetch(kept(rest_api), MOST)
    said.append(str(failed.value))
    for private in (telegram_standin.TOKEN, rest_api.token, rest_api.account, "127.0.0.1", "Media/ME1"):
        assert private not in caplog.text + "".join(said)
