"""A storm: real processes, people who talk to them over a bad road, and SIGKILL at moments that a seed draws."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import aiohttp

from tests.e2e import running, serving
from tests.faults import people, processes, road
from tests.standins import telegram as telegram_platform
from tests.standins import twilio as twilio_platform


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of it. `pace`: how much faster the processes' time runs than ours."""

    people: int
    kills: int
    #: How many people talk at once; whoever has finished gives way to the next, until all kills are done.
    at_once: int
    serving: int = 1
    delivering: int = 0
    pace: float = 1.0
    #: Seconds between two kills, from and to, after the last one killed is back.
    between: tuple[float, float] = (0.5, 5.0)
    #: Seconds that people think, and wait before they ask for help, at the most.
    thinks: float = 0.8
    patience: float = 12.0


@dataclass
class World:
    """All that takes part."""

    plan: Plan
    seed: int
    telegram: telegram_platform.Standin
    twilio: twilio_platform.Twilio
    #: To Telegram, to Twilio, to us.
    lanes: tuple[road.Lane, road.Lane, road.Lane]
    environ: dict[str, str]
    processes: list[processes.Process]
    talkers: list[people.Talker] = field(default_factory=list)
    kills: int = 0
    #: Seconds it took.
    took: float = 0.0

    def met(self) -> Counter[road.Trouble]:
        """How often each trouble was met."""
        return sum((each.met for each in self.lanes), Counter())

    def calm(self, calm: bool = True) -> None:
        """Let the road be good, or bad again."""
        for each in self.lanes:
            each.calm = calm

    async def rages(self, misfortune: Coroutine[object, object, None] | None = None) -> None:
        """Let people talk, and kill (or let this `misfortune` happen instead), until both are done."""
        begun = time.monotonic()
        numbers = itertools.count()
        killing = asyncio.create_task(misfortune or self._kills())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.plan.at_once):
                    group.create_task(self._seat(numbers, killing))
                group.create_task(self._statuses(killing))
            await killing
        finally:
            killing.cancel()
        self.took = time.monotonic() - begun

    async def _seat(self, numbers: itertools.count[int], killing: asyncio.Task[None]) -> None:
        # A few at a time, as a village hears of it.
        await asyncio.sleep(random.Random(self.seed + len(self.talkers)).uniform(0, 1))
        while (number := next(numbers)) < self.plan.people or not killing.done():
            chance = random.Random(self.seed * 1_000_003 + number)
            line: people.Line
            if number % 4 == 3:
                line = people.WhatsApp(self.twilio, number)
            else:
                line = people.Telegram(self.telegram, number, ("ky", "ru")[number % 2])
            # One in ten waits as long as it takes: to them a message of unknown fate is repeated.
            patience = self.plan.patience if number % 10 else self.plan.patience + 90 / self.plan.pace
            talker = people.Talker(number, line, chance, self.plan.thinks, patience)
            self.talkers.append(talker)
            await talker.lives()

    async def _kills(self) -> None:
        chance = random.Random(self.seed)
        while self.kills < self.plan.kills:
            await asyncio.sleep(chance.uniform(*self.plan.between))
            process = chance.choice(self.processes)
            process.kill()
            self.kills += 1
            process.start()
            if chance.random() < 0.8:
                # Else it may be killed again while it starts.
                await process.ready()

    async def _statuses(self, killing: asyncio.Task[None]) -> None:
        """What Twilio says afterwards of messages, in no order."""
        chance = random.Random(self.seed)
        while not killing.done():
            await asyncio.sleep(0.5)
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                await self.twilio.settle(chance)


class Machines(Protocol):
    """Other machines than this one, on which processes run."""

    #: The address under which they see this one.
    gate: str

    def processes(self, environ: Mapping[str, str], folder: Path) -> list[processes.Process]:
        """One on each of them, not yet started."""


def _here(plan: Plan, environ: Mapping[str, str], folder: Path) -> list[processes.Process]:
    ports = [*(serving.free_port() for _ in range(plan.serving)), *[0] * plan.delivering]
    pace = plan.pace if plan.pace != 1 else 0
    return [processes.Process(environ, folder / f"{number}.log", port, pace=pace) for number, port in enumerate(ports)]


@contextlib.asynccontextmanager
async def world(
    plan: Plan, seed: int, database_url: str, folder: Path, machines: Machines | None = None
) -> AsyncIterator[World]:
    """Everything started, on a migrated database; the processes on this machine, or on those of `machines`."""
    host, patience = ("127.0.0.1", 30.0) if machines is None else (machines.gate, 5.0)
    async with contextlib.AsyncExitStack() as stack:
        # Its waits are shortened, but not so far that a tap expires before a process that was killed is back.
        telegram = await stack.enter_async_context(telegram_platform.running(pace=0.1))
        twilio = await stack.enter_async_context(twilio_platform.Twilio())
        lanes = (
            await stack.enter_async_context(road.lane(random.Random(f"{seed} telegram"), road.OUT, host=host)),
            await stack.enter_async_context(road.lane(random.Random(f"{seed} twilio"), road.OUT, host=host)),
            await stack.enter_async_context(road.lane(random.Random(f"{seed} in"), road.IN, patience=patience)),
        )
        lanes[0].ends, lanes[1].ends = (lambda: [telegram.url]), (lambda: [twilio.url])
        environ = running.environ(database_url, folder / "var", lanes[0].url, twilio)
        environ["ASHAR_TWILIO_API"] = lanes[1].url
        made = machines.processes(environ, folder) if machines else _here(plan, environ, folder)
        lanes[2].ends = lambda: [process.url for process in made if process.port]
        telegram.bot().updates.tunnels[running.PUBLIC] = twilio.app = lanes[2].url
        found = World(plan, seed, telegram, twilio, lanes, environ, made)
        found.calm()
        await stack.enter_async_context(processes.running(*made))
        await running.until(lambda: bool(telegram.bot().updates.url))
        found.calm(False)
        yield found
