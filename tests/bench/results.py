"""What the figures of a survey cost when a million have answered, and when few have."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
import time
from collections import Counter
from pathlib import Path

import numpy as np

from bot.engine import contribution, form
from bot.results import figures as figures_of
from bot.results import report
from bot.services import publishing
from models import db, figures, migrating, turns
from tests.bench import rows

FLOWS = Path(__file__).resolve().parents[2] / "flows"
HEADING = "## Results"
#: Finished responses of the survey that the pilot's was carried over from; and a province of people.
FEW, MANY = 42_364, 1_000_000
BREAKDOWNS = ("", "place", "age_group")

#: People -> breakdown -> seconds, a round each.
Took = dict[int, dict[str, list[float]]]


def tallies(definition: form.Form, people: int, seed: int = 1) -> Counter[contribution.Key]:
    """The tallies after so many people with wishes and places as uneven as people's are."""
    chance = np.random.default_rng(seed)

    def drawn(options: int) -> np.ndarray:
        weights = 1.0 / np.arange(1, options + 1)
        return chance.choice(options, people, p=weights / weights.sum())

    question = {each.name: each for each in definition.questions}
    levels = {
        "": [""],
        "sex": ["woman", "man"],
        "age_group": ["18-24", "25-34", "35-44", "45-54", "55-64", "65+"],
        "channel": ["telegram", "whatsapp", "web", "sms"],
        "language": ["ky", "ru"],
        contribution.PLACE: [choice.name for choice in question["raion"].choices],
    }
    said = {"": [""]} | {name: [c.name for c in question[name].choices] for name in ("sex", "where", "hear")}
    for name in ("family", "community"):
        said[name] = [">".join(each) for each in itertools.permutations([c.name for c in question[name].choices], 3)]
    value = {name: drawn(len(each)) for name, each in said.items()}
    found: Counter[contribution.Key] = Counter()
    for margin, names in levels.items():
        level = value["sex"] if margin == "sex" else drawn(len(names))
        for name, each in said.items():
            keys, counts = np.unique(level * len(each) + value[name], return_counts=True)
            version = question[name].version if name else ""
            for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
                of_level, of_value = divmod(key, len(each))
                whole = {each[of_value]: 1}
                parts = figures_of.placed(question[name], whole) if margin and name else whole
                for part in parts:
                    at = (definition.name, definition.wave, False, margin, names[of_level], name, version, part)
                    found[contribution.Key(*at)] += count
    return found


async def fill(path: Path, people: int) -> int:
    """A database with nothing but these figures in it; how many rows they take."""
    await migrating.upgrade_async(f"sqlite:///{path}")
    database = db.Database(f"sqlite:///{path}")
    await publishing.publish(database, [FLOWS])
    catalogue = publishing.prepare([FLOWS]).catalogue()
    counted = tallies(catalogue.forms[catalogue.surveys["priorities"]], people)
    async with database.transaction() as connection:
        await turns.add_tallies(connection, counted)
    await database.close()
    return len(counted)


async def once(database: db.Database, library: publishing.Library, by: str) -> float:
    """Seconds for the results page's figures, as the door makes them."""
    began = time.perf_counter()
    async with database.reading() as connection:
        catalogue = await library.catalogue(connection)
        versions = [catalogue.forms[version] for version in await figures.versions(connection, "priorities")]
        margin = contribution.PLACE if by == report.PLACE else by
        found = await figures.counts(connection, "priorities", versions[0].wave, apart=False, by=margin)
    made = report.report(versions, *found, by=by, apart=False)
    took = time.perf_counter() - began
    if not made.questions:
        raise SystemExit("no figures came out")
    return took


async def run(folder: Path, few: int = FEW, many: int = MANY, rounds: int = 7) -> tuple[dict[int, int], Took]:
    """Rows of tallies, and seconds by breakdown, of each number of people; the two in turn."""
    held: dict[int, int] = {}
    took: Took = {}
    opened = {}
    for people in (few, many):
        path = folder / f"{people}.sqlite"
        held[people], took[people] = await fill(path, people), {by: [] for by in BREAKDOWNS}
        opened[people] = db.Database(f"sqlite:///{path}"), publishing.Library()
    for _ in range(rounds + 1):
        for by in BREAKDOWNS:
            for people, (database, library) in opened.items():
                took[people][by].append(await once(database, library, by))
    for database, _ in opened.values():
        await database.close()
    # The first round found nothing in memory.
    return held, {people: {by: each[1:] for by, each in found.items()} for people, found in took.items()}


def row(took: Took) -> rows.Measured:
    """For the table: of the breakdown that fares worst."""
    few, many = sorted(took)
    return max(rows.pairs(took[many][by], took[few][by]) for by in BREAKDOWNS)


def section(held: dict[int, int], took: Took, at: dt.datetime) -> str:
    """What goes on the page."""
    few, many = sorted(held)
    lines = []
    for by in BREAKDOWNS:
        one, other = statistics.median(took[few][by]), statistics.median(took[many][by])
        ratio = rows.pairs(took[many][by], took[few][by]).value
        lines.append(f"| {by or 'everybody'} | {one * 1000:.0f} | {other * 1000:.0f} | {ratio:.2f} |")
    return _SECTION.format(
        heading=HEADING,
        date=at.date(),
        few=f"{few:,}",
        many=f"{many:,}",
        few_rows=f"{held[few]:,}",
        many_rows=f"{held[many]:,}",
        rows="\n".join(lines),
    )


_SECTION = """\
{heading}

Written by `python -m tests.bench results` on {date}, SQLite.
The figures of the priorities survey, from the question of the page to the answer: milliseconds, medians, the two
numbers of people in turn. Counts are kept as answers are given and are all that is read: {few_rows} rows for {few}
people, {many_rows} for {many}. The row above is the breakdown that fares worst.

| breakdown | {few} people | {many} people | time of the many / of the few |
| --- | --- | --- | --- |
{rows}
"""
