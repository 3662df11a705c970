"""`ashar stuck`: messages that could not be answered, to be tried again once the fault is mended, or dropped."""

from __future__ import annotations

import argparse
import asyncio

from bot import settings, wiring
from bot.services import setting_aside
from models import db

DONE, PROBLEMS = 0, 1


def arguments(sub: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    verbs = sub.add_subparsers(dest="what", metavar="COMMAND")
    verb = verbs.add_parser("retry", help="answer them now, in order; what fails again stays")
    verb.add_argument("ids", metavar="ID", nargs="*", help="as listed, or its beginning; without one, all of them")
    verb.add_argument(
        "--anyway", action="store_true", help="also where its person has gone on since: it answers what is asked now"
    )
    verb = verbs.add_parser("drop", help="remove them; their people are asked to write once more")
    which = verb.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", metavar="ID", nargs="*", default=[], help="as listed, or its beginning")
    which.add_argument("--all", action="store_true", help="all of them")


def stuck(options: argparse.Namespace) -> int:
    """List them, try them again, or drop them; exit code 1 while some are left."""
    return asyncio.run(_stuck(options, settings.current()))


async def _stuck(options: argparse.Namespace, given: settings.Settings) -> int:
    async with wiring.memory(given) as memory:
        kept = await setting_aside.listed(memory.database)
        if options.what is None:
            print(*setting_aside.lines(kept, db.now()), sep="\n")
            return PROBLEMS if kept else DONE
        chosen = setting_aside.named(kept, options.ids)
        async with wiring.kit(given, memory) as kit:
            if options.what == "drop":
                dropped, told = await setting_aside.drop(memory.database, kit, chosen, db.now())
                print(f"{dropped} dropped; {told} people are asked to write once more.")
                return DONE
            outcome = await setting_aside.retry(memory.database, kit, chosen, db.now(), anyway=options.anyway)
    print(f"{outcome.answered} answered.")
    if outcome.gone:
        print(f"{outcome.gone} had been taken up by somebody else.")
    for name in outcome.failed:
        print(f"{name[: setting_aside.SHOWN]} failed again, or waits for one before it; `ashar stuck` says where.")
    for name in outcome.overtaken:
        print(f"{name[: setting_aside.SHOWN]} was left: its person has gone on since (--anyway, or drop it).")
    return PROBLEMS if outcome.failed or outcome.overtaken else DONE
