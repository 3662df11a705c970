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
from tests.engine.pledged import CLOCK, GIVER, NOW, RELATIVE, SECOND, TREASURER

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


def refused(before: Standing, wanted: Wish, actor: Actor, **on: object) -> Reason:
    decided = deciding.decide(before, wanted, actor, pledged.terms(**on), NOW)  # type: ignore[arg-type] - see its names
    assert isinstance(decided, Refusal), decided
    return decided.reason


BLANK = Standing()
CONFIRMED = pledged.standing(*pledged.IN_STATE[State.CONFIRMED])
SENT = pledged.standing(*pledged.IN_STATE[State.SENT])
RECEIVED = pledged.standing(*pledged.IN_STATE[State.RECEIVED])


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000.01", "NaN", "-Infinity", "Infinity", "1e999"])
@pytest.mark.parametrize("step", [Step.CONFIRMED, Step.OFFERED, Step.RECEIVED, Step.ACKNOWLEDGED])
def test_an_absurd_amount_is_not_taken(step: Step, amount: str) -> None:
    actor = GIVER if step in (Step.CONFIRMED, Step.OFFERED) else TREASURER
    assert refused(BLANK, Wish(step, Decimal(amount)), actor) is Reason.ABSURD


@pytest.mark.parametrize("amount", ["-1", "0.001", "1001", "NaN"])
def test_nor_by_changing_sending_or_correcting(amount: str) -> None:
    assert refused(CONFIRMED, Wish(Step.CHANGED, Decimal(amount)), GIVER) is Reason.ABSURD
    assert refused(SENT, Wish(Step.SENT, Decimal(amount)), GIVER) is Reason.ABSURD
    assert refused(RECEIVED, Wish(Step.CORRECTION, Decimal(amount)), TREASURER) is Reason.ABSURD
    assert refused(RECEIVED, Wish(Step.RETURNED, Decimal(amount)), TREASURER) is Reason.ABSURD
    assert refused(RECEIVED, Wish(Step.ACCOUNTED, Decimal(amount)), TREASURER) in (Reason.ABSURD, Reason.ALREADY_SO)
    assert refused(SENT, Wish(Step.RECEIVED, fee=Decimal(amount)), TREASURER) is Reason.ABSURD


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        (NOW.date() - dt.timedelta(days=1), Reason.PAST_DATE),
        (dt.date.min, Reason.PAST_DATE),
        (dt.date.max, Reason.FAR_DATE),
        (None, Reason.NO_DATE),
    ],
)
def test_a_date_is_neither_past_nor_far(date: dt.date | None, reason: Reason) -> None:
    assert refused(CONFIRMED, Wish(Step.POSTPONED, due=date), GIVER) is reason
    if date:
        assert refused(BLANK, Wish(Step.CONFIRMED, Decimal(5), due=date), GIVER) is reason


def test_today_is_a_date() -> None:
    assert pledged.then(CONFIRMED, Wish(Step.POSTPONED, due=NOW.date()), GIVER).due == NOW.date()


def test_what_is_pledged_was_read_in_the_version_that_holds() -> None:
    old = Wish(Step.CONFIRMED, Decimal(5), version="v0")
    assert refused(BLANK, old, GIVER) is Reason.CHANGED_MEANWHILE
    assert pledged.then(BLANK, replace(old, version="v1"), GIVER).confirmed


def test_two_devices_that_wish_different_things_look_again() -> None:
    part = Wish(Step.RECEIVED, Decimal(4), seen=SENT.steps)
    once = pledged.then(SENT, part, TREASURER)
    assert refused(once, part, TREASURER) is Reason.ALREADY_SO
    assert refused(once, replace(part, quantity=Decimal(6)), TREASURER) is Reason.CHANGED_MEANWHILE
    assert refused(once, part, SECOND) is Reason.CHANGED_MEANWHILE
    assert pledged.then(once, replace(part, seen=once.steps), TREASURER).received == 8


