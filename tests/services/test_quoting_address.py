"""A list comes whole from its address, within limits, from nowhere but where the operator pointed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from bot.channels import downloading
from bot.services import quoting

LIST = b'<CurrencyRates Date="22.11.2026"></CurrencyRates>'


@contextlib.asynccontextmanager
async def bank(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """The address of a stand-in that answers so."""
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/daily.xml"
    finally:
        await runner.cleanup()


async def _whole(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=LIST)


async def _slow(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": str(len(LIST))})
    await answer.prepare(request)
    await answer.write(LIST[:9])
    # The rest would come in an hour.
    await asyncio.sleep(3600)
    return answer


async def _cut(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": str(len(LIST))})
    await answer.prepare(request)
    await answer.write(LIST[:9])
    assert request.transport
    request.transport.close()
    return answer


async def _endless(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(b" " * 10_000)


async def _long(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=b" " * (quoting.LARGEST + 1))


async def _packed(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=LIST, headers={"Content-Encoding": "gzip"})


async def _gone(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=404, text="<html>")


async def _circle(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "/daily.xml"})


async def _moved(request: web.Request) -> web.StreamResponse:
    if request.path == "/new.xml":
        return web.Response(body=LIST)
    return web.Response(status=301, headers={"Location": "new.xml"})


def _elsewhere(location: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": location})

    return answer


@pytest.mark.parametrize("answer", [_whole, _moved])
async def test_a_list_is_fetched_also_where_it_moved(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> None:
    async with bank(answer) as address:
        assert await quoting.fetch(address) == LIST


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (_slow, "timeout"),
        (_cut, "ClientPayloadError"),
        (_endless, "too large"),
        (_long, "too large"),
        (_packed, "packed"),
        (_gone, "404"),
        (_circle, "redirects"),
        (_elsewhere("http://10.0.0.1/daily.xml"), "only https"),
        (_elsewhere("file:///etc/hosts"), "only https"),
        (_elsewhere("http://me:secret@127.0.0.1/"), "only https"),
    ],
)
async def test_what_does_not_come_whole_does_not_come(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who answers at all has time to.
    reads = 0.5 if answer is _slow else 60
    monkeypatch.setattr(downloading, "_TIMEOUT", aiohttp.ClientTimeout(total=60, sock_read=reads))
    async with bank(answer) as address:
        with pytest.raises(quoting.Unread) as failed:
            await quoting.fetch(address)
    assert why in str(failed.value)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://www.nbkr.example/XML/daily.xml",
        "ftp://127.0.0.1/daily.xml",
        "file:///etc/hosts",
        "http://127.0.0.1.nbkr.example/",
        "https://me:secret@127.0.0.1/",
        "http://",
        "://",
        "http://[::1/",
        "http://127.0.0.1:99999/",
    ],
)
async def test_an_address_that_is_not_safe_is_not_asked(address: str) -> None:
    with pytest.raises(quoting.Unread, match=r"only https|cannot be read"):
        await quoting.fetch(address)


async def test_nobody_there_is_said(unused_tcp_port: int) -> None:
    with pytest.raises(quoting.Unread, match="could not be fetched: ClientConnectorError"):
        await quoting.fetch(f"http://localhost:{unused_tcp_port}/daily.xml")
