"""`ashar stuck` and `ashar event`: what they print, what they refuse and why, and what their exit codes mean."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import __main__, settings, wiring
from bot.channels import base
from bot.engine import conversation
from models import db, events
from tests import talking
from tests.shell import losing

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))

    def ran(*words: str) -> tuple[int, str, str]:
        code = __main__.main(words)
        return (code, *capsys.readouterr())

    assert ran("publish", str(talking.FLOWS))[0] == 0
    return ran


async def _met_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    async with wiring.house(settings.current()) as house:
        with monkeypatch.context() as patched:
            patched.setattr(conversation, "turn", fails)
            for number in range(3):
                message = base.Inbound("web", f"k{number}", f"{number:022}", "ашар")
                await house.desk.receive(message)


async def _count(what: str) -> int:
    async with wiring.memory(settings.current()) as memory, memory.database.reading() as connection:
        found = await connection.execute(sa.text(what))
        return int(found.scalar_one())


def test_the_stuck_are_listed_tried_again_and_dropped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("stuck") == (0, "No message is set aside.\n", "")
    asyncio.run(_met_a_fault(monkeypatch))
    code, said, _ = run("stuck")
    assert (code, said.splitlines()[0][:24]) == (1, "3 messages are set aside")
    first, second, _ = (line.split()[0] for line in said.splitlines()[1:])
    assert run("stuck", "retry", first) == (0, "1 answered.\n", "")
    assert run("stuck", "drop", second) == (0, "1 dropped; 1 people are asked to write once more.\n", "")
    assert run("stuck", "retry") == (0, "1 answered.\n", "")
    assert run("stuck")[0] == 0
    # A word each that they are late, two answers, one request to write again.
    assert asyncio.run(_count("SELECT count(*) FROM outgoing")) == 3 + 2 + 1


def test_a_conflict_with_somebody_else_is_no_end_of_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(_met_a_fault(monkeypatch))
    first, *_ = (line.split()[0] for line in run("stuck")[1].splitlines()[1:])

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    lost = losing.begin(monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(conversation, "turn", fails)
        assert "failed again" in run("stuck", "retry", first)[1]
    assert run("stuck", "retry", first) == (0, "1 answered.\n", "")
    assert run("stuck", "drop", "--all") == (0, "2 dropped; 2 people are asked to write once more.\n", "")
    tomorrow = f"{db.now() + dt.timedelta(days=1):%Y-%m-%d}T20:00"
    assert run("event", "announce", "hall", "--until", tomorrow)[0] == 0
    assert run("event", "end", "hall") == (0, "hall is over.\n", "")
    # A new error noted, an answer, two that are dropped, an event and its end: each once lost and once done.
    assert lost == [True, False] * 6
    assert asyncio.run(_count("SELECT count(*) FROM outgoing")) == 3 + 1 + 2


def test_what_is_not_there_is_said(run: Run) -> None:
    code, _, said = run("stuck", "retry", "abc")
    assert (code, said) == (2, "there is no message abc; `ashar stuck` lists them.\n")
    with pytest.raises(SystemExit):
        run("stuck", "drop")


def test_an_event_is_announced_listed_moved_and_ended(run: Run) -> None:
    assert run("event")[1] == "No event is announced.\n"
    tomorrow = (db.now() + dt.timedelta(days=1)).strftime("%Y-%m-%d")
    for time in ("20:00", "21:00"):
        code, said, _ = run("event", "announce", "hall", "--until", f"{tomorrow}T{time}")
        assert (code, said) == (0, f"hall: until {tomorrow} {time} in Kyrgyzstan\n")
    assert run("event")[1] == f"hall: until {tomorrow} 21:00 in Kyrgyzstan\n"
    assert run("event", "end", "hall") == (0, "hall is over.\n", "")
    code, _, said = run("event", "end", "hall")
    assert (code, said) == (2, "There is no event “hall”.\n")


@pytest.mark.parametrize("until", ["2020-01-01T10:00", "2999-01-01T10:00"])
def test_an_event_has_an_end_that_is_to_come(run: Run, until: str) -> None:
    code, _, said = run("event", "announce", "hall", "--until", until)
    assert (code, "expected a time from now on" in said) == (2, True)


async def test_one_that_is_past_is_not_under_way(database_url: str) -> None:
    database = db.Database(database_url)
    at = db.now()
    async with database.transaction() as connection:
        await events.announce(connection, events.Event("hall", at))
        assert not await events.under_way(connection, at)
        assert await events.under_way(connection, at - dt.timedelta(seconds=1))
    await database.close()
