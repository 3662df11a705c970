"""The one contract of every channel: what comes in, what goes out, what became of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """A raw HTTP request as plain data. Header names are lower-case; `url` is the path with its query."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Refused(Exception):
    """The request does not come from whom it says (403)."""


class Malformed(Exception):
    """The request cannot be read (400)."""


class Unreachable(Exception):
    """The provider cannot be reached, or does not let us in; its text may be shown and holds no secret."""


class Lost(Exception):
    """What a person sent will never be had: too large, or no longer there; its text is a short word for why."""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a sound that a person sent, while its provider still has it."""

    #: "image" or "audio", as the provider says.
    kind: str
    #: What the provider hands it out by (`Keeper.fetch`); whoever has it may have the file.
    reference: str = field(default="", repr=False)
    mime: str = ""
    #: Bytes; 0 where the provider does not say.
    size: int = 0
    #: The file itself, where it came with the message. The door puts it away and names the place as reference.
    content: bytes = field(default=b"", repr=False)


class Inbound(NamedTuple):
    """One message from a person, as a channel read it."""

    channel: str
    #: The provider's id of this message, unique within the channel: a repeat has the same.
    key: str
    #: The provider's handle of the person: opaque text, at most 160 characters.
    address: str
    text: str = ""
    #: "text", "image" or "audio" (with `media`; the text is its caption), "place" (the text is "latitude longitude
    #: altitude precision"), "media" (anything else), "blocked" (the person shut us out) or "unblocked".
    kind: str = "text"
    media: Media | None = None
    #: Payload of a deep link, or "".
    start: str = ""
    #: What a button or page carried: (tag, step).
    tap: tuple[str, int] | None = None
    #: Provider's id of the message whose button was tapped: the reply may be an edit of it.
    edits: str = ""
    #: Telegram's callback query id, to be answered when the reply goes.
    callback: str = ""


class Button(NamedTuple):
    """An option or an action a person may tap. `sends` is the text it stands for; an option's is its number."""

    label: str
    sends: str
    description: str = ""
    #: 1, 2, 3 where it was already picked in a ranking.
    picked: int = 0


def payload(tag: str, step: int, sends: str) -> str:
    """What a button carries to its provider and back: ASCII, at most 64 bytes. `read_payload` is its inverse."""
    return f"{tag}.{step}.{sends}"


def read_payload(text: str) -> tuple[tuple[str, int], str] | None:
    """((tag, step), what the button stands for), or None where it is none of ours."""
    tag, _, rest = text.partition(".")
    step, _, sends = rest.partition(".")
    if not tag or not sends or not (step.isascii() and step.isdigit()) or len(step) > 9:
        return None
    return (tag, int(step)), sends


class Outbound(NamedTuple):
    """One message to a person in words, kept as really said. Plain text, no markup."""

    #: What is said and asked, before the options.
    head: str
    options: tuple[Button, ...] = ()
    #: How to answer, after the options.
    foot: str = ""
    #: How many options make one answer; 0 where any number of them do (so that
    #: no button is a whole answer, and there is none), or where words are asked for.
    pick: int = 0
    #: Commands offered beside the options (back, skip, help).
    actions: tuple[Button, ...] = ()
    tag: str = "-"
    step: int = 0
    language: str = "ky"
    #: "image" or "audio" where a page needs a field for one, "voice" where words do as well as a voice.
    takes: str = ""
    #: Where a page needs a button for a calendar of what is spoken of.
    dated: bool = False
    #: "image" or "audio": this message is an attachment of a form and says nothing; its hash, and its bytes.
    attached: str = ""
    attachment: str = ""
    size: int = 0
    #: See `Inbound`: the message to edit in place, and the tap to acknowledge.
    edits: str = ""
    callback: str = ""
    #: Lines of the foot that buttons make needless (`plain.beside_buttons`).
    spare: str = ""
    #: The person has not written for so long that only what the provider approved gets through (`Capabilities.window`).
    outside: bool = False


