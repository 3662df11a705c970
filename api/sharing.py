"""Pages of one campaign for everybody: how it stands, how to come in, a code to print and texts to forward."""

from __future__ import annotations

import datetime as dt
import itertools
import urllib.parse
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, NamedTuple

import fastapi
import markupsafe

from api import deps, pages, pledges, public, qr, schemas, schemas_giving, standing
from bot import wiring
from bot.channels import base
from bot.engine import form, giving, messages, naming, sharing, tidings
from bot.engine.messages import phrase, phrases

router = fastapi.APIRouter(include_in_schema=False)

#: As their makers write them.
_CHANNELS = {"telegram": "Telegram", "whatsapp": "WhatsApp"}

_Name = Annotated[str, fastapi.Path(max_length=48)]
_To = Annotated[str, fastapi.Query(max_length=16)]


#: Bytes of names on a page, as they are sent: the whole page stays under 6 kB. All names are in the JSON.
_NAMES = 1500


class _Words(NamedTuple):
    """What these pages themselves say."""

    chat: messages.Phrase = phrase("Chat here, on this page")
    join: messages.Phrase = phrase("Take part")
    share: messages.Phrase = phrase("Share")
    print: messages.Phrase = phrase("A code to print")
    results: messages.Phrase = phrase("Results")
    givers: messages.Phrase = phrase("Where those who give live")
    named: messages.Phrase = phrase("Among those who give, and want it known:")
    few: messages.Phrase = phrase("fewer than ten, or not shown for their sake")
    untold: messages.Phrase = phrase("did not say")
    steps: messages.Phrase = phrase("Steps of the work")
    spent: messages.Phrase = phrase("What it was spent on:")
    photo: messages.Phrase = phrase("picture")
    invitation: messages.Phrase = phrase("To send to relatives:")
    card: messages.Phrase = phrase("For the group of the village, as of today:")
    point: messages.Phrase = phrase("Point the phone's camera here.")


_WORDS = _Words()


class _Known(NamedTuple):
    """A campaign as it is defined, and as it stands for everybody."""

    campaign: messages.Campaign
    stands: schemas.Campaign


async def _known(house: wiring.House, library: deps.Library, reckoner: deps.Reckoner, name: str) -> _Known:
    for each in await pledges.campaigns(house, library, reckoner):
        if each.name == name:
            # Read after it, so that one which was opened just now is there.
            async with house.database.reading() as connection:
                catalogue = await library.catalogue(connection)
            return _Known(standing.now(catalogue.campaigns[name], each), each)
    raise fastapi.HTTPException(404, f"There is no campaign “{name}”.")


def ways(house: wiring.House, name: str) -> dict[str, str]:
    """The links into the chat with this campaign, by channel; that of the web chat is always there."""
    found = {
        channel: f"{entrance}{sharing.payload(name)}"
        for channel in _CHANNELS
        for entrance in base.entrances({each: house.channels[each] for each in house.channels if each == channel})
    }
    return found | {"web": f"{house.settings.site}/chat?start={sharing.payload(name)}"}


@router.get("/campaigns/{name}")
async def campaign(
    house: deps.House,
    library: deps.Library,
    reckoner: deps.Reckoner,
    request: fastapi.Request,
    name: _Name,
    lang: str = "",
) -> fastapi.Response:
    """How it stands, in one language."""
    known = await _known(house, library, reckoner, name)
    language = public.language(request, lang)
    today = public.today()
    stands = known.stands
    return pages.page(
        "campaign.html",
        house,
        language,
        words=_WORDS,
        name=name,
        other=public.other(language),
        title=known.campaign.title.get(language, name),
        story=known.campaign.story.get(language, ""),
        state=tidings.STATES[stands.state],
        open=giving.takes(known.campaign, today),
        ways={_CHANNELS[each]: link for each, link in ways(house, name).items() if each in _CHANNELS},
        needs=[
            (_progress(known.campaign, each), min(Decimal(each.of_optimum), Decimal(1))) for each in stands.progress
        ],
        lines=[
            *(line for each in stands.som for line in _rated(each, stands)),
            *standing.lines(known.campaign, stands),
            *(_added(known.campaign, each) for each in stands.matching),
            phrase("Until: {date}", date=known.campaign.deadline),
        ],
        spending=standing.spending(known.campaign, stands),
        steps=[
            (each.title.get(language, each.name), bool(each.reached_at), dt.date.fromisoformat(each.by))
            for each in stands.milestones
        ],
        by=lambda day: phrase("By {date}", date=day),
        reached=phrase("done"),
        named=_named(stands.named),
        givers=[_cell(each, language) for each in (*stands.givers.countries, *stands.givers.places)],
    )


def _named(shown: Sequence[schemas_giving.Named]) -> tuple[list[messages.Line], messages.Line | None]:
    """The first of the names by the alphabet, as many as a page may weigh; and that there are more."""
    listed = shown[: next((at for at, size in enumerate(_sizes(shown)) if size > _NAMES), len(shown))]
    left = len(shown) - len(listed)
    return (
        [naming.said(each.kind, each.name) for each in listed],
        phrases("and {n} more", "and {n} more", left, n=left) if left else None,
    )


def _sizes(shown: Sequence[schemas_giving.Named]) -> Iterator[int]:
    # Escaped, and with what is said of whose it is.
    return itertools.accumulate(len(str(markupsafe.escape(each.name)).encode()) + 40 for each in shown)


