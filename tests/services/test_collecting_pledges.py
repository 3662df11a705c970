"""Pledges and their steps in every format that responses have: the same amounts in each, and no names unasked."""

from __future__ import annotations

import csv
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyreadstat
import pytest
from pyarrow import parquet

from bot.engine import table
from bot.services import collecting_pledges, exporting, publishing, steering
from tests.services import house as houses
from tests.services.house import SEAL, House


class Quiet:
    """A bar that shows nothing."""

    def reset(self, total: float | None = None) -> None:
        """There will be so many."""
        self.total = total

    def update(self, n: float | None = 1) -> None:
        """So many more are done."""


async def written(house: House, format_: exporting.Format, output: Path, *, personal: bool = False) -> Path:
    """The pledges of suu in that file."""
    layout = table.Layout(personal=personal, lead=collecting_pledges.LEAD)
    exact = format_ is exporting.Format.JSONL
    library = publishing.Library()
    source = await collecting_pledges.collect(house.database, SEAL, library, "suu", layout, exact=exact)
    done = await exporting.export(source, format_, output, Quiet())
    assert (done.responses, done.unfit) == (3, ())
    return output


async def give(house: House) -> None:
    """Three pledges of two people; one with a name, one taken back."""
    first, second = house.person(), house.person("+79160001122")
    await first.says("/start a-suu", "2", "1", "5000,25 сомов", "3", "2", "Айгүл Асанова", "1", "7")
    await second.says("/start a-suu", "2", "1", "20 мешков цемента", "1")
    await second.says("/start a-suu", "2 дня", "1", "мои обещания", "1", "4", "1")


async def test_every_format_says_the_same(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url) as house:
        await give(house)
        made: dict[str, Path] = {
            each: await written(house, each, tmp_path / f"p.{each}")
            for each in (exporting.Format.XLSX, exporting.Format.JSONL)
        }
        for each, suffix in (("csv", "zip"), ("parquet", "zip"), ("sav", "zip"), ("datapackage", "zip")):
            made[each] = await written(house, exporting.Format(each), tmp_path / f"{each}.{suffix}")
        lines = [json.loads(line) for line in made["jsonl"].read_text("utf-8").splitlines()]
        expected = sorted((line["need"], Decimal(line["promised"]), len(line["event"])) for line in lines)
        assert [amount for _, amount, _ in expected if amount] == [20, 2, Decimal("5000.25")]
        assert {line["state"] for line in lines} == {"confirmed", "withdrawn"}
        for each in ("csv", "datapackage", "parquet", "sav"):
            (tmp_path / f"out-{each}").mkdir()
            with zipfile.ZipFile(made[each]) as packed:
                packed.extractall(tmp_path / f"out-{each}")
        folder = tmp_path / "out-csv"
        with (folder / "main.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        with (folder / "event.csv").open(encoding="utf-8-sig", newline="") as file:
            steps = list(csv.DictReader(file))
        assert list(rows[0])[:6] == list(collecting_pledges.LEAD)
        counted = {row["_index"]: sum(step["_parent_index"] == row["_index"] for step in steps) for row in rows}
        assert sorted((row["need"], Decimal(row["promised"]), counted[row["_index"]]) for row in rows) == expected
        assert {row["country"] for row in rows} == {"", "RU"}
        main = parquet.read_table(tmp_path / "out-parquet" / "main.parquet").to_pylist()
        assert sorted((row["need"], Decimal(str(row["promised"]))) for row in main) == [each[:2] for each in expected]
        frame, _ = pyreadstat.read_sav(str(tmp_path / "out-sav" / "main.sav"), output_format="dict")
        assert sorted(frame["promised"]) == sorted(float(amount) for _, amount, _ in expected)
        book = openpyxl.load_workbook(made["xlsx"], read_only=True)
        assert set(book.sheetnames) == {"main", "codebook", "event"}
        described = json.loads((tmp_path / "out-datapackage" / "datapackage.json").read_text("utf-8"))
        assert [each["name"] for each in described["resources"]] == ["main", "event-1"]


async def test_names_only_when_asked_for(sqlite_url: str, tmp_path: Path) -> None:
    async with houses.opened(sqlite_url) as house:
        await give(house)
        plain = await written(house, exporting.Format.JSONL, tmp_path / "plain.jsonl")
        named = await written(house, exporting.Format.JSONL, tmp_path / "named.jsonl", personal=True)
        assert "Айгүл" not in plain.read_text("utf-8")
        assert "Айгүл Асанова" in named.read_text("utf-8")


async def test_what_cannot_be(sqlite_url: str, tmp_path: Path) -> None:
    async with houses.opened(sqlite_url) as house:
        with pytest.raises(exporting.Refused, match="take datapackage"):
            await written(house, exporting.Format.FLOWRESULTS, tmp_path / "flow.zip")
        layout = table.Layout(lead=collecting_pledges.LEAD)
        with pytest.raises(steering.NoSuchCampaign):
            await collecting_pledges.collect(house.database, SEAL, publishing.Library(), "none", layout)
