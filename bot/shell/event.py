"""`ashar event`: a village evening or a training is announced, so that what comes from there is no abuse."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys

from bot import settings, wiring
from bot.engine import passage
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
    return asyncio.run(_event(options, settings.current()))


async def _event(options: argparse.Namespace, given: settings.Settings) -> int:
    async with wiring.memory(given) as memory:
        if options.what is None:
            async with memory.database.reading() as connection:
                known = [each for each in await events.listed(connection) if each.until > db.now()]
            print(
                *[f"{each.name}: until {_said(each.until)}" for each in known] or ["No event is announced."], sep="\n"
            )
            return DONE
        async with memory.database.transaction() as connection:
            if options.what == "announce":
                await events.announce(connection, events.Event(options.name, options.until))
            elif not await events.end(connection, options.name):
                return _wrong(f"There is no event “{options.name}”.")
    print(f"{options.name}: until {_said(options.until)}" if options.what == "announce" else f"{options.name} is over.")
    return DONE


def _time(text: str) -> dt.datetime:
    now = db.now().astimezone(passage.KYRGYZ_TIME)
    at = dt.datetime.fromisoformat(text if "T" in text or "-" in text else f"{now:%Y-%m-%d}T{text}")
    return at if at.tzinfo else at.replace(tzinfo=passage.KYRGYZ_TIME)


def _said(at: dt.datetime) -> str:
    return f"{at.astimezone(passage.KYRGYZ_TIME):%Y-%m-%d %H:%M} in Kyrgyzstan"


def _wrong(text: str) -> int:
    print(text, file=sys.stderr)
    return WRONG
