"""A campaign's file -> its definition, or every problem in it at once; and the definition back again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from bot.engine import form, messages
from bot.engine.authoring import problems
from bot.engine.phrases import phrase
from bot.engine.pledging import campaigns, matching
from bot.services import drafting, loading, needing

_TEXTS = ("title", "story", "holder", "treasurer", "signatory", "handover")
_LISTS = ("needs", "milestones", "matching")
_KEYS = {"name", "form", "place", "deadline", "model", "state", "second_signature_above", "statement", *_TEXTS, *_LISTS}
_NEEDED = {"name", "form", "title", "story", "holder", "handover", "deadline", "needs"}
#: How a campaign can begin; what comes later is `ashar campaign`.
_BEGINS = (campaigns.State.OPEN.value, campaigns.State.DRAFT.value)

_MILESTONE = {"name", "title", "by"}
_CAPS = ("cap_pledge", "cap_person", "cap_total")
_RULE = {"name", "kind", "factor", "whose", *_CAPS}
#: What is matched: som with som, days with days.
_MATCHED = ("money", "labour")
#: What is looked for in a bank statement, and what of it every bank writes.
_COLUMNS = {"date", "amount", "comment", "sender", "currency", "number"}
_ALWAYS = {"date", "amount", "comment"}


class Milestone(NamedTuple):
    """A step of the work that people can see done."""

    name: str
    title: form.Text
    by: dt.date


class Plan(NamedTuple):
    """What of a campaign its treasurer, its facilitator and the public go by; no conversation needs it."""

    #: A code of places.csv, or "".
    place: str
    milestones: tuple[Milestone, ...]
    matches: tuple[messages.Match, ...]
    #: Who signs, by office; {} where the file does not say.
    treasurer: form.Text
    signatory: form.Text
    #: In som: more than this of one pledge is received only with two signatures; None: never.
    second_signature_above: Decimal | None
    #: "date", "amount", "comment", ... -> the name of that column in the bank's statement.
    statement: Mapping[str, str]

    @property
    def rules(self) -> tuple[matching.Rule, ...]:
        """The rules alone."""
        return tuple(each.rule for each in self.matches)


def read(source: loading.Source) -> tuple[dict[str, Any], list[problems.Problem]]:
    """The definition, JSON types only, and all that is wrong with it; unusable while there is a problem."""
    draft = drafting.Draft(source)
    draft.keys(draft.data, _KEYS, _NEEDED)
    name = draft.data.get("name", "")
    if "name" in draft.data and not drafting.is_name(name):
        mend = phrase("write small Latin letters, digits, - and _, at most 32: it stands in the link.")
        draft.say("name", phrase("“{name}” cannot be a campaign's name.", name=str(name)), mend)
    made = {
        **{key: draft.text(draft.data, key) for key in _TEXTS if key in draft.data},
        "name": name,
        "model": draft.choice(draft.data, "model", [each.value for each in campaigns.Model], "open"),
        "place": _place(draft),
        "deadline": draft.date(draft.data, "deadline"),
        "needs": needing.read(draft),
        # Only where they are given, so that what was published before they were known keeps its version.
        **{key: found for key, found in _more(draft).items() if found},
    }
    draft.choice(draft.data, "state", _BEGINS)
    return made, sorted(draft.problems, key=lambda problem: problem.row)


def begins(source: loading.Source) -> str:
    """The state in which a campaign begins when it is published first."""
    return str(source.data.get("state", campaigns.State.OPEN))


def _place(draft: drafting.Draft) -> str:
    place = str(draft.data.get("place") or "")
    listed = draft.source.beside("places.csv")
    if place and listed and place not in {row.get("name") for row in loading.read_list(listed)[0]}:
        what = phrase("There is no place “{name}”.", name=place)
        draft.say("place", what, phrase("take its code from places.csv."))
    return place


def _more(draft: drafting.Draft) -> dict[str, Any]:
    bound = draft.amount(draft.data, "second_signature_above")
    if bound is not None and "signatory" not in draft.data:
        what = phrase("Two signatures are wanted, and nobody is named for the second.")
        draft.say("second_signature_above", what, phrase("write the office of the second signatory: signatory."))
    milestones: list[dict[str, Any]] = []
    for row, cells in draft.rows("milestones"):
        draft.keys(cells, _MILESTONE, _MILESTONE, row)
        name = draft.name(cells, {each["name"] for each in milestones}, row)
        title = draft.text(cells, "title", row) if "title" in cells else {}
        milestones.append({"name": name, "title": title, "by": draft.date(cells, "by", row)})
    rules: list[dict[str, Any]] = []
    for row, cells in draft.rows("matching"):
        rules.append(_rule(draft, cells, {each["name"] for each in rules}, row))
    return {
        "second_signature_above": drafting.spelled(bound) if bound is not None else "",
        "milestones": milestones,
        "matching": rules,
        "statement": _statement(draft),
    }


def _rule(draft: drafting.Draft, cells: drafting.Cells, taken: set[str], row: int) -> dict[str, Any]:
    draft.keys(cells, _RULE, _RULE - set(_CAPS), row)
    amounts = {key: draft.amount(cells, key, row) for key in ("factor", *_CAPS)}
    if not any(key in cells for key in _CAPS):
        what = phrase("Whoever matches without a bound promises more than they can know.")
        draft.say("matching", what, phrase("write cap_pledge, cap_person or cap_total."), row)
    return {
        "name": draft.name(cells, taken, row),
        "kind": draft.choice(cells, "kind", _MATCHED, row=row),
        "whose": draft.text(cells, "whose", row) if "whose" in cells else {},
        **{key: drafting.spelled(amount) for key, amount in amounts.items() if amount is not None},
    }


def _statement(draft: drafting.Draft) -> dict[str, str]:
    raw = draft.data.get("statement")
    row = draft.source.lines.get("statement", 1)
    if "statement" not in draft.data:
        return {}
    if not isinstance(raw, Mapping):
        mend = phrase("write {example}.", example="statement: {date: …, amount: …, comment: …}")
        draft.say("statement", phrase("The columns of the statement are not named."), mend)
        return {}
    cells = {str(key): cell for key, cell in raw.items() if key != "__row__"}
    draft.keys(cells, _COLUMNS, _ALWAYS, row)
    columns = {key: str(cell or "").strip() for key, cell in cells.items()}
    for key in (key for key, column in columns.items() if not column):
        what = phrase("“{name}” names no column.", name=key)
        draft.say(key, what, phrase("write what stands above that column in the bank's file."), row)
    named = list(columns.values())
    for column in sorted({column for column in named if column and named.count(column) > 1}):
        what = phrase("“{name}” stands for two columns.", name=column)
        draft.say("statement", what, phrase("write what stands above that column in the bank's file."), row)
    return columns


# -- the definition back again ---------------------------------------------------------------------------------------


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
        needs=needing.needs(plain),
        version=version,
        form=form_version,
        promised={},
        pledges=0,
        matches=_matches(plain),
    )


def plan(definition: str) -> Plan:
    """The plan in that JSON; of a campaign published before there were plans, an empty one."""
    plain = json.loads(definition)
    bound = plain.get("second_signature_above")
    return Plan(
        place=plain.get("place", ""),
        milestones=tuple(
            Milestone(each["name"], each["title"], dt.date.fromisoformat(each["by"]))
            for each in plain.get("milestones", ())
        ),
        matches=_matches(plain),
        treasurer=plain.get("treasurer", {}),
        signatory=plain.get("signatory", {}),
        second_signature_above=Decimal(bound) if bound else None,
        statement=plain.get("statement", {}),
    )


def _matches(plain: Mapping[str, Any]) -> tuple[messages.Match, ...]:
    return tuple(messages.Match(_ruled(each), each["whose"]) for each in plain.get("matching", ()))


def _ruled(plain: Mapping[str, str]) -> matching.Rule:
    caps = [Decimal(plain[key]) if key in plain else None for key in _CAPS]
    return matching.Rule(plain["name"], plain["kind"], Decimal(plain["factor"]), *caps)
