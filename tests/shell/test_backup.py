"""`ashar backup` and `ashar restore`: what they say, and what their exit codes mean."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot import __main__, settings
from models import files, sealing
from tests.shell import losing


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = __main__.main([str(word) for word in words])
    return (code, *capsys.readouterr())


def test_from_one_house_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))
    assert run(capsys, "demo", "--people", "3")[0] == 0
    code, said, _ = run(capsys, "backup", tmp_path / "a.zip")
    assert code == 0
    assert "rows, 0 files. Checksum of the rows: " in said
    checksum = said.split("rows: ")[1].split()[0]
    assert run(capsys, "backup", tmp_path / "a.zip")[0] == 2
    assert run(capsys, "backup", tmp_path / "a.zip", "--keep", "30")[0] == 2
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "ashar-20200101T000000Z.zip").touch()
    code, said, _ = run(capsys, "backup", tmp_path / "kept", "--keep", "30")
    assert code == 0
    assert "deleted, older than 30 days: " in said
    assert len([*(tmp_path / "kept").iterdir()]) == 1

    code, said, _ = run(capsys, "restore", tmp_path / "a.zip", "--check")
    assert (code, checksum in said, "It is whole." in said) == (0, True, True)
    code, _, said = run(capsys, "restore", tmp_path / "a.zip")
    assert (code, "nothing is written over" in said) == (1, True)

    # Another machine, with the same keys.
    (tmp_path / "new").mkdir(mode=0o700)
    shutil.copy(tmp_path / "var" / "secrets.env", tmp_path / "new" / "secrets.env")
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "new"))
    code, said, _ = run(capsys, "restore", tmp_path / "a.zip")
    assert (code, checksum in said) == (0, True)
    assert run(capsys, "tally", "check")[0] == 0
    assert run(capsys, "restore", tmp_path / "none.zip")[0] == 2
    (tmp_path / "a.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-9])
    code, _, said = run(capsys, "restore", tmp_path / "a.zip")
    assert (code, said.endswith("Nothing was written.\n")) == (1, True)

    # And one without them.
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "strange"))
    code, _, said = run(capsys, "restore", next((tmp_path / "kept").iterdir()))
    assert (code, "ASHAR_HASH_KEY" in said) == (1, True)
    monkeypatch.setenv("ASHAR_DATABASE_URL", "postgresql://somebody:a-password@127.0.0.1:1/ashar")
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))
    code, _, said = run(capsys, "restore", next((tmp_path / "kept").iterdir()))
    assert (code, "does not answer" in said, "a-password" in said) == (2, True, False)


def test_what_cannot_be_deleted_is_said_and_the_backup_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))
    assert run(capsys, "migrate")[0] == 0
    kept = tmp_path / "kept"
    kept.mkdir()
    names = ["ashar-20200101T000000Z.zip", "ashar-20200102T000000Z.zip", "ashar-20200103T000000Z.zip"]
    for name in names:
        (kept / name).touch()
    # Somebody unpacked it there: it cannot be deleted like a file.
    (kept / names[1]).unlink()
    (kept / names[1]).mkdir()
    # Of no day that there is.
    (kept / "ashar-20269999T000000Z.zip").touch()
    code, said, complaint = run(capsys, "backup", kept, "--keep", "30")
    assert code == 1
    assert f"{kept / names[1]} could not be deleted" in complaint
    assert "rows, 0 files" in said
    left = sorted(path.name for path in kept.iterdir())
    assert [name for name in left if name in names] == [names[1]]
    assert len(left) == 3


def test_a_conflict_with_somebody_else_is_no_end_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))
    assert run(capsys, "migrate")[0] == 0
    lost = losing.begin(monkeypatch)
    assert run(capsys, "backup", tmp_path / "a.zip")[0] == 0
    # That there is one, for `ashar doctor`.
    assert lost == [True, False]


def test_restoring_names_what_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))
    assert run(capsys, "migrate")[0] == 0
    given = settings.current()
    files.Files(given.media, sealing.Seal(given.seal_keys, given.hash_key)).put(b"a picture")
    assert run(capsys, "backup", tmp_path / "a.zip")[0] == 0
    monkeypatch.setenv("ASHAR_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite'}")
    (tmp_path / "file").touch()
    monkeypatch.setenv("ASHAR_MEDIA", str(tmp_path / "file" / "media"))
    code, _, said = run(capsys, "restore", tmp_path / "a.zip")
    assert (code, said.startswith("ASHAR_MEDIA: "), "(File exists)" in said) == (2, True, True)
    monkeypatch.setenv("ASHAR_DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'new.sqlite'}")
    code, _, said = run(capsys, "restore", tmp_path / "a.zip")
    assert (code, "ASHAR_DATABASE_URL: the database does not answer" in said) == (2, True)
    monkeypatch.delenv("ASHAR_MEDIA")
    monkeypatch.setenv("ASHAR_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert run(capsys, "restore", tmp_path / "a.zip")[0] == 0
