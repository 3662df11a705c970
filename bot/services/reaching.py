"""Reaching: what a form costs on the line, played by its shortest path on every channel, without a phone."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot import settings, wording
from bot.channels import base, plain, weighing
from bot.engine import form
from bot.services import publishing, rehearsing
from models import figures

CHANNELS = ("telegram", "whatsapp", "sms", "web")
#: As the channels say of themselves; a test compares. Asking them would load the messengers' libraries.
CAPABILITIES = {
    "telegram": base.Capabilities(text=4096, attachments=True),
    "whatsapp": base.Capabilities(text=1600, window=True),
    "sms": base.Capabilities(text=1600, segments=True),
    "web": base.Capabilities(text=4096, push=False, uploads=True, attachments=True),
}
#: Written where words are asked for: sixty letters.
SENTENCE = {
    "ky": "Айылга таза суу, жакшы жол, мектепке жаңы чатыр абдан керек.",
    "ru": "Селу очень нужны чистая вода, хорошая дорога и крыша школы..",
}
#: Tried in turn where no option is shown: an adult's age first, then whatever is smallest.
_NUMBERS = ("30", *map(str, range(151)), "200", "500", "1000", "2000", "5000", "10000", "100000", "1000000")
_OTHERS = ("01.01.1990", "10:00", "01.01.2027", "01.01.2027 10:00", "42.49 78.39", "ok")
#: Messages after which a form is taken to lead nowhere.
_PATIENCE = 500
_NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)


class Stuck(Exception):
    """No answer that was tried leads on; the text names the question."""


class Step(NamedTuple):
    """One message and its reply: the pieces in which it is sent, and what all of it weighs."""

    said: list[base.Outbound]
    load: weighing.Load


class Reach(NamedTuple):
    """What one person's way through a form comes to, on one channel in one language."""

    channel: str
    language: str
    load: weighing.Load
    #: What it costs the house, by the rates that are set; None where there is no rate.
    cost: settings.Rate | None = None


def reach(
    catalogue: publishing.Catalogue, link: str, voice: wording.Voice, site: str, rates: Mapping[str, settings.Rate]
) -> list[Reach]:
    """The form behind a link, by the shortest path of an adult who answers everything; raises `Stuck`."""
    found = []
    for channel, language in itertools.product(CHANNELS, form.LANGUAGES):
        load = weighing.Load()
        for step in walk(catalogue, link, voice, site, channel, language):
            load = load.plus(step.load)
        found.append(Reach(channel, language, load, cost(channel, load, rates)))
    return found


def walk(
    catalogue: publishing.Catalogue,
    link: str,
    voice: wording.Voice,
    site: str,
    channel: str,
    language: str,
    answers: Mapping[str, str] | None = None,
) -> Iterator[Step]:
    """Each message and its reply, until the form is finished. `answers` by question go before one's own."""
    chance = itertools.count(1)
    house = rehearsing.Rehearsal(
        catalogue, voice, lambda: _NOW, lambda: f"{next(chance):032x}", channel=channel, site=site
    )
    outbound, _ = house.hear("start", start=link)
    yield _arriving(channel, link, outbound)
    seen: list[str] = []
    for count in itertools.count(2):
        if count > _PATIENCE:
            raise Stuck(f"the form does not end within {_PATIENCE} messages")
        if house.scene == "home":
            raise Stuck(f"“{link}” leads to no question")
        waiting = house.waiting
        at = waiting[1].at if waiting else ""
        # Met in an earlier round of a repeat: nobody adds another one, whose way is the shortest.
        again = at not in seen and at.partition("#")[0] in {key.partition("#")[0] for key in seen}
        seen.append(at)
        text = (answers or {}).get(at) or _answer(house, outbound, language, last=again)
        buttons = channel == "web" or (channel == "telegram" and plain.has_buttons(outbound))
        tapped = buttons and text in {option.sends for option in outbound.options}
        opening = channel == "web" and count == 2
        label = next((option.label for option in outbound.options if option.sends == text), text)
        outbound, ended = house.hear(text)
        inbound = base.Inbound(channel, "", "", label if opening else text, callback="tap" if tapped else "")
        if tapped and channel == "telegram":
            outbound = outbound._replace(edits="tapped")
        yield _step(channel, outbound, weighing.heard(inbound))
        if house.finished or ended or (waiting and house.scene == "home"):
            return


