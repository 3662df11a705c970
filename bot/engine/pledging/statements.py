"""A bank's statement against the pledges: which line is whose gift, by the code in its comment, and what is in doubt.

Nothing is guessed: what fits in every way is sure, what fits in some way is put before the treasurer with the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from bot.engine.pledging.ledger import ZERO, Standing

_HUNDREDTH = Decimal("0.01")
#: Cyrillic letters in the place of the Latin letters and digits of codes that look like them.
_LOOK_ALIKE = str.maketrans("АВЕЁКМНҢРСТУҮХЗЅЈѴ", "ABEEKMHHPCTYYX3SJV")
_LONGEST = 6
_WORD = re.compile(r"[0-9A-Z]+")
#: Letters of codes; none of them is taken for another.
_CODE = re.compile(r"[2-9A-HJ-NP-Z]{6}")
_AMOUNT = re.compile(r"([+-]?)([0-9 ’']*(?:[.,][0-9 ’']+)*)(?:KGS|СОМ|С)?\.?", re.IGNORECASE)
_DATES = (
    re.compile(r"(?P<d>[0-9]{1,2})[./-](?P<m>[0-9]{1,2})[./-](?P<y>[0-9]{4}|[0-9]{2})(?:[ T,].*)?"),
    re.compile(r"(?P<y>[0-9]{4})[./-](?P<m>[0-9]{1,2})[./-](?P<d>[0-9]{1,2})(?:[ T,].*)?"),
)


class Doubt(StrEnum):
    """Why a line is not booked by itself."""

    #: It looks like a code and is none of the campaign's.
    UNKNOWN_CODE = "unknown_code"
    SEVERAL_CODES = "several_codes"
    #: A code within a longer word: perhaps by chance.
    WITHIN = "within"
    ALREADY_RECEIVED = "already_received"
    #: Taken back, lapsed or returned; what came has come all the same.
    LET_GO = "let_go"
    #: Less than is awaited: what the way cost, or a part.
    LESS = "less"
    MORE = "more"
    #: It came in other money than was promised.
    OTHER_MONEY = "other_money"
    #: Work, or a thing, was promised.
    NO_MONEY = "no_money"
    #: The pledge waits for a second signature.
    WAITS = "waits"
    #: Another line of the file is for the same pledge.
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what came in: its number in the file, and of its cells those that are named in the settings."""

    number: int
    day: dt.date
    amount: Decimal
    currency: str
    comment: str


@dataclass(frozen=True, slots=True)
class Pledge:
    """One of the pledges whose codes stand in the file."""

    code: str
    #: A currency, or the need's name of what is no money.
    unit: str
    is_money: bool
    standing: Standing
    #: Som for one of it; None where it has no rate.
    worth: Decimal | None


@dataclass(frozen=True, slots=True)
class Match:
    """What is thought of a line."""

    line: Line
    #: "" where there is none; of an unknown code what looks like one.
    code: str
    #: What came, in the pledge's own unit; 0 where that cannot be said.
    quantity: Decimal = ZERO
    #: What is awaited of it.
    awaited: Decimal = ZERO
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether it is somebody's gift in every way."""
        return bool(self.code) and not self.doubts

    @property
    def may_be_taken(self) -> bool:
        """Whether a treasurer may take it all the same, as a part or as all that comes."""
        return self.quantity > 0 and not _FINAL & set(self.doubts)


#: What no answer of the treasurer's makes a receipt of: it is entered by hand.
_FINAL = {Doubt.UNKNOWN_CODE, Doubt.SEVERAL_CODES, Doubt.NO_MONEY, Doubt.WAITS}


# -- cells ----------------------------------------------------------------------------------------------------------


def amount(text: str) -> Decimal | None:
    """Of "1 234,50", "1,234.50", "+500", "1234.5 KGS"; None of what is none, or could be two ("1,234")."""
    tidy = re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()
    found = _AMOUNT.fullmatch(tidy.replace("−", "-"))
    if not found or not any(letter.isdigit() for letter in tidy):
        return None
    digits = re.sub(r"[ ’']", "", found[2])
    marks = re.sub(r"[0-9]", "", digits)
    whole, fraction = digits, ""
    if marks:
        whole, _, fraction = digits.rpartition(marks[-1])
        groups = re.split(r"[.,]", whole)
        several = len(marks) > 1
        if several and (len(set(marks)) == 1 or marks[-1] in marks[:-1]):
            # "1.234.567": every mark divides thousands.
            groups, fraction = [*groups, fraction], ""
        if (several and not _thousands(groups)) or (not several and len(fraction) == 3) or len(fraction) > 2:
            return None
        whole = "".join(groups)
    made = Decimal(f"{found[1]}{whole or 0}{'.' if fraction else ''}{fraction}")
    return made if len(whole) <= 13 else None


