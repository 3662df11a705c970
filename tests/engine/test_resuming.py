"""A code to go on elsewhere: what is taken for one, and that it never makes one person of two."""

from unittest import mock

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import commands, conversation, giving, happenings, messages, trying
from tests import talking

CODE = "KTRA2347"


def enters(person: talking.Person, text: str = CODE, *, good: bool = True, start: str = "") -> conversation.Turn:
    """A code as the desk hands it to the mind."""
    house, facts = person.house, person.house.facts
    with mock.patch.object(house, "facts", lambda *asked: facts(*asked)._replace(code_is_good=good)):
        return person.send(text, start=start)


def begun() -> talking.Person:
    """Somebody at the first question, in Russian."""
    person = talking.Person()
    person.send(start="s-priorities")
    person.say("2")
    return person


def said(turn: conversation.Turn) -> str:
    """All lines, as they stand in the code."""
    return "\n".join(line.msgid for line in turn.reply.lines if isinstance(line, messages.Phrase))


@hypothesis.given(st.integers(0, 2**128 - 1))
def test_every_code_is_read_in_every_spelling_and_is_no_other_word(chance: int) -> None:
    code = giving.resume_code(f"{chance:032x}")
    spelled = (code, code.lower(), f"{code[:4]}-{code[4:]}", f" {code[:4]} {code[4:]} ", f"ashar c-{code}")
    assert {commands.resume_code(each) for each in spelled} == {code}
    assert commands.resume_code("", f"c-{code.lower()}") == code
    assert commands.recognise(code) is None
    assert not code.isalpha()
    assert not code.isdigit()


def test_letters_that_look_alike_are_alike() -> None:
    assert commands.resume_code("КТРА-2347") == "KTPA2347"


@pytest.mark.parametrize(
    "text",
    ["23456789", "2 3 4 5 6 7 8 9", "ЖЫЛДЫЗ22", "HELLOYOU", "KTRA2340", "KTRA2347 2", "K T R A 2 3 4 7", "", "c-"],
)
def test_nothing_else_is_taken_for_a_code(text: str) -> None:
    assert commands.resume_code(text) == ""


def test_a_code_is_for_whoever_has_begun() -> None:
    turn = begun().send("код")
    [given] = [event for event in turn.events if isinstance(event, happenings.CodeGiven)]
    assert commands.resume_code(given.code) == given.code
    assert turn.reply.tag != "-", "the question waits on"
    stranger = talking.Person()
    stranger.say("салам", "1")
    assert stranger.send("код").events == ()


@pytest.mark.parametrize("texts", [(), ("салам",), ("салам", "1"), ("салам", "1", "токтот")])
def test_a_phone_without_people_goes_over(texts: tuple[str, ...]) -> None:
    person = talking.Person()
    person.say(*texts) if texts else None
    turn = enters(person)
    assert turn.events == (happenings.Moved(CODE),)
    assert "Found" in said(turn)
    # Should anything still be said here, it is answered.
    assert person.send("салам").reply.lines


def test_two_people_never_become_one() -> None:
    person = begun()
    for turn in (enters(person), enters(person, "", start=f"c-{CODE}")):
        assert turn.events == ()
        assert "nobody has answered" in said(turn)
        assert turn.talk.scene == "form"


def test_what_is_no_code_may_be_an_answer_in_words() -> None:
    person = begun()
    person.say("1", "2")
    enters(person, "KARA2347", good=False)
    assert dict(person.response.answers if not person.talk.misses else ())["village"] == "KARA2347"


def test_after_five_wrong_codes_none_is_tried_for_an_hour() -> None:
    person = talking.Person()
    person.say("салам", "2")
    for _ in range(trying.WRONG):
        assert "unknown or too old" in said(enters(person, good=False))
    assert not trying.may_try(person.talk, person.house.clock.now)
    for _ in range(2):
        turn = enters(person)
        assert "too many" in said(turn)
        assert turn.events == ()
    person.house.clock.forward(hours=1)
    assert "unknown or too old" in said(enters(person, good=False))
    assert person.talk.tries == 1
    assert enters(person).events == (happenings.Moved(CODE),)


def test_a_wrong_code_from_a_stranger_is_answered_in_both_languages() -> None:
    turn = enters(talking.Person(), good=False)
    assert (turn.language, turn.talk.scene) == ("", "language")


def test_going_on_is_never_too_late() -> None:
    person = begun()
    person.send("меню")
    turn = person.send("продолжить", tap=("-", 1))
    assert turn.talk.scene == "form"
    assert "answered already" not in said(turn)