def _arriving(channel: str, link: str, outbound: base.Outbound) -> Step:
    if channel == "web":
        return Step([outbound], weighing.opened(outbound))
    # Telegram's button sends the payload by itself, the others' links write a message.
    inbound = base.Inbound(channel, "", "", f"ashar {link}", start=link if channel == "telegram" else "")
    return _step(channel, outbound, weighing.heard(inbound))


def _step(channel: str, outbound: base.Outbound, load: weighing.Load) -> Step:
    pieces = plain.pieces(outbound, CAPABILITIES[channel])
    for piece in pieces:
        load = load.plus(weighing.said(channel, piece))
    return Step(pieces, load)


def _answer(house: rehearsing.Rehearsal, outbound: base.Outbound, language: str, *, last: bool) -> str:
    numbers = [option.sends for option in outbound.options]
    if house.scene in ("language", "invited"):
        return numbers[form.LANGUAGES.index(language)]
    if last and outbound.pick == 1:
        numbers.reverse()
    if outbound.pick > 1:
        numbers = [" ".join(numbers[: outbound.pick])]
    tries: Sequence[str] = numbers or (SENTENCE[language], *_NUMBERS, *_OTHERS, "skip")
    found = next((text for text in tries if house.leads_on(text)), None)
    if found is None:
        where = house.waiting
        raise Stuck(f"no answer that was tried leads on from “{where[1].at if where else house.scene}”")
    return found


def cost(channel: str, load: weighing.Load, rates: Mapping[str, settings.Rate]) -> settings.Rate | None:
    """What so much costs the house on that channel; None where no rate is set."""
    ways = {"in": load.messages_in, "out": load.messages_out}
    known = {way: rate for way in ways if (rate := rates.get(f"{channel}_{way}"))}
    if not known:
        return None
    amount = sum((ways[way] * rate.amount for way, rate in known.items()), Decimal(0))
    return settings.Rate(amount, next(iter(known.values())).currency)


# -- in words -------------------------------------------------------------------------------------------------------

_HEADS = ("channel", "language", "messages in", "out", "bytes in", "out", "both", "SMS segments", "WhatsApp", "cost")
_COUNTED = (*_HEADS[:2], "responses", *_HEADS[2:7])
_EXAMPLE = "0.005 USD"


def report(link: str, found: Sequence[Reach], rates: Mapping[str, settings.Rate]) -> str:
    """The table, and below it what it leaves open."""
    unset = [name for key, name in settings.RATES.items() if key not in rates]
    lines = [
        f"{link}: the shortest way of an adult who answers everything",
        "",
        _table(_HEADS, [_row(each) for each in found]),
        "",
        "In is from the phone, out is to it. Bytes are a model, for WhatsApp an estimate; TLS is left out.",
        "Each WhatsApp message answers one of the person's within 24 hours: none of them needs a template.",
    ]
    if len(unset) == len(settings.RATES):
        lines.append(f"No cost is shown, for no rate is set: {', '.join(unset)}, each such as {_EXAMPLE}.")
    elif unset:
        lines.append(f"Not in the cost, for it is not set: {', '.join(unset)}.")
    return "\n".join(lines)


def counted(lines: Sequence[figures.Line]) -> str:
    """What real responses took, as it was counted."""
    if not lines:
        return "Nobody has finished it yet, so there is nothing counted."
    rows = [
        (each.channel, each.language, str(each.responses), *_numbers(weighing.Load(*map(round, each[3:]))))
        for each in lines
    ]
    return f"Counted, on average of the responses that were finished:\n{_table(_COUNTED, rows)}"


def _row(each: Reach) -> tuple[str, ...]:
    whole = str(each.load.messages_in + each.load.messages_out)
    shown = [whole if each.channel == name else "-" for name in ("sms", "whatsapp")]
    price = f"{each.cost.amount.normalize():f} {each.cost.currency}" if each.cost else "-"
    return each.channel, each.language, *_numbers(each.load), *shown, price


def _numbers(load: weighing.Load) -> tuple[str, ...]:
    return tuple(f"{number:,}" for number in (*load, load.bytes_in + load.bytes_out))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns, the first two of them words."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) if n < 2 else cell.rjust(width) for n, (cell, width) in enumerate(zipped)).rstrip()
        for zipped in (list(zip(row, widths, strict=True)) for row in (heads, *rows))
    )
