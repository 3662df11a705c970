"""`ashar deliver` as an operator starts it: figures where it was told to, and a word where it cannot listen."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bot import __main__
from tests.e2e import running, serving
from tests.faults import processes

TOKEN = "metrics-token-for-tests"


@pytest.mark.timeout(300)
async def test_whoever_only_delivers_shows_its_figures(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = serving.free_port()
    environ = {
        "ASHAR_DATABASE_URL": sqlite_url,
        "ASHAR_VAR": str(tmp_path / "var"),
        "ASHAR_METRICS_TOKEN": TOKEN,
        "ASHAR_METRICS_PORT": str(port),
    }
    process = processes.Process(environ, tmp_path / "log")
    url, headers = f"http://127.0.0.1:{port}/metrics", {"Authorization": f"Bearer {TOKEN}"}
    async with processes.running(process), aiohttp.ClientSession() as http, asyncio.timeout(running.PATIENCE):
        # Its socket is there before its doors: whoever asks meanwhile waits.
        async with http.get(url, headers=headers) as answer:
            assert answer.status == 200
            assert "ashar_database_up 1.0" in await answer.text()
        async with http.get(url) as answer:
            assert answer.status == 401
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        assert await asyncio.to_thread(__main__.main, ["deliver"]) == __main__.WRONG
        assert "ASHAR_METRICS_PORT: cannot listen on 127.0.0.1" in capsys.readouterr().err
