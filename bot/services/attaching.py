"""Pictures and recordings of questions: found beside the form, looked at, kept with its version, and handed out."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from bot.channels import sniffing
from bot.engine import form
from bot.engine.authoring import problems
from bot.engine.phrases import Phrase, phrase
from bot.services import loading
from models import attachments, db, files, media, providers, sealing

if TYPE_CHECKING:
    from bot.services import picturing

#: Bytes of one attachment: a minute and a half of speech as MP3. It is paid for by whoever asks for it.
LARGEST = 1_000_000
#: Bytes of a picture after which its author is told of slow lines.
HEAVY = 300_000
#: What messengers show or play, and browsers too.
TYPES = {
    "image": ("image/jpeg", "image/png", "image/webp"),
    "audio": ("audio/mpeg", "audio/ogg", "audio/mp4"),
}
#: Telegram shows no picture of more pixels along both its sides together, or narrower than that.
SIDES, NARROWEST = 10_000, 20
#: An address at which one is had is good until the end of the next of these spans: at least an hour, for a provider
#: to fetch it, and the same address for an hour, so that a browser that plays it twice is not sent it twice.
GOOD_FOR = 3600
#: What names a photo of a receipt begins with: whoever signs for the campaign may see it, while it is kept.
_RECEIPT = "receipt-"


class Beside(NamedTuple):
    """What lies beside a form."""

    #: By name, as the form knows it.
    named: dict[str, form.Attachment]
    kept: list[attachments.Attachment]
    #: What is to be said of those that cannot be taken, or might be better.
    told: list[problems.Problem]


class _Words(NamedTuple):
    """What is said of files of one kind."""

    mend: Phrase
    absent: Callable[[str], Phrase]
    large: Callable[[str], Phrase]
    strange: Callable[[str], Phrase]


_WORDS = {
    "image": _Words(
        phrase("put a .jpg of up to {n} kB beside the form.", n=HEAVY // 1000),
        lambda name: phrase("There is no picture “{name}” beside the form, so nobody can see it.", name=name),
        lambda name: phrase("The picture “{name}” is too large for people who pay by the megabyte.", name=name),
        lambda name: phrase("The picture “{name}” is nothing that telephones show.", name=name),
    ),
    "audio": _Words(
        phrase("put an .mp3 of up to {n} kB beside the form.", n=LARGEST // 1000),
        lambda name: phrase("There is no recording “{name}” beside the form, so nobody can listen to it.", name=name),
        lambda name: phrase("The recording “{name}” is too long for people who pay by the megabyte.", name=name),
        lambda name: phrase("The recording “{name}” is nothing that telephones play.", name=name),
    ),
}


def beside(source: loading.Source, made: form.Form) -> Beside:
    """The pictures and recordings of a form's questions.

    A form without them can be answered, so nothing of it is an error: forms come without the files of their media.
    """
    found = Beside({}, [], [])
    looked: set[tuple[str, str]] = set()
    for question in made.questions:
        for kind, language, name in _named(question):
            if (kind, name) not in looked:
                looked.add((kind, name))
                column = f"media::{kind}::{language}" if language else f"media::{kind}"
                for what, mend in _look(source, kind, name, found):
                    place = "survey", question.row, column
                    found.told.append(problems.Problem(*place, what, mend, problems.Severity.ADVICE))
    return found


def _named(question: form.Question) -> Iterator[tuple[str, str, str]]:
    """(kind, language, name) of all that a question names."""
    for kind, named in (("image", question.image), ("audio", question.audio)):
        for language, name in named.items():
            yield kind, language, name


def _look(source: loading.Source, kind: str, name: str, found: Beside) -> Iterator[tuple[Phrase, Phrase]]:
    """Take it into what was found if it can be; what is wrong with it, and how to mend that."""
    words, path = _WORDS[kind], source.beside(name)
    if path is None:
        yield words.absent(name), words.mend
        return
    if path.stat().st_size > LARGEST:
        yield words.large(name), words.mend
        return
    content = path.read_bytes()
    mime = sniffing.kind(content)[1]
    seen = _seen(content) if mime in TYPES["image"] else None
    if mime not in TYPES[kind] or (kind == "image" and seen is None):
        yield words.strange(name), words.mend
        return
    kept = attachments.Attachment(hashlib.sha256(content).hexdigest(), mime, content)
    found.named[name] = form.Attachment(name, kind, kept.hash, len(content))
    found.kept.append(kept)
    if seen and len(content) > HEAVY:
        size = kilobytes(len(content))
        what = phrase("The picture “{name}” has {n} kB: on a slow line it takes a minute.", name=name, n=size)
        yield what, words.mend
    if mime == "image/webp":
        yield phrase("WhatsApp does not show the picture “{name}”, a .webp.", name=name), phrase("save it as .jpg.")
    if seen and seen.placed:
        what = phrase("The picture “{name}” tells where it was taken, and it is sent as it is.", name=name)
        yield what, phrase("save it without its place, unless everybody may know.")


def _seen(content: bytes) -> picturing.Seen | None:
    """What the picture is; None where it is none, or none that can be shown."""
    # Here, for its import takes a while, and few forms have pictures.
    from bot.services import picturing

    try:
        seen = picturing.look(content)
    except picturing.Unclean:
        return None
    short, long = sorted((seen.width, seen.height))
    return seen if short + long <= SIDES and long <= NARROWEST * short else None


def kilobytes(size: int) -> int:
    """As people are told it: never less than there is."""
    return -(-size // 1000)


def version(made: form.Form, found: Beside) -> str:
    """The form's version with its attachments: another picture is another version."""
    if not found.named:
        return made.version
    attached = {name: each.hash for name, each in sorted(found.named.items())}
    return hashlib.sha256(f"{made.version}{json.dumps(attached, separators=(',', ':'))}".encode()).hexdigest()[:16]


