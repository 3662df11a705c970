"""Small forms for the tests of the engine, written as an author writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.engine import form
from bot.engine.authoring import reading


def text(words: str) -> dict[str, str]:
    """The same in both languages, told apart by a mark."""
    return {"ky": f"{words} (ky)", "ru": f"{words} (ru)"}


def choices(name: str, *options: str) -> list[dict[str, object]]:
    """A list of choices that are labelled by their names."""
    return [{"list_name": name, "name": option, "label": text(option)} for option in options]


_SILENT = ("calculate", "hidden", "start", "end", "today", "end_group", "end_repeat")


def made(
    survey: Sequence[Mapping[str, object]], options: Sequence[Mapping[str, object]] = (), **settings: object
) -> form.Form:
    """The form; questions that have no label get their name."""
    rows = [row if row["type"] in _SILENT else {"label": text(str(row["name"])), **row} for row in survey]
    given = {
        "form_id": "small",
        "form_title": text("Small"),
        "ashar::holder": text("holder"),
        "ashar::term": text("a year"),
    }
    sheets = {"survey": rows, "choices": options, "settings": [given | settings]}
    definition, problems = reading.read(sheets)
    assert definition is not None, "\n".join(map(str, problems))
    return definition


#: Ten options, two of which stay last, and questions that hang on one another.
VILLAGE = made(
    [
        {"type": "note", "name": "welcome"},
        {"type": "select_one yn", "name": "home", "required": "yes"},
        {"type": "text", "name": "village", "relevant": "${home} = 'yes'"},
        {
            "type": "integer",
            "name": "age",
            "constraint": ". >= 14",
            "constraint_message": {"ky": "${village}: 14", "ru": "${village}: с 14"},
        },
        {"type": "calculate", "name": "group", "calculation": "if(${age} < 18, 'young', 'grown')"},
        {"type": "select_one yn", "name": "parent", "relevant": "${age} < 18", "required": "yes"},
        {"type": "note", "name": "now_rank"},
        {"type": "rank needs", "name": "top", "ashar::pick": 3, "parameters": "randomize=true"},
        {"type": "select_multiple needs", "name": "all", "label": {"ky": "${group}?", "ru": "${group}?"}},
    ],
    choices("yn", "yes", "no")
    + choices("needs", "other", "water", "work", "road", "school", "dont_know", "health", "light", "land", "bus"),
    **{
        "ashar::places": "home",
        "ashar::margins": "group",
        "ashar::apart": "${age} < 18",
        "ashar::refuse": "${parent} = 'no'",
    },
)
