"""Inspecting: whether the platforms let us in, and bring people's messages to the door where we wait for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import aiohttp

from bot import settings as settings_
from bot.channels import base, telegram_account, twilio_account
from bot.services import examining
from bot.services.examining import Finding, bad, note, ok
from models import db

#: Updates that wait at Telegram and are no more than the last second's.
_FEW = 100
#: A failure of Telegram's to reach us that is older than this has been over for a while.
_RECENT = dt.timedelta(hours=1)
#: Twilio's number for trying out, which is nobody's own.
_SANDBOX = "+14155238886"


async def inspect(given: settings_.Settings, session: aiohttp.ClientSession, at: dt.datetime) -> AsyncIterator[Finding]:
    """What each platform says."""
    if given.telegram_token:
        async for finding in _telegram(given, session, at):
            yield finding
    if given.twilio_account_sid:
        async for finding in _twilio(given, session):
            yield finding


async def _telegram(
    given: settings_.Settings, session: aiohttp.ClientSession, at: dt.datetime
) -> AsyncIterator[Finding]:
    try:
        found = await telegram_account.webhook(session, given.telegram_api, given.telegram_token)
    except base.Refused:
        yield bad("Telegram", "does not know this token", "take it from @BotFather into TELEGRAM_BOT_TOKEN")
        return
    except base.Unreachable as error:
        yield bad("Telegram", f"does not answer ({error})", _reach("ASHAR_TELEGRAM_API"))
        return
    yield ok("Telegram", "answers and knows the bot")
    polls = not given.public_url.startswith("https://")
    wanted = "" if polls else f"{given.public_url}/telegram"
    if found.url != wanted:
        there = _shown(found.url, given.telegram_token)
        here = f"brings messages to {there}" if there else "waits to be asked for messages"
        remedy = "start `ashar serve`, which tells it; if it runs, another house uses the same token"
        yield bad("Telegram's webhook", f"it {here}, and not {'to this process' if polls else f'to {wanted}'}", remedy)
    else:
        yield ok("Telegram's webhook", "messages are asked for" if polls else f"messages come to {wanted}")
    if found.failed and found.failed_at and at - found.failed_at < _RECENT and not polls:
        ago = examining.span(at - found.failed_at)
        remedy = "look at the web server and its certificate, and at /api/health"
        yield bad("Telegram's last try", f"failed {ago} ago: {found.failed}", remedy)
    if found.pending > _FEW:
        yield bad("Telegram's queue", f"{found.pending} updates wait there", "does `ashar serve` run, and keep up?")
    else:
        yield ok("Telegram's queue", f"{found.pending} updates wait there")
    if found.at:
        yield examining.clock("Telegram's clock", found.at, db.now())


async def _twilio(given: settings_.Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    twilio = twilio_account.Twilio(session, given.twilio_api, given.twilio_account_sid, given.twilio_auth_token)
    try:
        account = await twilio.account()
    except base.Refused:
        remedy = "take TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from the Twilio console"
        yield bad("Twilio", "does not take this password for this account", remedy)
        return
    except base.Unreachable as error:
        yield bad("Twilio", f"does not answer ({error})", _reach("ASHAR_TWILIO_API"))
        return
    if account.status != "active":
        said = f"the account is {account.status or 'unknown'}"
        yield bad("Twilio", said, "see the Twilio console: nothing can be sent until it is active")
    else:
        yield ok("Twilio", "answers, and the account is active")
    if account.at:
        yield examining.clock("Twilio's clock", account.at, db.now())
    senders = {"whatsapp": given.twilio_whatsapp_from, "sms": given.twilio_sms_from}
    for channel, sender in senders.items():
        if sender:
            yield await _sender(given, twilio, channel, sender.removeprefix("whatsapp:"))


async def _sender(given: settings_.Settings, twilio: twilio_account.Twilio, channel: str, sender: str) -> Finding:
    check = f"Twilio, {channel}"
    if sender == _SANDBOX:
        return note(check, "sends from Twilio's sandbox, where each person must join first")
    if channel == "sms" and not sender.startswith(("+", "MG")):
        return note(check, "sends from a name or short code: nobody can answer, and it cannot be looked up")
    try:
        found = await twilio.sender(channel, sender)
    except (base.Refused, base.Unreachable) as error:
        return note(check, f"the sender could not be looked up ({error})")
    if found is None:
        setting = "TWILIO_WHATSAPP_FROM" if channel == "whatsapp" else "TWILIO_SMS_FROM"
        return bad(check, f"{setting} is no sender of this account", "see the senders in the Twilio console")
    if not (found.status or "ONLINE").startswith("ONLINE"):
        return bad(check, f"the sender is {found.status}", "see the senders in the Twilio console")
    wanted = f"{given.public_url}/twilio"
    if found.hook is None:
        return note(check, f"the service leaves its numbers their own webhooks; each must be {wanted}")
    # After "#" stands how often Twilio shall try again.
    if found.hook.partition("#")[0] != wanted:
        where = _shown(found.hook, given.twilio_auth_token) or "nowhere"
        return bad(check, f"people's messages go to {where}", f"set the sender's webhook to {wanted} (POST)")
    return ok(check, f"people's messages come to {wanted}")


def _shown(url: str, secret: str) -> str:
    """An address without what may open it: a name and password, a secret of ours, and all that follows a "?"."""
    scheme, mark, rest = url.partition("?")[0].partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}".replace(secret, "…")


def _reach(setting: str) -> str:
    return f"can this machine reach it? If it is blocked here, name a relay in {setting}"
