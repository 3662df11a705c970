"""A question's recording on its way: to Telegram once and then by its id there, to WhatsApp by its address."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.channels import base, telegram, twilio
from tests import samples
from tests.standins import telegram as telegram_standin
from tests.standins import twilio as twilio_standin

NAME = "a" * 64
SOUND = base.Outbound("", sound=NAME)
Fate = base.Fate


class Sounds:
    """See `base.Sounds`."""

    def __init__(self, mime: str = "audio/ogg") -> None:
        self.mime = mime
        self.ids: dict[tuple[str, str], str] = {}

    async def get(self, name: str) -> tuple[str, bytes] | None:
        """One recording there is."""
        return (self.mime, samples.ogg()) if name == NAME else None

    def link(self, name: str) -> str:
        """Where it is heard."""
        return f"/sound/{name}/0/0"

    async def known(self, account: str, name: str) -> str:
        """What it was called."""
        return self.ids.get((account, name), "")

    async def keep(self, account: str, name: str, provider_id: str) -> None:
        """What it is called."""
        self.ids[account, name] = provider_id


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


@pytest.fixture
async def platform() -> AsyncIterator[telegram_standin.Standin]:
    async with telegram_standin.running() as standin:
        yield standin


def bot(platform: telegram_standin.Standin, session: aiohttp.ClientSession, sounds: Sounds | None) -> telegram.Telegram:
    return telegram.Telegram(telegram_standin.TOKEN, "s" * 16, session, platform.url, sounds=sounds)


@pytest.mark.parametrize("mime", ["audio/ogg", "audio/mpeg", "audio/mp4"])
async def test_telegram_is_given_a_recording_once(
    platform: telegram_standin.Standin, session: aiohttp.ClientSession, mime: str
) -> None:
    sounds, people = Sounds(mime), [platform.person(number) for number in (42, 43)]
    for channel in (bot(platform, session, sounds), bot(platform, session, sounds)):
        receipts = [await channel.send(address, SOUND) for address in ("42", "43")]
        assert {receipt.fate for receipt in receipts} == {Fate.SENT}
    shown = [each for person in people for each in person.screen()]
    [name] = {each.voice for each in shown}
    assert len(shown) == 4
    assert platform.bot().files == {name: samples.ogg()}
    assert sounds.ids == {("telegram:1000", NAME): name}


async def test_a_recording_that_telegram_has_forgotten_is_given_again(
    platform: telegram_standin.Standin, session: aiohttp.ClientSession
) -> None:
    sounds, person = Sounds(), platform.person(42)
    sounds.ids["telegram:1000", NAME] = "gone"
    assert (await bot(platform, session, sounds).send("42", SOUND)).fate is Fate.SENT
    assert sounds.ids["telegram:1000", NAME] == person.screen()[-1].voice != "gone"


@pytest.mark.parametrize(
    ("fault", "fate"),
    [
        ({"status": 500, "description": "Internal"}, Fate.FAILED),
        ({"drop": True}, Fate.FAILED),
        ({"status": 400, "description": "Bad Request: VOICE_MESSAGES_FORBIDDEN"}, Fate.FAILED),
        ({"status": 403, "description": "Forbidden: bot was blocked by the user"}, Fate.GONE),
        ({"status": 429, "description": "Too Many Requests", "parameters": {"retry_after": 3}}, Fate.LATER),
    ],
)
async def test_the_question_does_not_wait_for_its_recording(
    platform: telegram_standin.Standin, session: aiohttp.ClientSession, fault: dict[str, str], fate: Fate
) -> None:
    platform.person(42)
    platform.fails("sendVoice", **fault)  # type: ignore[arg-type] # a table of its parameters
    assert (await bot(platform, session, Sounds()).send("42", SOUND)).fate is fate


async def test_without_recordings_nothing_is_sent(
    platform: telegram_standin.Standin, session: aiohttp.ClientSession
) -> None:
    person = platform.person(42)
    for sounds, sound in ((None, NAME), (Sounds(), "b" * 64)):
        receipt = await bot(platform, session, sounds).send("42", base.Outbound("", sound=sound))
        assert receipt.fate is Fate.FAILED
    assert person.screen() == []


async def test_whatsapp_is_told_where_the_recording_is(session: aiohttp.ClientSession) -> None:
    async with twilio_standin.Twilio() as platform:
        channel = twilio.Twilio(
            "whatsapp",
            platform.account,
            platform.token,
            platform.sender,
            session,
            platform.public,
            platform.bases,
            sounds=Sounds(),
        )
        asked: list[str] = []

        async def ours(request: aiohttp.web.Request) -> aiohttp.web.Response:
            asked.append(request.path)
            return aiohttp.web.Response(body=samples.ogg(), content_type="audio/ogg")

        app = aiohttp.web.Application()
        app.router.add_get("/sound/{path:.*}", ours)
        runner = aiohttp.web.AppRunner(app, access_log=None)
        await runner.setup()
        await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
        platform.app = f"http://127.0.0.1:{runner.addresses[0][1]}"
        person = platform.person("+996700112233", "whatsapp")
        person.wrote = platform.now()
        assert (await channel.send(person.address, SOUND)).fate is Fate.SENT
        assert (person.last.kind, person.last.text, platform.heard) == ("media", "", [samples.ogg()])
        assert asked == [f"/sound/{NAME}/0/0"]
        platform.faults = [twilio_standin.Fault.DROP_AFTER]
        assert (await channel.send(person.address, SOUND)).fate is Fate.FAILED
        await runner.cleanup()


@pytest.mark.parametrize(
    ("name", "public_url", "sounds", "heard"),
    [
        ("whatsapp", "https://ashar.example", Sounds(), True),
        # Twilio could not fetch it from us.
        ("whatsapp", "", Sounds(), False),
        ("whatsapp", "https://ashar.example", None, False),
        ("sms", "https://ashar.example", Sounds(), False),
    ],
)
async def test_a_channel_says_whether_it_brings_recordings(
    session: aiohttp.ClientSession, name: str, public_url: str, sounds: Sounds | None, heard: bool
) -> None:
    channel = twilio.Twilio(name, "AC" + "0" * 32, "token", "+996555000111", session, public_url, sounds=sounds)
    assert channel.capabilities.sounds is heard
    if not heard:
        receipt = await channel.send("+996700112233", SOUND)
        assert (receipt.fate, receipt.code) == (Fate.FAILED, "no sounds")
