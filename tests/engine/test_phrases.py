"""What is said is an English sentence that other languages can be put for, filled as deep as it goes."""

from __future__ import annotations

from bot import wording
from bot.engine import messages, phrases


def test_english_fills_a_phrase_within_a_phrase() -> None:
    said = phrases.phrase("found {found} where a value was expected", found=phrases.phrase("the end"))
    assert phrases.english(said) == "found the end where a value was expected"


def test_english_has_two_forms() -> None:
    forms = [phrases.english(phrases.phrases("{n} row", "{n} rows", n, n=n)) for n in (1, 2)]
    assert forms == ["1 row", "2 rows"]


def test_a_phrase_within_a_phrase_is_said_in_the_same_language() -> None:
    said = phrases.phrase("found {found} where a value was expected", found=phrases.phrase("the end"))
    voice = wording.Voice()
    assert "конец" in voice.say(said, "ru")
    assert "аягы" in voice.say(said, "ky")


def test_messages_speak_the_same_phrases() -> None:
    assert messages.phrase("Yes") == phrases.phrase("Yes")
    assert messages.Phrase is phrases.Phrase
