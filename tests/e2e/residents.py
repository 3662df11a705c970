"""People with something to say: each reads what the bot asks, in their own language, and answers it their own way."""

from __future__ import annotations

import asyncio
import csv
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot import wording
from bot.engine.messages import phrase
from tests import talking
from tests.e2e import browser, phones

#: Ways to answer: by buttons, by numbers, in words.
PRESSES, NUMBERS, WORDS = "presses", "numbers", "words"

_VOICE = wording.Voice()
_CODE = re.compile(r"[Кк]оду?: ([2-9A-Z]{6})")
_PLEDGES = {"ky": "убадаларым", "ru": "мои обещания"}
_ERASE = {"ky": "өчүр", "ru": "удалить"}
_YES = {"ky": "ооба", "ru": "да"}

#: What is answered: question -> option, ranked options, number or words; a question that is not named is skipped.
Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One question as its author wrote it."""

    name: str
    kind: str
    pattern: re.Pattern[str]
    #: Option -> its words in the language.
    labels: Mapping[str, str]


@functools.cache
def questions(file: str, language: str) -> tuple[Question, ...]:
    """The questions of a form in one language, read from its file and nothing else."""
    raw = talking.sheets(file)
    lists: dict[str, dict[str, str]] = {"needs": {}}
    for choice in raw["choices"]:
        lists.setdefault(choice["list_name"], {})[choice["name"]] = choice["label"][language]
    for need in talking.sheets("suu.campaign.yaml")["needs"]:
        lists["needs"][need["name"]] = need["label"][language]
    with (talking.FLOWS / "places.csv").open(encoding="utf-8", newline="") as places:
        lists["places.csv"] = {row["name"]: row[f"label::{language}"] for row in csv.DictReader(places)}
    found = []
    for row in raw["survey"]:
        kind, _, options = row["type"].partition(" ")
        if kind == "calculate":
            continue
        words = ".*?".join(map(re.escape, re.split(r"\$\{\w+\}", row["label"][language])))
        pattern = re.compile(rf"\(\d+/\d+\) {words}")
        found.append(Question(row["name"], kind, pattern, lists.get(options, {})))
    return tuple(found)


def flat(said: list[str]) -> str:
    """What was said, in one line: an SMS may be cut within a line."""
    return " ".join(" ".join(said).split())


class Resident:
    """Somebody who answers a survey and gives to a campaign."""

    def __init__(self, phone: phones.Phone, language: str, way: str) -> None:
        self.phone, self.language, self.way = phone, language, way
        #: Reference codes of the own pledges, in the order in which they were given.
        self.codes: list[str] = []
        self._new = True

    async def answers(self, link: str, file: str, given: Answers) -> str:
        """Follow a link and answer to the end; what is said there."""
        said = await self._enters(link)
        for _ in range(40):
            asked = [each for each in questions(file, self.language) if each.pattern.search(said)]
            if not asked:
                return said
            assert len(asked) == 1, said
            said = flat(await self._answer(asked[0], given.get(asked[0].name), said))
        raise AssertionError(f"no end is reached: {said}")

    async def _enters(self, link: str) -> str:
        """Follow a link as far as the first question; what is said there."""
        said = flat(await self.phone.comes(link))
        if self._new:
            said = flat(await self.phone.presses("1" if self.language == "ky" else "2"))
            self._new = False
        agree = _VOICE.say(phrase("I agree"), self.language)
        if f"1. {agree}" in said:
            said = flat(await (self.phone.types(_YES[self.language]) if self.way == WORDS else self._option(1)))
        return said

    async def pledges(self, offer: str, name: str = "") -> str:
        """Promise something to the campaign, in one message; the reference code."""
        said = await self._enters("a-suu")
        said = flat(await self.phone.types(offer))
        if name:
            for option in (3, 2):
                await self._option(option)
            said = flat(await self.phone.types(name))
        yes = _VOICE.say(phrase("Yes"), self.language)
        assert f"1. {yes}" in said, said
        said = flat(await self._option(1))
        found = _CODE.search(said)
        assert found, said
        self.codes.append(found[1])
        return found[1]

    async def withdraws(self, code: str) -> str:
        """Take a pledge back; what is said then."""
        said = flat(await self.phone.types(_PLEDGES[self.language]))
        await self._option(phones.number_of(code, said, after="[^0-9]*? "))
        await self.phone.types("алып салуу")
        return flat(await self._option(1))

    async def erases(self) -> str:
        """Have everything erased; what is said then."""
        await self.phone.types(_ERASE[self.language])
        return flat(await self._option(1))

    async def _option(self, number: int | str) -> list[str]:
        """The option with this number, by button where people here use them."""
        text = str(number)
        return await (self.phone.presses(text) if self.way == PRESSES else self.phone.types(text))

    async def _answer(self, question: Question, answer: Any, said: str) -> list[str]:
        if answer is None:
            skip = _VOICE.say(phrase("Skip"), self.language)
            return await (self.phone.presses(skip) if self.way == PRESSES else self.phone.types(skip))
        if question.kind == "rank":
            return await self._rank([phones.number_of(question.labels[name], said) for name in answer])
        if not question.labels:
            return await self.phone.types(str(answer))
        words = question.labels[answer]
        if self.way == WORDS:
            return await self.phone.types(words)
        return await self._option(phones.number_of(words, said))

    async def _rank(self, numbers: list[str]) -> list[str]:
        if self.way == PRESSES:
            if isinstance(self.phone, browser.Browser):
                return await self.phone.ranks(numbers)
            return [await self.phone.presses(number) for number in numbers][-1]
        if self.way == NUMBERS:
            return await self.phone.types("".join(numbers))
        return await self.phone.types(" ".join(numbers))


async def together(*work: Any) -> list[Any]:
    """All of them at the same time, as people write."""
    return list(await asyncio.gather(*work))
