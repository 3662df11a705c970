"""How much of a promise somebody's words say, whoever they are."""

from __future__ import annotations

import datetime as dt

from bot.engine import doubting, drafting, messages, passage
from bot.engine.gifts import pieces
from bot.engine.turning import Turning


def day(turning: Turning) -> dt.date:
    """The day it is at home."""
    return turning.incoming.now.astimezone(passage.KYRGYZ_TIME).date()


def amount(
    turning: Turning, promise: messages.Promise, campaign: messages.Campaign, words: str
) -> messages.Offer | None:
    """How much of what was promised the words say; None, and it is said why, where they say nothing of the kind."""
    if turning.incoming.kind != "text" and words == turning.incoming.text:
        turning.miss()
        return None
    read = drafting.Ear(campaign, turning.facts, day(turning)).amount(promise.offer.need, words)
    if isinstance(read, pieces.Doubtful) and read.what == "currency":
        # Only the number was said: the money stays what it is.
        read = next(
            (each for each in read.readings if isinstance(each, messages.Offer) and each.unit == promise.offer.unit),
            read,
        )
    if isinstance(read, pieces.Misread) and read.why is pieces.Why.NOTHING:
        read = pieces.Misread(pieces.Why.NUMBER, read.said)
    if isinstance(read, messages.Offer):
        return read
    if isinstance(read, pieces.Doubtful):
        turning.miss()
    else:
        turning.lines += doubting.aside(read, campaign)
        turning.missed = True
    return None
