"""The door to the responses: who gets in, and what they get."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests import filling
from tests.api import opened

TOKEN = "a-token-of-the-tests-0123456789"


@pytest_asyncio.fixture
async def client(sqlite_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before an app with a few responses."""
    async with (
        opened.app(sqlite_url, tmp_path / "var", ASHAR_EXPORT_TOKEN=TOKEN) as made,
        opened.client(made) as client,
    ):
        house = made.state.house
        definition = await filling.publish(house.database)
        await filling.respond(house.database, house.seal, definition, filling.people(definition, 450))
        yield client


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("", 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer ", 401),
        ("Bearer wrong", 403),
        (f"Bearer {TOKEN}x", 403),
        ("Bearer ключ".encode(), 403),
    ],
)
async def test_nobody_gets_in_without_the_token(
    client: httpx.AsyncClient, header: str | bytes | None, status: int
) -> None:
    headers = {} if header is None else {"Authorization": header}
    for file in ("small.csv", "none.csv", "small.jsonl", "none.jsonl"):
        response = await client.get(f"/api/exports/{file}", headers=headers)  # type: ignore[arg-type] # bytes too
        assert response.status_code == status
        assert list(response.json()) == ["detail"]
        assert ("www-authenticate" in response.headers) == (status == 401)


async def test_an_export(client: httpx.AsyncClient) -> None:
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    response = await client.get("/api/exports/small.csv")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.content.startswith(b"\xef\xbb\xbfresponse,")
    rows = list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert len(rows) == 450
    assert "idea" not in rows[0]
    personal = await client.get("/api/exports/small.csv", params={"personal": "true"})
    # A spreadsheet would have run it.
    assert next(csv.DictReader(io.StringIO(personal.text)))["idea"] == "'=SUM(A1)+Сунуш 0"
    for door in ("csv", "jsonl"):
        unknown = await client.get(f"/api/exports/none.{door}")
        assert (unknown.status_code, unknown.json()) == (404, {"detail": "There is no form “none”."})


async def test_an_export_is_laid_out_as_asked_for(client: httpx.AsyncClient) -> None:
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    wanted = {"headings": "labels", "values": "labels", "language": "ru", "multiple": "split", "paradata": "full"}
    response = await client.get("/api/exports/small.csv", params=wanted)
    row = next(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert row["You are? ru"] in ("woman ru", "man ru", "")
    assert {"What else? ru/water ru", "sex_seconds", "bytes_out"} <= row.keys()
    assert "What else? ru" not in row
    for wrong in ({"multiple": "some"}, {"values": "numbers"}, {"separator": "x" * 9}):
        assert (await client.get("/api/exports/small.csv", params=wrong)).status_code == 422


async def test_json_lines(client: httpx.AsyncClient) -> None:
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    response = await client.get("/api/exports/small.jsonl", params={"personal": "true"})
    assert response.headers["content-type"] == "application/jsonl"
    assert response.headers["cache-control"] == "no-store"
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert len(lines) == 450
    assert lines[0]["idea"] == "=SUM(A1)+Сунуш 0"
    assert len(lines[0]["top"]) == 3
    plain = await client.get("/api/exports/small.jsonl")
    assert "idea" not in plain.text
