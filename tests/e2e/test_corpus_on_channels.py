"""Every form of the corpus, played to its end by a made-up respondent on every channel, on both databases.

What they do is what `ashar chat --random` does: the same seed wants the same. A rehearsal on the bare engine hears
everything they mean, and says what they must see; they find the numbers and buttons for it on their own screen,
whatever order the options have there. In the end what is stored, counted and exported is what the rehearsal has.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import itertools
import random
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot import wording
from bot.channels import base, plain
from bot.engine import form, table
from bot.engine.messages import phrase
from bot.services import collecting, counting, improvising, publishing, rehearsing
from models import tables
from tests import corpus, postgres, samples, talking
from tests.e2e import browser, phones, reading_back, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

VOICE = wording.Voice()
CHANNELS = ("telegram", "whatsapp", "sms", "web")
#: What can be sent there beside words, and the place that a phone there says it is at.
SENDS = {"telegram": {"image", "audio", "place"}, "whatsapp": {"image", "audio", "place"}, "web": {"image", "audio"}}
PLACES = {"telegram": "42.49 78.39 0 12.5", "whatsapp": "42.49 78.39 0 0"}
BUTTONS = {"back": phrase("Back"), "skip": phrase("Skip")}
#: Messages before the first question at the most.
_ENTRANCE = 5
_numbers = itertools.count(1)


@dataclasses.dataclass
class Stage:
    """One app for all plays, in a time of the test's own that begins on a day with no midnight near."""

    app: running.App
    clock: Callable[[], dt.datetime]
    catalogue: publishing.Catalogue
    #: By link and channel, all at the same time: what the bare engine has of it in the end.
    plays: dict[tuple[str, str], asyncio.Task[rehearsing.Rehearsal]] = dataclasses.field(default_factory=dict)

    def begin(self, first: int) -> None:
        """Everybody comes; `first` is the first one's seed."""
        for seed, (link, channel) in enumerate(itertools.product(corpus.LINKS, CHANNELS), start=first):
            # Four channels and seven forms: the next form is in the other language on each of them.
            language = form.LANGUAGES[(seed + seed // len(CHANNELS)) % 2]
            self.plays[link, channel] = asyncio.create_task(play(self, channel, link, seed, language))

    async def end(self) -> None:
        """Nobody stays."""
        await asyncio.gather(*self.plays.values(), return_exceptions=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def stage(
    request: pytest.FixtureRequest,
    migrated_sqlite: Path,
    postgres_server: postgres.Server,
    migrated_postgresql: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stage]:
    """The app with the whole corpus published, and people who play it; once on each database."""
    folder = tmp_path_factory.mktemp("corpus")
    began = time.monotonic()

    def clock() -> dt.datetime:
        return talking.START + dt.timedelta(seconds=time.monotonic() - began)

    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            shutil.copyfile(migrated_sqlite, folder / "ashar.sqlite")
            url = f"sqlite+aiosqlite:///{folder / 'ashar.sqlite'}"
        else:
            fresh = postgres_server.create(template=migrated_postgresql)
            stack.callback(postgres_server.drop, fresh)
            url = fresh.render_as_string(hide_password=False)
        # A rehearsal knows no telephone to offer.
        more = {"ASHAR_HELP_PHONE": ""}
        app_ = running.running(url, folder, clock=clock, entropy=talking.Chance(), more=more, flows=corpus.FOLDERS)
        async with app_ as app:
            async with app.house.database.reading() as connection:
                catalogue = await publishing.Library().catalogue(connection)
            made = Stage(app, clock, catalogue)
            made.begin(10 if request.param == "sqlite" else 50)
            yield made
            await made.end()


# -- playing --------------------------------------------------------------------------------------------------------


def new_phone(app: running.App, channel: str) -> phones.Phone:
    """Somebody who has never written before."""
    number = next(_numbers)
    match channel:
        case "telegram":
            return phones.Telegram(app, 900_000 + number)
        case "web":
            return browser.Browser(app)
        case _:
            return phones.Twilio(app, channel, f"+99677{number:07d}")


def rehearsal(catalogue: publishing.Catalogue, clock: Callable[[], dt.datetime], channel: str) -> rehearsing.Rehearsal:
    """A bare engine that believes to be on that channel."""
    return rehearsing.Rehearsal(catalogue, VOICE, clock, talking.Chance(), channel=channel, site=running.PUBLIC)


def flat(text: str) -> str:
    """In one line: an SMS may be cut within a line."""
    return " ".join(text.split())


def asked(outbound: base.Outbound) -> str:
    """The question in it, from its number on: what is said before it depends on where one comes from.

    A pledge's has none and is the last there is; before it stands how far the campaign is, by all who came before.
    """
    number = re.search(r"^\(\d+/\d+\) ", outbound.head, re.M)
    return flat(outbound.head[number.start() :] if number else "\n".join(outbound.head.splitlines()[-2:]))


class Player:
    """A respondent at a phone, who sees nothing but what is delivered to it."""

    def __init__(self, phone: phones.Phone, seed: int, language: str) -> None:
        self.phone, self.language = phone, language
        self.mind = improvising.Respondent(VOICE, seed, language, SENDS.get(phone.channel, ()))
        self.chance = random.Random(seed)
        self.shown = ""

    async def enters(self, link: str, first: str) -> None:
        """Follow the link as far as the first question."""
        self.shown = "\n".join(await self.phone.comes(link))
        for _ in range(_ENTRANCE):
            if first in flat(self.shown):
                return
            self.shown = "\n".join(await self.phone.presses(self.mind.enters(self.shown).text))
        raise AssertionError(f"“{first}” is not reached: {self.shown}")

    async def does(self, act: improvising.Act) -> None:
        """Do what is meant, by what is on the screen."""
        if act.kind != "text":
            said = await sends(self.phone, act.kind)
        else:
            text = improvising.typed(act, self.shown)
            presses = self.chance.random() < 0.5 and re.fullmatch(r"\d+|back|skip", text)
            said = await (self.presses(text) if presses else self.phone.types(text))
        self.shown = "\n".join(said)

    async def presses(self, text: str) -> list[str]:
        """Press the button for it where there is one, or write it."""
        try:
            return await self.phone.presses(VOICE.say(BUTTONS[text], self.language) if text in BUTTONS else text)
        except LookupError:
            return await self.phone.types(text)


async def sends(phone: phones.Phone, kind: str) -> list[str]:
    """Send a picture, a voice or a place."""
    match phone, kind:
        case phones.Telegram(), "image":
            return await phone.hears(phone.person.sends_file("photo", samples.picture()))
        case phones.Telegram(), "audio":
            return await phone.hears(phone.person.sends_file("voice", samples.ogg(), mime_type="audio/ogg"))
        case browser.Browser(), _:
            return await phone.puts(samples.picture() if kind == "image" else samples.ogg())
        case _:
            return await phone.sends({"image": "photo", "audio": "voice"}.get(kind, kind))


async def play(stage: Stage, channel: str, link: str, seed: int, language: str) -> rehearsing.Rehearsal:
    """Play it to its end; what the bare engine has of it."""
    bare = rehearsal(stage.catalogue, stage.clock, channel)
    player = Player(new_phone(stage.app, channel), seed, language)
    entering = improvising.Respondent(VOICE, seed, language)
    outbound, _ = bare.hear("start", start=link)
    while bare.waiting is None:
        outbound, _ = bare.hear(entering.enters(plain.numbered(outbound)).text)
    await player.enters(link, asked(outbound))
    while bare.waiting:
        act = player.mind.act(*bare.waiting)
        meant = PLACES[channel] if act.kind == "place" else improvising.typed(act, plain.numbered(outbound))
        outbound, _ = bare.hear(meant, kind=act.kind)
        before = player.shown
        await player.does(act)
        if bare.waiting:
            assert flat(outbound.head) in flat(player.shown), f"{act} after {before}"
    return bare


# -- what is left of it ---------------------------------------------------------------------------------------------


async def sent(app: running.App) -> dict[str, str]:
    """What was sent, once all of it is fetched: id -> "image" or "audio"."""
    columns = sa.select(tables.media.c.id, tables.media.c.kind, tables.media.c.status)
    async with asyncio.timeout(running.PATIENCE):
        while True:
            async with app.house.database.reading() as connection:
                rows = list(await connection.execute(columns))
            if {row.status for row in rows} <= {"kept"}:
                return {row.id: row.kind for row in rows}
            await asyncio.sleep(0.02)


async def kept(stage: Stage, definition: form.Form, channel: str) -> list[tuple[str, dict[str, str]]]:
    """(status, answers by key) of the responses to a form on a channel, as the answer table has them."""
    house, answer, response = stage.app.house, tables.answer.c, tables.response.c
    wanted = sa.select(response.id, response.status, answer.question, answer.value, answer.sealed)
    wanted = wanted.join(tables.answer, answer.response_id == response.id)
    wanted = wanted.where(response.form_version == definition.version, response.channel == channel)
    found: dict[tuple[str, str], dict[str, str]] = {}
    async with house.database.reading() as connection:
        for row in await connection.execute(wanted):
            text = house.seal.open("answer", row.sealed) if row.value is None else row.value
            found.setdefault((row.id, row.status), {})[row.question] = text
    return [(status, reading_back.undrawn(definition, said)) for (_, status), said in found.items()]


@pytest.mark.parametrize("link", corpus.LINKS)
async def test_what_they_meant_is_what_is_kept(stage: Stage, link: str) -> None:
    house, definition = stage.app.house, corpus.form_of(stage.catalogue, link)
    bare = {channel: await stage.plays[link, channel] for channel in CHANNELS}
    media = await sent(stage.app)
    for channel in CHANNELS:
        wanted = [("finished", reading_back.stored(definition, each)) for each in bare[channel].finished]
        assert reading_back.unnamed(await kept(stage, definition, channel), media) == wanted, channel
    assert await counting.check(house.database, house.seal) == 0

    meant = {channel: each for channel in CHANNELS for each in bare[channel].finished}
    assert meant, "nobody came to the end"
    library, layout = publishing.Library(), table.Layout(personal=True)
    source = await collecting.collect(house.database, house.seal, library, definition.name, layout)
    lines = {line["channel"]: reading_back.told(line, definition) for line in await reading_back.lines(source)}
    assert reading_back.unnamed(lines, media) == {
        channel: reading_back.as_json(definition, each) for channel, each in meant.items()
    }
    rows = {row["channel"]: row for row in await reading_back.rows(source)}
    assert rows.keys() == meant.keys()
    for channel, each in meant.items():
        cells = reading_back.as_cells(definition, each)
        assert {column: rows[channel][column] for column in cells} == cells
