"""`ashar` in a time of its own: python -m tests.faults.hasty PACE ORIGIN FILE COMMAND...

Since ORIGIN (seconds of the epoch, the same for all processes) a second lasts 1/PACE of one, so that what happens after
a minute is seen in seconds; and the clock jumps by as many seconds as stand in FILE, as when somebody sets a machine's.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

from models import db


def _set(pace: float, origin: float, jumps: Path) -> None:
    begun = dt.datetime.fromtimestamp(origin, dt.UTC)
    looked, ahead = 0.0, 0.0

    def now() -> dt.datetime:
        nonlocal looked, ahead
        gone = time.time() - origin
        if gone - looked > 0.2:
            looked = gone
            ahead = float(jumps.read_text() or 0) if jumps.exists() else 0.0
        return begun + dt.timedelta(seconds=gone * pace + ahead)

    db.now = now


def main() -> int:
    """Be that process; its exit code."""
    pace = float(sys.argv[1])
    # Before anything else is imported: each part takes its clock from here.
    _set(pace, float(sys.argv[2]), Path(sys.argv[3]))
    from bot import __main__ as ashar
    from bot.services import delivering

    delivering.SLOW /= pace
    return ashar.main(sys.argv[4:])


if __name__ == "__main__":
    sys.exit(main())