def _progress(campaign: messages.Campaign, each: schemas_giving.Progress) -> messages.Line:
    """One need: what is promised, from where on it is enough, what would be best. Nothing is called lacking."""
    need = campaign.need(each.need)

    def said(amount: str) -> messages.Quantity:
        return messages.Quantity(
            Decimal(amount).quantize(Decimal(1)) if each.unit == "KGS" else Decimal(amount),
            currency="KGS" if each.unit == "KGS" else "",
            words=need.unit,
        )

    return phrase(
        "{need}: promised {promised}; enough is {minimum}, best would be {optimum}",
        need=need.label,
        promised=said(each.promised),
        minimum=said(each.minimum),
        optimum=said(each.optimum),
    )


def _rated(each: schemas.Som, stands: schemas.Campaign) -> list[messages.Line]:
    """By which days' rates other money is counted in som, and what is not."""
    lines: list[messages.Line] = []
    currencies = [
        messages.Quantity(Decimal(promised.quantity), currency=promised.unit)
        for promised in stands.promised
        if promised.need == each.need
    ]
    if {said.currency for said in currencies} - {"KGS"}:
        lines.append(phrase("Promised as: {what}.", what=currencies))
    if each.oldest_rate and each.newest_rate:
        first, last = map(dt.date.fromisoformat, (each.oldest_rate, each.newest_rate))
        rate = (
            phrase("In som by the National Bank's rate of {date}.", date=first)
            if first == last
            else phrase("In som by the National Bank's rates from {first} to {last}.", first=first, last=last)
        )
        lines.append(rate)
    if each.unvalued != 0:
        lines.append(phrase("For some of the promised money no rate is known: it is not in this sum."))
    return lines


def _added(campaign: messages.Campaign, each: schemas_giving.Added) -> messages.Line:
    """What one rule adds, as a line of its own."""
    need = next((need for need in campaign.needs if need.kind == each.kind), None)
    money = each.kind == "money"

    def said(amount: str) -> messages.Quantity:
        return messages.Quantity(Decimal(amount), currency="KGS" if money else "", words=need.unit if need else {})

    if each.cap_total is None:
        return phrase("Added to it so far: {added}. By: {whose}.", added=said(each.confirmed), whose=each.whose)
    return phrase(
        "Added to it so far: {added}, at the most {cap}. By: {whose}.",
        added=said(each.confirmed),
        cap=said(each.cap_total),
        whose=each.whose,
    )


def _cell(cell: schemas_giving.Cell, language: str) -> tuple[str, int | None]:
    """A country or place and its people; "" for whoever did not say."""
    return cell.label.get(language, cell.level), cell.people


# -- to share and to print -----------------------------------------------------------------------------------


@router.get("/campaigns/{name}/share")
async def share(
    house: deps.House,
    library: deps.Library,
    reckoner: deps.Reckoner,
    request: fastapi.Request,
    name: _Name,
    lang: str = "",
) -> fastapi.Response:
    """The links, and texts to forward in both languages."""
    known = await _known(house, library, reckoner, name)
    language = public.language(request, lang)
    entrances = base.entrances(house.channels)
    links = sharing.links(name, entrances, house.settings.site)
    today = public.today()
    texts = (
        (_WORDS.card, (*sharing.card(known.campaign, today), *links)),
        (_WORDS.invitation, (*sharing.invitation(known.campaign), *links)),
    )
    return pages.page(
        "share.html",
        house,
        language,
        words=_WORDS,
        name=name,
        other=public.other(language),
        title=known.campaign.title.get(language, name),
        links=[*ways(house, name).values()],
        texts=[(above, house.voice.lines(lines, "")) for above, lines in texts],
    )


def _target(house: wiring.House, name: str, to: str) -> str:
    """What the code leads to: the campaign's page, which shows every way, or one channel."""
    found = ways(house, name) | {"": f"{house.settings.site}/campaigns/{name}"}
    if to not in found:
        known = ", ".join(sorted(found.keys() - {""}))
        raise fastapi.HTTPException(404, f"There is no way “{to}” into this house; there are {known}.")
    return found[to]


@router.get("/campaigns/{name}/qr")
async def printed(
    house: deps.House, library: deps.Library, reckoner: deps.Reckoner, name: _Name, to: _To = ""
) -> fastapi.Response:
    """A sheet to print and hang up, in both languages."""
    known = await _known(house, library, reckoner, name)
    target = _target(house, name, to)
    return pages.page(
        "qr.html",
        house,
        "",
        titles=[(language, known.campaign.title.get(language, name)) for language in form.LANGUAGES],
        texts=pages.both(house, *sharing.invitation(known.campaign)[1:], _WORDS.point),
        drawn=markupsafe.Markup(qr.svg(target)),  # noqa: S704 - drawn by us
        target=urllib.parse.unquote(target),
    )


@router.get("/campaigns/{name}/qr.svg")
async def svg(
    house: deps.House, library: deps.Library, reckoner: deps.Reckoner, name: _Name, to: _To = ""
) -> fastapi.Response:
    """The code alone, to be printed at any size."""
    await _known(house, library, reckoner, name)
    return fastapi.Response(qr.file(_target(house, name, to)), media_type="image/svg+xml", headers=pages.HEADERS)


@router.get("/campaigns/{name}/qr.png")
async def png(
    house: deps.House, library: deps.Library, reckoner: deps.Reckoner, name: _Name, to: _To = ""
) -> fastapi.Response:
    """The code alone, as a picture."""
    await _known(house, library, reckoner, name)
    return fastapi.Response(qr.png(_target(house, name, to)), media_type="image/png", headers=pages.HEADERS)
