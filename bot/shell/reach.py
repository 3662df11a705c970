"""`ashar reach`: what a form costs on the line, of a file before it is published or by its name."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from bot import settings, wiring, wording
from bot.services import publishing, reaching, shelving
from bot.shell import forms
from models import figures

DONE, WRONG = 0, 2


def reach(options: argparse.Namespace) -> int:
    """Play it by its shortest way on every channel; of what is published, say what real responses took as well."""
    rates, voice, file = settings.rates(os.environ), wording.Voice(), Path(options.form)
    if file.is_file():
        prepared = publishing.prepare([file])
        if not prepared.is_good:
            return forms.refuse(prepared.faults, options, "It cannot be played like this.")
        catalogue = prepared.catalogue()
        for link in catalogue.links:
            found = reaching.reach(catalogue, link, voice, "https://ashar.example", rates)
            print(reaching.report(link, found, rates))
        return DONE
    if file.suffix:
        print(f"There is no file {file}.", file=sys.stderr)
        return WRONG
    given = settings.current()

    async def run() -> tuple[publishing.Catalogue, list[figures.Line]]:
        async with wiring.memory(given) as memory, memory.database.reading() as connection:
            catalogue = await publishing.Library().catalogue(connection)
            return catalogue, await figures.line(connection, options.form)

    catalogue, lines = asyncio.run(run())
    links = [link for link in catalogue.links if link[2:] == options.form]
    if not links:
        raise shelving.NoSuchForm(options.form)
    for link in links:
        print(reaching.report(link, reaching.reach(catalogue, link, voice, given.site, rates), rates))
    print("", reaching.counted(lines), sep="\n")
    return DONE
