"""The functions of one value or a few: choosing, selected options, numbers, text, chance."""

from __future__ import annotations

import base64
import dataclasses
import decimal
import hashlib
import math
import re
from collections.abc import Callable

from bot.engine.phrases import Phrase, phrase
from bot.engine.xpath import lookup, moments, patterns, series, syntax
from bot.engine.xpath.pieces import ANY, Call, Function, Refused, plain
from bot.engine.xpath.values import Context, Evaluate, Value, number, text, truth, whole

# --- choosing ----------------------------------------------------------------------------------------------


def _if(call: Call) -> Evaluate:
    condition, then, otherwise = (piece.one for piece in call.arguments)
    return lambda context: then(context) if truth(condition(context)) else otherwise(context)


def _coalesce(call: Call) -> Evaluate:
    *options, last = (piece.one for piece in call.arguments)

    def first(context: Context) -> Value:
        for option in options:
            value = option(context)
            if value != "" and value == value:  # NaN, the only value unlike itself, counts as empty
                return value
        return last(context)

    return first


def _once(call: Call) -> Evaluate:
    call.found.once = True
    fresh = call.arguments[0].one
    return lambda context: fresh(context) if context.current == "" else context.current


# --- selected options --------------------------------------------------------------------------------------


def _selected(call: Call) -> Evaluate:
    chosen, option = (piece.one for piece in call.arguments)
    written = call.arguments[1].literal
    if written is not None:
        wanted = f" {text(written).strip()} "
        return lambda context: wanted in f" {text(chosen(context))} "
    return lambda context: f" {text(option(context)).strip()} " in f" {text(chosen(context))} "


def _names(chosen: Value) -> list[str]:
    return [name for name in text(chosen).split(" ") if name]


def _selected_at(chosen: Value, index: Value) -> Value:
    names, at = _names(chosen), whole(index)
    return names[at] if 0 <= at < len(names) else ""


def _choice_name(call: Call) -> Evaluate:
    """jr:choice-name(choice, '${question}'): its label. The question may stand in quotes, as ODK wants it."""
    chosen, asked = call.arguments
    name = asked.name
    if isinstance(asked.literal, str):
        name = asked.literal.strip().removeprefix("${").removesuffix("}").rpartition("/")[2].strip()
    if not syntax.is_name(name):
        raise Refused(phrase("write {function}() like this: {example}", function=call.name, example=_CHOICE_NAME))
    call.found.references.add(name)
    one = chosen.one

    def label(context: Context) -> Value:
        choice = text(one(context))
        return context.label(name, choice) if choice else ""

    return label


def _choice_label(call: Call) -> Evaluate:
    """choice-label(${question}, choice): the same with its values the other way round."""
    asked, chosen = call.arguments
    return _choice_name(dataclasses.replace(call, arguments=(chosen, asked)))


_CHOICE_NAME = "jr:choice-name(${village}, '${village}')"


def _items(sign: Value, items: Value) -> list[str]:
    """What a sign parts; of nothing, nothing."""
    between, written = text(sign), text(items)
    return written.split(between) if between and written else [written] * bool(written)


def _item_at(sign: Value, items: Value, index: Value) -> Value:
    found, at = _items(sign, items), whole(index)
    return found[at] if 0 <= at < len(found) else ""


def _item_index(sign: Value, items: Value, value: Value) -> Value:
    found, sought = _items(sign, items), text(value)
    return float(found.index(sought) if sought in found else -1)


def _grouped(value: Value) -> Value:
    """A number with commas between its thousands; anything else as it is."""
    digits, point, rest = text(value).partition(".")
    return f"{int(digits):,}{point}{rest}" if re.fullmatch(r"-?[0-9]{1,300}", digits) else value


# --- numbers -----------------------------------------------------------------------------------------------


def _int(value: Value) -> Value:
    size = number(value)
    return size if math.isnan(size) or math.isinf(size) else float(math.trunc(size))


def _round(value: Value, places: Value = 0.0) -> Value:
    size, digits = number(value), whole(places)
    if math.isnan(size) or math.isinf(size):
        return size
    if not digits:
        below = math.floor(size)
        return float(below + (size - below >= 0.5))
    if abs(digits) > 30:
        return math.nan
    # A half goes up, also below zero (XPath): round(-1.5) is -1.
    way = decimal.ROUND_HALF_UP if size >= 0 else decimal.ROUND_HALF_DOWN
    wide = decimal.Context(prec=400)
    return float(decimal.Decimal(repr(size)).quantize(decimal.Decimal(1).scaleb(-digits), way, wide))


