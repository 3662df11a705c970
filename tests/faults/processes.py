"""Processes of ours on loopback: started as an operator does, killed as a power cut does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
#: When the time of all hasty processes began to run: one that starts later must not find itself in the past.
_ORIGIN = time.time()
#: Seconds until a process answers on a machine that does much else.
_START = 90.0


class Process:
    """`ashar serve` on a port, or `ashar deliver` where the port is 0; with a `pace`, in a time of its own."""

    def __init__(
        self, environ: Mapping[str, str], log: Path, port: int = 0, *, pace: float = 0.0, before: Sequence[str] = ()
    ) -> None:
        self.port, self._log = port, log
        self.host = environ.get("ASHAR_HOST", "127.0.0.1")
        #: The file that makes its clock jump, see `hasty`.
        self.jumps = log.with_suffix(".clock")
        foreign = ("ASHAR_", "TELEGRAM_", "TWILIO_", "PYTEST")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self._environ = clean | dict(environ) | {"ASHAR_PORT": str(port or 8000)}
        word = "serve" if port else "deliver"
        hasty = ["-m", "tests.faults.hasty", str(pace), str(_ORIGIN), str(self.jumps)] if pace else ["-m", "bot"]
        self._command = [*before, sys.executable, *hasty, word]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process
        return self._process.pid

    @property
    def lives(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, again or for the first time."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environ, stdout=output, stderr=subprocess.STDOUT
            )

    async def ready(self) -> None:
        """Wait until it answers; one that only delivers is ready when it says so."""
        until = time.monotonic() + _START
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http:
            while time.monotonic() < until:
                assert self.lives, f"it has ended:\n{self.last_words()}"
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    if not self.port and "delivering;" in self.last_words():
                        return
                    async with http.get(f"{self.url}/api/health") as answer:
                        if self.port and answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        raise AssertionError(f"it does not answer:\n{self.last_words()}")

    def kill(self) -> None:
        """Without a word."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        if self._process:
            self._process.wait()

    def last_words(self, length: int = 3000) -> str:
        """The end of what it has printed."""
        return self._log.read_text("utf-8", "replace")[-length:] if self._log.exists() else ""

    def memory(self) -> float:
        """Resident megabytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def handles(self) -> int:
        """Open files and sockets."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


@contextlib.asynccontextmanager
async def running(*processes: Process) -> AsyncIterator[None]:
    """All of them, the first one first (it migrates and publishes); killed when the block ends."""
    try:
        for process in processes:
            process.start()
            await process.ready()
        yield
    finally:
        for process in processes:
            process.kill()
