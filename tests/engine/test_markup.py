"""Words made plain, and words that only look dressed."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine.authoring import markup


@pytest.mark.parametrize(
    ("dressed", "plain"),
    [
        ("**Bold** and __bold__", "Bold and bold"),
        ("*lean* and _lean_", "lean and lean"),
        ("# Title\ntext", "Title\ntext"),
        ('<span style="color:red">Red</span> <B>bold</B>', "Red bold"),
        ("one<br/>two<br>three</p>", "one\ntwo\nthree"),
        ("**${the_name}** and ${other_name}", "${the_name} and ${other_name}"),
        ("Tom &amp; Anna&nbsp;&lt;3", "Tom & Anna <3"),
        ("&lt;b&gt;", "<b>"),
        ("<b></b>", "<b></b>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("snake_case_word and _", "snake_case_word and _"),
        ("Name: ____", "Name: ____"),
        ("№ 5 #6", "№ 5 #6"),
        ("R&D; &copy;", "R&D; ©"),
        ('A picture![x](a.png) <img src="a.png"/>here', "A picture here"),
        ("Read [the rules](https://example.org/a) and [3](b)", "Read the rules (https://example.org/a) and [3](b)"),
        ("no dress at all", "no dress at all"),
    ],
)
def test_what_dresses_the_words_is_gone(dressed: str, plain: str) -> None:
    assert markup.plain(dressed) == plain


@hypothesis.given(st.text(alphabet="ab<>*_#&;${}/ \n\ue000\ue0011", max_size=40))
def test_no_words_are_made_into_nothing(words: str) -> None:
    assert bool(markup.plain(words)) == bool(words)
