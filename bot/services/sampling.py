"""A text that a regular expression accepts, drawn by chance: what an author's pattern asks a person to write."""

from __future__ import annotations

import importlib
import random
import re
from collections.abc import Iterable
from typing import Any

# Python's own reading of patterns, for nothing public has one. By name: type checkers do not know these modules.
code: Any = importlib.import_module("re._constants")
parser: Any = importlib.import_module("re._parser")
#: Repetitions drawn where a pattern names no end.
_MORE = 3
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLASSES = {
    code.CATEGORY_DIGIT: "0123456789",
    code.CATEGORY_NOT_DIGIT: _LETTERS,
    code.CATEGORY_SPACE: " ",
    code.CATEGORY_NOT_SPACE: _LETTERS,
    code.CATEGORY_WORD: _LETTERS + "0123456789_",
    code.CATEGORY_NOT_WORD: " -",
}


def sample(pattern: str, chance: random.Random) -> str:
    """A text the pattern may accept; "" where Python cannot read it (JavaRosa's and re2's patterns differ a little)."""
    try:
        return _all(parser.parse(pattern), chance)
    except (re.error, RecursionError, OverflowError, LookupError):
        return ""


def _all(parts: Iterable[tuple[Any, Any]], chance: random.Random) -> str:
    return "".join(_one(kind, value, chance) for kind, value in parts)


def _one(kind: Any, value: Any, chance: random.Random) -> str:
    if kind is code.LITERAL:
        return chr(value)
    if kind is code.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is code.ANY:
        return chance.choice(_LETTERS)
    if kind is code.IN:
        return _member(value, chance)
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT):
        least, most, inner = value
        times = chance.randint(least, min(most, least + _MORE))
        return "".join(_all(inner, chance) for _ in range(times))
    if kind is code.SUBPATTERN:
        return _all(value[-1], chance)
    if kind is code.BRANCH:
        return _all(chance.choice(value[1]), chance)
    # Anchors and what looks around stand for no letter.
    return ""


def _member(parts: list[tuple[Any, Any]], chance: random.Random) -> str:
    """One character of a set in square brackets."""
    if parts[0][0] is code.NEGATE:
        shut = {letter for part in parts[1:] for letter in _letters(part)}
        letters = "".join(letter for letter in f"{_LETTERS}0123456789 -" if letter not in shut)
    else:
        letters = _letters(chance.choice(parts))
    return chance.choice(letters)


def _letters(part: tuple[Any, Any]) -> str:
    kind, value = part
    if kind is code.RANGE:
        low, high = value
        return "".join(chr(each) for each in range(low, min(high, low + 100) + 1))
    return chr(value) if kind is code.LITERAL else str(_CLASSES[value])
