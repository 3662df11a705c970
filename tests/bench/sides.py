"""The bots that are compared: how each is started, and what it uses of the machine."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models import sealing
from tests.bench import stub

ROOT = Path(__file__).resolve().parents[2]
SECRET = "the-secret-of-the-bench"
OURS, PEER, OTHER = "Ashar", "python-telegram-bot + SQLAlchemy", "aiogram FSM + SQLAlchemy"
OUR_FILE = "ashar.sqlite"
#: The database of each peer.
FILES = {PEER: "peer.sqlite", OTHER: "aiogram.sqlite"}
#: Where `make bench` installs what aiogram wants, which is not what we want.
_PEERS = Path(sys.prefix) / "peers" / "bin" / "python"
_START = 30.0


@dataclass(frozen=True, slots=True)
class Side:
    """One bot, not yet running."""

    name: str
    command: list[str]
    port: int
    environ: dict[str, str] = dataclasses.field(default_factory=dict)


def ours(folder: Path, api: str, database: str = "") -> Side:
    """Ashar as it is deployed, on SQLite or the database at that address; it migrates and publishes by itself."""
    port = free_port()
    environ = {
        "ASHAR_DATABASE_URL": database or f"sqlite:///{folder / OUR_FILE}",
        "ASHAR_VAR": str(folder / "var"),
        "ASHAR_PORT": str(port),
        # https, for otherwise it would poll; nobody calls it.
        "ASHAR_PUBLIC_URL": "https://ashar.example",
        "ASHAR_TELEGRAM_API": api,
        # No peer counts what it sends either.
        "ASHAR_PACE_TELEGRAM": "0",
        "ASHAR_TELEGRAM_SECRET": SECRET,
        "ASHAR_SEAL_KEYS": sealing.new_key(),
        "ASHAR_HASH_KEY": sealing.new_key(),
        "TELEGRAM_BOT_TOKEN": stub.TOKEN,
    }
    return Side(OURS, [sys.executable, "-m", "bot", "serve"], port, environ)


def seal(side: Side) -> sealing.Seal:
    """Opens what ours has in its database."""
    keys = (sealing.read_key(side.environ[name]) for name in ("ASHAR_SEAL_KEYS", "ASHAR_HASH_KEY"))
    return sealing.Seal([next(keys)], next(keys))


def peer(folder: Path, api: str) -> Side:
    """The ConversationHandler."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.peer", str(port), api, str(folder / FILES[PEER])]
    return Side(PEER, command, port)


def other(folder: Path, api: str) -> list[Side]:
    """The finite state machine of aiogram; none where `make bench` has not installed it."""
    port = free_port()
    command = [str(_PEERS), "-m", "tests.bench.peer_aiogram", str(port), api, str(folder / FILES[OTHER])]
    return [Side(OTHER, command, port)] if _PEERS.exists() else []


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def cpu(process: int) -> float:
    """Seconds of processor time that a process has used so far; not a number where the system does not tell."""
    try:
        # The name may hold anything, spaces and brackets too.
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


class Running:
    """A side's process."""

    def __init__(self, side: Side, log: Path) -> None:
        self.side = side
        self._log = log
        # Whatever this shell has set for a bot of its own must not reach either side.
        ours = ("ASHAR_", "TELEGRAM_", "TWILIO_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                side.command, cwd=ROOT, env=clean | side.environ, stdout=output, stderr=subprocess.STDOUT
            )

    async def ready(self) -> None:
        """Wait until it answers anything; raises `stub.Failed` with its last words if it never does."""
        until = time.monotonic() + _START
        while time.monotonic() < until and self._process.poll() is None:
            # A socket may be open long before anybody reads from it.
            with contextlib.suppress(OSError, TimeoutError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.side.port)
                writer.write(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                async with asyncio.timeout(_START):
                    answered = await reader.read()
                writer.close()
                if answered:
                    return
            await asyncio.sleep(0.1)
        raise stub.Failed(f"{self.side.name} did not start:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of what it has printed."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def cpu(self) -> float:
        """Seconds of processor time so far; not a number where the system does not tell."""
        return cpu(self._process.pid)

    def memory(self) -> float:
        """Resident megabytes; not a number where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            return float("nan")
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def kill(self) -> None:
        """Without a word."""
        self._process.kill()
        self._process.wait()


@contextlib.contextmanager
def killing(bots: list[Running]) -> Iterator[None]:
    """Kill them when the block ends, those too that are added meanwhile; where it fails, say their last words."""
    try:
        yield
    except BaseException:
        for bot in bots:
            print(f"-- {bot.side.name}:\n{bot.last_words()}", file=sys.stderr)
        raise
    finally:
        for bot in bots:
            bot.kill()
