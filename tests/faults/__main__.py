"""python -m tests.faults [sqlite postgresql]: the long forms, one after the other, as `make faults` runs them.

Exit codes: 0 all was kept, 1 something was lost or is not as promised, 3 this machine does not permit a part of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from models import migrating
from tests import postgres
from tests.faults import reckoning, storm

_LONG = storm.Plan(people=500, kills=50, at_once=50)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ashar-faults-") as name:
        yield Path(name)


async def _storm(plan: storm.Plan, seed: int, url: str, folder: Path) -> str:
    await asyncio.to_thread(migrating.upgrade, url)
    async with storm.world(plan, seed, url, folder) as world:
        await world.rages()
        return str(await reckoning.reckon(world))


def _sqlite(seed: int, kills: int) -> str:
    with _folder() as folder:
        plan = dataclasses.replace(_LONG, kills=kills)
        return asyncio.run(_storm(plan, seed, f"sqlite:///{folder / 'ashar.sqlite'}", folder))


def _postgresql(seed: int, kills: int) -> str:
    with _folder() as folder, postgres.engine() as engine:
        plan = dataclasses.replace(_LONG, kills=kills, serving=2, delivering=1)
        url = postgres.Server(engine.url).create().render_as_string(hide_password=False)
        return asyncio.run(_storm(plan, seed, url, folder))


_PARTS: dict[str, tuple[str, Callable[[int, int], str]]] = {
    "sqlite": ("a storm on SQLite, one process", _sqlite),
    "postgresql": ("a storm on PostgreSQL, two processes that serve and one that delivers", _postgresql),
}


def main() -> int:
    """Run them; the exit code."""
    parser = argparse.ArgumentParser("python -m tests.faults", description="The long forms of tests/faults.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(_PARTS)}; all where none is named")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000, help="that of another run, to repeat it")
    parser.add_argument("--kills", type=int, default=_LONG.kills, help="in each storm (%(default)s)")
    options = parser.parse_args()
    if unknown := set(options.parts) - _PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    code = 0
    for name in options.parts or _PARTS:
        title, run = _PARTS[name]
        print(f"{title}, seed {options.seed} ...", flush=True)
        try:
            print(f"  {run(options.seed, options.kills)}", flush=True)
        except Exception as error:  # noqa: BLE001 - the other parts are worth running all the same
            traceback.print_exception(error)
            print(f"{name}: FAILED with seed {options.seed}", file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
