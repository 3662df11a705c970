"""A form's pictures and recordings on their way to Telegram: given there once, and named by their id from then on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import telegram
import telegram.error
import telegram.request

from bot.channels import base

#: Method and its parameter.
_SENDING = {"image": ("SendPhoto", "photo"), "audio": ("SendVoice", "voice")}
#: By their names' endings Telegram knows what it is given.
_ENDINGS = {
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
}


async def send(
    call: Callable[..., Awaitable[Any]],
    attachments: base.Attachments | None,
    account: str,
    address: str,
    outbound: base.Outbound,
) -> str:
    """The id of the message, or "" where there is no such attachment; raises what `call` and its answer raise.

    `account` is the bot's own: ids of files are good for no other.
    """
    if attachments is None:
        return ""
    name, (method, parameter) = outbound.attachment, _SENDING[outbound.attached]
    known = await attachments.known(account, name)
    if known:
        try:
            sent = await call(method, chat_id=address, **{parameter: known})
            return str(sent["message_id"])
        except telegram.error.BadRequest as error:
            if "file" not in error.message.lower():
                raise
            # Telegram does not know it any more.
            await attachments.keep(account, name, "")
    found = await attachments.get(name)
    if found is None:
        return ""
    mime, content = found
    file = telegram.InputFile(content, filename=f"{parameter}.{_ENDINGS[mime]}")
    sent = await call(method, chat_id=address, **{parameter: file})
    if given := _id(sent):
        await attachments.keep(account, name, given)
    return str(sent["message_id"])


def _id(sent: Mapping[str, Any]) -> str:
    """What Telegram calls the file: of a picture, the largest of its sizes."""
    found = sent.get("voice") or sent.get("audio") or sent.get("document") or {}
    if sizes := sent.get("photo"):
        found = sizes[-1]
    return str(found.get("file_id") or "")


def filled(request_data: telegram.request.RequestData) -> aiohttp.FormData:
    """A call that carries a file, as the form that Telegram takes it in."""
    # Quoted, a Cyrillic name would arrive as %D1.
    fields = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        fields.add_field(name, value)
    for name, (filename, content, mime) in (request_data.multipart_data or {}).items():
        fields.add_field(name, content, filename=filename, content_type=mime)
    return fields
