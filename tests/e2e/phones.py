"""Phones of people on the messengers: what they do, and what then stands on their screens."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Iterable
from typing import Protocol

from bot.channels import base
from tests import samples
from tests.e2e import running
from tests.standins import telegram_people, twilio, twilio_content

_LISTED = re.compile(r"^(\d+)\. (.*)$", re.M)


class Phone(Protocol):
    """One person on one channel. Every verb gives the texts that are then shown, several where a long one is cut."""

    channel: str
    #: True where buttons of earlier messages can still be pressed.
    buttons: bool

    async def comes(self, link: str) -> list[str]:
        """Arrive by a link with this payload."""

    async def types(self, text: str) -> list[str]:
        """Write a message."""

    async def presses(self, button: str, *, earlier: bool = False) -> list[str]:
        """Press a button of the last message, or of the one before; named by its number or its words.

        What is no button on this channel is typed.
        """

    async def sends(self, medium: str) -> list[str]:
        """Send what is not words: "sticker", "photo", "voice" or "place"."""

    async def looks(self) -> list[str]:
        """See what has come by itself since the last reply."""


def listed(text: str) -> dict[str, str]:
    """The numbered lines of a message: number -> words."""
    return dict(_LISTED.findall(text))


def number_of(words: str, text: str, *, after: str = "") -> str:
    """The number before these words in a message, whose lines may be cut; LookupError if there is none."""
    found = re.search(rf"(?:^|\s)(\d+)\. {after}{re.escape(words)}", text)
    if not found:
        raise LookupError(f"no option “{words}” in “{text}”")
    return found[1]


def label(button: str, text: str, shown: Iterable[str]) -> str:
    """What stands on the button that is meant, or "" where this channel shows none for it."""
    options = listed(text)
    labels = [each.partition(" ✓")[0] for each in shown]
    if button in labels:
        return button
    words = options.get(button, "")
    number = next((number for number, line in options.items() if line.startswith(button)), "")
    return next((each for each in labels if each == number or (words and words.startswith(each))), "")


class Telegram:
    """Somebody with Telegram."""

    channel = "telegram"
    buttons = True

    def __init__(self, app: running.App, chat: int, language: str = "ky") -> None:
        self._app = app
        self._address = str(chat)
        self._last = 0
        self.person = app.telegram.person(chat, language)
        #: All that was shown, as it was when it was shown.
        self.shown: list[telegram_people.Shown] = []

    async def comes(self, link: str) -> list[str]:
        """See `Phone`."""
        return await self.hears(self.person.starts(link))

    async def types(self, text: str) -> list[str]:
        """See `Phone`."""
        return await self.hears(self.person.says(text))

    async def presses(self, button: str, *, earlier: bool = False) -> list[str]:
        """See `Phone`."""
        on = self.shown[-2 if earlier else -1]
        found = label(button, read(on), (each for row in on.rows for each in row))
        if not found:
            assert not earlier, f"no button “{button}” among {on.rows}"
            return await self.types(button)
        return await self.hears(self.person.taps(found, on))

    async def sends(self, medium: str) -> list[str]:
        """See `Phone`."""
        return await self.hears(self.person.sends({"place": "location"}.get(medium, medium)))

    async def looks(self) -> list[str]:
        """See what has come by itself since the last reply."""
        return await self.hears(asyncio.sleep(0))

    async def hears(self, act: Awaitable[object]) -> list[str]:
        """Do it and wait for all that the bot says then."""
        await act
        replies = await self._app.replies(self.channel, self._address, self._last)
        self._last = max(replies, default=self._last)
        heard = [await self.person.hears(running.PATIENCE) for _ in replies]
        self.shown += heard
        return [read(each) for each in heard]


def read(shown: telegram_people.Shown) -> str:
    """What stands there, with the options that are only on buttons as the lines that other channels have for them."""
    carried = [(label.partition(" ✓")[0], base.read_payload(data)) for row in shown.keyboard for label, data in row]
    options = [f"{sent[1]}. {label}" for label, sent in carried if sent and sent[1].isdigit() and not label.isdigit()]
    lines = shown.text.splitlines()
    return "\n".join([*lines, *(option for option in options if not shown.text.count(f"\n{option}"))])


class Twilio:
    """Somebody with WhatsApp, or who writes SMS."""

    def __init__(self, app: running.App, channel: str, number: str) -> None:
        self.channel = channel
        self.buttons = channel == "whatsapp"
        self._app = app
        self._last = self._read = 0
        self.person: twilio.Person = app.twilio.person(number, channel)
        #: The last messages of each reply; these have the buttons.
        self.shown: list[twilio_content.Seen] = []

    async def comes(self, link: str) -> list[str]:
        """See `Phone`: the link only writes for them what they then send."""
        return await self.types(f"ashar {link}")

    async def types(self, text: str) -> list[str]:
        """See `Phone`."""
        return await self.hears(self.person.says(text))

    async def presses(self, button: str, *, earlier: bool = False) -> list[str]:
        """See `Phone`."""
        on = self.shown[-2 if earlier else -1]
        found = label(button, on.text, on.buttons) if self.buttons else ""
        if not found:
            assert not earlier, f"no button “{button}” among {on.buttons}"
            return await self.types(button)
        return await self.hears(self.taps(found, on))

    async def taps(self, shown: str, on: twilio_content.Seen) -> int:
        """Tap the button or row of a message that bears this label; the app's HTTP status."""
        carried, described = next(row[1:] for row in on.rows if row[0] == shown)
        if on.kind == "twilio/quick-reply":
            more = {"ButtonText": shown, "ButtonPayload": carried, "MessageType": "button"}
        else:
            more = {"ListId": carried, "ListTitle": shown, "ListDescription": described}
        return await self.person.says(shown, OriginalRepliedMessageSid=on.sid, **more)

    async def sends(self, medium: str) -> list[str]:
        """See `Phone`."""
        match medium:
            case "photo":
                return await self.hears(self.person.sends_file(samples.picture(), "image/jpeg"))
            case "voice":
                return await self.hears(self.person.sends_file(samples.ogg(), "audio/ogg"))
            case "place":
                return await self.hears(self.person.sends_location())
            case _:
                return await self.hears(self.person.sends_sticker())

    async def looks(self) -> list[str]:
        """See what has come by itself since the last reply."""
        replies = await self._app.replies(self.channel, self.person.address, self._last)
        self._last = max(replies, default=self._last)
        before = self._read
        await running.until(lambda: len(self.person.screen()) >= before + len(replies))
        self._read = len(self.person.screen())
        return [each.text for each in self.person.screen()[before:]]

    async def hears(self, act: Awaitable[int]) -> list[str]:
        """Do it and wait for all that the bot says then."""
        before = len(self.person.screen())
        assert await act == 204
        replies = await self._app.replies(self.channel, self.person.address, self._last)
        self._last = max(replies, default=self._last)
        await running.until(lambda: len(self.person.screen()) >= before + len(replies))
        heard = self.person.screen()[before:]
        self._read = before + len(heard)
        self.shown += heard[-1:]
        return [each.text for each in heard]
