"""What follows when people answer what they were told without having asked, word for word in both languages.

The words stand in told/replies.ky.txt and told/replies.ru.txt; `pytest --rewrite-conversations` writes them anew.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import pytest

from bot import wording
from bot.channels import composing, plain
from bot.engine import conversation, giving, happenings, heralding, messages, state
from bot.engine.pledging import campaigns, events
from bot.engine.pledging.events import Role, Step
from tests.engine import test_heralding as told

VOICE = wording.Voice()
#: What was told, as `test_heralding` names it -> conversations that follow, in each language.
REPLIES: dict[str, list[dict[str, Sequence[str]]]] = {
    "reminded, soon": [
        {"ky": ("3", "2"), "ru": ("3", "2")},
        {"ky": ("20-майга жылдыруу",), "ru": ("перенести на 20 мая",)},
        {"ky": ("4", "1"), "ru": ("4", "1")},
    ],
    "reminded, today": [
        {"ky": ("жөнөттүм",), "ru": ("отправил",)},
        {"ky": ("2", "айлык алганда", "бир айдан кийин"), "ru": ("2", "после зарплаты", "через месяц")},
        {"ky": ("өзгөртүү",), "ru": ("изменить",)},
    ],
    "reminded, after": [{"ky": ("кийинчерээк", "30-май"), "ru": ("позже", "30 мая")}],
    "reminded of several": [{"ky": ("2", "1"), "ru": ("2", "1")}],
    "received": [{"ky": ("убадам",), "ru": ("мои обещания",)}],
    "not found": [
        {"ky": ("убадам", "1", "4000 сом жөнөттүм"), "ru": ("мои обещания", "1", "отправил 4000 сомов")},
    ],
    "returned": [{"ky": ("убадам", "жөнөттүм"), "ru": ("мои обещания", "отправил")}],
    "a new deadline": [
        {"ky": ("1",), "ru": ("1",)},
        {"ky": ("эмне дейсиз", "калсын"), "ru": ("что это", "остаётся")},
        {"ky": ("2", "1"), "ru": ("2", "1")},
        {"ky": ("алып салуу", "жок"), "ru": ("снять", "нет")},
    ],
    "cancelled": [{"ky": ("жөнөттүм",), "ru": ("отправил",)}],
    "done, and asked": [
        {"ky": ("1", "5", "Суу чыкты"), "ru": ("1", "5", "Вода пошла")},
        {"ky": ("жарымы", "3", "өткөр"), "ru": ("частично", "3", "пропустить")},
        {"ky": ("эмне болду", "жок", "2", "Кран жок"), "ru": ("что случилось", "нет", "2", "Нет крана")},
        {"ky": ("билбейм", "өткөр", "артка"), "ru": ("не знаю", "пропустить", "назад")},
    ],
}


class _Giver:
    """Somebody who was told that, and answers."""

    def __init__(self, name: str, news: heralding.News, promises: list[messages.Promise], language: str) -> None:
        suu = told.campaign()
        if name == "cancelled":
            suu = dataclasses.replace(suu, state=campaigns.State.CANCELLED)
            # By then the clock has let go of all that was promised.
            let_go = [events.Event(Step.WITHDRAWN, each.standing.rest, told.AT, Role.CLOCK) for each in promises]
            promises = [giving.stepped(each, (step,)) for each, step in zip(promises, let_go, strict=True)]
        ended = ("suu",) if news.asked else ()
        self.facts = messages.Facts(
            {}, {}, {"suu": suu}, promises=tuple(promises), ended=ended, site="https://a.example"
        )
        self.now, self.language, self.entropy = told.AT, language, 0
        alone = state.Talk(language, "home", people=(state.Person("p"),), person="p")
        self.talk = heralding.tell(alone, "p", news, self.facts, told.AT, leads=True).talk

    def says(self, text: str) -> str:
        """A minute later; the answer."""
        self.now += dt.timedelta(minutes=1)
        self.entropy += 1
        incoming = messages.Incoming(text, self.now, f"{self.entropy:032x}", self.facts)
        turn = conversation.turn(self.talk, {}, incoming)
        self.talk = turn.talk
        for event in turn.events:
            if isinstance(event, happenings.Stepped):
                self._stepped(event)
        return plain.numbered(composing.compose(VOICE, turn.reply, self.language))

    def _stepped(self, event: happenings.Stepped) -> None:
        after = tuple(
            giving.stepped(each, event.steps) if each.id == event.pledge else each for each in self.facts.promises
        )
        self.facts = self.facts._replace(promises=after)


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_answer_to_it_is_worded_as_it_stands_there(language: str, request: pytest.FixtureRequest) -> None:
    kinds = {name: (news, promises) for name, news, promises in told.kinds()}
    blocks = []
    for name, conversations in REPLIES.items():
        for replies in conversations:
            giver = _Giver(name, *kinds[name], language)
            lines = [f"> {reply}\n{giver.says(reply)}" for reply in replies[language]]
            blocks.append("\n\n".join([f"# {name}", *lines]))
    text, path = "\n\n".join(blocks) + "\n", told.TOLD / f"replies.{language}.txt"
    if request.config.getoption("--rewrite-conversations"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
