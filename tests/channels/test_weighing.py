"""The model of what goes over the line, held against what really would."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from bot import wording
from bot.channels import base, weighing
from tests.channels import mtproto
from tests.conversations import engine, script

#: The facts' own figures: a tap or a digit up, and what the phone is told at once.
TAP, TOLD = 161, 145
OPTIONS = tuple(base.Button(label, str(number)) for number, label in enumerate(("аял", "эркек"), start=1))


async def shown(path: Path) -> list[base.Outbound]:
    """Every message of a golden conversation, as composed for Telegram."""
    driver = engine.EngineDriver(wording.Voice(), channel="telegram", about=script.about(path))
    for passage in script.read(path.read_text("utf-8")):
        await driver.send(passage.step)
    return driver._shown


#: For an e-mail only the web chat asks.
HERE = [path for path in script.files() if not path.name.startswith("pledge_email.")]


@pytest.mark.parametrize("path", HERE, ids=script.name)
async def test_telegrams_bytes_are_those_of_its_objects(path: Path) -> None:
    outbounds = await shown(path)
    true = [mtproto.of(outbound) for outbound in outbounds]
    model = [weighing.said("telegram", outbound).bytes_out for outbound in outbounds]
    for outbound, ours, theirs in zip(outbounds, model, true, strict=True):
        # Lines that are nearly the same are packed smaller than a straight line can know.
        heads, labels = outbound.head.splitlines(), [option.label[::-1] for option in outbound.options]
        alike = any(len({line[:20] for line in lines}) * 2 < len(lines) for lines in (heads, labels))
        assert 0.8 * theirs < ours < (1.5 if alike else 1.2) * theirs
    assert abs(sum(model) - sum(true)) < 0.1 * sum(true)


def test_a_tap_weighs_what_a_digit_does() -> None:
    digit = weighing.heard(base.Inbound("telegram", "k", "1", "3"))
    tap = weighing.heard(base.Inbound("telegram", "k", "1", "3", tap=("-", 1), callback="7"))
    assert digit == tap == weighing.Load(1, 0, TAP, TOLD)


def test_words_weigh_their_bytes() -> None:
    def up(channel: str, text: str) -> int:
        return weighing.heard(base.Inbound(channel, "k", "1", text)).bytes_in

    # Two bytes a Cyrillic letter; six where a form percent-encodes it.
    for channel, letter in (("telegram", 2), ("whatsapp", 2), ("sms", 2), ("web", 6)):
        assert up(channel, "а" * 40) - up(channel, "а" * 20) == 20 * letter
    assert up("web", "a" * 40) - up("web", "a" * 20) == 20


def test_a_voice_note_weighs_itself() -> None:
    note = base.Media("audio", "ref", size=12_345)
    for channel in ("telegram", "whatsapp", "web"):
        silent, said = (base.Inbound(channel, "k", "1", kind="audio", media=each) for each in (None, note))
        assert weighing.heard(said).bytes_in - weighing.heard(silent).bytes_in == 12_345


def test_an_sms_weighs_its_user_data() -> None:
    for text, segments, size in (("a" * 160, 1, 140), ("a" * 161, 2, 153), ("ө" * 70, 1, 140), ("ө" * 71, 2, 154)):
        load = weighing.heard(base.Inbound("sms", "k", "1", text))
        assert load == weighing.Load(segments, 0, size, 0)
    said = weighing.said("sms", base.Outbound("Сиз:", OPTIONS))
    assert said == weighing.Load(0, 1, 0, 2 * len("Сиз:\n1. аял\n2. эркек"))


def test_what_is_not_data_weighs_nothing() -> None:
    assert weighing.heard(base.Inbound("terminal", "k", "1", "салам")) == weighing.Load(1)
    assert weighing.said("terminal", base.Outbound("Салам!")) == weighing.Load(0, 1)


def test_more_words_options_and_places_never_weigh_less() -> None:
    bare = base.Outbound("Кимсиз?")
    more = base.Outbound("Кимсиз? Айтып коюңузчу.")
    listed = base.Outbound("Кимсиз? Айтып коюңузчу.", OPTIONS, pick=1)
    ranked = base.Outbound("Кимсиз? Айтып коюңузчу.", (*OPTIONS, base.Button("бала", "3")), pick=3)
    for channel in ("telegram", "whatsapp", "sms", "web"):
        sizes = [weighing.said(channel, each).bytes_out for each in (bare, more, listed, ranked)]
        assert all(one < other for one, other in itertools.pairwise(sizes)), (channel, sizes)


def test_the_first_page_is_only_asked_for() -> None:
    outbound = base.Outbound("Салам!", OPTIONS, pick=1)
    opened, posted = weighing.opened(outbound), weighing.heard(base.Inbound("web", "k", "1", "1"))
    assert (opened.messages_in, opened.messages_out) == (0, 1)
    assert opened.bytes_in < posted.bytes_in
