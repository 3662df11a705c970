"""A campaign's file -> its definition, or every problem in it at once; and the definition back again."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.engine import form, giving, messages, sheets
from bot.services import loading
from models import publishing

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_TEXTS = ("title", "story", "holder", "treasurer", "handover")
_KEYS = {"name", "form", "place", "deadline", "model", "needs", *_TEXTS}
_OPTIONAL = {"place", "treasurer", "model"}
_NEED_KEYS = {"name", "kind", "label", "description", "unit", "minimum", "optimum"}
KINDS = ("money", "labour", "material")
#: Forms of a unit by language that a number can call for: after 1, after 2, after 5.
_UNITS = {"ky": (1,), "ru": (1, 3)}
#: A need's quantity at the most; what is far above is a slip of the finger.
_MOST = Decimal(1_000_000_000)
#: Where a form asks what is given.
LIST = "needs"


class _Reader:
    """One campaign in the making."""

    def __init__(self, source: loading.Source) -> None:
        self.source = source
        self.data = source.data
        self.problems: list[sheets.Problem] = []

    def say(self, column: str, what: str, mend: str, row: int = 0) -> None:
        line = row or self.source.lines.get(column, 1)
        self.problems.append(sheets.Problem("campaign", line, column, what, mend))

    def made(self) -> dict[str, Any]:
        for key in self.data.keys() - _KEYS:
            mend = sheets.suggestion(key, _KEYS, f"use one of: {', '.join(sorted(_KEYS))}.")
            self.say(key, f"“{key}” means nothing here.", mend)
        for key in sorted(_KEYS - _OPTIONAL - self.data.keys()):
            self.say(key, f"“{key}” is missing.", "write it; flows/suu.campaign.yaml shows how.")
        made: dict[str, Any] = {key: self.text(self.data, key) for key in _TEXTS if key in self.data}
        name = self.data.get("name", "")
        if "name" in self.data and not (isinstance(name, str) and _NAME.fullmatch(name)):
            mend = "write small Latin letters, digits, - and _, at most 32: it stands in the link."
            self.say("name", f"“{name}” cannot be a campaign's name.", mend)
        if (model := self.data.get("model", "open")) not in ("open", "threshold"):
            self.say("model", f"“{model}” is no model.", "write open or threshold.")
        return made | {
            "name": name,
            "model": model,
            "place": self.place(),
            "deadline": self.deadline(),
            "needs": self.needs(),
        }

    def text(self, data: Mapping[str, Any], key: str, row: int = 0) -> dict[str, str]:
        value = data[key]
        if not isinstance(value, Mapping):
            self.say(key, "The text names no language.", f"write {key}: {{ky: …, ru: …}}.", row)
            return {}
        said = {str(language): str(words).strip() for language, words in value.items() if words}
        for language in form.LANGUAGES:
            if not said.get(language):
                self.say(key, f"The text in “{language}” is missing.", f"write {key}: {{{language}: …}}.", row)
        for language in said.keys() - set(form.LANGUAGES):
            self.say(key, f"“{language}” is no language here.", "write ky and ru.", row)
        return said

    def place(self) -> str:
        place = str(self.data.get("place") or "")
        listed = self.source.beside("places.csv")
        if place and listed and place not in {row.get("name") for row in loading.read_list(listed)[0]}:
            self.say("place", f"There is no place “{place}”.", "take its code from places.csv.")
        return place

    def deadline(self) -> str:
        deadline = self.data.get("deadline")
        # YAML makes a date of it by itself, unless it stands in quotes.
        if isinstance(deadline, str):
            with contextlib.suppress(ValueError):
                deadline = dt.date.fromisoformat(deadline)
        if isinstance(deadline, dt.date) and not isinstance(deadline, dt.datetime):
            return deadline.isoformat()
        if "deadline" in self.data:
            self.say("deadline", f"“{deadline}” is no date.", "write year-month-day, such as 2027-05-15.")
        return ""

    def needs(self) -> list[dict[str, Any]]:
        raw = self.data.get("needs")
        if "needs" in self.data and not (isinstance(raw, list) and raw):
            self.say("needs", "Nothing is asked for.", "write at least one need; flows/suu.campaign.yaml shows how.")
        made: list[dict[str, Any]] = []
        for item in raw if isinstance(raw, list) else []:
            if isinstance(item, Mapping):
                made.append(self.need(item, {need["name"] for need in made}))
            else:
                self.say("needs", f"“{item}” is no need.", "write name, kind, label, unit, minimum, optimum.")
        if sum(need["kind"] == "money" for need in made) > 1:
            self.say("needs", "There are two needs of kind money.", "put them together: sums are not told apart.")
        return made

    def need(self, item: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
        row = int(item["__row__"])
        given = {str(key): value for key, value in item.items() if key != "__row__"}
        for key in given.keys() - _NEED_KEYS:
            mend = sheets.suggestion(key, _NEED_KEYS, f"use one of: {', '.join(sorted(_NEED_KEYS))}.")
            self.say(key, f"“{key}” means nothing here.", mend, row)
        kind, name = given.get("kind", ""), given.get("name", "")
        needed = _NEED_KEYS - {"description"} - ({"unit"} if kind == "money" else set())
        for key in sorted(needed - given.keys()):
            self.say(key, f"“{key}” is missing.", "write it; flows/suu.campaign.yaml shows how.", row)
        if "kind" in given and kind not in KINDS:
            self.say("kind", f"“{kind}” is no kind.", f"write {', '.join(KINDS)}.", row)
        if "name" in given:
            self.need_name(name, kind, taken, row)
        return {
            "name": str(name),
            "kind": str(kind),
            **{key: self.text(given, key, row) for key in ("label", "description") if key in given},
            "unit": self.unit(given, row) if kind != "money" else {},
            **self.amounts(given, row),
        }

    def need_name(self, name: object, kind: object, taken: set[str], row: int) -> None:
        if not (isinstance(name, str) and _NAME.fullmatch(name)):
            mend = "write small Latin letters, digits, - and _, at most 32."
            self.say("name", f"“{name}” cannot be a need's name.", mend, row)
        elif name in taken:
            self.say("name", f"“{name}” is the name of another need already.", "choose another name.", row)
        elif (name == "money") != (kind == "money"):
            # The shipped form asks for a currency where the need is called so.
            self.say("name", "The need of kind money, and it alone, is named money.", "rename it.", row)

    def unit(self, given: Mapping[str, Any], row: int) -> dict[str, list[str]]:
        raw = given.get("unit")
        made: dict[str, list[str]] = {}
        if "unit" in given and not isinstance(raw, Mapping):
            self.say("unit", "The unit names no language.", "write unit: {ky: [күн], ru: [день, дня, дней]}.", row)
            return made
        for language in form.LANGUAGES if "unit" in given else ():
            words = raw.get(language) if isinstance(raw, Mapping) else None
            made[language] = [str(word) for word in (words if isinstance(words, list) else [words]) if word]
            if len(made[language]) not in _UNITS[language]:
                mend = "write [күн]." if language == "ky" else "write three, after 1, 2 and 5: [день, дня, дней]."
                what = f"The unit in “{language}” has {len(made[language])} forms."
                self.say("unit", what, mend, row)
        return made

    def amounts(self, given: Mapping[str, Any], row: int) -> dict[str, str]:
        made: dict[str, Decimal] = {}
        for key in ("minimum", "optimum"):
            if key not in given:
                continue
            try:
                amount = Decimal(str(given[key]))
            except InvalidOperation:
                amount = Decimal(0)
            if not amount.is_finite() or not 0 < amount <= _MOST or amount * 100 % 1:
                what = f"“{given[key]}” is no quantity."
                self.say(key, what, f"write a number above 0, at most {_MOST:,}.", row)
            else:
                made[key] = amount
        if len(made) == 2 and made["minimum"] > made["optimum"]:
            what = f"The minimum, {made['minimum']}, is above the optimum, {made['optimum']}."
            self.say("minimum", what, "exchange them.", row)
        # One spelling of 60, 60.0 and "60", or the same campaign would have two versions.
        return {key: f"{amount.normalize():f}" for key, amount in made.items()}


def read(source: loading.Source) -> tuple[dict[str, Any], list[sheets.Problem]]:
    """The definition, JSON types only, and all that is wrong with it; unusable while there is a problem."""
    reader = _Reader(source)
    made = reader.made()
    return made, sorted(reader.problems, key=lambda problem: problem.row)


def choices(definition: Mapping[str, Any]) -> list[dict[str, object]]:
    """What a pledge form asks "what will you give?" with: a row of the choices sheet for each need."""
    return [
        {
            "name": need["name"],
            "kind": need["kind"],
            "label": need.get("label", {}),
            "ashar::description": need.get("description", {}),
        }
        for need in definition["needs"]
    ]


#: A need of every kind: what a pledge form is checked with where no campaign is at hand.
SAMPLE: Mapping[str, Any] = {
    "needs": [{"name": kind, "kind": kind, "label": {"ky": kind, "ru": kind}} for kind in KINDS]
}


def needs(definition: Mapping[str, Any]) -> tuple[publishing.Need, ...]:
    """The needs as they are stored, amounts in hundredths."""
    return tuple(
        publishing.Need(
            need["name"],
            need["kind"],
            int(Decimal(need["minimum"]) * 100),
            int(Decimal(need["optimum"]) * 100),
        )
        for need in definition["needs"]
    )


def campaign(version: str, definition: str, form_version: str) -> messages.Campaign:
    """The campaign in that JSON, open and with nothing promised: the part that never changes."""
    plain = json.loads(definition)
    return messages.Campaign(
        name=plain["name"],
        title=plain["title"],
        story=plain["story"],
        holder=plain["holder"],
        handover=plain["handover"],
        deadline=dt.date.fromisoformat(plain["deadline"]),
        state=giving.OPEN,
        needs=tuple(
            messages.Need(
                name=need["name"],
                kind=need["kind"],
                label=need["label"],
                unit={language: tuple(words) for language, words in need["unit"].items()},
                minimum=Decimal(need["minimum"]),
                optimum=Decimal(need["optimum"]),
            )
            for need in plain["needs"]
        ),
        version=version,
        form=form_version,
        promised={},
        pledges=0,
    )
