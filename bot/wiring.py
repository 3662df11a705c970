"""The one composition root: settings -> database, seal, channels, and the services that run."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import gc
import logging
import secrets
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from bot import logs, redacting, wording
from bot import settings as settings_
from bot.channels import base, web
from bot.services import (
    attaching,
    curbing,
    delivering,
    fetching,
    introducing,
    mailing,
    polling,
    publishing,
    receiving,
    recording,
    ticking,
)
from models import db, files, migrating, providers, sealing

if TYPE_CHECKING:
    from bot.channels import telegram, twilio

_log = logging.getLogger(__name__)

#: Connections to all providers together: as many as the postman sends at once, and some that wait for messages.
_CONNECTIONS = 128
#: Hosts of Twilio's that its client calls.
_TWILIO = ("api.twilio.com", "content.twilio.com", "media.twiliocdn.com")


class NotReady(Exception):
    """The database cannot be used as it is; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a command needs that only reads and writes."""

    settings: settings_.Settings
    database: db.Database
    seal: sealing.Seal
    files: files.Files


@dataclass(frozen=True, slots=True)
class House:
    """Everything a process of ours has, running."""

    settings: settings_.Settings
    database: db.Database
    seal: sealing.Seal
    files: files.Files
    voice: wording.Voice
    desk: receiving.Desk
    postman: delivering.Postman
    channels: dict[str, base.Channel]
    attachments: attaching.Shelf
    curb: curbing.Curb


def log(settings: settings_.Settings) -> None:
    """Begin to log. Nothing that is logged names a person or a secret."""
    logs.start(hidden(settings))
    logging.captureWarnings(capture=True)
    sys.excepthook = redacting.crashed


def hidden(settings: settings_.Settings) -> list[str]:
    """What may stand in no log: all that the settings do not show of themselves, and the database's password."""
    found = [getattr(settings, each.name) for each in dataclasses.fields(settings) if not each.repr]
    return [*(each for each in found if isinstance(each, str)), db.address(settings.database_url).password or ""]


@contextlib.asynccontextmanager
async def memory(settings: settings_.Settings, *, migrate: bool = False) -> AsyncIterator[Memory]:
    """The database and the keys, migrated if asked; raises `NotReady` if they cannot be used together."""
    database = db.Database(settings.database_url)
    seal = sealing.Seal(settings.seal_keys, settings.hash_key, again=functools.partial(_keys_again, settings))
    try:
        await _ready(settings, database, seal, migrate=migrate)
        yield Memory(settings, database, seal, files.Files(settings.media, seal))
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def kit(settings: settings_.Settings, kept: Memory) -> AsyncIterator[recording.Kit]:
    """What it takes to answer a message from the shell: the reply waits in the outbox for whoever delivers."""
    async with aiohttp.ClientSession() as session:
        channels: dict[str, base.Channel] = {"web": web.Web(settings.public_url)}
        shelf = attaching.Shelf(kept.database, kept.seal, kept.files)
        if bot := _telegram(settings, session, channels, shelf):
            async with kept.database.reading() as connection:
                bot.entrance = (await providers.objects(connection, introducing.ENTRANCES)).get(bot.name, "")
        _twilio(settings, session, channels, shelf)
        yield recording.Kit(
            kept.seal,
            wording.Voice(),
            channels,
            publishing.Library(),
            settings.help_phone,
            settings.site,
            functools.partial(secrets.token_hex, 16),
        )


@contextlib.asynccontextmanager
async def house(settings: settings_.Settings, *, receives: bool = True) -> AsyncIterator[House]:
    """The whole house, running until the block ends; with `receives` false it only delivers and fetches.

    The database must be migrated; raises `NotReady`.
    """
    async with contextlib.AsyncExitStack() as stack:
        kept = await stack.enter_async_context(memory(settings))
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_CONNECTIONS))
        )
        voice = wording.Voice()
        channels: dict[str, base.Channel] = {"web": web.Web(settings.public_url)}
        shelf = attaching.Shelf(kept.database, kept.seal, kept.files)
        telegram_bot = _telegram(settings, session, channels, shelf)
        whatsapp = _twilio(settings, session, channels, shelf)
        if settings.smtp:
            from bot.channels import email

            leave = functools.partial(mailing.leave_link, kept.seal, settings.public_url)
            channels["email"] = email.Email(settings.smtp, voice, settings.site, leave)
        postman = delivering.Postman(kept.database, kept.seal, channels)
        keepers = {each.name: each for each in (telegram_bot, whatsapp) if each}
        most = settings.media_limit
        fetcher = fetching.Fetcher(kept.database, kept.seal, kept.files, keepers, voice, most=most)
        curb = curbing.Curb(kept.database, kept.seal)
        desk = receiving.Desk(
            kept.database,
            kept.seal,
            voice,
            channels,
            phone=settings.help_phone,
            site=settings.site,
            postman=postman,
            curb=curb,
            sent=fetcher.wake,
        )
        await stack.enter_async_context(postman)
        await stack.enter_async_context(fetcher)
        await stack.enter_async_context(ticking.Clock(kept.database, kept.seal, voice, channels))
        work: list[Coroutine[Any, Any, object]] = []
        if whatsapp:
            weather = introducing.Weather("Twilio")
            account = settings.twilio_account_sid
            work.append(introducing.make_templates(kept.database, whatsapp, account, weather))
        if receives:
            await stack.enter_async_context(desk)
        if receives and whatsapp:
            await introducing.remember(kept.database, whatsapp)
        if receives and telegram_bot:
            weather = introducing.Weather("Telegram")
            started = functools.partial(introducing.remember, kept.database, telegram_bot)
            work.append(
                polling.poll(
                    telegram_bot,
                    settings.telegram_token.partition(":")[0],
                    kept.database,
                    desk.receive,
                    weather,
                    started=started,
                )
                if telegram_bot.polling
                else introducing.start(telegram_bot, weather, started)
            )
        await stack.enter_async_context(_running(work))
        yield House(settings, kept.database, kept.seal, kept.files, voice, desk, postman, channels, shelf, curb)


