"""The door for Prometheus: shut without the operator's token, and what it says can be read by Prometheus."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import httpx
from prometheus_client import parser

from api import app as front
from bot import settings
from bot.channels import base
from models import db
from tests.api import opened

TOKEN = "metrics-token-for-tests"


async def figures(client: httpx.AsyncClient) -> dict[tuple[str, ...], float]:
    """(name, the values of its labels...) -> figure."""
    response = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-type"].startswith("text/plain")
    families = parser.text_string_to_metric_families(response.text)
    return {
        (sample.name, *map(str, sample.labels.values())): sample.value for each in families for sample in each.samples
    }


async def test_only_the_operator_reads_them(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as client:
        shut = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert (shut.status_code, "ASHAR_METRICS_TOKEN" in shut.text) == (404, True)
    async with opened.app(sqlite_url, tmp_path, ASHAR_METRICS_TOKEN=TOKEN) as made, opened.client(made) as client:
        assert (await client.get("/metrics")).status_code == 401
        other = made.state.house.settings.export_token
        refused = await client.get("/metrics", headers={"Authorization": f"Bearer {other}"})
        assert refused.status_code == 403
        # And theirs opens nothing else.
        export = await client.get("/api/exports/priorities.csv", headers={"Authorization": f"Bearer {TOKEN}"})
        assert export.status_code == 403


async def test_what_was_done_is_counted(database_url: str, tmp_path: Path) -> None:
    async with opened.app(database_url, tmp_path, ASHAR_METRICS_TOKEN=TOKEN) as made, opened.client(made) as client:
        before = await figures(client)
        await made.state.house.desk.receive(base.Inbound("web", "key", "somebody", start="s-priorities"))
        after = await figures(client)
    assert after["ashar_turns_total",] == before["ashar_turns_total",] + 1
    assert after["ashar_group_size_count",] == before["ashar_group_size_count",] + 1
    for name in ("ashar_commit_seconds", "ashar_turn_seconds"):
        assert after[f"{name}_count",] == before[f"{name}_count",] + 1
        assert after[f"{name}_sum",] > before[f"{name}_sum",]
    assert after["ashar_database_up",] == 1
    assert after["ashar_set_aside",] == 0


async def test_without_its_database_the_process_still_tells_of_itself(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path, ASHAR_METRICS_TOKEN=TOKEN) as made, opened.client(made) as client:
        gone = db.Database("postgresql://nobody@127.0.0.1:9/none")
        made.state.house = dataclasses.replace(made.state.house, database=gone)
        found = await figures(client)
        await gone.close()
    assert found["ashar_database_up",] == 0
    assert ("ashar_turns_total",) in found


async def test_whoever_only_delivers_has_that_door_and_no_other(sqlite_url: str, tmp_path: Path) -> None:
    given = {"ASHAR_DATABASE_URL": sqlite_url, "ASHAR_VAR": str(tmp_path), "ASHAR_METRICS_TOKEN": TOKEN}
    made = front.delivering(settings.read(given))
    async with made.router.lifespan_context(made), opened.client(made) as client:
        assert (await figures(client))["ashar_database_up",] == 1
        assert (await client.get("/metrics")).status_code == 401
        for path in ("/chat", "/results", "/api/health", "/api/forms", "/docs", "/openapi.json"):
            assert (await client.get(path)).status_code == 404
