"""A question's picture or recording on its way: to Telegram once and then by its id there, to WhatsApp by address."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.channels import base, telegram, twilio
from tests import samples
from tests.standins import telegram as telegram_standin
from tests.standins import twilio as twilio_standin

NAME = "a" * 64
SOUND = base.Outbound("", attached="audio", attachment=NAME)
PICTURE = base.Outbound("", attached="image", attachment=NAME)
CONTENT = {"image": samples.drawn(), "audio": samples.ogg()}
Fate = base.Fate


class Attachments:
    """See `base.Attachments`."""

    def __init__(self, mime: str = "audio/ogg") -> None:
        self.mime = mime
        self.ids: dict[tuple[str, str], str] = {}

    async def get(self, name: str) -> tuple[str, bytes] | None:
        """One there is."""
        return (self.mime, CONTENT[self.mime.partition("/")[0]]) if name == NAME else None

    def link(self, name: str) -> str:
        """Where it is had."""
        return f"/attachment/{name}/0/0"

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


def bot(
    platform: telegram_standin.Standin, session: aiohttp.ClientSession, attachments: Attachments | None
) -> telegram.Telegram:
    return telegram.Telegram(telegram_standin.TOKEN, "s" * 16, session, platform.url, attachments=attachments)


@pytest.mark.parametrize("mime", ["audio/ogg", "audio/mpeg", "audio/mp4", "image/jpeg", "image/png", "image/webp"])
async def test_telegram_is_given_an_attachment_once(
    platform: telegram_standin.Standin, session: aiohttp.ClientSession, mime: str
) -> None:
    attachments, people = Attachments(mime), [platform.person(number) for number in (42, 43)]
    outbound = PICTURE if mime.startswith("image/") else SOUND
    for channel in (bot(platform, session, attachments), bot(platform, session, attachments)):
        receipts = [await channel.send(address, outbound) for address in ("42", "43")]
        assert {receipt.fate for receipt in receipts} == {Fate.SENT}
    shown = [each for person in people for each in person.screen()]
    [name] = {each.file for each in shown}
    assert len(shown) == 4
    # Of a picture Telegram makes small ones too; it is the whole one that is named.
    content = CONTENT[outbound.attached]
    assert [each for each in platform.bot().files.items() if each[1] != b"small"] == [(name, content)]
    assert attachments.ids == {("telegram:1000", NAME): name}


@pytest.mark.parametrize(("outbound", "mime"), [(SOUND, "audio/ogg"), (PICTURE, "image/jpeg")])
async def test_what_telegram_has_forgotten_is_given_again(
    platform: telegram_standin.Standin, session: aiohttp.ClientSession, outbound: base.Outbound, mime: str
) -> None:
    attachments, person = Attachments(mime), platform.person(42)
    attachments.ids["telegram:1000", NAME] = "gone"
    assert (await bot(platform, session, attachments).send("42", outbound)).fate is Fate.SENT
    assert attachments.ids["telegram:1000", NAME] == person.screen()[-1].file != "gone"


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
async def test_the_question_does_not_wait_for_its_attachment(
    platform: telegram_standin.Standin, session: aiohttp.ClientSession, fault: dict[str, str], fate: Fate
) -> None:
    platform.person(42)
    for method, outbound, mime in (("sendVoice", SOUND, "audio/ogg"), ("sendPhoto", PICTURE, "image/png")):
        platform.fails(method, **fault)  # type: ignore[arg-type] # a table of its parameters
        assert (await bot(platform, session, Attachments(mime)).send("42", outbound)).fate is fate


async def test_what_is_not_there_is_not_sent(
    platform: telegram_standin.Standin, session: aiohttp.ClientSession
) -> None:
    person = platform.person(42)
    for attachments, name in ((None, NAME), (Attachments(), "b" * 64)):
        outbound = base.Outbound("", attached="audio", attachment=name)
        receipt = await bot(platform, session, attachments).send("42", outbound)
        assert receipt.fate is Fate.FAILED
    assert person.screen() == []


@pytest.mark.parametrize(("outbound", "mime"), [(SOUND, "audio/ogg"), (PICTURE, "image/jpeg"), (PICTURE, "image/png")])
async def test_whatsapp_is_told_where_an_attachment_is(
    session: aiohttp.ClientSession, outbound: base.Outbound, mime: str
) -> None:
    content = CONTENT[outbound.attached]
    async with twilio_standin.Twilio() as platform:
        channel = twilio.Twilio(
            "whatsapp",
            platform.account,
            platform.token,
            platform.sender,
            session,
            platform.public,
            platform.bases,
            attachments=Attachments(),
        )
        asked: list[str] = []

        async def ours(request: aiohttp.web.Request) -> aiohttp.web.Response:
            asked.append(request.path)
            return aiohttp.web.Response(body=content, content_type=mime)

        app = aiohttp.web.Application()
        app.router.add_get("/attachment/{path:.*}", ours)
        runner = aiohttp.web.AppRunner(app, access_log=None)
        await runner.setup()
        await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
        platform.app = f"http://127.0.0.1:{runner.addresses[0][1]}"
        person = platform.person("+996700112233", "whatsapp")
        person.wrote = platform.now()
        assert (await channel.send(person.address, outbound)).fate is Fate.SENT
        assert (person.last.kind, person.last.text, platform.fetched) == ("media", "", [content])
        assert asked == [f"/attachment/{NAME}/0/0"]
        platform.faults = [twilio_standin.Fault.DROP_AFTER]
        assert (await channel.send(person.address, outbound)).fate is Fate.FAILED
        await runner.cleanup()


@pytest.mark.parametrize(
    ("name", "public_url", "attachments", "brings"),
    [
        ("whatsapp", "https://ashar.example", Attachments(), True),
        # Twilio could not fetch it from us.
        ("whatsapp", "", Attachments(), False),
        ("whatsapp", "https://ashar.example", None, False),
        ("sms", "https://ashar.example", Attachments(), False),
    ],
)
async def test_a_channel_says_whether_it_brings_attachments(
    session: aiohttp.ClientSession, name: str, public_url: str, attachments: Attachments | None, brings: bool
) -> None:
    channel = twilio.Twilio(
        name, "AC" + "0" * 32, "token", "+996555000111", session, public_url, attachments=attachments
    )
    assert channel.capabilities.attachments is brings
    if not brings:
        receipt = await channel.send("+996700112233", SOUND)
        assert (receipt.fate, receipt.code) == (Fate.FAILED, "no attachments")
