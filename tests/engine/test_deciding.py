"""Who may make which step of a pledge: every step, state, role and campaign has its answer, and it is this one."""

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.engine.pledging import campaigns, deciding, ledger
from bot.engine.pledging.events import Role, Step
from bot.engine.pledging.ledger import Proposal, Standing, State
from bot.engine.pledging.wishes import Actor, Reason, Refusal, Wish
from tests.engine import pledged
from tests.engine.pledged import NOW, SECOND, TREASURER

#: From each state, for whoever may make the step: granted (+), already so (=), or why not.
WHERE = """
             blank offered confirmed due sent not_found received accounted returned withdrawn lapsed
offered      +     =       =         =   =    =         =        =         rt       wd        lp
confirmed    +     +       =         =   =    =         =        =         rt       wd        lp
changed      no    +       +         fd  ow   ow        rc       ac        rt       wd        lp
postponed    no    +       +         +   ow   ow        rc       ac        rt       wd        +
due          no    un      +         =   ow   ow        rc       ac        rt       wd        lp
sent         no    +       +         +   +    +         rc       ac        rt       wd        +
not_found    no    ns      ns        ns  +    =         rc       ac        rt       wd        lp
received     +     +       +         +   +    +         +        +         +        +         +
acknowledged +     +       +         +   +    +         +        +         +        +         +
correction   nc    nc      nc        nc  nc   nc        +        +         +        nc        nc
corrected    sg    sg      sg        sg  sg   sg        sg       sg        sg       sg        sg
returning    nr    nr      nr        nr  nr   nr        +        ac        =        nr        nr
returned     nr    nr      nr        nr  nr   nr        +        ac        =        nr        nr
declined     sg    sg      sg        sg  sg   sg        sg       sg        sg       sg        sg
accounted    nr    nr      nr        nr  nr   nr        +        =         nr       nr        nr
withdrawn    no    +       +         +   +    +         rc       ac        rt       =         =
lapsed       no    +       nd        +   ow   ow        rc       ac        rt       =         =
"""
SHORT = {
    "+": None,
    "=": Reason.ALREADY_SO,
    "no": Reason.NO_PLEDGE,
    "un": Reason.UNCONFIRMED,
    "nd": Reason.NOT_DUE_YET,
    "fd": Reason.FALLEN_DUE,
    "ns": Reason.NOT_SENT,
    "ow": Reason.ON_ITS_WAY,
    "nr": Reason.NOT_RECEIVED,
    "nc": Reason.NOTHING_TO_CORRECT,
    "sg": Reason.NOTHING_TO_SIGN,
    "rc": Reason.RECEIVED,
    "ac": Reason.ACCOUNTED,
    "rt": Reason.RETURNED,
    "wd": Reason.WITHDRAWN,
    "lp": Reason.LAPSED,
}

#: Whose step it is: (g)iver, (r)elative, (t)reasurer, (s)econd, (f)acilitator, (c)lock; nothing is the residents'.
WHO = {
    "offered": "grf",
    "confirmed": "gf",
    "changed": "grf",
    "postponed": "grf",
    "due": "c",
    "sent": "grf",
    "not_found": "ts",
    "received": "ts",
    "acknowledged": "ts",
    "correction": "ts",
    "corrected": "ts",
    "returning": "ts",
    "returned": "ts",
    "declined": "ts",
    "accounted": "tsc",
    "withdrawn": "grfc",
    "lapsed": "c",
}

#: In which campaigns: anything is possible (+), it is closed (-), pledges are not called for yet (!).
CAMPAIGN = """
              draft open open:threshold reached collecting working done confirmed not_reached cancelled
new           -     +    +              +       +          +       -    -         -           -
handing_over  -     +    !              +       +          +       +    -         -           -
postponing    -     +    +              +       +          +       +    -         -           -
unpledged     -     +    +              +       +          +       +    -         -           -
"""
CLASS = {
    "offered": "new",
    "confirmed": "new",
    "changed": "new",
    "sent": "handing_over",
    "due": "handing_over",
    "postponed": "postponing",
}
OVER = ("draft", "confirmed", "not_reached", "cancelled")


def table(text: str) -> dict[tuple[str, str], str]:
    """(row, column) -> cell."""
    head, *rows = [line.split() for line in text.strip().splitlines()]
    return {(row[0], column): cell for row in rows for column, cell in zip(head, row[1:], strict=True)}


STATES, CAMPAIGNS = table(WHERE), table(CAMPAIGN)


def wish(step: Step) -> Wish:
    """One that nothing but role, state and campaign could stand against."""
    needs_amount = {Step.OFFERED, Step.CONFIRMED, Step.CHANGED, Step.SENT, Step.RECEIVED, Step.ACKNOWLEDGED}
    quantity = Decimal(4) if step in needs_amount | {Step.CORRECTION} else None
    return Wish(step, quantity, due=NOW.date() + dt.timedelta(days=30) if step is Step.POSTPONED else None)


