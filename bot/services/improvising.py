"""Improvising: a made-up respondent who plays a form to its end, and errs, goes back and skips on the way."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from bot import wording
from bot.channels import base, plain
from bot.engine import asking, form, judging, passage, state, telling
from bot.engine.form import Kind
from bot.engine.understanding import answers
from bot.services import inventing, rehearsing

#: Answers thought of for one question before it is given up.
_THOUGHTS = 400
#: Messages for one question, wrong ones included, before the form is taken to lead nowhere.
_PATIENCE = 40
#: Wrong ones after which the number of an option is looked up that is not on the screen.
_TRIES = 3
#: How often an earlier answer is changed because none will do for a later question, and how far back it may be.
_RETREATS, _FURTHEST = 150, 12
#: How often numbers are then kept small, which leaves room for the rest of a whole.
_THRIFT = 0.6
#: How often, of all messages, something else than an answer is written.
_ERRS, _BACK, _SKIPS, _ASKS = 0.10, 0.05, 0.08, 0.02
#: How often something is sent where it may be.
_SENDS = 0.5
#: What may be sent as an answer, as `messages.Incoming.kind`, and a place to send.
_SENT = {Kind.IMAGE: "image", Kind.AUDIO: "audio", Kind.TEXT: "audio", Kind.GEOPOINT: "place"}
_PLACE = "42.49 78.39 0 12.5"
#: By what a person knows the line of their language.
_OWN = {"ky": "кыргызча", "ru": "рус"}
#: What is given, clear and in doubt, with and without a day.
_GIFTS = (
    *(
        "5000 сом",
        "5000",
        "20",
        "3 күн",
        "10 кап цемент жана 2 күн",
        "2000 сом ай сайын 6 ай",
        "эки миң, 15-майга чейин",
    ),
    *("100$", "полторы тысячи рублей", "5 человек", "помогу цементом", "1000 после зарплаты", "3 дня, 5 тонн цемента"),
)
_WHENS = ("15-май", "через месяц", "айлык алганда", "skip", "каждый месяц полгода", "1")
_NONSENSE = ("???", "👍", "ким билет", "9999999999999999", "не понимаю вас", "0", "көп", "-")


class Stuck(Exception):
    """The form cannot be played to its end; the text says at which question and why."""


class Act(NamedTuple):
    """What the respondent means to do. `typed` says what is written for it."""

    text: str = ""
    #: The options that are meant, by what stands on them, and their numbers in the whole list.
    options: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    #: As `messages.Incoming.kind`; of a "place" the text is where it is.
    kind: str = "text"
    #: True where the numbers of options are known that are not on the screen.
    knows: bool = False


class Exchange(NamedTuple):
    """What the respondent wrote, and what came back."""

    wrote: str
    outbound: base.Outbound


def play(rehearsal: rehearsing.Rehearsal, link: str, seed: int, language: str) -> Iterator[Exchange]:
    """The whole conversation, message by message; raises `Stuck`. The same seed gives the same conversation."""
    respondent = Respondent(rehearsal.voice, seed, language)
    before = len(rehearsal.finished)
    outbound, _ = rehearsal.hear("start", start=link)
    yield Exchange("", outbound)
    while len(rehearsal.finished) == before:
        waiting, shown = rehearsal.waiting, plain.numbered(outbound)
        act = respondent.act(*waiting) if waiting else respondent.enters(shown)
        wrote = typed(act, shown)
        outbound, ended = rehearsal.hear(wrote, kind=act.kind)
        yield Exchange(wrote, outbound)
        if ended or (rehearsal.waiting is None and (waiting or rehearsal.scene == "home")):
            # A form may end by itself, as where a parent does not allow it.
            return


def typed(act: Act, shown: str) -> str:
    """What is written by somebody who reads this: numbers of options, or their words where they are not seen."""
    if not act.options:
        return act.text
    seen = [_number(words, shown) for words in act.options]
    if not all(seen):
        return " ".join(map(str, act.numbers)) if act.knows else ", ".join(act.options)
    return " ".join(seen)


def _number(words: str, shown: str) -> str:
    """The number before these words; "" where they are not seen. A channel may have cut the lines elsewhere."""
    said = r"\s+".join(map(re.escape, words.split()))
    found = re.search(rf"^(\d+)\.\s+{said}(?: [(✓].*)?$", shown, re.MULTILINE)
    found = found or re.search(rf"(?:^|\s)(\d+)\.\s+{said}(?=\s|$)", shown)
    return found[1] if found else ""


class Respondent:
    """Somebody with a will of their own: the same seed wants the same. `sends` is what their channel takes."""

    def __init__(self, voice: wording.Voice, seed: int, language: str, sends: Collection[str] = ()) -> None:
        self._voice = voice
        self._chance = random.Random(f"{seed}/{language}")  # noqa: S311 - to be repeated, not to be secret
        self._language = language
        self._sends = sends
        self._at = ""
        self._tries = 0
        self._retreats = self._backs = 0
        #: Questions that no answer was found for, each with what its constraint asked for then.
        self._shut: set[tuple[str, ...]] = set()
        #: Numbers for earlier questions with which a later one may be answered, and whether they are kept small.
        self._wanted: dict[str, set[str]] = {}
        self._few = False

    def enters(self, shown: str) -> Act:
        """What is answered before the first question: the line of the own language, or the first."""
        self._stands("")
        lines = re.findall(r"^(\d+)\. (.*)$", shown, re.MULTILINE)
        return Act(next((number for number, line in lines if _OWN[self._language] in line.casefold()), "1"))

    def act(self, definition: form.Form, response: state.State) -> Act:
        """What is done at the question that waits; raises `Stuck`."""
        if self._backs:
            self._backs -= 1
            return Act("back")
        try:
            return self._answer(definition, response)
        except Stuck:
            # Perhaps an earlier answer leaves no room for this one: a household of two with three children.
            if self._retreats == _RETREATS or not response.answers:
                raise
            self._retreats += 1
            self._few = self._chance.random() < _THRIFT
            self._backs = self._chance.randrange(_FURTHEST)
            self._at = ""
            return Act("back")

    def _answer(self, definition: form.Form, response: state.State) -> Act:
        self._stands(response.at)
        if definition.emits:
            return Act(self._otherwise(required=True) or self._gives(response.at))
        view = passage.passage(definition, response)
        station = view.station(response.at)
        if station is None:
            return Act("1")
        required = judging.is_required(view, station)
        if (otherwise := self._otherwise(required=required)) is not None:
            return Act(otherwise)
        choices = asking.options(view, station)
        here = (station.key, *response.picked, *inventing.asked_for(view, station))
        if here not in self._shut:
            tried: set[Act] = set()
            for act in itertools.islice(self._thoughts(view, station, choices, response.picked), _THOUGHTS):
                if act not in tried and _will_do(view, station, choices, response.picked, act):
                    return act
                tried.add(act)
        self._shut.add(here)
        if not required:
            return Act("skip")
        for name, numbers in inventing.wanted(view, station).items():
            self._wanted.setdefault(name, set()).update(numbers)
        source = station.question.constraint.source if station.question.constraint else ""
        why = f"no answer was found that its constraint takes: {source}" if source else "nothing tried answers it"
        raise Stuck(f"row {station.question.row}, question “{station.question.name}”: {why}")

    def _stands(self, at: str) -> None:
        self._tries = self._tries + 1 if at == self._at else 0
        self._at = at
        if self._tries > _PATIENCE:
            raise Stuck(f"the question “{at}” does not let anybody past")

    def _gives(self, at: str) -> str:
        """What is answered where something is pledged."""
        match at:
            case "gift":
                return self._chance.choice(_GIFTS)
            case "when":
                return self._chance.choice(_WHENS)
            case "confirm":
                return self._chance.choice("1111234")
            case "shown":
                return self._chance.choice("123456")
            case "name":
                return self._chance.choice(("Айгүл", "семья Асановых", "skip"))
        return "1"

    def _otherwise(self, *, required: bool) -> str | None:
        """Now and then something else than an answer."""
        drawn = self._chance.random()
        if drawn < _ERRS:
            return self._chance.choice(_NONSENSE)
        if drawn < _ERRS + _BACK:
            return "back"
        if drawn < _ERRS + _BACK + _ASKS:
            return "help"
        return "skip" if drawn < _ERRS + _BACK + _ASKS + _SKIPS and not required else None

    def _thoughts(
        self,
        view: passage.Passage,
        station: passage.Station,
        choices: Sequence[form.Choice],
        picked: Collection[str],
    ) -> Iterator[Act]:
        """One answer after the other: first what anybody would say, then what the constraint speaks of."""
        question, chance = station.question, self._chance
        kind = _SENT.get(question.kind, "")
        if kind in self._sends and chance.random() < _SENDS:
            yield Act(_PLACE if kind == "place" else "", kind=kind)
        match question.kind:
            case Kind.ACKNOWLEDGE:
                yield Act("1")
            case Kind.MORE:
                # Three of a kind show what there is to be shown.
                yield Act("2" if station.at[-1:] > (3,) else chance.choice("12"))
            case kind_ if kind_ in form.CHOOSING:
                for names in inventing.choosing(question, choices, picked, chance):
                    yield self._meaning(view, station, choices, names)
            case _:
                wanted = self._wanted.get(question.name, ())
                yield from map(Act, inventing.worded(view, station, chance, few=self._few, wanted=wanted))

    def _meaning(
        self,
        view: passage.Passage,
        station: passage.Station,
        choices: Sequence[form.Choice],
        chosen: Sequence[form.Choice],
    ) -> Act:
        labels = [telling.written(each.label or {"": each.name}, view, station, {}) for each in chosen]
        return Act(
            options=tuple(self._voice.say(label, self._language) for label in labels),
            numbers=tuple(next(n for n, each in enumerate(choices, start=1) if each is one) for one in chosen),
            knows=self._tries > _TRIES,
        )


def _will_do(
    view: passage.Passage,
    station: passage.Station,
    choices: Sequence[form.Choice],
    picked: tuple[str, ...],
    act: Act,
) -> bool:
    if station.question.kind in (Kind.ACKNOWLEDGE, Kind.MORE) or act.kind in ("image", "audio"):
        return True
    if act.kind == "place":
        return judging.broken(view, station, act.text) is None
    text = " ".join(map(str, act.numbers)) or act.text
    if station.question.kind in (Kind.INTEGER, Kind.DECIMAL) and judging.broken(view, station, text):
        return False  # far quicker than reading it as a person's
    reading = answers.understand(station.question, choices, text, picked, view.now)
    if isinstance(reading, answers.Picking):
        return reading.picked != picked
    return isinstance(reading, answers.Understood) and judging.broken(view, station, reading.answer) is None
