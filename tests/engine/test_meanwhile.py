"""A promise to a campaign as it is now: rates, a threshold, what changed or closed meanwhile; word for word.

The words stand in told/meanwhile.ky.txt and told/meanwhile.ru.txt; `--rewrite-conversations` writes them anew.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from bot import wording
from bot.channels import composing, plain
from bot.engine import messages
from bot.engine.pledging import campaigns
from tests import talking

TOLD = Path(__file__).resolve().parent / "told"
VOICE = wording.Voice()
_DAY = dt.date(2027, 3, 1)


def _rates(house: talking.House) -> None:
    house.worth = {"RUB": messages.Rate(Decimal("1.1"), _DAY), "USD": messages.Rate(Decimal("87.45"), _DAY)}


def _threshold(house: talking.House) -> None:
    _becomes(house, model=campaigns.Model.THRESHOLD)


def _earlier(house: talking.House) -> None:
    _becomes(house, version="1" * 16, deadline=dt.date(2027, 4, 1))


def _without_cement(house: talking.House) -> None:
    needs = tuple(need for need in house.campaigns["suu"].needs if need.name != "cement")
    _becomes(house, version="1" * 16, needs=needs)


def _closes(house: talking.House) -> None:
    house.close("suu")


def _becomes(house: talking.House, **other: object) -> None:
    house.campaigns["suu"] = dataclasses.replace(house.campaigns["suu"], **other)  # type: ignore[arg-type] # its fields


#: What is shown -> in each language what is written, and what becomes of the campaign between two messages.
SCENES: dict[str, dict[str, tuple[str | Callable[[talking.House], None], ...]]] = {
    "a rate is known": {
        "ky": (_rates, "5000 рубль, 100$, 3 күн", "1"),
        "ru": (_rates, "5000 рублей, 100$, 3 дня", "1"),
    },
    "the rate of one is not": {
        "ky": (_rates, "5000 рубль, 1000 лира", "1"),
        "ru": (_rates, "5000 рублей, 1000 лир", "1"),
    },
    "under a threshold": {
        "ky": (_threshold, "5000 сом", "1", "өткөр", "убадам", "1", "жөнөттүм"),
        "ru": (_threshold, "5000 сомов", "1", "пропустить", "мои обещания", "1", "отправил"),
    },
    "changed before the yes": {
        "ky": ("5000 сом", _earlier, "1", "1"),
        "ru": ("5000 сомов", _earlier, "1", "1"),
    },
    "needed no more": {
        "ky": ("20 кап цемент", _without_cement, "1", "3 күн"),
        "ru": ("20 мешков цемента", _without_cement, "1", "3 дня"),
    },
    "closed before the yes": {
        "ky": ("5000 сом", _closes, "1", "ооба"),
        "ru": ("5000 сомов", _closes, "1", "да"),
    },
    "the yes a second time": {
        "ky": ("3 күн", "1", "1", "убадам"),
        "ru": ("3 дня", "1", "1", "мои обещания"),
    },
    "in another's money": {
        "ky": ("5000 сом", "1", "өткөр", "убадам", "1", "2", "100$", "3000"),
        "ru": ("5000 сомов", "1", "пропустить", "мои обещания", "1", "2", "100$", "3000"),
    },
}


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_answer_is_worded_as_it_stands_there(language: str, request: pytest.FixtureRequest) -> None:
    blocks = []
    for name, scenes in SCENES.items():
        person = talking.Person(channel="telegram")
        person.send("start", start="a-suu")
        person.say({"ky": "1", "ru": "2"}[language])
        said = []
        for step in scenes[language]:
            if isinstance(step, str):
                turn = person.send(step)
                said.append(f"> {step}\n{plain.numbered(composing.compose(VOICE, turn.reply, turn.language))}")
            else:
                step(person.house)
        blocks.append("\n\n".join([f"# {name}", *said]))
    text, path = "\n\n".join(blocks) + "\n", TOLD / f"meanwhile.{language}.txt"
    if request.config.getoption("--rewrite-conversations"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
