"""The running app for the tests that share one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests import postgres
from tests.e2e import running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(
    postgres_server: postgres.Server, migrated_postgresql: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[running.App]:
    """One app for a whole module, on PostgreSQL: of the two databases it is the one that refuses more."""
    url = postgres_server.create(template=migrated_postgresql)
    async with running.running(url.render_as_string(hide_password=False), tmp_path_factory.mktemp("shared")) as app:
        yield app
    postgres_server.drop(url)
