"""The benchmark still runs: a few people, one short round, and no word about how fast."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import uvloop

from tests.bench import __main__ as bench
from tests.bench import report, sides


def test_both_sides_are_driven_and_reported(tmp_path: Path) -> None:
    plan = bench.Plan(people=3, rounds=1, seconds=2.0, warm=1.0)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rounds, lost = runner.run(bench.run(plan, tmp_path))
    assert [done.side for done in rounds] == [sides.OURS, sides.PEER]
    assert all(done.waits for done in rounds)
    # What ours has acknowledged is kept, whatever happens; the table says it, so it must be true.
    assert lost[sides.OURS].startswith("0 of ")
    page = report.report(rounds, lost, plan.people, dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    assert "2027-01-01" in page
    assert str(tmp_path) not in page
