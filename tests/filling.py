"""A small survey and made-up responses to it, put straight into the tables."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bot.engine import contribution, form, passage, state, table
from bot.engine.authoring import reading
from models import db, publishing, sealing, tables, turns

BEGUN = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
NEEDS = ("water", "roads", "school", "clinic", "work")


_ids = itertools.count(1)


def _id() -> str:
    """Ids that rise with every one, also within one millisecond."""
    return f"{next(_ids):032x}"


def text(words: str) -> dict[str, str]:
    """The same in both languages."""
    return {"ky": f"{words} ky", "ru": f"{words} ru"}


def choices(name: str, *options: str) -> list[dict[str, Any]]:
    """A list of the choices sheet."""
    return [{"list_name": name, "name": option, "label": text(option)} for option in options]


SHEETS: dict[str, Any] = {
    "settings": [
        {
            "form_id": "small",
            "form_title": text("Small"),
            "ashar::holder": text("mayor"),
            "ashar::term": text("a year"),
            "ashar::places": "place",
            "ashar::margins": "sex age_group",
            "ashar::apart": "${age} < 18",
        }
    ],
    "survey": [
        {"type": "select_one places", "name": "place", "label": text("Where?")},
        {"type": "select_one sex", "name": "sex", "label": text("You are?")},
        {"type": "integer", "name": "age", "label": text("How old?")},
        {"type": "calculate", "name": "age_group", "calculation": "if(${age} = '', '', if(${age} < 30, '-29', '30+'))"},
        {"type": "rank needs", "name": "top", "label": text("What first?"), "ashar::pick": 3},
        {"type": "select_multiple needs", "name": "also", "label": text("What else?")},
        {"type": "text", "name": "village", "label": text("Village?")},
        {"type": "text", "name": "idea", "label": text("Your idea?"), "ashar::personal": "yes"},
    ],
    "choices": [
        *choices("places", "KG02", "KG03", "KG04", "KG05"),
        *choices("sex", "woman", "man"),
        *choices("needs", *NEEDS),
    ],
}


def made(sheets: Any = None) -> tuple[form.Form, str]:
    """The form in these sheets and its definition as it is stored."""
    raw = sheets or SHEETS
    definition, problems = reading.read(raw, {})
    assert definition is not None, problems
    return definition, json.dumps({"sheets": raw, "lists": {}})


async def publish(database: db.Database, sheets: Any = None, at: dt.datetime = BEGUN) -> form.Form:
    """Publish the form; it becomes the current version."""
    definition, stored = made(sheets)
    version = publishing.FormVersion(definition.version, definition.name, definition.emits, stored)
    async with database.transaction() as connection:
        await publishing.publish(connection, [version], [], at, again=True)
    return definition


def people(definition: form.Form, count: int, seed: int = 1) -> list[state.State]:
    """So many people's responses; places and wishes are uneven, and some people tell little."""
    chance = random.Random(seed)
    return [_person(definition, chance, number) for number in range(count)]


def _person(definition: form.Form, chance: random.Random, number: int) -> state.State:
    age = chance.choice([15, 17, 20, 25, 35, 50, 70, None])
    wishes = list(NEEDS)
    # The first ones are wished for more often, and the last by very few.
    weights = {name: chance.random() ** (1 + 4 * place) for place, name in enumerate(wishes)}
    wishes.sort(key=lambda name: -weights[name])
    answers: dict[str, state.Answer | None] = {
        "place": (chance.choices(["KG02", "KG03", "KG04", "KG05"], [50, 30, 8, 1])[0],),
        "sex": (chance.choice(["woman", "woman", "man"]),) if chance.random() < 0.9 else None,
        "age": age,
        "top": tuple(wishes[:3]),
        "also": tuple(name for name in NEEDS if chance.random() < 0.4) or ("water",),
        "village": f"Айыл {number}",
        "idea": f"=SUM(A1)+Сунуш {number}" if number % 3 == 0 else None,
    }
    return state.State(
        form=definition.version,
        seed=f"{number:032x}",
        begun=(BEGUN + dt.timedelta(minutes=number)).isoformat(),
        channel=chance.choice(["telegram", "web", "sms"]),
        language=chance.choice(["ky", "ky", "ru"]),
        answers=tuple((name, answer) for name, answer in answers.items() if answer is not None),
    )


async def respond(
    database: db.Database,
    seal: sealing.Seal,
    definition: form.Form,
    responses: Sequence[state.State],
    status: str = "finished",
) -> None:
    """Store responses and what they add to the tallies, as the desk does."""
    counted: Counter[tuple[Any, ...]] = Counter()
    people_, rows, answers = [], [], []
    for response in responses:
        begun = dt.datetime.fromisoformat(response.begun)
        person, rid = _id(), _id()
        people_.append({"id": person, "created_at": begun})
        rows.append(
            {
                "id": rid,
                "respondent_id": person,
                "form_version": definition.version,
                "form_name": definition.name,
                "wave": definition.wave,
                "status": status,
                "channel": response.channel,
                "language": response.language,
                "sealed": seal.close_json("response", state.to_plain(response)),
                "begun_at": begun,
                "finished_at": begun + dt.timedelta(minutes=9) if status == "finished" else None,
            }
        )
        answers += list(_answers(seal, definition, response, rid))
        counted.update(contribution.contribution(definition, response))
    async with database.transaction() as connection:
        await connection.execute(sa.insert(tables.respondent), people_)
        await connection.execute(sa.insert(tables.response), rows)
        await connection.execute(sa.insert(tables.answer), answers)
        await turns.add_tallies(connection, counted)


def _answers(seal: sealing.Seal, definition: form.Form, response: state.State, rid: str) -> Iterable[dict[str, Any]]:
    for name, answer in passage.counted(definition, response).items():
        question = definition.question(name)
        assert question is not None
        sealed = question.personal or question.kind in form.IN_WORDS
        text_ = table.stored(answer)
        yield {
            "response_id": rid,
            "question": name,
            "value": None if sealed else text_,
            "sealed": seal.close("answer", text_) if sealed else None,
            "answered_at": dt.datetime.fromisoformat(response.begun),
        }


def seal() -> sealing.Seal:
    """A seal with keys of its own."""
    return sealing.Seal([bytes(range(32))], bytes(32))
