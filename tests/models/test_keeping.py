"""What is kept of people is written down: every table has its place there, and the periods are the program's own."""

from __future__ import annotations

import re
from pathlib import Path

from bot.engine import giving, holding, resuming
from bot.services import fetching, forgetting, recording
from models import rotating, tables

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "keeping.md"


def rows(part: str) -> dict[str, str]:
    """Table -> the rest of its line, of one part of the guide."""
    text = GUIDE.read_text("utf-8").partition(f"\n## {part}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (`.*?`) \|(.*)\|$", text, re.MULTILINE)
    return {name: rest for names, rest in found for name in re.findall(r"`(\w+)`", names)}


def test_every_table_has_its_place() -> None:
    theirs, others = rows("Tables with something of people"), rows("Tables with nothing of people")
    assert not theirs.keys() & others.keys()
    assert theirs.keys() | others.keys() == tables.metadata.tables.keys()


def test_whatever_is_sealed_or_leads_to_somebody_is_of_people() -> None:
    of_people = {column.table.name for column in rotating.SEALED}
    for table in tables.metadata.sorted_tables:
        if {key.column.table.name for key in table.foreign_keys} & {"respondent", "contact", "address", "response"}:
            of_people.add(table.name)
    theirs = rows("Tables with something of people")
    assert of_people <= theirs.keys()
    for name in {column.table.name for column in rotating.SEALED}:
        assert "sealed" in theirs[name], name


def test_the_periods_are_the_programs_own() -> None:
    theirs, text = rows("Tables with something of people"), GUIDE.read_text("utf-8")
    for name in ("outgoing", "received", "set_aside"):
        assert f"| {forgetting.KEPT.days} days |" in theirs[name]
    assert f"{recording.UNCONSENTED.total_seconds() / 3600:.0f} hours without consent" in theirs["address"]
    assert (resuming.GOOD_FOR.total_seconds(), "ten minutes" in theirs["resume_code"]) == (600, True)
    assert (holding.GOOD_FOR.days, "seven days" in theirs["office_code"]) == (7, True)
    assert f"the code {giving.LINK_GOOD_FOR.days} days" in theirs["vouching"]
    assert (fetching.UNASKED, "after\nten minutes" in text) == (600, True)
    assert f"at most\n{forgetting.BATCH} rows" in text
    # The farewell is due before the minute is over, and looked at once more.
    assert recording.FAREWELL.total_seconds() + 10 < 60
