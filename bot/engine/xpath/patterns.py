"""regex(): JavaRosa's patterns as far as they can be matched in linear time, and what to do about the others."""

from __future__ import annotations

import functools
import re
from typing import Any

import re2

from bot.engine.phrases import phrase
from bot.engine.xpath.pieces import Call, Refused
from bot.engine.xpath.values import Context, Evaluate, Value, text

_QUIET = re2.Options()
_QUIET.log_errors = False

#: Java writes a character's number, and a script's name, in another way.
_NUMBERED = re.compile(r"(?<!\\)((?:\\\\)*)\\u([0-9A-Fa-f]{4})")
_SCRIPT = re.compile(r"(?<!\\)((?:\\\\)*)\\([pP])\{Is([A-Za-z]+)\}")
_AROUND = re.compile(r"\(\?<?[=!]|\(\?>")
#: Brackets that mean something, and what must be passed over to find them.
_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]", re.DOTALL)
_GROUPED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\\.|[^()\\])*\)", re.DOTALL)


@functools.lru_cache(maxsize=256)
def _pattern(source: str) -> Any:
    # re2: its time is linear, whatever pattern a stranger writes and whatever a person types.
    here = _NUMBERED.sub(r"\1\\x{\2}", source)
    return re2.compile(_SCRIPT.sub(r"\1\\\2{\3}", here), _QUIET)


def matches(value: Value, pattern: Value) -> bool:
    """Whether all of the value fits, as in Java; a pattern that cannot be used fits nothing."""
    try:
        return _pattern(text(pattern)).fullmatch(text(value)) is not None
    except (re2.error, UnicodeError):
        return False


def regex(call: Call) -> Evaluate:
    """regex(value, 'pattern'): what is wrong with a pattern in quotes is told when the form is checked."""
    value, pattern = (piece.one for piece in call.arguments)
    written = call.arguments[1].literal
    if written is None:
        return lambda context: matches(value(context), pattern(context))
    ahead, source = _ahead(text(written))
    for each in (*(each for _, each in ahead), source):
        _check(each)
    compiled = _pattern(source)
    conditions = [(wanted, _pattern(f"(?s:(?:{each}).*)")) for wanted, each in ahead]

    def fits(context: Context) -> bool:
        try:
            said = text(value(context))
            return compiled.fullmatch(said) is not None and all(
                (each.fullmatch(said) is not None) is wanted for wanted, each in conditions
            )
        except UnicodeError:
            return False

    return fits


def _ahead(source: str) -> tuple[list[tuple[bool, str]], str]:
    """What a pattern looks ahead for at its very beginning, True where it must be there; and the pattern without it.

    "^(?=.*[0-9])[A-Z0-9]{5}$": conditions on the same text, each a pattern of its own, and so in linear time.
    """
    found: list[tuple[bool, str]] = []
    start = 1 if source.startswith("^") else 0
    # An "or" at the top is one between all of it, conditions included.
    while source.startswith(("(?=", "(?!"), start) and (end := _closing(source, start)):
        found.append((source[start + 2] == "=", source[start + 3 : end]))
        start = end + 1
    if not found or "|" in _GROUPED.sub("", source[start:]):
        return [], source
    return found, source[start:]


def _closing(source: str, start: int) -> int:
    """Where the bracket that opens there closes, 0 if nowhere."""
    depth = 0
    for found in _BRACKETS.finditer(source, start):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    return 0


def _check(source: str) -> None:
    part = ""
    if "&&[" in source:
        # re2 would take the signs for themselves and match something else, without a word.
        part = "&&["
    try:
        _pattern(source)
    except re2.error as error:
        # "invalid escape sequence: \1": the reason is English and re2's, the part is the author's.
        reason = error.args[0]
        said = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        part = said.partition(": ")[2] or source
    except UnicodeError:
        part = "\\u"
    if part and (around := _AROUND.search(source)):
        said_around = phrase(
            "the pattern of regex() looks around with “{part}”, which cannot be used here; "
            "write several regex() joined by “and”",
            part=around[0],
        )
        raise Refused(said_around)
    if part:
        raise Refused(phrase("the pattern of regex() has “{part}”, which is wrong or cannot be used here", part=part))
