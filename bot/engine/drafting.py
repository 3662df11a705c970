"""A pledge under way: a person's words, and what they chose where those were in doubt -> what is offered, by when.

Nothing that was read is kept: the words are read anew at each message, with the campaign as it is then. What was chosen
is kept as what it says and not as its number, so that it is asked again where the campaign has it no more.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.engine import messages, state
from bot.engine.gifts import also, days, guarding, lines, offers, pieces, whens
from bot.engine.gifts.pieces import Doubtful, Misread, Reading, Unasked, Why

#: Chosen where the currency that is meant was not among the first shown.
OTHERS = "+"
#: What a number without its unit may come to.
_BARE = (Why.TOO_MUCH, Why.UNIT)
#: So many are shown first, where there are more than `_ALL`.
_FIRST, _ALL = 2, 5
#: Gifts in one message, and pledges that one yes makes: all of them every month for a year.
MOST, MOST_PLEDGES = 6, 72
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d+))?")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a pledge under way comes to so far."""

    offers: tuple[messages.Offer, ...] = ()
    #: What is to be asked about first; `offers` are whole once there is none.
    doubt: Doubtful | None = None
    #: What of the words is no offer to this campaign.
    aside: tuple[Unasked | Misread, ...] = ()
    #: By when, each handover; of one without a day of its own: by the campaign's.
    days: tuple[dt.date | None, ...] = (None,)
    #: A time was said that is no day yet.
    unclear: whens.Asked | whens.Misread | None = None
    #: What was chosen, as far as it can still be.
    settled: tuple[str, ...] = ()
    #: The message's own words for the time.
    when: str = field(default="", compare=False)


