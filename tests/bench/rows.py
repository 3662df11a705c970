"""The one table at the head of the page: what issue 5 asks for, and what was measured last."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench import page


class Asked(NamedTuple):
    """One row: its words, what is asked, what is aimed at."""

    words: str
    asked: float
    aim: float
    #: True where less is better.
    at_most: bool = False


class Measured(NamedTuple):
    """The median, and the lowest and highest of the pairs."""

    value: float
    low: float
    high: float


#: All rows, in the issue's order, by the name that the parts give them.
ASKED = {
    "ptb": Asked("answers/s, all durable / python-telegram-bot + SQLAlchemy", 4, 6),
    "aiogram": Asked("answers/s, all durable / aiogram FSM + SQLAlchemy", 4, 6),
    "far": Asked("the same with a Bot API of 50 ms / python-telegram-bot", 30, 45),
    "p99": Asked("p99 / python-telegram-bot's at 64 concurrent", 0.5, 0.3, at_most=True),
    "webhook": Asked("webhook in to 200 after commit, replies not sent / bare FastAPI", 0.25, 0.4),
    "processes": Asked("two processes on PostgreSQL / one, all on the same cores", 1.3, 1.6),
    "results": Asked("results at 1,000,000 respondents / at 42,364, time", 1.5, 1.1, at_most=True),
    "sqlite": Asked("export of 1M answers / `sqlite3` shell", 0.35, 0.5),
    "copy": Asked("export of 1M answers / `psql` COPY", 0.9, 1.0),
    "memory": Asked("memory with 1,000,000 contacts / with 1,000", 1.2, 1.05, at_most=True),
    "turn": Asked("an engine turn, state loaded and saved, µs of CPU", 270, 135, at_most=True),
}
_MISSING = "not measured"


def spread(values: Sequence[float]) -> Measured:
    """Of the pairs of one run."""
    return Measured(statistics.median(values), min(values), max(values))


def pairs(over: Sequence[float], under: Sequence[float]) -> Measured:
    """Of the quotients, pair by pair."""
    return spread([a / b for a, b in zip(over, under, strict=True)])


def machine() -> str:
    """What all was measured on: processor, cores, memory, system, Python."""
    try:
        models = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        models = []
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    processor = models[0].strip() if models else platform.machine()
    return (
        f"{processor}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"
    )


def write(path: Path, measured: Mapping[str, Measured], at: dt.datetime) -> str:
    """Put these rows into the page's table, which it gives back. Of another machine than this one none is left."""
    standing = path.read_text(encoding="utf-8") if path.exists() else ""
    here = machine()
    old = dict(re.findall(r"^(\| [^|]+ \|) (.*)$", standing, re.MULTILINE)) if f"Machine: {here}." in standing else {}
    lines = []
    for name, asked in ASKED.items():
        head = f"| {asked.words} |"
        sign = "at most " if asked.at_most else ""
        said = f"{sign}{asked.asked:g} | {asked.aim:g} | "
        if name in measured:
            lines.append(f"{head} {said}{_result(asked, measured[name])} | {at.date()} |")
        else:
            lines.append(f"{head} {old.get(head, f'{said}{_MISSING} | | |')}")
    text = _HEAD.format(machine=here, rows="\n".join(lines))
    page.put_head(path, text)
    return text


def _result(asked: Asked, measured: Measured) -> str:
    def reaches(wanted: float) -> bool:
        return measured.value <= wanted if asked.at_most else measured.value >= wanted

    met = "aim met" if reaches(asked.aim) else "met" if reaches(asked.asked) else "**not met**"
    value, low, high = (f"{each:.0f}" if each >= 100 else f"{each:.3g}" for each in measured)
    return f"{value} ({low}–{high}) | {met}"


_HEAD = """\
# Performance

What issue 5 asks for, each figure a ratio of two sides in one run: they take turns, and what stands here is the median
of their pairs, in brackets the lowest and the highest pair. Absolute figures belong to a machine and its hour.
Machine: {machine}.
All that a row compares runs on it, the people and the platforms included.

| row | asked | aim | measured | met | on |
| --- | --- | --- | --- | --- | --- |
{rows}

`make bench` measures what takes six minutes together, `make bench PARTS=all` the exports and the memory too, for which
a million has to be made first, and `make bench PARTS=turn` one part: race, webhook, processes, turn, results, exports,
memory. Each is a section below and leaves the others as they are.
"""
