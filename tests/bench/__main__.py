"""python -m tests.bench: measures what issue 5 asks for and writes it to docs/PERFORMANCE.md.

Without parts it measures what is quick; "all" is everything. Each part writes its own section, and its rows into the
table at the head.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime as dt
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvloop

from bot import wiring
from tests.bench import exports, memory, page, processes, race, report, results, rows, turn, webhook

#: Answers that are exported.
_EXPORTED = 1_000_000
#: Answers of each response in `exports`.
_EACH = 10
#: What a part comes to: its section, and its rows of the table.
Done = tuple[str, dict[str, rows.Measured]]


async def _race(plan: race.Plan, folder: Path, at: dt.datetime) -> Done:
    ran = await race.run(plan, folder)
    section = report.report(ran.near, ran.far, ran.lost, plan.people, plan.far, at)
    return section, report.measured(ran.near, ran.far)


async def _webhook(plan: race.Plan, folder: Path, at: dt.datetime) -> Done:
    # Shorter rounds: with nothing sent there are so many more messages in a second.
    plan = dataclasses.replace(plan, seconds=plan.seconds / 2)
    ran = await webhook.run(plan, folder)
    return webhook.section(ran, plan, at), {"webhook": webhook.row(ran)}


async def _processes(plan: race.Plan, folder: Path, at: dt.datetime) -> Done:
    ran = await processes.run(plan, folder)
    return processes.section(ran, plan, at), {"processes": processes.row(ran)}


async def _turn(_plan: race.Plan, _folder: Path, at: dt.datetime) -> Done:
    costs = turn.measure()
    return turn.section(costs, at), {"turn": turn.row(costs)}


async def _results(_plan: race.Plan, folder: Path, at: dt.datetime) -> Done:
    held, took = await results.run(folder)
    return results.section(held, took, at), {"results": results.row(took)}


async def _exports(plan: race.Plan, folder: Path, at: dt.datetime) -> Done:
    wiring.calm_collector()
    people = _EXPORTED // _EACH
    measured, found = {}, {}
    for row, name, side in (
        ("sqlite", "SQLite", exports.sqlite_side),
        ("copy", "PostgreSQL", exports.postgresql_side),
    ):
        # It runs event loops of its own.
        other, rounds = await asyncio.to_thread(side, folder, people, plan.rounds)
        measured[f"{name}, {other}"] = rounds
        found[row] = rows.pairs([each.lies for each in rounds], [each.ours for each in rounds])
    return exports.section(measured, _EXPORTED, at), found


async def _memory(plan: race.Plan, folder: Path, at: dt.datetime) -> Done:
    weighed = await memory.run(plan, folder)
    return memory.section(weighed, at), {"memory": memory.row(weighed)}


Part = Callable[[race.Plan, Path, dt.datetime], Coroutine[Any, Any, Done]]
QUICK: dict[str, Part] = {
    "race": _race,
    "webhook": _webhook,
    "processes": _processes,
    "turn": _turn,
    "results": _results,
}
PARTS = QUICK | {"exports": _exports, "memory": _memory}


def main() -> None:
    """The command."""
    plan = race.Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}, or all")
    parser.add_argument("--people", type=int, default=plan.people)
    parser.add_argument("--rounds", type=int, default=plan.rounds)
    parser.add_argument("--seconds", type=float, default=plan.seconds)
    parser.add_argument("--write", type=Path, default=page.PAGE, metavar="FILE", help="where the tables go")
    given = parser.parse_args()
    parts = list(PARTS) if "all" in given.parts else given.parts or list(QUICK)
    if unknown := set(parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}, all")
    plan = race.Plan(given.people, given.rounds, given.seconds)
    for name in parts:
        at = dt.datetime.now(dt.UTC)
        with (
            tempfile.TemporaryDirectory(prefix="ashar-bench-") as folder,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            section, measured = runner.run(PARTS[name](plan, Path(folder), at))
        print(f"\n{section}", flush=True)
        # At once, so that what was measured stays when a later part fails.
        page.put_section(given.write, section)
        print(rows.write(given.write, measured, at), flush=True)


if __name__ == "__main__":
    main()
