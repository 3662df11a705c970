"""A house with a survey that asks for a picture, a voice and words, and a provider that has what people sent."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import sqlalchemy as sa

from bot.channels import base
from bot.services import fetching, publishing
from models import files, sealing, tables
from tests import talking
from tests.services import house as houses
from tests.services.house import SEAL, House, Person

FORM = """
settings:
  - form_id: sent
    form_title: {ky: "Көрсөтүңүз", ru: "Покажите"}
    ashar::holder: {ky: "айыл", ru: "село"}
    ashar::term: {ky: "1 жыл", ru: "1 год"}
    ashar::refuse: ${more} = 'no'
survey:
  - {type: image, name: bridge, label: {ky: "Көпүрө", ru: "Мост"}}
  - {type: audio, name: story, label: {ky: "Айтып бериңиз", ru: "Расскажите"}}
  - {type: text, name: idea, label: {ky: "Сунуш", ru: "Предложение"}}
  - {type: select_one yn, name: more, label: {ky: "Дагы?", ru: "Ещё?"}}
choices:
  - {list_name: yn, name: "yes", label: {ky: "Ооба", ru: "Да"}}
  - {list_name: yn, name: "no", label: {ky: "Жок", ru: "Нет"}}
"""
MOST = 1_000_000

_numbers = itertools.count(1)


class Provider:
    """Keeps what people sent. What is put in place of a file is raised."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes | Exception] = {}
        #: Whatever was asked for, in order.
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    def keeps(self, content: bytes | Exception, kind: str) -> base.Media:
        """What a message names that brings this."""
        name = f"file-of-somebody-{next(_numbers)}"
        self.kept[name] = content
        return base.Media(kind, name)

    async def fetch(self, reference: str, most: int) -> bytes:
        """See `base.Keeper`."""
        self.asked.append(reference)
        await self.open.wait()
        content = self.kept[reference]
        if isinstance(content, Exception):
            raise content
        return content


@dataclasses.dataclass
class Sending:
    """One process, its media directory, and the provider."""

    house: House
    files: files.Files
    provider: Provider

    def fetcher(self) -> fetching.Fetcher:
        """Not at work yet."""
        keepers = dict.fromkeys(("sms", "whatsapp"), self.provider)
        return fetching.Fetcher(
            self.house.database, self.house.seal, self.files, keepers, houses.voice(), most=MOST, clock=self.house.clock
        )

    async def begins(self, *answers: str) -> Person:
        """Somebody new, before the first question or the one after these answers."""
        person = self.house.person()
        await person.begins("s-sent")
        for answer in answers:
            await person.sends(answer)
        return person

    async def sends(self, person: Person, content: bytes | Exception, kind: str = "audio") -> str:
        """The person answers with this; the name by which the provider knows it."""
        media = self.provider.keeps(content, kind)
        await person.sends(kind=kind, media=media)
        return media.reference

    async def fetched(self, fetcher: fetching.Fetcher | None = None) -> None:
        """All that can be fetched now is, and all that must go is gone."""
        async with contextlib.AsyncExitStack() as stack:
            if fetcher is None:
                fetcher = await stack.enter_async_context(self.fetcher())
            fetcher.wake()
            async with asyncio.timeout(houses.PATIENCE):
                while await self.busy():  # noqa: ASYNC110 - the database tells nobody that it changed
                    await asyncio.sleep(0.01)

    async def busy(self, *, begun: bool = True) -> bool:
        """True while something is to be fetched now, or with `begun` is on its way, or a file is to go."""
        now = self.house.clock()
        waits = tables.media.c.not_before <= now
        if begun:
            # Taken at this very moment, for time stands still here.
            waits |= tables.media.c.code.is_(None) | (tables.media.c.not_before == now + fetching.LEASE)
        due = tables.due.c.kind == "media", tables.due.c.at <= now
        async with self.house.database.reading() as connection:
            found = sa.select(
                sa.exists().where(tables.media.c.status == "waiting", waits) | sa.exists().where(*due),
            )
            return bool(await connection.scalar(found))

    async def due(self) -> dt.datetime:
        """When the one thing that waits is to be fetched."""
        async with self.house.database.reading() as connection:
            at: dt.datetime = (await connection.scalars(sa.select(tables.media.c.not_before))).one()
        return at

    async def rows(self, columns: str) -> list[object]:
        """These columns of what was sent, the oldest first."""
        return await self.house.rows(f"SELECT {columns} FROM media ORDER BY created_at, id")

    def on_disk(self) -> list[Path]:
        """Every file in the directory."""
        return sorted(_files(self.files.folder))

    async def agree(self) -> None:
        """What is on disk is what rows name, and nothing else."""
        named = set(await self.house.rows("SELECT content_hash FROM media WHERE status = 'kept'"))
        assert {path.name for path in self.on_disk()} == named
        for name in named:
            self.files.read(name)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


@contextlib.asynccontextmanager
async def opened(
    url: str,
    folder: Path,
    *channels: base.Channel,
    clock: talking.Clock | None = None,
    provider: Provider | None = None,
    seal: sealing.Seal = SEAL,
) -> AsyncIterator[Sending]:
    """Such a house on that database, its files in a directory under `folder`."""
    form = folder / "sent.yaml"
    form.write_text(FORM, "utf-8")
    async with houses.opened(url, *channels, clock=clock, seal=seal) as house:
        await publishing.publish(house.database, [form])
        yield Sending(house, files.Files(folder / "media", seal), provider or Provider())
