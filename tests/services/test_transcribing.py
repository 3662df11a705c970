"""Voice notes that wait to be put into words: listed by age, listened to, written down under seal."""

from pathlib import Path

import pytest

from bot.channels import base
from bot.engine import table
from bot.services import collecting, exporting, publishing, transcribing
from tests import samples
from tests.services import sending
from tests.services.house import SEAL


async def listed(sent: sending.Sending) -> list[str]:
    """What `ashar voices` prints."""
    voices = await transcribing.queue(sent.house.database)
    losses = await transcribing.lost(sent.house.database)
    return list(transcribing.lines(voices, losses, sent.house.clock()))


async def test_the_queue_shows_age_form_and_question(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        assert await listed(sent) == ["No voice note waits for a transcript."]
        for content in (samples.ogg(75), samples.MP3, base.Lost("too large"), base.Unreachable("503")):
            person = await sent.begins("skip")
            await sent.sends(person, content)
            sent.house.clock.forward(hours=20)
        idea = await sent.begins("skip", "skip")
        await sent.sends(idea, samples.ogg(8))
        await sent.sends(await sent.begins(), samples.bomb(), "image")
        await sent.fetched()
        sent.house.clock.forward(minutes=5)
        ids = dict(await sent.house.rows("SELECT question || '/' || COALESCE(mime, code), id FROM media"))
        short = {name: media[: transcribing.SHOWN] for name, media in ids.items()}
        assert await listed(sent) == [
            "3 voice notes wait for a transcript, the oldest for 3 days.",
            "sent, idea",
            f"  {short['idea/audio/ogg']}     9 min    0:08  audio/ogg",
            "sent, story",
            f"  {short['story/audio/ogg']}    3 days    1:15  audio/ogg",
            f"  {short['story/audio/mpeg']}    2 days       ?  audio/mpeg",
            "2 have not arrived:",
            "sent, story",
            f"  {short['story/too large']}      40 h  failed (too large)",
            f"  {short['story/503']}      20 h  waiting (503)",
            "sent, bridge: 1 pictures failed (too large)",
        ]


async def test_a_voice_is_heard_and_written_down_under_seal(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        person = await sent.begins("skip")
        await sent.sends(person, samples.ogg(4))
        await sent.fetched()
        database = sent.house.database
        [media] = map(str, await sent.rows("id"))
        assert await transcribing.play(database, sent.files, media[:6].upper()) == samples.ogg(4)
        assert await transcribing.write(database, SEAL, media[:6], "Көпүрө керек")
        [transcript] = await sent.rows("transcript")
        assert isinstance(transcript, bytes)
        assert SEAL.open("media", transcript) == "Көпүрө керек"
        assert "Көпүрө керек".encode() not in b"".join((await sent.house.dump()).values())
        assert await transcribing.queue(database) == []
        # What was said stands in the export where the id of the voice stood.
        layout = table.Layout()
        source = await collecting.collect(database, SEAL, publishing.Library(), "sent", layout, unfinished=True)
        chunks = exporting.chunks(source, exporting.Format.CSV)
        assert "Көпүрө керек" in "".join([chunk async for chunk in chunks])
        assert not await transcribing.write(database, SEAL, media, "Көпүрө эмес, жол керек")
        # It goes with the voice.
        await person.says("өчүр", "1")
        assert await sent.rows("transcript") == []


async def test_what_cannot_be_heard_says_why(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        database = sent.house.database
        for _ in range(2):
            await sent.sends(await sent.begins("skip"), samples.MP3)
        one, other = map(str, await sent.rows("id"))
        with pytest.raises(transcribing.NoSuchVoice, match="has not arrived"):
            await transcribing.play(database, sent.files, one)
        await sent.fetched()
        await sent.house.write("UPDATE media SET id = 'ab1' WHERE id = :one", one=one)
        await sent.house.write("UPDATE media SET id = 'ab2' WHERE id = :other", other=other)
        for name, why in (("ab", "several"), ("", "no voice note"), ("abc", "no voice note"), ("%", "no voice note")):
            with pytest.raises(transcribing.NoSuchVoice, match=why):
                await transcribing.play(database, sent.files, name)
            with pytest.raises(transcribing.NoSuchVoice, match=why):
                await transcribing.write(database, SEAL, name, "x")
        [path] = sent.on_disk()
        path.write_bytes(b"\0" * 40)
        with pytest.raises(transcribing.NoSuchVoice, match="another key"):
            await transcribing.play(database, sent.files, "ab1")
        path.unlink()
        with pytest.raises(transcribing.NoSuchVoice, match="is not in"):
            await transcribing.play(database, sent.files, "ab2")