class Ear:
    """Reads for one campaign, as it is now; what has come already also where it has no need for it: with `given`."""

    def __init__(
        self, campaign: messages.Campaign, facts: messages.Facts, today: dt.date, *, given: bool = False
    ) -> None:
        self._facts, self._today, self._given = facts, today, given
        self._needs = (*campaign.needs, *(also.beside(campaign.needs) if given else ()))

    def draft(self, response: state.State) -> Draft:
        """What the answers of a pledge come to."""
        given = dict(response.answers)
        words = given.get("gift")
        if not isinstance(words, str):
            return Draft()
        draft = self.heard(words, response.settled)
        when = given.get("when")
        return self.dated(draft, when) if isinstance(when, str) else draft

    def heard(self, words: str, settled: Sequence[str] = ()) -> Draft:
        """What one message offers, its doubts settled as they were."""
        message = self._read(words, self._needs)
        left, valid = list(settled), list[str]()
        offered: list[messages.Offer] = []
        aside: list[Unasked | Misread] = []
        doubt: Doubtful | None = None
        for said in message.pieces:
            piece = (also.unknown(said) or said) if self._given and isinstance(said, Unasked | Misread) else said
            meant = self._settled(piece, left, valid) if isinstance(piece, Doubtful) else piece
            match meant:
                case messages.Offer():
                    offered.append(meant)
                case Doubtful():
                    doubt = doubt or meant
                case Unasked() if self._given and (taken := also.offer(meant)):
                    offered.append(taken)
                case _:
                    aside.append(meant)
        return Draft(tuple(offered), doubt, tuple(aside), settled=tuple(valid), when=message.when)

    def dated(self, draft: Draft, words: str) -> Draft:
        """The draft, to be handed over at that time: in words, or as `kept` writes it."""
        if known := _DATED.fullmatch(words):
            first, times = dt.date.fromisoformat(known[1]), int(known[2] or 1)
            return replace(draft, days=tuple(days.months_on(first, month) for month in range(times)), unclear=None)
        found = whens.read(words, self._today)
        if isinstance(found, whens.Asked | whens.Misread):
            return replace(draft, unclear=found)
        return self.dated(draft, self._kept(found))

    def when(self, words: str) -> str | whens.Asked | whens.Misread:
        """The time as it is kept, `2027-05-15` or `2027-05-15 6` for six times a month apart; or why there is none."""
        found = whens.read(words, self._today)
        return found if isinstance(found, whens.Asked | whens.Misread) else self._kept(found)

    def _kept(self, found: whens.When | whens.Monthly) -> str:
        if isinstance(found, whens.When):
            return found.on.isoformat()
        # Without a day, each month the day it was promised on, from the next month on.
        next_ = days.next_day(self._today, found.day) if found.day else days.months_on(self._today, 1)
        return f"{next_ or self._today} {found.times}"

    # -- doubts ---------------------------------------------------------------------------------------------

    def answer(self, doubt: Doubtful, words: str) -> str:
        """What is kept of an answer in words to a doubt, or "" where it is none."""
        if doubt.what == "currency" and doubt.quantity is not None:
            said = self._read(f"{doubt.quantity:f} {words}", self._needs).pieces
            return key(said[0]) if len(said) == 1 and said[0] in doubt.readings else ""
        meant = self._amount(doubt, words)
        return f"={words}" if isinstance(meant, messages.Offer | Doubtful) else ""

    def amount(self, need: str, words: str) -> pieces.Piece:
        """So much of one need, in words: a number alone is in the need's own unit."""
        asked = next((each for each in self._needs if each.name == need), None) or also.need(need)
        if asked is None:
            return Misread(Why.UNIT, words)
        said = self._read(words, (asked,)).pieces
        first, units = _only(said[0]), asked.unit.get("ky")
        if len(said) == 1 and units and isinstance(first, Misread) and first.why in _BARE:
            # A number that nobody would take for bags by itself: "150".
            again = self._read(f"{words} {units[0]}", (asked,)).pieces
            first = again[0] if isinstance(again[0], messages.Offer) else first
        return first

    def _settled(self, doubt: Doubtful, left: list[str], valid: list[str]) -> Reading:
        reading: Reading = doubt
        while left and isinstance(reading, Doubtful):
            after = self._chosen(reading, left[0])
            if after is None:
                # What was chosen cannot be any more: ask again, and whatever came after it.
                left.clear()
                return reading
            valid.append(left.pop(0))
            reading = after
        return reading

    def _chosen(self, doubt: Doubtful, choice: str) -> Reading | None:
        if choice == OTHERS and len(doubt.readings) > _ALL:
            return replace(doubt, readings=doubt.readings[_FIRST:])
        if choice.startswith("="):
            meant = self._amount(doubt, choice[1:])
            return meant if isinstance(meant, messages.Offer | Doubtful) else None
        return next((each for each in doubt.readings if key(each) == choice), None)

    def _amount(self, doubt: Doubtful, words: str) -> pieces.Piece | None:
        if doubt.what not in ("amount", "unit") or all(each.name != doubt.need for each in self._needs):
            return None
        return self.amount(doubt.need, words)

    def _read(self, words: str, needs: Sequence[messages.Need]) -> pieces.Message:
        worth = {currency: rate.value for currency, rate in self._facts.worth.items()}
        return offers.read(words, needs, self._facts.near, worth)


def shown(doubt: Doubtful) -> tuple[Reading, ...]:
    """The readings that are offered at once; behind them `OTHERS` where there are more."""
    return doubt.readings[:_FIRST] if len(doubt.readings) > _ALL and doubt.what == "currency" else doubt.readings


def key(reading: pieces.Piece) -> str:
    """A reading by what it says."""
    match reading:
        case messages.Offer():
            return f"{reading.need} {reading.quantity:f} {reading.unit}"
        case Doubtful():
            return f"{reading.what} {reading.need} ({', '.join(map(key, reading.readings))})"
        case _:
            return ""


def secrets(words: str) -> tuple[pieces.Why, ...]:
    """What in the words must not be kept: numbers of cards, telephones, codes."""
    return guarding.guarded(lines.plain(words))[1]


def without_secrets(words: str) -> str:
    """The words as they may be kept, such numbers blanked out."""
    plain, found = guarding.guarded(lines.plain(words))
    return plain if found else words


def _only(piece: pieces.Piece) -> pieces.Piece:
    """Asked how much, a number alone is no doubt any more."""
    while isinstance(piece, Doubtful) and piece.what == "need" and len(piece.readings) == 1:
        piece = piece.readings[0]
    return piece
