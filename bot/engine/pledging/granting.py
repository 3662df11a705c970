"""What a wish that may be made comes to: the amounts and dates of its events, or what is wrong with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bot.engine.pledging import campaigns
from bot.engine.pledging.events import Event, Role, Step
from bot.engine.pledging.ledger import ZERO, Standing, State
from bot.engine.pledging.wishes import FARTHEST, LAPSES, LAST_REMINDER, Actor, Reason, Refusal, Terms, Wish, falls_due


@dataclass(frozen=True, slots=True)
class Asked:
    """One wish, with everything that decides it."""

    standing: Standing
    wish: Wish
    actor: Actor
    terms: Terms
    now: dt.datetime

    def event(
        self, quantity: Decimal, *, step: Step | None = None, fee: Decimal = ZERO, due: dt.date | None = None
    ) -> Event:
        """An event by this actor."""
        return Event(step or self.wish.step, quantity, self.now, self.actor.role, self.actor.hand, fee, due)

    def bad_date(self) -> Reason | None:
        """What is wrong with the date, if one is given."""
        due, today = self.wish.due, self.now.date()
        if due is None or 0 <= (due - today).days <= FARTHEST:
            return None
        return Reason.PAST_DATE if due < today else Reason.FAR_DATE

    def is_absurd(self, whole: Decimal) -> bool:
        """Whether a quantity, together with what it adds to, is none or out of all measure."""
        return not 0 < whole <= self.terms.most


Decided = tuple[Event, ...] | Refusal


def _promise(asked: Asked) -> Decided:
    standing, wish = asked.standing, asked.wish
    quantity = standing.promised if wish.quantity is None else wish.quantity
    if asked.is_absurd(quantity):
        return Refusal(Reason.ABSURD)
    if bad := asked.bad_date():
        return Refusal(bad)
    offered: tuple[Event, ...] = ()
    if wish.step is Step.CONFIRMED and standing.state is State.BLANK:
        offered = (asked.event(quantity, step=Step.OFFERED, due=wish.due),)
    elif wish.step is Step.CONFIRMED and quantity != standing.promised:
        offered = (asked.event(quantity, step=Step.CHANGED, due=wish.due),)
        if standing.received > 0 and quantity <= standing.settled:
            # All of it has come already: with the smaller promise it is kept, and there is nothing to confirm.
            return offered
    elif wish.step is Step.CHANGED and (quantity, wish.due or standing.due) == (standing.promised, standing.due):
        return Refusal(Reason.ALREADY_SO)
    return (*offered, asked.event(quantity, due=wish.due))


def _postpone(asked: Asked) -> Decided:
    standing, due = asked.standing, asked.wish.due
    if due is None:
        return Refusal(Reason.NO_DATE)
    if bad := asked.bad_date():
        return Refusal(bad)
    if due == standing.due and standing.state in (State.OFFERED, State.CONFIRMED):
        return Refusal(Reason.ALREADY_SO)
    return (asked.event(standing.promised, due=due),)


def _fall_due(asked: Asked) -> Decided:
    today = asked.now.date()
    due = falls_due(asked.standing, asked.terms) or today
    if due > today:
        return Refusal(Reason.NOT_DUE_YET)
    # A clock that stood still must not let anything lapse unreminded.
    late = (today - due).days >= LAST_REMINDER
    return (asked.event(asked.standing.promised, due=today if late else due),)


def _send(asked: Asked) -> Decided:
    standing, wish = asked.standing, asked.wish
    moving = standing.declared - standing.settled
    rest = standing.promised - standing.settled
    quantity = (moving if moving > 0 else rest) if wish.quantity is None else wish.quantity
    if asked.is_absurd(quantity) or asked.is_absurd(standing.settled + quantity):
        return Refusal(Reason.ABSURD)
    if standing.state is State.SENT and quantity == moving:
        return Refusal(Reason.ALREADY_SO)
    sent = asked.event(quantity)
    if standing.state is State.OFFERED and asked.actor.role is not Role.RELATIVE:
        return (asked.event(standing.promised, step=Step.CONFIRMED), sent)
    return (sent,)


def _not_found(asked: Asked) -> Decided:
    return (asked.event(asked.standing.on_the_way),)


def _receive(asked: Asked) -> Decided:
    standing, wish = asked.standing, asked.wish
    if standing.proposal:
        return _sign(asked)
    if wish.quantity is None and standing.state in (State.RECEIVED, State.ACCOUNTED):
        return Refusal(Reason.ALREADY_SO)
    quantity = _came(standing, wish.fee) if wish.quantity is None else wish.quantity
    received = standing.received + quantity
    # The rest may turn out to be what the transfer cost: then a fee alone is written.
    if not received or asked.is_absurd(quantity + wish.fee) or asked.is_absurd(standing.settled + quantity + wish.fee):
        return Refusal(Reason.ABSURD)
    bound = asked.terms.second_signature_above
    two = quantity > 0 and bound is not None and received > bound
    if wish.step is Step.ACKNOWLEDGED and not quantity:
        return Refusal(Reason.ABSURD)
    step = Step.ACKNOWLEDGED if two or wish.step is Step.ACKNOWLEDGED else Step.RECEIVED
    return (asked.event(quantity, step=step, fee=wish.fee),)


def _came(standing: Standing, fee: Decimal) -> Decimal:
    """What "it has come" means: what was sent, or else what was promised, less what its way cost."""
    sent = standing.declared - standing.settled
    whole = sent if sent > 0 else standing.promised - standing.settled
    return max(whole - fee, ZERO)


def _propose_correction(asked: Asked) -> Decided:
    standing, wish = asked.standing, asked.wish
    if standing.proposal:
        return Refusal(Reason.SECOND_SIGNATURE)
    was_received = standing.received > 0 or standing.ended is State.RETURNED
    if not was_received or wish.quantity is None or (wish.quantity, wish.fee) == (standing.received, standing.fee):
        return Refusal(Reason.NOTHING_TO_CORRECT)
    # Nothing at all may be right: the receipt belonged to somebody else.
    if wish.quantity + wish.fee > asked.terms.most or (wish.fee and not wish.quantity):
        return Refusal(Reason.ABSURD)
    return (asked.event(wish.quantity, fee=wish.fee),)


def _sign(asked: Asked) -> Decided:
    """The second signature under what waits for one, or why this is none."""
    wish, waiting = asked.wish, asked.standing.proposal
    if waiting is None:
        return Refusal(Reason.NOTHING_TO_SIGN)
    # By the other office, for one person may have two hands: their own, and the shell's.
    if waiting.step is not wish.step or waiting.hand == asked.actor.hand or waiting.by is asked.actor.role:
        return Refusal(Reason.SECOND_SIGNATURE)
    if (wish.quantity, wish.fee) not in ((None, ZERO), (waiting.quantity, waiting.fee)):
        return Refusal(Reason.OTHER_AMOUNT)
    return (asked.event(waiting.quantity, fee=waiting.fee),)


def _give_back(asked: Asked) -> Decided:
    standing, wish = asked.standing, asked.wish
    if standing.proposal:
        return _sign(asked)
    there = standing.received - standing.accounted
    if not there:
        if standing.state is State.RETURNED:
            return Refusal(Reason.ALREADY_SO)
        return Refusal(Reason.ACCOUNTED if standing.received else Reason.NOT_RECEIVED)
    quantity = there if wish.quantity is None else wish.quantity
    if not 0 < quantity <= there:
        return Refusal(Reason.ABSURD)
    bound = asked.terms.second_signature_above
    two = wish.step is Step.RETURNING or (bound is not None and quantity > bound)
    return (asked.event(quantity, step=Step.RETURNING if two else Step.RETURNED),)


def _decline(asked: Asked) -> Decided:
    waiting = asked.standing.proposal
    return (asked.event(waiting.quantity, fee=waiting.fee),) if waiting else Refusal(Reason.NOTHING_TO_SIGN)


def _account(asked: Asked) -> Decided:
    standing = asked.standing
    if standing.proposal:
        return Refusal(Reason.SECOND_SIGNATURE)
    if not standing.received:
        return Refusal(Reason.NOT_RECEIVED)
    quantity = standing.received if asked.wish.quantity is None else asked.wish.quantity
    if quantity > standing.received:
        return Refusal(Reason.ABSURD)
    return (asked.event(quantity),) if quantity != standing.accounted else Refusal(Reason.ALREADY_SO)


def _withdraw(asked: Asked) -> Decided:
    return (asked.event(asked.standing.rest),)


def _lapse(asked: Asked) -> Decided:
    standing = asked.standing
    due = standing.due or asked.terms.day
    over = asked.terms.course.state not in campaigns.GIVING
    # Never a day counted onto a date: it may be the last there is.
    if not over and (standing.state is State.CONFIRMED or due is None or (asked.now.date() - due).days < LAPSES):
        return Refusal(Reason.NOT_DUE_YET)
    return (asked.event(standing.rest),)


GRANT: dict[Step, Callable[[Asked], Decided]] = {
    **dict.fromkeys([Step.OFFERED, Step.CONFIRMED, Step.CHANGED], _promise),
    Step.POSTPONED: _postpone,
    Step.DUE: _fall_due,
    Step.SENT: _send,
    Step.NOT_FOUND: _not_found,
    **dict.fromkeys([Step.RECEIVED, Step.ACKNOWLEDGED], _receive),
    Step.CORRECTION: _propose_correction,
    Step.CORRECTED: _sign,
    **dict.fromkeys([Step.RETURNED, Step.RETURNING], _give_back),
    Step.DECLINED: _decline,
    Step.ACCOUNTED: _account,
    Step.WITHDRAWN: _withdraw,
    Step.LAPSED: _lapse,
}
