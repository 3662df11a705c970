"""What every test may ask for: a fresh migrated database of either kind, and no way off this machine."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import hypothesis
import pytest
import sqlalchemy as sa

from models import db, migrating
from tests import loopback, postgres

Kind = Literal["sqlite", "postgresql"]

#: The option --rewrite-conversations.
pytest_plugins = ["tests.conversations.rewriting"]

# What the person at this machine has set for a bot of their own must not reach the tests.
for _name in list(os.environ):
    if _name.startswith(("ASHAR_", "TELEGRAM_", "TWILIO_")) and _name != "ASHAR_TEST_POSTGRES":
        del os.environ[_name]

_named = os.environ.get("ASHAR_TEST_POSTGRES")
loopback.guard(*([sa.make_url(_named).host or ""] if _named else []))

# No deadline, and nothing is too slow: a shared machine is, now and then. Derandomised: a red run is red for everybody.
_patient: dict[str, Any] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("ashar", derandomize=True, print_blob=True, **_patient)
# For a search by night: pytest --hypothesis-profile=search
hypothesis.settings.register_profile("search", max_examples=5000, **_patient)
hypothesis.settings.load_profile("ashar")


#: Where tests start whole processes or play whole conversations, the longest first; then what needs a database.
_LONG = [
    "tests/e2e/test_conversations_on_channels.py",
    *("tests/faults/", "tests/e2e/", "tests/test_main.py", "tests/bench/", "tests/house/test_dockerfile.py"),
    *("tests/services/", "tests/api/", "tests/shell/"),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files, so that at the end no worker sits over one while the others have nothing left."""

    def place(item: pytest.Item) -> int:
        return next((at for at, start in enumerate(_LONG) if item.nodeid.startswith(start)), len(_LONG))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def loopback_only() -> Iterator[None]:
    """Fails the test that tried to leave this machine, also when the code it tests swallowed the error."""
    loopback.attempts.clear()
    yield
    assert not loopback.attempts, f"tried to leave this machine: {loopback.attempts}"


@pytest.fixture(scope="session", autouse=True)
def as_shipped() -> Iterator[Callable[[Any, object], None]]:
    """Here no SQLite waits for the disk, as no PostgreSQL does; this is how the product prepares a connection."""
    prepare = db._prepare_sqlite

    def hasty(connection: Any, record: object) -> None:
        prepare(connection, record)
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(db, "_prepare_sqlite", hasty)
        yield prepare


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL for the session (one for each process of pytest-xdist)."""
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every migration run, to be copied and not to be opened."""
    path = tmp_path_factory.mktemp("migrated") / "ashar.sqlite"
    _migrate(f"sqlite+aiosqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the one file is the whole database
    connection.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgres_server: postgres.Server) -> Iterator[str]:
    """The name of a PostgreSQL database with every migration run, to be a template and not to be opened."""
    url = postgres_server.create()
    _migrate(url.render_as_string(hide_password=False))
    yield str(url.database)
    postgres_server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> Kind:
    """Both databases; a test that needs only one asks for `sqlite_url` or `postgresql_url` instead."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def database_url(database_kind: Kind, request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated, empty database, once of each kind."""
    url: str = request.getfixturevalue(f"{database_kind}_url")
    return url


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh, migrated, empty SQLite database."""
    path = tmp_path / "ashar.sqlite"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres_server: postgres.Server, migrated_postgresql: str) -> Iterator[str]:
    """A fresh, migrated, empty PostgreSQL database, dropped afterwards."""
    url = postgres_server.create(template=migrated_postgresql)
    yield url.render_as_string(hide_password=False)
    postgres_server.drop(url)


@pytest.fixture
def unmigrated_url(database_kind: Kind, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it at all, once of each kind: for the tests of the migrations themselves."""
    if database_kind == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'unmigrated.sqlite'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.create()
    yield url.render_as_string(hide_password=False)
    server.drop(url)


def _migrate(url: str) -> None:
    # In a thread, for `upgrade` runs an event loop of its own and pytest-asyncio may have one here.
    async def work() -> None:
        await asyncio.to_thread(migrating.upgrade, url)

    postgres.elsewhere(work())
