"""What comes of wishes: parts, fees, two signatures, corrections, amounts and dates that cannot be."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.engine.pledging import campaigns, deciding
from bot.engine.pledging.events import Role, Step
from bot.engine.pledging.ledger import Standing, State
from bot.engine.pledging.wishes import Actor, Reason, Refusal, Wish
from tests.engine import pledged
from tests.engine.pledged import CLOCK, GIVER, NOW, RELATIVE, SECOND, TREASURER

BLANK = Standing()
CONFIRMED = pledged.standing(*pledged.IN_STATE[State.CONFIRMED])
SENT = pledged.standing(*pledged.IN_STATE[State.SENT])
RECEIVED = pledged.standing(*pledged.IN_STATE[State.RECEIVED])


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000.01", "NaN", "-Infinity", "Infinity", "1e999"])
@pytest.mark.parametrize("step", [Step.CONFIRMED, Step.OFFERED, Step.RECEIVED, Step.ACKNOWLEDGED])
def test_an_absurd_amount_is_not_taken(step: Step, amount: str) -> None:
    actor = GIVER if step in (Step.CONFIRMED, Step.OFFERED) else TREASURER
    assert pledged.refused(BLANK, Wish(step, Decimal(amount)), actor) is Reason.ABSURD


def test_an_offer_confirmed_as_no_more_than_came_is_kept_by_that() -> None:
    part = pledged.then(pledged.standing(*pledged.IN_STATE[State.OFFERED]), Wish(Step.RECEIVED, Decimal(4)), TREASURER)
    kept = pledged.then(part, Wish(Step.CONFIRMED, Decimal(4)), pledged.GIVER)
    assert (kept.state, kept.promised) == (State.RECEIVED, Decimal(4))


@pytest.mark.parametrize("amount", ["-1", "0.001", "1001", "NaN"])
def test_nor_by_changing_sending_or_correcting(amount: str) -> None:
    assert pledged.refused(CONFIRMED, Wish(Step.CHANGED, Decimal(amount)), GIVER) is Reason.ABSURD
    assert pledged.refused(SENT, Wish(Step.SENT, Decimal(amount)), GIVER) is Reason.ABSURD
    assert pledged.refused(RECEIVED, Wish(Step.CORRECTION, Decimal(amount)), TREASURER) is Reason.ABSURD
    assert pledged.refused(RECEIVED, Wish(Step.RETURNED, Decimal(amount)), TREASURER) is Reason.ABSURD
    assert pledged.refused(RECEIVED, Wish(Step.ACCOUNTED, Decimal(amount)), TREASURER) is Reason.ABSURD
    assert pledged.refused(SENT, Wish(Step.RECEIVED, fee=Decimal(amount)), TREASURER) is Reason.ABSURD


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
    assert pledged.refused(CONFIRMED, Wish(Step.POSTPONED, due=date), GIVER) is reason
    if date:
        assert pledged.refused(BLANK, Wish(Step.CONFIRMED, Decimal(5), due=date), GIVER) is reason


def test_the_same_date_or_amount_is_no_change() -> None:
    date = NOW.date() + dt.timedelta(days=5)
    postponed = pledged.then(CONFIRMED, Wish(Step.POSTPONED, due=date), GIVER)
    assert pledged.refused(postponed, Wish(Step.POSTPONED, due=date), GIVER) is Reason.ALREADY_SO
    assert pledged.refused(postponed, Wish(Step.CHANGED, Decimal(10), due=date), GIVER) is Reason.ALREADY_SO
    assert pledged.then(postponed, Wish(Step.CHANGED, Decimal(11)), GIVER).due == date


def test_today_is_a_date() -> None:
    assert pledged.then(CONFIRMED, Wish(Step.POSTPONED, due=NOW.date()), GIVER).due == NOW.date()


def test_what_is_pledged_was_read_in_the_version_that_holds() -> None:
    old = Wish(Step.CONFIRMED, Decimal(5), version="v0")
    assert pledged.refused(BLANK, old, GIVER) is Reason.CHANGED_MEANWHILE
    assert pledged.then(BLANK, replace(old, version="v1"), GIVER).confirmed


def test_two_devices_that_wish_different_things_look_again() -> None:
    part = Wish(Step.RECEIVED, Decimal(4), seen=SENT.steps)
    once = pledged.then(SENT, part, TREASURER)
    assert pledged.refused(once, part, TREASURER) is Reason.ALREADY_SO
    assert pledged.refused(once, replace(part, quantity=Decimal(6)), TREASURER) is Reason.CHANGED_MEANWHILE
    assert pledged.refused(once, part, SECOND) is Reason.CHANGED_MEANWHILE
    assert pledged.then(once, replace(part, seen=once.steps), TREASURER).received == 8


def test_a_pledge_on_somebodys_behalf_waits_for_the_giver() -> None:
    offered = pledged.then(BLANK, Wish(Step.OFFERED, Decimal(2)), RELATIVE)
    assert pledged.refused(offered, Wish(Step.CONFIRMED), RELATIVE) is Reason.NOT_YOURS
    changed = pledged.then(offered, Wish(Step.CHANGED, Decimal(3)), RELATIVE)
    confirmed = pledged.then(changed, Wish(Step.CONFIRMED), GIVER)
    assert (confirmed.state, confirmed.promised) == (State.CONFIRMED, Decimal(3))
    assert pledged.refused(confirmed, Wish(Step.WITHDRAWN), RELATIVE) is Reason.NOT_YOURS
    assert pledged.then(confirmed, Wish(Step.SENT), RELATIVE).state is State.SENT


def test_a_giver_confirms_another_amount_than_was_offered() -> None:
    offered = pledged.then(BLANK, Wish(Step.OFFERED, Decimal(2)), RELATIVE)
    assert pledged.then(offered, Wish(Step.CONFIRMED, Decimal(1)), GIVER).promised == 1


def test_what_is_given_in_parts_is_kept_when_all_parts_came() -> None:
    part = pledged.then(SENT, Wish(Step.RECEIVED, Decimal(4)), TREASURER)
    assert (part.state, part.kept, part.rest, part.on_the_way) == (State.SENT, False, Decimal(6), Decimal(6))
    whole = pledged.then(part, Wish(Step.RECEIVED), SECOND)
    assert (whole.state, whole.kept, whole.received) == (State.RECEIVED, True, Decimal(10))
    assert pledged.refused(whole, Wish(Step.RECEIVED), TREASURER) is Reason.ALREADY_SO


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
    assert pledged.refused(waiting, Wish(Step.RECEIVED), TREASURER) is Reason.SECOND_SIGNATURE
    assert pledged.refused(waiting, Wish(Step.RECEIVED, Decimal(9)), SECOND) is Reason.OTHER_AMOUNT
    assert pledged.refused(waiting, Wish(Step.RECEIVED), replace(SECOND, own=True)) is Reason.OWN_PLEDGE
    assert pledged.refused(waiting, Wish(Step.RECEIVED), Actor(Role.SECOND, "hand-1")) is Reason.SECOND_SIGNATURE
    signed = pledged.then(waiting, Wish(Step.RECEIVED), SECOND, on)
    assert (signed.state, signed.received, signed.proposal) == (State.RECEIVED, Decimal(10), None)


def test_small_parts_do_not_slip_by_the_second_signature() -> None:
    on = pledged.terms(above="9")
    part = pledged.then(SENT, Wish(Step.RECEIVED, Decimal(9)), TREASURER, on)
    assert part.received == 9
    part = pledged.then(part, Wish(Step.RECEIVED, Decimal("0.01")), TREASURER, on)
    assert (part.received, part.on_the_way) == (Decimal(9), Decimal(1))
    assert part.proposal is not None


def test_what_the_way_cost_needs_no_second_signature() -> None:
    rich = pledged.standing(*pledged.IN_STATE[State.SENT], pledged.event(Step.RECEIVED, "9", Role.TREASURER, "hand-1"))
    later = pledged.then(rich, Wish(Step.RECEIVED, Decimal(0), Decimal(1)), TREASURER, pledged.terms(above="5"))
    assert (later.fee, later.kept) == (Decimal(1), True)


@pytest.mark.parametrize(("days", "lapses"), [(13, False), (14, True)])
def test_a_promise_lapses_a_week_after_the_last_reminder(days: int, lapses: bool) -> None:
    due = pledged.standing(*pledged.IN_STATE[State.DUE])
    at = dt.datetime.combine(pledged.DUE, dt.time(9), dt.UTC) + dt.timedelta(days=days)
    decided = deciding.decide(due, Wish(Step.LAPSED), CLOCK, pledged.terms(), at)
    assert isinstance(decided, tuple) is lapses


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
    assert pledged.refused(RECEIVED, Wish(Step.CORRECTION, Decimal(10)), TREASURER) is Reason.NOTHING_TO_CORRECT
    assert pledged.refused(RECEIVED, Wish(Step.CORRECTION), TREASURER) is Reason.NOTHING_TO_CORRECT


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
    assert pledged.refused(withdrawn, Wish(Step.SENT), GIVER) is Reason.WITHDRAWN
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
    assert pledged.refused(erased, Wish(Step.WITHDRAWN), GIVER) is Reason.RECEIVED


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
    assert pledged.refused(postponed, Wish(Step.DUE), CLOCK) is Reason.NOT_DUE_YET
    due = pledged.then(postponed, Wish(Step.DUE), CLOCK, now=NOW + dt.timedelta(days=10))
    assert (due.state, due.due) == (State.DUE, date)
    assert pledged.refused(due, Wish(Step.LAPSED), CLOCK) is Reason.NOT_DUE_YET


def test_nobody_is_late_with_what_they_confirmed_after_its_day() -> None:
    offered = pledged.standing(*pledged.IN_STATE[State.OFFERED])
    confirmed = pledged.then(offered, Wish(Step.CONFIRMED), GIVER)
    soon = NOW + dt.timedelta(days=3)
    assert pledged.then(confirmed, Wish(Step.DUE), CLOCK, now=soon).due == NOW.date()


def test_nothing_lapses_unreminded_after_the_clock_stood_still() -> None:
    due = pledged.then(CONFIRMED, Wish(Step.DUE), CLOCK)
    assert due.due == NOW.date()
    assert pledged.refused(due, Wish(Step.LAPSED), CLOCK) is Reason.NOT_DUE_YET


def test_under_a_threshold_a_pledge_falls_due_when_it_is_reached() -> None:
    model, reached = campaigns.Model.THRESHOLD, NOW.date() - dt.timedelta(days=2)
    assert pledged.refused(CONFIRMED, Wish(Step.DUE), CLOCK, pledged.terms(model=model)) is Reason.NOT_DUE_YET
    on = replace(pledged.terms(campaigns.State.REACHED, model), called=reached)
    assert pledged.then(CONFIRMED, Wish(Step.DUE), CLOCK, on).due == reached


def test_a_thresholds_deadline_takes_no_more_while_the_clock_is_late() -> None:
    on = pledged.terms(model=campaigns.Model.THRESHOLD)
    late = replace(on, course=replace(on.course, deadline=NOW.date() - dt.timedelta(days=1)))
    decided = deciding.decide(BLANK, Wish(Step.CONFIRMED, Decimal(5)), GIVER, late, NOW)
    assert decided == Refusal(Reason.CLOSED)


def test_part_of_a_gift_is_given_back_and_what_was_accounted_for_is_not() -> None:
    told = pledged.then(RECEIVED, Wish(Step.ACCOUNTED, Decimal(7)), CLOCK)
    assert pledged.refused(told, Wish(Step.RETURNED, Decimal(4)), TREASURER) is Reason.ABSURD
    back = pledged.then(told, Wish(Step.RETURNED), TREASURER)
    assert (back.received, back.state) == (Decimal(7), State.ACCOUNTED)
    large = pledged.then(RECEIVED, Wish(Step.RETURNED), TREASURER, pledged.terms(above="5"))
    assert large.received == 10
    assert pledged.then(large, Wish(Step.RETURNED), SECOND, pledged.terms(above="5")).state is State.RETURNED
