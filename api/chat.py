"""The web chat's door: plain pages that work without script, each safe to reload and to send twice."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import fastapi

from api import callers, pages, raw, uploads
from bot import wiring
from bot.channels import base, composing, web
from bot.engine import conversation, messages, state
from bot.engine.messages import phrase
from bot.services import attaching, curbing, receiving
from models import db

router = fastapi.APIRouter(include_in_schema=False)

_YEAR = 365 * 24 * 3600
#: So many lines in all selects of a ranking; a longer one is picked one at a time, or typed.
_LINES = 40
#: A language is named in itself, so that whoever cannot read this one finds it.
_LANGUAGES = {"ky": "Кыргызча", "ru": "Русский"}


class _Words(NamedTuple):
    """What the page itself says."""

    answer: messages.Phrase = phrase("Your answer:")
    instead: messages.Phrase = phrase("Or write it in words:")
    send: messages.Phrase = phrase("Send")
    together: messages.Phrase = phrase("Or all at once, the most important first:")
    image: messages.Phrase = phrase("Send a picture:")
    audio: messages.Phrase = phrase("Send a recording of your voice:")
    calendar: messages.Phrase = phrase("Calendar with the days of my promises")
    voice: messages.Phrase = phrase("Or send a recording of your voice:")


class _Button(NamedTuple):
    label: str
    sends: str
    lang: str = ""


class _Said(NamedTuple):
    language: str
    text: str
    #: Where a form's picture or recording is, and what the way to it is called.
    link: str = ""
    named: messages.Phrase | None = None
    plays: bool = False


_WORDS = _Words()
_COMMANDS = {"menu": phrase("Menu"), "help": phrase("How do I answer?"), "code": phrase("Code"), "stop": phrase("Stop")}
_INVITED, _FOLLOW = phrase("You have come by a link."), phrase("Open it")
_BACK = phrase("Back to the chat")


@router.get("/chat")
async def show(request: fastapi.Request, start: str = "") -> fastapi.Response:
    """What waits for this browser, or the opening page. Changes nothing."""
    house: wiring.House = request.app.state.house
    known = web.secret(raw.bare(request))
    start = start if web.is_start(start) else ""
    try:
        screen = await _screen(house, known) if known else ()
        facts = await _offered(house, start) if not screen else _NOTHING
    except receiving.Busy:
        return _sorry(house, 503, phrase("The chat is not working just now. Please come back a little later."))
    if screen:
        return _invited(house, screen, start) if start else _page(house, screen)
    if known:
        return _opening(house, facts, start=start)
    fresh = web.new_secret()
    return _opening(house, facts, secret=fresh, start=start, headers={"Set-Cookie": _cookie(house, fresh)})


@router.post("/chat")
async def answer(request: fastapi.Request) -> fastapi.Response:
    """Take what was said; then to a page that is safe to reload, or the page itself where cookies do not work."""
    house: wiring.House = request.app.state.house
    channel = house.channels[web.Web.name]
    file = web.has_file(raw.bare(request))
    try:
        arrived = await uploads.request(house, request)
        channel.verify(arrived)
        inbound = await uploads.read(channel, arrived)
    except raw.TooLong:
        most = house.settings.media_limit // 1_000_000
        return _sorry(house, 413, _large(most) if file else _LONG)
    except base.Refused:
        return _sorry(house, 403, phrase("This did not come from our own page, so nothing was changed."))
    except base.Malformed:
        return _sorry(house, 400, phrase("Something was lost on the way. Please try once more from the chat."))
    except receiving.Busy:
        return _sorry(house, 503, _BUSY)
    try:
        # Before a file is put away.
        if not await house.desk.admits(inbound, callers.place(request, house.settings.proxies)):
            return _sorry(house, 429, receiving.TOO_MUCH, again=None if file else web.form(arrived))
        await house.desk.receive(await uploads.put_away(house, inbound))
        if web.secret(arrived):
            headers = {**_QUIET, "Location": "/chat"}
            if _outside(inbound):
                # It lasts another year from here. Among the questions of a form its bytes are saved.
                headers["Set-Cookie"] = _cookie(house, inbound.address)
            return fastapi.Response(status_code=303, headers=headers)
        screen = await _screen(house, inbound.address)
    except receiving.Busy:
        # A file cannot be put into a page, to be sent again from there.
        return _sorry(house, 503, _BUSY, again=None if file else web.form(arrived))
    # Where the first message of all was put aside, there is nothing to show yet.
    return _page(house, screen, inbound.address) if screen else _opening(house, _NOTHING, secret=inbound.address)


_BUSY = phrase("Many people are writing just now, and your answer has not been kept yet. Please send it again.")
_LONG = phrase("That is too long to arrive. Please write it shorter.")


def _large(megabytes: int) -> messages.Phrase:
    return phrase(
        "This file is too large. At most {megabytes} MB can arrive: please send a smaller or a shorter one.",
        megabytes=megabytes,
    )


#: A redirection shows nothing, so it needs none of a page's protection; the page may use the same connection.
_QUIET = {"Cache-Control": pages.HEADERS["Cache-Control"]}


def _outside(inbound: base.Inbound) -> bool:
    """True where it was said at no question of a form."""
    return inbound.tap is None or inbound.tap[0] == "-"


async def _screen(house: wiring.House, address: str) -> tuple[base.Outbound, ...]:
    """What waits for this browser; raises `Busy` where the database is away."""
    return await _read(house.desk.screen(web.Web.name, address))


async def _offered(house: wiring.House, start: str) -> messages.Facts:
    """What the mind must know to greet whoever comes by this link; raises `Busy` as above."""
    return await _read(house.desk.offered()) if start else _NOTHING


_NOTHING = messages.Facts(forms={}, surveys={}, campaigns={})
_Found = TypeVar("_Found")


async def _read(reading: Awaitable[_Found]) -> _Found:
    try:
        return await reading
    except Exception as error:
        if db.is_away(error):
            raise receiving.Busy from error
        raise


def _cookie(house: wiring.House, secret: str) -> str:
    secure = "; Secure" if house.settings.public_url.startswith("https:") else ""
    return f"{web.COOKIE}={secret}; Max-Age={_YEAR}; Path=/chat; HttpOnly; SameSite=Lax{secure}"


def _opening(
    house: wiring.House,
    facts: messages.Facts,
    *,
    secret: str = "",
    start: str = "",
    headers: Mapping[str, str] | None = None,
) -> fastapi.Response:
    """What the mind says to somebody new, without anything being kept of it."""
    incoming = messages.Incoming(
        text="", now=db.now(), entropy="0" * 32, facts=facts, channel=web.Web.name, start=start
    )
    reply = conversation.turn(state.Talk(), {}, incoming).reply
    shown = composing.compose(house.voice, reply, "").options
    # A number would be an answer to a question that the mind, later, does not remember having asked.
    options = [option._replace(sends=option.label) for option in shown]
    return pages.page(
        "chat.html",
        house,
        "",
        headers=headers,
        said=[_Said(language, text) for language, text in house.voice.apart(reply.lines).items() if text],
        options=options,
        tag="-",
        step=0,
        key=web.new_key(),
        secret=secret,
        start=start,
    )


def _asked(screen: Sequence[base.Outbound]) -> base.Outbound:
    """What was asked last: a notice asks nothing and carries no step."""
    return next((outbound for outbound in reversed(screen) if outbound.step), screen[-1])


def _invited(house: wiring.House, screen: Sequence[base.Outbound], start: str) -> fastapi.Response:
    """Somebody known has come by a link: following it is theirs to say, for looking changes nothing."""
    asked = _asked(screen)
    return pages.page(
        "invited.html",
        house,
        asked.language,
        said=_INVITED,
        follow=_FOLLOW,
        back=_BACK,
        tag=asked.tag,
        step=asked.step,
        key=web.new_key(),
        link=start,
    )


def _page(house: wiring.House, screen: Sequence[base.Outbound], secret: str = "") -> fastapi.Response:
    """The waiting messages; what was asked last comes at the end, with its buttons."""
    asked = _asked(screen)
    shown = [*(outbound for outbound in screen if outbound is not asked), asked]
    return pages.page(
        "chat.html",
        house,
        asked.language,
        said=[_said(house, each) for each in shown],
        options=asked.options,
        many=bool(asked.options) and not asked.pick,
        foot=asked.foot,
        places=_places(asked),
        takes=asked.takes,
        dated=asked.dated,
        actions=_actions(house, asked),
        words=_WORDS,
        tag=asked.tag,
        step=asked.step,
        key=web.new_key(),
        secret=secret,
    )


def _said(house: wiring.House, each: base.Outbound) -> _Said:
    if not each.attached:
        return _Said(each.language, each.head)
    # A browser plays what is asked for bit by bit; of a picture it is said first what it costs.
    plays = each.attached == "audio"
    named = phrase("Listen") if plays else phrase("Picture, {n} kB", n=attaching.kilobytes(each.size))
    return _Said(each.language, "", house.attachments.link(each.attachment), named, plays)


def _places(asked: base.Outbound) -> Sequence[int]:
    """The places of a ranking to choose for at once; none where a button alone does it, or too much is asked."""
    picked = sum(option.picked > 0 for option in asked.options)
    left = range(picked + 1, asked.pick + 1)
    return left if len(left) > 1 and len(left) * len(asked.options) <= _LINES else ()


def _actions(house: wiring.House, asked: base.Outbound) -> list[_Button]:
    """The step's own actions, then the words that can be said at any time."""
    own = [_Button(action.label, action.sends) for action in asked.actions]
    others = [_Button(name, name, other) for other, name in _LANGUAGES.items() if other != asked.language]
    always = [_Button(house.voice.say(label, asked.language), word) for word, label in _COMMANDS.items()]
    return [*own, *others, *(button for button in always if button not in own)]


def _sorry(
    house: wiring.House, status: int, line: messages.Phrase, again: Mapping[str, Sequence[str]] | None = None
) -> fastapi.Response:
    """What went wrong, in both languages, and a way back; `again` are fields to be sent once more."""
    pauses = {503: receiving.Busy.retry_after, 429: int(curbing.SILENCE)}
    headers = {"Retry-After": str(pauses[status])} if status in pauses else {}
    fields = [(name, value) for name, values in (again or {}).items() for value in values]
    return pages.page(
        "sorry.html",
        house,
        "",
        status,
        headers,
        said=pages.both(house, line),
        fields=fields,
        send=_WORDS.send,
        back=_BACK,
    )
