"""The questions of all versions of a form as one."""

from __future__ import annotations

import dataclasses

import pytest

from bot.engine import codebook, form
from bot.engine.xpath import expressions
from tests import exported

BOOK = codebook.joined(list(exported.FORMS.values()))


def entry(name: str) -> codebook.Entry:
    return next(each for each in BOOK.entries if each.name == name)


def versions(*kinds: form.Kind) -> codebook.Codebook:
    """One question, of these kinds from version to version."""
    return codebook.joined(
        [form.Form("f", {}, (exported.ask("q", kind),), version=str(number)) for number, kind in enumerate(kinds)]
    )


def test_what_an_older_version_asked_stands_behind_the_rest() -> None:
    names = [each.name for each in BOOK.entries]
    assert names[:4] == ["name", "village", "sex", "age"]
    assert names[-1] == "cattle"
    assert "thanks" not in names, "nobody answers a note"
    assert BOOK.versions == (exported.NEW, exported.OLD)


def test_the_newest_wording_comes_first_and_each_says_its_versions() -> None:
    told = [(wording.label["ky"], wording.versions) for wording in entry("also").wordings]
    assert told == [("Дагы эмне керек?", (exported.NEW,)), ("Эмне керек?", (exported.OLD,))]
    assert [wording.versions for wording in entry("sex").wordings] == [(exported.NEW, exported.OLD)]


def test_another_kind_is_another_wording() -> None:
    assert [wording.kind for wording in entry("income").wordings] == [form.Kind.DECIMAL, form.Kind.INTEGER]
    assert versions(form.Kind.TEXT, form.Kind.INTEGER).entries[0].kinds == {form.Kind.TEXT, form.Kind.INTEGER}


def test_the_options_of_all_versions_are_options() -> None:
    assert [option.name for option in entry("also").options] == ["water", "road", "light", "other"]
    assert entry("also").options[2].wordings[0].versions == (exported.NEW,)


def test_rankings_have_as_many_places_as_any_version_ranks() -> None:
    picks = [2, 0, 3]
    forms = [
        form.Form("f", {}, (exported.ask("q", form.Kind.RANK, choices=exported.NEEDS, pick=pick),), version=str(pick))
        for pick in picks
    ]
    assert codebook.joined(forms).entries[0].ranks == 4
    assert codebook.joined(forms[:1]).entries[0].ranks == 2


def test_what_is_personal_in_one_version_is_personal_in_all() -> None:
    open_ = form.Form("f", {}, (exported.ask("q", form.Kind.TEXT),), version="1")
    closed = form.Form("f", {}, (exported.ask("q", form.Kind.TEXT, personal=True),), version="2")
    assert codebook.joined([open_, closed]).entries[0].personal
    assert not codebook.joined([open_]).entries[0].personal


def test_what_is_worked_out_from_what_is_personal_is_personal() -> None:
    assert entry("greeting").personal
    assert not entry("young").personal
    further = exported.calculate("further", "string-length(${greeting})")
    newest = dataclasses.replace(exported.FORMS[exported.NEW], body=(*exported.FORMS[exported.NEW].body, further))
    assert codebook.joined([newest]).entries[-1].personal


def test_repeats_are_told_with_what_is_around_them() -> None:
    assert BOOK.repeats == (("child",), ("child", "illness"))
    assert entry("what").repeats == ("child", "illness")
    assert BOOK.groups["child"] == {"ky": "Балдар", "ru": "Дети"}


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ({"ky": "суу", "ru": "вода"}, "ru", "вода"),
        ({"ky": "суу", "ru": "вода"}, "en", "суу"),
        ({"ru": "вода", "": "water"}, "en", "water"),
        ({"ru": "вода"}, "en", "вода"),
        ({"ky": "", "ru": "вода"}, "ky", "вода"),
        ({}, "ky", ""),
    ],
)
def test_a_missing_language_gives_way_to_the_next(text: form.Text, language: str, said: str) -> None:
    assert codebook.said(text, language, "ky") == said


def test_an_option_without_label_is_called_by_its_name() -> None:
    bare = form.Form(
        "f", {}, (exported.ask("q", form.Kind.SELECT_ONE, choices=(form.Choice("water", {}),)),), version="1"
    )
    book = codebook.joined([bare])
    assert book.labelled(book.entries[0], "water", "ky") == "water"
    assert book.labelled(book.entries[0], "gone", "ky") == "gone"
    assert BOOK.labelled(entry("sex"), "woman", "ru") == "женщина"


def test_the_codebook_has_a_row_for_each_wording_in_both_languages() -> None:
    heading, *rows = codebook.rows(BOOK)
    assert heading == (
        *("table", "question", "groups", "type", "choice", "wording"),
        *("label::ky", "label::ru", "versions"),
    )
    told = [dict(zip(heading, row, strict=True)) for row in rows]
    also = [row for row in told if row["question"] == "also"]
    assert [(row["choice"], row["wording"], row["label::ky"]) for row in also] == [
        ("", "1", "Дагы эмне керек?"),
        ("", "2", "Эмне керек?"),
        ("water", "1", "суу"),
        ("road", "1", "жол"),
        ("light", "1", "жарык"),
        ("other", "1", "башка"),
    ]
    assert also[1]["versions"] == exported.OLD
    assert [row["table"] for row in told if row["question"] == "what"] == ["illness"] * 3
    assert {row["groups"] for row in told if row["question"] == "what"} == {"child/illness"}


def test_the_codebook_leaves_out_what_is_personal_where_the_table_does() -> None:
    shown = {row[1] for row in codebook.rows(BOOK, personal=False)}
    assert {row[1] for row in codebook.rows(BOOK)} - shown == {"name", "child_name", "greeting"}


def test_other_languages_follow_and_the_unnamed_one_is_last() -> None:
    asked = form.Question("q", form.Kind.TEXT, {"": "Water?", "uz": "Suv?", "ru": "Вода?"})
    book = codebook.joined([form.Form("f", {}, (asked,), version="1")])
    assert book.languages == ("ky", "ru", "uz", "")
    assert next(codebook.rows(book))[6:] == ("label::ky", "label::ru", "label::uz", "label", "versions")


def test_a_hidden_value_may_be_personal_by_its_default() -> None:
    hidden = form.Question("h", form.Kind.HIDDEN, {}, default=expressions.compile("${name}"))
    name = exported.ask("name", form.Kind.TEXT, personal=True)
    assert all(each.personal for each in codebook.joined([form.Form("f", {}, (name, hidden), version="1")]).entries)
