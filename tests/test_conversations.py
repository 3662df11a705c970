"""The golden conversations, replayed on the bare engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import wording
from tests.conversations import engine, script


@pytest.fixture(scope="module")
def voice() -> wording.Voice:
    return wording.Voice()


@pytest.mark.parametrize("path", script.files(), ids=script.name)
async def test_the_bot_says_what_the_conversation_says(
    path: Path, voice: wording.Voice, request: pytest.FixtureRequest
) -> None:
    wanted = script.read(path.read_text(encoding="utf-8"))
    driver: script.Driver = engine.EngineDriver(voice, about=script.about(path))
    played = await script.replay(wanted, driver)
    if request.config.getoption("--rewrite-conversations"):
        path.write_text(script.write(played), encoding="utf-8")
        return
    assert script.write(played) == path.read_text(encoding="utf-8")


def test_every_conversation_is_held_in_both_languages() -> None:
    names = {script.name(path) for path in script.files()}
    stems = {name.split(".")[0] for name in names}
    assert stems
    assert {f"{stem}.{language}" for stem in stems for language in ("ky", "ru")} == names


def test_a_file_survives_being_read_and_written() -> None:
    text = "# Сүйлөшүү\n> салам\nСаламатсызбы!\n1. Кыргызча\n\n> [7 days later]\n\n> [tap Артка]\nБир\n\nэки\n"
    assert script.write(script.read(text)) == text


def test_pieces_of_one_message_are_the_same_message() -> None:
    assert script.same("Бир эки\n1. Үч", "Бир\nэки\n\n1. Үч")
    assert not script.same("Бир эки", "Бирэки")


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ("3 1 7", script.Step("text", "3 1 7")),
        ("[tap 3]", script.Step("tap", "3")),
        ("[tap Артка]", script.Step("tap", "Артка")),
        ("[tap 2, one message earlier]", script.Step("earlier", "2")),
        ("[sticker]", script.Step("media", "sticker")),
        ("[place 42.49 -78.39]", script.Step("place", "42.49 -78.39")),
        ("[link a-suu]", script.Step("link", "a-suu")),
        ("[10000 letters]", script.Step("text", "а" * 10000)),
        ("[1 week later]", script.Step("later", "", 7 * 24 * 60)),
    ],
)
def test_what_stands_in_brackets_is_not_typed(written: str, step: script.Step) -> None:
    assert script.read_step(written) == step
