"""What holds whatever people do: the engine never fails or falls silent, and tallies equal a recount."""

from __future__ import annotations

from collections import Counter

import hypothesis
from hypothesis import strategies as st

from bot import wording
from bot.channels import base, composing, plain
from bot.engine import asking, commands, contribution, conversation, form, messages, passage, state
from bot.engine.pledging import campaigns
from tests import talking
from tests.engine import small, walking

VOICE = wording.Voice()

WORDS = (
    *(word for words in commands._WORDS.values() for word in words.split(", ")[:2]),
    *(
        "да",
        "нет",
        "ооба",
        "жок",
        "билбейм",
        "не знаю",
        "/unknown",
        "/",
        "start s-priorities",
        "ashar a-suu",
        "KTRA-2347",
    ),
    *("жооптор", "ответы", "дагы", "ещё", "башынан", "ак", "село", "12.05.1980", "01.02.2015", "14:30", "OK"),
    *(
        "3 1 7",
        "317",
        "1 1 2",
        "1 2",
        "9 9 9",
        "1 2 3 4",
        "15",
        "34",
        "12",
        "5 000,50",
        "-1",
        "Кара-Ой",
        "Бишкек шаары",
    ),
    *("5000 сом", "5000", "20", "5 тонна цемент", "100$, 3 күн", "2000 сом ай сайын 6 ай", "айлык алганда", "кечээ"),
    *("помогу", "бир кой", "-5 сом", "картам 4169 5853 5555 1234", "жөнөттүм", "снять", "перенести", "изменить"),
    *("", " ", "👍", "…", "\x00", "{n}", "${what}", "а" * 3000),
)
#: Mostly what leads on, for a walk that only stumbles never gets far.
typed = st.integers(1, 9).map(str) | st.sampled_from(WORDS) | st.text(max_size=20)
moves = st.one_of(
    st.tuples(st.just("say"), typed),
    st.tuples(st.just("on"), st.sampled_from("1248")),
    st.tuples(st.just("on"), st.sampled_from("1248")),
    st.tuples(st.just("tap"), st.integers(1, 12).map(str) | st.sampled_from(["back", "skip"])),
    st.tuples(st.just("stale"), st.integers(1, 9).map(str)),
    st.tuples(st.sampled_from(["media", "image", "audio", "place"]), st.sampled_from(["", "42.49 78.39 1700 5"])),
    st.tuples(
        st.just("link"),
        st.sampled_from(
            ["s-priorities", "s-small", "s-household", "a-suu", "a-none", "s-none", "x-y", "s-", "c-KTRA2347"]
        ),
    ),
    st.tuples(st.just("later"), st.sampled_from(["1", "13", "200"])),
    st.tuples(st.just("close"), st.sampled_from(["campaign", "survey", "open"])),
)
MINDS = (
    *("on", "on", "on", "1", "2", "артка", "өткөр", "3 2 1", "15", "өчүр"),
    *("башка киши", "убадам", "ashar a-suu", "ashar s-small"),
    *("2000 жибердим", "снять обещание", "кийинкиге жылдыр", "3 дня за брата", "ashar g-ABCDEFGH2345"),
)
GOOD = {
    "integer": "14",
    "decimal": "500",
    "text": "Кара-Ой",
    "rank": "1 2 3",
    "select_multiple": "1 2",
    "date": "12.05.1980",
    "geopoint": "Көпүрөнүн жанында",
    "image": "Сүрөт жок",
    "more": "2",
}


