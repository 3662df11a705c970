"""Telegram, coming in: an update -> what the person said or sent."""

from __future__ import annotations

import logging
import re
from typing import Any

import telegram

from bot.channels import base

_log = logging.getLogger(__name__)

_COMMAND = re.compile(r"/(\w{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_LINK_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: The tap of a button that is none of ours. No response has this tag and step, so it passes for an old one.
_FOREIGN_TAP = ("?", -1)
#: Pictures that can be shown again; sent "as a file" they may be of any kind.
_PICTURES = ("image/jpeg", "image/png", "image/webp")


def read(data: dict[str, Any], largest: int) -> base.Inbound | None:
    """The message in an update, if it concerns us; what was sent is taken up to `largest` bytes."""
    match data:
        # Half of all that comes. The library would make a Message of a hundred fields for these three.
        case {"message": {"text": str() as text, "chat": {"id": int() as chat, "type": str() as kind}}} if text:
            return _words(str(data["update_id"]), str(chat), text) if kind == telegram.Chat.PRIVATE else None
        # The other half: what was tapped comes with it whole, its text and its keyboard.
        case {
            "callback_query": {
                "id": str() as callback,
                "data": str() as payload,
                "from": {"id": int() as person},
                "message": {"message_id": int() as tapped, "date": int() as date, "chat": {"type": str() as kind}},
            }
        }:
            if kind != telegram.Chat.PRIVATE:
                return None
            # Telegram gives the date 0 to a message that it does not show any more.
            return _tap(str(data["update_id"]), str(person), payload, callback, str(tapped) if date else "")
        case {"message": dict() as message}:
            # Who wrote is known by the chat: these cost as much as all the rest.
            for unread in ("reply_to_message", "from", "caption_entities"):
                message.pop(unread, None)
    try:
        update = telegram.Update.de_json(data)
        if query := update.callback_query:
            # Of a message that is too old to come with it, or of one that is not ours.
            elsewhere = query.inline_message_id or query.message
            payload = query.data or ""
            return None if elsewhere else _tap(str(update.update_id), str(query.from_user.id), payload, query.id, "")
        if update.my_chat_member:
            return _membership(str(update.update_id), update.my_chat_member)
        return _sent(str(update.update_id), update.message, largest) if update.message else None
    except Exception as error:  # noqa: BLE001 - whatever it is, refusing it holds up this chat for 24 hours
        _log.warning("an update that python-telegram-bot cannot read: %s", type(error).__name__)
        return None


def _tap(key: str, person: str, payload: str, callback: str, edits: str) -> base.Inbound:
    """In a private chat the chat's id is the person's."""
    tap, sends = base.read_payload(_clean(payload)) or (_FOREIGN_TAP, "")
    return base.Inbound("telegram", key, person, sends, tap=tap, edits=edits, callback=callback)


def _membership(key: str, change: telegram.ChatMemberUpdated) -> base.Inbound | None:
    kinds = {"kicked": "blocked", "member": "unblocked"}
    kind = kinds.get(change.new_chat_member.status)
    if kind is None or change.chat.type != telegram.Chat.PRIVATE:
        return None
    return base.Inbound("telegram", key, str(change.chat.id), kind=kind)


def _words(key: str, address: str, text: str) -> base.Inbound:
    text = _clean(text)
    command = _COMMAND.fullmatch(text)
    if not command:
        return base.Inbound("telegram", key, address, text)
    word, rest = command[1], command[2] or ""
    if word.lower() == "start":
        return base.Inbound("telegram", key, address, "start", start=rest if _LINK_PAYLOAD.fullmatch(rest) else "")
    # With its slash, by which the mind knows a command it does not know from an answer.
    return base.Inbound("telegram", key, address, f"/{word} {rest}".strip())


def _sent(key: str, message: telegram.Message, largest: int) -> base.Inbound | None:
    """A message that is not words."""
    if message.chat.type != telegram.Chat.PRIVATE:
        return None
    address, media = str(message.chat.id), _media(message, largest)
    if media:
        # Pictures sent together come one by one under one number: the first is the answer, the others repeat it.
        album = f"album/{message.media_group_id}" if message.media_group_id else ""
        return base.Inbound("telegram", album or key, address, _clean(message.caption or ""), media.kind, media)
    if message.location:
        where = message.location
        spot = base.place(str(where.latitude), str(where.longitude), str(where.horizontal_accuracy or 0))
        return base.Inbound("telegram", key, address, spot, kind="place" if spot else "media")
    # Unknown fields are a kind of content newer than the library; the rest is notices ("message pinned").
    if message.effective_attachment or message.checklist or message.api_kwargs:
        return base.Inbound("telegram", key, address, kind="media")
    return None


def _media(message: telegram.Message, largest: int) -> base.Media | None:
    """The picture or sound in a message; None where there is none, or none that is small enough."""
    found: telegram.PhotoSize | telegram.Voice | telegram.Audio | telegram.Document | None
    if message.photo:
        kind, mime = "image", "image/jpeg"
        sizes = [size for size in message.photo if (size.file_size or 0) <= largest]
        found = max(sizes, key=lambda size: size.width * size.height, default=None)
    elif sound := message.voice or message.audio:
        kind, mime, found = "audio", sound.mime_type or "", sound
    else:
        # A moving picture comes as a document too.
        found = None if message.animation else message.document
        mime = (found.mime_type or "").lower() if found else ""
        kind = "image" if mime in _PICTURES else "audio" if mime.startswith("audio/") else ""
    if not found or not kind or (found.file_size or 0) > largest:
        return None
    return base.Media(kind, found.file_id, mime[:64], found.file_size or 0)


def _clean(text: str) -> str:
    """Without halves of characters, which JSON can hold and no database takes."""
    return text.encode(errors="replace").decode()
