"""Updates in and 200 out, with nothing sent: ours after its commit, beside a FastAPI endpoint that keeps nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench import kept, people, race, report, rows, sides, stub, walking

HEADING = "## The webhook alone"
BARE = "bare FastAPI"


def bare() -> sides.Side:
    """The endpoint that answers 200."""
    port = sides.free_port()
    return sides.Side(BARE, [sys.executable, "-m", "tests.bench.bare", str(port)], port)


class Ran(NamedTuple):
    """Rounds of both in turn, and what was not kept of what ours had told 200."""

    rounds: list[report.Round]
    lost: str


#: Messages a second that no side takes.
_FASTEST = 10_000.0
#: How many people's words there are; the others say the same.
_WORDS = 60

#: A person's messages, ready to be sent, each with what it answers.
Ready = list[list[tuple[bytes, people.Given]]]


class Words:
    """What people type, message by message. They need no reply to know it."""

    def __init__(self) -> None:
        guide = walking.Guide()
        self._said = [
            [(step.incoming.text or people.START, step.question) for step in guide.walk(n)] for n in range(_WORDS)
        ]
        self._numbers, self._update = itertools.count(1), 0

    def ready(self, messages: int) -> Ready:
        """At least so many messages of people who have not written yet."""
        made: Ready = []
        while messages > 0:
            person = people.Respondent(number := next(self._numbers))
            theirs = []
            # By the number, so that the language is theirs.
            for text, question in self._said[number % _WORDS]:
                self._update += 1
                update = people.typed(person, self._update, text)
                theirs.append((stub.request(update, sides.SECRET), people.Given(person.chat, question)))
            made.append(theirs)
            messages -= len(theirs)
        return made


async def write(port: int, ready: Ready, at_once: int, seconds: float) -> tuple[list[float], set[people.Given]]:
    """Let so many at once write, each on a line of their own; whoever has finished gives way to the next.

    Gives back the seconds each message took until its 200, and the answers that were told it.
    """
    loop, waits, told = asyncio.get_running_loop(), list[float](), set[people.Given]()
    until, waiting = time.perf_counter() + seconds, iter(ready)

    async def live(line: stub.Line) -> None:
        for messages in waiting:
            for request, given in messages:
                began = time.perf_counter()
                async with asyncio.timeout(people.PATIENCE):
                    status = await line.send(request)
                now = time.perf_counter()
                if status != 200:
                    raise stub.Failed(f"the webhook answered {status}")
                if given.question:
                    told.add(given)
                if now > until:
                    return
                waits.append(now - began)
        raise stub.Failed("more messages should have been made ready")

    lines = [(await loop.create_connection(stub.Line, "127.0.0.1", port))[1] for _ in range(at_once)]
    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(live(line))
    for line in lines:
        line.close()
    return waits, told


async def run(plan: race.Plan, folder: Path) -> Ran:
    """Both in turn."""
    platform, words, told = stub.Stub(), Words(), set[people.Given]()
    async with stub.served(platform) as api:
        bots = [sides.Running(side, folder / f"{side.port}.log") for side in (sides.ours(folder, api), bare())]
        rounds: list[report.Round] = []
        # Messages a second, as far as they are known.
        rates = {bot.side.name: _FASTEST for bot in bots}
        with sides.killing(bots):
            for bot in bots:
                await bot.ready()
            # Nothing is sent any more; what is to be said waits in the outbox.
            platform.shut = True
            for number in range(plan.rounds + 1):
                for bot in bots:
                    seconds = plan.seconds if number else plan.warm
                    ready = words.ready(int(rates[bot.side.name] * seconds))
                    before = bot.cpu()
                    waits, kept_ = await write(bot.side.port, ready, plan.people, seconds)
                    done = report.Round(bot.side.name, seconds, waits, bot.cpu() - before, bot.memory())
                    rates[bot.side.name] = 2 * done.rate + 500
                    if bot.side.name == sides.OURS:
                        told |= kept_
                    if number:
                        rounds.append(done)
                        print(report.line(done), flush=True)
            lost = kept.lost(bots[0].side, folder, told)
    return Ran(rounds, lost)


def row(ran: Ran) -> rows.Measured:
    """For the table."""
    return rows.spread(report.ratios(ran.rounds, BARE))


def section(ran: Ran, plan: race.Plan, at: dt.datetime) -> str:
    """The part of the page."""
    found = row(ran)
    return f"""{HEADING}

Written by `python -m tests.bench webhook` on {at.date()}. {plan.people} people at once type their way through the
survey, each sending the next message when the last was answered 200. Ours answers it after the commit of place, answer,
figures and reply; its Bot API tells it to wait for an hour (429), so that replies stay in the outbox. The other side is
FastAPI under uvicorn, which reads the JSON and keeps nothing. {plan.rounds} rounds of {plan.seconds:g} s each, in turn.

| side | messages/s | p50 / p99 ms | CPU µs a message | RSS MB |
| --- | --- | --- | --- | --- |
{report.row(ran.rounds, sides.OURS)}
{report.row(ran.rounds, BARE)}

**{found.value:.2f} of its messages a second** ({found.low:.2f}–{found.high:.2f}); answers told 200 and not kept:
{ran.lost}.
"""
