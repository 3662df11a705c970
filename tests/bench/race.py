"""All bots in turn before one platform: answers a second, and what each has lost when killed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.bench import kept, people, report, sides, stub

#: Numbers of people a round may use.
_NUMBERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how many."""

    people: int = 64
    rounds: int = 3
    seconds: float = 8.0
    #: Seconds of each side that do not count.
    warm: float = 2.0
    #: Seconds that each call of a Bot API takes which is as far away as Telegram's.
    far: float = 0.05


class Bench:
    """The bots running, and the platform before them."""

    def __init__(self, platform: stub.Stub, plan: Plan, first: int = 0) -> None:
        self._platform, self._plan = platform, plan
        self._survey = people.Survey()
        #: Nobody with a smaller number, or this one, will write.
        self._next = first

    @contextlib.asynccontextmanager
    async def crowd(self, *bots: sides.Running) -> AsyncIterator[people.Crowd]:
        """New people who talk to that bot, or to each of several processes of one in equal parts."""
        loop = asyncio.get_running_loop()
        lines = [
            (await loop.create_connection(stub.Line, "127.0.0.1", bots[place % len(bots)].side.port))[1]
            for place in range(self._plan.people)
        ]
        yield people.Crowd(self._platform, self._survey, lines, sides.SECRET, self._next)
        self._next += _NUMBERS
        for line in lines:
            line.close()

    async def round(self, *bots: sides.Running, seconds: float) -> report.Round:
        """So many seconds of one side, whose processes these are."""
        async with self.crowd(*bots) as crowd:
            before = sum(bot.cpu() for bot in bots)
            measured = await crowd.talk(seconds)
            used = sum(bot.cpu() for bot in bots) - before
        name = bots[0].side.name
        if not measured.waits:
            raise stub.Failed(f"{name} answered nothing")
        return report.Round(name, seconds, measured.waits, used, sum(bot.memory() for bot in bots))

    async def end(self, bot: sides.Running, seconds: float) -> set[people.Given]:
        """Kill the bot while people talk; the answers it had acknowledged."""
        async with self.crowd(bot) as crowd:
            talking = asyncio.create_task(crowd.talk(people.PATIENCE))
            await asyncio.sleep(seconds)
            bot.kill()
            talking.cancel()
            with contextlib.suppress(asyncio.CancelledError, BaseExceptionGroup):
                await talking
        return crowd.acknowledged


class Ran(NamedTuple):
    """Rounds of all sides in turn, with a Bot API at hand and one that is far; what each side had lost when killed."""

    near: list[report.Round]
    far: list[report.Round]
    lost: dict[str, str]


async def run(plan: Plan, folder: Path) -> Ran:
    """The whole run."""
    platform = stub.Stub()
    async with stub.served(platform) as api:
        return await _race(plan, folder, platform, api)


async def _race(plan: Plan, folder: Path, platform: stub.Stub, api: str) -> Ran:
    all_ = [sides.ours(folder, api), sides.peer(folder, api), *sides.other(folder, api)]
    bots = [sides.Running(side, folder / f"{side.port}.log") for side in all_]
    bench, ran = Bench(platform, plan), Ran([], [], {})
    with sides.killing(bots):
        for bot in bots:
            await bot.ready()
            await bench.round(bot, seconds=plan.warm)
        for rounds, platform.delay in ((ran.near, 0.0), (ran.far, plan.far)):
            for _ in range(plan.rounds):
                for bot in bots:
                    rounds.append(await bench.round(bot, seconds=plan.seconds))
                    print(report.line(rounds[-1]), flush=True)
        platform.delay = 0.0
        for bot in bots:
            ran.lost[bot.side.name] = kept.lost(bot.side, folder, await bench.end(bot, plan.seconds))
    return ran
