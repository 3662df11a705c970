"""Recordings of questions: found beside the form, looked at, kept with its version, and handed to the channels."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping

from bot.channels import sniffing
from bot.engine import form
from bot.engine.authoring import problems
from bot.engine.phrases import phrase
from bot.services import loading
from models import db, providers, sealing, sounds

#: Bytes of one recording: a minute and a half as MP3 for speech. It is paid for by whoever listens.
LONGEST = 1_000_000
#: What messengers play as a voice message and browsers play too.
TYPES = ("audio/mpeg", "audio/ogg", "audio/mp4")
#: An address at which one is heard is good until the end of the next of these spans: at least an hour, for a provider
#: to fetch it, and the same address for an hour, so that a browser that plays it twice is not sent it twice.
GOOD_FOR = 3600


def beside(source: loading.Source, made: form.Form) -> tuple[dict[str, sounds.Sound], list[problems.Problem]]:
    """The recordings of a form's questions by their names, and what is to be said of those that cannot be taken.

    A form without them can be answered, so nothing of it is an error: forms come without the files of their media.
    """
    found: dict[str, sounds.Sound] = {}
    told: list[problems.Problem] = []
    refused: set[str] = set()
    for question in made.questions:
        for language, name in question.audio.items():
            if name in found or name in refused:
                continue
            path = source.beside(name)
            mend = phrase("put an .mp3 of up to {n} kB beside the form.", n=LONGEST // 1000)
            if path is None:
                what = phrase("There is no recording “{name}” beside the form, so nobody can listen to it.", name=name)
            elif path.stat().st_size > LONGEST:
                what = phrase("The recording “{name}” is too long for people who pay by the megabyte.", name=name)
            else:
                content = path.read_bytes()
                mime = sniffing.kind(content)[1]
                if mime in TYPES:
                    found[name] = sounds.Sound(hashlib.sha256(content).hexdigest(), mime, content)
                    continue
                what = phrase("The recording “{name}” is nothing that telephones play.", name=name)
            refused.add(name)
            column = f"media::audio::{language}" if language else "media::audio"
            told.append(problems.Problem("survey", question.row, column, what, mend, problems.Severity.ADVICE))
    return found, told


def version(made: form.Form, found: Mapping[str, sounds.Sound]) -> str:
    """The form's version with its recordings: another recording is another version."""
    if not found:
        return made.version
    heard = json.dumps({name: sound.hash for name, sound in sorted(found.items())}, separators=(",", ":"))
    return hashlib.sha256(f"{made.version}{heard}".encode()).hexdigest()[:16]


class Shelf:
    """See `base.Sounds`: what the channels and the web chat ask for recordings."""

    def __init__(self, database: db.Database, seal: sealing.Seal, clock: Callable[[], dt.datetime] = db.now) -> None:
        self._database, self._seal, self._clock = database, seal, clock
        #: (account, hash) -> the provider's id.
        self._known: dict[tuple[str, str], str] = {}

    async def get(self, name: str) -> tuple[str, bytes] | None:
        """Type and content; None if there is no such recording."""
        async with self._database.reading() as connection:
            found = await sounds.get(connection, name)
        return (found.mime, found.content) if found else None

    def link(self, name: str) -> str:
        """Where it can be heard for a while: a path below the public address."""
        until = (int(self._clock().timestamp()) // GOOD_FOR + 2) * GOOD_FOR
        return f"/sound/{name}/{until}/{self._mark(name, until)}"

    def is_good(self, name: str, until: int, mark: str) -> bool:
        """Whether such a path is one of ours and still good."""
        genuine = hmac.compare_digest(mark.encode(), self._mark(name, until).encode())
        return genuine and self._clock().timestamp() < until

    def _mark(self, name: str, until: int) -> str:
        return self._seal.hash("sound", f"{name}/{until}").hex()[:32]

    async def known(self, account: str, name: str) -> str:
        """What a provider calls it; "" before it was given there."""
        if (account, name) not in self._known:
            async with self._database.reading() as connection:
                self._known |= {
                    (account, key): at for key, at in (await providers.objects(connection, account)).items()
                }
        return self._known.get((account, name), "")

    async def keep(self, account: str, name: str, provider_id: str) -> None:
        """Remember what a provider calls it; "" forgets it. What is too long to be kept is given there once more."""
        if len(provider_id) <= providers.LONGEST:
            self._known[account, name] = provider_id
            async with self._database.transaction() as connection:
                await providers.keep(connection, account, {name: provider_id})
