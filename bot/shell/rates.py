"""`ashar rates`: what other money is worth in som, and where that is taken from."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bot import settings, wiring
from bot.services import quoting, valuing
from bot.shell import remembering
from models import db

DONE, PROBLEMS, WRONG = 0, 1, 2


def arguments(sub: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    verbs = sub.add_subparsers(dest="what", metavar="COMMAND")
    verb = verbs.add_parser("import", help="take the National Bank's list, from a file or from https://...")
    verb.add_argument("source", metavar="FILE|ADDRESS", help="its XML, as at https://www.nbkr.kg/XML/daily.xml")
    verb.add_argument(
        "--accept", action="store_true", help="also what changed by more than 30 %%, or is known otherwise"
    )


def rates(options: argparse.Namespace) -> int:
    """List the newest rates, or take a list."""
    given = settings.current()
    today = quoting.day(db.now())
    if options.what != "import":
        return asyncio.run(_list(given))
    try:
        quotes = quoting.read(_content(options.source), today)
    except quoting.Unread as error:
        print("Nothing was taken:", *error.problems, sep="\n  ", file=sys.stderr)
        return PROBLEMS
    except OSError as error:
        print(f"{options.source} cannot be read ({error.strerror})", file=sys.stderr)
        return WRONG
    return _take(quotes, accept=options.accept)


def _content(source: str) -> bytes:
    if "://" in source:
        return asyncio.run(quoting.fetch(source))
    with Path(source).open("rb") as file:
        return file.read(quoting.LARGEST + 1)


def _take(quotes: quoting.Quotes, *, accept: bool) -> int:
    outcome = remembering.ask(lambda memory: quoting.take(memory.database, quotes, accept=accept))
    valued = remembering.ask(lambda memory: valuing.value(memory.database))
    today = quoting.day(db.now())
    found = remembering.ask(lambda memory: quoting.listed(memory.database, today))
    print(f"{quotes.day}: {len(outcome.kept)} rates written down, {len(outcome.known)} known before.")
    if quotes.empty:
        print(f"In the list without a value: {', '.join(quotes.empty)}.")
    for line in quoting.unknown(found.missing(today)):
        print(line)
    if valued:
        print(f"{valued} promises that waited for a rate are counted in som now.")
    for refused in outcome.refused:
        print(quoting.refusal(refused), file=sys.stderr)
    return PROBLEMS if outcome.refused else DONE


async def _list(given: settings.Settings) -> int:
    async with wiring.memory(given) as memory:
        today = quoting.day(db.now())
        found = await quoting.listed(memory.database, today)
    print(*quoting.lines(found, today), sep="\n")
    return PROBLEMS if found.missing(today) else DONE