def calm_collector() -> None:
    """Look for garbage less often, and never among what stands since the start."""
    # A group of messages, or a page of an export, makes thousands of objects and drops them by itself. Looking for
    # garbage among all the rest, again and again, was a quarter of the work.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def talks_on(settings: settings_.Settings) -> list[str]:
    """The channels that these settings open, in words for the operator."""
    webhook = settings.public_url.startswith("https://")
    names = {
        "web": "web chat",
        "telegram": f"Telegram ({'webhook' if webhook else 'polling'})",
        "whatsapp": "WhatsApp",
        "sms": "SMS",
        "email": "e-mail (news alone)",
    }
    return [name for channel, name in names.items() if channel in opened(settings)]


def opened(settings: settings_.Settings) -> set[str]:
    """The channels that these settings open, by name."""
    needs = {
        "web": True,
        "telegram": bool(settings.telegram_token),
        "whatsapp": bool(settings.twilio_whatsapp_from),
        "sms": bool(settings.twilio_sms_from),
        "email": bool(settings.smtp),
    }
    return {name for name, open_ in needs.items() if open_}


def _telegram(
    settings: settings_.Settings,
    session: aiohttp.ClientSession,
    channels: dict[str, base.Channel],
    shelf: attaching.Shelf,
) -> telegram.Telegram | None:
    """Telegram among the channels, where there is a token."""
    if not settings.telegram_token:
        return None
    # Inside, for without Telegram the house starts half a second sooner; so with Twilio.
    from bot.channels import telegram

    channel = telegram.Telegram(
        settings.telegram_token,
        settings.telegram_secret,
        session,
        base_url=settings.telegram_api,
        public_url=settings.public_url,
        largest=settings.media_limit,
        attachments=shelf,
        pace=settings.paces["ASHAR_PACE_TELEGRAM"],
    )
    channels[channel.name] = channel
    return channel


def _twilio(
    settings: settings_.Settings,
    session: aiohttp.ClientSession,
    channels: dict[str, base.Channel],
    shelf: attaching.Shelf,
) -> twilio.Twilio | None:
    """WhatsApp and SMS among the channels, where there are senders; the one that shows buttons."""
    senders = {"whatsapp": settings.twilio_whatsapp_from, "sms": settings.twilio_sms_from}
    senders = {name: sender for name, sender in senders.items() if sender}
    if not senders:
        return None
    from bot.channels import twilio

    made = {
        name: twilio.Twilio(
            name,
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            sender,
            session,
            settings.public_url,
            bases=dict.fromkeys(_TWILIO, settings.twilio_api) if settings.twilio_api else None,
            attachments=shelf,
            opening=settings.twilio_whatsapp_template,
            pace=settings.paces[f"ASHAR_PACE_{name.upper()}"],
        )
        for name, sender in senders.items()
    }
    channels.update(made)
    return made.get("whatsapp")


@contextlib.asynccontextmanager
async def _running(work: Iterable[Coroutine[Any, Any, object]]) -> AsyncIterator[None]:
    """Run these beside everything else; one that fails is said and stops nothing."""

    async def watched(each: Coroutine[Any, Any, object]) -> None:
        try:
            await each
        except Exception as error:  # noqa: BLE001 - a platform's trouble is not the other platforms'
            _log.error("work for a platform stopped: %s", type(error).__name__)

    tasks = [asyncio.create_task(watched(each)) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _keys_again(settings: settings_.Settings) -> tuple[bytes, ...]:
    """The keys that stand in the secrets' file by now; none unless ours are among them, for then others count."""
    try:
        texts = settings_.secrets(settings.var, {}, make=False).get("ASHAR_SEAL_KEYS", "").split(",")
        found = tuple(sealing.read_key(text.strip()) for text in texts)
    except (settings_.BadSettings, ValueError):
        return ()
    return found if set(settings.seal_keys) <= set(found) else ()


async def reachable(database: db.Database) -> bool:
    """Whether the database lacks tables of this program; raises `NotReady` if it does not answer."""
    try:
        return await migrating.pending(database)
    except Exception as error:  # noqa: BLE001 - each driver has its own words for "not there"
        # The driver's text may quote the address, and that the password.
        why = type(error).__name__
        raise NotReady(f"ASHAR_DATABASE_URL: the database does not answer ({why}); is it there?") from None


async def _ready(settings: settings_.Settings, database: db.Database, seal: sealing.Seal, *, migrate: bool) -> None:
    pending = await reachable(database)
    if pending and not migrate:
        raise NotReady("the database lacks this program's tables: run `ashar migrate`, or `ashar serve`, first")
    if pending:
        # Of two processes that start at once, one waits for the other, and finds it done.
        await migrating.upgrade_async(settings.database_url)
    # With another hash key everybody would be a stranger, and nobody could be found to be erased.
    mark = seal.hash("house", "mark").hex()
    async with database.transaction() as connection:
        begun = await providers.begun_with(connection, mark)
    if begun != mark:
        raise NotReady(
            "ASHAR_HASH_KEY: this is not the key the database was begun with; take it from the secrets.env of "
            "the first process, or of the last backup"
        )