def receipt(photo: media.Receipt, hand: str) -> form.Attachment:
    """A kept photo of a receipt as it is shown to whoever holds the office `hand`."""
    return form.Attachment("receipt.jpg", "image", f"{_RECEIPT}{photo.id}-{hand}", photo.size or 0)


def is_receipt(name: str) -> bool:
    """Whether a photo of a receipt is called so; everything else lies beside a form."""
    return name.startswith(_RECEIPT)


class Shelf:
    """See `base.Attachments`: what the channels and the web chat ask for pictures and recordings."""

    def __init__(
        self, database: db.Database, seal: sealing.Seal, kept: files.Files, clock: Callable[[], dt.datetime] = db.now
    ) -> None:
        self._database, self._seal, self._kept, self._clock = database, seal, kept, clock
        #: (account, hash) -> the provider's id.
        self._known: dict[tuple[str, str], str] = {}

    async def get(self, name: str) -> tuple[str, bytes] | None:
        """Type and content; None if there is no such attachment."""
        if is_receipt(name):
            return await self._receipt(*name.removeprefix(_RECEIPT).partition("-")[::2])
        async with self._database.reading() as connection:
            found = await attachments.get(connection, name)
        return (found.mime, found.content) if found else None

    async def _receipt(self, media_id: str, hand: str) -> tuple[str, bytes] | None:
        # Asked anew every time: an office may be over, and a photo gone, while its address is still good.
        async with self._database.reading() as connection:
            found = await media.receipt_for(connection, media_id, hand)
        if found is None or not found.content_hash:
            return None
        try:
            return found.mime or "", await asyncio.to_thread(self._kept.read, found.content_hash)
        except (FileNotFoundError, sealing.Unreadable):
            return None

    def link(self, name: str) -> str:
        """Where it can be had for a while: a path below the public address."""
        until = (int(self._clock().timestamp()) // GOOD_FOR + 2) * GOOD_FOR
        return f"/attachment/{name}/{until}/{self._mark(name, until)}"

    def is_good(self, name: str, until: int, mark: str) -> bool:
        """Whether such a path is one of ours and still good."""
        genuine = hmac.compare_digest(mark.encode(), self._mark(name, until).encode())
        return genuine and self._clock().timestamp() < until

    def _mark(self, name: str, until: int) -> str:
        return self._seal.hash("attachment", f"{name}/{until}").hex()[:32]

    async def known(self, account: str, name: str) -> str:
        """What a provider calls it; "" before it was given there, and of a receipt always."""
        if (account, name) not in self._known:
            async with self._database.reading() as connection:
                self._known |= {
                    (account, key): at for key, at in (await providers.objects(connection, account)).items()
                }
        return self._known.get((account, name), "")

    async def keep(self, account: str, name: str, provider_id: str) -> None:
        """Remember what a provider calls it; "" forgets it. What is too long to be kept is given there once more.

        So is a receipt: by its provider's name for it, it could be seen after it is gone from here.
        """
        if len(provider_id) <= providers.LONGEST and not is_receipt(name):
            self._known[account, name] = provider_id
            async with self._database.transaction() as connection:
                await providers.keep(connection, account, {name: provider_id})