def _real(apply: Callable[..., float], count: int) -> Function:
    """A function of real numbers: NaN where it has no value, infinite where Python says that it is too large."""

    def safe(*values: Value) -> Value:
        # A date with a time counts its fraction here, as in JavaRosa.
        sizes = [moments.fraction(value) for value in values]
        try:
            return apply(*sizes)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return plain(safe, count)


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        return math.inf
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf


def _log(apply: Callable[[float], float]) -> Callable[[float], float]:
    return lambda size: -math.inf if size == 0 else apply(size)


def _floor(apply: Callable[[float], int]) -> Callable[[float], float]:
    return lambda size: size if math.isinf(size) else float(apply(size))


# --- text --------------------------------------------------------------------------------------------------


def _substr(value: Value, start: Value, end: Value | None = None) -> Value:
    string = text(value)
    return string[whole(start) : len(string) if end is None else whole(end)]


def _before(value: Value, part: Value) -> Value:
    string, sought = text(value), text(part)
    at = string.find(sought)
    return string[:at] if at >= 0 else ""


def _after(value: Value, part: Value) -> Value:
    string, sought = text(value), text(part)
    at = string.find(sought)
    return string[at + len(sought) :] if at >= 0 else ""


def _translate(value: Value, old: Value, new: Value) -> Value:
    table: dict[int, str | None] = {}
    wanted = text(new)
    for place, letter in enumerate(text(old)):
        table.setdefault(ord(letter), wanted[place] if place < len(wanted) else None)
    return text(value).translate(table)


def _of_current(apply: Callable[[Value], Value]) -> Function:
    """Of its argument, or without one of the answer that is being given."""

    def build(call: Call) -> Evaluate:
        if not call.arguments:
            return lambda context: apply(context.current)
        one = call.arguments[0].one
        return lambda context: apply(one(context))

    return Function(0, 1, build)


def _digest(call: Call) -> Evaluate:
    """digest(text, 'SHA-256', 'hex'): as in JavaRosa base64 unless told otherwise."""
    said, *how = call.arguments
    named = [piece.literal for piece in how]
    algorithm = text(named[0] or "").upper().replace("-", "")
    encoding = text(named[1] or "").lower() if len(named) > 1 else "base64"
    if algorithm not in _DIGESTS or encoding not in ("base64", "hex"):
        example = "digest(${name}, 'SHA-256', 'hex')"
        raise Refused(phrase("write {function}() like this: {example}", function=call.name, example=example))
    one = said.one

    def digest(context: Context) -> Value:
        letters = text(one(context)).encode(errors="surrogatepass")
        # Asked for by the author's form, to make codes that other programs make too: nothing is kept safe by it.
        made = hashlib.new(algorithm.lower(), letters, usedforsecurity=False).digest()
        return made.hex() if encoding == "hex" else base64.b64encode(made).decode()

    return digest


_DIGESTS = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")

# --- chance ------------------------------------------------------------------------------------------------


def _drawn(context: Context, position: int, more: int = 0) -> str:
    """64 hex digits that look drawn, and are the same whenever this place of this form asks for this response."""
    source = f"{context.seed}|{position}|{context.at}|{more}"
    return hashlib.sha256(source.encode(errors="surrogatepass")).hexdigest()


def _random(call: Call) -> Evaluate:
    position = call.position
    return lambda context: int(_drawn(context, position)[:13], 16) / 16.0**13


def _uuid(call: Call) -> Evaluate:
    position = call.position
    if call.arguments:
        length = call.arguments[0].one
        return lambda context: _letters(context, position, min(100, max(0, whole(length(context)))))

    def uuid(context: Context) -> Value:
        drawn = _drawn(context, position)
        variant = "89ab"[int(drawn[16], 16) % 4]
        return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-{variant}{drawn[17:20]}-{drawn[20:32]}"

    return uuid


