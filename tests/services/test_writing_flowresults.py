"""The Flow Results package, held to its specification."""

from __future__ import annotations

import datetime as dt
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

from models import db
from tests import exported

TYPES = {
    *("select_one", "select_many", "numeric", "open", "text", "image", "video", "audio", "geo_point"),
    *("date", "time", "datetime"),
}


async def package(url: str, folder: Path, **layout: Any) -> tuple[dict[str, Any], list[list[Any]]]:
    """(descriptor, rows)."""
    made = db.Database(url)
    await exported.store(made)
    await exported.written(made, "flowresults", folder, **{"personal": True, **layout})
    await made.close()
    described = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return described, json.loads((folder / described["resources"][0]["path"]).read_text("utf-8"))


async def test_the_descriptor_has_what_the_specification_asks_for(sqlite_url: str, tmp_path: Path) -> None:
    described, _ = await package(sqlite_url, tmp_path / "a", language="ru")
    assert described["profile"] == "flow-results-package"
    assert described["flow_results_specification_version"] == "1.0.0-rc1"
    assert uuid.UUID(described["id"]).version == 4
    for name in ("created", "modified"):
        assert dt.datetime.fromisoformat(described[name]) == exported.BEGUN.replace(microsecond=0)
    (resource,) = described["resources"]
    schema = resource["schema"]
    assert [field["name"] for field in schema["fields"]] == [
        *("timestamp", "row_id", "contact_id", "session_id", "question_id", "response", "response_metadata"),
    ]
    assert schema["language"] == "rus"
    questions = schema["questions"]
    assert {question["type"] for question in questions.values()} <= TYPES
    assert questions["sex"] == {
        "type": "select_one",
        "label": "Вы:",
        "type_options": {"choices": ["woman", "man"], "labels": {"woman": "женщина", "man": "мужчина"}},
    }
    assert (questions["first"]["type"], questions["mood"]["type"], questions["photo"]["type"]) == (
        "select_many",
        "numeric",
        "image",
    )


async def test_every_row_is_an_answer_to_a_question_of_the_schema(database_url: str, tmp_path: Path) -> None:
    described, rows = await package(database_url, tmp_path / "a")
    questions = described["resources"][0]["schema"]["questions"]
    assert all(len(row) == 7 for row in rows)
    assert len({row[1] for row in rows}) == len(rows)
    assert len({row[2] for row in rows}) == len({row[3] for row in rows}) == 3
    for time, *_, question, value, told in rows:
        # The specification wants the offset of UTC in figures.
        assert time.endswith("+00:00")
        assert dt.datetime.fromisoformat(time).tzinfo
        type_ = questions[question]["type"]
        if type_ == "open":
            type_ = told["type"]
            assert told["type_options"] == {}
        if type_ == "select_one":
            assert value in questions[question]["type_options"]["choices"]
        elif type_ == "select_many":
            assert set(value) <= set(questions[question]["type_options"]["choices"])
        elif type_ == "numeric":
            assert isinstance(value, int | float)
        elif type_ == "geo_point":
            assert 2 <= len(value) <= 4
            assert all(isinstance(each, int | float) for each in value)
        else:
            assert isinstance(value, str)


async def test_answers_are_those_that_were_given(sqlite_url: str, tmp_path: Path) -> None:
    _, rows = await package(sqlite_url, tmp_path / "a", full=True)
    sessions = list(dict.fromkeys(row[3] for row in rows))
    said = {(sessions.index(row[3]), row[1].partition("/")[2]): (row[5], row[6]) for row in rows}
    assert said[0, "name"][0] == "Айгүл"
    assert said[1, "first"][0] == ["other", "light"]
    assert said[1, "first"][1]["ranked"] is True
    assert said[1, "first"][1]["choice_order"][-1] == "other"
    assert said[1, "home"][0] == [42.490123, -78.393456, 1630.0, 12.5]
    assert (said[2, "home"][0], said[2, "home"][1]["type"]) == ("мечиттин жанында", "text")
    assert (said[1, "wakes"][0], said[1, "meets"][0]) == ("05:30:00", "2027-03-05T18:00:00+06:00")
    assert said[1, "what#1.2"] == ("eye", {"version": exported.NEW, "repeat": [1, 2]})
    assert said[1, "age"][1]["seconds"] == 12
    # What was worked out stood when the response ended; the rest has the time it was given.
    times = {(sessions.index(row[3]), row[4]): row[0] for row in rows}
    assert times[0, "age"] == "2027-03-01T09:01:00+00:00"
    assert times[0, "young"] == "2027-03-01T09:05:00+00:00"


async def test_labels_are_choices_too_if_asked_for(sqlite_url: str, tmp_path: Path) -> None:
    described, rows = await package(sqlite_url, tmp_path / "a", labels=True, language="ru", personal=False)
    sex = described["resources"][0]["schema"]["questions"]["sex"]
    assert sex["type_options"]["choices"] == ["женщина", "мужчина"]
    assert [row[5] for row in rows if row[4] == "sex"] == ["женщина", "мужчина", "женщина"]
    assert not [row for row in rows if row[4] in ("name", "child_name", "greeting")]


async def test_it_is_the_same_package_next_time_and_may_be_empty(sqlite_url: str, tmp_path: Path) -> None:
    first, _ = await package(sqlite_url, tmp_path / "a")
    made = db.Database(sqlite_url)
    async with made.transaction() as connection:
        for table in ("answer", "media", "response"):
            await connection.exec_driver_sql(f"DELETE FROM {table}")
    await exported.written(made, "flowresults", tmp_path / "b.zip")
    await made.close()
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        again = json.loads(packed.read("datapackage.json"))
        assert json.loads(packed.read(again["resources"][0]["path"])) == []
    assert again["id"] == first["id"]
