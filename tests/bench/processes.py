"""Two processes of ours on one PostgreSQL, beside one: the same people, the same cores."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import time
from pathlib import Path
from typing import NamedTuple

from tests import postgres
from tests.bench import race, report, rows, sides, stub

HEADING = "## Two processes on PostgreSQL"
ONE, TWO = "one process", "two processes"
#: What `tests.postgres` leaves out for haste, and nobody would who keeps answers.
_SAFE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "256MB",
}


class Used(NamedTuple):
    """Seconds of processor time in a round, of everything that took part."""

    side: str
    answers: int
    seconds: float
    ours: float
    database: float
    people: float

    @property
    def each(self) -> tuple[float, float, float]:
        """Microseconds an answer: ours, the database's, the people's and their platform's."""
        ours, database, people = (part / self.answers * 1e6 for part in (self.ours, self.database, self.people))
        return ours, database, people

    @property
    def busy(self) -> float:
        """How many cores they kept busy together."""
        return (self.ours + self.database + self.people) / self.seconds


class Ran(NamedTuple):
    """Rounds of both in turn, and what each used."""

    rounds: list[report.Round]
    used: list[Used]


def _sessions(engine: postgres.Engine) -> dict[int, float]:
    return {each: sides.cpu(each) for each in engine.processes()}


async def run(plan: race.Plan, folder: Path) -> Ran:
    """One PostgreSQL, two processes that run all the time, and people who write to one of them or to both."""
    platform, ran = stub.Stub(), Ran([], [])
    bench = race.Bench(platform, plan)
    with postgres.engine(_SAFE) as engine:
        server = postgres.Server(engine.url)
        async with stub.served(platform) as api:
            ours = sides.ours(folder, api, server.create().render_as_string(hide_password=False))
            bots: list[sides.Running] = []
            with sides.killing(bots):
                for place in range(2):
                    port = sides.free_port()
                    side = dataclasses.replace(ours, port=port, environ=ours.environ | {"ASHAR_PORT": str(port)})
                    bots.append(sides.Running(side, folder / f"{place}.log"))
                    # One after the other, for the first one migrates.
                    await bots[-1].ready()
                await bench.round(*bots, seconds=plan.warm)
                for _ in range(plan.rounds):
                    for name, taking in ((ONE, bots[:1]), (TWO, bots)):
                        before, began = _sessions(engine), time.process_time()
                        done = await bench.round(*taking, seconds=plan.seconds)
                        done = dataclasses.replace(done, side=name)
                        people = time.process_time() - began
                        database = sum(used - before.get(each, 0.0) for each, used in _sessions(engine).items())
                        ran.rounds.append(done)
                        ran.used.append(Used(name, len(done.waits), done.seconds, done.cpu, database, people))
                        print(report.line(done), flush=True)
    return ran


def row(ran: Ran) -> rows.Measured:
    """For the table."""
    two, one = ([each.rate for each in report.of(ran.rounds, name)] for name in (TWO, ONE))
    return rows.pairs(two, one)


def section(ran: Ran, plan: race.Plan, at: dt.datetime) -> str:
    """The part of the page."""
    found = row(ran)
    table = "\n".join(_shares(ran.used, name) for name in (ONE, TWO))
    return f"""{HEADING}

Written by `python -m tests.bench processes` on {at.date()}. {plan.people} people at once, as in the race, write to one
`ashar serve`, or half of them to it and half to a second one; both run all the time, on one PostgreSQL with `fsync` and
`synchronous_commit` on. {plan.rounds} rounds of {plan.seconds:g} s each, in turn.

| | answers/s | p50 / p99 ms | CPU µs an answer | RSS MB |
| --- | --- | --- | --- | --- |
{report.row(ran.rounds, ONE)}
{report.row(ran.rounds, TWO)}

**{found.value:.2f} times the answers a second** ({found.low:.2f}–{found.high:.2f}). Where the time of
the processors goes, in µs an answer. All share {os.cpu_count()} cores, and one process keeps no more than one
busy: what a second one can add is what then stays idle.

| | ours | PostgreSQL | people and Bot API | cores busy |
| --- | --- | --- | --- | --- |
{table}
"""


def _shares(used: list[Used], name: str) -> str:
    mine = [each for each in used if each.side == name]
    parts = [rows.spread(part).value for part in zip(*(each.each for each in mine), strict=True)]
    busy = rows.spread([each.busy for each in mine]).value
    return f"| {name} | {' | '.join(f'{part:,.0f}' for part in parts)} | {busy:.2f} |"