_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _letters(context: Context, position: int, length: int) -> str:
    drawn = "".join(_drawn(context, position, more) for more in range(-(-length // 16)))
    return "".join(_ALPHABET[int(drawn[at * 4 : at * 4 + 4], 16) % 36] for at in range(length))


# --- the table ---------------------------------------------------------------------------------------------

#: Every function an author may use; a new one is one more line.
FUNCTIONS: dict[str, Function] = {
    "selected": Function(2, 2, _selected),
    "is-selected": Function(2, 2, _selected),
    "selected-at": plain(_selected_at, 2),
    "count-selected": plain(lambda chosen: float(len(_names(chosen))), 1),
    "jr:choice-name": Function(2, 2, _choice_name),
    "if": Function(3, 3, _if),
    "coalesce": Function(2, ANY, _coalesce),
    "once": Function(1, 1, _once),
    "true": plain(lambda: True, 0),
    "false": plain(lambda: False, 0),
    "not": plain(lambda value: not truth(value), 1),
    "boolean": plain(truth, 1),
    "boolean-from-string": plain(lambda value: text(value) == "1" or text(value).lower() == "true", 1),
    "string": plain(text, 1),
    "string-length": _of_current(lambda value: float(len(text(value)))),
    "contains": plain(lambda value, part: text(part) in text(value), 2),
    "starts-with": plain(lambda value, part: text(value).startswith(text(part)), 2),
    "ends-with": plain(lambda value, part: text(value).endswith(text(part)), 2),
    "substr": plain(_substr, 2, 3),
    "substring-before": plain(_before, 2),
    "substring-after": plain(_after, 2),
    "normalize-space": _of_current(lambda value: " ".join(text(value).split())),
    "translate": plain(_translate, 3),
    "regex": Function(2, 2, patterns.regex),
    "digest": Function(2, 3, _digest),
    "number": plain(number, 1),
    "int": plain(_int, 1),
    "round": plain(_round, 1, 2),
    "abs": _real(abs, 1),
    "floor": _real(_floor(math.floor), 1),
    "ceiling": _real(_floor(math.ceil), 1),
    "pow": _real(_power, 2),
    "sqrt": _real(math.sqrt, 1),
    "exp": _real(math.exp, 1),
    "exp10": _real(lambda size: _power(10.0, size), 1),
    "log": _real(_log(math.log), 1),
    "log10": _real(_log(math.log10), 1),
    "sin": _real(math.sin, 1),
    "cos": _real(math.cos, 1),
    "tan": _real(math.tan, 1),
    "asin": _real(math.asin, 1),
    "acos": _real(math.acos, 1),
    "atan": _real(math.atan, 1),
    "atan2": _real(math.atan2, 2),
    "pi": plain(lambda: math.pi, 0),
    # XPath 2.0's, and CommCare's.
    "upper-case": plain(lambda value: text(value).upper(), 1),
    "lower-case": plain(lambda value: text(value).lower(), 1),
    # SurveyCTO's own.
    "upper": plain(lambda value: text(value).upper(), 1),
    "lower": plain(lambda value: text(value).lower(), 1),
    "choice-label": Function(2, 2, _choice_label),
    "linebreak": plain(lambda: "\n", 0),
    "empty": plain(lambda value: value == "", 1),
    "format-number": plain(_grouped, 1),
    "item-at": plain(_item_at, 3),
    "item-index": plain(_item_index, 3),
    "item-present": plain(lambda sign, items, value: text(value) in _items(sign, items), 3),
    "count-items": plain(lambda sign, items: float(len(_items(sign, items))), 2),
    "de-duplicate": plain(lambda sign, items: text(sign).join(dict.fromkeys(_items(sign, items))), 2),
    "random": Function(0, 0, _random),
    "uuid": Function(0, 1, _uuid),
    "pulldata": Function(4, 4, lookup.pulldata),
    **series.FUNCTIONS,
    **moments.FUNCTIONS,
}

_GEOGRAPHY = ("area", "enclosed-area", "distance", "geofence", "distance-between", "geo-scatter", "short-geopoint")
_ELSEWHERE = (
    *("base64-decode", "extract-signed", "jr:itext", "property", "version", "randomize"),
    *("hash", "relevant", "rank-index-if", "plug-in-metadata", "collect-is-phone-app"),
    *("enumerator-id", "enumerator-name"),
)
#: What ODK or SurveyCTO has and a chat cannot have.
UNUSABLE: dict[str, Phrase] = {
    name: phrase("{function}() measures on a map, which a chat cannot; leave it out", function=name)
    for name in _GEOGRAPHY
} | {name: phrase("{function}() cannot be used in a chat; leave it out", function=name) for name in _ELSEWHERE}
