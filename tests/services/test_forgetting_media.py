"""What was sent goes with the answer it was: at once from the database, and from the disk with the last who sent it."""

import asyncio
import logging
import os
import random
import time
from pathlib import Path

import pytest

from bot.services import fetching
from models import media
from tests import samples
from tests.services import house as houses
from tests.services import sending
from tests.services.house import SEAL

VOICE, OTHER = samples.ogg(5, b"one"), samples.ogg(6, b"two")


async def test_erasing_leaves_neither_row_nor_file(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        person = await sent.begins()
        picture = await sent.sends(person, samples.picture(), "image")
        await sent.sends(person, VOICE)
        await sent.fetched()
        assert len(sent.on_disk()) == 2
        # And one that has not been fetched yet.
        late = await sent.sends(person, OTHER)
        ids = [str(name) for name in await sent.rows("id")]
        await person.says("өчүр", "1")
        assert await sent.house.count("media") == 0
        await sent.fetched()
        assert sent.on_disk() == []
        assert await sent.house.rows("SELECT 1 FROM due WHERE kind = 'media'") == []
        assert late not in sent.provider.asked
        dump, opened = await sent.house.dump(), await sent.house.unsealed()
        for secret in (picture, late, *ids):
            assert not [table for table, content in dump.items() if secret.encode() in content], secret
            assert not [table for table, content in opened.items() if secret in content], secret


async def test_who_is_erased_while_their_voice_is_fetched_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        person = await sent.begins("skip")
        name = await sent.sends(person, VOICE)
        sent.provider.open.clear()
        async with sent.fetcher() as fetcher:
            await houses.until(lambda: sent.provider.asked == [name])
            await person.says("өчүр", "1")
            sent.provider.open.set()
            await sent.fetched(fetcher)
        assert sent.on_disk() == []


async def test_two_who_sent_the_same_share_a_file_until_both_are_gone(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        people = [await sent.begins("skip") for _ in range(2)]
        for person in people:
            await sent.sends(person, VOICE)
        await sent.fetched()
        assert len(sent.on_disk()) == 1
        await people[0].says("өчүр", "1")
        await sent.fetched()
        assert [sent.files.read(path.name) for path in sent.on_disk()] == [VOICE]
        assert await sent.house.count("media") == 1
        # Who sends it again has it again.
        again = await sent.begins("skip")
        await sent.sends(again, VOICE)
        await people[1].says("өчүр", "1")
        await sent.fetched()
        await sent.agree()
        await again.says("өчүр", "1")
        await sent.fetched()
        assert sent.on_disk() == []


@pytest.mark.parametrize(
    ("words", "left"),
    [
        pytest.param(["назад", "Мен айтам"], [], id="answered-in-words"),
        pytest.param(["назад", "өткөр"], [], id="passed-over"),
        pytest.param(["назад", "өткөр", "өткөр", "2"], [], id="nothing-is-kept"),
        pytest.param(["назад", "назад", "өткөр"], [VOICE], id="only-passed-by"),
    ],
)
async def test_what_is_no_answer_any_more_goes(
    database_url: str, tmp_path: Path, words: list[str], left: list[bytes]
) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        person = await sent.begins("skip")
        await sent.sends(person, VOICE)
        await sent.fetched()
        await person.says(*words)
        await sent.fetched()
        assert [sent.files.read(path.name) for path in sent.on_disk()] == left
        assert await sent.house.count("media") == len(left)


async def test_a_second_voice_takes_the_place_of_the_first(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        person = await sent.begins("skip")
        await sent.sends(person, VOICE)
        await sent.fetched()
        await person.sends("назад")
        await sent.sends(person, OTHER)
        assert await sent.house.rows("SELECT value FROM answer WHERE question = 'story'") == await sent.rows("id")
        await sent.fetched()
        assert [sent.files.read(path.name) for path in sent.on_disk()] == [OTHER]


async def test_sending_and_erasing_the_same_at_once_ends_well(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(3)
    async with sending.opened(database_url, tmp_path) as one:
        async with sending.opened(database_url, tmp_path, clock=one.house.clock, provider=one.provider) as other:
            people = [await one.begins("skip") for _ in range(24)]

            async def lives(number: int) -> None:
                sent = (one, other)[number % 2]
                person = people[number]
                person.house = sent.house
                for turn in range(3):
                    voice = sent.provider.keeps((VOICE, OTHER)[chance.randrange(2)], "audio")
                    await sent.house.desk.receive(person.message(kind="audio", media=voice))
                    await asyncio.sleep(chance.random() * 0.1)
                    if turn < 2:
                        await sent.house.desk.receive(person.message("назад"))
                if number % 3:
                    for text in ("өчүр", "1"):
                        await sent.house.desk.receive(person.message(text))

            async with one.fetcher() as first, other.fetcher() as second:
                wakes = [asyncio.create_task(_wakes(fetcher)) for fetcher in (first, second)]
                await asyncio.gather(*map(lives, range(24)))
                await one.fetched(first)
                for task in wakes:
                    task.cancel()
                await asyncio.gather(*wakes, return_exceptions=True)
            # What a deadlock has put off is tried again.
            one.house.clock.forward(minutes=6)
            await one.fetched()
        assert await one.house.count("media") == 8
        await one.agree()
        assert await one.house.count("set_aside") == 0
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_nobody_removes_what_somebody_is_about_to_name(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as one, sending.opened(database_url, tmp_path) as other:
        await one.sends(await one.begins("skip"), VOICE)
        at = one.house.clock()
        draft = one.files.draft(VOICE)
        # As the last who sent the same has left it.
        one.files.shelve(one.files.draft(VOICE))
        async with one.house.database.transaction() as connection:
            [row] = await media.claim(connection, ["sms"], 1, at, at)
        async with one.house.database.transaction() as connection:
            await media.hold(connection, draft.hash)
            assert await media.keep(connection, row, draft.hash, "audio/ogg", len(VOICE), 5)
            one.files.shelve(draft)
            tidying = asyncio.create_task(other.fetcher().tidy(age=-1))
            await asyncio.sleep(0.3)
            assert not tidying.done()
        await tidying
        await one.agree()
        assert len(one.on_disk()) == 1


async def _wakes(fetcher: fetching.Fetcher) -> None:
    while True:
        fetcher.wake()
        await asyncio.sleep(0.005)


async def test_what_a_dead_process_left_is_swept_up(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        await sent.sends(await sent.begins("skip"), VOICE)
        await sent.fetched()
        [kept] = sent.on_disk()
        for content in (b"old orphan", b"young orphan"):
            sent.files.shelve(sent.files.draft(content))
        old_draft, young_draft = (sent.files.draft(b"x").path for _ in range(2))
        old_upload, young_upload, wanted = (sent.files.put(b"x") for _ in range(3))
        await sent.house.write("UPDATE media SET channel = 'web', sealed = :sealed", sealed=SEAL.close("media", wanted))
        old = [path for path in sent.on_disk() if path.name == SEAL.hash_bytes("media", b"old orphan").hex()]
        uploads = {name: sent.files.folder / "new" / f"u-{name}" for name in (old_upload, young_upload, wanted)}
        for path in (kept, *old, old_draft, uploads[old_upload], uploads[wanted]):
            os.utime(path, (time.time() - 2 * fetching.ORPHANED,) * 2)
        async with sent.fetcher():
            await houses.until(lambda: len(sent.on_disk()) == 5)
        young = sent.files.folder.glob(f"*/*/{SEAL.hash_bytes('media', b'young orphan').hex()}")
        assert set(sent.on_disk()) == {kept, *young, young_draft, uploads[young_upload], uploads[wanted]}
