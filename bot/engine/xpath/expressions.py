"""The expressions of XLSForm (relevant, constraint, calculation): text compiled to closures, never to code.

`syntax.py` cuts the text into words, `grammar.py` reads them, `values.py` says what values mean, `functions.py` has
the functions an author may use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.engine.phrases import phrase
from bot.engine.xpath import grammar
from bot.engine.xpath.functions import FUNCTIONS, UNUSABLE
from bot.engine.xpath.syntax import ExpressionError
from bot.engine.xpath.values import Context, Evaluate, Value, number, text, truth

__all__ = ["FUNCTIONS", "Context", "Expression", "ExpressionError", "Value", "compile", "number", "text", "truth"]

MAX_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled expression. `evaluate(context)` never raises."""

    source: str
    #: Names of the questions, groups and repeats it asks for: the ${...}.
    references: frozenset[str]
    #: Bare names: columns of the choices sheet.
    columns: frozenset[str]
    evaluate: Evaluate = field(compare=False, repr=False)
    #: What it looks up with instance() and pulldata(): (list, column); the column is "" where rows are counted.
    cells: frozenset[tuple[str, str]] = frozenset()
    #: Whether a value that is there already stays: once().
    once: bool = False

    @property
    def lists(self) -> frozenset[str]:
        """Names of the lists it looks something up in."""
        return frozenset(name for name, _ in self.cells)


def compile(source: str, above: Sequence[bool] = ()) -> Expression:  # noqa: A001 - as re.compile: called with its room
    """The text as something that can be evaluated; raises ExpressionError and nothing else.

    `above` are the groups around the question, the innermost first, True for a repeat: position(../..) needs it.
    """
    if len(source) > MAX_LENGTH:
        said = phrase("longer than {n} characters; split it into calculations", n=MAX_LENGTH)
        raise ExpressionError(said, MAX_LENGTH)
    parser = grammar.Parser(source, FUNCTIONS, UNUSABLE, tuple(above))
    whole = parser.whole()
    found = parser.found
    return Expression(
        source,
        frozenset(found.references),
        frozenset(found.columns),
        whole.one,
        frozenset(found.cells),
        found.once,
    )
