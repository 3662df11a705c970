"""The doors of the messengers: whoever knocks is checked, read, and answered only after the commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import fastapi
from starlette import types

from api import access, looking, raw
from bot import logs, wiring
from bot.channels import base
from bot.services import receiving

if TYPE_CHECKING:
    # Its package takes half a second to import, which a house without Twilio need not spend.
    from bot.channels import twilio

#: Providers are no readers of the documentation.
router = fastapi.APIRouter(include_in_schema=False)


class Front(fastapi.FastAPI):
    """The application, with Telegram's own way in before the stack that pages and the API need.

    That stack was a twentieth of all work.
    """

    async def __call__(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        """One update, or on to everybody else."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        logs.request.set(logs.draw())
        if scope["path"] == "/telegram" and scope["method"] == "POST":
            answer = await _telegram(self.state.house, fastapi.Request(scope, receive))
            await answer(scope, receive, send)
            if answer.status_code >= access.WORTH_A_LINE:
                access.note("POST", "/telegram", answer.status_code)
        elif "\0" in scope["path"]:
            # No name has one, and PostgreSQL fails where it is asked for such a name.
            await fastapi.Response(status_code=404)(scope, receive, send)
        elif refusal := await looking.refusal(self.state.house, scope):
            await refusal(scope, receive, send)
        elif scope["path"] == "/chat":
            # A form of the chat may bring a file; its door has limits of its own.
            await access.watched(super().__call__, scope, receive, send)
        elif raw.announces_more(scope):
            await fastapi.Response(status_code=413, headers=raw.CLOSE)(scope, receive, send)
        else:
            await access.watched(super().__call__, scope, raw.bounded(receive), send)


async def _telegram(house: wiring.House, request: fastapi.Request) -> fastapi.Response:
    channel = house.channels.get("telegram")
    if channel is None:
        return fastapi.Response(status_code=404)
    refusal, heard = await _heard(house, request, [channel])
    # Telegram lets the answer to an update hold one call, which costs nobody another request.
    calls = [{"method": "answerCallbackQuery", "callback_query_id": each.callback} for each in heard if each.callback]
    return refusal or fastapi.responses.JSONResponse(calls[0] if calls else {})


@router.post("/twilio")
async def twilio_message(request: fastapi.Request) -> fastapi.Response:
    """One message on WhatsApp or by SMS; each of the two channels reads only its own."""
    house: wiring.House = request.app.state.house
    channels = _twilio(house)
    if not channels:
        return fastapi.Response(status_code=404)
    # No content: an answer in TwiML would be a message without a receipt.
    refusal, _ = await _heard(house, request, channels)
    return refusal or fastapi.Response(status_code=204)


@router.post("/twilio/status")
async def twilio_status(request: fastapi.Request) -> fastapi.Response:
    """What became of a message that was sent."""
    house: wiring.House = request.app.state.house
    channels = _twilio(house)
    if not channels:
        return fastapi.Response(status_code=404)
    try:
        arrived = await raw.request(request)
        channels[0].verify(arrived)
        status = channels[0].read_status(arrived)
    except (raw.TooLong, base.Refused, base.Malformed) as error:
        return _refusal(error)
    if status:
        await house.postman.afterwards.take(status)
    return fastapi.Response(status_code=204)


def _twilio(house: wiring.House) -> list[twilio.Twilio]:
    names = [name for name in ("whatsapp", "sms") if name in house.channels]
    return [cast("twilio.Twilio", house.channels[name]) for name in names]


async def _heard(
    house: wiring.House, request: fastapi.Request, channels: Sequence[base.Channel]
) -> tuple[fastapi.Response | None, list[base.Inbound]]:
    """Verify and receive everything in the request: the answer where that failed, and what was received.

    The channels are of one account: what one of them verifies, all may read. A tap is acknowledged by whoever
    answers the request, so the reply need not do it.
    """
    heard: list[base.Inbound] = []
    try:
        for inbound in await _read(request, channels):
            await house.desk.receive(inbound._replace(callback="") if inbound.callback else inbound)
            heard.append(inbound)
    except (raw.TooLong, base.Refused, base.Malformed) as error:
        return _refusal(error), heard
    except receiving.Busy:
        # What was received before stays so: when all of it comes again, it is known.
        return fastapi.Response(status_code=503, headers={"Retry-After": str(receiving.Busy.retry_after)}), heard
    return None, heard


async def _read(request: fastapi.Request, channels: Sequence[base.Channel]) -> list[base.Inbound]:
    """What is in it. By itself, so that nobody holds the body while its messages wait for the desk."""
    arrived = await raw.request(request)
    channels[0].verify(arrived)
    return [inbound for channel in channels for inbound in channel.read(arrived)]


def _refusal(error: Exception) -> fastapi.Response:
    if isinstance(error, raw.TooLong):
        return fastapi.Response(status_code=413, headers=raw.CLOSE)
    return fastapi.Response(status_code=403 if isinstance(error, base.Refused) else 400)