class Fate(enum.StrEnum):
    """What became of a send."""

    SENT = "sent"
    #: Surely not sent, try again after `retry_after` seconds.
    LATER = "later"
    #: Nobody knows whether it arrived.
    UNKNOWN = "unknown"
    #: This message can never be sent.
    FAILED = "failed"
    #: The address does not take messages any more (blocked, deactivated, opted out, unknown number).
    GONE = "gone"


class Receipt(NamedTuple):
    """What a send came to. `code` is the provider's own error code or a short word, never a person's data."""

    fate: Fate
    provider_id: str = ""
    code: str = ""
    retry_after: float = 0.0
    #: True when `retry_after` holds for the whole account, not for this person alone; without a time, when it is this
    #: process that reaches nobody.
    whole_account: bool = False
    #: The address that replaces the one used (a Telegram group that became a supergroup), or "".
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What a provider said of a message later (Twilio's status callbacks)."""

    provider_id: str
    receipt: Receipt


class Pace(NamedTuple):
    """How fast a provider lets an account send."""

    #: Messages in any second, to all people together; of SMS, segments.
    second: int
    #: Messages to one person in a row, and the seconds after which each of them is one more.
    burst: int = 1
    every: float = 0.0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show. A length is in characters of the channel's own count."""

    #: Longest text of one message; a longer one is split.
    text: int
    #: True where the bot may start a message itself (the web cannot be pushed to).
    push: bool = True
    #: False where nobody reads what is written back (a letter).
    hears: bool = True
    #: True where one message is one SMS segment.
    segments: bool = False
    #: True where a picture or a sound needs a field to be put into; a messenger has a button of its own.
    uploads: bool = False
    #: True where a form's pictures can be seen and its recordings heard.
    attachments: bool = False
    #: True where whoever has not written for a day is reached by an approved template only; and whether there is one.
    window: bool = False
    opens: bool = False
    #: None where no provider counts.
    pace: Pace | None = None


class Channel(Protocol):
    """A provider. `verify` and `read` are pure; `send` and `open` reach the network."""

    name: str
    capabilities: Capabilities

    def verify(self, request: Request) -> None:
        """Raise `Refused` unless the provider itself sent this."""

    def read(self, request: Request) -> list[Inbound]:
        """The messages in it (none for what does not concern us); raise `Malformed` if it cannot be read."""

    async def send(self, address: str, outbound: Outbound) -> Receipt:
        """Send one message; never raises for what a provider may answer."""


def entrances(channels: Mapping[str, Channel]) -> tuple[str, ...]:
    """What links into the chat begin with, of those channels that have links; what a link carries follows.

    A channel has them where it has an `entrance`, which may be "" until its provider has told it.
    """
    found = (getattr(channel, "entrance", "") for channel in channels.values())
    return tuple(each for each in found if each)


class Attachments(Protocol):
    """Whoever has the pictures and recordings that lie beside forms."""

    async def get(self, name: str) -> tuple[str, bytes] | None:
        """Type and content of the one with this hash; None if there is none."""

    def link(self, name: str) -> str:
        """Where it can be had for a while: a path below the public address."""

    async def known(self, account: str, name: str) -> str:
        """What a provider calls it; "" before it was given there."""

    async def keep(self, account: str, name: str, provider_id: str) -> None:
        """Remember what a provider calls it; "" forgets it."""


class Keeper(Protocol):
    """Whoever has what people sent until it is fetched."""

    async def fetch(self, reference: str, most: int) -> bytes:
        """The whole file, `most` bytes long at the most.

        Raises `Unreachable` where it may be had later, and `Lost` where it never will be.
        """


def place(latitude: str, longitude: str, precision: str = "") -> str:
    """A place as XLSForm writes one: "latitude longitude altitude precision"; "" where these are no numbers."""
    try:
        north, east, within = float(latitude), float(longitude), float(precision or 0)
    except ValueError:
        return ""
    # What is no number compares as false.
    if not (abs(north) <= 90 and abs(east) <= 180 and 0 <= within < 1e6):
        return ""
    return f"{north:.7g} {east:.8g} 0 {within:.4g}"
