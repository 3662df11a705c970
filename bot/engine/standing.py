"""How a pledge stands, said to whoever it concerns, and how it is handed over; never a word that blames."""

from __future__ import annotations

from collections.abc import Mapping

from bot.engine import giving, messages
from bot.engine.messages import phrase
from bot.engine.pledging import ledger


def told(promise: messages.Promise, campaigns: Mapping[str, messages.Campaign]) -> messages.Line:
    """One pledge and how it stands, in a line."""
    line = giving.described(promise, campaigns)
    state_ = _state(promise, campaigns.get(promise.campaign))
    if promise.mine:
        return phrase("{promise}. {state}", promise=line, state=state_)
    return phrase("In another person's name: {promise}. {state}", promise=line, state=state_)


def _state(promise: messages.Promise, campaign: messages.Campaign | None) -> messages.Phrase:
    standing = promise.standing
    day = standing.due or (campaign.deadline if campaign else None)
    match standing.state:
        case ledger.State.SENT:
            return phrase("Sent. When we have seen it arrive, we will tell you.")
        case ledger.State.NOT_FOUND:
            return phrase("We do not see it yet. Perhaps it is still on its way.")
        case ledger.State.RECEIVED | ledger.State.ACCOUNTED:
            return phrase("It has arrived. Many thanks!")
        case ledger.State.OFFERED if promise.mine:
            return phrase("You have not said yes to it yet, so it does not count.")
        case ledger.State.OFFERED:
            return phrase("It counts once they have said yes.")
        case ledger.State.LAPSED:
            return phrase("Its time has passed, and that is all right. You can choose another day.")
        case ledger.State.DUE if day:
            return phrase("Its day: {date}. If things have changed, choose another day or take it back.", date=day)
        case _ if campaign is not None and (later := not_called(campaign, promise.offer)):
            return later
        case _ if day:
            return phrase("Until: {date}", date=day)
    return phrase("It is written down.")


def not_called(campaign: messages.Campaign, offer: messages.Offer) -> messages.Phrase | None:
    """That nothing is asked for yet: under a threshold, before it is reached."""
    if giving.terms(campaign, offer).calls:
        return None
    return phrase("It is called for only once enough has come together. Until: {date}", date=campaign.deadline)


def handover(promise: messages.Promise, campaign: messages.Campaign) -> list[messages.Line]:
    """Where to and with which code, and what is never asked for."""
    if not giving.is_money(promise.offer):
        return [phrase("How to hand over: {handover}", handover=campaign.handover), giving.NEVER]
    return [
        phrase(
            "Transfer: {handover} In the comment write the code: {code}",
            handover=campaign.handover,
            code=promise.code,
        ),
        giving.NEVER,
    ]
