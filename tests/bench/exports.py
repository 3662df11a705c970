"""A million answers to CSV, beside what the databases' own shells take for them: `python -m tests.bench.exports`.

Fills an SQLite and a PostgreSQL database with made-up responses, lets Ashar and the shell write each in turn, and puts
the table into docs/PERFORMANCE.md. What counts is the ratio within one run. Where a shell is not installed, the
database's own driver stands in for it, and the table says so.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import gc
import os
import platform
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import sqlalchemy as sa

from bot.engine import table
from bot.services import collecting, exporting, publishing
from models import db, migrating
from tests import filling, postgres
from tests.bench import page

HEADING = "## Exports"

_WISHES = ("work", "social_protection", "nutrition", "education", "housing", "health", "documents", "drinking_water")
_SHEETS: dict[str, Any] = {
    "settings": filling.SHEETS["settings"],
    "survey": [
        {"type": "select_one places", "name": "place", "label": filling.text("Where?")},
        {"type": "select_one sex", "name": "sex", "label": filling.text("You are?")},
        {"type": "integer", "name": "age", "label": filling.text("How old?")},
        {"type": "calculate", "name": "age_group", "calculation": "if(${age} = '', '', if(${age} < 30, '-29', '30+'))"},
        {"type": "select_one yes_no", "name": "abroad", "label": filling.text("Abroad?")},
        {"type": "rank wishes", "name": "family", "label": filling.text("Your family?"), "ashar::pick": 3},
        {"type": "rank wishes", "name": "community", "label": filling.text("Your village?"), "ashar::pick": 3},
        {"type": "select_multiple wishes", "name": "also", "label": filling.text("What else?")},
        {"type": "integer", "name": "children", "label": filling.text("Children?")},
        {"type": "integer", "name": "minutes", "label": filling.text("Minutes to water?")},
        {"type": "select_one yes_no", "name": "hear", "label": filling.text("Hear of it?")},
    ],
    "choices": [
        *filling.choices("places", *(f"KG0{n}000000000" for n in range(2, 9))),
        *filling.choices("sex", "woman", "man"),
        *filling.choices("yes_no", "yes", "no"),
        *filling.choices("wishes", *_WISHES),
    ],
}
#: Answers of one response.
_ANSWERS = 10
_ASKED = [str(row["name"]) for row in _SHEETS["survey"] if row["type"] != "calculate"]

_RESPONSE = [
    "id",
    "respondent_id",
    "form_version",
    "form_name",
    "wave",
    "status",
    "channel",
    "language",
    "sealed",
    "begun_at",
    "finished_at",
]
_ANSWER = ["response_id", "question", "value", "answered_at", "seconds"]

#: Every answer as it lies there; and the table of the responses, a column a question.
_AS_IT_LIES = "SELECT response_id, question, value FROM answer"
_AS_A_TABLE = (
    "SELECT r.id, r.form_version, r.wave, r.status, r.channel, r.language, r.begun_at, r.finished_at, "
    + ", ".join(f"max(CASE WHEN question = '{name}' THEN value END)" for name in _ASKED)
    + " FROM response r JOIN answer ON response_id = r.id GROUP BY r.id"
)

#: Instead of the sqlite3 shell: file, query.
_DUMP = "import csv, sqlite3, sys; csv.writer(sys.stdout).writerows(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]))"


class Round(NamedTuple):
    """Seconds that each took."""

    ours: float
    lies: float
    table: float


def rows(version: str, count: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """(respondents, responses, answers), made up."""
    chance = random.Random(1)
    at = filling.BEGUN
    people, responses, answers = [], [], []
    for number in range(count):
        person, response = (
            f"{number:012x}7{chance.getrandbits(76):019x}",
            f"{number:012x}7{chance.getrandbits(76):019x}",
        )
        begun = at + dt.timedelta(seconds=number)
        people.append((person, begun))
        said = chance.choice(["telegram", "whatsapp", "web"]), chance.choice(["ky", "ru"])
        responses.append(
            (response, person, version, "small", "1", "finished", *said, bytes(600), begun, begun + dt.timedelta(300))
        )
        wishes = chance.sample(_WISHES, 6)
        values = (
            f"KG0{chance.randint(2, 8)}000000000",
            chance.choice(["woman", "man"]),
            str(chance.randint(14, 90)),
            chance.choice(["yes", "no"]),
            " ".join(wishes[:3]),
            " ".join(wishes[3:]),
            " ".join(wishes[:2]),
            str(chance.randint(0, 9)),
            str(chance.randint(1, 120)),
            chance.choice(["yes", "no"]),
        )
        answers += [(response, name, value, begun, 12) for name, value in zip(_ASKED, values, strict=True)]
    return people, responses, answers


def fill_sqlite(path: Path, count: int) -> None:
    """A database at that path."""
    url = f"sqlite+aiosqlite:///{path}"
    people, responses, answers = rows(_published(url), count)
    with sqlite3.connect(path) as connection:
        # As SQLAlchemy writes times.
        def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(f"{cell:%Y-%m-%d %H:%M:%S.%f}" if isinstance(cell, dt.datetime) else cell for cell in row)

        for name, columns, found in _tables(people, responses, answers):
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", map(plain, found))
    connection.close()


async def fill_postgresql(url: sa.URL, version: str, count: int) -> None:
    """A migrated database."""
    people, responses, answers = rows(version, count)
    connection = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    for name, columns, found in _tables(people, responses, answers):
        await connection.copy_records_to_table(name, records=found, columns=columns)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _tables(*found: list[tuple[Any, ...]]) -> Iterator[tuple[str, list[str], list[tuple[Any, ...]]]]:
    return zip(("respondent", "response", "answer"), (["id", "created_at"], _RESPONSE, _ANSWER), found, strict=True)


def _published(url: str) -> str:
    """Migrate, publish the form; its version."""
    migrating.upgrade(url)

    async def publish() -> str:
        database = db.Database(url)
        definition = await filling.publish(database, _SHEETS)
        await database.close()
        return definition.version

    return asyncio.run(publish())


class _Quiet:
    """Nobody looks on."""

    def reset(self, total: float | None = None) -> object:
        """Nothing."""

    def update(self, n: float | None = 1) -> object:
        """Nothing."""


def ours(url: str, output: Path, count: int) -> float:
    """Seconds for the whole export, from connecting to the closed file."""
    output.unlink(missing_ok=True)

    async def run() -> int:
        database = db.Database(url)
        source = await collecting.collect(database, filling.seal(), publishing.Library(), "small", table.Layout())
        done = await exporting.export(source, exporting.Format.CSV, output, _Quiet())
        await database.close()
        return done.responses

    began = time.perf_counter()
    found = asyncio.run(run())
    took = time.perf_counter() - began
    if found != count:
        raise SystemExit(f"{found} responses were written, not {count}")
    return took


def shell(words: list[str], output: Path) -> float:
    """Seconds for a command that writes to a file."""
    began = time.perf_counter()
    with output.open("wb") as file:
        subprocess.run(words, stdout=file, check=True)
    return time.perf_counter() - began


def copied(address: str, query: str, output: Path) -> float:
    """Seconds for PostgreSQL's COPY without psql."""

    async def run() -> None:
        connection = await asyncpg.connect(address)
        await connection.copy_from_query(query, output=output, format="csv")
        await connection.close()

    began = time.perf_counter()
    asyncio.run(run())
    return time.perf_counter() - began


