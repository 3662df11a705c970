"""Pages for everybody: the way in, what becomes of one's data, and the results in plain words."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import fastapi

from api import deps, pages, pledges, results, schemas
from bot import wiring
from bot.engine import consenting, form, giving, messages
from bot.engine.messages import phrase

router = fastapi.APIRouter(include_in_schema=False)

_NAMES = {"ky": "Кыргызча", "ru": "Русский"}
_LINKS = {
    "/chat": phrase("Start the chat"),
    "/results": phrase("Results"),
    "/privacy": phrase("About your data"),
    "/docs": phrase("For programmers: the API"),
}
_WELCOME = phrase("Ashar: together we say what the village needs, and together we do it.")
_PRIVACY = (
    phrase(
        "What is kept: your language, what you agreed to and when, your answers and promises; messages for 30 days. "
        "Your name only if you write it."
    ),
    phrase("Before you agree, nothing is kept for longer than a day."),
    phrase(
        "Telephone numbers, chats, names and what you write in your own words are encrypted. The results carry no "
        "names, and small groups are not shown."
    ),
    phrase("Messages on Telegram, WhatsApp and SMS pass through servers abroad."),
    phrase(
        "The web chat keeps one cookie in your browser: the key to your conversation. On somebody else's phone, "
        "delete it afterwards."
    ),
    phrase(
        "To see what is kept about you, write “my data” in the chat. To take your consent back and have everything "
        "erased, write “erase”. A gift that has been received stays in the accounts, without your name."
    ),
)


class _Words(NamedTuple):
    """What the results' page itself says."""

    chat: messages.Phrase = phrase("Start the chat")
    join: messages.Phrase = phrase("Take part")
    among: messages.Phrase = phrase("Named among the three most important:")
    earlier: messages.Phrase = phrase("Asked in other words, or with other choices; no longer asked like this.")
    few: messages.Phrase = phrase("There are not enough answers yet to show results.")
    spent: messages.Phrase = phrase("What it was spent on:")
    photo: messages.Phrase = phrase("picture")
    sample: messages.Phrase = phrase("These are the answers of those who took part, not of everybody who lives here.")


_WORDS = _Words()


@router.get("/")
async def front(house: deps.House) -> fastapi.Response:
    """The way in."""
    return _both(house, [_WELCOME], _LINKS)


@router.get("/privacy")
async def privacy(house: deps.House, library: deps.Library) -> fastapi.Response:
    """Who holds the data, what is kept and for how long, how to see and to erase it."""
    async with house.database.reading() as connection:
        catalogue = await library.catalogue(connection)
    holders = [
        phrase("The survey “{title}” is held by {holder}. For how long: {term}.", **_of(catalogue.forms[version]))
        for version in (*catalogue.surveys.values(), *catalogue.closed.values())
        if catalogue.forms[version].holder and catalogue.forms[version].term
    ]
    holders += [
        phrase("The ashar “{title}”: {holder} answers for the gifts.", title=each.title, holder=each.holder)
        for each in catalogue.campaigns.values()
        if each.state != "draft"
    ]
    phone = house.settings.help_phone
    call = [phrase("The helper's telephone: {phone}", phone=phone)] if phone else []
    return _both(house, [*holders, *_PRIVACY, *call], {"/chat": _LINKS["/chat"]})


@router.get("/results")
async def show_results(
    house: deps.House, library: deps.Library, request: fastapi.Request, lang: str = ""
) -> fastapi.Response:
    """Each survey's results and each campaign's standing, in one language."""
    if lang not in form.LANGUAGES:
        lang = "ru" if request.headers.get("accept-language", "").startswith("ru") else "ky"
    other = next(language for language in form.LANGUAGES if language != lang)
    async with house.database.reading() as connection:
        catalogue = await library.catalogue(connection)
    # What a survey brought out does not vanish when it is closed.
    made = [await results.results(house, library, name) for name in (*catalogue.surveys, *catalogue.closed)]
    return pages.page(
        "results.html",
        house,
        lang,
        words=_WORDS,
        other=other,
        other_name=_NAMES[other],
        surveys=[{**_survey(each, lang), "open": each.name in catalogue.surveys} for each in made],
        campaigns=[
            _campaign(catalogue.campaigns[each.name], each, lang) for each in await pledges.campaigns(house, library)
        ],
    )


def _both(
    house: wiring.House, lines: Iterable[messages.Line], links: Mapping[str, messages.Phrase]
) -> fastapi.Response:
    said = list(lines)
    parts = [
        (
            language,
            [house.voice.say(line, language) for line in said],
            [(address, house.voice.say(label, language)) for address, label in links.items()],
        )
        for language in form.LANGUAGES
    ]
    return pages.page("plain.html", house, "", parts=parts)


def _of(survey: form.Form) -> dict[str, Any]:
    return {"title": survey.title, "holder": survey.holder or consenting.HOLDER, "term": survey.term or consenting.TERM}


