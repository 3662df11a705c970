"""Where a machine lets us make no machines, `make faults` says so and fails: it must not pass for having been run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import __main__ as faults


def test_a_part_that_is_not_permitted_has_a_code_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # without `ip`; who is not root is refused before that
    assert faults.main(["machines"]) == faults.NOT_PERMITTED
    assert "NOT RUN" in capsys.readouterr().err