def test_a_pledge_on_somebodys_behalf_waits_for_the_giver() -> None:
    offered = pledged.then(BLANK, Wish(Step.OFFERED, Decimal(2)), RELATIVE)
    assert refused(offered, Wish(Step.CONFIRMED), RELATIVE) is Reason.NOT_YOURS
    changed = pledged.then(offered, Wish(Step.CHANGED, Decimal(3)), RELATIVE)
    confirmed = pledged.then(changed, Wish(Step.CONFIRMED), GIVER)
    assert (confirmed.state, confirmed.promised) == (State.CONFIRMED, Decimal(3))
    assert refused(confirmed, Wish(Step.WITHDRAWN), RELATIVE) is Reason.NOT_YOURS
    assert pledged.then(confirmed, Wish(Step.SENT), RELATIVE).state is State.SENT


def test_a_giver_confirms_another_amount_than_was_offered() -> None:
    offered = pledged.then(BLANK, Wish(Step.OFFERED, Decimal(2)), RELATIVE)
    assert pledged.then(offered, Wish(Step.CONFIRMED, Decimal(1)), GIVER).promised == 1


def test_what_is_given_in_parts_is_kept_when_all_parts_came() -> None:
    part = pledged.then(SENT, Wish(Step.RECEIVED, Decimal(4)), TREASURER)
    assert (part.state, part.kept, part.rest, part.on_the_way) == (State.SENT, False, Decimal(6), Decimal(6))
    whole = pledged.then(part, Wish(Step.RECEIVED), SECOND)
    assert (whole.state, whole.kept, whole.received) == (State.RECEIVED, True, Decimal(10))
    assert refused(whole, Wish(Step.RECEIVED), TREASURER) is Reason.ALREADY_SO


def test_a_part_that_was_sent_leaves_the_rest_where_it_was() -> None:
    due = pledged.standing(*pledged.IN_STATE[State.DUE])
    sent = pledged.then(due, Wish(Step.SENT, Decimal(4)), GIVER)
    part = pledged.then(sent, Wish(Step.RECEIVED), TREASURER)
    assert (part.state, part.received, part.rest) == (State.DUE, Decimal(4), Decimal(6))


def test_what_the_transfer_cost_keeps_the_promise() -> None:
    at_once = pledged.then(SENT, Wish(Step.RECEIVED, fee=Decimal("0.30")), TREASURER)
    assert (at_once.received, at_once.fee, at_once.kept) == (Decimal("9.70"), Decimal("0.30"), True)
    later = pledged.then(SENT, Wish(Step.RECEIVED, Decimal("9.70")), TREASURER)
    assert not later.kept
    later = pledged.then(later, Wish(Step.RECEIVED, Decimal(0), Decimal("0.30")), TREASURER)
    assert (later.state, later.fee, later.kept) == (State.RECEIVED, Decimal("0.30"), True)


def test_more_than_was_promised_is_welcome() -> None:
    more = pledged.then(SENT, Wish(Step.RECEIVED, Decimal(12)), TREASURER)
    assert (more.state, more.received, more.on_the_way, more.rest) == (
        State.RECEIVED,
        Decimal(12),
        Decimal(0),
        Decimal(0),
    )


def test_above_the_campaigns_amount_two_sign() -> None:
    on = pledged.terms(above="9")
    waiting = pledged.then(SENT, Wish(Step.RECEIVED), TREASURER, on)
    assert (waiting.state, waiting.received, waiting.on_the_way) == (State.SENT, Decimal(0), Decimal(10))
    assert refused(waiting, Wish(Step.RECEIVED), TREASURER) is Reason.SECOND_SIGNATURE
    assert refused(waiting, Wish(Step.RECEIVED, Decimal(9)), SECOND) is Reason.OTHER_AMOUNT
    assert refused(waiting, Wish(Step.RECEIVED), replace(SECOND, own=True)) is Reason.OWN_PLEDGE
    assert refused(waiting, Wish(Step.RECEIVED), Actor(Role.SECOND, "hand-1")) is Reason.SECOND_SIGNATURE
    signed = pledged.then(waiting, Wish(Step.RECEIVED), SECOND, on)
    assert (signed.state, signed.received, signed.proposal) == (State.RECEIVED, Decimal(10), None)


