"""What is asked and said where an offer is in doubt, is none, or has no day: never a reproach, always a way on."""

from __future__ import annotations

from collections.abc import Mapping

from bot.engine import drafting, giving, messages
from bot.engine.gifts import also, pieces, whens
from bot.engine.gifts.pieces import Doubtful, Misread, Unasked
from bot.engine.messages import phrase
from bot.engine.pledging.wishes import Reason
from bot.engine.understanding import numbers

OTHERWISE = phrase("I will write it otherwise")


def question(doubt: Doubtful, campaign: messages.Campaign) -> tuple[messages.Line, ...]:
    """What is asked."""
    asked = also.of(campaign, doubt.need)
    need = asked.label if asked else ""
    match doubt.what:
        case "currency":
            return (phrase("Which money: {amount}?", amount=messages.Quantity(doubt.quantity or giving.ZERO)),)
        case "amount" | "unit" if doubt.readings:
            return (phrase("How much exactly? Choose, or write the number."),)
        case "unit":
            return (phrase("We count it so: {need}. How many is that? Write the number.", need=need),)
        case "amount":
            return (phrase("{need}: how much? Write the number, for example: 3", need=need),)
        case "need" if doubt.quantity is not None:
            return (phrase("I do not know “{said}”. As what shall it be counted?", said=doubt.said),)
        case _ if len(doubt.readings) == 1:
            return (phrase("Is this what you mean?"),)
        case _:
            return (phrase("Did you mean one of these?"),)


def choices(doubt: Doubtful, campaign: messages.Campaign) -> tuple[tuple[str, messages.Line], ...]:
    """What can be chosen: what is kept of the choice, and its words; "" is to write it otherwise."""
    shown = drafting.shown(doubt)
    found = [(drafting.key(each), _reading(each, campaign)) for each in shown]
    if len(shown) < len(doubt.readings):
        found.append((drafting.OTHERS, phrase("Other money")))
    elif doubt.what != "currency" and doubt.readings:
        found.append(("", OTHERWISE))
    return tuple(found)


def _reading(reading: pieces.Reading, campaign: messages.Campaign) -> messages.Line:
    if isinstance(reading, messages.Offer):
        return offered(reading, campaign)
    need = also.of(campaign, reading.need)
    if reading.what == "need" or need is None:
        return phrase("Something else")
    if reading.quantity is None:
        return messages.Written(need.label)
    return phrase("{need}: {amount}", need=need.label, amount=messages.Quantity(reading.quantity))


def offered(offer: messages.Offer, campaign: messages.Campaign) -> messages.Line:
    """An offer by itself: "20 кап цемент"."""
    return messages.Written({"": "${offer}"}, {"offer": giving.quantity(campaign, offer)})


# -- what is no offer --------------------------------------------------------------------------------------

_WHY: Mapping[pieces.Why, messages.Phrase] = {
    pieces.Why.NOTHING: phrase(
        "I could not make that out. Write it in your own words, for example: 5000 som, 20 bags of cement, 3 days"
    ),
    pieces.Why.NEGATIVE: phrase("“{said}”: please write it without a minus."),
    pieces.Why.ZERO: phrase("“{said}”: please write a number above zero."),
    pieces.Why.TOO_MUCH: phrase("“{said}” seems to be very much. Please look at it again and write it once more."),
    pieces.Why.TOO_FINE: phrase("“{said}”: two digits after the point at the most, please."),
    pieces.Why.NUMBER: phrase("“{said}”: I could not make out the number. Write it like this: 5000"),
    pieces.Why.UNIT: phrase("“{said}”: I could not make out of what, or how much. What is needed: {needs}."),
    pieces.Why.CURRENCY: phrase(
        "“{said}” cannot be taken in that money. These can: som, roubles, tenge, dollars, euros, liras, won."
    ),
    pieces.Why.DENIED: phrase("That is all right. If you change your mind, write any time."),
    pieces.Why.CARD: phrase("Please send the number of your card to nobody, not to us either. It was not kept."),
    pieces.Why.PHONE: phrase("Your telephone number is not needed. It was not kept."),
    pieces.Why.CODE: phrase("Please tell nobody codes from SMS, not us either. It was not kept."),
}


