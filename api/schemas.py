"""The shapes of what the API says, with their descriptions and examples."""

from __future__ import annotations

from typing import Any, Literal

import pydantic

from api import schemas_giving
from bot.engine.pledging import campaigns

#: One text by language.
Text = dict[str, str]

_WITHHELD = "True where it is withheld: under ten people, or needed to hide a figure under ten. The numbers are null."


class _Schema(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(from_attributes=True, frozen=True)


def _example(example: dict[str, Any]) -> pydantic.ConfigDict:
    return pydantic.ConfigDict(json_schema_extra={"examples": [example]})


class Problem(_Schema):
    """What is wrong with a request."""

    model_config = _example({"detail": "There is no survey “prioritys”."})

    detail: str


class Form(_Schema):
    """A survey that can be answered now."""

    model_config = _example(
        {
            "name": "priorities",
            "version": "5f0c1d2e3a4b5c6d",
            "title": {"ky": "Бизге эмне эң керек?", "ru": "Что нам важнее всего?"},
            "wave": "1",
            "breakdowns": ["place", "sex", "age_group", "channel", "language"],
        }
    )

    name: str
    version: str = pydantic.Field(description="The immutable version that new conversations begin with.")
    title: Text
    wave: str = pydantic.Field(description="The round of asking; one complete response a person a wave.")
    breakdowns: list[str] = pydantic.Field(description="What `by` may be in its results.")


class Share(_Schema):
    """So many of `n` people."""

    count: int
    share: float = pydantic.Field(description="Part of 1.")
    low: float = pydantic.Field(description="Lower end of the Wilson 95 % interval.")
    high: float = pydantic.Field(description="Upper end of the Wilson 95 % interval.")


class Figure(_Schema):
    """The figures of one option."""

    option: str
    withheld: bool = pydantic.Field(description=_WITHHELD)
    chosen: Share | None = pydantic.Field(None, description="Of a select question: who chose it.")
    first: Share | None = pydantic.Field(None, description="Of a ranking: who put it first.")
    among: Share | None = pydantic.Field(None, description="Of a ranking: who put it among the first three.")
    borda: int | None = pydantic.Field(
        None, description="Of a ranking: 3, 2, 1 points for the first three places (truncated Borda)."
    )


class Size(_Schema):
    """One group of a breakdown, and how many responded in it."""

    level: str = pydantic.Field(description='"" is everybody, or within a breakdown whoever told no level.')
    label: Text
    n: int | None
    withheld: bool = pydantic.Field(description=_WITHHELD)


class Group(Size):
    """The figures of one group; `n` is the number of people the shares are of.

    That is everybody who answered the question; where several options may be chosen, everybody who responded.
    """

    figures: list[Figure]


class Option(_Schema):
    """One option of a question."""

    name: str
    label: Text


class Question(_Schema):
    """One question in one wording. Answers to a changed wording are a question of their own, never added up."""

    name: str
    version: str = pydantic.Field(description="Names the wording: kind, label and options.")
    earlier: bool = pydantic.Field(description="True for a wording that is no longer asked.")
    kind: Literal["select_one", "select_multiple", "rank"]
    label: Text
    options: list[Option]
    everybody: Group
    groups: list[Group] = pydantic.Field(
        description="The breakdown; without the groups in which nobody answered, and empty where the same table is "
        "shown the other way round."
    )


_SHARE = {"count": 120, "share": 0.4, "low": 0.3461, "high": 0.4564}
_FIGURES = [
    {"option": "woman", "withheld": False, "chosen": _SHARE, "first": None, "among": None, "borda": None},
    {"option": "man", "withheld": True, "chosen": None, "first": None, "among": None, "borda": None},
]


class Results(_Schema):
    """The figures of one survey and wave."""

    model_config = _example(
        {
            "name": "priorities",
            "version": "5f0c1d2e3a4b5c6d",
            "title": {"ky": "Бизге эмне эң керек?", "ru": "Что нам важнее всего?"},
            "wave": "1",
            "by": "language",
            "breakdowns": ["place", "sex", "age_group", "channel", "language"],
            "apart": False,
            "note": "indicative: the sample chose itself",
            "least": 10,
            "n": 300,
            "withheld": False,
            "groups": [{"level": "ky", "label": {"ky": "ky", "ru": "ky"}, "n": 180, "withheld": False}],
            "questions": [
                {
                    "name": "sex",
                    "version": "0a1b2c3d",
                    "earlier": False,
                    "kind": "select_one",
                    "label": {"ky": "Сиз:", "ru": "Вы:"},
                    "options": [
                        {"name": "woman", "label": {"ky": "аял", "ru": "женщина"}},
                        {"name": "man", "label": {"ky": "эркек", "ru": "мужчина"}},
                    ],
                    "everybody": {"level": "", "label": {}, "n": 300, "withheld": False, "figures": _FIGURES},
                    "groups": [],
                }
            ],
        }
    )

    name: str
    version: str
    title: Text
    wave: str
    by: str
    breakdowns: list[str]
    apart: bool = pydantic.Field(description="Whether these are the responses counted apart (minors).")
    note: Literal["indicative: the sample chose itself"] = pydantic.Field(
        "indicative: the sample chose itself",
        description="Whoever wanted to took part: the intervals say what chance does, not how far this is true of all.",
    )
    least: int = pydantic.Field(description="Cells under so many people are withheld.")
    n: int | None = pydantic.Field(description="Responses with at least one answer.")
    withheld: bool = pydantic.Field(description=_WITHHELD)
    groups: list[Size]
    questions: list[Question]


class Need(_Schema):
    """One thing a campaign asks for."""

    name: str
    kind: str = pydantic.Field(description='"money", "labour", "material", "transport", "skill" or "livestock".')
    label: Text
    unit: dict[str, list[str]] = pydantic.Field(
        description="What follows a number, in CLDR's plural forms; empty for money, which is in som."
    )
    minimum: str = pydantic.Field(description="A decimal number.")
    optimum: str = pydantic.Field(description="A decimal number.")


class Promised(_Schema):
    """All that is promised to one need in one unit."""

    need: str
    unit: str = pydantic.Field(
        description="A currency as in ISO 4217, or the name of the need where it has its own unit."
    )
    quantity: str = pydantic.Field(description="A decimal number, as it was promised; `som` has it in som.")


class Som(_Schema):
    """What all money promised to one need comes to in som, each promise by the National Bank's rate of its own day."""

    need: str
    quantity: str = pydantic.Field(description="A decimal number. Without the promises for which no rate was known.")
    unvalued: int | None = pydantic.Field(
        description="How many promises no rate was known for, so that they are not in it; null for one to nine of them."
    )
    oldest_rate: str | None = pydantic.Field(description="The first day whose rates were used, YYYY-MM-DD.")
    newest_rate: str | None = pydantic.Field(description="The last such day.")


class Stage(_Schema):
    """How much of what is promised to one need in one unit is in one stage."""

    need: str
    unit: str = pydantic.Field(description="As in `promised`.")
    stage: Literal["not_due", "on_the_way", "received", "fee"] = pydantic.Field(
        description='"fee" is what transfer and exchange cost: promises kept all the same.'
    )
    quantity: str = pydantic.Field(description="A decimal number.")
    som: str | None = pydantic.Field(None, description="Of money: the same in som, as far as rates are known.")


class Milestone(_Schema):
    """A step of the work that people can see done."""

    name: str
    title: Text
    by: str = pydantic.Field(description="By when it is meant to be reached: a date, YYYY-MM-DD.")
    reached_at: str | None = pydantic.Field(description="When it was reached: an instant in ISO 8601; null before.")


class Change(_Schema):
    """One change of a campaign: of its state, of its version, or a milestone that was reached."""

    state: str = pydantic.Field(description="The state it has since.")
    version: str = pydantic.Field(description="The version of its definition since.")
    milestone: str = pydantic.Field(description='The milestone that was reached, or "".')
    why: Text = pydantic.Field(description="Why, in words for everybody; empty where no reason was given.")
    at: str = pydantic.Field(description="An instant in ISO 8601.")


_CAMPAIGN = {
    "name": "suu",
    "title": {"ky": "Айылга таза суу", "ru": "Чистая вода в село"},
    "state": "open",
    "model": "open",
    "deadline": "2027-05-15",
    "needs": [
        {
            "name": "cement",
            "kind": "material",
            "label": {"ky": "Цемент, кап", "ru": "Цемент, мешки"},
            "unit": {"ky": ["кап"], "ru": ["мешок", "мешка", "мешков"]},
            "minimum": "120",
            "optimum": "150",
        }
    ],
    "promised": [{"need": "cement", "unit": "cement", "quantity": "42"}],
    "som": [],
    "stages": [
        {"need": "cement", "unit": "cement", "stage": "not_due", "quantity": "30", "som": None},
        {"need": "cement", "unit": "cement", "stage": "received", "quantity": "12", "som": None},
    ],
    "also_given": [],
    "funds": [
        {
            "need": "cement",
            "unit": "cement",
            "not_due": "30",
            "on_the_way": "0",
            "received": "12",
            "spent": "10",
            "left": "2",
        }
    ],
    "spending": [
        {
            "number": 1,
            "need": "cement",
            "unit": "cement",
            "quantity": "10",
            "day": "2027-03-02",
            "what": {"ky": "Булактын башына", "ru": "Для родника"},
            "photo": "/api/campaigns/suu/spending/1/photo",
            "signatures": 1,
            "taken_back": False,
            "why": {},
        }
    ],
    "milestones": [
        {
            "name": "pipes",
            "title": {"ky": "Түтүк төшөлдү", "ru": "Трубы уложены"},
            "by": "2027-08-01",
            "reached_at": None,
        }
    ],
    "course": [
        {"state": "open", "version": "5f0c1d2e3a4b5c6d", "milestone": "", "why": {}, "at": "2027-01-20T06:00:00+00:00"}
    ],
    "opinion": {
        "answered": 61,
        "done": {"yes": 40, "partly": None, "no": None, "unknown": None},
        "rated": 52,
        "satisfaction": "4.3",
    },
    "progress": [
        {
            "need": "cement",
            "unit": "cement",
            "promised": "42",
            "received": "12",
            "minimum": "120",
            "optimum": "150",
            "of_minimum": "0.35",
            "of_optimum": "0.28",
            "minimum_reached": False,
            "unvalued": False,
        }
    ],
    "matching": [
        {
            "rule": "fund",
            "whose": {"ky": "мекендештердин фонду", "ru": "фонд земляков"},
            "kind": "labour",
            "factor": "0.5",
            "confirmed": "12",
            "received": "0",
            "cap_total": "60",
        }
    ],
    "givers": {
        "people": 31,
        "countries": [
            {"level": "RU", "label": {"ky": "Россия", "ru": "Россия"}, "people": 19, "withheld": False},
            {"level": "", "label": {}, "people": 12, "withheld": False},
        ],
        "places": [],
    },
    "named": [{"kind": "family", "name": "Асановдор"}],
    "pledges": 17,
    "withheld": False,
}


class Campaign(_Schema):
    """A campaign as it stands now."""

    model_config = _example(_CAMPAIGN)

    name: str
    title: Text
    state: campaigns.State
    model: campaigns.Model = pydantic.Field(
        description="Whether pledges fall due only once every minimum is promised, or each on its own date."
    )
    deadline: str = pydantic.Field(description="A date, YYYY-MM-DD.")
    needs: list[Need]
    promised: list[Promised] = pydantic.Field(description="The sums are public: that is what a campaign is for.")
    som: list[Som] = pydantic.Field(description="For each need of money: all its currencies together, in som.")
    stages: list[Stage] = pydantic.Field(
        description="Where it is. What was promised is in some stage; none is lacking."
    )
    funds: list[schemas_giving.Fund]
    also_given: list[Need] = pydantic.Field(description="What came that nobody asked for: no part of any goal.")
    spending: list[schemas_giving.Spending] = pydantic.Field(description="What was spent, by day.")
    milestones: list[Milestone]
    course: list[Change] = pydantic.Field(description="What became of it, the oldest first.")
    opinion: schemas_giving.Opinion
    progress: list[schemas_giving.Progress] = pydantic.Field(description="How far each need has come.")
    matching: list[schemas_giving.Added] = pydantic.Field(
        description="What others add to what is given: not in `promised`, and handed over by them."
    )
    givers: schemas_giving.Givers = pydantic.Field(description="Where givers live.")
    named: list[schemas_giving.Named] = pydantic.Field(
        description="Givers who want their name shown, by the alphabet; without what they gave. Keep no copy: a name "
        "that is hidden or withdrawn is gone from here at once."
    )
    pledges: int | None = pydantic.Field(description="How many pledges stand; null under ten.")
    withheld: bool = pydantic.Field(description=_WITHHELD)


Reason = Literal["", "database", "migrations", "writing", "desk", "outbox"]
_FINE = {"status": "ok", "reason": "", "database": "ok", "migrations": "ok", "outbox_oldest_seconds": 0}


class Health(_Schema):
    """How this process and its database fare."""

    model_config = _example(_FINE)

    status: Literal["ok", "red"]
    reason: Reason = pydantic.Field(description="What stands still: commits, answers (desk), sending (outbox).")
    database: Literal["ok", "unreachable", "unwritable"]
    migrations: Literal["ok", "pending", "unknown"]
    outbox_oldest_seconds: int | None = pydantic.Field(
        description="For how long the oldest message that should have gone has waited; null if that is not known."
    )