def test_small_parts_do_not_slip_by_the_second_signature() -> None:
    on = pledged.terms(above="9")
    part = pledged.then(SENT, Wish(Step.RECEIVED, Decimal(9)), TREASURER, on)
    assert part.received == 9
    part = pledged.then(part, Wish(Step.RECEIVED, Decimal("0.01")), TREASURER, on)
    assert (part.received, part.on_the_way) == (Decimal(9), Decimal(1))
    assert part.proposal is not None


def test_a_slip_is_declined_before_it_is_signed_and_corrected_after() -> None:
    on = pledged.terms(above="9")
    waiting = pledged.then(SENT, Wish(Step.RECEIVED, Decimal(100)), TREASURER, on)
    declined = pledged.then(waiting, Wish(Step.DECLINED), SECOND, on)
    assert (declined.state, declined.on_the_way) == (State.SENT, Decimal(10))
    wrong = pledged.then(SENT, Wish(Step.RECEIVED, Decimal(1)), TREASURER, on)
    proposed = pledged.then(wrong, Wish(Step.CORRECTION, Decimal(9), Decimal(1)), TREASURER, on)
    assert proposed.received == 1
    right = pledged.then(proposed, Wish(Step.CORRECTED), SECOND, on)
    assert (right.received, right.fee, right.state) == (Decimal(9), Decimal(1), State.RECEIVED)


def test_a_receipt_corrected_downwards_is_on_the_way_again() -> None:
    proposed = pledged.then(RECEIVED, Wish(Step.CORRECTION, Decimal(0)), TREASURER)
    right = pledged.then(proposed, Wish(Step.CORRECTED), SECOND)
    assert (right.state, right.received, right.on_the_way) == (State.SENT, Decimal(0), Decimal(10))


@pytest.mark.parametrize("campaign", campaigns.State)
def test_a_correction_is_possible_in_any_campaign(campaign: campaigns.State) -> None:
    on = pledged.terms(campaign)
    proposed = pledged.then(RECEIVED, Wish(Step.CORRECTION, Decimal(3)), TREASURER, on)
    assert pledged.then(proposed, Wish(Step.CORRECTED), SECOND, on).received == 3


def test_nothing_is_corrected_into_itself() -> None:
    assert refused(RECEIVED, Wish(Step.CORRECTION, Decimal(10)), TREASURER) is Reason.NOTHING_TO_CORRECT
    assert refused(RECEIVED, Wish(Step.CORRECTION), TREASURER) is Reason.NOTHING_TO_CORRECT


def test_a_gift_that_nobody_pledged_is_received_at_once_or_by_two() -> None:
    sheep = pledged.then(BLANK, Wish(Step.RECEIVED, Decimal(1)), TREASURER)
    assert (sheep.state, sheep.kept, sheep.promised) == (State.RECEIVED, True, Decimal(0))
    waiting = pledged.then(BLANK, Wish(Step.RECEIVED, Decimal(5)), TREASURER, pledged.terms(above="1"))
    assert (waiting.state, waiting.on_the_way) == (State.BLANK, Decimal(5))
    closed = pledged.terms(campaigns.State.CONFIRMED)
    assert pledged.then(waiting, Wish(Step.RECEIVED), SECOND, closed).received == 5


def test_not_found_and_back_blames_nobody() -> None:
    looked = pledged.then(SENT, Wish(Step.NOT_FOUND), TREASURER)
    assert (looked.state, looked.on_the_way) == (State.NOT_FOUND, Decimal(10))
    again = pledged.then(looked, Wish(Step.SENT), GIVER)
    assert (again.state, again.on_the_way) == (State.SENT, Decimal(10))
    assert pledged.then(looked, Wish(Step.RECEIVED), SECOND).state is State.RECEIVED


def test_what_was_withdrawn_and_comes_all_the_same_is_received() -> None:
    withdrawn = pledged.then(SENT, Wish(Step.WITHDRAWN), GIVER)
    assert refused(withdrawn, Wish(Step.SENT), GIVER) is Reason.WITHDRAWN
    assert pledged.then(withdrawn, Wish(Step.RECEIVED), TREASURER).state is State.RECEIVED