def sqlite_side(folder: Path, count: int, rounds: int) -> tuple[str, list[Round]]:
    """Ashar and the sqlite3 shell; what it was compared with."""
    path, output = folder / "bench.sqlite", folder / "out.csv"
    fill_sqlite(path, count)
    program = shutil.which("sqlite3")
    words = [program, "-csv", str(path)] if program else [sys.executable, "-c", _DUMP, str(path)]
    return "the `sqlite3` shell" if program else "Python's `sqlite3` and `csv`", [
        Round(
            ours(f"sqlite+aiosqlite:///{path}", output, count),
            shell([*words, _AS_IT_LIES], output),
            shell([*words, _AS_A_TABLE], output),
        )
        for _ in range(rounds)
    ]


def postgresql_side(folder: Path, count: int, rounds: int) -> tuple[str, list[Round]]:
    """Ashar and psql's COPY; what it was compared with."""
    output = folder / "out.csv"
    with postgres.server() as server:
        url = server.create()
        text = url.render_as_string(hide_password=False)
        asyncio.run(fill_postgresql(url, _published(text), count))
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        program = shutil.which("psql")

        def theirs(query: str) -> float:
            if not program:
                return copied(address, query, output)
            return shell([program, "-X", "-q", address, "-c", f"COPY ({query}) TO STDOUT (FORMAT csv)"], output)

        rounds_ = [Round(ours(text, output, count), theirs(_AS_IT_LIES), theirs(_AS_A_TABLE)) for _ in range(rounds)]
    return f"`COPY` by {'`psql`' if program else 'asyncpg'}", rounds_


def section(measured: dict[str, list[Round]], answers: int, at: dt.datetime) -> str:
    """The part of the page."""
    table = "\n".join(_row(name, found) for name, found in measured.items())
    count = len(next(iter(measured.values())))
    return f"""{HEADING}

Written by `python -m tests.bench.exports` on {at.date()}: Python {platform.python_version()}, {os.cpu_count()} cores.
{answers:,} answers of {answers // _ANSWERS:,} people to CSV, from connecting to the closed file; {count} rounds, the
sides in turn; seconds, the median and in brackets the fastest and slowest. The shells write the answers as they lie
in their table (three columns, nothing joined), and a table of responses as Ashar does (a column a question, but no
opaque ids, split columns, calculations, or guards against formulas).

| | Ashar | answers as they lie | table of responses |
| --- | --- | --- | --- |
{table}
"""


def _row(name: str, found: list[Round]) -> str:
    mine, lies, table = zip(*found, strict=True)

    def told(each: tuple[float, ...]) -> str:
        ratio = statistics.median(theirs / our for our, theirs in zip(mine, each, strict=True))
        return (
            f"{_seconds(each)}: {ratio:.2f} of its speed"
            if ratio < 1
            else f"{_seconds(each)}: {ratio:.1f} times as fast"
        )

    return f"| {name} | {_seconds(mine)} | {told(lies)} | {told(table)} |"


def _seconds(each: tuple[float, ...]) -> str:
    return f"{statistics.median(each):.2f} ({min(each):.2f}–{max(each):.2f})"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.exports", description=__doc__)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument(
        "--write", type=Path, nargs="?", default=page.PAGE, const=page.PAGE, metavar="FILE", help="where the table goes"
    )
    given = parser.parse_args()
    count = given.answers // _ANSWERS
    measured = {}
    # As the command does.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    with tempfile.TemporaryDirectory(prefix="ashar-bench-") as folder:
        if given.only != "postgresql":
            other, found = sqlite_side(Path(folder), count, given.rounds)
            measured[f"SQLite, {other}"] = found
        if given.only != "sqlite":
            other, found = postgresql_side(Path(folder), count, given.rounds)
            measured[f"PostgreSQL, {other}"] = found
    text = section(measured, count * _ANSWERS, dt.datetime.now(dt.UTC))
    print(text, file=sys.stdout)
    if not given.only:
        page.put_section(given.write, text)


if __name__ == "__main__":
    main()
