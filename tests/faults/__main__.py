"""python -m tests.faults [crash|soak|machines]: the long forms, one after the other; `make faults`.

Exit codes: 0 all is kept, 1 something was lost or repeated too often, 3 this machine does not permit a part of it.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import sys
import tempfile
import time
from pathlib import Path

from models import migrating
from tests import postgres
from tests.faults import reckoning, storm

_LONG = storm.Plan(people=500, kills=50, at_once=50)


async def _crash(seed: int, kills: int) -> None:
    with tempfile.TemporaryDirectory(prefix="ashar-faults-") as name:
        folder = Path(name)
        plan = dataclasses.replace(_LONG, kills=kills)
        url = f"sqlite:///{folder / 'ashar.sqlite'}"
        async with storm.world(plan, seed, url, folder) as world:
            await world.rages()
            print(f"SQLite, one process, seed {seed}: {await reckoning.reckon(world)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="ashar-faults-") as name, postgres.server() as server:
        plan = dataclasses.replace(_LONG, kills=kills, serving=2, delivering=1)
        url = server.create().render_as_string(hide_password=False)
        await asyncio.to_thread(migrating.upgrade, url)
        async with storm.world(plan, seed, url, Path(name)) as world:
            await world.rages()
            account = await reckoning.reckon(world)
            print(f"PostgreSQL, two that serve and one that delivers, seed {seed}: {account}", flush=True)


def main() -> int:
    """Run them; the exit code."""
    parser = argparse.ArgumentParser("python -m tests.faults", description="The long forms of tests/faults.")
    parser.add_argument("parts", nargs="*", choices=["crash"], default=["crash"])
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000, help="of an earlier run, to repeat it")
    parser.add_argument("--kills", type=int, default=50)
    options = parser.parse_args()
    try:
        if "crash" in options.parts:
            asyncio.run(_crash(options.seed, options.kills))
    except AssertionError as error:
        print(f"seed {options.seed}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
