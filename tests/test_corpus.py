"""The corpus of forms: between them they use everything an author may write, and `ashar check` and `chat` take them."""

from __future__ import annotations

import io
import sys
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import __main__, wording
from bot.channels import plain
from bot.engine import form
from bot.engine.authoring import headings, imprint, kinds, parameters, problems, questions, sheets
from bot.services import checking, improvising, publishing, rehearsing
from models import db
from tests import corpus, talking

VOICE = wording.Voice()
LAYOUTS = (headings.SURVEY, headings.CHOICES, headings.SETTINGS)
#: What is refused with its row wherever it is filled in, and stands in the corpus of mistakes.
REFUSED = {"save_to"}
#: Only in what KoboToolbox hands out, and taken apart before it is read: in tests/engine/mistakes, as what is mended.
TABLES = {"kobo--matrix_list", "kobo--score-choices", "kobo--rank-items"}
#: What is advised against and stands there all the same, so that it is played too. No media ship.
ADVISED = {
    "household.yaml": {"type"},  # a long list, in pages
    "pasture.yaml": {"trigger", "media::audio", "media::image", "media::video"},
    "pastures.csv": {"label"},  # names that are the same in both languages
    "villages.yaml": {"type", "media::image"},
}


def raw() -> Iterator[Any]:
    """The sheets of every form, as YAML gives them."""
    for folder in corpus.FOLDERS:
        for path in sorted(folder.glob("*.yaml")):
            if not path.name.endswith(".campaign.yaml"):
                yield yaml.safe_load(path.read_text(encoding="utf-8"))


def rows(layout: headings.Layout) -> Iterator[sheets.Row]:
    """The rows of that sheet in all of them."""
    for each in raw():
        yield from sheets.tidy(each.get(layout.sheet), layout, sheets.Told())


@pytest.fixture(scope="module")
def prepared() -> publishing.Prepared:
    """All of it, read as `ashar check` does."""
    return publishing.prepare(corpus.FOLDERS)


# -- that nothing is left out ---------------------------------------------------------------------------------------


def test_every_link_is_known(prepared: publishing.Prepared) -> None:
    catalogue = prepared.catalogue()
    assert set(corpus.LINKS) == {
        *(f"s-{name}" for name in catalogue.surveys),
        *(f"a-{name}" for name in catalogue.campaigns),
    }


def test_every_type_is_used(prepared: publishing.Prepared) -> None:
    written = {row.cell("type") for row in rows(headings.SURVEY)}
    assert {each.split()[0] for each in written} == set(kinds.KNOWN)
    assert any(each.endswith(" or_other") for each in written)
    read = {question.kind for made in prepared.catalogue().forms.values() for question in made.questions}
    # “Add another?” is the engine's own, and no type of an author's.
    assert read == set(form.Kind) - {form.Kind.MORE}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.sheet)
def test_every_column_is_used(layout: headings.Layout) -> None:
    cells: set[str] = set()
    texts: dict[str, set[str]] = defaultdict(set)
    for row in rows(layout):
        cells |= {column for column, cell in row.cells.items() if cell}
        for column, said in row.texts.items():
            texts[column] |= said.keys()
    assert layout.cells - cells == (REFUSED | TABLES) & layout.cells
    assert texts == {column: set(form.LANGUAGES) for column in layout.texts}


def test_every_word_that_means_something_in_a_cell_is_used() -> None:
    survey, settings = list(rows(headings.SURVEY)), list(rows(headings.SETTINGS))
    assert {word for row in survey for word in row.cell("appearance").split()} >= questions.APPEARANCES
    assert {name for row in survey for name in parameters.read(row)} >= parameters.MEANT
    assert {row.cell("ashar::emits") for row in settings} == {"", *imprint.GIVEN}
    for layout in LAYOUTS:
        said = {column for row in rows(layout) for column in layout.flags if row.cell(column).lower() in sheets.YES}
        assert said == layout.flags


def test_they_are_good_but_for_what_is_meant_to_be_advised(prepared: publishing.Prepared) -> None:
    assert {fault.problem.severity for fault in prepared.faults} == {problems.Severity.ADVICE}
    advised: dict[str, set[str]] = defaultdict(set)
    for fault in prepared.faults:
        column, _, language = fault.problem.column.rpartition("::")
        advised[Path(fault.file).name].add(column if language in form.LANGUAGES else fault.problem.column)
    assert advised.keys() == ADVISED.keys()
    assert all(columns <= ADVISED[file] for file, columns in advised.items()), advised
    for language in ("ky", "ru", "en"):
        heading, *said, _, total = checking.lines(prepared.faults, VOICE, language)
        assert heading.endswith(":")
        assert len(said) == len(prepared.faults)
        assert str(len(said)) in total


# -- in the terminal ------------------------------------------------------------------------------------------------


class Sitting:
    """Somebody who sits at the keyboard: reads what was printed since they typed, and types the next line."""

    def __init__(self, screen: io.StringIO, mind: Generator[str, str, None]) -> None:
        self._screen, self._mind, self._read = screen, mind, 0
        next(mind)

    def isatty(self) -> bool:
        """Nobody pipes a file."""
        return True

    def readline(self) -> str:
        """The next line; "" when they get up."""
        printed = self._screen.getvalue()
        shown, self._read = printed[self._read :], len(printed)
        try:
            return self._mind.send(shown) + "\n"
        except StopIteration:
            return ""


def flat(text: str) -> str:
    """In one line."""
    return " ".join(text.split())


def sitting(bare: rehearsing.Rehearsal, link: str, seed: int, language: str) -> Generator[str, str, None]:
    """Lines for screens: a respondent who sees only what is printed, while the bare engine hears what they mean."""
    mind = improvising.Respondent(VOICE, seed, language)
    shown = yield ""
    outbound, _ = bare.hear("start", start=link)
    while bare.waiting is None:
        act = mind.enters(shown)
        outbound, _ = bare.hear(act.text)
        shown = yield act.text
    while bare.waiting:
        act = mind.act(*bare.waiting)
        outbound, _ = bare.hear(improvising.typed(act, plain.numbered(outbound)))
        shown = yield improvising.typed(act, shown)
        if bare.waiting:
            assert flat(outbound.head) in flat(shown)
    # What was answered is said back, in its own words.
    outbound, _ = bare.hear("answers")
    shown = yield "answers"
    assert flat(outbound.head) in flat(shown)


@pytest.mark.parametrize("language", form.LANGUAGES)
@pytest.mark.parametrize("link", corpus.LINKS)
def test_whoever_sits_at_the_terminal_plays_them_to_the_end(
    prepared: publishing.Prepared, link: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Here too no midnight may fall between two.
    monkeypatch.setattr(db, "now", lambda: talking.START)
    bare = rehearsing.Rehearsal(
        prepared.catalogue(), VOICE, db.now, talking.Chance(), channel="terminal", site=talking.SITE
    )
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stdin", Sitting(screen, sitting(bare, link, 5, language)))
    file = talking.FORMS / f"{link[2:]}.yaml"
    shipped = {"s-priorities": "priorities.yaml", "a-suu": "suu.campaign.yaml"}
    assert __main__.main(["chat", str(talking.FLOWS / shipped[link] if link in shipped else file)]) == 0
    assert "\n> " in screen.getvalue()
