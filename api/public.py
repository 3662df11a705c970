"""Pages for everybody: the way in, what becomes of one's data, and the results in plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import fastapi

from api import deps, pages, pledges, results, schemas, standing
from bot import wiring
from bot.engine import consenting, form, giving, messages, passage, tidings
from bot.engine.messages import phrase
from models import db

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
        "Your name and your e-mail only if you write them."
    ),
    phrase("Before you agree, nothing is kept for longer than a day."),
    phrase(
        "Telephone numbers, e-mails, chats, names and what you write in your own words are encrypted. The results "
        "carry no names, and small groups are not shown."
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
    house: deps.House, library: deps.Library, reckoner: deps.Reckoner, request: fastapi.Request, lang: str = ""
) -> fastapi.Response:
    """Each survey's results and each campaign's standing, in one language."""
    lang = language(request, lang)
    under_way = await pledges.campaigns(house, library, reckoner)
    async with house.database.reading() as connection:
        # Read after them, so that a campaign which was opened just now is there.
        catalogue = await library.catalogue(connection)
    # What a survey brought out does not vanish when it is closed.
    made = [await results.results(house, library, name) for name in (*catalogue.surveys, *catalogue.closed)]
    return pages.page(
        "results.html",
        house,
        lang,
        words=_WORDS,
        other=other(lang),
        surveys=[{**_survey(each, lang), "open": each.name in catalogue.surveys} for each in made],
        campaigns=[_campaign(catalogue.campaigns[each.name], each, lang) for each in under_way],
    )


def language(request: fastapi.Request, asked: str) -> str:
    """The language of a page: as asked for, else as the browser says."""
    if asked in form.LANGUAGES:
        return asked
    return "ru" if request.headers.get("accept-language", "").startswith("ru") else "ky"


def today() -> dt.date:
    """The day that it is in Kyrgyzstan, where campaigns begin and end."""
    return db.now().astimezone(passage.KYRGYZ_TIME).date()


def other(spoken: str) -> tuple[str, str]:
    """The other language and its name."""
    return next((each, _NAMES[each]) for each in form.LANGUAGES if each != spoken)


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


def _campaign(campaign: messages.Campaign, stands: schemas.Campaign, language: str) -> dict[str, object]:
    now = standing.now(campaign, stands)
    return {
        "name": campaign.name,
        "title": campaign.title.get(language, campaign.name),
        "lines": [
            tidings.STATES[stands.state],
            *giving.standing(now),
            *standing.lines(now, stands),
            phrase("Until: {date}", date=campaign.deadline),
        ],
        "spending": standing.spending(now, stands),
        "open": giving.takes(now, today()),
    }
