"""What a campaign asks for: the needs of its file, as they are checked and stored."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.engine import form, messages
from bot.engine.phrases import phrase
from bot.services import drafting
from models import publishing

_KEYS = {"name", "kind", "label", "description", "unit", "minimum", "optimum", "covers"}
KINDS = ("money", "labour", "material", "transport", "skill", "livestock")
#: Forms of a unit by language that a number can call for: after 1, after 2, after 5.
_UNITS = {"ky": (1,), "ru": (1, 3)}


def read(draft: drafting.Draft) -> list[dict[str, Any]]:
    """The needs of the file, JSON types only; what is wrong with them is said."""
    if "needs" in draft.data and not draft.data["needs"]:
        mend = phrase("write at least one need; flows/suu.campaign.yaml shows how.")
        draft.say("needs", phrase("Nothing is asked for."), mend)
    made: list[dict[str, Any]] = []
    for row, cells in draft.rows("needs"):
        made.append(_need(draft, cells, {need["name"] for need in made}, row))
    if sum(need["kind"] == "money" for need in made) > 1:
        mend = phrase("put them together: sums are not told apart.")
        draft.say("needs", phrase("There are two needs of kind money."), mend)
    return made


def _need(draft: drafting.Draft, cells: drafting.Cells, taken: set[str], row: int) -> dict[str, Any]:
    kind = cells.get("kind", "")
    draft.keys(cells, _KEYS, _KEYS - {"description", "covers"} - ({"unit"} if kind == "money" else set()), row)
    kind, name = draft.choice(cells, "kind", KINDS, row=row), draft.name(cells, taken, row)
    if drafting.is_name(name) and name not in taken and (name == "money") != (kind == "money"):
        # The shipped form asks for a currency where the need is called so.
        what = phrase("The need of kind money, and it alone, is named money.")
        draft.say("name", what, phrase("choose another name."), row)
    return {
        "name": name,
        "kind": kind,
        **{key: draft.text(cells, key, row) for key in ("label", "description") if key in cells},
        "unit": _unit(draft, cells, row) if kind != "money" else {},
        **_amounts(draft, cells, row),
        **_covers(draft, cells, row),
    }


def _unit(draft: drafting.Draft, cells: drafting.Cells, row: int) -> dict[str, list[str]]:
    raw = cells.get("unit")
    if "unit" in cells and not isinstance(raw, Mapping):
        mend = phrase("write {example}.", example="unit: {ky: [күн], ru: [день, дня, дней]}")
        draft.say("unit", phrase("The unit names no language."), mend, row)
        return {}
    return _words(draft, "unit", raw, row) if isinstance(raw, Mapping) else {}


def _words(draft: drafting.Draft, column: str, raw: Mapping[str, Any], row: int) -> dict[str, list[str]]:
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
            draft.say(column, what, mend, row)
    return made


def _covers(draft: drafting.Draft, cells: drafting.Cells, row: int) -> dict[str, Any]:
    """What a gift is enough for; nothing where the campaign does not say."""
    if "covers" not in cells:
        return {}
    raw = cells["covers"]
    if not isinstance(raw, Mapping) or raw.keys() - {"each", "__row__", *form.LANGUAGES}:
        example = "covers: {each: 500, ky: [метр түтүк], ru: [метр трубы, метра трубы, метров трубы]}"
        what = phrase("It does not say what a gift is enough for.")
        draft.say("covers", what, phrase("write {example}.", example=example), row)
        return {}
    each = draft.amount({"covers": raw.get("each", "")}, "covers", row)
    words = _words(draft, "covers", raw, row)
    return {"covers": {"each": drafting.spelled(each), **words}} if each else {}


def _amounts(draft: drafting.Draft, cells: drafting.Cells, row: int) -> dict[str, str]:
    read = {key: draft.amount(cells, key, row) for key in ("minimum", "optimum")}
    made = {key: amount for key, amount in read.items() if amount is not None}
    if len(made) == 2 and made["minimum"] > made["optimum"]:
        what = phrase("The minimum, {least}, is above the optimum, {most}.",
                      least=made["minimum"], most=made["optimum"])  # fmt: skip
        draft.say("minimum", what, phrase("exchange them."), row)
    return {key: drafting.spelled(amount) for key, amount in made.items()}


# -- what was read ---------------------------------------------------------------------------------------------------


def rows(definition: Mapping[str, Any]) -> tuple[publishing.Need, ...]:
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


def needs(definition: Mapping[str, Any]) -> tuple[messages.Need, ...]:
    """The needs as the mind knows them."""
    return tuple(
        messages.Need(
            name=need["name"],
            kind=need["kind"],
            label=need["label"],
            unit={language: tuple(words) for language, words in need["unit"].items()},
            minimum=Decimal(need["minimum"]),
            optimum=Decimal(need["optimum"]),
            covers=covers(need.get("covers")),
        )
        for need in definition["needs"]
    )


def covers(plain: Mapping[str, Any] | None) -> messages.Covers | None:
    """What a need's gifts are enough for."""
    if not plain:
        return None
    words = {language: tuple(plain[language]) for language in form.LANGUAGES}
    return messages.Covers(Decimal(plain["each"]), words)
