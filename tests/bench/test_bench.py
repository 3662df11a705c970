"""The benchmarks still run: a few people, one short round, and no word about how fast."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
import uvloop

from tests.bench import exports, page, report, sides
from tests.bench import race as bench


def test_all_sides_are_driven_and_reported(tmp_path: Path) -> None:
    plan = bench.Plan(people=3, rounds=1, seconds=2.0, warm=1.0)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        ran = runner.run(bench.run(plan, tmp_path))
    for rounds in (ran.near, ran.far):
        assert [done.side for done in rounds][:2] == [sides.OURS, sides.PEER]
        assert all(done.waits for done in rounds)
    # What ours has acknowledged is kept, whatever happens; the table says it, so it must be true.
    assert ran.lost[sides.OURS].startswith("0 of ")
    text = report.report(ran.near, ran.far, ran.lost, plan.people, plan.far, dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    assert "2027-01-01" in text
    assert str(tmp_path) not in text


def test_exports_are_filled_written_and_reported(tmp_path: Path) -> None:
    exports.fill_sqlite(tmp_path / "a.sqlite", 30)
    took = exports.ours(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite'}", tmp_path / "a.csv", 30)
    lines = (tmp_path / "a.csv").read_text("utf-8").splitlines()
    assert len(lines) == 31
    assert all("KG0" in line for line in lines[1:])
    measured = {"SQLite": [exports.Round(took, 2 * took, took / 2)]}
    text = exports.section(measured, 300, dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    assert text.startswith(f"{exports.HEADING}\n")
    assert "2.0 times as fast" in text
    assert "0.50 of its speed" in text


def test_each_benchmark_leaves_the_others_words_on_the_page(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# Page\n\nwords\n\n## Exports\n\nold\n\n## After\n\nmore\n", "utf-8")
    for _ in range(2):
        page.put_section(path, "## Exports\n\nnew\n")
        assert path.read_text("utf-8") == "# Page\n\nwords\n\n## Exports\n\nnew\n\n## After\n\nmore\n"
    for _ in range(2):
        page.put_head(path, "# Page\n\nother words\n")
        assert path.read_text("utf-8") == "# Page\n\nother words\n\n## Exports\n\nnew\n\n## After\n\nmore\n"
    page.put_section(path, "## Further\n\nlast\n")
    assert path.read_text("utf-8").endswith("## After\n\nmore\n\n## Further\n\nlast\n")


def test_where_the_shells_are_missing_the_drivers_stand_in_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql_url: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    other, measured = exports.sqlite_side(tmp_path, 30, 1)
    assert other == "Python's `sqlite3` and `csv`"
    assert len(measured) == 1
    address = sa.make_url(postgresql_url).set(drivername="postgresql").render_as_string(hide_password=False)
    assert exports.copied(address, "SELECT 1, 2", tmp_path / "copied.csv") > 0
    assert (tmp_path / "copied.csv").read_text("utf-8") == "1,2\n"
