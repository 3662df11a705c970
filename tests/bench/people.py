"""Made-up respondents who walk through the survey by what they see, whichever bot shows it."""

from __future__ import annotations

import asyncio
import math
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.bench import stub

FLOW = Path(__file__).resolve().parents[2] / "flows" / "priorities.yaml"
LANGUAGES = ("ky", "ru")
#: What they come with, by the survey's link.
START = "/start s-priorities"
#: The chat of person 0.
FIRST = 100_000_000
#: Seconds a person waits for an answer before the run counts as failed.
PATIENCE = 30.0
_PROPOSALS = {
    "ky": ("Мектептин жанына жарык керек.", "Таза суу үйгө жетсе жакшы болмок, кудук алыс, кышында тоңот.", "Рахмат"),
    "ru": (
        "Нужно освещение у школы.",
        "Хорошо бы провести воду в дома: до колонки далеко, зимой лёд.",
        "Спасибо",
    ),
}


class Survey:
    """The questions as they are worded, to be known again on a screen."""

    def __init__(self) -> None:
        sheets: Any = yaml.safe_load(FLOW.read_text(encoding="utf-8"))
        asked: list[tuple[str, dict[str, str]]] = [
            (row["name"], row["label"]) for row in sheets["survey"] if "label" in row
        ]
        # The longest first, so that a short label never passes for the one that contains it.
        self._labels = {
            language: sorted(((label[language], name) for name, label in asked), key=lambda each: -len(each[0]))
            for language in LANGUAGES
        }
        self._thanks: dict[str, str] = sheets["settings"][0]["ashar::thanks"]

    def asked(self, language: str, text: str) -> str:
        """The name of the question on this screen, "" once the bot has given thanks."""
        if self._thanks[language] in text:
            return ""
        for label, name in self._labels[language]:
            if label in text:
                return name
        raise stub.Failed(f"a screen that shows no question of the survey: {text[:200]}")


class Respondent:
    """One made-up person; what they answer follows from their number alone."""

    def __init__(self, number: int) -> None:
        chance = random.Random(number)
        self.chat = FIRST + number
        self.language = LANGUAGES[number % 2]
        #: Which option of each question, counted from 0.
        self._options: dict[str, int] = {"oblast": number % 9, "raion": chance.randrange(3), "parent": 0}
        self._options |= {name: chance.randrange(2) for name in ("sex", "where", "hear")}
        self._words: dict[str, str] = {
            "village": chance.choice(("Тамга", "Барскоон", "Ак-Суу", "Чоң-Өрүктү")),
            "age": str(chance.randrange(15, 80)),
            "family": _three(chance),
            "community": _three(chance),
            "proposal": chance.choice(_PROPOSALS[self.language]),
        }
        #: One person in ten mistypes a ranking first, and is asked again.
        self._slips = {"family": "3 3 1"} if number % 10 == 7 else {}

    def option(self, question: str) -> int | None:
        """Which button answers the question, None where it wants words."""
        return self._options.get(question)

    def slip(self, question: str) -> str:
        """What is typed first where it is no answer, or ""."""
        return self._slips.pop(question, "")

    def words(self, question: str) -> str:
        """What is typed."""
        return self._words[question]


def _three(chance: random.Random) -> str:
    return " ".join(map(str, chance.sample(range(1, 9), 3)))


class Given(NamedTuple):
    """One answer."""

    chat: int
    question: str


@dataclass(slots=True)
class Measured:
    """What a crowd went through."""

    #: Seconds from an update's first byte to the bot's reply at the platform, a turn each.
    waits: list[float] = field(default_factory=list)
    finished: int = 0


