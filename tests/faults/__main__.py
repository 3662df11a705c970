"""python -m tests.faults [PART...]: the long forms, one after the other, as `make faults` runs them.

Exit codes: 0 all was kept, 1 something was lost or is not as promised, 3 this machine does not permit a part of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from models import migrating
from tests import postgres
from tests.faults import machines, outage, reckoning, soak, storm

DONE, LOST, NOT_PERMITTED = 0, 1, 3

_LONG = storm.Plan(people=500, kills=50, at_once=50)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ashar-faults-"))
    try:
        yield folder
    except BaseException:
        print(f"what is left of it: {folder}", file=sys.stderr)
        raise
    shutil.rmtree(folder)


async def _storm(plan: storm.Plan, seed: int, url: str, folder: Path) -> str:
    await asyncio.to_thread(migrating.upgrade, url)
    async with storm.world(plan, seed, url, folder) as world:
        await world.rages()
        return str(await reckoning.reckon(world))


def _sqlite(plan: storm.Plan, seed: int) -> str:
    with _folder() as folder:
        return asyncio.run(_storm(plan, seed, f"sqlite:///{folder / 'ashar.sqlite'}", folder))


def _postgresql(plan: storm.Plan, seed: int) -> str:
    with _folder() as folder, postgres.engine() as engine:
        plan = dataclasses.replace(plan, serving=2, delivering=1)
        url = postgres.Server(engine.url).create().render_as_string(hide_password=False)
        return asyncio.run(_storm(plan, seed, url, folder))


def _machines(plan: storm.Plan, seed: int) -> str:
    settings = {"listen_addresses": machines.Net.gate}
    with _folder() as folder, machines.net() as made, postgres.engine(settings, made.everybody) as engine:
        local = postgres.Server(engine.url).create()
        # The same database as the other machines see it.
        url = local.set(host=made.gate, port=5432, query={}).render_as_string(hide_password=False)

        async def run() -> str:
            await asyncio.to_thread(migrating.upgrade, url)
            async with storm.world(dataclasses.replace(plan, serving=2), seed, url, folder, made) as world:
                await world.rages(machines.cutting(world, made))
                return str(await reckoning.reckon(world))

        return asyncio.run(run())


def _soak(_plan: storm.Plan, _seed: int) -> str:
    with _folder() as folder:
        url = f"sqlite+aiosqlite:///{folder / 'ashar.sqlite'}"
        migrating.upgrade(url)
        return asyncio.run(soak.soak(url, folder, 30_000))


def _outage(_plan: storm.Plan, _seed: int) -> str:
    with _folder() as folder, postgres.engine({"fsync": "on", "synchronous_commit": "on"}) as engine:
        url = postgres.Server(engine.url).create().render_as_string(hide_password=False)
        migrating.upgrade(url)
        return asyncio.run(outage.goes_away(engine, url, folder, seconds=30))


_PARTS: dict[str, tuple[str, Callable[[storm.Plan, int], str]]] = {
    "sqlite": ("a storm on SQLite, one process", _sqlite),
    "postgresql": ("a storm on PostgreSQL, two processes that serve and one that delivers", _postgresql),
    "machines": ("two machines and a database, one of them cut off for a while", _machines),
    "outage": ("a PostgreSQL that goes away for half a minute", _outage),
    "soak": ("a long day in miniature", _soak),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them; the exit code."""
    parser = argparse.ArgumentParser("python -m tests.faults", description="The long forms of tests/faults.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(_PARTS)}; all where none is named")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000, help="that of another run, to repeat it")
    parser.add_argument("--kills", type=int, default=_LONG.kills, help="in each storm (%(default)s)")
    parser.add_argument("--people", type=int, default=_LONG.people, help="at the least (%(default)s)")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - _PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    plan = dataclasses.replace(_LONG, people=options.people, kills=options.kills)
    code = DONE
    for name in options.parts or _PARTS:
        title, run = _PARTS[name]
        print(f"{title}, seed {options.seed} ...", flush=True)
        try:
            print(f"  {run(plan, options.seed)}", flush=True)
        except machines.NotPermitted as refusal:
            print(f"{name}: NOT RUN, for this machine does not permit it: {refusal}", file=sys.stderr)
            code = code or NOT_PERMITTED
        except Exception as error:  # noqa: BLE001 - the other parts are worth running all the same
            traceback.print_exception(error)
            print(f"{name}: FAILED with seed {options.seed}", file=sys.stderr)
            code = LOST
    return code


if __name__ == "__main__":
    # So that whoever ends us ends the processes, and takes down the machines, that we have started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main())
