"""Questions as the tests of answers ask them, and what came of an answer."""

from __future__ import annotations

from bot.engine import form, messages
from bot.engine.understanding import answers

Labels = dict[str, tuple[str, str]]


def choices(labels: Labels) -> tuple[form.Choice, ...]:
    """Options from name: (Kyrgyz label, Russian label)."""
    return tuple(form.Choice(name, {"ky": ky, "ru": ru}) for name, (ky, ru) in labels.items())


def question(
    kind: form.Kind,
    offered: tuple[form.Choice, ...] = (),
    *,
    ky: str = "",
    ru: str = "",
    pick: int = 0,
    appearance: str = "",
    bounds: tuple[float, float, float] = (0, 10, 1),
) -> form.Question:
    """One question of that kind."""
    label = {language: text for language, text in (("ky", ky), ("ru", ru)) if text}
    words = frozenset(appearance.split())
    return form.Question("q", kind, label, choices=offered, pick=pick, appearance=words, range=bounds)


def understood(reading: answers.Reading) -> object:
    """The answer."""
    assert isinstance(reading, answers.Understood), reading
    return reading.answer


def said(reading: answers.Reading) -> tuple[str, dict[str, object]]:
    """What is said of no answer, and what it is filled with."""
    assert isinstance(reading, answers.Misunderstood | answers.Picking), reading
    assert isinstance(reading.line, messages.Phrase)
    return reading.line.msgid, dict(reading.line.params)
