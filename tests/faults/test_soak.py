"""A process holds no more after many messages than after some: the short form of `make faults`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import soak


@pytest.mark.timeout(300)
async def test_memory_and_files_stay_flat(sqlite_url: str, tmp_path: Path) -> None:
    assert "requests" in await soak.soak(sqlite_url, tmp_path, 40 * 16 * 2)