def _survey(made: schemas.Results, language: str) -> dict[str, object]:
    # A question of which every figure is withheld would be a column of dashes.
    told = [question for question in made.questions if any(not each.withheld for each in question.everybody.figures)]
    return {
        "name": made.name,
        "title": _said(made.title, language, made.name),
        "answered": phrase("Answered: {n}.", n=made.n) if made.n else None,
        "questions": [_question(question, language) for question in told],
    }


def _question(question: schemas.Question, language: str) -> dict[str, object]:
    labels = {option.name: _said(option.label, language, option.name) for option in question.options}
    shares = {figure.option: figure.among or figure.chosen for figure in question.everybody.figures}
    ordered = sorted(shares.items(), key=lambda pair: -(pair[1].share if pair[1] else 0))
    return {
        "label": _said(question.label, language, question.name),
        "earlier": question.earlier,
        "ranked": any(figure.among for figure in question.everybody.figures),
        "rows": [(labels.get(name, name), f"{share.share:.0%}" if share else "—") for name, share in ordered],
    }


def _said(text: Mapping[str, str], language: str, otherwise: str) -> str:
    """The text in that language, or in any: a survey may have been written in one only."""
    return text.get(language) or next(iter(text.values()), otherwise)


#: Where a campaign is. What is only being prepared is not shown.
_STATES: Mapping[str, messages.Phrase] = {
    "open": phrase("It is open: everybody can join."),
    "reached": phrase("The least that is needed is promised."),
    "not_reached": phrase("The least that is needed was not promised in time. All promises are lifted."),
    "collecting": phrase("What was promised is being collected."),
    "working": phrase("The work is under way."),
    "done": phrase("The work is done."),
    "confirmed": phrase("The work is done, and residents have confirmed it."),
    "cancelled": phrase("It was called off. All promises are lifted."),
}


def _stages(
    campaign: messages.Campaign, found: Sequence[schemas.Stage], spent: Sequence[messages.Line]
) -> list[messages.Line]:
    """Where what was promised is; nothing, while all of it is in one place and none of it is spent."""
    if len({each.stage for each in found}) < 2 and not spent:
        return []
    what = {
        stage: [
            giving.quantity(campaign, messages.Offer(each.need, Decimal(each.quantity), each.unit))
            for each in found
            if each.stage == stage
        ]
        for stage in ("not_due", "on_the_way", "received", "fee")
    }
    lines = {
        "not_due": phrase("Not yet due: {what}", what=what["not_due"]),
        "on_the_way": phrase("On the way: {what}", what=what["on_the_way"]),
        "received": phrase("Received: {what}", what=what["received"]),
        "fee": phrase("Transfer fees and exchange: {what}", what=what["fee"]),
    }
    return [line for stage, line in lines.items() if what[stage]]


#: Spendings on the page, the newest; all of them are in the JSON.
_LISTED = 20


def _spent(campaign: messages.Campaign, funds: Sequence[schemas.Fund]) -> list[messages.Line]:
    """What was spent and what is left; nothing, while nothing is spent."""
    spent, left = [], []
    for each in funds:
        if Decimal(each.spent):
            spent.append(giving.quantity(campaign, messages.Offer(each.need, Decimal(each.spent), each.unit)))
        if Decimal(each.left):
            left.append(giving.quantity(campaign, messages.Offer(each.need, Decimal(each.left), each.unit)))
    if not spent:
        return []
    return [phrase("Spent: {what}", what=spent), *([phrase("Left: {what}", what=left)] if left else [])]


def _spending(campaign: messages.Campaign, spent: schemas.Spending) -> dict[str, object]:
    offer = messages.Offer(spent.need, Decimal(spent.quantity), spent.unit)
    day, quantity = dt.date.fromisoformat(spent.day), giving.quantity(campaign, offer)
    return {
        "line": phrase("{what} — {quantity}, {day}", quantity=quantity, day=day, what=spent.what),
        "photo": spent.photo,
        "back": phrase("Taken back: {why}", why=spent.why) if spent.taken_back else None,
    }


def _campaign(campaign: messages.Campaign, stands: schemas.Campaign, language: str) -> dict[str, object]:
    now = dataclasses.replace(
        campaign,
        state=stands.state,
        promised={(each.need, each.unit): Decimal(each.quantity) for each in stands.promised},
        som={each.need: Decimal(each.quantity) for each in stands.som},
        # That there are some is said, not how many.
        unvalued={each.need: 1 for each in stands.som if each.unvalued != 0},
        # So few that they are withheld, they are not spoken of.
        pledges=stands.pledges or 0,
    )
    spent = _spent(now, stands.funds)
    return {
        "name": campaign.name,
        "title": campaign.title.get(language, campaign.name),
        "lines": [
            _STATES[stands.state],
            *giving.standing(now),
            *_stages(now, stands.stages, spent),
            *spent,
            phrase("Until: {date}", date=campaign.deadline),
        ],
        "spending": [_spending(now, each) for each in reversed(stands.spending[-_LISTED:])],
        "open": giving.takes(now, dt.datetime.now(dt.UTC).date()),
    }
