"""What reading an offer comes to: something promised, something nobody asked for, a doubt, or why there is nothing."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from bot.engine import messages


class Why(enum.Enum):
    """Why a part of a message is no offer; each wants an answer of its own."""

    NOTHING = "nothing"  # no word in it is a gift
    NEGATIVE = "negative"
    ZERO = "zero"
    TOO_MUCH = "too much"  # over ten times what the need could use at best
    TOO_FINE = "too fine"  # smaller than a hundredth
    NUMBER = "number"  # digits that are no number: "1.2.3.4"
    UNIT = "unit"
    CURRENCY = "currency"
    TOO_LONG = "too long"
    DENIED = "denied"  # "5000 бере албайм"
    CARD = "card"  # a card's or an account's number: to be warned of, and never repeated
    PHONE = "phone"
    CODE = "code"  # from an SMS, a CVV, a PIN: to be warned of


@dataclass(frozen=True, slots=True)
class Unasked:
    """Understood, but the campaign asks for no such thing. `thing`: its name in `wares`, or "".

    `quantity` is None where the person named no number, `unit` "" where they named none.
    """

    thing: str
    quantity: Decimal | None
    said: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """To be asked about. Whichever of `readings` is chosen takes its place, and may be in doubt about another thing.

    `what`: "need": which of the campaign's needs, or with no readings: what is given at all. "amount": how much or how
    many; no readings, no suggestion. "currency": `readings` in every currency that is taken, the nearest first. "unit":
    the need's unit and the one said are not the same, or none was said. `need`: where that much is known.
    """

    what: Literal["currency", "amount", "unit", "need"]
    readings: tuple[Reading, ...]
    said: str
    need: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Misread:
    """No offer. `said` is the part of the message in question, empty where it must not be repeated."""

    why: Why
    said: str
    need: str = ""
    #: How many there are of what nobody knows.
    quantity: Decimal | None = field(default=None, compare=False)


#: What one of a doubt's readings may be.
Reading = messages.Offer | Doubtful
#: One thing that a message offers.
Piece = messages.Offer | Unasked | Doubtful | Misread


@dataclass(frozen=True, slots=True)
class Message:
    """A message's offers in its order, at least one piece; and the words of it that say when, "" if none do.

    With "1000 a month for half a year" an offer's quantity is one handover's, and `whens.Monthly` says how many.
    """

    pieces: tuple[Piece, ...]
    when: str
