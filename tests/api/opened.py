"""The app with its doors open: called as a function, or on a socket where bytes are counted."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import fastapi
import httpx
import uvicorn

from api import app as front
from bot import settings, wiring
from bot.services import publishing

FLOWS = Path(__file__).resolve().parents[2] / "flows"
SITE = "http://127.0.0.1:8000"


@contextlib.asynccontextmanager
async def app(database_url: str, var: Path, **more: str) -> AsyncIterator[fastapi.FastAPI]:
    """The app on this migrated database, with what ships published and no messenger."""
    read = settings.read({"ASHAR_DATABASE_URL": database_url, "ASHAR_VAR": str(var), **more})
    async with wiring.memory(read) as memory:
        await publishing.publish(memory.database, [FLOWS])
    made = front.app(read)
    async with made.router.lifespan_context(made):
        yield made


def client(made: fastapi.FastAPI) -> httpx.AsyncClient:
    """A browser that keeps cookies and follows nowhere by itself."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url=SITE)


class _Server(uvicorn.Server):
    """A server that leaves the signals to the tests."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def] # theirs is a generator too
        """Nothing to do."""
        yield


@contextlib.asynccontextmanager
async def listening(made: fastapi.FastAPI) -> AsyncIterator[int]:
    """The app on a free port, as `ashar serve` starts it."""
    with socket.create_server(("127.0.0.1", 0)) as listening_:
        # As uvloop does by itself: otherwise every answer waits 40 ms for the other end's acknowledgement.
        listening_.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = _Server(uvicorn.Config(made, log_config=None, access_log=False, lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listening_]))
        async with asyncio.timeout(60):
            while not server.started:
                assert not task.done(), f"the app did not start: {task}"
                await asyncio.sleep(0.01)
        try:
            yield listening_.getsockname()[1]
        finally:
            server.should_exit = True
            await task
