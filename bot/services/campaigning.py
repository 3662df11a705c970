"""A campaign's file -> its definition, or every problem in it at once; and the definition back again."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.engine import form, messages
from bot.engine.authoring import problems
from bot.engine.phrases import Phrase, phrase
from bot.engine.pledging import campaigns
from bot.services import loading
from models import publishing

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_TEXTS = ("title", "story", "holder", "treasurer", "handover")
_KEYS = {"name", "form", "place", "deadline", "model", "needs", *_TEXTS}
_OPTIONAL = {"place", "treasurer", "model"}
_NEED_KEYS = {"name", "kind", "label", "description", "unit", "minimum", "optimum", "covers"}
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
        self.problems: list[problems.Problem] = []

    def say(self, column: str, what: Phrase, mend: Phrase, row: int = 0) -> None:
        line = row or self.source.lines.get(column, 1)
        self.problems.append(problems.Problem("campaign", line, column, what, mend))

    def unknown(self, key: str, known: set[str], row: int = 0) -> None:
        otherwise = phrase("use one of: {names}.", names=", ".join(sorted(known)))
        mend = problems.suggestion(key, known, otherwise)
        self.say(key, phrase("“{name}” means nothing here.", name=key), mend, row)

    def missing(self, key: str, row: int = 0) -> None:
        what = phrase("“{name}” is missing.", name=key)
        self.say(key, what, phrase("write it; flows/suu.campaign.yaml shows how."), row)

    def made(self) -> dict[str, Any]:
        for key in self.data.keys() - _KEYS:
            self.unknown(key, _KEYS)
        for key in sorted(_KEYS - _OPTIONAL - self.data.keys()):
            self.missing(key)
        made: dict[str, Any] = {key: self.text(self.data, key) for key in _TEXTS if key in self.data}
        name = self.data.get("name", "")
        if "name" in self.data and not (isinstance(name, str) and _NAME.fullmatch(name)):
            mend = phrase("write small Latin letters, digits, - and _, at most 32: it stands in the link.")
            self.say("name", phrase("“{name}” cannot be a campaign's name.", name=str(name)), mend)
        if (model := self.data.get("model", "open")) not in ("open", "threshold"):
            self.say("model", phrase("“{word}” is not known.", word=str(model)), phrase("write open or threshold."))
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
            mend = phrase("write {example}.", example=f"{key}: {{ky: …, ru: …}}")
            self.say(key, phrase("The text names no language."), mend, row)
            return {}
        said = {str(language): str(words).strip() for language, words in value.items() if words}
        for language in form.LANGUAGES:
            if not said.get(language):
                mend = phrase("write {example}.", example=f"{key}: {{{language}: …}}")
                self.say(key, phrase("The text in “{language}” is missing.", language=language), mend, row)
        for language in said.keys() - set(form.LANGUAGES):
            what = phrase("“{language}” is no language here.", language=language)
            self.say(key, what, phrase("write ky and ru."), row)
        return said

    def place(self) -> str:
        place = str(self.data.get("place") or "")
        listed = self.source.beside("places.csv")
        if place and listed and place not in {row.get("name") for row in loading.read_list(listed)[0]}:
            what = phrase("There is no place “{name}”.", name=place)
            self.say("place", what, phrase("take its code from places.csv."))
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
            what = phrase("“{word}” is no date.", word=str(deadline))
            self.say("deadline", what, phrase("write year-month-day, such as 2027-05-15."))
        return ""

    def needs(self) -> list[dict[str, Any]]:
        raw = self.data.get("needs")
        if "needs" in self.data and not (isinstance(raw, list) and raw):
            mend = phrase("write at least one need; flows/suu.campaign.yaml shows how.")
            self.say("needs", phrase("Nothing is asked for."), mend)
        made: list[dict[str, Any]] = []
        for item in raw if isinstance(raw, list) else []:
            if isinstance(item, Mapping):
                made.append(self.need(item, {need["name"] for need in made}))
            else:
                mend = phrase("write name, kind, label, unit, minimum, optimum.")
                self.say("needs", phrase("“{word}” is no need.", word=str(item)), mend)
        if sum(need["kind"] == "money" for need in made) > 1:
            mend = phrase("put them together: sums are not told apart.")
            self.say("needs", phrase("There are two needs of kind money."), mend)
        return made

    def need(self, item: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
        row = int(item["__row__"])
        given = {str(key): value for key, value in item.items() if key != "__row__"}
        for key in given.keys() - _NEED_KEYS:
            self.unknown(key, _NEED_KEYS, row)
        kind, name = given.get("kind", ""), given.get("name", "")
        needed = _NEED_KEYS - {"description", "covers"} - ({"unit"} if kind == "money" else set())
        for key in sorted(needed - given.keys()):
            self.missing(key, row)
        if "kind" in given and kind not in KINDS:
            mend = phrase("use one of: {names}.", names=", ".join(KINDS))
            self.say("kind", phrase("“{word}” is not known.", word=str(kind)), mend, row)
        if "name" in given:
            self.need_name(name, kind, taken, row)
        return {
            "name": str(name),
            "kind": str(kind),
            **{key: self.text(given, key, row) for key in ("label", "description") if key in given},
            "unit": self.unit(given, row) if kind != "money" else {},
            **self.amounts(given, row),
            **self.covers(given, row),
        }

    def need_name(self, name: object, kind: object, taken: set[str], row: int) -> None:
        if not (isinstance(name, str) and _NAME.fullmatch(name)):
            mend = phrase("write small Latin letters, digits, - and _, at most 32.")
            self.say("name", phrase("“{name}” cannot be a need's name.", name=str(name)), mend, row)
        elif name in taken:
            what = phrase("“{name}” is the name of another need already.", name=name)
            self.say("name", what, phrase("choose another name."), row)
        elif (name == "money") != (kind == "money"):
            # The shipped form asks for a currency where the need is called so.
            what = phrase("The need of kind money, and it alone, is named money.")
            self.say("name", what, phrase("choose another name."), row)

    def unit(self, given: Mapping[str, Any], row: int) -> dict[str, list[str]]:
        raw = given.get("unit")
        if "unit" in given and not isinstance(raw, Mapping):
            mend = phrase("write {example}.", example="unit: {ky: [күн], ru: [день, дня, дней]}")
            self.say("unit", phrase("The unit names no language."), mend, row)
            return {}
        return self.words("unit", raw, row) if isinstance(raw, Mapping) else {}

    def words(self, column: str, raw: Mapping[str, Any], row: int) -> dict[str, list[str]]:
        """The forms by language that follow a number."""
        made: dict[str, list[str]] = {}
        for language in form.LANGUAGES:
            words = raw.get(language)
            made[language] = [str(word) for word in (words if isinstance(words, list) else [words]) if word]
            if len(made[language]) not in _UNITS[language]:
                example = "[күн]" if language == "ky" else "[день, дня, дней]"
                what = phrase("These are not the forms of the unit in “{language}”: {words}.",
                              language=language, words=", ".join(made[language]))  # fmt: skip
                mend = phrase("write it as after 1, 2 and 5, such as {example}.", example=example)
                self.say(column, what, mend, row)
        return made

    def covers(self, given: Mapping[str, Any], row: int) -> dict[str, Any]:
        """What a gift is enough for; nothing where the campaign does not say."""
        if "covers" not in given:
            return {}
        raw = given["covers"]
        if not isinstance(raw, Mapping) or raw.keys() - {"each", "__row__", *form.LANGUAGES}:
            example = "covers: {each: 500, ky: [метр түтүк], ru: [метр трубы, метра трубы, метров трубы]}"
            what = phrase("It does not say what a gift is enough for.")
            self.say("covers", what, phrase("write {example}.", example=example), row)
            return {}
        each = self.amount(raw.get("each", ""), "covers", row)
        words = self.words("covers", raw, row)
        return {"covers": {"each": f"{each.normalize():f}", **words}} if each else {}

    def amount(self, raw: object, column: str, row: int) -> Decimal | None:
        try:
            amount = Decimal(str(raw))
        except InvalidOperation:
            amount = Decimal(0)
        if amount.is_finite() and 0 < amount <= _MOST and not amount * 100 % 1:
            return amount
        what = phrase("“{word}” is no quantity.", word=str(raw))
        self.say(column, what, phrase("write a number above 0, at most {most}.", most=f"{_MOST:,}"), row)
        return None

    def amounts(self, given: Mapping[str, Any], row: int) -> dict[str, str]:
        made: dict[str, Decimal] = {}
        for key in ("minimum", "optimum"):
            amount = self.amount(given[key], key, row) if key in given else None
            if amount is not None:
                made[key] = amount
        if len(made) == 2 and made["minimum"] > made["optimum"]:
            what = phrase("The minimum, {least}, is above the optimum, {most}.",
                          least=made["minimum"], most=made["optimum"])  # fmt: skip
            self.say("minimum", what, phrase("exchange them."), row)
        # One spelling of 60, 60.0 and "60", or the same campaign would have two versions.
        return {key: f"{amount.normalize():f}" for key, amount in made.items()}


def read(source: loading.Source) -> tuple[dict[str, Any], list[problems.Problem]]:
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


def covers(plain: Mapping[str, Any] | None) -> messages.Covers | None:
    """What a need's gifts are enough for."""
    if not plain:
        return None
    words = {language: tuple(plain[language]) for language in form.LANGUAGES}
    return messages.Covers(Decimal(plain["each"]), words)


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
        state=campaigns.State.OPEN,
        model=campaigns.Model(plain["model"]),
        needs=tuple(
            messages.Need(
                name=need["name"],
                kind=need["kind"],
                label=need["label"],
                unit={language: tuple(words) for language, words in need["unit"].items()},
                minimum=Decimal(need["minimum"]),
                optimum=Decimal(need["optimum"]),
                covers=covers(need.get("covers")),
            )
            for need in plain["needs"]
        ),
        version=version,
        form=form_version,
        promised={},
        pledges=0,
    )
