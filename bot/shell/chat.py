"""`ashar chat`: a form or campaign played in this terminal, by whoever sits here or by a made-up respondent."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot import settings, wiring, wording
from bot.channels import terminal
from bot.engine import messages
from bot.services import improvising, publishing, quoting, rehearsing
from bot.shell import forms
from models import db

DONE, PROBLEMS, WRONG = 0, 1, 2


def chat(options: argparse.Namespace) -> int:
    """Play the file."""
    prepared = publishing.prepare([options.file])
    if not prepared.is_good:
        return forms.refuse(prepared.faults, options, "It cannot be played like this.")
    catalogue = prepared.catalogue()
    links = catalogue.links
    if not links:
        print("This form is pledged through a campaign: play that one's file.", file=sys.stderr)
        return WRONG
    try:
        worth = _worth(options.rates)
    except (quoting.Unread, OSError) as error:
        print(f"--rates: {options.rates} cannot be used: {error}", file=sys.stderr)
        return WRONG
    drawn = random.Random(options.random)  # noqa: S311 - a dry run is to be repeated; nobody else can see it
    rehearsal = rehearsing.Rehearsal(
        catalogue,
        wording.Voice(),
        db.now,
        lambda: secrets.token_hex(16) if options.random is None else f"{drawn.getrandbits(128):032x}",
        channel=terminal.Terminal.name,
        site="https://ashar.example",
        worth=worth,
    )
    return _converse(rehearsal, links[0]) if options.random is None else _improvise(rehearsal, links, options)


def _worth(file: Path | None) -> Mapping[str, messages.Rate]:
    """The rates of that file, else those that were imported last; none, where no database is there to ask."""
    if file is not None:
        return quoting.worths(quoting.read(file.read_bytes(), db.now().date()))
    here = Path(os.environ.get("ASHAR_VAR") or "var") / "ashar.sqlite"
    if not (os.environ.get("ASHAR_DATABASE_URL") or here.exists()):
        return {}

    async def ask() -> Mapping[str, messages.Rate]:
        async with wiring.memory(settings.current()) as memory, memory.database.reading() as connection:
            return await quoting.worth(connection, db.now())

    try:
        return asyncio.run(ask())
    except wiring.NotReady:
        # A form is played without it too.
        return {}


def _converse(rehearsal: rehearsing.Rehearsal, link: str) -> int:
    print("You are a resident now; what you write is not kept. Ctrl-D ends it.", file=sys.stderr)
    screen = terminal.Terminal()
    outbound, ended = rehearsal.hear("start", start=link)
    screen.show(outbound)
    while not ended and (heard := screen.hear()) is not None:
        outbound, ended = rehearsal.hear(heard)
        screen.show(outbound)
    return DONE


def _improvise(rehearsal: rehearsing.Rehearsal, links: Sequence[str], options: argparse.Namespace) -> int:
    screen, count = terminal.Terminal(), 0
    language = options.language if options.language in ("ky", "ru") else "ky"
    try:
        for link in links:
            for exchange in improvising.play(rehearsal, link, options.random, language):
                if exchange.wrote:
                    print(f"> {exchange.wrote}")
                screen.show(exchange.outbound)
                count += 1
    except improvising.Stuck as error:
        print(f"{options.file}: {error}", f"After {count} messages it could not go on.", sep="\n", file=sys.stderr)
        return PROBLEMS
    print(f"Played to the end in {count} messages.", file=sys.stderr)
    return DONE
