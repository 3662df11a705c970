"""Examining: whether the house can do its work, one plain finding a question, each with what to do about it."""

from __future__ import annotations

import asyncio
import datetime as dt
import enum
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot import settings as settings_
from bot.services import quoting
from models import db, files, migrating, providers, queues, sealing

#: A clock that is further off misjudges what is due, and providers' signatures.
_OFF = dt.timedelta(seconds=10)
#: Longer than any wait that heals by itself, as in `api/health.py`.
_LATE = dt.timedelta(minutes=15)
#: Bytes that are free: below the first nothing can be promised, below the second it is time to look.
_FULL, _FILLING = 500_000_000, 2_000_000_000
#: A backup older than this has probably stopped being made.
_STALE = dt.timedelta(days=3)


class State(enum.StrEnum):
    """How it stands: well, to be known, or to be mended."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"


class Finding(NamedTuple):
    """One line: what was looked at, how it stands, in words, and what to do."""

    check: str
    state: State
    said: str
    remedy: str = ""


#: Takes each finding as it is made.
Tell = Callable[[Finding], None]


def ok(check: str, said: str) -> Finding:
    """All is well."""
    return Finding(check, State.OK, said)


def note(check: str, said: str, remedy: str = "") -> Finding:
    """To be known."""
    return Finding(check, State.NOTE, said, remedy)


def bad(check: str, said: str, remedy: str) -> Finding:
    """To be mended."""
    return Finding(check, State.BAD, said, remedy)


async def examine(
    given: settings_.Settings, database: db.Database, seal: sealing.Seal, at: dt.datetime
) -> AsyncIterator[Finding]:
    """Everything that can be seen from this machine, its database and its disk."""
    yield ok("settings", "each of them can be read")
    reached = False
    async for finding in _database(database, seal, at):
        yield finding
        # Without its tables there is nothing more to be asked for.
        reached = finding.check not in ("database", "migrations") or finding.state is not State.BAD
    for finding in _disk(given, database):
        yield finding
    yield await asyncio.to_thread(_media, given.media)
    if reached:
        async with database.reading() as connection:
            async for finding in _kept(connection, given, seal, at):
                yield finding


async def _database(database: db.Database, seal: sealing.Seal, at: dt.datetime) -> AsyncIterator[Finding]:
    try:
        pending = await migrating.pending(database)
    except Exception as error:  # noqa: BLE001 - each driver has its own words; its text may quote the password
        yield bad("database", f"does not answer ({type(error).__name__})", "start it; look at ASHAR_DATABASE_URL")
        return
    if pending:
        yield ok("database", "answers")
        yield bad("migrations", "this program's tables are missing", "run `ashar migrate`, or `ashar serve`")
        return
    try:
        async with database.transaction() as connection:
            await providers.keep(connection, "ashar", {"examined": at.isoformat(timespec="seconds")})
            known = await providers.objects(connection, "ashar")
            there = await queues.clock(connection)
    except db.DatabaseError as error:
        why = type(error.orig).__name__
        yield bad("database", f"cannot be written ({why})", "is its disk full, or are its rights to write missing?")
        return
    yield ok("database", "answers and can be written")
    yield ok("migrations", "all have run")
    mark = seal.hash("house", "mark").hex()
    if known.get("hash_key", mark) == mark:
        yield ok("keys", "are those the database was begun with")
    else:
        remedy = "put back the secrets.env of the first process, or of the last backup"
        yield bad("keys", "ASHAR_HASH_KEY is not the key the database was begun with", remedy)
    if there:
        yield clock("database's clock", there, db.now())


def clock(check: str, there: dt.datetime, here: dt.datetime) -> Finding:
    """Whether two clocks say the same."""
    off = abs(there - here)
    if off <= _OFF:
        return ok(check, "agrees with this machine's")
    way = "ahead of" if there > here else "behind"
    return bad(check, f"is {span(off)} {way} this machine's", "let both keep time (ntp, chrony, systemd-timesyncd)")


# -- the disk -------------------------------------------------------------------------------------------------------


def _disk(given: settings_.Settings, database: db.Database) -> Iterator[Finding]:
    places = {"ASHAR_VAR": given.var, "ASHAR_MEDIA": given.media}
    if database.embedded and database.url.database:
        places["database"] = Path(database.url.database).parent
    seen: dict[int, list[str]] = {}
    free: dict[int, int] = {}
    for name, path in places.items():
        try:
            # The folder may still have to be made.
            here = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
            disk = here.stat().st_dev
            free[disk] = shutil.disk_usage(here).free
        except OSError as error:
            remedy = f"give the user that runs Ashar the right to enter {path}, or name another place"
            yield bad(f"disk of {name}", f"cannot be looked at ({error.strerror})", remedy)
            continue
        seen.setdefault(disk, []).append(name)
    for disk, names in seen.items():
        check, said = f"disk of {', '.join(names)}", f"{free[disk] / 1e9:.1f} GB are free"
        if free[disk] < _FULL:
            yield bad(check, said, "make room now: when it is full, nothing can be taken any more")
        elif free[disk] < _FILLING:
            yield note(check, said, "make room soon")
        else:
            yield ok(check, said)


def _media(folder: Path) -> Finding:
    try:
        files.probe(folder)
    except OSError as error:
        remedy = f"give the user that runs Ashar the right to write {folder}"
        return bad("media", f"ASHAR_MEDIA cannot be written ({error.strerror})", remedy)
    return ok("media", "ASHAR_MEDIA can be written")


# -- what waits -----------------------------------------------------------------------------------------------------


async def _kept(
    connection: db.Connection, given: settings_.Settings, seal: sealing.Seal, at: dt.datetime
) -> AsyncIterator[Finding]:
    missing = await _missing(connection, files.Files(given.media, seal))
    if missing:
        remedy = "let all processes share one folder, or restore it from the backup"
        yield bad(
            "media of the database", f"of the newest pictures and sounds {missing} are not in ASHAR_MEDIA", remedy
        )
    else:
        yield ok("media of the database", "the newest pictures and sounds are in ASHAR_MEDIA")
    for each in await queues.ripe(connection, at, [*opened(given)]):
        check, said = (
            f"outbox, {each.channel}",
            f"{each.waiting} wait to be sent, the oldest for {span(at - each.since)}",
        )
        if at - each.since > _LATE:
            yield bad(check, said, "does `ashar serve` or `ashar deliver` run, and does its log name a reason?")
        else:
            yield ok(check, said)
    for channel, count in await queues.nobodys(connection, [*opened(given), "web"]):
        remedy = "set it up again, or let them be: they are dropped after 30 days"
        yield note(f"outbox, {channel}", f"{count} wait for a channel that these settings do not open", remedy)
    waits = await queues.waits(connection, at)
    if waits.set_aside:
        remedy = "the log names the place in the program; report it"
        yield bad("set aside", f"{waits.set_aside} messages that could not be handled", remedy)
    else:
        yield ok("set aside", "no message")
    for check, since, what, remedy in (
        ("due", waits.due, "what is due (forgetting, purging)", "does `ashar serve` or `ashar deliver` run?"),
        ("media to fetch", waits.media, "pictures and sounds", "does the platform answer, and does the log say why?"),
    ):
        if since and at - since > _LATE:
            yield bad(check, f"{what} waits since {span(at - since)}", remedy)
        else:
            yield ok(check, "nothing waits")
    yield await _rates(connection, at)
    yield _backup((await providers.objects(connection, "ashar")).get("backup", ""), at)


def opened(given: settings_.Settings) -> Iterator[str]:
    """The channels that these settings open and that we send by; the web chat comes and asks."""
    settings = {
        "telegram": given.telegram_token,
        "whatsapp": given.twilio_whatsapp_from,
        "sms": given.twilio_sms_from,
        "email": given.smtp,
    }
    yield from (name for name, value in settings.items() if value)


async def _missing(connection: db.Connection, media: files.Files) -> int:
    return await asyncio.to_thread(_lacking, media, await queues.newest_media(connection))


def _lacking(media: files.Files, hashes: Sequence[str]) -> int:
    try:
        return sum(not media.has(name) for name in hashes)
    except OSError:
        # What may not be looked at, nobody can be shown.
        return len(hashes)


async def _rates(connection: db.Connection, at: dt.datetime) -> Finding:
    if not await queues.has_campaigns(connection):
        return ok("rates", "no campaign asks for any")
    today = quoting.day(at)
    if missing := (await quoting.known(connection, today)).missing(today):
        said = f"none of the last {quoting.GOOD_FOR.days} days for {', '.join(missing)}"
        return bad("rates", said, "run `ashar rates import` every day, as the README says")
    return ok("rates", "are those of these days")


def _backup(made: str, at: dt.datetime) -> Finding:
    if not made:
        return note("backup", "none was ever made by `ashar backup`", "let cron make one every night")
    age = at - dt.datetime.fromisoformat(made)
    said = f"the last is {span(age)} old"
    return note("backup", said, "look after the job that makes them") if age > _STALE else ok("backup", said)


def span(length: dt.timedelta) -> str:
    """So long, in one unit."""
    seconds = int(length.total_seconds())
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