def aside(piece: Unasked | Misread, campaign: messages.Campaign) -> tuple[messages.Line, ...]:
    """What is said to a part of a message that is no offer."""
    needs = [need.label for need in campaign.needs]
    if isinstance(piece, Unasked):
        return (
            phrase("Thank you for “{said}”! But what this ashar needs now is: {needs}.", said=piece.said, needs=needs),
        )
    if piece.why is pieces.Why.TOO_LONG:
        longest = phrase("That has become long. Please write less, at most {max} characters.", max=numbers.LONGEST)
        return (longest,)
    said = phrase(_WHY[piece.why].msgid, said=piece.said, needs=needs)
    # Whoever is asked for such a thing in our name shall know that it was not us.
    warned = piece.why in (pieces.Why.CARD, pieces.Why.CODE)
    return (said, giving.NEVER) if warned else (said,)


# -- when --------------------------------------------------------------------------------------------------

_ABOUT: Mapping[str, messages.Phrase] = {
    "salary": phrase("On which day is it paid? Roughly is fine."),
    "pension": phrase("On which day is it paid? Roughly is fine."),
    "times": phrase("For how many months?"),
    "often": phrase("It can be once a month at the oftenest. For how many months, or by which day?"),
}
_NO_DAY: Mapping[whens.Why, messages.Phrase] = {
    whens.Why.PAST: phrase("That day has passed already. Which other day would suit you?"),
    whens.Why.FAR: phrase("That is very far ahead. Which nearer day would suit you?"),
    whens.Why.IMPOSSIBLE: phrase("There is no such day. Please write it once more."),
}


def unclear(found: whens.Asked | whens.Misread) -> messages.Line:
    """What is asked of a time that is no day yet."""
    if isinstance(found, whens.Misread):
        otherwise = phrase("I could not make out the day. For example: 15 May; in a month; every month for 6 months")
        return _NO_DAY.get(found.why) or otherwise
    return _ABOUT.get(found.about) or phrase("On which day? Roughly is fine.")


# -- what the ledger does not grant ------------------------------------------------------------------------

_ARRIVED = phrase("It has arrived already. Many thanks!")
_ALREADY = phrase("That is written down already.")
_LOOK = phrase("Something has changed meanwhile. Please look once more.")
_GONE = phrase("This promise has been let go, nobody owes anything. You can make another at any time.")
_TREASURER = phrase("The treasurer takes care of that.")
#: Why a wish of the person who gives is not granted; each reason in words, for whichever may come.
REFUSED: Mapping[Reason, messages.Phrase] = {
    Reason.ALREADY_SO: _ALREADY,
    Reason.NOT_YOURS: phrase("Only the person who promised can do that."),
    Reason.OWN_PLEDGE: phrase("Somebody else confirms what you give yourself."),
    Reason.CLOSED: phrase("This is closed already."),
    Reason.CHANGED_MEANWHILE: _LOOK,
    **dict.fromkeys(
        (Reason.SECOND_SIGNATURE, Reason.NOTHING_TO_SIGN, Reason.OTHER_AMOUNT, Reason.NOTHING_TO_CORRECT), _TREASURER
    ),
    Reason.ABSURD: phrase("That amount does not seem right. Please look at it again and write it once more."),
    Reason.PAST_DATE: _NO_DAY[whens.Why.PAST],
    Reason.FAR_DATE: _NO_DAY[whens.Why.FAR],
    Reason.NO_DATE: phrase("On which day? Roughly is fine."),
    Reason.NO_PLEDGE: phrase("There is no such promise here."),
    Reason.UNCONFIRMED: phrase("This promise has not been confirmed yet."),
    Reason.NOT_DUE_YET: phrase("It is not time for that yet. We will write to you when it is."),
    Reason.FALLEN_DUE: phrase("Its time has come, so the amount stays. You can choose another day, or take it back."),
    Reason.NOT_SENT: phrase("It has not been sent yet."),
    Reason.ON_ITS_WAY: phrase("It is on its way already. Thank you!"),
    Reason.NOT_RECEIVED: phrase("It has not arrived yet."),
    Reason.RECEIVED: _ARRIVED,
    Reason.ACCOUNTED: _ARRIVED,
    Reason.RETURNED: phrase("It was given back to you. Thank you for your support."),
    Reason.WITHDRAWN: _GONE,
    Reason.LAPSED: _GONE,
}
