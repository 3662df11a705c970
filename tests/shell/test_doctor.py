"""`ashar doctor`: a line a check, what to do beside it, and an exit code for cron."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import __main__


def test_what_is_wrong_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))
    assert __main__.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "BAD   migrations: this program's tables are missing -> run `ashar migrate`, or `ashar serve`\n" in said
    assert __main__.main(["migrate"]) == 0
    assert __main__.main(["backup", str(tmp_path / "a.zip")]) == 0
    capsys.readouterr()
    assert __main__.main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith(("ok    ", "note  ")) for line in lines)
    assert "ok    backup: the last is " in "\n".join(lines)

    assert __main__.main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["well"] is True
    assert found["checks"][0] == {
        "check": "settings", "state": "ok", "said": "each of them can be read", "remedy": ""
    }  # fmt: skip
    monkeypatch.setenv("ASHAR_PORT", "x")
    assert __main__.main(["doctor", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["well"], found["checks"][0]["state"]) == (False, "bad")
    assert found["checks"][0]["said"].startswith("ASHAR_PORT: ")


def test_a_database_whose_folder_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))
    (tmp_path / "file").touch()
    monkeypatch.setenv("ASHAR_DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'ashar.sqlite'}")
    assert __main__.main(["doctor"]) == 1
    assert "BAD   database: does not answer (" in capsys.readouterr().out
    assert __main__.main(["forms"]) == 2
    assert "ASHAR_DATABASE_URL: the database does not answer" in capsys.readouterr().err
