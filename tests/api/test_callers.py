"""Whose connection it is: what a proxy of ours says is believed, and what anybody else says is not."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import fastapi
import pytest

from api import callers, raw
from bot import hosts
from bot.services import curbing
from tests.api import opened
from tests.api.test_chat import filled

OURS = hosts.networks("127.0.0.0/8,::1,10.0.0.0/24")


def request(peer: str | None, *told: str) -> fastapi.Request:
    headers = [(b"x-forwarded-for", line.encode()) for line in told]
    return fastapi.Request({"type": "http", "client": (peer, 1234) if peer else None, "headers": headers})


@pytest.mark.parametrize(
    ("peer", "told", "place"),
    [
        ("192.0.2.17", (), "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", (), "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.17", (), "192.0.2.0/24"),
        # Nobody we know says so.
        ("192.0.2.17", ("198.51.100.1",), "192.0.2.0/24"),
        ("127.0.0.1", ("198.51.100.1",), "198.51.100.0/24"),
        # Whatever the caller wrote before our proxies.
        ("127.0.0.1", ("203.0.113.9, 198.51.100.1, 10.0.0.7",), "198.51.100.0/24"),
        ("::1", ("203.0.113.9", "2001:db8::1"), "2001:db8::/64"),
        ("127.0.0.1", ("203.0.113.9, unknown",), ""),
        # On this machine, or by a socket of another kind.
        ("127.0.0.1", (), ""),
        ("127.0.0.1", ("127.0.0.1",), ""),
        (None, ("198.51.100.1",), ""),
    ],
)
def test_the_place_of_a_caller(peer: str | None, told: tuple[str, ...], place: str) -> None:
    assert callers.place(request(peer, *told), OURS) == place


async def test_a_flood_on_the_web_is_answered_with_a_page_that_can_be_sent_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curbing, "PERSON", curbing.Pace(3, 1000.0))
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as browser:
        page = (await browser.get("/chat?start=s-priorities")).text
        for _ in range(3):
            assert (await browser.post("/chat", data=filled(page, "pick", "Русский"))).status_code == 303
        for _ in range(2):
            answer = await browser.post("/chat", data=filled(page, "pick", "Русский"))
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
            assert re.search(
                "слишком много сообщений.*өтө көп|өтө көп.*слишком много сообщений", answer.text, re.DOTALL
            )
            assert 'name="key"' in answer.text
        # Who looks is counted apart.
        assert (await browser.get("/chat")).status_code == 200


async def test_whoever_looks_too_much_is_told_so_in_their_languages_and_machines_in_json(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curbing, "LOOKS", curbing.Pace(3, 1000.0))
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as browser:
        browser.headers["X-Forwarded-For"] = "192.0.2.7"
        assert [(await browser.get(path)).status_code for path in ("/chat", "/results", "/api/forms")] == [200] * 3
        for _ in range(2):
            page = await browser.get("/results")
            assert (page.status_code, page.headers["retry-after"]) == (429, "10")
            assert "өтө көп барак" in page.text
            assert "слишком много страниц" in page.text
        answer = await browser.get("/api/forms")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
        assert "detail" in answer.json()
        # Who looks after the house, whoever answers, and whoever looks from elsewhere.
        assert (await browser.get("/api/health")).status_code == 200
        assert (await browser.post("/twilio")).status_code == 404
        assert (await browser.get("/results", headers={"X-Forwarded-For": "198.51.100.7"})).status_code == 200


@pytest.mark.parametrize("path", ["/twilio", "/twilio/status", "/api/pledges/K7M2QP/steps", "/chat", "/nowhere"])
@pytest.mark.parametrize("way", ["announced", "bit by bit"])
async def test_no_door_reads_more_than_a_message_can_be(sqlite_url: str, tmp_path: Path, path: str, way: str) -> None:
    async with opened.app(sqlite_url, tmp_path, ASHAR_FACILITATOR_TOKEN="f" * 20) as made:
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "headers": [
                (b"host", b"127.0.0.1"),
                (b"content-type", b"application/json"),
                (b"idempotency-key", b"12345678"),
                (b"content-length", b"99999999") if way == "announced" else (b"transfer-encoding", b"chunked"),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        read, sent = 0, []

        async def receive() -> dict[str, object]:
            nonlocal read
            read += 4096
            return {"type": "http.request", "body": b"x" * 4096, "more_body": True}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        async with asyncio.timeout(60):
            await made(scope, receive, send)  # type: ignore[arg-type] # plain dicts
        # A house without Twilio says so before it reads.
        assert sent[0]["status"] == 413 or (sent[0]["status"] == 404 and read == 0)
        assert read <= (0 if way == "announced" else raw.LONGEST + 4096)
