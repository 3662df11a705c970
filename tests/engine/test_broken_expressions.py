"""What is no expression is told so when the form is checked: where, what, in three languages."""

from __future__ import annotations

import pytest

from bot import wording
from bot.engine import phrases
from bot.engine.xpath import expressions
from tests.engine.broken_expressions import BROKEN

VOICE = wording.Voice()


def refused(source: str) -> expressions.ExpressionError:
    with pytest.raises(expressions.ExpressionError) as caught:
        expressions.compile(source)
    return caught.value


@pytest.mark.parametrize(("source", "position", "message"), BROKEN)
def test_error(source: str, position: int, message: str) -> None:
    error = refused(source)
    assert message in error.message
    assert error.position == position
    assert str(error) == error.message == phrases.english(error.phrase)


@pytest.mark.parametrize("source", [source for source, _, _ in BROKEN])
def test_an_error_is_told_in_both_languages(source: str) -> None:
    error = refused(source)
    told = [VOICE.say(error.phrase, language) for language in ("ky", "ru")]
    assert len({error.message, *told}) == 3


def test_what_an_author_can_use_is_told_by_name() -> None:
    message = refused("xyzzy()").message
    assert all(name in message for name in expressions.FUNCTIONS)
