"""What is logged names nobody: numbers, secrets, and whatever a library fills in or an exception quotes."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable

import pytest

from bot import redacting

SECRETS = ("a-secret-token", "+996700123456", "700123456", "Айгүл", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")


@pytest.fixture
def logged() -> Callable[[Callable[[], object]], str]:
    """What a handler with the veil writes while that is done."""

    def written(act: Callable[[], object]) -> str:
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.addFilter(redacting.Veil([SECRETS[0], ""]))
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        root = logging.getLogger()
        before = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            act()
        finally:
            root.removeHandler(handler)
            root.setLevel(before)
        text = stream.getvalue()
        assert not [secret for secret in SECRETS if secret in text], text
        return text

    return written


@pytest.mark.parametrize(
    ("message", "given", "told"),
    [
        ("a group of %d could not be kept: %s", (12, "TypeError"), "a group of 12 could not be kept: TypeError"),
        ("%s: row %d", ("suu", 3), "suu: row 3"),
        ("pledge %s", ("0199ab1234567890",), "pledge 0199ab1234567890"),
        ("sent to %s", ("+996 700 12-34-56",), "sent to …"),
        ("chat 700123456 and a-secret-token", (), "chat … and …"),
        ("in %.6f s", (0.123456789,), "in 0.123457 s"),
    ],
)
def test_our_own_lines_say_what_they_say(
    logged: Callable[[Callable[[], object]], str], message: str, given: tuple[object, ...], told: str
) -> None:
    text = logged(lambda: logging.getLogger("bot.services.receiving").warning(message, *given))
    assert text == f"WARNING bot.services.receiving: {told}\n"


@pytest.mark.parametrize(
    ("level", "message", "given", "told"),
    [
        (
            logging.DEBUG,
            "Calling `%s` with parameters `%s`",
            ("SendMessage", SECRETS[1]),
            "Calling … with parameters …",
        ),
        (logging.DEBUG, f"POST https://api.example/bot{SECRETS[4]}/x Body=Айгүл", (), "…"),
        (logging.WARNING, "retry of %(chat)s", ({"chat": 700123456},), "retry of …"),
        (logging.ERROR, "Task exception was never retrieved\nfuture: <Task Айгүл>", (), "Task exception was never …"),
        (logging.ERROR, f"Error in https://api.example/bot{SECRETS[4]}/getMe for 'Айгүл'", (), "Error in … for …"),
        (logging.WARNING, "told Айгүл at aigul@example.kg, 700123456", (), "told … at … …"),
    ],
)
def test_of_a_library_only_its_authors_words(
    logged: Callable[[Callable[[], object]], str], level: int, message: str, given: tuple[object, ...], told: str
) -> None:
    text = logged(lambda: logging.getLogger("a_library.within").log(level, message, *given))
    for part in told.split("…"):
        assert part.strip() in text
    assert text.count("\n") == 1


def test_of_an_exception_its_type_and_place_and_what_it_came_from(
    logged: Callable[[Callable[[], object]], str],
) -> None:
    def fails() -> None:
        try:
            try:
                raise KeyError("Айгүл")
            except KeyError as error:
                raise ValueError(SECRETS[1]) from error
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n", stack_info=True)

    text = logged(fails)
    assert "Exception in ASGI application\nbuiltins.ValueError\n  " in text
    assert "test_redacting.py:" in text
    assert "in fails\nbuiltins.KeyError\n" in text


def test_an_exception_that_ends_the_process_is_told_so_too(logged: Callable[[Callable[[], object]], str]) -> None:
    def ends() -> None:
        group = BaseExceptionGroup("Айгүл", [ValueError("Айгүл")])
        redacting.crashed(type(group), group, None)

    text = logged(ends)
    assert text.startswith("CRITICAL bot: ended by an exception\nbuiltins.ExceptionGroup\nbuiltins.ValueError")


def test_a_line_that_cannot_be_filled_in_harms_nobody() -> None:
    record = logging.LogRecord("bot", logging.ERROR, __file__, 1, "%d", ("no number",), None)
    assert redacting.Veil().filter(record)
    assert record.getMessage() == "%d"


def test_who_ends_it_by_hand_is_not_told_of_an_exception(capsys: pytest.CaptureFixture[str]) -> None:
    redacting.crashed(KeyboardInterrupt, KeyboardInterrupt(), None)
    told = capsys.readouterr().err
    assert "KeyboardInterrupt" in told
    assert "ended by an exception" not in told
