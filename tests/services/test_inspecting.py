"""What the platforms are asked about us, against their stand-ins."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import aiohttp

from bot import settings
from bot.services import examining, inspecting
from models import db
from tests.standins import telegram, twilio

PUBLIC = "https://ashar.example"
SERVICE = "MG" + "a" * 32


async def inspected(var: Path, **given: str) -> dict[str, examining.Finding]:
    """Findings by what was looked at."""
    read = settings.read({"ASHAR_VAR": str(var), **given})
    async with aiohttp.ClientSession() as session:
        return {each.check: each async for each in inspecting.inspect(read, session, db.now())}


def ill(found: dict[str, examining.Finding]) -> set[str]:
    """What is to be mended; each says how."""
    assert all(each.remedy for each in found.values() if each.state is examining.State.BAD)
    return {check for check, each in found.items() if each.state is examining.State.BAD}


async def test_without_platforms_there_is_nothing_to_ask(tmp_path: Path) -> None:
    assert await inspected(tmp_path) == {}


async def test_telegram_by_webhook(tmp_path: Path) -> None:
    async with telegram.running() as platform:
        given = {
            "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
            "ASHAR_TELEGRAM_API": platform.url,
            "ASHAR_PUBLIC_URL": PUBLIC,
        }
        found = await inspected(tmp_path, **given)
        assert ill(found) == {"Telegram's webhook"}
        assert "waits to be asked" in found["Telegram's webhook"].said
        bot = platform.bot()
        bot.updates.url = "https://another.example/telegram"
        assert "https://another.example/telegram" in (await inspected(tmp_path, **given))["Telegram's webhook"].said
        # As many houses make theirs.
        bot.updates.url = f"https://house:a-password@another.example:8443/{telegram.TOKEN}/hook?key=a-secret"
        found = await inspected(tmp_path, **given)
        assert "https://another.example:8443/…/hook, and not" in found["Telegram's webhook"].said
        assert not [each for each in ("a-password", "a-secret", telegram.TOKEN) if each in str(found)]
        bot.updates.url = f"{PUBLIC}/telegram"
        found = await inspected(tmp_path, **given)
        assert ill(found) == set()
        assert "agrees" in found["Telegram's clock"].said
        minute = dt.timedelta(minutes=1)
        for age, expected in ((5 * minute, {"Telegram's last try"}), (200 * minute, set())):
            at = int((db.now() - age).timestamp())
            bot.failure = {"last_error_date": at, "last_error_message": "Connection timed out"}
            found = await inspected(tmp_path, **given)
            assert ill(found) == expected
        platform.bot().failure = {}
        # Polling, it waits in vain for what goes elsewhere.
        del given["ASHAR_PUBLIC_URL"]
        found = await inspected(tmp_path, **given)
        assert ill(found) == {"Telegram's webhook"}
        bot.updates.url = ""
        assert ill(await inspected(tmp_path, **given)) == set()


async def test_telegram_that_does_not_know_us_or_is_not_there(tmp_path: Path) -> None:
    async with telegram.running() as platform:
        given = {"TELEGRAM_BOT_TOKEN": "1:" + "x" * 35, "ASHAR_TELEGRAM_API": platform.url}
        found = await inspected(tmp_path, **given)
        assert ill(found) == {"Telegram"}
        assert "token" in found["Telegram"].said
        async with platform.refusing():
            found = await inspected(tmp_path, **given)
        assert "does not answer" in found["Telegram"].said
        assert "x" * 35 not in str(found)
        platform.fails("getWebhookInfo", page="<html>Welcome to the hotel's network</html>")
        assert "not its own" in (await inspected(tmp_path, **given))["Telegram"].said


async def test_twilio(tmp_path: Path) -> None:
    async with twilio.Twilio() as platform:
        given = {
            "TWILIO_ACCOUNT_SID": platform.account,
            "TWILIO_AUTH_TOKEN": platform.token,
            "TWILIO_WHATSAPP_FROM": "+996555000111",
            "TWILIO_SMS_FROM": "+996555000222",
            "ASHAR_TWILIO_API": platform.url,
            "ASHAR_PUBLIC_URL": PUBLIC,
        }
        found = await inspected(tmp_path, **given)
        assert ill(found) == {"Twilio, whatsapp", "Twilio, sms"}
        assert "TWILIO_SMS_FROM is no sender" in found["Twilio, sms"].said
        console = platform.console
        console.senders["+996555000111"] = ("ONLINE", f"{PUBLIC}/twilio#rc=2&rp=all")
        console.numbers = {"+1996555000222": "", "+996555000222": f"{PUBLIC}/twilio"}
        found = await inspected(tmp_path, **given)
        assert ill(found) == set()
        assert "agrees" in found["Twilio's clock"].said
        console.numbers["+996555000222"] = "https://house:a-secret@demo.twilio.com/welcome/sms/reply?secret=1"
        console.senders["+996555000111"] = ("OFFLINE", f"{PUBLIC}/twilio")
        found = await inspected(tmp_path, **given)
        assert ill(found) == {"Twilio, whatsapp", "Twilio, sms"}
        assert "OFFLINE" in found["Twilio, whatsapp"].said
        assert "https://demo.twilio.com/welcome/sms/reply" in found["Twilio, sms"].said
        assert "secret" not in str(found)
        assert f"set the sender's webhook to {PUBLIC}/twilio" in found["Twilio, sms"].remedy
        console.status = "suspended"
        assert "suspended" in (await inspected(tmp_path, **given))["Twilio"].said
        found = await inspected(tmp_path, **{**given, "TWILIO_AUTH_TOKEN": "another"})
        assert ill(found) == {"Twilio"}
        await platform.refuse()
        assert "does not answer" in (await inspected(tmp_path, **given))["Twilio"].said


async def test_senders_that_are_no_numbers(tmp_path: Path) -> None:
    async with twilio.Twilio() as platform:
        given = {
            "TWILIO_ACCOUNT_SID": platform.account,
            "TWILIO_AUTH_TOKEN": platform.token,
            "ASHAR_TWILIO_API": platform.url,
            "ASHAR_PUBLIC_URL": PUBLIC,
        }
        for sms, shape, words in (
            ("ASHAR", None, "name or short code"),
            (SERVICE, None, "no sender"),
            (SERVICE, {"inbound_request_url": f"{PUBLIC}/twilio", "use_inbound_webhook_on_number": False}, "come to"),
            (SERVICE, {"inbound_request_url": None, "use_inbound_webhook_on_number": False}, "nowhere"),
            (SERVICE, {"inbound_request_url": None, "use_inbound_webhook_on_number": True}, "their own webhooks"),
        ):
            platform.console.services = {SERVICE: shape} if shape else {}
            found = await inspected(tmp_path, **given, TWILIO_SMS_FROM=sms)
            assert words in found["Twilio, sms"].said
        found = await inspected(tmp_path, **given, TWILIO_WHATSAPP_FROM="whatsapp:+14155238886")
        assert "sandbox" in found["Twilio, whatsapp"].said
