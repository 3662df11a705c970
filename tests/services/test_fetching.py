"""What people sent is fetched once it is an answer: by several processes, under any trouble, never what it is not."""

import asyncio
import datetime as dt
import io
import logging
import signal
import stat
import sys
from pathlib import Path

import pytest
from PIL import Image

from bot.channels import base
from bot.services import fetching, transcribing
from tests import samples
from tests.house.test_imports import ROOT
from tests.services import house as houses
from tests.services import killed, sending
from tests.services.house import SEAL

GONE = base.Unreachable("503")


async def heads(person: houses.Person) -> list[str]:
    """All that was ever said to them."""
    return [outbound.head for _, outbound in await person.letters()]


async def test_a_voice_note_becomes_a_sealed_file(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        voice = samples.ogg(75, b"the voice of Aigul")
        name = await sent.sends(await sent.begins("skip"), voice)
        assert await sent.rows("status, kind, question, channel") == [("waiting", "audio", "story", "sms")]
        opened = await sent.house.unsealed()
        assert opened["media"] == name
        assert not [table for table, content in (await sent.house.dump()).items() if name.encode() in content]
        await sent.fetched()
        [hash_] = map(str, await sent.rows("content_hash"))
        assert await sent.rows("status, mime, size, seconds, sealed, code") == [
            ("kept", "audio/ogg", len(voice), 75, None, None)
        ]
        assert sent.files.read(hash_) == voice
        [path] = sent.on_disk()
        assert path.relative_to(sent.files.folder).parts == (hash_[:2], hash_[2:4], hash_)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in path.parents[:3]} == {0o700}
        assert b"voice of Aigul" not in path.read_bytes()
        # Only the id stands in the open, and leads nowhere without the database.
        [media] = await sent.rows("id")
        assert await sent.house.rows("SELECT value, sealed FROM answer WHERE question = 'story'") == [(media, None)]


@pytest.mark.parametrize("mode", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_is_kept_without_place_and_camera(sqlite_url: str, tmp_path: Path, mode: str) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        picture = samples.picture(mode=mode, turned=6)
        assert samples.CAMERA.encode() in picture
        await sent.sends(await sent.begins(), picture, "image")
        await sent.fetched()
        [(hash_, mime)] = await sent.house.rows("SELECT content_hash, mime FROM media")
        kept = sent.files.read(hash_)
        assert mime == "image/jpeg"
        assert samples.CAMERA.encode() not in kept
        with Image.open(io.BytesIO(kept)) as image:
            assert (image.size, dict(image.getexif()), dict(image.getexif().get_ifd(0x8825))) == ((48, 64), {}, {})


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        pytest.param(samples.SVG, "image", "wrong type", id="drawing-that-runs"),
        pytest.param(samples.PAGE, "image", "wrong type", id="page"),
        pytest.param(b"\xff\xd8\xff\xe0" + samples.PAGE * 100, "image", "unreadable", id="page-disguised"),
        pytest.param(samples.picture(400, 400)[:-600], "image", "unreadable", id="cut-off"),
        pytest.param(samples.bomb(), "image", "too large", id="bomb"),
        pytest.param(samples.webp_bomb(), "image", "too large", id="bomb-of-another-kind"),
        pytest.param(samples.ogg(), "image", "wrong type", id="sound-for-a-picture"),
        pytest.param(samples.picture(), "audio", "wrong type", id="picture-for-a-sound"),
        pytest.param(samples.mpeg4(b"soun", b"vide"), "audio", "wrong type", id="film-for-a-sound"),
        pytest.param(b"", "audio", "wrong type", id="nothing"),
        pytest.param(base.Lost("too large"), "audio", "too large", id="too-large"),
    ],
)
async def test_what_is_not_what_it_says_is_given_up_and_leaves_nothing(
    sqlite_url: str, tmp_path: Path, content: bytes | Exception, kind: str, code: str
) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        await sent.sends(await sent.begins(*["skip"] * (kind == "audio")), content, kind)
        await sent.fetched()
        assert await sent.rows("status, code, content_hash, sealed") == [("failed", code, None, None)]
        assert sent.on_disk() == []
        # Nor is the provider asked again.
        sent.house.clock.forward(days=2)
        await sent.fetched()
        assert len(sent.provider.asked) == 1


