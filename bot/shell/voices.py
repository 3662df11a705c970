"""`ashar voices`: what people said instead of writing it, waiting to be put into words."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from bot import settings, wiring
from bot.services import transcribing
from models import db

DONE, WRONG = 0, 2


def arguments(sub: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    verbs = sub.add_subparsers(dest="what", metavar="COMMAND")
    verb = verbs.add_parser("play", help="write the sound of one to a file, to be listened to and deleted")
    verb.add_argument("id", metavar="ID", help="as listed, or its beginning")
    verb.add_argument("--output", type=Path, metavar="FILE", required=True, help="a file that is not there yet")
    verb = verbs.add_parser("write", help="keep what is said in one, instead of what was written before")
    verb.add_argument("id", metavar="ID", help="as listed, or its beginning")
    verb.add_argument("text", metavar="TEXT", nargs="?", help="what is said; else standard input")
    verbs.add_parser("retry", help="fetch those again that were given up while a platform did not answer")


def voices(options: argparse.Namespace) -> int:
    """List them, or play, write down or fetch again."""
    given = settings.current()
    text = ""
    if options.what == "write":
        text = (sys.stdin.read() if options.text is None else options.text).strip()
        if not text:
            return _wrong("There is nothing to write down.")

    async def run() -> bytes:
        async with wiring.memory(given) as memory:
            match options.what:
                case "play":
                    return await transcribing.play(memory.database, memory.files, options.id)
                case "write":
                    first = await db.replayed(
                        lambda: transcribing.write(memory.database, memory.seal, options.id, text)
                    )
                    print("Written down." if first else "Written down, instead of what stood there.")
                case "retry":
                    print(f"{await transcribing.retry(memory.database, db.now())} will be fetched again.")
                case _:
                    waiting = await transcribing.queue(memory.database)
                    losses = await transcribing.lost(memory.database)
                    print(*transcribing.lines(waiting, losses, db.now()), sep="\n")
            return b""

    sound = asyncio.run(run())
    if sound:
        try:
            # For whoever listens, and nobody else on this machine.
            with open(options.output, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(sound)
        except OSError as error:
            return _wrong(f"--output: {options.output} cannot be written ({error.strerror})")
    return DONE


def _wrong(text: str) -> int:
    print(text, file=sys.stderr)
    return WRONG
