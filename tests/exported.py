"""A form with everything an export can meet, in two versions, and three households who answered it.

Built as a tree, not read from sheets: what is tested with it is what becomes of answers, not how a form is written.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.engine import form, state, table
from bot.engine.xpath import expressions
from bot.services import collecting, exporting
from models import db, publishing, tables
from tests import filling

OLD, NEW = "1111111111111111", "2222222222222222"
BEGUN = dt.datetime(2027, 3, 1, 9, 0, 0, 250_000, dt.UTC)

Kind = form.Kind


def text(ky: str, ru: str = "") -> dict[str, str]:
    """In both languages, or the same in both."""
    return {"ky": ky, "ru": ru or ky}


def ask(name: str, kind: form.Kind, ky: str = "", ru: str = "", **more: Any) -> form.Question:
    """One question; without words it is labelled by its name."""
    return form.Question(name, kind, text(ky or name, ru or name), **more)


def choices(**labels: str | tuple[str, str]) -> tuple[form.Choice, ...]:
    """Options by name."""
    return tuple(
        form.Choice(name.lstrip("_"), text(*((label,) if isinstance(label, str) else label)))
        for name, label in labels.items()
    )


def calculate(name: str, source: str, **more: Any) -> form.Question:
    """A calculation."""
    return form.Question(name, Kind.CALCULATE, {}, calculation=expressions.compile(source), **more)


_SEXES = choices(woman=("аял", "женщина"), man=("эркек", "мужчина"))
_WORK = choices(_1=("иштейт", "работает"), _2=("иштебейт", "не работает"), _99=("айтпайт", "не скажет"))
NEEDS = choices(water=("суу", "вода"), road=("жол", "дорога"), light=("жарык", "свет"), other=("башка", "другое"))


def within(question: form.Question, *around: str, repeats: tuple[str, ...] = ()) -> form.Question:
    return dataclasses.replace(question, groups=around, repeats=repeats)


def _made(version: str, *, new: bool) -> form.Form:
    about: list[form.Question | form.Group] = [
        within(ask("name", Kind.TEXT, "Атыңыз ким?", "Как вас зовут?", personal=True), "about"),
        within(ask("village", Kind.TEXT, "Айылыңыз?", "Ваше село?"), "about"),
        within(ask("sex", Kind.SELECT_ONE, "Сиз:", "Вы:", choices=_SEXES), "about"),
        within(ask("age", Kind.INTEGER, "Жашыңыз канчада?", "Сколько вам лет?"), "about"),
        within(ask("work", Kind.SELECT_ONE, "Иштейсизби?", "Вы работаете?", choices=_WORK), "about"),
    ]
    illness = form.Group(
        "illness",
        (
            within(
                ask("what", Kind.SELECT_ONE, "Эмнеси ооруйт?", "Что болит?", choices=choices(tooth="тиш", eye="көз")),
                "child",
                "illness",
                repeats=("child", "illness"),
            ),
        ),
        repeat=True,
    )
    child = form.Group(
        "child",
        (
            within(ask("child_name", Kind.TEXT, personal=True), "child", repeats=("child",)),
            within(ask("child_age", Kind.INTEGER), "child", repeats=("child",)),
            within(ask("likes", Kind.SELECT_MULTIPLE, choices=NEEDS), "child", repeats=("child",)),
            illness,
        ),
        label=text("Балдар", "Дети"),
        repeat=True,
    )
    also = "Дагы эмне керек?" if new else "Эмне керек?"
    tail: list[form.Question | form.Group] = [
        ask("first", Kind.RANK, "Биринчи эмне?", "Что сначала?", choices=NEEDS, pick=2, randomize=True),
        ask("also", Kind.SELECT_MULTIPLE, also, "Что ещё нужно?", choices=NEEDS if new else NEEDS[:2]),
        ask("income", Kind.DECIMAL if new else Kind.INTEGER, "Киреше?", "Доход?"),
        ask("born", Kind.DATE),
        ask("wakes", Kind.TIME),
        ask("meets", Kind.DATETIME),
        ask("home", Kind.GEOPOINT, "Үйүңүз кайда?", "Где ваш дом?"),
        ask("photo", Kind.IMAGE),
        ask("agreed", Kind.ACKNOWLEDGE),
        form.Question("thanks", Kind.NOTE, text("Рахмат", "Спасибо")),
        calculate("young", "if(${age} < 30, 1, 0)"),
        calculate("greeting", "concat('Салам, ', ${name})"),
        child,
    ]
    if new:
        tail.insert(3, ask("mood", Kind.RANGE, range=(0.0, 10.0, 0.5)))
    else:
        tail.insert(3, ask("cattle", Kind.INTEGER, "Канча мал?", "Сколько скота?"))
    return form.Form(
        "household",
        text("Үй-бүлө", "Хозяйство"),
        (form.Group("about", tuple(about), label=text("Өзүңүз жөнүндө", "О вас")), *tail),
        version=version,
        language="ky",
        apart=expressions.compile("${age} < 18"),
    )


#: The newest first, as everywhere.
FORMS: Mapping[str, form.Form] = {NEW: _made(NEW, new=True), OLD: _made(OLD, new=False)}

#: A voice note that somebody has put into words.
VOICE, HEARD = "b" * 32, "Боз-Учук, мектептин жаны"

#: (version, answers by key) of three households.
SAID: tuple[tuple[str, dict[str, state.Answer]], ...] = (
    (
        OLD,
        {
            "name": "Айгүл",
            "village": "=Ак-Суу, «төмөн»",
            "sex": "woman",
            "age": 34,
            "work": "99",
            "first": ("road", "water"),
            "also": ("water",),
            "income": 12000,
            "cattle": 7,
        },
    ),
    (
        NEW,
        {
            "name": "Бакыт",
            "village": 'Жети-Өгүз "2"\nжогорку',
            "sex": "man",
            "age": 15,
            "work": "1",
            "first": ("other", "light"),
            "also": ("light", "water"),
            "income": "2500.5",
            "mood": "7.5",
            "born": "2012-02-29",
            "wakes": "05:30",
            "meets": "2027-03-05T18:00",
            "home": "42.490123 -78.393456 1630.0 12.5",
            "photo": state.Media("a" * 32, "image"),
            "agreed": "OK",
            "child#1": "yes",
            "child_name#1": "Нур",
            "child_age#1": 4,
            "likes#1": ("road", "other"),
            "illness#1.1": "yes",
            "what#1.1": "tooth",
            "illness#1.2": "yes",
            "what#1.2": "eye",
            "illness#1.3": "no",
            # Nothing was said of the second one.
            "child#2": "yes",
            "illness#2.1": "no",
            "child#3": "yes",
            "child_age#3": 1,
            "illness#3.1": "yes",
            "what#3.1": "eye",
            "child#4": "no",
        },
    ),
    (
        NEW,
        {
            "village": state.Media(VOICE, "audio"),
            "sex": "woman",
            "home": "мечиттин жанында",
            "also": ("other",),
            "child#1": "yes",
            "child_age#1": 9,
        },
    ),
)

#: As the desk stores them.
_SEALED = {Kind.TEXT, Kind.GEOPOINT, Kind.IMAGE}
SECONDS = {"age": 12, "also": 300, "child_age#1": 5}
SEED = "00000000000000000000000000000007"


async def store(database: db.Database, *, assisted: bool = False) -> list[str]:
    """Put the households into the tables; their ids."""
    seal = filling.seal()
    ids = [f"{number:032x}" for number in range(1, len(SAID) + 1)]
    async with database.transaction() as connection:
        await publishing.publish(
            connection,
            [publishing.FormVersion(version, "household", "", "{}") for version in (OLD, NEW)],
            [],
            BEGUN,
            again=True,
        )
        await connection.execute(
            sa.insert(tables.respondent), [{"id": _person(each), "created_at": BEGUN} for each in ids]
        )
        for number, (rid, (version, answers)) in enumerate(zip(ids, SAID, strict=True)):
            begun = BEGUN + dt.timedelta(hours=number)
            person = _person(rid)
            kept = state.State(
                version,
                SEED,
                begun.isoformat(),
                "web",
                "ky",
                answers=tuple(answers.items()),
            )
            row = {
                "id": rid,
                "respondent_id": person,
                "form_version": version,
                "form_name": "household",
                "wave": "1",
                "status": "finished",
                "channel": "web",
                "language": "ky",
                "recorded_by": person if assisted and number == 1 else None,
                "sealed": seal.close_json("response", state.to_plain(kept)),
                "begun_at": begun,
                "finished_at": begun + dt.timedelta(minutes=5),
                "messages_in": 20 + number,
                "messages_out": 21,
                "bytes_in": 900,
                "bytes_out": 8000,
            }
            await connection.execute(sa.insert(tables.response), [row])
            await connection.execute(
                sa.insert(tables.answer), [_row(rid, version, begun, *each) for each in answers.items()]
            )
        voice = {
            "id": VOICE,
            "response_id": ids[2],
            "question": "village",
            "kind": "audio",
            "status": "kept",
            "channel": "web",
            "transcript": seal.close("media", HEARD),
            "not_before": BEGUN,
            "created_at": BEGUN,
        }
        await connection.execute(sa.insert(tables.media), [voice])
    return ids


def _person(rid: str) -> str:
    return f"f{rid[1:]}"


def _row(rid: str, version: str, begun: dt.datetime, key: str, answer: state.Answer) -> dict[str, Any]:
    question = FORMS[version].question(key)
    sealed = question is not None and (question.personal or question.kind in _SEALED)
    stored = table.stored(answer)
    return {
        "response_id": rid,
        "question": key,
        "value": None if sealed else stored,
        "sealed": filling.seal().close("answer", stored) if sealed else None,
        "answered_at": begun + dt.timedelta(seconds=60),
        "seconds": SECONDS.get(key),
    }


def source(database: db.Database, **layout: Any) -> collecting.Source:
    """The households' answers, laid out like that."""
    return collecting.Source(database, filling.seal(), FORMS, table.Layout(**layout))


class Progress:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.total: float | None = None
        self.done: float = 0

    def reset(self, total: float | None = None) -> None:
        """So many are to come."""
        self.total = total

    def update(self, n: float | None = 1) -> None:
        """So many have come."""
        self.done += n or 0


async def written(database: db.Database, format_: str, output: Path | None, **layout: Any) -> exporting.Done:
    """Export the households."""
    return await exporting.export(source(database, **layout), exporting.Format(format_), output, Progress())
