"""The log: of one message from its door to its postman, and with nobody's words in it."""

from __future__ import annotations

import io
import json
import logging
import sys

import pytest

from bot import logs, redacting
from bot.channels import base
from tests.services import house

SECRET = "Айгүл Асанова, +996700123456"


def written(formatter: logging.Formatter) -> str:
    """What becomes of an exception that quotes somebody."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(redacting.Veil())
    handler.setFormatter(formatter)
    logger = logging.getLogger("a.room")
    logger.propagate = False
    logger.handlers = [handler]
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError:
        with logs.about("abc-1"):
            logger.exception("it did not go on", extra={"more": {"status": 500}})
    return stream.getvalue()


def test_a_line_of_json_says_what_kind_of_error_and_no_words_of_a_persons() -> None:
    said = written(logs.Json())
    assert SECRET not in said
    assert said.count("\n") == 1
    line = json.loads(said)
    assert line["at"].endswith("+00:00")
    assert {key: line[key] for key in ("level", "logger", "event", "request", "status")} == {
        "level": "error",
        "logger": "a.room",
        "event": "it did not go on",
        "request": "abc-1",
        "status": 500,
    }
    assert "KeyError" in line["error"][0]


def test_words_for_people_hold_none_either() -> None:
    said = written(logs.Words())
    assert SECRET not in said
    assert "ERROR a.room: it did not go on [abc-1]\n" in said
    assert "test_logs.py" in said
    assert "KeyError" in said


def test_a_terminal_gets_words_and_a_pipe_json(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    for tty, kind in ((True, logs.Words), (False, logs.Json)):
        stream = io.StringIO()
        monkeypatch.setattr(stream, "isatty", lambda tty=tty: tty)
        monkeypatch.setattr(sys, "stderr", stream)
        root.handlers = []
        try:
            logs.start()
            assert [type(handler.formatter) for handler in root.handlers] == [kind]
            logging.getLogger("httpx").info("GET https://api.telegram.org/bot123:token/getMe")
            assert stream.getvalue() == ""
        finally:
            root.handlers = before
            root.setLevel(level)


async def test_one_message_has_one_name_from_its_door_to_its_postman(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(logs.Json())
    box = house.Letterbox()
    box.fates = [base.Receipt(base.Fate.FAILED, code="30007"), base.Receipt(base.Fate.FAILED, code="30008")]
    async with house.opened(sqlite_url, box, handing=True) as opened:
        for name in ("door-1", "door-2"):
            with logs.about(name):
                await opened.person().sends(start="s-priorities")
        await house.until(lambda: len(_lines(caplog)) >= 2)
    assert {(line["event"].split("(")[1], line["request"]) for line in _lines(caplog)} == {
        ("30007)", "door-1"),
        ("30008)", "door-2"),
    }


async def test_what_lay_in_the_outbox_is_named_by_its_number(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.setFormatter(logs.Json())
    box = house.Letterbox()
    box.fates = [base.Receipt(base.Fate.FAILED, code="30007")]
    async with house.opened(sqlite_url, box) as opened:
        await opened.person().sends(start="s-priorities")
        async with opened.postman():
            await house.until(lambda: _lines(caplog))
    assert [line["request"] for line in _lines(caplog)] == ["outbox-1"]


def _lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    return [json.loads(line) for line in caplog.text.splitlines() if "a message on sms" in line]


async def test_a_message_that_is_set_aside_is_named(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.setFormatter(logs.Json())
    async with house.opened(sqlite_url) as opened:
        person = opened.person()
        await person.begins()
        # What was kept of them cannot be read any more.
        await opened.write("UPDATE contact SET sealed = :broken", broken=b"broken")
        with logs.about("door-9"):
            await person.sends("1")
    (line,) = [json.loads(line) for line in caplog.text.splitlines() if "set aside" in line]
    assert line["request"] == "door-9"
