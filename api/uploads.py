"""A file that comes with a form of the web chat: read within limits, and put away only where it was asked for."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses

import fastapi
from starlette import types

from api import raw
from bot import wiring
from bot.channels import base, web
from bot.services import receiving

#: Forms with a file that are read at once: each is held in memory.
AT_ONCE = 8
#: Seconds for one of them: 20 MB on half a Mbit/s.
_PATIENCE = 320
#: Of whom fewer than so many bytes came in so many seconds, the place is another's who needs it: phones on the slowest
#: line send twice as much.
_STEP, SLOW = 8192, 10.0
#: Bytes of the form beside the file.
_BESIDE = 16_384
#: What a question takes -> the kind of file that answers it.
_ANSWERS = {"image": "image", "audio": "audio", "voice": "audio"}


async def request(house: wiring.House, incoming: fastapi.Request) -> base.Request:
    """The posted form; raises `raw.TooLong`, `base.Malformed` and, with too many files on their way, `Busy`."""
    if not web.has_file(raw.bare(incoming)):
        return await raw.request(incoming)
    state = incoming.app.state
    if not hasattr(state, "uploads"):
        state.uploads = []
    places: list[_Place] = state.uploads
    if len(places) >= AT_ONCE:
        _make_room(places)
    try:
        async with asyncio.timeout(_PATIENCE) as patience:
            place = _Place(patience, asyncio.get_running_loop().time())
            places.append(place)
            try:
                counted = fastapi.Request(incoming.scope, place.counting(incoming.receive))
                return await raw.request(counted, house.settings.media_limit + _BESIDE)
            finally:
                # It may have been given to another already.
                with contextlib.suppress(ValueError):
                    places.remove(place)
    except TimeoutError:
        raise base.Malformed("too slow") from None


@dataclasses.dataclass(eq=False)
class _Place:
    """One form that is being read: its patience, and since when fewer than `_STEP` bytes came."""

    patience: asyncio.Timeout
    since: float
    came: int = 0

    def counting(self, receive: types.Receive) -> types.Receive:
        """The same, and what comes is counted."""

        async def receives() -> types.Message:
            message = await receive()
            self.came += len(message.get("body", b""))
            if self.came >= _STEP:
                self.came, self.since = 0, asyncio.get_running_loop().time()
            return message

        return receives


def _make_room(places: list[_Place]) -> None:
    """End the slowest, so that a few who send nothing keep nobody else out; raises `Busy` where none is slow."""
    slowest, now = min(places, key=lambda place: place.since), asyncio.get_running_loop().time()
    if now - slowest.since < SLOW:
        raise receiving.Busy
    places.remove(slowest)
    slowest.patience.reschedule(now)


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
