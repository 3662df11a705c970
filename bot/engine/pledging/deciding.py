"""What comes of a wish: the steps of the ledger that somebody may make now, or why there are none.

`decide` is total: every step, state, role and campaign has an answer, and whatever it answers folds. A wish that has
come true already, by a second tap or another device, writes nothing and says `Reason.ALREADY_SO`. Erasing a giver is
the giver's wish `Step.WITHDRAWN`: what was not received is let go, and a refusal means that there is nothing to let go.
"""

from __future__ import annotations

import datetime as dt

from bot.engine.pledging import campaigns, events, granting, ledger
from bot.engine.pledging.events import Event, Role, Step
from bot.engine.pledging.ledger import Standing, State
from bot.engine.pledging.wishes import Actor, Reason, Refusal, Terms, Wish

#: Something was promised or given, and it was not let go.
_STANDS = frozenset(State) - {State.BLANK, State.WITHDRAWN, State.LAPSED, State.RETURNED}

#: States in which a wish has come true.
_ALREADY = {
    Step.OFFERED: _STANDS,
    Step.CONFIRMED: _STANDS - {State.OFFERED},
    Step.DUE: frozenset({State.DUE}),
    Step.NOT_FOUND: frozenset({State.NOT_FOUND}),
    Step.WITHDRAWN: frozenset({State.WITHDRAWN, State.LAPSED}),
    Step.LAPSED: frozenset({State.LAPSED, State.WITHDRAWN}),
}

#: What a state answers to a wish that cannot be granted from it.
_WHERE = {
    State.BLANK: Reason.NO_PLEDGE,
    State.OFFERED: Reason.UNCONFIRMED,
    State.CONFIRMED: Reason.NOT_DUE_YET,
    State.DUE: Reason.FALLEN_DUE,
    State.SENT: Reason.ON_ITS_WAY,
    State.NOT_FOUND: Reason.ON_ITS_WAY,
    State.RECEIVED: Reason.RECEIVED,
    State.ACCOUNTED: Reason.ACCOUNTED,
    State.RETURNED: Reason.RETURNED,
    State.WITHDRAWN: Reason.WITHDRAWN,
    State.LAPSED: Reason.LAPSED,
}

#: Before anything is sent, "not found" has nothing to look for.
_UNSENT = frozenset({State.OFFERED, State.CONFIRMED, State.DUE})

#: What must still be possible in the campaign: to pledge, or to hand over.
_PLEDGES = frozenset({Step.OFFERED, Step.CONFIRMED, Step.CHANGED})
_HANDS_OVER = frozenset({Step.POSTPONED, Step.SENT, Step.DUE})

#: A relative speaks for the giver until the giver has spoken; that it was sent, they may always say.
_UNTIL_CONFIRMED = frozenset({Step.CHANGED, Step.POSTPONED, Step.WITHDRAWN})


def decide(standing: Standing, wish: Wish, actor: Actor, terms: Terms, now: dt.datetime) -> tuple[Event, ...] | Refusal:
    """The events that grant a wish, to be written in this order and commit; or why it is not granted.

    `now` is the moment in UTC.
    """
    reason = _barred(standing, wish, actor, terms, now.date())
    if reason:
        return Refusal(reason)
    if wish.seen is not None and wish.seen != standing.steps:
        return Refusal(Reason.ALREADY_SO if _was_last(standing, wish, actor) else Reason.CHANGED_MEANWHILE)
    if (wish.quantity is not None and not events.is_quantity(wish.quantity)) or not events.is_quantity(wish.fee):
        return Refusal(Reason.ABSURD)
    return granting.GRANT[wish.step](granting.Asked(standing, wish, actor, terms, now))


def _barred(standing: Standing, wish: Wish, actor: Actor, terms: Terms, today: dt.date) -> Reason | None:
    """Why this actor may not make this step on a pledge in this state, whatever its amount."""
    step, state, role = wish.step, standing.state, actor.role
    if role not in ledger.MAY[step]:
        return Reason.NOT_YOURS
    if role in ledger.GIVING and not actor.own:
        return Reason.NOT_YOURS
    if role is Role.RELATIVE and step in _UNTIL_CONFIRMED and standing.confirmed:
        return Reason.NOT_YOURS
    if role in events.SIGNATORIES and actor.own:
        return Reason.OWN_PLEDGE
    if state in _ALREADY.get(step, ()):
        return Reason.ALREADY_SO
    if state not in ledger.FROM[step]:
        return Reason.NOT_SENT if step is Step.NOT_FOUND and state in _UNSENT else _WHERE[state]
    return _closed(standing, wish, role, terms, today)


def _closed(standing: Standing, wish: Wish, role: Role, terms: Terms, today: dt.date) -> Reason | None:
    """Why the campaign as it is now does not let this happen."""
    course, step, state = terms.course, wish.step, standing.state
    if step in (Step.OFFERED, Step.CONFIRMED) and wish.version not in ("", terms.version):
        return Reason.CHANGED_MEANWHILE
    if step in _PLEDGES and not campaigns.takes(course, today):
        return Reason.CLOSED
    # A gift that nobody pledged is a new one; of an old pledge, what came has come.
    new_gift = state is State.BLANK and not standing.proposal and step in (Step.RECEIVED, Step.ACKNOWLEDGED)
    if (step in _HANDS_OVER or new_gift) and course.state not in campaigns.GIVING:
        return Reason.CLOSED
    if step in (Step.SENT, Step.DUE) and not terms.calls:
        return Reason.NOT_DUE_YET
    if step is Step.WITHDRAWN and role is Role.CLOCK:
        # Only where nobody owes anything; what is on the way is waited for, so that it can be given back.
        if course.state not in (campaigns.State.NOT_REACHED, campaigns.State.CANCELLED):
            return Reason.NOT_YOURS
        return Reason.ON_ITS_WAY if state in (State.SENT, State.NOT_FOUND) else None
    return None


def _was_last(standing: Standing, wish: Wish, actor: Actor) -> bool:
    """Whether the last event is what this wish came to when it was made first."""
    last = standing.last
    if last is None or (last.by, last.hand) != (actor.role, actor.hand):
        return False
    made = last.step is wish.step or ledger.SIGNED_AS.get(last.step) is wish.step
    return made and last.fee == wish.fee and wish.quantity in (None, last.quantity)
