"""No acknowledged answer is lost, none kept twice, nobody told out of order: the short form of `make faults`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.faults import reckoning, storm

# On a machine that does much else a process takes long to start.
pytestmark = pytest.mark.timeout(400)

#: As in the long one, but that a minute of the processes lasts eight seconds.
_SHORT = storm.Plan(people=24, kills=3, at_once=16, pace=8.0, between=(0.3, 1.5), thinks=0.3, patience=4.0)


@pytest.mark.parametrize("seed", [1])
async def test_on_sqlite_whatever_moment_the_process_dies_at(sqlite_url: str, tmp_path: Path, seed: int) -> None:
    async with storm.world(_SHORT, seed, sqlite_url, tmp_path) as world:
        await world.rages()
        account = await reckoning.reckon(world)
    assert account.kills == 3
    assert account.acknowledged > 150


@pytest.mark.parametrize("seed", [2])
async def test_on_postgresql_with_two_that_serve_and_one_that_delivers(
    postgresql_url: str, tmp_path: Path, seed: int
) -> None:
    plan = dataclasses.replace(_SHORT, serving=2, delivering=1)
    async with storm.world(plan, seed, postgresql_url, tmp_path) as world:
        await world.rages()
        account = await reckoning.reckon(world)
    assert account.kills == 3
    assert account.acknowledged > 150