def test_erasing_a_giver_keeps_what_was_received_and_lets_the_rest_go() -> None:
    part = pledged.then(SENT, Wish(Step.RECEIVED, Decimal(4)), TREASURER)
    erased = pledged.then(part, Wish(Step.WITHDRAWN), GIVER, pledged.terms(campaigns.State.CANCELLED))
    assert (erased.state, erased.received, erased.rest, erased.on_the_way) == (
        State.RECEIVED,
        Decimal(4),
        Decimal(0),
        Decimal(0),
    )
    assert refused(erased, Wish(Step.WITHDRAWN), GIVER) is Reason.RECEIVED


def test_what_waits_for_a_signature_outlives_its_giver() -> None:
    waiting = pledged.then(SENT, Wish(Step.RECEIVED), TREASURER, pledged.terms(above="1"))
    erased = pledged.then(waiting, Wish(Step.WITHDRAWN), GIVER)
    assert (erased.state, erased.on_the_way) == (State.WITHDRAWN, Decimal(10))
    assert pledged.then(erased, Wish(Step.RECEIVED), SECOND).received == 10


def test_a_lapsed_promise_stands_again_with_a_new_date() -> None:
    lapsed = pledged.standing(*pledged.IN_STATE[State.LAPSED])
    date = NOW.date() + dt.timedelta(days=10)
    postponed = pledged.then(lapsed, Wish(Step.POSTPONED, due=date), GIVER)
    assert (postponed.state, postponed.due, postponed.rest) == (State.CONFIRMED, date, Decimal(10))
    assert refused(postponed, Wish(Step.DUE), CLOCK) is Reason.NOT_DUE_YET
    due = pledged.then(postponed, Wish(Step.DUE), CLOCK, now=NOW + dt.timedelta(days=10))
    assert (due.state, due.due) == (State.DUE, date)
    assert refused(due, Wish(Step.LAPSED), CLOCK) is Reason.NOT_DUE_YET


def test_nothing_lapses_unreminded_after_the_clock_stood_still() -> None:
    due = pledged.then(CONFIRMED, Wish(Step.DUE), CLOCK)
    assert due.due == NOW.date()
    assert refused(due, Wish(Step.LAPSED), CLOCK) is Reason.NOT_DUE_YET


def test_under_a_threshold_a_pledge_falls_due_when_it_is_reached() -> None:
    model, reached = campaigns.Model.THRESHOLD, NOW.date() - dt.timedelta(days=2)
    assert refused(CONFIRMED, Wish(Step.DUE), CLOCK, model=model) is Reason.NOT_DUE_YET
    on = replace(pledged.terms(campaigns.State.REACHED, model), called=reached)
    assert pledged.then(CONFIRMED, Wish(Step.DUE), CLOCK, on).due == reached


def test_a_thresholds_deadline_takes_no_more_while_the_clock_is_late() -> None:
    on = pledged.terms(model=campaigns.Model.THRESHOLD)
    late = replace(on, course=replace(on.course, deadline=NOW.date() - dt.timedelta(days=1)))
    decided = deciding.decide(BLANK, Wish(Step.CONFIRMED, Decimal(5)), GIVER, late, NOW)
    assert decided == Refusal(Reason.CLOSED)


def test_part_of_a_gift_is_given_back_and_what_was_accounted_for_is_not() -> None:
    told = pledged.then(RECEIVED, Wish(Step.ACCOUNTED, Decimal(7)), CLOCK)
    assert refused(told, Wish(Step.RETURNED, Decimal(4)), TREASURER) is Reason.ABSURD
    back = pledged.then(told, Wish(Step.RETURNED), TREASURER)
    assert (back.received, back.state) == (Decimal(7), State.ACCOUNTED)
    large = pledged.then(RECEIVED, Wish(Step.RETURNED), TREASURER, pledged.terms(above="5"))
    assert large.received == 10
    assert pledged.then(large, Wish(Step.RETURNED), SECOND, pledged.terms(above="5")).state is State.RETURNED
