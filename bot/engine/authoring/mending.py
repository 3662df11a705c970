"""Expressions as spreadsheets bend them: quotes made curly, signs of other languages; straightened if that helps."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from bot.engine.xpath import expressions

_CURLY = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛`´", "'")})
_LITERAL = re.compile(r"(\"[^\"]*\"|'[^']*')")
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "×": "*", "≥": ">=", "≤": "<=", "≠": "!=", "÷": " div "})
_WORDS = [
    (re.compile(r"^\s*=(?!=)"), ""),  # a spreadsheet's formula
    (re.compile(r"=="), "="),
    (re.compile(r"=<"), "<="),
    (re.compile(r"=>"), ">="),
    (re.compile(r"<>"), "!="),
    (re.compile(r"&&"), " and "),
    (re.compile(r"\|\|"), " or "),
    (re.compile(r"\$\s+\{"), "${"),
    (re.compile(r"(?<!\$)\{\s*([A-Za-z_][\w.-]*)\s*\}|\$\(\s*([A-Za-z_][\w.-]*)\s*\)"), r"${\1\2}"),
]
_OPERATOR = re.compile(r"(?<![\w${.-])(and|or|div|mod)(?![\w}.-])", re.IGNORECASE)
_IF = re.compile(
    r"(?<![\w-])(sum|count|min|max|join)-if\(\s*((?:'[^']*'|\"[^\"]*\")\s*,\s*)?(\$\{[^{}]*\})\s*,", re.IGNORECASE
)
_CALL = re.compile(r"(?<![\w${:-])([A-Za-z][\w:-]*)(?=\s*\()")


def compiled(source: str, above: Sequence[bool] = ()) -> tuple[expressions.Expression, bool]:
    """The expression, and whether it had to be straightened; raises ExpressionError for the text as it stands.

    Only what fails is touched: a curly quote inside straight ones is a letter like any other.
    """
    try:
        return expressions.compile(source, above), False
    except expressions.ExpressionError as error:
        text = source
        for mend in (_straight, _usual, _of_rounds):
            text = mend(text)
            if text == source:
                continue
            try:
                return expressions.compile(text, above), True
            except expressions.ExpressionError:
                continue
        raise error from None


def _straight(source: str) -> str:
    return source.translate(_CURLY)


def _usual(source: str) -> str:
    return outside(source, _usual_signs)


def _usual_signs(text: str) -> str:
    text = text.translate(_SIGNS)
    for pattern, sign in _WORDS:
        text = pattern.sub(sign, text)
    text = _OPERATOR.sub(lambda found: found[1].lower(), text)
    return _CALL.sub(lambda found: found[1].lower(), text)


def _of_rounds(source: str) -> str:
    """SurveyCTO's sum-if(${paid}, ${paid} > 5) as what it means: sum(${paid}[${paid} > 5])."""
    while found := _IF.search(source):
        depth, end = 1, found.end()
        while end < len(source) and depth:
            if quoted := _LITERAL.match(source, end):
                end = quoted.end()
                continue
            depth += {"(": 1, ")": -1}.get(source[end], 0)
            end += 1
        if depth:
            return source
        name, first, many = found[1].lower(), found[2] or "", found[3]
        source = (
            f"{source[: found.start()]}{name}({first}{many}[{source[found.end() : end - 1].strip()}]){source[end:]}"
        )
    return source


def outside(source: str, change: Callable[[str], str]) -> str:
    """The source with what stands outside of quotes changed."""
    parts = _LITERAL.split(source)
    return "".join(part if place % 2 else change(part) for place, part in enumerate(parts))


def worded(source: str, words: Collection[str]) -> str:
    """The source with those words in quotes where they are compared, given to a function, or stand alone."""
    any_word = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    bare = re.compile(rf"((?:^|[=,])\s*)({any_word})(?=\s*(?:$|[),]|(?:and|or)\b))")
    return outside(source, lambda part: bare.sub(r"\1'\2'", part))


def answered(source: str, names: Collection[str]) -> str:
    """The source with those bare names as what was answered to them: `age > 17` is `${age} > 17`."""
    for name in sorted(names):
        source = meant(source, name, f"${{{name}}}")
    return source


def meant(source: str, name: str, expression: str) -> str:
    """The source with that bare name replaced."""
    bare = re.compile(rf"(?<![\w${{./:@-]){re.escape(name)}(?![\w}}./:(-])")
    return outside(source, lambda part: bare.sub(lambda _: expression, part))


def relabelled(source: str, renamed: Mapping[str, str]) -> str:
    """The source with quoted names of choices under their new names."""
    if not renamed:
        return source
    parts = _LITERAL.split(source)
    return "".join(
        f"{part[0]}{renamed[part[1:-1]]}{part[0]}" if place % 2 and part[1:-1] in renamed else part
        for place, part in enumerate(parts)
    )


#: What CHT knows of a person, and SurveyCTO of a telephone; a chat has no such thing.
_UNKNOWN = re.compile(
    r"(?:instance\(\s*(?:'contact-summary'|\"contact-summary\")\s*\)(?:/[\w.-]+(?:\[[^\]]*\])*)+"
    r"|(?<![\w-])(?:duration|username|device-info|phone-call-duration|phone-call-log|version)\(\s*\))"
)


def known(source: str) -> tuple[str, str]:
    """The source with everything empty that is only known elsewhere, and the first of that; "" where there is none."""
    found = _UNKNOWN.search(source)
    return _UNKNOWN.sub("''", source), found[0] if found else ""


def quoted(text: str) -> str:
    """The text as a literal of an expression."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    pieces = text.split("'")
    joined = ', "\'", '.join(f"'{piece}'" for piece in pieces)
    return f"concat({joined})"
