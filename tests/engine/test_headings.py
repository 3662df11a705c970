"""Headings as people write them, and the languages they name."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine.authoring import headings
from bot.engine.authoring.headings import CHOICES, SETTINGS, SURVEY


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ky", "ky"),
        (" KY ", "ky"),
        ("Кыргызча (ky)", "ky"),
        ("Кыргызча", "ky"),
        ("Kyrgyz", "ky"),
        ("kg", "ky"),
        ("Kyrgyz (kg)", "ky"),
        ("kir", "ky"),
        ("Русский", "ru"),
        ("орусча", "ru"),
        ("Russian (ru)", "ru"),
        ("English", "en"),
        ("English (en)", "en"),
        ("English(en)", "en"),
        ("English (en-GB)", "en-gb"),
        ("Français (fr)", "fr"),
        ("français", "fr"),
        ("Francais", "fr"),
        ("العربية", "ar"),
        ("Arabic (ar)", "ar"),
        ("pt_BR", "pt-br"),
        ("Somali", "so"),
        ("Wolof", "wolof"),
        ("Tok Pisin (Papua)", "tok_pisin"),
        ("Bahasa Indonesia yang baik dan benar", "bahasa_indonesia"),
        ("", None),
        ("???", None),
    ],
)
def test_a_language_is_known_by_its_code_its_name_or_in_brackets(words: str, code: str | None) -> None:
    assert headings.language_of(words) == code


@pytest.mark.parametrize(
    ("heading", "base", "language"),
    [
        ("label", "label", ""),
        ("Label::English (en)", "label", "en"),
        (" label :: Кыргызча ", "label", "ky"),
        ("label:French", "label", "fr"),
        ("label_ru", "label", "ru"),
        ("label (Russian)", "label", "ru"),
        ("Constraint Message::ky", "constraint_message", "ky"),
        ("jr:constraintMsg::ky", "constraint_message", "ky"),
        ("media::image::Kyrgyz (ky)", "media::image", "ky"),
        ("image", "media::image", ""),
        ("audio::ru", "media::audio", "ru"),
        ("ashar::personal", "ashar::personal", ""),
        ("bind::jr:requiredMsg", "required_message", ""),
        ("control::appearance", "appearance", ""),
        ("jr:count", "repeat_count", ""),
        ("Repeat  Count", "repeat_count", ""),
        ("skip logic", "relevant", ""),
        ("required #2", "required", ""),
    ],
)
def test_a_heading_means_a_column(heading: str, base: str, language: str) -> None:
    found = headings.read(heading, SURVEY)
    assert (found.base, found.language, found.known) == (base, language, True)


@pytest.mark.parametrize("heading", ["$kuid", "#tag", "bind::type", "body::accuracyThreshold", "hxl", "_notes", "note"])
def test_what_other_tools_need_is_passed_over(heading: str) -> None:
    assert headings.read(heading, SURVEY).ignored


@pytest.mark.parametrize("heading", ["label2", "label_old", "type of house", "x::y", "colour", "constraint_ky"])
def test_what_nobody_knows_is_no_column_of_ours(heading: str) -> None:
    assert not headings.read(heading, SURVEY).known


def test_an_own_column_of_the_choices_keeps_its_letters() -> None:
    assert headings.read("Region ", CHOICES).base == "Region"
    assert headings.read("value", CHOICES).alias


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a", "a"),
        ("  a \u00a0 b  ", "a b"),
        ("a\tb", "a b"),
        ("a \n  b\r\nc_x000D_", "a\nb\nc"),
        ("\ufeffa\u200b", "a"),
        ("", ""),
        (" \u3000 ", ""),
    ],
)
def test_spaces_that_nobody_sees_are_gone_and_lines_stay(text: str, cleaned: str) -> None:
    assert headings.clean(text) == cleaned


@hypothesis.given(st.text(max_size=30), st.sampled_from([SURVEY, CHOICES, SETTINGS]))
def test_every_heading_means_something_or_nothing(heading: str, layout: headings.Layout) -> None:
    found = headings.read(heading, layout)
    assert not found.known or found.base in layout.known
    assert headings.read(headings.again(heading, 2), layout).base == found.base