def _thousands(groups: list[str]) -> bool:
    return 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])


def day(text: str) -> dt.date | None:
    """Of "05.11.2026", "2026-11-05 14:03", "5/11/26": the day first, as banks here write it; None of no date."""
    for pattern in _DATES:
        if found := pattern.fullmatch(text.strip()):
            year = int(found["y"])
            try:
                return dt.date(year if year > 99 else 2000 + year, int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None


# -- codes ----------------------------------------------------------------------------------------------------------


def codes(comment: str, known: Collection[str]) -> tuple[list[str], list[str], list[str]]:
    """Known codes that stand in a comment by themselves, known ones within longer words, and what looks like one.

    Also with spaces or hyphens in them, in small letters, and with Cyrillic letters that look like the Latin ones.
    """
    text = comment.upper().translate(_LOOK_ALIKE)
    words = [(found[0], found.start()) for found in _WORD.finditer(text)]
    joined = "".join(word for word, _ in words)
    edges, place = {0}, 0
    for word, _ in words:
        place += len(word)
        edges.add(place)
    alone: list[str] = []
    within: list[str] = []
    for begin in range(len(joined) - _LONGEST + 1):
        code, end = joined[begin : begin + _LONGEST], begin + _LONGEST
        if code in known:
            into = alone if begin in edges and end in edges else within
            if code not in into:
                into.append(code)
    strange = [
        word
        for word, _ in words
        if _CODE.fullmatch(word) and word not in known and re.search("[0-9]", word) and re.search("[A-Z]{2}", word)
    ]
    return alone, [code for code in within if code not in alone], strange


# -- matching --------------------------------------------------------------------------------------------------------


def match(line: Line, known: Mapping[str, Pledge]) -> Match:
    """What a line is, by itself; `known` has the campaign's pledges by code."""
    alone, within, strange = codes(line.comment, known.keys())
    found = alone or within
    if len(found) > 1:
        return Match(line, " ".join(found), doubts=(Doubt.SEVERAL_CODES,))
    if not found:
        return Match(line, strange[0], doubts=(Doubt.UNKNOWN_CODE,)) if strange else Match(line, "")
    pledge = known[found[0]]
    doubts = [] if alone else [Doubt.WITHIN]
    standing = pledge.standing
    if not pledge.is_money:
        return Match(line, pledge.code, doubts=(*doubts, Doubt.NO_MONEY))
    quantity = line.amount
    if line.currency != pledge.unit:
        doubts.append(Doubt.OTHER_MONEY)
        # Only som can be put at the rate that is kept with the pledge.
        som = line.currency == "KGS" and pledge.worth
        quantity = (line.amount / som).quantize(_HUNDREDTH, ROUND_HALF_EVEN) if som else ZERO
    if standing.proposal:
        doubts.append(Doubt.WAITS)
    elif standing.kept:
        doubts.append(Doubt.ALREADY_RECEIVED)
    elif standing.ended:
        doubts.append(Doubt.LET_GO)
    awaited = max(standing.promised - standing.settled, ZERO)
    if quantity and awaited and not standing.ended and quantity != awaited:
        doubts.append(Doubt.LESS if quantity < awaited else Doubt.MORE)
    return Match(line, pledge.code, quantity, awaited, tuple(doubts))


def match_all(lines: Collection[Line], known: Mapping[str, Pledge]) -> list[Match]:
    """What all the lines are; two for one pledge are both put before the treasurer."""
    made = [match(line, known) for line in lines]
    twice = {code for code, times in Counter(each.code for each in made).items() if times > 1 and code in known}
    return [
        Match(each.line, each.code, each.quantity, each.awaited, (*each.doubts, Doubt.TWICE))
        if each.code in twice
        else each
        for each in made
    ]


def fee(found: Match) -> Decimal:
    """What the way cost, where all that is awaited counts as kept."""
    return max(found.awaited - found.quantity, ZERO)
