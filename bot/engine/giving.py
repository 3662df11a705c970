"""Pledges in the conversation: what an offer comes to, how a campaign stands, what a person has promised."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.engine import messages, state
from bot.engine.messages import phrase, phrases

#: The state in which a campaign takes pledges.
OPEN = "open"

_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def offer(response: state.State, campaign: messages.Campaign) -> messages.Offer | None:
    """What the answers of a pledge form promise; None while they do not say, or the campaign asks for it no more."""
    given = dict(response.answers)
    need = next((need for need in campaign.needs if need.name == given.get("what")), None)
    quantity = given.get("amount" if need and need.kind == "money" else "quantity")
    if need is None or not isinstance(quantity, str | int):
        return None
    unit = str(given.get("currency", "KGS")) if need.kind == "money" else need.name
    return messages.Offer(need.name, Decimal(quantity), unit)


def references(response: state.State, campaign: messages.Campaign) -> Mapping[str, object]:
    """What the texts of a pledge form may refer to beside its own questions."""
    promised = offer(response, campaign)
    return {
        "campaign": campaign.title,
        "deadline": campaign.deadline,
        "offer": quantity(campaign, promised) if promised else "",
    }


def quantity(campaign: messages.Campaign, promised: messages.Offer) -> messages.Quantity:
    """An offer as it is said: money in its currency, anything else in the need's own unit."""
    need = next((need for need in campaign.needs if need.name == promised.need), None)
    if need is None or need.kind == "money":
        return messages.Quantity(promised.quantity, currency=promised.unit if need else "")
    return messages.Quantity(promised.quantity, words=need.unit)


def shown_name(response: state.State) -> str:
    """The name to be shown beside the pledge; "" unless the giver chose so."""
    given = dict(response.answers)
    name = given.get("name", "") if given.get("shown") == "shown" else ""
    return name if isinstance(name, str) else ""


def reference_code(chance: str) -> str:
    """Six letters and digits that cannot be taken for one another, from hex digits of chance."""
    return _drawn(chance, [_CODE_LETTERS] * 6)


def resume_code(chance: str) -> str:
    """Eight of them, a letter first and a digit last, so that neither a word nor a number is taken for one."""
    return _drawn(chance, [_CODE_LETTERS[8:], *[_CODE_LETTERS] * 6, _CODE_LETTERS[:8]])


def _drawn(chance: str, alphabets: list[str]) -> str:
    number = int(chance, 16)
    letters = []
    for alphabet in alphabets:
        number, index = divmod(number, len(alphabet))
        letters.append(alphabet[index])
    return "".join(letters)


def standing(campaign: messages.Campaign) -> tuple[messages.Line, ...]:
    """How far a campaign has come, a line for each need; money by currency, as it was promised."""
    lines: list[messages.Line] = []
    for need in campaign.needs:
        promised = [
            messages.Quantity(amount, currency=unit if need.kind == "money" else "", words=need.unit)
            for (name, unit), amount in sorted(campaign.promised.items())
            if name == need.name and amount
        ]
        wanted = messages.Quantity(need.minimum, currency="KGS" if need.kind == "money" else "", words=need.unit)
        if promised:
            lines.append(
                phrase(
                    "{need}: promised {promised}, needed {wanted}",
                    need=need.label,
                    promised=promised,
                    wanted=wanted,
                )
            )
        else:
            lines.append(phrase("{need}: needed {wanted}", need=need.label, wanted=wanted))
    if campaign.pledges:
        lines.append(phrases("{n} promise so far", "{n} promises so far", campaign.pledges, n=campaign.pledges))
    return tuple(lines)


def described(promise: messages.Promise, campaigns: Mapping[str, messages.Campaign]) -> messages.Line:
    """One pledge of the person, as a line."""
    campaign = campaigns.get(promise.campaign)
    said = quantity(campaign, promise.offer) if campaign else messages.Quantity(promise.offer.quantity)
    title = campaign.title if campaign else promise.campaign
    return phrase("{campaign}: {offer}. Code: {code}", campaign=title, offer=said, code=promise.code)
