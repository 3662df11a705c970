"""The benchmarks still run: a few people, one short round, and no word about how fast."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
import uvloop

from models import sealing
from tests.bench import exports, memory, page, processes, report, rows, sides, turn, webhook
from tests.bench import race as bench

_AT = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def test_all_sides_are_driven_and_reported(tmp_path: Path) -> None:
    plan = bench.Plan(people=3, rounds=1, seconds=2.0, warm=2.0)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        ran = runner.run(bench.run(plan, tmp_path))
    for rounds in (ran.near, ran.far):
        assert [done.side for done in rounds][:2] == [sides.OURS, sides.PEER]
        assert all(done.waits for done in rounds)
    # What ours has acknowledged is kept, whatever happens; the table says it, so it must be true.
    assert ran.lost[sides.OURS].startswith("0 of ")
    text = report.report(ran.near, ran.far, ran.lost, plan.people, plan.far, _AT)
    assert "2027-01-01" in text
    assert str(tmp_path) not in text


def test_exports_are_filled_written_and_reported(tmp_path: Path) -> None:
    exports.fill_sqlite(tmp_path / "a.sqlite", 30)
    took = exports.ours(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite'}", tmp_path / "a.csv", 30)
    lines = (tmp_path / "a.csv").read_text("utf-8").splitlines()
    assert len(lines) == 31
    assert all("KG0" in line for line in lines[1:])
    measured = {"SQLite": [exports.Round(took, 2 * took, took / 2)]}
    text = exports.section(measured, 300, _AT)
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


def test_people_who_wait_for_no_reply_answer_every_question_all_the_same() -> None:
    words = webhook.Words()
    for messages in words.ready(30):
        asked = [given.question for _, given in messages if given.question]
        assert asked[0] == "oblast"
        assert {"sex", "age", "where", "family", "community", "proposal"} <= set(asked)
        assert messages[0][0].startswith(b"POST /telegram ")
    rounds = [
        report.Round(name, 2.0, [0.1] * count, 1.0, 200) for name, count in ((sides.OURS, 30), (webhook.BARE, 60))
    ]
    ran = webhook.Ran(rounds, "0 of 9")
    assert "**0.50 of its messages a second**" in webhook.section(ran, bench.Plan(), _AT)


def test_where_the_time_of_two_processes_goes_is_told_for_each_answer() -> None:
    answers = {processes.ONE: 500, processes.TWO: 700}
    rounds = [report.Round(name, 2.0, [0.1] * count, 1.0, 200) for name, count in answers.items()]
    used = [processes.Used(each.side, len(each.waits), 2.0, each.cpu, 0.5, 0.25) for each in rounds]
    ran = processes.Ran(rounds, used)
    assert processes.row(ran).value == 1.4
    text = processes.section(ran, bench.Plan(), _AT)
    assert "**1.40 times the answers a second** (1.40–1.40)" in text
    assert "| one process | 2,000 | 1,000 | 500 | 0.88 |" in text


def test_a_database_is_filled_with_contacts_that_ours_can_read(sqlite_url: str) -> None:
    path = Path(sa.make_url(sqlite_url).database or "")
    seal = sealing.Seal([sealing.read_key(sealing.new_key())], sealing.read_key(sealing.new_key()))
    memory.fill(path, seal, 20, writing=5)
    with sqlite3.connect(path) as connection:
        talks = [
            row[0]
            for row in connection.execute("SELECT contact.sealed FROM address JOIN contact ON contact.id = contact_id")
        ]
        people = connection.execute("SELECT count(*) FROM respondent").fetchone()
    connection.close()
    assert (len(talks), talks.count(None), people) == (20, 5, (15,))
    assert "1.50 times the memory" in memory.section({1: memory.Weighed([1], [2]), 9: memory.Weighed([1], [3])}, _AT)


def test_a_turn_costs_something_in_each_of_its_parts() -> None:
    costs = turn.measure(people=2, rounds=2)
    assert len(costs) == 2
    assert all(min(cost) > 0 for cost in costs)
    assert f"| {turn.row(costs).value:.0f} |" in turn.section(costs, _AT)


def test_the_table_keeps_what_other_parts_measured_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.md"
    assert rows.write(path, {"turn": rows.Measured(100, 90, 110)}, _AT).count("not measured") == len(rows.ASKED) - 1
    text = rows.write(path, {"ptb": rows.Measured(4.5, 4, 5), "memory": rows.Measured(1.3, 1.2, 1.4)}, _AT)
    assert "| at most 270 | 135 | 100 (90–110) | aim met | 2027-01-01 |" in text
    assert "| 4 | 6 | 4.5 (4–5) | met | 2027-01-01 |" in text
    assert "| at most 1.2 | 1.05 | 1.3 (1.2–1.4) | **not met** | 2027-01-01 |" in text
    assert path.read_text("utf-8") == text
    monkeypatch.setattr(rows, "machine", lambda: "another one")
    assert rows.write(path, {}, _AT).count("not measured") == len(rows.ASKED)
