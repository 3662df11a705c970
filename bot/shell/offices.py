"""`ashar campaign office`: who signs for a campaign, by a code that is taken in the chat."""

from __future__ import annotations

import argparse
import sys

from bot.engine import holding
from bot.engine.pledging.events import Role
from bot.services import entrusting, publishing
from bot.shell import remembering
from models import db

DONE, WRONG = 0, 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """The words after `ashar campaign office NAME`."""
    names = [each.value for each in entrusting.OFFICES]
    parser.add_argument("office", nargs="?", choices=names, help="whoever takes it ends the former holder's time")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="since when each office is held; nobody is named")
    which.add_argument("--end", action="store_true", help="nobody holds it from now on, and its code is good no more")


def office(options: argparse.Namespace) -> int:
    """List the offices, end one, or give one out."""
    name, asked = options.campaign, options.office
    if options.list or not (asked or options.end):
        return _list(name, asked)
    if not asked:
        print("Which office shall end: treasurer or second?", file=sys.stderr)
        return WRONG
    role = Role(asked)
    if options.end:
        ended = remembering.ask(
            lambda memory: entrusting.end(memory.database, publishing.Library(), name, role, db.now())
        )
        print(f"The {asked} of {name} is ended." if ended else f"{name} had no {asked}.")
        return DONE
    code = remembering.ask(
        lambda memory: entrusting.appoint(memory.database, publishing.Library(), memory.seal, name, role, db.now())
    )
    print(
        f"Whoever takes it becomes the {asked} of {name}, and whoever held the office does no more.",
        f"  code   {code[:5]}-{code[5:]}    written to the bot in any chat",
        f"  link   o-{code}    as the payload of a link, such as https://t.me/NAME_OF_THE_BOT?start=o-{code}",
        f"It is good for {holding.GOOD_FOR.days} days, and once. Give it to that person alone; no copy is kept.",
        sep="\n",
    )
    return DONE


def _list(name: str, asked: str | None) -> int:
    found = remembering.ask(lambda memory: entrusting.listed(memory.database, publishing.Library(), name, db.now()))
    for each in found:
        if asked not in (None, each.office.value):
            continue
        held = f"held since {each.since:%Y-%m-%d}" if each.since else "held by nobody"
        code = f"; a code is good until {each.code_until:%Y-%m-%d %H:%M} UTC" if each.code_until else ""
        print(f"{each.office.value}: {held}{code}")
        for former in each.former:
            print(f"  before: {former.begun_at:%Y-%m-%d} to {former.ended_at:%Y-%m-%d}")
    return DONE
