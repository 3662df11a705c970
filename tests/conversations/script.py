"""The format of a conversation file, and what whoever replays one must be able to do.

    # A comment: what this conversation shows.
    > салам
    Саламатсызбы! …
    1. Кыргызча
    2. Русский

    > [tap 1]
    …

A line that begins with "> " is what the person sends, the lines below it are what the bot says, as plain text. In
brackets stands what is not typed: [tap 3] or [tap Артка] (a button, by number or by its words), [tap 3, one message
earlier] (a button of the message before the last), [sticker], [photo], [voice], [place 42.49 78.39], [link
s-priorities] (arrived by a link), [10000 letters], and [7 days later], after which nothing is said. Nothing is said
either to [office treasurer KASSAASHA2] (the facilitator gives out an office of suu by that code) and to [aunt says
a-suu | 1 | 2000 сом] (somebody else writes these messages, on a phone of their own; "[aunt on a page says …]", on the
web chat), nor to [e-mail is sent here] (the house does so from here on). [the code from the letter] is what it says.
A conversation that begins with [on telegram] is held there and nowhere else.

What lies in a folder of its own is held about a form of the tests: household/ about tests/forms/household.yaml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

FOLDER = Path(__file__).resolve().parent

_TAP = re.compile(r"\[tap (.+?)(, one message earlier)?\]")
_LATER = re.compile(r"\[(\d+) (minute|hour|day|week)s? later\]")
_LETTERS = re.compile(r"\[(\d+) letters\]")
_LINK = re.compile(r"\[link (\S+)\]")
_OFFICE = re.compile(r"\[office (\w+ \w+)\]")
_SAYS = re.compile(r"\[(\w+(?: on a page)? says .+)\]")
_ON = re.compile(r"\[on (\w+)\]")
_MAIL = {"[e-mail is sent here]": "mails", "[the code from the letter]": "code"}
_PLACE = re.compile(r"\[place (-?[\d.]+ -?[\d.]+)\]")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done.

    `kind` is "text", "tap", "earlier", "media", "place", "link", "later", "office", "says", "mails", "on" or "code".
    """

    kind: str
    #: What was typed; number or words of the button; name of the medium; latitude and longitude; payload of the link.
    text: str
    #: How long nothing happens, for "later".
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """One step as it stands in the file: comments above it, what is sent, what the bot says."""

    comments: tuple[str, ...]
    written: str
    said: str

    @property
    def is_aside(self) -> bool:
        """Whether it is not this person who does it."""
        return self.step.kind in ("office", "says", "mails", "on")

    @property
    def step(self) -> Step:
        """What is sent."""
        return read_step(self.written)


class Driver(Protocol):
    """Plays one person over one road: the bare engine, or a channel with its stand-in."""

    #: Name of the channel as the engine hears it; some texts name it.
    channel: str
    #: True where buttons of earlier messages can still be pressed.
    buttons: bool

    async def send(self, step: Step) -> list[str]:
        """Do it, and give the texts the person is then shown; several where the channel splits them."""


def read_step(written: str) -> Step:
    """The step behind "> "."""
    if found := _TAP.fullmatch(written):
        return Step("earlier" if found[2] else "tap", found[1])
    if found := _LATER.fullmatch(written):
        minutes = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}[found[2]]
        return Step("later", "", int(found[1]) * minutes)
    if found := _LETTERS.fullmatch(written):
        return Step("text", "а" * int(found[1]))
    if found := _LINK.fullmatch(written):
        return Step("link", found[1])
    for kind, pattern in (("office", _OFFICE), ("says", _SAYS), ("on", _ON)):
        if found := pattern.fullmatch(written):
            return Step(kind, found[1])
    if found := _PLACE.fullmatch(written):
        return Step("place", found[1])
    if written in _MAIL:
        return Step(_MAIL[written], "")
    if written in ("[sticker]", "[photo]", "[voice]"):
        return Step("media", written.strip("[]"))
    assert not written.startswith("["), f"{written} is nothing a person can do here"
    return Step("text", written)


def read(text: str) -> list[Passage]:
    """The conversation in a file."""
    passages: list[Passage] = []
    comments: list[str] = []
    lines: list[str] = []
    written: str | None = None

    def close() -> None:
        nonlocal comments, lines
        if written is not None:
            passages.append(Passage(tuple(comments), written, "\n".join(lines).strip("\n")))
            comments, lines = [], []

    above: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            above.append(line)
        elif line.startswith("> "):
            close()
            written, comments, above = line[2:], above, []
        elif written is not None:
            lines.append(line)
    close()
    return passages


def write(passages: list[Passage]) -> str:
    """The file of a conversation; `read` is its inverse."""
    blocks = []
    for passage in passages:
        assert not re.search(r"^(> |#)", passage.said, re.M), "the bot may not talk like the file's own marks"
        blocks.append("\n".join([*passage.comments, f"> {passage.written}", *passage.said.splitlines()]))
    return "\n\n".join(blocks) + "\n"


def sayings(step: Step) -> tuple[str, list[str]]:
    """Who of the others writes, and what."""
    who, _, said = step.text.partition(" says ")
    return who, said.split(" | ")


def same(one: str, other: str) -> bool:
    """Equal but for white space: a channel may cut a text in pieces at spaces and ends of lines."""
    return one.split() == other.split()


def files() -> list[Path]:
    """Every conversation there is."""
    return sorted(FOLDER.rglob("*.txt"))


def name(path: Path) -> str:
    """What a conversation is called: "help.ky", "household/rounds.ru"."""
    return path.relative_to(FOLDER).with_suffix("").as_posix()


def about(path: Path) -> str:
    """The form of the tests it is held about; "" for what ships."""
    return path.parent.name if path.parent != FOLDER else ""


def needs_buttons(passages: list[Passage]) -> bool:
    """True where an old button is pressed, which a road without buttons cannot do."""
    return any(passage.step.kind == "earlier" for passage in passages)


def needs_mail(passages: list[Passage]) -> bool:
    """True where the house sends e-mail, which is spoken of on the web chat alone."""
    return any(passage.step.kind == "mails" for passage in passages)


def held_on(passages: list[Passage]) -> str:
    """The one channel on which it is held, or ""."""
    return next((passage.step.text for passage in passages if passage.step.kind == "on"), "")


def needs_places(passages: list[Passage]) -> bool:
    """True where a place on the map is sent, which not every channel can carry."""
    return any(passage.step.kind == "place" for passage in passages)


async def replay(passages: list[Passage], driver: Driver) -> list[Passage]:
    """The same steps, with what is said on the driver's road."""
    played = []
    for passage in passages:
        shown = await driver.send(passage.step)
        played.append(Passage(passage.comments, passage.written, "\n".join(shown)))
    return played
