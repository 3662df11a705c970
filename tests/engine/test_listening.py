"""Who asks to hear a question hears it, in their own language where it was recorded; a spoken form asks nobody."""

from __future__ import annotations

import dataclasses

import pytest

from bot.engine import conversation, form, messages
from tests import talking
from tests.engine import small

_ROWS: list[dict[str, object]] = [
    {"type": "select_one yn", "name": "water", "media::audio": {"ky": "suu.ogg", "ru": "voda.mp3"}},
    {"type": "text", "name": "idea", "media::audio": {"ky": "sunush.ogg"}},
    {"type": "text", "name": "more", "media::audio": {"ky": "not-there.ogg"}},
]
_SOUNDS = {"suu.ogg": "a" * 64, "voda.mp3": "b" * 64, "sunush.ogg": "c" * 64}
NONE = messages.phrase("There is no recording of this question, I am sorry.")
SORRY = messages.phrase("I am sorry, sound cannot be sent here.")
HOW = messages.phrase("To hear the question, write “listen”.")


def someone(*, spoken: bool = False) -> talking.Person:
    """Before the first question, in Kyrgyz."""
    settings = {"ashar::spoken": "yes"} if spoken else {}
    definition = small.made(_ROWS, small.choices("yn", "yes", "no"), **settings)
    person = talking.Person(talking.House([dataclasses.replace(definition, sounds=_SOUNDS)]))
    person.send(start="s-small")
    person.say("1", "1")
    return person


def heard(turn: conversation.Turn) -> str:
    """The recording that comes with a reply, as a channel chooses it."""
    return " ".join(form.said(each, turn.language, turn.reply.sound_default) for each in turn.reply.sounds)


@pytest.mark.parametrize("word", ["ук", "Угуп көрүү", "угайын!", "послушать", "прослушать", "/listen"])
def test_a_word_brings_the_recording_and_the_question_stands(word: str) -> None:
    person = someone()
    before = person.response
    turn = person.say(word)
    assert heard(turn) == "a" * 64
    assert person.response == before
    assert not turn.talk.misses
    # Once: who then answers wrong is not made to listen.
    assert heard(person.say("суу жок эмес")) == ""


def test_it_is_heard_in_ones_own_language_or_in_the_one_there_is() -> None:
    person = someone()
    person.say("русский")
    assert heard(person.say("послушать")) == "b" * 64
    person.say("1")
    assert heard(person.say("послушать")) == "c" * 64


def test_without_a_recording_that_is_said_and_no_button_offered() -> None:
    person = someone()
    assert "listen" in person.say("ооба").reply.actions
    turn = person.say("skip")
    assert "listen" not in turn.reply.actions
    turn = person.say("ук")
    assert NONE in turn.reply.lines
    assert heard(turn) == ""


@pytest.mark.parametrize("spoken", [False, True])
def test_where_sound_cannot_go_that_is_said_to_those_who_ask(spoken: bool) -> None:
    person = someone(spoken=spoken)
    person.hears = False
    turn = person.say("русский")
    assert "listen" not in turn.reply.actions
    assert heard(turn) == ""
    turn = person.say("послушать")
    assert SORRY in turn.reply.lines
    assert heard(turn) == ""
    assert not turn.talk.misses
    assert HOW not in person.say("помощь").reply.lines


def test_help_tells_how_to_hear_a_question_that_can_be_heard() -> None:
    person = someone()
    assert HOW in person.say("жардам").reply.lines
    person.say("1", "skip")
    assert HOW not in person.say("жардам").reply.lines


def test_a_drawn_out_yes_is_no_command() -> None:
    person = someone()
    person.say("1", "угуу")
    assert dict(person.response.answers)["idea"] == "угуу"


def test_a_spoken_form_is_said_again_in_another_language() -> None:
    person = someone(spoken=True)
    assert heard(person.say("русский")) == "b" * 64
    assert heard(person.say("русский")) == ""


def test_a_spoken_form_says_each_question_once() -> None:
    person = someone(spoken=True)
    person.say("артка")
    assert heard(person.say("эмне дейсиз бул деген")) == ""
    assert heard(person.say("1")) == "c" * 64
    assert heard(person.say("😀")) == ""
    assert heard(person.say("артка")) == "a" * 64
    # Another may be on the phone tomorrow.
    person.say("стоп")
    assert heard(person.say("улант")) == "a" * 64


def test_outside_a_question_it_is_no_command() -> None:
    person = talking.Person()
    person.say("салам", "1")
    turn = person.say("ук")
    assert turn.talk.scene == "home"
    assert turn.talk.misses == 1


def test_an_option_of_that_name_is_an_answer() -> None:
    rows: list[dict[str, object]] = [{"type": "select_one how", "name": "how", "media::audio": {"ky": "suu.ogg"}}]
    definition = small.made(rows, [{"list_name": "how", "name": "listen", "label": {"ky": "Угуу", "ru": "Слушать"}}])
    person = talking.Person(talking.House([dataclasses.replace(definition, sounds=_SOUNDS)]))
    person.send(start="s-small")
    person.say("1", "1")
    assert any(isinstance(event, messages.Finished) for event in person.say("угуу").events)


def test_what_is_read_before_a_question_is_heard_before_it() -> None:
    rows: list[dict[str, object]] = [
        {"type": "note", "name": "hello", "media::audio": {"ky": "suu.ogg"}},
        {"type": "note", "name": "silent"},
        {"type": "text", "name": "idea", "media::audio": {"ky": "sunush.ogg"}},
        {"type": "note", "name": "between", "media::audio": {"ky": "suu.ogg"}},
        {"type": "text", "name": "more"},
    ]
    definition = dataclasses.replace(small.made(rows, (), **{"ashar::spoken": "yes"}), sounds=_SOUNDS)
    person = talking.Person(talking.House([definition]))
    person.send(start="s-small")
    assert heard(person.say("1", "1")) == f"{'a' * 64} {'c' * 64}"
    assert heard(person.say("баары жакшы")) == "a" * 64
    assert heard(person.say("ук")) == "a" * 64
