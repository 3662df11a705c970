"""The words of an expression: its text cut into tokens, or what was found where something else was expected."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.engine import phrases
from bot.engine.phrases import phrase


class ExpressionError(ValueError):
    """The text is no expression. `position` counts characters from 0; `phrase` says why in the reader's language."""

    def __init__(self, said: phrases.Phrase, position: int) -> None:
        self.message = phrases.english(said)
        super().__init__(self.message)
        self.phrase = said
        self.position = position


class Token(NamedTuple):
    """One word. `kind` is number, string, reference, name, sign or end."""

    kind: str
    text: str
    position: int

    def shown(self) -> str | phrases.Phrase:
        """How a message names it."""
        return f"“{self.text}”" if self.text else phrase("the end")

    def name(self) -> str:
        """Of a reference: the question it names."""
        return self.text[2:-1].strip()


_TOKEN = re.compile(
    r"""(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
      | (?P<string>"[^"]*"|'[^']*')
      | (?P<reference>\$\{[^{}]*\})
      | (?P<name>(?:and|or)(?=\.\s*[<>=!])  # "or.<= 5", as JavaRosa reads it: a dot may not end a name there
               |[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)
      | (?P<foreign>==|=<|=>|<>|&&|\|\|)
      | (?P<sign><=|>=|!=|\.\.|[=<>+*(),./\[\]-])
      | (?P<space>\s+)""",
    re.VERBOSE | re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d][\w.-]*")
#: Signs of other languages, and of spreadsheets that correct what was typed.
_MEANT = {"==": "=", "=<": "<=", "=>": ">=", "<>": "!=", "&&": "and", "||": "or"}
_MEANT |= {"≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "–": "-", "—": "-", "×": "*", "÷": "div"}
_MEANT |= {"&": "and", "|": "or", ";": ",", "!": "not()", "%": "mod"}


def tokens(source: str) -> list[Token]:
    """Every token and the end; as long as the text at most, so that no cap of their own is needed."""
    found, at = [], 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if not match or match.lastgroup == "foreign":
            raise ExpressionError(_unreadable(source, at), at)
        if match.lastgroup != "space":
            found.append(Token(match.lastgroup or "", match[0], at))
            if match.lastgroup == "reference":
                _check(found[-1])
        at = match.end()
    return [*found, Token("end", "", at)]


def is_name(text: str) -> bool:
    """Whether a question may be called so."""
    return _NAME.fullmatch(text) is not None


def _check(token: Token) -> None:
    if is_name(token.name()):
        return
    if token.name().startswith("last-saved#"):
        said = phrase("a chat does not keep what was answered in another form; ask the question again")
    else:
        said = phrase(
            "found {found} where a question's name in braces was expected, such as {example}",
            found=token.shown(),
            example="${age}",
        )
    raise ExpressionError(said, token.position)


def _unreadable(source: str, at: int) -> phrases.Phrase:
    character = source[at]
    if character in "'\"":
        return phrase("found the opening quote {quote} but not the closing one", quote=character)
    if character in "“”„‟‘’‚‛«»":
        return phrase("found the curly quote {quote} where a straight one was expected: ' or \"", quote=character)
    for sign in (source[at : at + 2], character):
        if sign in _MEANT:
            return phrase("write “{meant}” instead of “{found}”", meant=_MEANT[sign], found=sign)
    if character in "${}":
        return phrase(
            "found {found} where a question's name in braces was expected, such as {example}",
            found=f"“{character}”",
            example="${age}",
        )
    return phrase("found {found} where a value or an operator was expected", found=f"“{character}”")
