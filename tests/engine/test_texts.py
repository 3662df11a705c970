"""The languages a form speaks, and what it is told where one is missing."""

from __future__ import annotations

import pytest

from bot.engine.authoring import texts
from bot.engine.authoring.sheets import Row, Told


def made(*labels: dict[str, str], named: str = "") -> tuple[texts.Texts, list[Row], Told]:
    told = Told()
    rows = [Row("survey", number + 2, {}, {"label": label}) for number, label in enumerate(labels)]
    return texts.Texts(rows, named, told), rows, told


@pytest.mark.parametrize(
    ("labels", "named", "languages", "language"),
    [
        ([{"ky": "a", "ru": "b"}], "", ("ky", "ru"), "ky"),
        ([{"ru": "a", "ky": "b"}], "", ("ru", "ky"), "ru"),
        ([{"": "a"}], "", (), ""),
        ([{"": "a"}], "English (en)", ("en",), "en"),
        ([{"": "a", "fr": "b"}], "English", ("fr", "en"), "en"),
        ([{"en": "a"}, {"en": "b"}, {"en": "c", "so": "d"}], "", ("en",), "en"),
        ([{"ky": "a"}], "Russian", ("ky",), "ru"),
        ([], "", (), ""),
    ],
)
def test_the_languages_of_a_form_are_those_of_most_questions(
    labels: list[dict[str, str]], named: str, languages: tuple[str, ...], language: str
) -> None:
    found, _, _ = made(*labels, named=named)
    assert (found.languages, found.language) == (languages, language)


def test_a_text_without_a_name_is_in_the_language_of_the_settings() -> None:
    found, (row, both), _ = made({"": "x"}, {"": "x", "ru": "y"}, named="Русский")
    assert found.of(row, "label") == {"ru": "x"}
    assert found.of(both, "label") == {"ru": "y"}


def test_words_of_ours_come_in_the_languages_of_the_form() -> None:
    assert made({"ky": "a", "ru": "b"})[0].made(texts.OTHER) == {"ky": "Башка", "ru": "Другое"}
    assert made({"": "a"})[0].made(texts.OTHER) == {"": "Other"}
    assert made({"so": "a"})[0].made(texts.OTHER) == {"so": "Other"}


def test_every_missing_translation_of_a_row_is_told_in_one_sentence() -> None:
    found, (row, _), told = made({"ky": "a", "ru": "b"}, {"ky": "a", "ru": "b"})
    more = Row("survey", 9, {}, {"label": {"ky": "a"}, "hint": {"ru": "b"}})
    for column in ("label", "hint"):
        found.of(more, column)
    found.of(row, "label")
    found.told()
    assert [(problem.row, str(problem.what.params["columns"])) for problem in told.all()] == [
        (9, "label::ru, hint::ky")
    ]


def test_names_of_files_are_bare() -> None:
    row = Row("survey", 2, {}, {"media::image": {"ky": "jr://images/a.png", "": "b.png"}})
    assert made({"ky": "a"})[0].media(row, "media::image") == {"ky": "a.png", "": "b.png"}