class Walk:
    """One phone, and what must hold after every message of it."""

    def __init__(self, house: talking.House) -> None:
        self.house = house
        self.surveys = dict(house.surveys)
        self.person = talking.Person(house)
        self.shown: list[messages.Reply] = []

    def make(self, kind: str, what: str) -> None:
        """One move."""
        person, house = self.person, self.house
        match kind:
            case "say":
                self.check(person.send(what))
            case "on":
                for _ in range(int(what)):
                    self.check(person.send(self.good()))
            case "tap" if self.shown:
                self.check(person.send(what, tap=(self.shown[-1].tag, self.shown[-1].step)))
            case "stale" if len(self.shown) > 1:
                self.check(person.send(what, tap=(self.shown[-2].tag, self.shown[-2].step)))
            case "media" | "image" | "audio" | "place":
                self.check(person.send(what, kind=kind))
            case "link":
                self.check(person.send("start", start=what))
            case "later":
                house.clock.forward(hours=int(what))
            case "close" if what == "campaign":
                house.close("suu")
            case "close" if what == "survey":
                house.surveys = {}
            case "close":
                house.close("suu", campaigns.State.OPEN)
                house.surveys = dict(self.surveys)

    def good(self) -> str:
        """An answer to whatever is asked, such as leads on."""
        if self.person.talk.scene != "form":
            return "1"
        response = self.person.response
        question = self.house.forms[response.form].question(response.at)
        if response.campaign:
            return "5000 сом" if response.at == "gift" else "1"
        return GOOD.get(question.kind, "1") if question else "1"

    def check(self, turn: conversation.Turn) -> None:
        """What must hold."""
        outbound = composing.compose(VOICE, turn.reply, turn.language)
        said = plain.numbered(outbound)
        assert said.strip(), "the bot fell silent"
        assert "${" not in said.replace("${what}", ""), "a reference was not filled"
        assert all(button.label for button in (*outbound.options, *outbound.actions))
        assert base.payload(turn.reply.tag, turn.reply.step, "1").isascii()
        assert turn.talk.step >= (self.shown[-1].step if self.shown else 0) or not turn.talk.language
        for value in turn.changed.values():
            assert state.state_from(state.to_plain(value)) == value
        assert self.person.talk == turn.talk, "the talk did not survive JSON"
        assert +self.house.tallies == self.house.recount()
        assert min(self.house.tallies.values(), default=0) >= 0
        people = {each.id for each in turn.talk.people}
        mine = {rid: kept for rid, kept in self.house.responses.items() if kept.person in people}
        for rid in {rid for each in turn.talk.people for rid in each.open} ^ {
            rid for rid, kept in mine.items() if not kept.finished
        }:
            # One that is finished is open only while an answer of it is changed.
            assert mine[rid].finished
            assert mine[rid].state().changing
        assert all(kept.finished is bool(kept.state().ended) for kept in mine.values())
        self.shown.append(turn.reply)


@hypothesis.settings(max_examples=100)
@hypothesis.given(st.lists(moves, min_size=12, max_size=40), st.sampled_from(["", "small", "household"]))
def test_whatever_comes_there_is_an_answer_and_the_tallies_are_right(
    sequence: list[tuple[str, str]], first: str
) -> None:
    survey, _, _ = talking.flows()
    surveys = {"small": [small.VILLAGE], "household": [talking.tested("household")]}.get(first, [])
    walk = Walk(talking.House([*surveys, survey]))
    for kind, what in [("say", "салам"), ("say", "1"), *sequence]:
        walk.make(kind, what)


@hypothesis.settings(max_examples=100)
@hypothesis.given(st.lists(typed | st.sampled_from(WORDS[-30:]), min_size=5, max_size=25))
def test_whatever_is_offered_there_is_an_answer_and_what_is_written_down_folds(texts: list[str]) -> None:
    walk = Walk(talking.House())
    for kind, what in [("link", "a-suu"), ("say", "1"), *(("say", text) for text in texts)]:
        walk.make(kind, what)
    promises = [promise for _, promise in walk.house.pledges.values()]
    assert len({promise.code for promise in promises}) == len(promises)
    assert all(promise.standing.steps for promise in promises)


@hypothesis.settings(max_examples=40)
@hypothesis.given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(MINDS)),
        min_size=20,
        max_size=60,
    )
)
def test_tallies_are_right_when_many_people_change_their_minds(sequence: list[tuple[int, str]]) -> None:
    house = talking.House([small.VILLAGE])
    walks = [Walk(house) for _ in range(3)]
    for walk in walks:
        walk.make("link", "s-small")
    for who, what in sequence:
        walks[who].make(*(("on", "3") if what == "on" else ("say", what)))


TYPED = [
    *("1", "2", "3", "15", "34", "1 2 3", "3 1 7", "Кара-Ой", ">", "билбейм", "дагы", "ак", "12.05.1980", "01.02.2015"),
]


