"""A good form, and the mistakes that are made in it: what is changed, and all that is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.engine import form, phrases
from bot.engine.authoring import reading

Raw = dict[str, Any]
FOLDER = Path(__file__).parent / "mistakes"

PLACES = [
    {"name": "KG02", "label::ky": "Ысык-Көл облусу", "label::ru": "Иссык-Кульская область", "level": "1"},
    {
        "name": "KG02410",
        "label::ky": "Каракол шаары",
        "label::ru": "город Каракол",
        "parent": "KG02",
        "level": "2",
    },
]


def good() -> Raw:
    """A small form without a fault: row 2 sex, 3 age, 4 group, 5 top, 6 place, 7 words."""
    both = {"ky": "Суроо", "ru": "Вопрос"}
    return {
        "survey": [
            {"type": "select_one sex", "name": "sex", "label": both, "required": True},
            {
                "type": "integer",
                "name": "age",
                "label::ky": "Жашыңыз канчада?",
                "label::Русский (ru)": "Сколько вам лет?",
                "constraint": ". >= 14 and . <= 120",
                "constraint_message": {"ky": "14–120", "ru": "14–120"},
            },
            {"type": "calculate", "name": "group", "calculation": "if(${age} < 18, 'minor', 'adult')"},
            {
                "type": "rank needs",
                "name": "top",
                "label": both,
                "ashar::pick": 2,
                "parameters": "randomize = true",
            },
            {
                "type": "select_one_from_file places.csv",
                "name": "place",
                "label": both,
                "choice_filter": "parent = '' or ${age} > 3",
            },
            {
                "type": "text",
                "name": "words",
                "label": both,
                "relevant": "${sex} = 'woman'",
                "ashar::personal": "yes",
            },
        ],
        "choices": [
            {"list_name": "sex", "name": "woman", "label": {"ky": "аял", "ru": "женщина"}},
            {"list_name": "sex", "name": "man", "label": {"ky": "эркек", "ru": "мужчина"}},
            {"list_name": "needs", "name": "work", "label": {"ky": "Жумуш", "ru": "Работа"}},
            {"list_name": "needs", "name": "health", "label": {"ky": "Ден соолук", "ru": "Здоровье"}},
            {"list_name": "needs", "name": "other", "label": {"ky": "Башка", "ru": "Другое"}},
        ],
        "settings": [
            {
                "form_id": "priorities",
                "form_title": {"ky": "Сурамжылоо", "ru": "Опрос"},
                "ashar::holder": {"ky": "Каракол мэриясы", "ru": "Мэрия Каракола"},
                "ashar::term": {"ky": "2 жыл", "ru": "2 года"},
                "ashar::places": "place",
                "ashar::margins": "sex group",
                "ashar::apart": "${age} < 18",
            }
        ],
    }


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every case of the corpus: "file: what it is", and the case."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield f"{path.stem}: {case['what']}", case


def changed(case: dict[str, Any]) -> tuple[Raw, dict[str, Any]]:
    """The good form with the case's mistakes made in it, and its lists from outside."""
    raw = good()
    for sheet in ("survey", "choices"):
        for number, cells in case.get(sheet, {}).items():
            raw[sheet][number - 2].update(cells)
    raw["settings"][0].update(case.get("settings", {}))
    for sheet, rows in case.get("add", {}).items():
        raw[sheet] += rows
    raw |= case.get("sheets", {})
    for old, new in case.get("rename", {}).items():
        raw[new] = raw.pop(old)
    return raw, {"places.csv": PLACES, **case.get("lists", {})}


def read(case: dict[str, Any]) -> tuple[form.Form | None, list[reading.Problem]]:
    """What comes of the case."""
    raw, lists = changed(case)
    return reading.read(raw, lists, case.get("file", ""))


def lines(found: list[reading.Problem]) -> list[str]:
    """Each problem as the corpus has it; the remedy only where it names something of this form."""
    return [line(problem) for problem in found]


def line(problem: reading.Problem) -> str:
    """ "error survey 3 type: There is no type ... → did you mean ...?" """
    what, mend = phrases.english(problem.what), phrases.english(problem.mend)
    place = f"{problem.severity} {problem.sheet} {problem.row} {problem.column}".rstrip()
    return f"{place}: {what}" + (f" → {mend}" if "did you mean" in mend else "")