def expected(
    step: Step, state: State, actor: Actor, campaign: campaigns.State, model: campaigns.Model
) -> Reason | None:
    """By the tables above, in the order in which people would want to hear it."""
    role = actor.role
    if role is Role.RESIDENTS or role.value[0] not in WHO[step]:
        return Reason.NOT_YOURS
    if role.value[0] in "grf" and not actor.own:
        return Reason.NOT_YOURS
    if role.value[0] in "ts" and actor.own:
        return Reason.OWN_PLEDGE
    # All the pledges of the table but the merely offered one were confirmed by their giver.
    spoken_for = state in (State.BLANK, State.OFFERED)
    if role is Role.RELATIVE and step.value in ("changed", "postponed", "withdrawn") and not spoken_for:
        return Reason.NOT_YOURS
    there = SHORT[STATES[step.value, state.value]]
    if there and (step, state) == (Step.LAPSED, State.CONFIRMED):
        return None if campaign.value in OVER else there
    if there:
        return there
    if role is Role.CLOCK and step is Step.WITHDRAWN:
        if campaign.value not in ("not_reached", "cancelled"):
            return Reason.NOT_YOURS
        return Reason.ON_ITS_WAY if state in (State.SENT, State.NOT_FOUND) else None
    row = CLASS.get(step.value)
    if state is State.BLANK and step in (Step.RECEIVED, Step.ACKNOWLEDGED):
        row = "unpledged"
    threshold_open = (campaign.value, model.value) == ("open", "threshold")
    cell = CAMPAIGNS[row, "open:threshold" if threshold_open else campaign.value] if row else "+"
    return {"+": None, "-": Reason.CLOSED, "!": Reason.NOT_DUE_YET}[cell]


@pytest.mark.parametrize("step", Step)
def test_every_step_has_its_answer_in_every_state_for_everybody_in_every_campaign(step: Step) -> None:
    standings = {state: pledged.standing(*happened) for state, happened in pledged.IN_STATE.items()}
    assert all(standing.state is state for state, standing in standings.items())
    everywhere = itertools.product(State, Role, (False, True), campaigns.State, campaigns.Model)
    for state, role, own, campaign, model in everywhere:
        actor = Actor(role, "hand-9", own)
        decided = deciding.decide(standings[state], wish(step), actor, pledged.terms(campaign, model), NOW)
        reason = decided.reason if isinstance(decided, Refusal) else None
        assert reason == expected(step, state, actor, campaign, model), (state, role, own, campaign, model)
        if not isinstance(decided, Refusal):
            after = ledger.fold([*pledged.IN_STATE[state], *decided])
            assert isinstance(after, Standing), after


@pytest.mark.parametrize("step", Step)
def test_the_second_tap_writes_nothing(step: Step) -> None:
    for state, role in itertools.product(State, Role):
        actor = Actor(role, "hand-9", own=role.value[0] in "grf")
        before = pledged.standing(*pledged.IN_STATE[state])
        tapped = replace(wish(step), seen=before.steps)
        if isinstance(deciding.decide(before, tapped, actor, pledged.terms(), NOW), Refusal):
            continue
        after = pledged.then(before, tapped, actor)
        again = deciding.decide(after, tapped, actor, pledged.terms(), NOW)
        assert isinstance(again, Refusal), (state, role)
        # A proposal that waits is no news to who made it; what was changed or sent is as they wish already.
        told = {Reason.ALREADY_SO, Reason.ACCOUNTED, Reason.RETURNED}
        assert again.reason in told, (state, role, again.reason)


PROPOSED = [Step.ACKNOWLEDGED, Step.CORRECTION, Step.RETURNING]


@pytest.mark.parametrize("proposed", PROPOSED)
@pytest.mark.parametrize("step", Step)
def test_while_something_waits_for_a_second_signature(step: Step, proposed: Step) -> None:
    before = pledged.then(pledged.standing(*pledged.IN_STATE[State.RECEIVED]), Wish(proposed, Decimal(4)), TREASURER)
    signed = ledger.SIGNED_AS[proposed]
    assert before.proposal == Proposal(signed, Decimal(4), Decimal(0), "hand-1")
    assert before.received == 10
    for actor in (TREASURER, SECOND):
        decided = deciding.decide(before, Wish(step), actor, pledged.terms(), NOW)
        reason = decided.reason if isinstance(decided, Refusal) else None
        if step not in (*PROPOSED, *ledger.SIGNED_AS.values(), Step.DECLINED, Step.ACCOUNTED):
            assert reason in (Reason.NOT_YOURS, Reason.RECEIVED)
        elif step is Step.DECLINED or (step is signed and actor is SECOND):
            assert reason is None
        else:
            assert reason is Reason.SECOND_SIGNATURE
