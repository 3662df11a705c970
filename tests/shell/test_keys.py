"""`ashar keys`: from one key to the next, as an operator does it with a house that runs."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import __main__, settings, wiring
from models import db, sealing, tables
from tests import talking
from tests.services import everything
from tests.shell import losing

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path))

    def ran(*words: str) -> tuple[int, str, str]:
        code = __main__.main(("keys", *words))
        return (code, *capsys.readouterr())

    assert __main__.main(("publish", str(talking.FLOWS))) == 0
    assert __main__.main(("demo", "--people", "3")) == 0
    capsys.readouterr()
    return ran


def put_first(folder: Path, key: str) -> str:
    """The operator edits the secrets' file; what stood there."""
    path = folder / settings.SECRETS
    text = path.read_text()
    [line] = [line for line in text.splitlines() if line.startswith("ASHAR_SEAL_KEYS=")]
    path.write_text(text.replace(line, line.replace("=", f"={key},", 1)))
    return line.partition("=")[2]


def test_from_one_key_to_the_next(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, told, _ = run("check")
    assert (code, "The first key opens everything." in told) == (0, True)
    code, _, said = run("rotate")
    assert (code, "There is one key only" in said) == (2, True)
    code, key, steps = run("new")
    assert (code, len(sealing.read_key(key.strip()))) == (0, 32)
    assert "ASHAR_SEAL_KEYS=new,old" in steps
    old = put_first(tmp_path, key.strip())
    code, told, _ = run()
    assert code == 1
    assert "key 1" in told
    assert "opens nothing" in told
    code, told, _ = run("rotate")
    assert code == 0, told
    assert "Any other may be taken out" in told
    monkeypatch.setenv("ASHAR_SEAL_KEYS", key.strip())
    assert run("check")[0] == 0
    monkeypatch.setenv("ASHAR_SEAL_KEYS", old)
    code, told, _ = run("check")
    assert (code, "a key that is not set" in told) == (1, True)


def test_a_conflict_with_somebody_else_is_no_end_of_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_kept_a_file())
    put_first(tmp_path, sealing.new_key())
    lost = losing.begin(monkeypatch)
    code, told, _ = run("rotate")
    assert (code, "Any other may be taken out" in told) == (0, True)
    assert lost == [True, False] * (len(lost) // 2)
    assert lost


async def _kept_a_file() -> None:
    async with wiring.memory(settings.current()) as memory:
        draft = memory.files.draft(b"a picture")
        memory.files.shelve(draft)
        async with memory.database.transaction() as connection:
            row = {"id": "m", "question": "", "kind": "image", "status": "kept", "channel": "web", "attempts": 0}
            more = {"content_hash": draft.hash, "not_before": db.now(), "created_at": db.now(), "told": False}
            await connection.execute(sa.insert(tables.media).values(**row, **more))


def test_a_house_that_runs_takes_the_new_key_from_the_file(run: Run, tmp_path: Path) -> None:
    async def runs(new: str) -> bytes:
        async with wiring.memory(settings.current()) as memory:
            newer = sealing.Seal([sealing.read_key(new)], settings.current().hash_key)
            value = newer.close("address", everything.PHONE)
            with pytest.raises(sealing.Unreadable):
                memory.seal.open("address", value)
            put_first(tmp_path, new)
            assert memory.seal.open("address", value) == everything.PHONE
            return memory.seal.close("address", "x")

    new = sealing.new_key()
    assert asyncio.run(runs(new))[0] == sealing.mark(sealing.read_key(new))


def test_a_house_whose_keys_are_set_does_not_look_into_the_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, own = sealing.new_key(), sealing.new_key()
    put_first(tmp_path, new)
    monkeypatch.setenv("ASHAR_SEAL_KEYS", own)

    async def runs() -> None:
        async with wiring.memory(settings.current()) as memory:
            newer = sealing.Seal([sealing.read_key(new)], settings.current().hash_key)
            with pytest.raises(sealing.Unreadable):
                memory.seal.open("address", newer.close("address", "x"))

    asyncio.run(runs())


def test_keys_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    first = b"k" * 32
    tried = (bytes([number]) * 32 for number in range(256) if number != first[0])
    alike = next(key for key in tried if sealing.mark(key) == sealing.mark(first))
    keys = ",".join(base64.urlsafe_b64encode(key).decode() for key in (first, alike))
    with pytest.raises(settings.BadSettings, match="told apart"):
        settings.read({"ASHAR_VAR": str(tmp_path), "ASHAR_SEAL_KEYS": keys})
