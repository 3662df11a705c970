"""`ashar serve` as the process it is, on a folder and a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx

from tests.e2e import running

ASHAR = Path(sys.executable).with_name("ashar")


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Process:
    """One process. What it writes is read all the time, so that it is never held up."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{port}"
        self.out: list[str] = []
        self.err: list[str] = []
        assert process.stdout
        assert process.stderr
        self._reading = [
            asyncio.create_task(_read(process.stdout, self.out)),
            asyncio.create_task(_read(process.stderr, self.err)),
        ]

    async def ready(self) -> None:
        """Wait until it answers."""
        async with (
            httpx.AsyncClient(trust_env=False, timeout=running.PATIENCE) as http,
            asyncio.timeout(running.PATIENCE),
        ):
            while True:
                assert self._process.returncode is None, "\n".join(self.err)
                with contextlib.suppress(httpx.TransportError):
                    if (await http.get(f"{self.url}/api/health")).status_code == 200:
                        return
                await asyncio.sleep(0.05)

    async def says(self, words: str) -> None:
        """Wait for a line with these words on standard error."""
        await running.until(lambda: words in "\n".join(self.err))

    async def page(self, path: str) -> str:
        """A page of it."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=running.PATIENCE) as http:
            answer = await http.get(path)
            assert answer.status_code == 200
            return answer.text

    async def ends(self, number: signal.Signals | None = None) -> int:
        """Its exit code, after this signal where one is named."""
        if number:
            self._process.send_signal(number)
        async with asyncio.timeout(running.PATIENCE):
            code = await self._process.wait()
            await asyncio.gather(*self._reading)
        return code

    async def is_gone(self) -> None:
        """Make sure that it is."""
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        await asyncio.gather(*self._reading)


async def _read(stream: asyncio.StreamReader, lines: list[str]) -> None:
    async for line in stream:
        lines.append(line.decode().rstrip())


@contextlib.asynccontextmanager
async def serving(var: Path, more: Mapping[str, str] | None = None, *, port: int = 0) -> AsyncIterator[Process]:
    """`ashar serve` with these settings and no others; killed when the block ends, if it has not ended before."""
    port = port or free_port()
    environ: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        "ASHAR_VAR": str(var),
        "ASHAR_PORT": str(port),
        **(more or {}),
    }
    pipe = asyncio.subprocess.PIPE
    started = await asyncio.create_subprocess_exec(
        ASHAR, "serve", env=environ, stdout=pipe, stderr=pipe, cwd=var.parent
    )
    process = Process(started, port)
    try:
        yield process
    finally:
        await process.is_gone()
