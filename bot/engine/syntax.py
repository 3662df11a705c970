"""The grammar of expressions: from text to closures, or what was found where something else was expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.engine import values

MAX_DEPTH = 40


class ExpressionError(ValueError):
    """The text is no expression. `position` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Literal:
    """A closure whose value is known before any answer is."""

    value: values.Value

    def __call__(self, context: values.Context) -> values.Value:
        return self.value


class Function(NamedTuple):
    """One function: how many arguments it takes, and how the arguments become a closure."""

    least: int
    most: int
    build: Callable[..., values.Evaluate]


_STRENGTH = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4}
_STRENGTH |= {"+": 5, "-": 5, "*": 6, "div": 6, "mod": 6}
_NEGATION = 7

_TOKEN = re.compile(
    r"""(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
      | (?P<string>"[^"]*"|'[^']*')
      | (?P<reference>\$\{[^{}]*\})
      | (?P<name>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)
      | (?P<sign><=|>=|!=|[=<>+*(),.-])
      | (?P<space>\s+)""",
    re.VERBOSE,
)
_NAME = re.compile(r"[^\W\d][\w.-]*")


class _Token(NamedTuple):
    kind: str
    text: str
    position: int

    def __str__(self) -> str:
        return f"“{self.text}”" if self.text else "the end"


def _tokens(source: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if not found:
            raise ExpressionError(_unreadable(source, at), at)
        if found.lastgroup != "space":
            tokens.append(_Token(found.lastgroup or "", found[0], at))
        at = found.end()
    return [*tokens, _Token("end", "", at)]


def _unreadable(source: str, at: int) -> str:
    character = source[at]
    if character in "'\"":
        return f"found the opening quote {character} where its closing one was expected before the end"
    if character in "“”„‟‘’‚‛«»":
        return f"found the curly quote {character} where a straight ' or \" was expected"
    if character == "$":
        return "found “$” where ${name of a question} was expected"
    if character == "/":
        return "found “/” where an operator was expected; write ${name} for an answer, div to divide"
    return f"found “{character}” where a value or an operator was expected"


class Parser:
    """Operator precedence after Pratt: each operand, then every operator at least as strong as asked for."""

    def __init__(self, source: str, functions: Mapping[str, Function]) -> None:
        self.tokens = _tokens(source)
        self.functions = functions
        self.at = 0
        self.depth = 0
        self.references: set[str] = set()
        self.columns: set[str] = set()

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def expect(self, sign: str, what: str) -> None:
        token = self.tokens[self.at]
        if (token.kind, token.text) != ("sign", sign):
            raise ExpressionError(f"found {token} where {what} was expected", token.position)
        self.at += 1

    def strength(self) -> int:
        token = self.tokens[self.at]
        return _STRENGTH.get(token.text, 0) if token.kind in ("sign", "name") else 0

    def expression(self, least: int = 1) -> values.Evaluate:
        left = self.operand()
        while (strength := self.strength()) >= least:
            rest = []
            while self.strength() == strength:
                rest.append((self.take().text, self.expression(strength + 1)))
            left = values.chain(left, rest)
        return left

    def operand(self) -> values.Evaluate:
        token = self.take()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} deep; split it into calculations"
            raise ExpressionError(message, token.position)
        value = self.value(token)
        self.depth -= 1
        return value

    def value(self, token: _Token) -> values.Evaluate:
        match token.kind, token.text:
            case "number", _:
                return Literal(float(token.text))
            case "string", _:
                return Literal(token.text[1:-1])
            case "reference", _:
                return self.reference(token)
            case "name", name:
                if self.tokens[self.at].text == "(":
                    return self.function(token)
                self.columns.add(name)
                return lambda context: context.columns.get(name, "")
            case "sign", "-":
                negated = self.expression(_NEGATION)
                return lambda context: -values.number(negated(context))
            case "sign", "(":
                inner = self.expression()
                self.expect(")", "an operator or “)”")
                return inner
            case "sign", ".":
                return lambda context: context.current
        raise ExpressionError(f"found {token} where a value was expected", token.position)

    def reference(self, token: _Token) -> values.Evaluate:
        name = token.text[2:-1].strip()
        if not _NAME.fullmatch(name):
            raise ExpressionError(f"found {token} where ${{name of a question}} was expected", token.position)
        self.references.add(name)
        return lambda context: context.answers.get(name, "")

    def function(self, token: _Token) -> values.Evaluate:
        known = self.functions.get(token.text)
        if not known:
            message = f"found {token}() where one of these was expected: {', '.join(self.functions)}"
            raise ExpressionError(message, token.position)
        self.take()
        arguments: list[values.Evaluate] = []
        while self.tokens[self.at].text != ")" or arguments:
            arguments.append(self.expression())
            if self.tokens[self.at].text != ",":
                break
            self.take()
        self.expect(")", "“,” or “)”")
        if not known.least <= len(arguments) <= known.most:
            wanted = str(known.least) if known.least == known.most else f"{known.least} to {known.most}"
            message = f"found {len(arguments)} values in {token.text}() where {wanted} were expected"
            raise ExpressionError(message, token.position)
        try:
            return known.build(*arguments)
        except ValueError as error:
            raise ExpressionError(str(error), token.position) from None
