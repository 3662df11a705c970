"""Transcribing: voice notes that wait until somebody has listened to them and written down what was said."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

from models import db, files, media, sealing

#: Digits of an id that are shown, and enough to name it.
SHOWN = 10


class NoSuchVoice(LookupError):
    """No voice note, or more than one, is called so; its text says which."""


async def queue(database: db.Database) -> list[media.Voice]:
    """Those that wait, the oldest first, and those that could not be had."""
    async with database.reading() as connection:
        return await media.unheard(connection)


async def lost(database: db.Database) -> list[media.Loss]:
    """Pictures that could not be had, by form, question and reason."""
    async with database.reading() as connection:
        return await media.lost(connection, "image")


async def play(database: db.Database, kept: files.Files, name: str) -> bytes:
    """The sound of the one whose id begins so; raises `NoSuchVoice`."""
    voice = await _one(database, name)
    if voice.content_hash is None:
        raise NoSuchVoice(f"{voice.id[:SHOWN]} has not arrived ({voice.code or voice.status})")
    try:
        return await asyncio.to_thread(kept.read, voice.content_hash)
    except FileNotFoundError:
        raise NoSuchVoice(f"the file of {voice.id[:SHOWN]} is not in {kept.folder}") from None
    except sealing.Unreadable:
        raise NoSuchVoice(f"the file of {voice.id[:SHOWN]} was sealed with another key") from None


async def write(database: db.Database, seal: sealing.Seal, name: str, heard: str) -> bool:
    """Keep what was said in the one whose id begins so; True where it stood in no words yet. Raises `NoSuchVoice`."""
    voice = await _one(database, name)
    async with database.transaction() as connection:
        if not await media.write_down(connection, voice.id, seal.close("media", heard)):
            raise NoSuchVoice(f"{voice.id[:SHOWN]} was erased just now")
    return voice.transcript is None


async def retry(database: db.Database, at: dt.datetime) -> int:
    """Let those be fetched again that were given up while their provider did not answer; how many."""
    async with database.transaction() as connection:
        return await media.retry(connection, at)


def lines(voices: Iterable[media.Voice], losses: Iterable[media.Loss], at: dt.datetime) -> Iterator[str]:
    """The queue as a table: each form and question with its voice notes, the oldest first."""
    waiting = [voice for voice in voices if voice.status == "kept"]
    coming = [voice for voice in voices if voice.status != "kept"]
    if waiting:
        oldest = _age(at - waiting[0].created_at)
        yield f"{len(waiting)} voice notes wait for a transcript, the oldest for {oldest}."
    else:
        yield "No voice note waits for a transcript."
    for title, each in _by_question(waiting):
        yield title
        for voice in each:
            length = f"{voice.seconds // 60}:{voice.seconds % 60:02}" if voice.seconds else "?"
            yield f"  {voice.id[:SHOWN]}  {_age(at - voice.created_at):>8}  {length:>6}  {voice.mime}"
    if coming:
        yield f"{len(coming)} have not arrived:"
    for title, each in _by_question(coming):
        yield title
        for voice in each:
            why = f"{voice.status} ({voice.code})" if voice.code else voice.status
            yield f"  {voice.id[:SHOWN]}  {_age(at - voice.created_at):>8}  {why}"
    for loss in losses:
        yield f"{loss.form}, {loss.question}: {loss.number} pictures failed ({loss.code})"


def _by_question(voices: Iterable[media.Voice]) -> Iterator[tuple[str, list[media.Voice]]]:
    def place(voice: media.Voice) -> tuple[str, str]:
        return voice.form, voice.question.partition("#")[0]

    for (form, question), each in groupby(sorted(voices, key=place), key=place):
        yield f"{form}, {question}", list(each)


def _age(age: dt.timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


async def _one(database: db.Database, name: str) -> media.Voice:
    async with database.reading() as connection:
        found = await media.voices(connection, name.lower()) if name else []
    if len(found) != 1:
        raise NoSuchVoice(f"several voice notes begin with {name}" if found else f"there is no voice note {name}")
    return found[0]
