"""What the tests of backups share: a house with something in it, its files, and a bar that only counts."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from bot.services import backing_up
from models import db, files, providers
from tests import samples
from tests.services import house
from tests.services.house import SEAL

#: Everything that COPY writes in other words, and what looks like its NULL.
ODD = "tab\there, line\nthere, back\\slash \\N and \r\b\f\v, “Ысык-Көл” 🙏"


class Bar:
    """How far it has come."""

    def __init__(self) -> None:
        self.total = self.done = 0.0

    def reset(self, total: float | None = None) -> None:
        """There will be so many."""
        self.total = total or 0

    def update(self, n: float | None = 1) -> None:
        """So many more are done."""
        self.done += n or 0


@contextlib.asynccontextmanager
async def lived_in(url: str, folder: Path) -> AsyncIterator[tuple[house.House, files.Files]]:
    """A house where somebody has answered and pledged, somebody is under way, and a picture is kept."""
    media = files.Files(folder, SEAL)
    media.shelve(media.draft(samples.ogg(3, b"a voice")))
    media.put(b"on its way")
    async with house.opened(url) as opened:
        async with opened.database.transaction() as connection:
            await providers.begun_with(connection, SEAL.hash("house", "mark").hex())
            await providers.keep(connection, "odd", {"text": ODD, "empty": ""})
        person = opened.person()
        await person.begins()
        await person.says(*house.VILLAGE)
        await person.sends(start="a-suu")
        await person.says("1", *house.PLEDGE)
        await opened.person().begins()
        yield opened, media


async def back_up(database: db.Database, media: files.Files, output: Path) -> backing_up.Manifest:
    """One backup."""
    return await backing_up.back_up(database, SEAL, media, output, Bar(), at=db.now(), program="0.0.0")
