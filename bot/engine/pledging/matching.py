"""Matching: who adds to what others give, by which rule, and how much that comes to for each pledge."""

from __future__ import annotations

import decimal
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.engine.pledging.ledger import ZERO

#: Wide enough for any quantity times any factor, and never a hundredth more than was promised.
_DOWN = decimal.Context(prec=60, rounding=decimal.ROUND_FLOOR)
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rule:
    """What somebody adds. Caps are of what is added; None sets no bound.

    The kind of need ("money" in som, "labour" in days) is what it matches, and adds: a som for a som, a day for a day.
    """

    name: str
    kind: str
    #: Added for each som or day; above zero.
    factor: Decimal
    cap_pledge: Decimal | None = None
    cap_person: Decimal | None = None
    cap_total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """A pledge as rules see it."""

    pledge: str
    #: Whose it is, as an opaque id; "" when that was erased: then it is a person of its own.
    person: str
    kind: str
    #: Som or days that count: promised or received, as is asked for; 0 once it was withdrawn.
    value: Decimal


def matched(gifts: Iterable[Gift], rules: Sequence[Rule]) -> Mapping[tuple[str, str], Decimal]:
    """(rule, pledge) -> what the rule adds to the pledge, in hundredths rounded down; without zeros.

    Gifts come in the order in which they were confirmed, and whoever came first is matched first. Nothing is
    remembered: what a withdrawn pledge had been matched by is there for the next ones.
    """
    each = list(gifts)
    added: dict[tuple[str, str], Decimal] = {}
    for rule in rules:
        by_person: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        in_all = ZERO
        for gift in each:
            if gift.kind != rule.kind or gift.value <= 0:
                continue
            person = ("", gift.person) if gift.person else (gift.pledge, "")
            bounds = [_DOWN.multiply(gift.value, rule.factor)]
            bounds += [rule.cap_pledge] if rule.cap_pledge is not None else []
            bounds += [rule.cap_person - by_person[person]] if rule.cap_person is not None else []
            bounds += [rule.cap_total - in_all] if rule.cap_total is not None else []
            more = _DOWN.quantize(max(min(bounds), ZERO), _HUNDREDTH)
            if more:
                added[rule.name, gift.pledge] = more
                by_person[person] += more
                in_all += more
    return added
