"""What a new version changes is told question by question, and whether its answers are counted apart."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import pytest

from bot.engine import form
from bot.engine.authoring import changes, reading
from bot.engine.authoring.changes import Change, What

SURVEY: list[dict[str, Any]] = [
    {"type": "select_one water", "name": "water", "label": {"ky": "Сууну кайдан аласыз?", "ru": "Откуда вода?"}},
    {"type": "integer", "name": "age", "label": {"ky": "Жашыңыз?", "ru": "Сколько вам лет?"}},
    {"type": "calculate", "name": "old", "calculation": "${age} > 60"},
]
CHOICES = [
    {"list_name": "water", "name": name, "label": {"ky": name, "ru": name}} for name in ("tap", "spring", "river")
]
SETTINGS = [{"form_id": "f", "form_title": "F"}]


def made(survey: list[dict[str, Any]], choices: list[dict[str, Any]]) -> form.Form:
    definition, found = reading.read({"survey": survey, "choices": choices, "settings": SETTINGS})
    assert definition is not None, [str(each) for each in found]
    return definition


def but(place: int, **cells: Any) -> list[dict[str, Any]]:
    """The survey with these cells in one row."""
    return [row | cells if index == place else row for index, row in enumerate(SURVEY)]


#: The list of sources of water changed, and nothing else.
water = functools.partial(Change, "water", (What.CHOICES,), splits=True)
RENAMED = [row | {"name": "years"} if row["name"] == "age" else row for row in SURVEY[:2]]


@pytest.mark.parametrize(
    ("survey", "choices", "expected"),
    [
        (SURVEY, CHOICES, []),
        (SURVEY[::-1], CHOICES, []),
        (but(1, label={"ky": "Жашыңыз?", "ru": "Возраст?"}), CHOICES, [Change("age", (What.WORDING,), splits=True)]),
        (but(1, hint="сан"), CHOICES, [Change("age", (What.WORDING,))]),
        (but(1, type="text"), CHOICES, [Change("age", (What.KIND,), splits=True)]),
        (but(1, required="yes"), CHOICES, [Change("age", (What.CONDITIONS,))]),
        (but(2, calculation="${age} > 65"), CHOICES, [Change("old", (What.CONDITIONS,))]),
        (RENAMED, CHOICES, [Change("years", (What.NEW,)), Change("age", (What.GONE,)), Change("old", (What.GONE,))]),
        (SURVEY, CHOICES[:2], [water(dropped=("river",))]),
        (SURVEY, CHOICES[::-1], [water()]),
        (SURVEY, [*CHOICES, CHOICES[0] | {"name": "well"}], [water(added=("well",))]),
        (SURVEY, [CHOICES[0] | {"label": "кран"}, *CHOICES[1:]], [water(renamed=("tap",))]),
    ],
)
def test_each_change_by_itself(
    survey: list[dict[str, Any]], choices: list[dict[str, Any]], expected: list[Change]
) -> None:
    assert changes.between(made(SURVEY, CHOICES), made(survey, choices)) == expected


def test_several_changes_of_one_question() -> None:
    survey = but(0, type="select_multiple water", label="?", relevant="${age} > 1")
    (change,) = changes.between(made(SURVEY, CHOICES), made(survey, CHOICES[1:]))
    assert change.what == (What.KIND, What.WORDING, What.CHOICES, What.CONDITIONS)
    assert change.splits


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_another_picture_or_recording_is_told_and_splits_nothing(kind: str) -> None:
    named = but(0, **{f"media::{kind}::ky": "suu"})
    silent, first, second = (
        dataclasses.replace(made(named, CHOICES), attachments=attachments)
        for attachments in ({}, *({"suu": form.Attachment("suu", kind, each * 64, 9)} for each in "ab"))
    )
    assert changes.between(first, first) == []
    for old, new in ((silent, first), (first, second), (second, silent)):
        assert changes.between(old, new) == [Change("water", (What.ATTACHMENTS,))]
