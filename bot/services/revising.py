"""New versions of a campaign: whether one may take the place of another, and what those who pledged are told of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.engine import messages
from bot.engine.authoring import problems
from bot.engine.messages import phrase
from bot.engine.pledging import campaigns
from bot.engine.pledging.campaigns import Matter, Reason
from bot.engine.pledging.events import Role


def decide(state: str, old: str, new: str, today: dt.date) -> campaigns.Revision | campaigns.Refusal:
    """What putting the new definition in the old one's place means for those who pledged; both are JSON."""
    before, after = _version(json.loads(old)), _version(json.loads(new))
    course = campaigns.Course(campaigns.State(state), before.model, before.deadline)
    return campaigns.revise(course, before, after, Role.FACILITATOR, today)


def _version(plain: Mapping[str, Any]) -> campaigns.Version:
    return campaigns.Version(
        goal={need["name"]: (Decimal(need["minimum"]), Decimal(need["optimum"])) for need in plain["needs"]},
        deadline=dt.date.fromisoformat(plain["deadline"]),
        handover=plain["handover"],
        holder=plain["holder"],
        model=campaigns.Model(plain["model"]),
    )


_REFUSED = {
    Reason.OTHER_MODEL: (
        "model",
        phrase("The model of a campaign never changes once it is open: people agreed to it."),
        phrase("write the model it had, or publish a new campaign under another name."),
    ),
    Reason.DEADLINE_PASSED: (
        "deadline",
        phrase("The new deadline has passed already."),
        phrase("write a day that is still to come."),
    ),
    Reason.OVER: (
        "name",
        phrase("This campaign is done or over, and nothing of it changes any more."),
        phrase("give the new campaign another name."),
    ),
}


def problem(refusal: campaigns.Refusal, lines: Mapping[str, int], severity: problems.Severity) -> problems.Problem:
    """Why a new version is not published; `lines` are the rows of the file's keys."""
    column, what, mend = _REFUSED[refusal.reason]
    return problems.Problem("campaign", lines.get(column, 1), column, what, mend, severity)


# -- what is told ----------------------------------------------------------------------------------------------------


def words(
    old: messages.Campaign, new: messages.Campaign, matters: frozenset[Matter], *, asked: bool
) -> tuple[messages.Line, ...]:
    """One message to somebody who pledged: what changed, and what they can do if it is still theirs to keep."""
    lines: list[messages.Line] = [
        phrase("Something changed in the ashar “{title}” to which you promised.", title=new.title)
    ]
    if Matter.DEADLINE in matters:
        lines.append(phrase("Until: {new} (before: {old})", new=new.deadline, old=old.deadline))
    if Matter.GOAL in matters:
        lines += _goals(old, new)
    if Matter.HOLDER in matters:
        lines.append(phrase("Answers for the gifts: {holder}", holder=new.holder))
    if Matter.HANDOVER in matters:
        lines.append(phrase("To hand over: {handover}", handover=new.handover))
    if asked:
        lines.append(
            phrase("If that suits you, there is nothing to do. To take your promise back, write “my pledges”.")
        )
    else:
        lines.append(phrase("What you have sent or given stays counted."))
    return tuple(lines)


def _goals(old: messages.Campaign, new: messages.Campaign) -> list[messages.Line]:
    before = {need.name: need for need in old.needs}
    lines: list[messages.Line] = [
        phrase("{need}: needed {wanted}", need=need.label, wanted=_quantity(need))
        for need in new.needs
        if need.name not in before
        or (before[need.name].minimum, before[need.name].optimum) != (need.minimum, need.optimum)
    ]
    kept = {need.name for need in new.needs}
    return lines + [phrase("{need}: no longer needed", need=need.label) for need in old.needs if need.name not in kept]


def _quantity(need: messages.Need) -> messages.Quantity:
    return messages.Quantity(need.minimum, currency="KGS" if need.kind == "money" else "", words=need.unit)
