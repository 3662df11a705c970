"""Names as letters."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine.authoring import lettering


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("age", "age"),
        ("own words", "own_words"),
        ("Жаш курагы", "jash_kuragy"),
        ("Айылыңыздын өкмөтү", "ayylynyzdyn_okmotu"),
        ("Что ещё?", "chto_esche"),
        ("Объём", "obem"),
        ("1a", "_1a"),
        ("naïve café", "naive_cafe"),
        ("a/b", "a_b"),
        ("?!", ""),
        ("", ""),
        ("x" * 80, "x" * 64),
        ("水", ""),
    ],
)
def test_any_words_become_a_name_or_nothing(words: str, name: str) -> None:
    assert lettering.latin(words) == name


@hypothesis.given(st.text(max_size=100))
def test_what_becomes_a_name_can_be_kept(words: str) -> None:
    name = lettering.latin(words)
    assert not name or lettering.NAME.fullmatch(name)


def test_new_names_are_asked_for_by_their_new_names() -> None:
    assert lettering.rename("${a b} + ${ a b } + ${c} + 'a b'", {"a b": "a_b"}) == "${a_b} + ${a_b} + ${c} + 'a b'"
    assert lettering.rename("${a}", {}) == "${a}"
