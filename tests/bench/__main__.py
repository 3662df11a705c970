"""python -m tests.bench: drives all bots in turn, prints the table and writes docs/PERFORMANCE.md."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import uvloop

from tests.bench import kept, page, people, report, sides, stub

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

    def __init__(self, platform: stub.Stub, plan: Plan) -> None:
        self._platform, self._plan = platform, plan
        self._survey = people.Survey()
        self._next = 0

    @contextlib.asynccontextmanager
    async def crowd(self, bot: sides.Running) -> AsyncIterator[people.Crowd]:
        """New people who talk to that bot."""
        loop = asyncio.get_running_loop()
        lines = [
            (await loop.create_connection(stub.Line, "127.0.0.1", bot.side.port))[1] for _ in range(self._plan.people)
        ]
        yield people.Crowd(self._platform, self._survey, lines, sides.SECRET, self._next)
        self._next += _NUMBERS
        for line in lines:
            line.close()

    async def round(self, bot: sides.Running, seconds: float) -> report.Round:
        """So many seconds of one side."""
        async with self.crowd(bot) as crowd:
            before = bot.cpu()
            measured = await crowd.talk(seconds)
            used = bot.cpu() - before
        if not measured.waits:
            raise stub.Failed(f"{bot.side.name} answered nothing")
        return report.Round(bot.side.name, seconds, measured.waits, used, bot.memory())

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
    server = await asyncio.get_running_loop().create_server(lambda: stub.Server(platform), "127.0.0.1", 0)
    api = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    all_ = [sides.ours(folder, api), sides.peer(folder, api), *sides.other(folder, api)]
    bots = [sides.Running(side, folder / f"{side.port}.log") for side in all_]
    bench, ran = Bench(platform, plan), Ran([], [], {})
    try:
        for bot in bots:
            await bot.ready()
            await bench.round(bot, plan.warm)
        for rounds, platform.delay in ((ran.near, 0.0), (ran.far, plan.far)):
            for _ in range(plan.rounds):
                for bot in bots:
                    rounds.append(await bench.round(bot, plan.seconds))
                    print(report.line(rounds[-1]), flush=True)
        platform.delay = 0.0
        for bot in bots:
            ran.lost[bot.side.name] = kept.lost(bot.side, folder, await bench.end(bot, plan.seconds))
    except BaseException:
        for bot in bots:
            print(f"-- {bot.side.name}:\n{bot.last_words()}", file=sys.stderr)
        raise
    finally:
        for bot in bots:
            bot.kill()
        server.close()
    return ran


def main() -> None:
    """The command."""
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--people", type=int, default=plan.people)
    parser.add_argument("--rounds", type=int, default=plan.rounds)
    parser.add_argument("--seconds", type=float, default=plan.seconds)
    parser.add_argument(
        "--write", type=Path, nargs="?", default=page.PAGE, const=page.PAGE, metavar="FILE", help="where the table goes"
    )
    given = parser.parse_args()
    plan = Plan(given.people, given.rounds, given.seconds)
    with (
        tempfile.TemporaryDirectory(prefix="ashar-bench-") as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        ran = runner.run(run(plan, Path(folder)))
    text = report.report(ran.near, ran.far, ran.lost, plan.people, plan.far, dt.datetime.now(dt.UTC))
    print("\n" + text)
    page.put_head(given.write, text)


if __name__ == "__main__":
    main()
