"""Sealed files: found by what is in them, readable with the key alone, whole or not there."""

import os
import stat
from pathlib import Path

import pytest

from models import files, sealing

SEAL = sealing.Seal([b"k" * 32], b"h" * 32)


@pytest.fixture
def kept(tmp_path: Path) -> files.Files:
    return files.Files(tmp_path / "var" / "media", SEAL)


def test_the_same_file_has_one_place_and_nobody_without_the_key_can_guess_it(kept: files.Files, tmp_path: Path) -> None:
    drafts = [kept.draft(b"the same") for _ in range(2)]
    assert drafts[0].hash == drafts[1].hash
    assert drafts[0].path != drafts[1].path
    for draft in drafts:
        kept.shelve(draft)
        assert kept.read(draft.hash) == b"the same"
    assert [path.name for path in kept.folder.rglob("*") if path.is_file()] == [drafts[0].hash]
    stranger = files.Files(tmp_path / "other", sealing.Seal([b"k" * 32], b"x" * 32))
    assert stranger.draft(b"the same").hash != drafts[0].hash


def test_a_file_opens_nowhere_but_in_its_place(kept: files.Files) -> None:
    one, other = (kept.draft(content) for content in (b"one", b"other"))
    kept.shelve(one)
    kept.shelve(other)
    place = next(kept.folder.rglob(other.hash))
    place.write_bytes(next(kept.folder.rglob(one.hash)).read_bytes())
    with pytest.raises(sealing.Unreadable):
        kept.read(other.hash)
    place.write_bytes(b"")
    with pytest.raises(sealing.Unreadable):
        kept.read(other.hash)
    kept.remove(other.hash)
    kept.remove(other.hash)
    with pytest.raises(FileNotFoundError):
        kept.read(other.hash)
    assert kept.read(one.hash) == b"one"


def test_an_upload_waits_under_a_name_of_its_own(kept: files.Files) -> None:
    names = [kept.put(b"came with a form") for _ in range(2)]
    assert len(set(names)) == 2
    assert {kept.take(name) for name in names} == {b"came with a form"}
    assert sorted(kept.uploads(-1)) == sorted(names)
    assert kept.uploads(60) == []
    kept.drop(names[0])
    with pytest.raises(FileNotFoundError):
        kept.take(names[0])
    assert kept.uploads(-1) == names[1:]


def test_everything_is_its_owners_alone(kept: files.Files) -> None:
    before = os.umask(0)
    try:
        kept.shelve(kept.draft(b"x"))
        kept.put(b"y")
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (kept.folder, *kept.folder.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


def test_what_is_old_enough_is_found(kept: files.Files) -> None:
    draft = kept.draft(b"left by a process that died")
    kept.shelve(kept.draft(b"kept"))
    assert [name for names in kept.shelved(60) for name in names] == []
    [name] = [name for names in kept.shelved(-1) for name in names]
    assert kept.read(name) == b"kept"
    kept.drop_drafts(60)
    assert draft.path.exists()
    kept.drop_drafts(-1)
    assert not draft.path.exists()


def test_a_directory_that_is_not_there_is_empty(kept: files.Files) -> None:
    assert list(kept.shelved(0)) == []
    assert kept.uploads(0) == []
    kept.drop_drafts(0)
    kept.remove("ab" * 32)
    assert not kept.folder.exists()
