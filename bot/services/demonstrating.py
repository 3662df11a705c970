"""Demonstrating: made-up residents talk to the real desk, so that results and exports have something to show."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot import wording
from bot.channels import base, web
from bot.engine import form
from bot.services import publishing, receiving
from models import db, sealing

#: Residents who talk at once: enough to fill the desk's groups.
_AT_ONCE = 64
#: Messages of one resident at the most, whatever they are asked.
_PATIENCE = 60
_REFERENCE = re.compile(r"\$\{[^}]*\}")

#: How many in a hundred do what.
_KYRGYZ, _DECLINE, _LEAVE, _SKIP, _BACK, _ERR, _YES = 70, 3, 4, 45, 3, 5, 88
_PLEDGE, _WITHDRAW, _ERASE = 25, 8, 2
#: What people send that is no answer.
_RUBBISH = ("👍", "🙏🙏", "0", "99", "?", "асдф")
_WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "village": {
        "ky": ("Челпек", "Кереге-Таш", "Жылуу-Булак", "Боз-Учук", "Ак-Булуң", "Төлөйкөн"),
        "ru": ("Теплоключенка", "Новововознесеновка", "Бозучук", "Ак-Булун", "Челпек"),
    },
    "name": {
        "ky": ("Айбек", "Нургүл", "Бакыт уулу", "85-жылкы классташтар"),
        "ru": ("Айбек", "Нургуль", "семья Асановых", "Данияр"),
    },
    "gift": {
        "ky": ("1000 сом", "5 миң сом", "10 кап цемент", "3 күн", "5000 сом жана 2 күн жумуш", "3000 рубль"),
        "ru": ("1000 сомов", "5 тысяч сомов", "10 мешков цемента", "3 дня", "5000 сомов и 2 дня работы", "100$"),
    },
    "when": {
        "ky": ("15-майга чейин", "бир айдан кийин", "20-апрель"),
        "ru": ("до 15 мая", "через месяц", "20 апреля"),
    },
    "": {
        "ky": (
            "Жолду оңдосоңор жакшы болмок.",
            "Таза суу жетпейт, жайында күн сайын өчөт.",
            "Балдарга бала бакча керек.",
            "Айылда жарык жок, кечинде коркунучтуу.",
            "Дарыгер жумасына бир жолу гана келет.",
        ),
        "ru": (
            "Почините, пожалуйста, дорогу до школы.",
            "Летом воды нет по три дня.",
            "Нужен спортзал для молодёжи.",
            "Автобус ходит два раза в день, этого мало.",
            "Хорошо бы вывозить мусор каждую неделю.",
        ),
    },
}


class Outcome(NamedTuple):
    """What the residents did."""

    people: int
    messages: int


@dataclass(frozen=True, slots=True)
class _Stage:
    """What all residents share."""

    desk: receiving.Desk
    catalogue: publishing.Catalogue
    seed: int

    def drawn(self, *parts: str) -> float:
        """From 0 to 1, always the same for the same words."""
        digest = hashlib.sha256("/".join((str(self.seed), *parts)).encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32

    def question(self, outbound: base.Outbound, language: str) -> form.Question | None:
        """Which question of any form this message asks, known by its words; None if it asks none."""
        found: dict[int, form.Question] = {}
        for definition in self.catalogue.forms.values():
            for question in definition.questions:
                pieces = [piece for piece in _REFERENCE.split(question.label.get(language, "")) if piece.strip()]
                if pieces and all(piece in outbound.head for piece in pieces):
                    found[sum(map(len, pieces))] = question
        return found[max(found)] if found else None


async def fill(
    database: db.Database,
    seal: sealing.Seal,
    people: int,
    seed: int,
    done: Callable[[], object] = lambda: None,
) -> Outcome:
    """Let so many residents answer, pledge, go back, err, leave and erase; `done` is called after each of them.

    The same seed makes the same residents with the same answers: a second time they are known, and nobody is added.
    """
    async with database.reading() as connection:
        catalogue = await publishing.Library().catalogue(connection)
    desk = receiving.Desk(database, seal, wording.Voice(), {"web": web.Web()})
    waiting = iter(range(people))
    said = 0

    async def talk(stage: _Stage) -> None:
        nonlocal said
        for number in waiting:
            spent = await _Resident(stage, number).live()
            said += spent
            done()

    async with desk, asyncio.TaskGroup() as group:
        for _ in range(min(people, _AT_ONCE)):
            group.create_task(talk(_Stage(desk, catalogue, seed)))
    return Outcome(people, said)


class _Resident:
    """One made-up person with a web chat."""

    def __init__(self, stage: _Stage, number: int) -> None:
        self.stage = stage
        self.chance = random.Random(f"{stage.seed}/{number}")  # noqa: S311 - a made-up person, not a secret
        digest = hashlib.sha256(f"ashar demo/{stage.seed}/{number}".encode()).digest()
        # The shape of the web chat's secret, so that a made-up resident can be looked at there as well.
        self.address = base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
        self.language = "ky" if self.chance.randrange(100) < _KYRGYZ else "ru"
        self.said = 0

    async def live(self) -> int:
        """Everything this person ever does here; how many messages that took."""
        stage = self.stage
        if await stage.desk.screen("web", self.address):
            return 0  # was here before
        for name in stage.catalogue.surveys:
            await self.follow(f"s-{name}")
        for name in stage.catalogue.campaigns:
            if self.happens(_PLEDGE) and await self.follow(f"a-{name}") and self.happens(_WITHDRAW):
                for text in ("мои обещания", "1", "снять", "1"):
                    await self.say(text)
        if self.happens(_ERASE):
            for text in ("удалить", "1"):
                await self.say(text)
        return self.said

    def happens(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    async def follow(self, link: str) -> bool:
        """Open a link, agree or not, and answer until nothing is asked any more; whether the end was reached."""
        screen = await self.say("start", start=link)
        if not screen or self.said == 1:
            # A survey's link asks for consent in the same breath, and has a way out.
            if screen and len(screen.options) > len(form.LANGUAGES) and self.happens(_DECLINE):
                await self.say("3")
                return False
            screen = await self.say("1" if self.language == "ky" else "2")
        # A question at once means that this was begun before and consented to.
        if screen and not self.stage.question(screen, self.language):
            if self.happens(_DECLINE):
                await self.say("2")
                return False
            screen = await self.say("1")
        while screen and self.said < _PATIENCE:
            question = self.stage.question(screen, self.language)
            if question is None:
                return True
            if self.happens(_LEAVE) and self.happens(_LEAVE * 4):
                return False
            screen = await self.say(self.reaction(question, screen))
        return False

    def reaction(self, question: form.Question, screen: base.Outbound) -> str:
        if self.happens(_ERR):
            return self.chance.choice(_RUBBISH)
        if self.happens(_BACK):
            return "back"
        if not question.required and self.happens(_SKIP):
            return "skip"
        return self.answer(question, screen)

    def answer(self, question: form.Question, screen: base.Outbound) -> str:
        if question.kind in form.CHOOSING:
            return self.choose(question, screen)
        if question.kind is form.Kind.INTEGER:
            # Mostly grown up, some of school age; anything that is no age is a number of days or bags.
            return str(
                round(self.chance.triangular(14, 80, 30)) if question.name == "age" else self.chance.randint(1, 6)
            )
        if question.kind is form.Kind.DECIMAL:
            return str(self.chance.choice((500, 1000, 2000, 3000, 5000, 10000)))
        return self.chance.choice(_WORDS.get(question.name, _WORDS[""])[self.language])

    def choose(self, question: form.Question, screen: base.Outbound) -> str:
        """Numbers of what is shown, the likelier options more often; `picked` ones are not taken again."""
        names = {
            number: self.name(question, option.label)
            for number, option in enumerate(screen.options, start=1)
            if not option.picked
        }
        # By name, so that the order drawn for this chat does not decide what is answered.
        weights = {
            number: self.weight(question, name, number)
            for number, name in sorted(names.items(), key=lambda item: item[1])
        }
        wanted = 1 if question.kind is not form.Kind.RANK else screen.pick - sum(o.picked > 0 for o in screen.options)
        picked: list[int] = []
        while weights and len(picked) < max(wanted, 1):
            picked += self.chance.choices(list(weights), list(weights.values()))
            del weights[picked[-1]]
        return " ".join(map(str, picked))

    def name(self, question: form.Question, label: str) -> str:
        return next((choice.name for choice in question.choices if choice.label.get(self.language) == label), label)

    def weight(self, question: form.Question, name: str, number: int) -> float:
        if name in ("yes", "no"):
            return _YES if name == "yes" else 100 - _YES
        if question.name == "confirm":
            return 100 - _YES
        if name in form.LAST:
            return 0.1
        if question.kind is form.Kind.RANK:
            return 0.1 + self.stage.drawn(question.name, name) ** 2
        # A list in its author's order has the usual answers first.
        return 1 / number

    async def say(self, text: str, *, start: str = "") -> base.Outbound | None:
        """Send one message; what is shown then."""
        self.said += 1
        inbound = base.Inbound("web", f"{self.address}-{self.said}", self.address, text, start=start)
        while True:
            try:
                await self.stage.desk.receive(inbound)
            except receiving.Busy:
                await asyncio.sleep(receiving.Busy.retry_after)
            else:
                break
        screen = await self.stage.desk.screen("web", self.address)
        return screen[-1] if screen else None