class Crowd:
    """So many people at once, each on a line of their own; whoever has finished gives way to the next."""

    def __init__(self, platform: stub.Stub, survey: Survey, lines: list[stub.Line], secret: str, first: int) -> None:
        self._platform, self._survey, self._lines, self._secret = platform, survey, lines, secret
        self._next = first
        self._update = first * 100
        #: Answers of which the bot has told the platform that they arrived.
        self.acknowledged: set[Given] = set()

    async def talk(self, seconds: float, most: float = math.inf) -> Measured:
        """Let them talk for so long, or until so many answers have come. A turn that is under way at the end is waited
        for and not counted."""
        measured, until = Measured(), time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            for line in self._lines:
                group.create_task(self._live(line, until, most, measured))
        return measured

    async def _live(self, line: stub.Line, until: float, most: float, measured: Measured) -> None:
        while time.perf_counter() < until and len(measured.waits) < most:
            self._next += 1
            await self._answer(Respondent(self._next), line, until, measured)

    async def _answer(self, person: Respondent, line: stub.Line, until: float, measured: Measured) -> None:
        async def turn(update: dict[str, Any], question: str = "") -> stub.Screen:
            began = time.perf_counter()
            reply = self._platform.next_reply(person.chat)
            answered = line.post(update, self._secret)
            if question:
                answered.add_done_callback(lambda done: self._note(done, Given(person.chat, question)))
            async with asyncio.timeout(PATIENCE):
                screen = await reply
                now = time.perf_counter()
                if (status := await answered) != 200:
                    raise stub.Failed(f"the webhook answered {status}")
            if now <= until:
                measured.waits.append(now - began)
            return screen

        first = await turn(self._start(person))
        screen = await turn(self._tap(person, first, LANGUAGES.index(person.language)))
        if len(first.buttons()) == len(LANGUAGES):
            # The peer asks for consent by itself; with us the language was one.
            screen = await turn(self._tap(person, screen, 0))
        while (question := self._survey.asked(person.language, screen.text)) and time.perf_counter() < until:
            option = person.option(question)
            if option is not None and f"\n{option + 1}. " in screen.text:
                # A list too long for buttons stands in the text, and is answered with a number.
                screen = await turn(self._text(person, str(option + 1)), question)
            elif option is not None:
                screen = await turn(self._tap(person, screen, option), question)
            elif slip := person.slip(question):
                screen = await turn(self._text(person, slip))
            else:
                screen = await turn(self._text(person, person.words(question)), question)
        measured.finished += not question

    def _note(self, answered: asyncio.Future[int], given: Given) -> None:
        if not answered.cancelled() and not answered.exception() and answered.result() == 200:
            self.acknowledged.add(given)

    def _start(self, person: Respondent) -> dict[str, Any]:
        return typed(person, self._number(), START)

    def _text(self, person: Respondent, text: str) -> dict[str, Any]:
        return typed(person, self._number(), text)

    def _tap(self, person: Respondent, screen: stub.Screen, option: int) -> dict[str, Any]:
        buttons = screen.buttons()
        if option >= len(buttons):
            raise stub.Failed(f"{len(buttons)} buttons under: {screen.text[:200]}")
        query = {
            "id": str(self._number()),
            "from": _user(person),
            "message": stub.message(person.chat, screen),
            "chat_instance": "1",
            "data": buttons[option],
        }
        return {"update_id": self._update, "callback_query": query}

    def _number(self) -> int:
        self._update += 1
        return self._update


def typed(person: Respondent, number: int, text: str) -> dict[str, Any]:
    """The update of what somebody types; `number` is the message's and the update's."""
    told: dict[str, Any] = {
        "message_id": number,
        "from": _user(person),
        "chat": {"id": person.chat, "first_name": "Айгүл", "type": "private"},
        "date": int(time.time()),
        "text": text,
    }
    if text == START:
        told["entities"] = [{"type": "bot_command", "offset": 0, "length": 6}]
    return {"update_id": number, "message": told}


def _user(person: Respondent) -> dict[str, Any]:
    return {"id": person.chat, "is_bot": False, "first_name": "Айгүл", "language_code": person.language}
