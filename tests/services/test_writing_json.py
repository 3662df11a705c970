"""JSON lines: what was answered, as it was meant, rounds within their response."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

from bot.engine import codebook, form, records, table
from bot.services import writing_json
from models import db
from tests import exported


async def lines(url: str, path: Path, **layout: Any) -> list[dict[str, Any]]:
    made = db.Database(url)
    await exported.store(made, assisted=True)
    await exported.written(made, "jsonl", path, personal=True, **layout)
    await made.close()
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


async def test_every_answer_is_there_as_what_it_is(database_url: str, tmp_path: Path) -> None:
    one, two, three = await lines(database_url, tmp_path / "a.jsonl")
    assert one["name"] == "Айгүл"
    assert (one["age"], one["income"], one["cattle"], one["work"]) == (34, 12000, 7, "99")
    assert (one["apart"], one["assisted"], two["apart"], two["assisted"]) == (False, False, True, True)
    assert (one["begun"], one["finished"]) == ("2027-03-01T09:00:00Z", "2027-03-01T09:05:00Z")
    assert "mood" not in one
    assert two["first"] == ["other", "light"]
    assert two["also"] == ["light", "water"]
    assert (two["income"], two["mood"], two["born"], two["wakes"]) == (2500.5, 7.5, "2012-02-29", "05:30")
    assert two["home"] == {"latitude": 42.490123, "longitude": -78.393456, "altitude": 1630.0, "precision": 12.5}
    assert two["village"] == 'Жети-Өгүз "2"\nжогорку'
    assert (two["photo"], two["agreed"], two["young"]) == ("a" * 32, "OK", "1")
    assert three["home"] == "мечиттин жанында"
    assert three["village"] == exported.HEARD, "said, and written down by somebody"


async def test_rounds_stand_in_their_response(sqlite_url: str, tmp_path: Path) -> None:
    one, two, three = await lines(sqlite_url, tmp_path / "a.jsonl")
    assert "child" not in one
    assert two["child"] == [
        {
            "child_name": "Нур",
            "child_age": 4,
            "likes": ["road", "other"],
            "illness": [{"what": "tooth"}, {"what": "eye"}],
        },
        {},
        {"child_age": 1, "illness": [{"what": "eye"}]},
    ]
    assert three["child"] == [{"child_age": 9}]


async def test_in_labels_and_in_full(sqlite_url: str, tmp_path: Path) -> None:
    one, two, _ = await lines(sqlite_url, tmp_path / "a.jsonl", labels=True, language="ru", full=True)
    assert (one["sex"], two["first"], two["child"][0]["illness"][0]["what"]) == (
        "женщина",
        ["другое", "свет"],
        "тиш",
    )
    assert two["_seconds"] == exported.SECONDS
    assert sorted(two["_shown"]["first"]) == ["light", "other", "road", "water"]
    # "Other" stays last in an order that is drawn.
    assert two["_shown"]["first"][-1] == "other"
    assert (two["messages_in"], two["bytes_out"]) == (21, 8000)


def test_a_repeat_that_was_put_into_another_one_and_is_called_as_a_column_of_ours() -> None:
    def version(name: str, *repeats: str) -> form.Form:
        body: form.Question | form.Group = exported.within(
            exported.ask("age", form.Kind.INTEGER), *repeats, repeats=repeats
        )
        for around in reversed(repeats):
            body = form.Group(around, (body,), repeat=True)
        return form.Form("moved", {}, (body,), version=name)

    @dataclasses.dataclass
    class Subject:
        forms: dict[str, form.Form]
        book: codebook.Codebook
        layout: table.Layout

    forms = {"new": version("new", "house", "status"), "old": version("old", "status")}
    stream = io.StringIO()
    writer = writing_json.JsonLines(Subject(forms, codebook.joined(list(forms.values())), table.Layout()), stream)

    def response(version: str, **answers: str) -> records.Response:
        lead = ("id", version, "1", "0", "finished", "web", "ky", "begun", "finished", "0")
        return records.Response(version, lead, [records.piece(*each) for each in answers.items()])

    writer.write([response("old", **{"status#1": "yes", "age#1": "4", "status#2": "yes"})])
    writer.write([response("new", **{"house#1": "yes", "status#1.1": "yes", "age#1.1": "5"})])
    old, new = map(json.loads, stream.getvalue().splitlines())
    assert (old["status"], old["_status"]) == ([{"age": 4}, {}], "finished")
    assert (new["house"], new["_status"]) == ([{"status": [{"age": 5}]}], "finished")
