"""The golden conversations on every channel: what a person is shown is what the engine said.

The conversations were written for the web chat; what is wanted on another channel is what the bare engine says when
it is told that it is there (the text of consent names the messenger). What is shown is compared so:

- Telegram and WhatsApp: the message is the numbered text, letter for letter. One that had to be cut in two is
  compared word by word.
- SMS: word by word, since every piece ends between two words, and with ordinary spaces in place of hard ones.
- Web: line by line, all that stands outside the forms and the numbered buttons; in a button's line the words count
  and not their order, for there the description stands below the mark and without brackets. As nothing is kept of who
  only looks at the opening page, its greeting is said again with the next message.

What a channel cannot do is done as people there would: on SMS a button is typed, and a file on the web is not sent.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa

from api import raw
from bot import wording
from bot.channels import plain
from bot.engine import commands, conversation, holding
from bot.services import posting, recording
from models import offices
from tests import talking
from tests.conversations import engine, script
from tests.e2e import browser, phones, running
from tests.services.house import Letterbox

pytestmark = pytest.mark.asyncio(loop_scope="module")

VOICE = wording.Voice()
_NUMBERS = itertools.count(1)


@dataclasses.dataclass
class Stage:
    """One app for all conversations, in a time and with a chance that begin anew with each."""

    app: running.App
    clock: talking.Clock
    chance: talking.Chance

    async def clear(self) -> None:
        """Nobody has written yet."""
        await self.app.forget_everybody()
        self.clock.now, self.chance.drawn = talking.START, 0
        self.app.house.channels.pop("email", None)

    async def forward(self, **ahead: int) -> None:
        """Time passes, once nothing is on its way: of that nobody would know a minute later what became of it."""
        postman = self.app.house.postman
        await running.until(lambda: not (postman._sending or postman._done))
        self.clock.forward(**ahead)

    async def code(self) -> str:
        """What the last letter says."""
        house = self.app.house
        async with house.database.reading() as connection:
            rows = await connection.execute(sa.text("SELECT sealed FROM outgoing WHERE channel = 'email' ORDER BY id"))
            letter = posting.opened(house.seal, [row.sealed for row in rows][-1])
        return str(re.findall(r"[0-9]{6}", letter.head)[0])

    async def appoint(self, office: str, code: str) -> None:
        """An office of suu is given out by that code."""
        house = self.app.house
        async with house.database.transaction() as connection:
            hash_ = recording.office_hash(house.seal, code)
            await offices.give(connection, "suu", office, hash_, self.clock.now + holding.GOOD_FOR)


class ChannelDriver:
    """One person on a channel."""

    def __init__(self, stage: Stage, phone: phones.Phone) -> None:
        self.channel, self.buttons = phone.channel, phone.buttons
        self._stage, self._phone = stage, phone
        self._steps = 0
        self._invited = False
        self._others: dict[str, phones.Phone] = {}

    async def send(self, step: script.Step) -> list[str]:
        """Do it on the phone."""
        if step.kind == "later":
            await self._stage.forward(minutes=step.minutes)
            return []
        if step.kind == "office":
            await self._stage.appoint(*step.text.split())
            return []
        if step.kind == "mails":
            self._stage.app.house.channels["email"] = Letterbox("email")
            return []
        if step.kind == "says":
            await self._others_say(*script.sayings(step))
            return []
        if step.kind == "on":
            return []
        await self._stage.forward(minutes=1)
        self._steps += 1
        if self._steps == 1:
            self._invited = is_invited(step)
        if self._steps == 1 and self.channel == "web":
            # Only looked at: the chance that the engine draws for its first message is not drawn here.
            self._stage.chance()
        if self._steps == 2 and self.channel == "web":
            return await self._phone.presses(first_button(step, invited=self._invited) or "")
        match step.kind:
            case "tap" | "earlier":
                return await self._phone.presses(step.text, earlier=step.kind == "earlier")
            case "media" | "place":
                return await self._phone.sends("place" if step.kind == "place" else step.text)
            case "link":
                return await self._phone.comes(step.text)
            case "code":
                return await self._phone.types(await self._stage.code())
            case _:
                # Of a page nobody can send more than a messenger would take.
                return await self._phone.types(step.text[: raw.LONGEST_TEXT] if self.channel == "web" else step.text)

    async def _others_say(self, who: str, said: Sequence[str]) -> None:
        page = who.endswith(" on a page")
        phone = self._others.setdefault(who, new_phone(self._stage.app, "web" if page else "sms"))
        for text in said:
            await self._stage.forward(minutes=1)
            if text[1:2] == "-":
                await phone.comes(text)
                if page:
                    # As above.
                    self._stage.chance()
            else:
                await (phone.presses(text) if page and text == said[1] else phone.types(text))
        if self._phone.channel != "web":
            # What they are told meanwhile of what others did comes by itself, and is no answer of this conversation's.
            await self._stage.forward(seconds=1)
            await self._phone.looks()


class OnPages(talking.Person):
    """The bare engine as the web chat drives it: whatever is said belongs to the page that is seen."""

    _page: tuple[str, int] | None = None

    def send(
        self, text: str = "", *, kind: str = "text", start: str = "", tap: tuple[str, int] | None = None
    ) -> conversation.Turn:
        """One form that is sent."""
        turn = super().send(text, kind=kind, start=start, tap=tap or self._page)
        self._page = (turn.reply.tag, turn.reply.step)
        return turn


def wanted_on(channel: str, about: str) -> engine.EngineDriver:
    """The bare engine, told that it is on this channel."""
    driver = engine.EngineDriver(VOICE, channel=channel, about=about)
    if channel == "web":
        driver.person = OnPages(talking.house(about), channel=channel)
    return driver


def steps_on(channel: str, path: Path) -> list[script.Passage]:
    """What of a conversation can be done on this channel."""
    passages = script.read(path.read_text(encoding="utf-8"))
    survey = is_invited(passages[0].step) and passages[0].step.text.startswith("s-")
    if channel == "sms" and survey and passages[1].written in ("1", "2"):
        # Language and consent to a survey are two questions there.
        passages.insert(2, script.Passage((), "1", ""))
    if channel != "web":
        return passages
    first, *rest = [passage for passage in passages if passage.step.kind not in ("media", "place")]
    invited = is_invited(first.step)
    # The opening page has its buttons and nothing else.
    begun = (at for at, passage in enumerate(rest) if first_button(passage.step, invited=invited) is not None)
    place = next(begun, len(rest))
    return [first, *(passage for passage in rest[:place] if passage.is_aside), *rest[place:]]


def is_invited(step: script.Step) -> bool:
    """True where the first page already asks for consent."""
    return step.kind == "link" and step.text.startswith(("s-", "a-"))


def first_button(step: script.Step, *, invited: bool) -> str | None:
    """The button of the opening page that a step comes to."""
    if invited:
        return step.text if step.text in ("1", "2", "3") else None
    match commands.recognise(step.text) or step.text:
        case commands.Command.KYRGYZ | "1":
            return "1"
        case commands.Command.RUSSIAN | "2":
            return "2"
    return None


def seen(channel: str, pieces: Sequence[str]) -> object:
    """What was shown, in the form in which it is compared."""
    if channel == "web":
        lines = [line for piece in pieces for line in piece.splitlines() if line]
        return [sorted(re.findall(r"[^\s()]+", line)) if re.match(r"\d+\. ", line) else line for line in lines]
    if channel == "sms" or len(pieces) > 1:
        return plain.plain_spaces(" ".join(pieces)).split()
    return "".join(pieces)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mapping[str, Stage]]:
    """One for what ships, and one for each form of the tests beside it."""
    async with contextlib.AsyncExitStack() as stack:
        made = {}
        for about in {script.about(path) for path in script.files()}:
            folder = tmp_path_factory.mktemp("channels")
            shutil.copyfile(migrated_sqlite, folder / "ashar.sqlite")
            clock, chance = talking.Clock(), talking.Chance()
            url = f"sqlite+aiosqlite:///{folder / 'ashar.sqlite'}"
            flows = [running.FLOWS, *([talking.FORMS / f"{about}.yaml"] if about else [])]
            app = running.running(url, folder, clock=clock, entropy=chance, flows=flows)
            made[about] = Stage(await stack.enter_async_context(app), clock, chance)
        yield made


def new_phone(app: running.App, channel: str) -> phones.Phone:
    """Somebody who has never written before."""
    number = next(_NUMBERS)
    match channel:
        case "telegram":
            return phones.Telegram(app, 500_000 + number)
        case "web":
            return browser.Browser(app)
        case _:
            return phones.Twilio(app, channel, f"+99655{number:07d}")


async def compare(stage: Stage, channel: str, path: Path) -> int:
    """Replay a conversation and fail at the first step that shows something else; how many steps there were."""
    await stage.clear()
    phone = new_phone(stage.app, channel)
    driver, bare = ChannelDriver(stage, phone), wanted_on(channel, script.about(path))
    passages, greeting, number = steps_on(channel, path), "", -1
    for passage in passages:
        said, shown = await bare.send(passage.step), await driver.send(passage.step)
        if passage.is_aside:
            continue
        number += 1
        if channel == "web" and number == 1 and (first := shown[0].partition("\n"))[0] in greeting.splitlines():
            shown = [first[2]]
        greeting = "\n".join(shown)
        # One reply may be cut, and is then compared by its words on both sides.
        whole = said if len(shown) <= 1 else [*said, ""]
        assert seen(channel, shown) == seen(channel, whole), f"{path.name}, step {number + 1}, > {passage.written}"
    return len(passages)


def _can_play(channel: str, path: Path) -> bool:
    passages = script.read(path.read_text(encoding="utf-8"))
    if script.needs_mail(passages) or script.held_on(passages):
        return channel == (script.held_on(passages) or "web")
    # An SMS has no buttons that could be old, and carries no place.
    return channel != "sms" or not (script.needs_buttons(passages) or script.needs_places(passages))


PLAYED = [
    pytest.param(channel, path, id=f"{script.name(path)}-{channel}")
    for path in script.files()
    for channel in ("telegram", "whatsapp", "sms", "web")
    if _can_play(channel, path)
]


@pytest.mark.parametrize(("channel", "path"), PLAYED)
async def test_people_are_shown_what_the_engine_says(stages: Mapping[str, Stage], channel: str, path: Path) -> None:
    assert await compare(stages[script.about(path)], channel, path)