def forms() -> dict[str, form.Form]:
    """One that ships, one with conditions and rankings, one with rounds and a long list."""
    return {"priorities": talking.flows()[0], "small": small.VILLAGE, "household": talking.tested("household")}


@hypothesis.settings(max_examples=150)
@hypothesis.given(st.sampled_from(sorted(forms())), st.lists(st.sampled_from(TYPED), max_size=25))
def test_back_and_the_same_answer_give_the_same_state(name: str, texts: list[str]) -> None:
    definition = forms()[name]
    response = walking.walk(definition).state
    for text in texts:
        if not response.at or response.picked:
            break
        step = walking.step(definition, response, text)
        if step.missed or step.refused or step.finished or step.state.picked or step.state.at == response.at:
            continue
        back = walking.step(definition, step.state, "<").state
        assert back.at == response.at
        again = walking.step(definition, back, text).state
        assert again == step.state
        response = again


@hypothesis.settings(max_examples=150)
@hypothesis.given(
    st.sampled_from(["small", "household"]),
    st.lists(st.sampled_from(TYPED), min_size=10, max_size=40),
    st.integers(0, 40),
    st.lists(st.sampled_from(TYPED), min_size=1, max_size=6),
)
def test_an_answer_changed_to_and_fro_counts_as_before(
    name: str, texts: list[str], which: int, others: list[str]
) -> None:
    definition = forms()[name]
    response = finished(definition, texts)
    if response is None:
        return
    before = passage.counted(definition, response)
    keys = [station.key for station in passage.passage(definition, response).asked if station.key in before]
    key = keys[which % len(keys)]
    away = complete(definition, walking.change(definition, response, key, *others).state)
    hypothesis.event("refused" if away is None else "the same" if away.answers == response.answers else "changed")
    if away is None:
        return
    back = complete(definition, walking.change(definition, away, key, typed_again(definition, response, key)).state)
    assert back is not None
    assert passage.counted(definition, back) == before


def finished(definition: form.Form, texts: list[str]) -> state.State | None:
    """A response that has come to its end, whatever was typed on the way; None where it was refused."""
    response = walking.walk(definition).state
    for text in texts:
        step = walking.step(definition, response, text)
        response = step.state
        if step.finished or step.refused:
            break
    done = complete(definition, response)
    return done and done._replace(ended=walking.BEGUN)


def complete(definition: form.Form, response: state.State) -> state.State | None:
    """Whatever waits is answered; None where that ends in a refusal."""
    while response.at:
        question = definition.question(response.at)
        assert question
        step = walking.step(definition, response, GOOD.get(question.kind, "1"))
        assert not step.missed, (response.at, step.lines)
        if step.refused:
            return None
        response = step.state
    return response


def typed_again(definition: form.Form, response: state.State, key: str) -> str:
    """What brings that very answer about."""
    answer, view = response.answer(key), passage.passage(definition, response)
    station = view.station(key)
    assert station
    names = [choice.name for choice in asking.options(view, station)]
    if names:
        chosen = answer if isinstance(answer, tuple) else (answer,)
        return " ".join(str(names.index(str(each)) + 1) for each in chosen)
    if station.question.kind is form.Kind.DATE:
        return ".".join(reversed(str(answer).split("-")))
    return str(answer)


@hypothesis.settings(max_examples=80)
@hypothesis.given(st.lists(st.sampled_from(["1", "2", "15", "34", "1 2 3", "3 1 7", ">", "<", "Кара-Ой"]), max_size=25))
def test_the_sum_of_the_differences_is_the_contribution(texts: list[str]) -> None:
    definition = small.VILLAGE
    response = walking.walk(definition).state
    total: Counter[contribution.Key] = Counter()
    for text in texts:
        after = walking.step(definition, response, text).state
        for key, change in contribution.change(definition, response, after).items():
            assert change
            total[key] += change
        new = contribution.contribution(definition, after)
        assert +total == new
        assert min(total.values(), default=0) >= 0
        assert all(count == 1 for count in new.values())
        response = after._replace()
