"""A file that comes with a form of the web chat: read within limits, and put away only where it was asked for."""

from __future__ import annotations

import asyncio
import dataclasses

import fastapi

from api import raw
from bot import wiring
from bot.channels import base, web
from bot.services import receiving

#: Forms with a file that are read at once: each is held in memory.
AT_ONCE = 8
#: Seconds for one of them: 20 MB on half a Mbit/s.
_PATIENCE = 320
#: Bytes of the form beside the file.
_BESIDE = 16_384
#: What a question takes -> the kind of file that answers it.
_ANSWERS = {"image": "image", "audio": "audio", "voice": "audio"}


async def request(house: wiring.House, incoming: fastapi.Request) -> base.Request:
    """The posted form; raises `raw.TooLong`, `base.Malformed` and, with too many files on their way, `Busy`."""
    if not web.has_file(raw.bare(incoming)):
        return await raw.request(incoming)
    state = incoming.app.state
    under_way = getattr(state, "uploads", 0)
    if under_way >= AT_ONCE:
        raise receiving.Busy
    state.uploads = under_way + 1
    try:
        async with asyncio.timeout(_PATIENCE):
            return await raw.request(incoming, house.settings.media_limit + _BESIDE)
    except TimeoutError:
        raise base.Malformed("too slow") from None
    finally:
        state.uploads -= 1


async def read(channel: base.Channel, arrived: base.Request) -> base.Inbound:
    """The message in it; a long one is taken apart beside everything else. Raises `base.Malformed`, `raw.TooLong`."""
    [inbound] = await asyncio.to_thread(channel.read, arrived) if web.has_file(arrived) else channel.read(arrived)
    if len(inbound.text) > raw.LONGEST_TEXT:
        raise raw.TooLong
    return inbound


async def put_away(house: wiring.House, inbound: base.Inbound) -> base.Inbound:
    """The message with its file in the media directory, until it is fetched; without it if nothing asked for it.

    So nobody can fill our disk but by answering, one file a question.
    """
    media = inbound.media
    if media is None:
        return inbound
    screen = await house.desk.screen(inbound.channel, inbound.address)
    takes = next((outbound.takes for outbound in reversed(screen) if outbound.step), "")
    if _ANSWERS.get(takes) != media.kind or media.size > house.settings.media_limit:
        return inbound._replace(kind="media", media=None)
    name = await asyncio.to_thread(house.files.put, media.content)
    return inbound._replace(media=dataclasses.replace(media, reference=name, content=b""))
