"""`ashar event`: a village evening or a training is announced, so that what comes from there is no abuse."""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from bot.engine import passage
from bot.shell import remembering
from models import db, events

DONE, WRONG = 0, 2
#: Nobody means a year; and without an end the limits would not be limits.
_LONGEST = dt.timedelta(days=31)


def arguments(sub: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    verbs = sub.add_subparsers(dest="what", metavar="COMMAND")
    verb = verbs.add_parser("announce", help="ten times as much may come from one phone or connection until then")
    verb.add_argument("name", metavar="NAME", help="any word for it; the same word again moves its end")
    verb.add_argument(
        "--until", metavar="TIME", required=True, type=_time, help="in Kyrgyz time: 2027-03-01T21:00, or 21:00 of today"
    )
    verb = verbs.add_parser("end", help="the usual limits from now on")
    verb.add_argument("name", metavar="NAME")


def event(options: argparse.Namespace) -> int:
    """List them, announce one, or end one."""
    if options.what == "announce":
        left = options.until - db.now()
        if len(options.name) > 64:
            return _wrong("NAME: at most 64 characters")
        if not dt.timedelta() < left <= _LONGEST:
            return _wrong(f"--until: expected a time from now on, at most {_LONGEST.days} days ahead")
        remembering.ask(lambda memory: _announce(memory.database, events.Event(options.name, options.until)))
        print(f"{options.name}: until {_said(options.until)}")
    elif options.what == "end":
        if not remembering.ask(lambda memory: _end(memory.database, options.name)):
            return _wrong(f"There is no event “{options.name}”.")
        print(f"{options.name} is over.")
    else:
        known = [each for each in remembering.ask(lambda memory: _listed(memory.database)) if each.until > db.now()]
        print(*[f"{each.name}: until {_said(each.until)}" for each in known] or ["No event is announced."], sep="\n")
    return DONE


async def _announce(database: db.Database, event: events.Event) -> None:
    async with database.transaction() as connection:
        await events.announce(connection, event)


async def _end(database: db.Database, name: str) -> bool:
    async with database.transaction() as connection:
        return await events.end(connection, name)


async def _listed(database: db.Database) -> list[events.Event]:
    async with database.reading() as connection:
        return await events.listed(connection)


def _time(text: str) -> dt.datetime:
    now = db.now().astimezone(passage.KYRGYZ_TIME)
    at = dt.datetime.fromisoformat(text if "T" in text or "-" in text else f"{now:%Y-%m-%d}T{text}")
    return at if at.tzinfo else at.replace(tzinfo=passage.KYRGYZ_TIME)


def _said(at: dt.datetime) -> str:
    return f"{at.astimezone(passage.KYRGYZ_TIME):%Y-%m-%d %H:%M} in Kyrgyzstan"


def _wrong(text: str) -> int:
    print(text, file=sys.stderr)
    return WRONG
