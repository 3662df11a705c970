"""Stand-in of Telegram: one bot's chats and its methods, with the platform's limits and errors."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.standins import telegram_updates

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class ApiError(Exception):
    """What the platform answers when it does not do as told."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(description)
        self.body = {"ok": False, "error_code": code, "description": description}
        self.code = code
        if parameters:
            self.body["parameters"] = dict(parameters)


def _bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


@dataclass
class Message:
    """A message as the chat holds it now. `content` is what it has beside id, chat, date and keyboard."""

    id: int
    date: int
    content: dict[str, Any]
    from_bot: bool = False
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)


@dataclass
class Chat:
    """One person's private chat with the bot."""

    id: int
    language: str
    blocked: bool = False
    deactivated: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    #: Ids of the messages the bot has sent or edited, in the order in which it did.
    changes: list[int] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def user(self) -> dict[str, Any]:
        """The person, as updates tell of them."""
        return {"id": self.id, "is_bot": False, "first_name": "Айгүл", "language_code": self.language}

    def chat(self) -> dict[str, Any]:
        """The chat, as updates tell of it."""
        return {"id": self.id, "type": "private", "first_name": "Айгүл"}

    def change(self, message: Message) -> None:
        """The bot has put this on the screen."""
        self.messages[message.id] = message
        self.changes.append(message.id)
        self.changed.set()