async def test_a_provider_that_does_not_answer_is_tried_for_most_of_a_day(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with sending.opened(database_url, tmp_path) as sent:
        name = await sent.sends(await sent.begins("skip"), GONE)
        waited = []
        async with sent.fetcher() as fetcher:
            for attempt in range(1, len(fetching.PAUSES) + 1):
                await sent.fetched(fetcher)
                assert await sent.rows("status, attempts, code") == [("waiting", attempt, "503")]
                due = await sent.due()
                waited.append((due - sent.house.clock()).total_seconds())
                # Not before its time.
                sent.house.clock.now = due - dt.timedelta(seconds=1)
                await fetcher.look()
                assert await sent.rows("status, attempts, code") == [("waiting", attempt, "503")]
                sent.house.clock.now = due
            assert len(sent.provider.asked) == len(fetching.PAUSES)
            await sent.fetched(fetcher)
        assert await sent.rows("status, code") == [("failed", "503")]
        assert 16 < sum(waited) / 3600 < 26
        assert waited == sorted(waited)
        assert "an answer by audio on sms was given up: 503" in caplog.text
        assert name not in caplog.text
        # It may still be there when the provider is.
        sent.provider.kept[name] = samples.ogg()
        assert await transcribing.retry(sent.house.database, sent.house.clock()) == 1
        await sent.fetched()
        assert await sent.rows("status, code") == [("kept", None)]


@pytest.mark.parametrize(
    ("language", "kind", "told"),
    [
        ("ky", "image", "Кечириңиз, сүрөтүңүз бизге жетпей калды. Кайра жөнөтүү үчүн «жооптор» деп жазыңыз."),
        ("ru", "audio", "К сожалению, ваше голосовое до нас не дошло. Чтобы отправить его ещё раз, напишите «ответы»."),
    ],
)
async def test_whoever_sent_what_could_not_be_had_is_told_once(
    database_url: str, tmp_path: Path, language: str, kind: str, told: str
) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        person = await sent.begins(*["кыргызча"] * (language == "ky"), *["skip"] * (kind == "audio"))
        await sent.sends(person, base.Lost("gone"), kind)
        before = await heads(person)
        await sent.fetched()
        assert await sent.rows("status, told") == [("failed", True)]
        assert await heads(person) == [*before, told]
        # It is what they sent: it goes when they do.
        assert None not in await sent.house.rows("SELECT respondent_id FROM outgoing ORDER BY id DESC LIMIT 1")
        await sent.fetched()
        assert await heads(person) == [*before, told]
        # The word they are given leads to where it can be sent again.
        await person.says("жооптор", "1")
        await sent.sends(person, samples.picture() if kind == "image" else samples.ogg(), kind)
        await sent.fetched()
        assert await sent.rows("status") == ["kept"]


async def test_what_is_given_up_a_second_time_is_not_told_again(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        person = await sent.begins("skip")
        await sent.sends(person, GONE)
        said = len(await heads(person))
        for _ in range(2):
            await sent.house.write("UPDATE media SET attempts = :tries", tries=len(fetching.PAUSES))
            await sent.fetched()
            assert await sent.rows("status") == ["failed"]
            assert len(await heads(person)) == said + 1
            assert await transcribing.retry(sent.house.database, sent.house.clock()) == 1


@pytest.mark.parametrize("change", ["UPDATE contact SET stopped = true", "UPDATE address SET closed = 'blocked'"])
async def test_nobody_is_told_who_does_not_want_it_or_cannot_be_reached(
    sqlite_url: str, tmp_path: Path, change: str
) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        await sent.sends(await sent.begins("skip"), base.Lost("gone"))
        await sent.house.write(change)
        said = await sent.house.count("outgoing")
        await sent.fetched()
        assert await sent.rows("status, told") == [("failed", False)]
        assert await sent.house.count("outgoing") == said


async def test_nobody_is_told_of_what_was_erased_on_the_way(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        person = await sent.begins("skip")
        sent.provider.open.clear()
        await sent.sends(person, base.Lost("gone"))
        async with sent.fetcher() as fetcher:
            fetcher.wake()
            await houses.until(lambda: sent.provider.asked)
            await person.sends("өчүр")
            await person.sends("1")
            said = await sent.house.count("outgoing")
            sent.provider.open.set()
            await sent.fetched(fetcher)
        assert await sent.house.count("media") == 0
        assert await sent.house.count("outgoing") == said


@pytest.mark.parametrize("error", [GONE, OSError("no space"), RuntimeError("a fault of ours")])
async def test_one_in_trouble_holds_up_no_other(sqlite_url: str, tmp_path: Path, error: Exception) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        for _ in range(fetching.AT_ONCE + 1):
            await sent.sends(await sent.begins("skip"), error)
        await sent.sends(await sent.begins("skip"), samples.MP3)
        await sent.fetched()
        assert await sent.rows("status") == ["waiting"] * (fetching.AT_ONCE + 1) + ["kept"]


async def test_a_disk_that_cannot_be_written_is_waited_for(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        sent.files.folder.write_text("in the way")
        await sent.sends(await sent.begins("skip"), samples.MP3)
        await sent.fetched()
        assert await sent.rows("status, attempts") == [("waiting", 1)]
        sent.files.folder.unlink()
        sent.house.clock.forward(minutes=1)
        await sent.fetched()
        assert await sent.rows("status") == ["kept"]


async def test_two_processes_fetch_each_of_them_once(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as one:
        async with sending.opened(database_url, tmp_path, clock=one.house.clock, provider=one.provider) as other:
            for number in range(20):
                await one.sends(await one.begins("skip"), samples.ogg(number))
            async with one.fetcher() as first, other.fetcher() as second:
                first.wake()
                second.wake()
                await one.fetched(first)
        assert len(one.provider.asked) == len(set(one.provider.asked)) == 20
        assert set(await one.rows("status")) == {"kept"}
        await one.agree()


async def test_one_that_is_slow_is_taken_over_and_comes_too_late(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        name = await sent.sends(await sent.begins("skip"), samples.MP3)
        sent.provider.open.clear()
        async with sent.fetcher() as slow, sent.fetcher() as quick:
            slow.wake()
            await houses.until(lambda: sent.provider.asked == [name])
            quick.wake()
            await asyncio.sleep(0.05)
            assert sent.provider.asked == [name]
            sent.house.clock.forward(minutes=6)
            quick.wake()
            await houses.until(lambda: sent.provider.asked == [name, name])
            sent.provider.open.set()
            await sent.fetched(quick)
        assert await sent.rows("status, attempts") == [("kept", 2)]
        await sent.agree()


@pytest.mark.parametrize("when", ["written", "placed"])
async def test_a_process_killed_before_its_commit_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, when: str
) -> None:
    async with sending.opened(database_url, tmp_path) as sent:
        await sent.sends(await sent.begins("skip"), killed.VOICE)
        now = sent.house.clock().isoformat()
        command = (sys.executable, "-m", "tests.services.killed", database_url, sent.files.folder, now, when)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL
        assert await sent.rows("status, attempts, content_hash") == [("waiting", 1, None)]
        assert len(sent.on_disk()) == 1
        sent.house.clock.forward(minutes=6)
        await sent.fetched()
        assert await sent.rows("status, attempts") == [("kept", 2)]
        # Its draft is swept up when it is old enough.
        await sent.fetcher().tidy(age=-1)
        await sent.agree()
        assert [sent.files.read(path.name) for path in sent.on_disk()] == [killed.VOICE]


async def test_one_over_which_every_process_ends_is_given_up(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        await sent.sends(await sent.begins("skip"), samples.MP3)
        await sent.house.write("UPDATE media SET attempts = :tries", tries=len(fetching.PAUSES) + 1)
        await sent.fetched()
        assert await sent.rows("status, code") == [("failed", "fatal")]
        assert sent.provider.asked == []


async def test_what_was_sealed_with_a_lost_key_is_given_up(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        await sent.sends(await sent.begins("skip"), samples.MP3)
        await sent.house.write("UPDATE media SET sealed = :sealed", sealed=SEAL.close("contact", "elsewhere"))
        await sent.fetched()
        assert await sent.rows("status, code") == [("failed", "unreadable")]


async def test_one_damaged_row_keeps_no_upload_of_others(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "UNASKED", -1.0)
    async with sending.opened(sqlite_url, tmp_path) as sent:
        await sent.sends(await sent.begins("skip"), samples.MP3)
        # Its fetching is put off, so that it stays.
        later = sent.house.clock() + dt.timedelta(hours=1)
        await sent.house.write(
            "UPDATE media SET channel = 'web', sealed = :sealed, not_before = :later", sealed=b"bad", later=later
        )
        name = sent.files.put(samples.MP3)
        await sent.fetcher().look()
        assert name not in sent.files.uploads(-1)


async def test_a_message_with_a_file_can_be_put_aside_too(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path) as sent:
        person = await sent.begins("skip")
        await sent.house.write("UPDATE contact SET sealed = :state", state=b"bad")
        name = await sent.sends(person, samples.MP3)
        [sealed] = await sent.house.rows("SELECT sealed FROM set_aside")
        assert SEAL.open_json("set_aside", sealed)["media"] == {
            "kind": "audio",
            "reference": name,
            "mime": "",
            "size": 0,
        }


async def test_whoever_closes_the_house_does_not_wait_long(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_GRACE", 0.1)
    async with sending.opened(sqlite_url, tmp_path) as sent:
        name = await sent.sends(await sent.begins("skip"), samples.MP3)
        sent.provider.open.clear()
        async with asyncio.timeout(houses.PATIENCE):
            async with sent.fetcher():
                await houses.until(lambda: sent.provider.asked == [name])
        assert await sent.rows("status") == ["waiting"]
        sent.provider.open.set()
        sent.house.clock.forward(minutes=6)
        await sent.fetched()
        assert await sent.rows("status") == ["kept"]
