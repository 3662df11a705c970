"""The log of what was asked: which door and what came of it, and nothing of who asked or what their address held."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.api import opened


async def test_what_was_asked_is_told_without_what_it_held(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="api.access")
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as client:
        for path, door, status in (
            ("/chat?start=s-priorities&code=482913", "GET /chat", 200),
            ("/api/forms/priorities/results?by=sex", "GET /api/forms/{name}/results", 200),
            ("/campaigns/asan-uulu-bakyt", "GET /campaigns/{name}", 404),
            ("/wp-admin/482913", "GET (no such door)", 404),
        ):
            caplog.clear()
            assert (await client.get(path)).status_code == status
            (record,) = [each for each in caplog.records if each.name == "api.access"]
            assert record.getMessage() == f"{door} {status}"
            more = record.__dict__["more"]
            assert (more["door"], more["status"]) == (door.split(" ", 1)[1], status)
            assert more["ms"] > 0
        caplog.clear()
        # What machines ask all day is told where it goes wrong only.
        assert (await client.get("/api/health")).status_code == 200
        assert [each for each in caplog.records if each.name == "api.access"] == []
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.post("/telegram")).status_code == 404
        assert [each.getMessage() for each in caplog.records if each.name == "api.access"] == [
            "GET /metrics 404",
            "POST /telegram 404",
        ]
        assert (await client.request("SECRET", "/chat")).status_code == 405
        assert "SECRET" not in caplog.text
