"""The parameters column: "randomize=true, seed=5" as names and values, and what a kind of question does with them."""

from __future__ import annotations

import math
import re

from bot.engine import form
from bot.engine.authoring import sheets
from bot.engine.authoring.sheets import Row, Told
from bot.engine.form import Kind
from bot.engine.phrases import phrase

#: Known to the standard and of no use in a chat: how a phone draws it, or takes the picture.
_IGNORED = frozenset(
    {"seed", "max-pixels", "quality", "app", "rows", "tick_interval", "tick_labelset", "placeholder"}
    | {"capture-accuracy", "warning-accuracy", "allow-mock-accuracy", "incremental", "track-changes"}
    | {"location-priority", "location-min-interval", "location-max-age", "identify-user", "track-changes-reasons"}
)
#: First, last and step where a range does not say.
_RANGE = {"start": 1.0, "end": 10.0, "step": 1.0}
#: Which columns of a file are meant by name and label.
COLUMNS = ("value", "label")
#: Every parameter that means something to a chat.
MEANT = frozenset({"randomize", *COLUMNS, *_RANGE})
#: More values than anybody would look through.
_MOST_STEPS = 10_000


def read(row: Row) -> dict[str, str]:
    """The pairs in the cell; a word without "=" has the value ""."""
    parts = re.split(r"[\s,;]+", re.sub(r"\s*=\s*", "=", row.cell("parameters")))
    return {key.lower(): value for key, _, value in (part.partition("=") for part in parts if part)}


def randomize(row: Row, kind: Kind, told: Told) -> bool:
    """Whether the order of the choices is drawn; told of what means nothing here."""
    draws = False
    for key, value in read(row).items():
        if key == "randomize" and value.lower() in sheets.YES | sheets.NO:
            draws = value.lower() in sheets.YES
        elif key == "randomize":
            what = phrase("“{part}” cannot be used.", part=f"{key}={value}")
            told.error(row, "parameters", what, phrase("write randomize=true or leave it empty."))
        elif key not in _IGNORED | MEANT or (key in _RANGE and kind is not Kind.RANGE):
            what = phrase("“{part}” means nothing here.", part=f"{key}={value}" if value else key)
            told.advice(row, "parameters", what, phrase("write randomize=true or leave it empty."))
    if draws and kind not in form.CHOOSING:
        told.advice(row, "parameters", phrase("There are no choices here to shuffle."), phrase("leave it empty."))
    return draws and kind in form.CHOOSING


def span(row: Row, told: Told) -> tuple[float, float, float]:
    """First, last and step of a range, the first the smaller one."""
    given = read(row)
    found = dict(_RANGE)
    for key in _RANGE:
        try:
            size = float(given[key].replace(",", ".")) if given.get(key) else found[key]
        except ValueError:
            size = math.nan
        if math.isfinite(size):
            found[key] = size
        else:
            what = phrase("“{word}” is no number.", word=given[key])
            told.error(row, "parameters", what, phrase("write numbers, such as start=1 end=10 step=1."))
    first, last = sorted((found["start"], found["end"]))
    step = abs(found["step"])
    if not step or step > last - first or (last - first) / step > _MOST_STEPS:
        what = phrase(
            "From {first} to {last} there are no steps of {step}.",
            first=f"{first:g}",
            last=f"{last:g}",
            step=f"{step:g}",
        )
        told.error(row, "parameters", what, phrase("write numbers, such as start=1 end=10 step=1."))
        return 1.0, 10.0, 1.0
    return first, last, step
