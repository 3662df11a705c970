"""People in a storm: each answers what stands on their screen, waits, and asks for help where nothing comes."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import time
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp

from tests.e2e import phones, residents
from tests.standins import telegram as telegram_platform
from tests.standins import twilio as twilio_platform

_HELP = {"ky": "жардам", "ru": "помощь"}
_THANKS = {"ky": "Чоң рахмат, жоопторуңузду алдык!", "ru": "Большое спасибо, ответы получены!"}
_GIFT = {"ky": "Эмне менен салым кошосуз?", "ru": "Чем хотите помочь?"}
_CONFIRM = {"ky": "Туура түшүндүмбү?", "ru": "Всё верно?"}
_BOTH = re.compile(r"1\. Макулмун.*2\. Даю согласие", re.S)
_AGREE = re.compile(r"1\. (Макулмун|Даю согласие)")
_SURVEY, _CAMPAIGN = "s-priorities", "a-suu"
_LAST = "hear"
_ISSYK_KUL, _AK_SUU = "KG02000000000", "KG02205000000"
_PLACES = {"oblast": _ISSYK_KUL, "raion": _AK_SUU}
#: How often anybody asks for help before it is clear that nobody will ever answer. Often: what was on its way to them
#: when a process died holds up everything else for them for a minute, and the next kill may come within that.
_STUBBORN = 150


class Line(Protocol):
    """A person's phone."""

    #: As the platform names it, and as the house knows it.
    channel: str
    address: str

    async def comes(self, link: str) -> bool:
        """Arrive by a link; whether that was acknowledged. So with the others."""

    async def says(self, text: str) -> bool:
        """Write."""

    async def chooses(self, number: str) -> bool:
        """Choose an option of what was shown last, by its button where it has one."""

    def count(self) -> int:
        """How many messages have come or changed."""

    def shows(self) -> str:
        """What the last one says, its options numbered."""


class Telegram:
    """Somebody with Telegram."""

    channel = "telegram"

    def __init__(self, platform: telegram_platform.Standin, number: int, language: str) -> None:
        self.address = str(100_000 + number)
        self._person = platform.person(int(self.address), language)

    async def comes(self, link: str) -> bool:
        """See `Line`."""
        return await self._person.starts(link)

    async def says(self, text: str) -> bool:
        """See `Line`."""
        return await self._person.says(text)

    async def chooses(self, number: str) -> bool:
        """See `Line`."""
        on = self._person.glance()
        shown = [each for row in on.rows for each in row] if on else []
        label = phones.label(number, phones.read(on), shown) if on else ""
        return await (self._person.taps(label, on) if label else self.says(number))

    def count(self) -> int:
        """See `Line`."""
        return self._person.times()

    def shows(self) -> str:
        """See `Line`."""
        shown = self._person.glance()
        return phones.read(shown) if shown else ""


class WhatsApp:
    """Somebody with WhatsApp. What Twilio could not hand over it does not send again."""

    channel = "whatsapp"

    def __init__(self, platform: twilio_platform.Twilio, number: int) -> None:
        self.address = f"+99655{number:07d}"
        self._person = platform.person(self.address, self.channel)

    async def comes(self, link: str) -> bool:
        """See `Line`."""
        return await self.says(f"ashar {link}")

    async def says(self, text: str) -> bool:
        """See `Line`."""
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            return await self._person.says(text) == 204
        return False

    async def chooses(self, number: str) -> bool:
        """See `Line`."""
        last = self._person.last
        label = phones.label(number, last.text, last.buttons)
        if not label:
            return await self.says(number)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            return await self._person.taps(label) == 204
        return False

    def count(self) -> int:
        """See `Line`."""
        return len(self._person.screen())

    def shows(self) -> str:
        """See `Line`."""
        screen = self._person.screen()
        return screen[-1].text if screen else ""


