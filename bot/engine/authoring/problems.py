"""What is told to the author of a form: where, what, how to mend it, and how much it matters."""

from __future__ import annotations

import difflib
import enum
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from bot.engine import phrases
from bot.engine.phrases import Phrase, phrase

#: Letters of the longer of two names that may be one: "sex" and "six" are two.
_SLIPS_FROM = 5
#: Rows told of one by one before the rest is summed up.
SHOWN = 5
#: Names of one form for which the nearest known one is looked up.
MOST_SUGGESTIONS = 30


class Severity(enum.StrEnum):
    """How much a problem matters."""

    #: The form cannot be published.
    ERROR = "error"
    #: It was clear what was meant, and is taken so.
    MENDED = "mended"
    #: It can be published, and would hurt in a chat.
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of a form's author: where it is, what is wrong, and how to mend it."""

    sheet: str
    #: As a spreadsheet counts: the headings are row 1.
    row: int
    column: str
    what: Phrase
    mend: Phrase
    severity: Severity = Severity.ERROR

    @property
    def line(self) -> Phrase:
        """All of it in one phrase, for `wording.Voice`."""
        if self.column:
            place = phrase("{sheet}, row {row}, column {column}", sheet=self.sheet, row=self.row, column=self.column)
        else:
            place = phrase("{sheet}, row {row}", sheet=self.sheet, row=self.row)
        parts = {"place": place, "what": self.what, "mend": self.mend}
        match self.severity:
            case Severity.ERROR:
                return phrase("{place}: {what} To mend it: {mend}", **parts)
            case Severity.MENDED:
                return phrase("{place}, mended: {what} Better: {mend}", **parts)
            case Severity.ADVICE:
                return phrase("{place}, advice: {what} Better: {mend}", **parts)

    def __str__(self) -> str:
        return phrases.english(self.line)


class Place(Protocol):
    """Whatever knows its sheet and its row."""

    @property
    def sheet(self) -> str: ...

    @property
    def number(self) -> int: ...


class At(NamedTuple):
    """A place that is no row of its own."""

    sheet: str
    number: int


class Told:
    """Everything told about one form so far."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._nearest: dict[str, str] = {}

    def error(self, at: Place, column: str, what: Phrase, mend: Phrase) -> None:
        """It cannot be published like this."""
        self._problems.append(Problem(at.sheet, at.number, column, what, mend, Severity.ERROR))

    def mended(self, at: Place, column: str, what: Phrase, mend: Phrase) -> None:
        """It was clear what was meant."""
        self._problems.append(Problem(at.sheet, at.number, column, what, mend, Severity.MENDED))

    def advice(self, at: Place, column: str, what: Phrase, mend: Phrase) -> None:
        """It would hurt in a chat."""
        self._problems.append(Problem(at.sheet, at.number, column, what, mend, Severity.ADVICE))

    def suggestion(self, word: str, known: Collection[str], otherwise: Phrase) -> Phrase:
        """As the function, for the names of a whole form: many, and all of them wrong perhaps."""
        if word not in self._nearest:
            # Looking for the nearest of 600 names takes a hundredth of a second.
            self._nearest[word] = nearest(word, known) if len(self._nearest) < MOST_SUGGESTIONS else ""
        close = self._nearest[word]
        return phrase("did you mean “{word}”?", word=close) if close else otherwise

    def all(self, sheets: Iterable[str] = ()) -> list[Problem]:
        """Each problem once, in the order of the sheets and rows; many of one kind but errors are summed up."""
        places = {name: place for place, name in enumerate(sheets)}
        once: dict[tuple[str, int, str, str], Problem] = {}
        for problem in self._problems:
            same = str(problem) if problem.severity is Severity.ERROR else f"{problem.severity} {problem.what.msgid}"
            once.setdefault((problem.sheet, problem.row, problem.column, same), problem)
        ordered = sorted(once.values(), key=lambda each: (places.get(each.sheet, len(places)), each.row))
        return _summed(ordered)


def _summed(problems: list[Problem]) -> list[Problem]:
    counts = Counter(_kind(problem) for problem in problems)
    seen: Counter[tuple[str, str, str]] = Counter()
    kept: list[Problem] = []
    for problem in problems:
        kind = _kind(problem)
        seen[kind] += 1
        more = counts[kind] - SHOWN
        # One more than shown is shown as well: "and 1 more" would take as much room.
        if problem.severity is Severity.ERROR or more <= 1 or seen[kind] < SHOWN + 1:
            kept.append(problem)
        elif seen[kind] == SHOWN + 1:
            what = phrases.phrases(
                "{what} And {n} more like this.",
                "{what} And {n} more like these.",
                more - 1,
                what=problem.what,
                n=more - 1,
            )
            kept.append(Problem(problem.sheet, problem.row, problem.column, what, problem.mend, problem.severity))
    return kept


def _kind(problem: Problem) -> tuple[str, str, str]:
    return problem.severity, problem.sheet, problem.what.msgid


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that is most like this one, "" if none is."""
    size = len(word)
    near = {each.lower(): each for each in known if abs(len(each) - size) <= 2 + size // 3}
    close = difflib.get_close_matches(word.lower(), near, n=1, cutoff=0.7)
    return near[close[0]] if close else ""


def is_slip(name: str, known: str) -> bool:
    """One letter too many or too few, wrong, or in the wrong place; "needs1" is no slip of "needs2"."""
    if name + "s" == known or known + "s" == name:
        return True
    longest = max(len(name), len(known))
    if longest < _SLIPS_FROM or abs(len(name) - len(known)) > 1 or re.sub(r"\D", "", name) != re.sub(r"\D", "", known):
        return False
    start = next((n for n, (one, other) in enumerate(zip(name, known, strict=False)) if one != other), longest - 1)
    one, other = name[start:], known[start:]
    swapped = one[1::-1] + one[2:] == other
    return swapped or one[1:] == other or one == other[1:] or one[1:] == other[1:]


def suggestion(word: str, known: Collection[str], otherwise: Phrase) -> Phrase:
    """The remedy for a word that nobody knows: the nearest known one, or else `otherwise`."""
    close = nearest(word, known)
    return phrase("did you mean “{word}”?", word=close) if close else otherwise
