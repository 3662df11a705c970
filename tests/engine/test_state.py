"""What is remembered between two messages survives JSON exactly."""

from __future__ import annotations

import json

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import state

words = st.text(max_size=12)
names = st.tuples() | st.lists(words, max_size=4).map(tuple)
sent = st.builds(state.Media, id=words, kind=st.sampled_from(["image", "audio"]))
answers = words | st.integers() | names | sent
states = st.builds(
    state.State,
    form=words,
    seed=words,
    begun=words,
    channel=words,
    language=words,
    campaign=words,
    at=words,
    answers=st.lists(st.tuples(words, answers), max_size=5).map(tuple),
    skipped=names,
    picked=names,
    page=st.integers(0, 99),
    narrowed=names,
    changing=st.booleans(),
    spent=st.lists(st.tuples(words, st.integers(1, 300)), max_size=5).map(tuple),
    ended=words,
)
people = st.builds(state.Person, id=words, consents=names, finished=names, open=names, last=words, offices=names)
talks = st.builds(
    state.Talk,
    language=words,
    scene=words.filter(bool),
    before=words,
    step=st.integers(0, 10**6),
    people=st.lists(people, max_size=3).map(tuple),
    person=words,
    pending=words,
    listed=names,
    misses=st.integers(0, 9),
    heard=words,
)


def through_json(value: state.State | state.Talk) -> dict[str, object]:
    plain: dict[str, object] = json.loads(json.dumps(state.to_plain(value), ensure_ascii=False))
    return plain


@hypothesis.settings(max_examples=200)
@hypothesis.given(states.filter(lambda value: value.form and value.seed and value.begun))
def test_a_response_comes_back_as_it_went(value: state.State) -> None:
    assert state.state_from(through_json(value)) == value


@hypothesis.settings(max_examples=200)
@hypothesis.given(talks)
def test_a_talk_comes_back_as_it_went(value: state.Talk) -> None:
    assert state.talk_from(through_json(value)) == value


def test_what_was_kept_before_there_was_a_last_survey_is_read() -> None:
    plain = {"id": "1", "consents": [], "finished": ["a/1"], "open": []}
    assert state.talk_from({"v": 1, "people": [plain]}).people == (state.Person("1", finished=("a/1",)),)


def test_an_empty_talk_takes_no_room() -> None:
    assert through_json(state.Talk()) == {"v": 1, "scene": "new"}


@pytest.mark.parametrize("read", [state.state_from, state.talk_from])
def test_a_later_version_is_refused_and_not_guessed(read: object) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match="version 2"):
        read({"v": 2})


def test_the_last_answer_of_a_name_is_the_answer() -> None:
    value = state.State("f", "s", "b", answers=(("age", 30), ("top", ("a", "b"))))
    assert (value.answer("age"), value.answer("top"), value.answer("sex")) == (30, ("a", "b"), None)
