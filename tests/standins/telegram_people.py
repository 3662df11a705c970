"""Stand-in of Telegram: a person with a phone, who writes, taps, blocks, and sees a screen."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from typing import Any

from tests.standins import telegram_bot

_FILE = {"file_id": "f1", "file_unique_id": "u1"}
#: What a message of each kind carries, as recorded from the platform.
CONTENT: dict[str, dict[str, Any]] = {
    "sticker": {
        "sticker": _FILE | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    },
    "photo": {"photo": [_FILE | {"width": 90, "height": 67}], "caption": "2"},
    "voice": {"voice": _FILE | {"duration": 4, "mime_type": "audio/ogg"}},
    "video_note": {"video_note": _FILE | {"length": 240, "duration": 3}},
    "document": {"document": _FILE | {"file_name": "чек.pdf", "mime_type": "application/pdf"}},
    "location": {"location": {"latitude": 42.49, "longitude": 78.39, "horizontal_accuracy": 12.5}},
    "contact": {"contact": {"phone_number": "+996555000000", "first_name": "Бакыт", "user_id": 7}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "unheard_of": {"hologram": {"depth": 3}},
    # Not content but a notice, which nobody is to answer.
    "notice": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400}},
}


@dataclass(frozen=True)
class Shown:
    """A message as the person saw it at one moment; a later edit does not change it."""

    id: int
    text: str
    from_bot: bool
    #: The file that is seen or can be listened to, or "".
    file: str = ""
    #: Rows of (what is on the button, what it carries).
    keyboard: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def rows(self) -> list[list[str]]:
        """What is on the buttons."""
        return [[label for label, _ in row] for row in self.keyboard]

    def data(self, label: str) -> str:
        """What the button carries that shows `label` (its mark aside), or the n-th where it is a number."""
        buttons = [button for row in self.keyboard for button in row]
        for shown, carried in buttons:
            if label in (shown, shown.partition(" ✓")[0]):
                return carried
        if label.isdigit() and 1 <= int(label) <= len(buttons):
            return buttons[int(label) - 1][1]
        raise LookupError(f"no button {label!r} among {self.rows}")


class Person:
    """Somebody's phone. Where the bot has a webhook, each act lasts until that has taken it; whether it has."""

    _numbers = itertools.count(1)

    def __init__(self, bot: telegram_bot.Bot, chat: telegram_bot.Chat) -> None:
        self._bot = bot
        self._chat = chat
        self._heard = 0

    async def says(self, text: str) -> bool:
        """Write a message; a person who had blocked the bot opens it again by that."""
        command = text.split()[0] if text.startswith("/") else ""
        entities = [{"type": "bot_command", "offset": 0, "length": len(command)}] if command else []
        return await self._writes({"text": text} | ({"entities": entities} if entities else {}))

    async def starts(self, payload: str = "") -> bool:
        """Come by a link and press START."""
        return await self.says(f"/start {payload}".strip())

    async def sends(self, kind: str) -> None:
        """Send what is not words: a kind of `CONTENT`."""
        await self._writes(CONTENT[kind])

    async def sends_file(self, kind: str, content: bytes, **more: Any) -> str:
        """Send a "photo", "voice", "audio" or "document" that can be fetched; `more` stands beside it. Its id."""
        name = f"file{len(self._bot.files)}"
        self._bot.files[name] = content
        file = {"file_id": name, "file_unique_id": f"u{name}", "file_size": len(content)}
        beside: dict[str, Any] = {each: more.pop(each) for each in ("caption", "media_group_id") if each in more}
        if kind == "photo":
            # The platform makes smaller ones too.
            small = file | {"file_id": "small", "width": 90, "height": 67}
            beside |= {"photo": [small, file | {"width": 1280, "height": 960}]}
        else:
            beside |= {kind: file | ({"duration": 4} if kind in ("voice", "audio") else {}) | more}
        await self._writes(beside)
        return name

    async def sends_sticker(self) -> None:
        """Send a sticker."""
        await self.sends("sticker")

    async def edits(self, text: str) -> None:
        """Change the own last message."""
        message = [message for message in self._chat.messages.values() if not message.from_bot][-1]
        message.content = {"text": text}
        told = self._bot.told(self._chat, message) | {"edit_date": message.date}
        await self._bot.updates.put("edited_message", told, f"message:{self._chat.id}")

    async def taps(self, label: str, on: Shown | None = None) -> bool:
        """Tap a button of the latest message that has any, or of a message seen earlier, as it was then."""
        if on is None:
            on = [shown for shown in self.screen() if shown.keyboard][-1]
        return await self.taps_data(on.data(label), on.id)

    async def taps_data(self, data: str, message_id: int) -> bool:
        """Send a tap with any payload, as a changed client can."""
        self._act()
        query = str(4_000_000_000 + next(self._numbers))
        self._bot.taps[query] = True
        content: dict[str, Any] = {"id": query, "from": self._chat.user(), "chat_instance": "1", "data": data}
        if message_id in self._chat.messages:
            content["message"] = self._bot.told(self._chat, self._chat.messages[message_id])
        else:
            content["message"] = {"message_id": message_id, "chat": self._chat.chat(), "date": 0}
        return await self._bot.updates.put("callback_query", content, f"callback:{self._chat.id}")

    async def blocks(self) -> None:
        """Shut the bot out."""
        self._chat.blocked = True
        await self._membership("member", "kicked")

    async def unblocks(self) -> None:
        """Let the bot in again."""
        self._chat.blocked = False
        await self._membership("kicked", "member")

    def deletes_account(self) -> None:
        """Leave the platform."""
        self._chat.deactivated = True

    def clears(self) -> None:
        """Delete the whole conversation, on both sides."""
        self._chat.messages.clear()

    def waits_too_long(self) -> None:
        """Let every tap not answered yet expire."""
        self._bot.taps.update(dict.fromkeys(self._bot.taps, False))

    def spinning(self) -> int:
        """How many taps (of anybody) still wait for their answer."""
        return sum(self._bot.taps.values())

    def screen(self) -> list[Shown]:
        """All messages of the chat as they look now, oldest first."""
        return [_shown(message) for message in self._chat.messages.values()]

    def times(self) -> int:
        """How often the bot has sent or edited something."""
        return len(self._chat.changes)

    def glance(self) -> Shown | None:
        """What the bot has sent or edited last."""
        changes = self._chat.changes
        return _shown(self._chat.messages[changes[-1]]) if changes else None

    async def hears(self, within: float = 60.0) -> Shown:
        """The next message that the bot sends or edits after what the person last did; each is heard once."""
        async with asyncio.timeout(within):
            while len(self._chat.changes) <= self._heard:
                self._chat.changed.clear()
                await self._chat.changed.wait()
        self._heard += 1
        return _shown(self._chat.messages[self._chat.changes[self._heard - 1]])

    def _act(self) -> None:
        self._heard = len(self._chat.changes)

    async def _writes(self, content: dict[str, Any]) -> bool:
        if self._chat.blocked:
            await self.unblocks()
        self._act()
        message = self._bot.next_message(content)
        self._chat.messages[message.id] = message
        told = self._bot.told(self._chat, message)
        return await self._bot.updates.put("message", told, f"message:{self._chat.id}")

    async def _membership(self, old: str, new: str) -> None:
        user = {"id": 1, "is_bot": True, "first_name": "Ашар"}
        content = {"chat": self._chat.chat(), "from": self._chat.user(), "date": 1_763_000_000}
        for field, status in (("old_chat_member", old), ("new_chat_member", new)):
            until = {"until_date": 0} if status == "kicked" else {}
            content[field] = {"user": user, "status": status} | until
        await self._bot.updates.put("my_chat_member", content, f"member:{self._chat.id}")


def _shown(message: telegram_bot.Message) -> Shown:
    rows = tuple(tuple((key["text"], key["callback_data"]) for key in row) for row in message.keyboard)
    files = [message.content.get("voice", {}), *message.content.get("photo", [])] if message.from_bot else [{}]
    return Shown(
        message.id, str(message.content.get("text", "")), message.from_bot, str(files[-1].get("file_id", "")), rows
    )
