"""`ashar keys`: by which keys everything is sealed, a new one, and everything sealed anew with it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter

from bot import settings, wiring
from bot.services import rotating
from models import sealing

DONE, PROBLEMS, WRONG = 0, 1, 2

STEPS = """\
1. Put it before the old one, ASHAR_SEAL_KEYS=new,old, in secrets.env: processes that run take it from there when they
   need it. Where ASHAR_SEAL_KEYS is set in the environment instead, set old,new in every process and restart it, then
   new,old in every process, and restart it.
2. ashar keys rotate    while everything runs; ended in the middle, it goes on where it was.
3. Restart every process, and run it once more: from then on nothing is sealed with the old key.
4. ashar keys    says how much each key still opens, and returns 0 once the first opens all of it.
5. Take the old key out and restart every process. Keep it with the backups made until now: they open with no other."""


def arguments(sub: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    verbs = sub.add_subparsers(dest="what", metavar="COMMAND")
    verbs.add_parser("check", help="how much each key opens (what is done without a command)")
    verbs.add_parser("new", help="make a key, and say how it takes the place of the old one")
    verbs.add_parser("rotate", help="seal everything anew with the first key, while everything runs")


def keys(options: argparse.Namespace) -> int:
    """Count, make a key, or rotate."""
    if options.what == "new":
        print(sealing.new_key())
        print(STEPS, file=sys.stderr)
        return DONE
    return asyncio.run(_rotate() if options.what == "rotate" else _check())


async def _check() -> int:
    async with wiring.memory(settings.current()) as memory:
        return _told(await rotating.look(memory.database, memory.files), memory.seal.marks)


async def _rotate() -> int:
    # Here, for it is drawn by this command alone.
    import tqdm

    async with wiring.memory(settings.current()) as memory:
        if len(memory.seal.marks) < 2:
            print("There is one key only. To put another in its place, make it with `ashar keys new`.", file=sys.stderr)
            return WRONG
        total = (await rotating.look(memory.database, memory.files)).total()
        with tqdm.tqdm(total=total, unit=" values", disable=None) as bar:
            outcome = await rotating.rotate(memory.database, memory.seal, memory.files, tick=bar.update)
        print(f"{outcome.renewed} of {total} values were sealed anew.")
        if outcome.unreadable:
            print(f"{outcome.unreadable} could not be opened: they were changed, or their key is not among these.")
        return _told(await rotating.look(memory.database, memory.files), memory.seal.marks)


def _told(found: rotating.Found, marks: tuple[int, ...]) -> int:
    """How much each key opens; whether the first opens everything."""
    for place, mark in enumerate(marks, 1):
        part = found.by_key.get(mark)
        seals = ", seals" if place == 1 else ""
        print(f"key {place} ({mark:02x}{seals}): {_counted(part) if part else 'opens nothing'}")
    for mark in sorted(found.by_key.keys() - set(marks)):
        print(f"a key that is not set ({mark & 255:02x}): {_counted(found.by_key[mark])}")
    if found.by_key.keys() <= {marks[0]}:
        print("The first key opens everything." + (" Any other may be taken out." if len(marks) > 1 else ""))
        return DONE
    print("Not everything is sealed with the first key: run `ashar keys rotate`.")
    return PROBLEMS


def _counted(part: Counter[str]) -> str:
    return f"{part.total()} values: " + ", ".join(f"{name} {number}" for name, number in sorted(part.items()))