@dataclass
class Talker:
    """One person: what they will say follows from their number alone, when from chance."""

    number: int
    line: Line
    chance: random.Random
    #: Seconds between reading and answering, and until they ask for help: at the most, each.
    thinks: float
    patience: float
    #: Question -> what must be kept of it, of every answer that was acknowledged.
    acknowledged: dict[str, str] = field(default_factory=dict)
    #: The questions in the order in which they were first seen.
    seen: list[str] = field(default_factory=list)
    pledged: bool = False
    finished: bool = False
    helps: int = 0
    #: Seconds until something came that was waited for; the longest.
    longest: float = 0.0
    #: What they did and saw, for whoever reads a failure.
    diary: list[str] = field(default_factory=list)
    _tried: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        chance = random.Random(self.number)
        self.language = ("ky", "ru")[self.number % 2]
        # One in six goes away in the middle, one in four also pledges.
        self._leaves = chance.randrange(2, 8) if self.number % 6 == 5 else 99
        self.pledges = self.number % 4 == 1 and self._leaves == 99
        self._questions = {each.name: each for each in residents.questions("priorities.yaml", self.language)}
        self._plan: dict[str, str | list[str]] = {**_PLACES, "village": f"Айыл {self.number}"}
        self._plan["age"] = str(chance.randrange(18, 80))
        self._plan["proposal"] = f"Көпүрө керек, {self.number}"
        for name in ("sex", "where", "hear"):
            self._plan[name] = chance.choice(list(self._questions[name].labels))
        for name in ("family", "community"):
            self._plan[name] = chance.sample(list(self._questions[name].labels), 3)

    @property
    def attempted(self) -> dict[str, str]:
        """What may be kept, acknowledged or not."""
        return {name: self._kept(name) for name in self.seen if name in self._plan}

    async def lives(self) -> None:
        """Answer the survey to the end, or leave in the middle; pledge."""
        await self._talks(_SURVEY)
        if self.pledges:
            await self._talks(_CAMPAIGN)

    async def looks_again(self) -> str:
        """Ask for help once more; the question that is shown then, "" where none is."""
        before = self.line.count()
        for _ in range(_STUBBORN):
            await self.line.says(_HELP[self.language])
            if await self._comes(before):
                return self._asked(self.line.shows())
        raise AssertionError(f"{self} is not answered any more")

    async def _talks(self, link: str) -> None:
        count = self.line.count()
        while not await self.line.comes(link) and not await self._comes(count):
            pass
        for _ in range(_STUBBORN):
            while await self._comes(count):
                count, text = self.line.count(), self.line.shows()
                self._notes(f"sees {text[:60]!r}")
                if self._is_over(link, text):
                    return
                await asyncio.sleep(self.chance.uniform(0, self.thinks))
                if self.line.count() == count:
                    await self._answers(link, text)
            self.helps += 1
            stranger = link == _SURVEY and not self.seen
            acknowledged = await (self.line.comes(link) if stranger else self.line.says(_HELP[self.language]))
            self._notes(f"asks for help, {acknowledged}")
        raise AssertionError("\n".join([f"{self} does not get on:", *self.diary[-40:]]))

    async def _comes(self, count: int) -> bool:
        """Wait for a message after so many; whether one has come."""
        begun = time.monotonic()
        until = begun + self.chance.uniform(self.patience / 2, self.patience)
        while time.monotonic() < until:
            if self.line.count() > count:
                self.longest = max(self.longest, time.monotonic() - begun)
                return True
            await asyncio.sleep(0.04)
        return False

    def _is_over(self, link: str, text: str) -> bool:
        asked = self._asked(text)
        if link == _CAMPAIGN:
            known = asked or _GIFT[self.language] in text or _CONFIRM[self.language] in text or _AGREE.search(text)
            self.pledged = "confirm" in self._tried and not known
            return self.pledged
        if asked and asked not in self.seen:
            self.seen.append(asked)
        # The thanks themselves may have got lost.
        self.finished = _THANKS[self.language] in text or (_LAST in self._tried and not asked)
        return self.finished or len(self.seen) > self._leaves

    def _asked(self, text: str) -> str:
        flat = residents.flat([text])
        return next((name for name, each in self._questions.items() if each.pattern.search(flat)), "")

    async def _answers(self, link: str, text: str) -> None:
        """Answer what stands there, unless that was answered before: then it has only come once more."""
        asked = self._asked(text)
        if link == _SURVEY and asked:
            if asked == self.seen[-1] and asked not in self.acknowledged:
                acknowledged = await self._gives(asked, text)
                self.acknowledged |= {asked: self._kept(asked)} if acknowledged else {}
                self._notes(f"answers {asked}, {acknowledged}")
        elif _BOTH.search(text):
            await self.line.chooses(str(1 + self.number % 2))
        elif _AGREE.search(text):
            await self.line.chooses("1")
        elif link == _CAMPAIGN and _CONFIRM[self.language] in text:
            self._tried.add("confirm")
            await self.line.chooses("1")
        elif link == _CAMPAIGN and _GIFT[self.language] in text and "gift" not in self._tried:
            self._tried |= {"gift"} if await self.line.says("5000 сом") else set()

    async def _gives(self, asked: str, text: str) -> bool:
        question, answer = self._questions[asked], self._plan[asked]
        self._tried.add(asked)
        if isinstance(answer, list):
            return await self.line.says(" ".join(phones.number_of(question.labels[name], text) for name in answer))
        if question.labels:
            return await self.line.chooses(phones.number_of(question.labels[answer], text))
        return await self.line.says(answer)

    def _kept(self, asked: str) -> str:
        answer = self._plan[asked]
        return answer if isinstance(answer, str) else " ".join(answer)

    def _notes(self, what: str) -> None:
        self.diary.append(f"{time.strftime('%H:%M:%S')} {what}")

    def __str__(self) -> str:
        return f"person {self.number} on {self.line.channel}"