class Bot:
    """What the platform knows of one bot."""

    def __init__(self, token: str, updates: telegram_updates.Updates) -> None:
        #: When our webhook did not answer last, and how: as `getWebhookInfo` tells it.
        self.failure: dict[str, Any] = {}
        self.token = token
        self.updates = updates
        updates.run = self._run
        self.chats: dict[int, Chat] = {}
        #: Callback query id -> whether it can still be answered.
        self.taps: dict[str, bool] = {}
        #: Language ("" is the default) -> command -> description.
        self.commands: dict[str, dict[str, str]] = {}
        #: File id -> content.
        self.files: dict[str, bytes] = {}
        self._message_number = 100
        self._methods = {
            "getme": self._get_me,
            "getwebhookinfo": self._get_webhook_info,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "setmycommands": self._set_my_commands,
            "sendmessage": self._send_message,
            "editmessagetext": self._edit_message_text,
            "editmessagereplymarkup": self._edit_message_reply_markup,
            "answercallbackquery": self._answer_callback_query,
            "getfile": self._get_file,
            "sendvoice": self._send_voice,
            "sendphoto": self._send_photo,
        }

    async def call(self, method: str, given: Mapping[str, Any]) -> Any:
        """The result of a method; `given` as it came, in a form (all text) or in JSON. Raises `ApiError`."""
        if method.lower() == "getupdates":
            return await self._get_updates(given)
        if method.lower() not in self._methods:
            raise ApiError(404, "Not Found")
        return self._methods[method.lower()](given)

    async def _run(self, answer: dict[str, Any]) -> None:
        with contextlib.suppress(ApiError):
            await self.call(answer.pop("method"), answer)

    def next_message(self, content: dict[str, Any], from_bot: bool = False) -> Message:
        """A new message with the next id."""
        self._message_number += 1
        return Message(self._message_number, int(time.time()), content, from_bot)

    def told(self, chat: Chat, message: Message) -> dict[str, Any]:
        """A message as the platform tells of it."""
        sender = self._user() if message.from_bot else chat.user()
        told = {"message_id": message.id, "from": sender, "chat": chat.chat(), "date": message.date}
        markup = {"reply_markup": {"inline_keyboard": message.keyboard}} if message.keyboard else {}
        return told | message.content | markup

    def _user(self) -> dict[str, Any]:
        return {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Ашар",
            "username": "AsharStandInBot",
        }

    def _get_me(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return self._user() | {"can_join_groups": True, "can_read_all_group_messages": False}

    def _get_webhook_info(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "url": self.updates.url,
            "has_custom_certificate": False,
            "pending_update_count": self.updates.pending,
        } | self.failure

    def _set_webhook(self, given: Mapping[str, Any]) -> bool:
        url, secret = str(given.get("url", "")), str(given.get("secret_token", ""))
        if url and not url.startswith("https://"):
            raise _bad("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise _bad("secret token contains unallowed characters")
        self.updates.url, self.updates.secret = url, secret
        self.updates.allowed = frozenset(_json(given, "allowed_updates") or ())
        return True

    def _delete_webhook(self, given: Mapping[str, Any]) -> bool:
        self.updates.url = self.updates.secret = ""
        return True

    async def _get_updates(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        if "allowed_updates" in given:
            self.updates.allowed = frozenset(_json(given, "allowed_updates"))
        offset, limit = int(given.get("offset", 0)), int(given.get("limit", 100))
        try:
            return await self.updates.poll(offset, limit, float(given.get("timeout", 0)))
        except telegram_updates.Conflict as conflict:
            raise ApiError(409, f"Conflict: {conflict}") from None

    def _set_my_commands(self, given: Mapping[str, Any]) -> bool:
        commands = {each["command"]: each["description"] for each in _json(given, "commands") or ()}
        if len(commands) > 100:
            raise _bad("BOT_COMMANDS_TOO_MUCH")
        for command, description in commands.items():
            if not re.fullmatch("[a-z0-9_]{1,32}", command):
                raise _bad("BOT_COMMAND_INVALID")
            if not 1 <= len(description) <= 256:
                raise _bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[str(given.get("language_code", ""))] = commands
        return True

    def _send_message(self, given: Mapping[str, Any]) -> dict[str, Any]:
        chat = self._chat(given)
        message = self.next_message({"text": _text(given)}, from_bot=True)
        message.keyboard = _keyboard(given)
        chat.change(message)
        return self.told(chat, message)

    def _send_voice(self, given: Mapping[str, Any]) -> dict[str, Any]:
        file = {"file_id": self._given_file(given, "voice"), "file_unique_id": "u", "duration": 3}
        return self._send_file(given, {"voice": file})

    def _send_photo(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name = self._given_file(given, "photo")
        if not self.files[name].startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF")):
            raise _bad("IMAGE_PROCESS_FAILED")
        # Small ones first, each under an id of its own; the last is as large as it was given.
        self.files.setdefault(f"{name}s", b"small")
        sizes = [{"file_id": f"{name}s", "file_unique_id": "s"}, {"file_id": name, "file_unique_id": "u"}]
        return self._send_file(given, {"photo": [{**size, "width": 90, "height": 90} for size in sizes]})

    def _given_file(self, given: Mapping[str, Any], parameter: str) -> str:
        """The id of the file in a call, new where its bytes are given."""
        file = given.get(parameter)
        if isinstance(file, str) and file.startswith("attach://"):
            file = given[file.removeprefix("attach://")]
        if isinstance(file, str):
            if file not in self.files:
                raise _bad("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
            return file
        content: bytes = file.file.read() if file else b""
        if not content:
            raise _bad(f"there is no {parameter} in the request")
        # As long as the platform's own are.
        name = f"AwACAgIAAxkDAAI{len(self.files):070d}"
        self.files[name] = content
        return name

    def _send_file(self, given: Mapping[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        chat = self._chat(given)
        message = self.next_message(content, from_bot=True)
        chat.change(message)
        return self.told(chat, message)

    def _edit_message_text(self, given: Mapping[str, Any]) -> dict[str, Any]:
        chat, message = self._editable(given)
        return self._edit(chat, message, {"text": _text(given)}, _keyboard(given))

    def _edit_message_reply_markup(self, given: Mapping[str, Any]) -> dict[str, Any]:
        chat, message = self._editable(given)
        return self._edit(chat, message, message.content, _keyboard(given))

    def _editable(self, given: Mapping[str, Any]) -> tuple[Chat, Message]:
        chat = self._chat(given)
        message = chat.messages.get(int(given.get("message_id", 0)))
        if message is None:
            raise _bad("message to edit not found")
        if not message.from_bot:
            raise _bad("message can't be edited")
        return chat, message

    def _edit(
        self, chat: Chat, message: Message, content: dict[str, Any], keyboard: list[list[dict[str, Any]]]
    ) -> dict[str, Any]:
        if (content, keyboard) == (message.content, message.keyboard):
            raise _bad(_NOT_MODIFIED)
        message.content, message.keyboard = content, keyboard
        chat.change(message)
        return self.told(chat, message) | {"edit_date": int(time.time())}

    def _answer_callback_query(self, given: Mapping[str, Any]) -> bool:
        query = str(given.get("callback_query_id", ""))
        if not self.taps.get(query):
            raise _bad(_TOO_OLD)
        if len(str(given.get("text", ""))) > 200:
            raise _bad("MESSAGE_TOO_LONG")
        self.taps[query] = False
        return True

    def _get_file(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name = str(given.get("file_id", ""))
        if name not in self.files:
            raise _bad("wrong file_id or the file is temporarily unavailable")
        if len(self.files[name]) > 20 * 1024 * 1024:
            raise _bad("file is too big")
        return {
            "file_id": name,
            "file_unique_id": f"u{name}",
            "file_size": len(self.files[name]),
            "file_path": f"files/{name}",
        }

    def _chat(self, given: Mapping[str, Any]) -> Chat:
        number = str(given.get("chat_id", ""))
        chat = self.chats.get(int(number)) if re.fullmatch(r"-?\d+", number) else None
        if chat is None:
            raise _bad("chat not found")
        if chat.deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat


def _json(given: Mapping[str, Any], name: str) -> Any:
    value = given.get(name)
    return json.loads(value) if isinstance(value, str) else value


def _text(given: Mapping[str, Any]) -> str:
    text = str(given.get("text", "")).strip()
    if len(text.encode()) > 32_768:
        raise _bad("Text is too long")
    if not text:
        raise _bad("message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise _bad("message is too long")
    if given.get("parse_mode"):
        raise _bad("the stand-in knows no parse_mode")
    return text


def _keyboard(given: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = (_json(given, "reply_markup") or {}).get("inline_keyboard", [])
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise _bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            raise _bad("can't parse inline keyboard button: Button text must be non-empty")
        if not 1 <= len(str(button.get("callback_data", "")).encode()) <= 64:
            raise _bad("BUTTON_DATA_INVALID")
    return rows
