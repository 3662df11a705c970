"""python -m tests.bench.checking: how long `ashar check` takes over large workbooks, and what memory it needs."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import xlsxwriter

from bot.services import publishing

_SETTINGS = [["form_id", "form_title::ky", "form_title::ru"], ["large", "Чоң", "Большая"]]


def survey(rows: int) -> list[list[Any]]:
    """So many questions under conditions, with twenty more columns that nobody reads, as real sheets have."""
    headings = ["type", "name", "label::ky", "label::ru", "hint::ky", "hint::ru", "relevant", "constraint", "required"]
    made: list[list[Any]] = [[*headings, "calculation", *(f"note {number}" for number in range(20))]]
    for number in range(1, rows + 1):
        before = f"selected(${{q{number - 1}}}, 'c{number % 7}')" if number % 3 == 2 else None
        kind = ["integer", "select_one many", "text"][number % 3]
        checked = ". >= 0 and . <= 120" if kind == "integer" else None
        words = f"Бул {number}-суроо, жооп бериңизчи", f"Это вопрос номер {number}, ответьте"
        made.append([kind, f"q{number}", *words, None, None, before, checked, "yes", None, *["for the team"] * 20])
    return made


def choices(rows: int) -> list[list[Any]]:
    """One list of villages, so long."""
    headings = ["list_name", "name", "label::ky", "label::ru", "parent"]
    return [headings, *(["many", f"c{n}", f"Айыл {n}", f"Село {n}", f"p{n % 100}"] for n in range(rows))]


def written(path: Path, questions: int, options: int, blank: int = 0) -> Path:
    """The workbook; `blank` rows below the questions are coloured and empty."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        colour = book.add_format({"bg_color": "yellow"})
        for name, rows in (("survey", survey(questions)), ("choices", choices(options)), ("settings", _SETTINGS)):
            sheet = book.add_worksheet(name)
            for place, cells in enumerate(rows):
                sheet.write_row(place, 0, cells)
            for place in range(blank if name == "survey" else 0):
                for column in range(30):
                    sheet.write_blank(len(rows) + place, column, None, colour)
    return path


def main() -> int:
    """Check each in a process of its own; or, with a file, be that process."""
    if len(sys.argv) > 1:
        begun = time.process_time()
        prepared = publishing.prepare([Path(sys.argv[1])])
        said = "accepted" if prepared.is_good else f"refused: {next(f for f in prepared.faults if f.blocks)}"
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{time.process_time() - begun:5.1f} s of CPU, {memory:4} MB, {said}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for name, sizes in (
            ("600 questions, 30 columns, 20,000 coloured blank rows", (600, 50, 20_000)),
            ("20,000 choices", (10, 20_000)),
            ("55,000 choices", (10, 55_000)),
            ("200,000 choices", (10, 200_000)),
        ):
            path = written(Path(folder) / "large.xlsx", *sizes)
            print(f"{name} ({path.stat().st_size / 1e6:.1f} MB):", end=" ", flush=True)
            subprocess.run([sys.executable, "-m", "tests.bench.checking", str(path)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
