"""The guide for facilitators tells the truth: its example is a survey as it stands, and its tables know everything."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path

import pytest

from bot import __main__, wording
from bot.engine.authoring import headings, kinds
from bot.engine.xpath import expressions
from bot.services import publishing, rehearsing
from tests.services import workbooks

GUIDES = Path(__file__).resolve().parents[1] / "docs" / "guides"
ENGLISH = "writing-forms.md"
LANGUAGES = (ENGLISH, "writing-forms.ky.md", "writing-forms.ru.md")
SHEETS = ("survey", "choices", "settings")


def tables(text: str) -> list[list[list[str]]]:
    """Every table of a page, its rows of cells without the line below the headings."""
    found: list[list[list[str]]] = []
    for lines in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines.splitlines()]
        found.append([rows[0], *rows[2:]])
    return found


def example(name: str) -> dict[str, list[list[str]]]:
    """The example's sheets as the page has them."""
    made = {}
    for sheet, part in zip(SHEETS, (GUIDES / name).read_text("utf-8").split("\n### ")[1:], strict=True):
        assert part.startswith(f"{sheet}\n")
        lines = re.findall(r"^\|(.*)\|$", re.split(r"\n\n(?!\|)", part, maxsplit=1)[0] + "\n", re.MULTILINE)
        rows = [[cell.strip() for cell in line.split("|")] for line in lines]
        made[sheet] = [rows[0], *rows[2:]]
    return made


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_example_is_a_survey_without_fault(tmp_path: Path, name: str) -> None:
    prepared = publishing.prepare([workbooks.xlsx(tmp_path / "water.xlsx", example(name))])
    assert [str(fault) for fault in prepared.faults] == []
    assert [form.name for form in prepared.forms.values()] == ["water"]


@pytest.mark.parametrize(
    ("answers", "thanks"),
    [
        (("2", "3", "400", "20", "1 4", "1 2", "3 1", "дороги"), "Большое спасибо!"),
        (("1", "1", "4", "1 2", "өткөр"), "Чоң рахмат!"),
    ],
)
def test_the_example_can_be_played(tmp_path: Path, answers: tuple[str, ...], thanks: str) -> None:
    prepared = publishing.prepare([workbooks.xlsx(tmp_path / "water.xlsx", example(ENGLISH))])
    entropy = itertools.count(1)
    now = dt.datetime(2027, 5, 15, 9, 0, tzinfo=dt.UTC)
    rehearsal = rehearsing.Rehearsal(
        prepared.catalogue(),
        wording.Voice(),
        lambda: now,
        lambda: f"{next(entropy):032x}",
        channel="terminal",
        site="https://ashar.example",
    )
    rehearsal.hear("start", start="s-water")
    said = [rehearsal.hear(answer)[0].head for answer in answers]
    assert thanks in said[-1], said
    if "400" in answers:
        assert "Напишите минуты числом: 0–300" in said[answers.index("400")]
        assert "«Трудностей нет» выбирайте отдельно." in said[answers.index("1 4")]


def test_the_short_guides_have_the_same_example() -> None:
    assert example(LANGUAGES[1]) == example(LANGUAGES[2]) == example(ENGLISH)


def test_the_guide_names_every_type_and_every_column_of_ours() -> None:
    _, _, _, types, ours, *_ = tables((GUIDES / ENGLISH).read_text("utf-8"))
    assert {row[0] for row in types[1:]} == set(kinds.USABLE)
    layouts = (headings.SURVEY, headings.CHOICES, headings.SETTINGS)
    columns = {(each, layout.sheet) for layout in layouts for each in layout.known if each.startswith("ashar::")}
    assert {(row[0], row[1]) for row in ours[1:]} == columns


def test_every_expression_of_the_guides_compiles() -> None:
    *_, wanted = tables((GUIDES / ENGLISH).read_text("utf-8"))
    for _, column, written in wanted[1:]:
        source = re.findall(r"`([^`]+)`", written)[0]
        if column != "label":
            assert expressions.compile(source).source == source
    text = (GUIDES / ENGLISH).read_text("utf-8")
    named = re.findall(r"`([a-z:-]+)`", text[text.index("The functions are those of ODK") : text.index("## 4.")])
    assert set(named) <= expressions.FUNCTIONS.keys()
    assert len(named) > 8


def test_every_command_of_the_guides_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    for name in LANGUAGES:
        commands = re.findall(r"^    ashar (.*?)(?:  +#.*)?$", (GUIDES / name).read_text("utf-8"), re.MULTILINE)
        assert len(commands) >= 6
        for command in commands:
            words = command.split()
            with pytest.raises(SystemExit, match="0"):
                __main__.main([*words[: 2 if words[0] == "forms" and len(words) > 1 else 1], "--help"])
            said = capsys.readouterr().out
            assert all(option in said for option in words if option.startswith("--"))
