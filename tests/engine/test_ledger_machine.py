"""A village at work on the ledger for months: whoever does whatever in whatever order, the account stays whole."""

import datetime as dt
import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import hypothesis
from hypothesis import stateful
from hypothesis import strategies as st

from bot.engine.pledging import campaigns, deciding, events, ledger, reminding, totals
from bot.engine.pledging.campaigns import Course, Model
from bot.engine.pledging.events import Role, Row, Step
from bot.engine.pledging.ledger import Standing, State
from bot.engine.pledging.reminding import Kind, Reminder
from bot.engine.pledging.wishes import Actor, Reason, Refusal, Terms, Wish
from tests.engine import slow_ledger

START = dt.datetime(2027, 1, 10, 8, tzinfo=dt.UTC)
DEADLINE = dt.date(2027, 3, 1)

#: Who there is: two who sign, a stand-in for one of them, and the treasurer's own pledge is the first.
SIGNATORIES = [(Role.TREASURER, "hand-1"), (Role.SECOND, "hand-2"), (Role.SECOND, "hand-3")]
PLEDGES = 3

pledges = st.integers(0, PLEDGES - 1)
AMOUNTS = [Decimal(number) for number in ("1", "2.5", "4", "10", "10.01")]
quantities = st.sampled_from(AMOUNTS)
perhaps = st.none() | quantities
fees = st.sampled_from([Decimal(0), Decimal(0), Decimal("0.25"), Decimal(1)])
signatories = st.sampled_from(SIGNATORIES)
giving = st.sampled_from([Role.GIVER, Role.GIVER, Role.RELATIVE, Role.FACILITATOR])


def hundredths(amounts: totals.Amounts) -> dict[str, Decimal]:
    """As the slow count has them."""
    return {stage.value: amount * 100 for stage, amount in amounts.items()}


class Village(stateful.RuleBasedStateMachine):
    """Rows as the database keeps them, totals as they were added to, and everything said to anybody."""

    @stateful.initialize(model=st.sampled_from(Model), promised=st.booleans())
    def begin(self, model: Model, promised: bool) -> None:
        """A campaign that asks for twenty, and for two signatures above five."""
        self.now = START
        self.course = Course(campaigns.State.OPEN, model, DEADLINE)
        self.called = START.date() if model is Model.OPEN else None
        self.rows: list[list[Row]] = [[] for _ in range(PLEDGES)]
        self.standings = [Standing()] * PLEDGES
        self.kept: totals.Amounts = {}
        self.told: list[list[Reminder]] = [[] for _ in range(PLEDGES)]
        self.last: tuple[int, Wish, Actor] | None = None
        if promised:
            self.do(0, Wish(Step.CONFIRMED, Decimal(4)), Actor(Role.GIVER, own=True))
            self.do(1, Wish(Step.OFFERED, Decimal(10)), Actor(Role.RELATIVE, own=True))
            self.do(2, Wish(Step.CONFIRMED, Decimal(10), due=dt.date(2027, 2, 1)), Actor(Role.GIVER, own=True))

    @property
    def terms(self) -> Terms:
        """What the campaign says now."""
        return Terms(self.course, "v1", Decimal(5), Decimal(200), day=DEADLINE, called=self.called)

    def do(self, which: int, wish: Wish, actor: Actor) -> tuple[events.Event, ...] | Refusal:
        """One wish, and one commit if it is granted."""
        before = self.standings[which]
        decided = deciding.decide(before, wish, actor, self.terms, self.now)
        if isinstance(decided, Refusal):
            return decided
        self.rows[which] += [events.stored(event) for event in decided]
        after = ledger.recall(self.rows[which])
        assert isinstance(after, Standing), after
        changed = totals.difference(totals.amounts(after), totals.amounts(before))
        self.kept = totals.total([self.kept, changed])
        self.standings[which] = after
        self.last = (which, replace(wish, seen=before.steps), actor)
        return decided

    # -- people ---------------------------------------------------------------------------------------------

    @stateful.rule(seed=st.integers(0, 10**9))
    def what_may_be_happens(self, seed: int) -> None:
        """Steps that somebody may make, one after the other: so that whole lives of pledges are reached."""
        chance = random.Random(seed)
        for _ in range(10):
            if chance.random() < 0.3:
                self.clock_ticks(chance.choice([1, 7, 20]))
            which = chance.randrange(PLEDGES)
            amounts = (None, chance.choice(AMOUNTS), Decimal(10))
            due = self.now.date() + dt.timedelta(days=chance.randrange(40))
            everybody = [Actor(role, own=True) for role in (Role.GIVER, Role.RELATIVE, Role.FACILITATOR)]
            everybody += [Actor(*who, own=self.is_own(which, who)) for who in SIGNATORIES]
            chance.shuffle(everybody)
            wishes = [Wish(step, amount, due=due) for step in Step for amount in amounts]
            chance.shuffle(wishes)
            # Withdrawn and declined at every turn, none would grow old.
            wishes.sort(key=lambda wish: wish.step in (Step.WITHDRAWN, Step.DECLINED) and chance.random() < 0.8)
            granted = (self.do(which, wish, actor) for wish in wishes for actor in everybody)
            next((made for made in granted if isinstance(made, tuple)), None)
            self.totals_are_what_the_rows_come_to()

    @stateful.rule(
        which=pledges,
        step=st.sampled_from([Step.OFFERED, Step.CONFIRMED, Step.CHANGED]),
        quantity=quantities,
        role=giving,
    )
    def promise(self, which: int, step: Step, quantity: Decimal, role: Role) -> None:
        """Of a new pledge or one that stands."""
        self.do(which, Wish(step, quantity), Actor(role, own=True))

    @stateful.rule(which=pledges, role=giving, days=st.integers(0, 60))
    def postpone(self, which: int, role: Role, days: int) -> None:
        """To a day to come."""
        self.do(which, Wish(Step.POSTPONED, due=self.now.date() + dt.timedelta(days=days)), Actor(role, own=True))

    @stateful.rule(which=pledges, role=giving, quantity=perhaps)
    def send(self, which: int, role: Role, quantity: Decimal | None) -> None:
        """All of it or a part, also more than was promised."""
        self.do(which, Wish(Step.SENT, quantity), Actor(role, own=True))

    @stateful.rule(which=pledges, role=giving)
    def withdraw_or_be_erased(self, which: int, role: Role) -> None:
        """It is always possible before it is received, and nobody is asked why."""
        decided = self.do(which, Wish(Step.WITHDRAWN), Actor(role, own=True))
        if role is Role.GIVER:
            assert self.standings[which].rest == 0
            assert isinstance(decided, tuple) or not self.standings[which].on_the_way or self.standings[which].proposal

    @stateful.rule(which=pledges, who=signatories, quantity=perhaps, fee=fees)
    def receive(self, which: int, who: tuple[Role, str], quantity: Decimal | None, fee: Decimal) -> None:
        """Wholly, in parts, with what its way cost, or as the second signature."""
        decided = self.do(which, Wish(Step.RECEIVED, quantity, fee), Actor(*who, own=self.is_own(which, who)))
        if self.is_own(which, who):
            assert decided == Refusal(Reason.OWN_PLEDGE)

    @stateful.rule(
        which=pledges,
        who=signatories,
        step=st.sampled_from(sorted(step for step in Step if Role.SECOND in ledger.MAY[step])),
        quantity=perhaps,
        fee=fees,
    )
    def keep_the_account(
        self, which: int, who: tuple[Role, str], step: Step, quantity: Decimal | None, fee: Decimal
    ) -> None:
        """Whatever else a signatory may wish."""
        decided = self.do(which, Wish(step, quantity, fee), Actor(*who, own=self.is_own(which, who)))
        assert isinstance(decided, Refusal) or not self.is_own(which, who)

    @stateful.rule(which=pledges, who=signatories)
    def sign(self, which: int, who: tuple[Role, str]) -> None:
        """The other office's signature under whatever waits for one."""
        waiting = self.standings[which].proposal
        if waiting is None:
            return
        decided = self.do(which, Wish(waiting.step), Actor(*who, own=self.is_own(which, who)))
        # One hand holds no two offices here, so that another office is another hand.
        assert isinstance(decided, Refusal) is (self.is_own(which, who) or waiting.by is who[0])

    @stateful.rule(which=pledges, step=st.sampled_from(Step), role=st.sampled_from(Role), quantity=perhaps)
    def meddle(self, which: int, step: Step, role: Role, quantity: Decimal | None) -> None:
        """Somebody else's pledge is nobody's to give, change, postpone or withdraw."""
        decided = self.do(which, Wish(step, quantity), Actor(role, "hand-4", own=False))
        if role in (Role.GIVER, Role.RELATIVE, Role.FACILITATOR, Role.RESIDENTS):
            assert decided == Refusal(Reason.NOT_YOURS)

    def is_own(self, which: int, who: tuple[Role, str]) -> bool:
        """The first pledge is the treasurer's own."""
        return which == 0 and who[1] == "hand-1"

    # -- time -----------------------------------------------------------------------------------------------

    @stateful.rule(days=st.sampled_from([0, 1, 1, 6, 7, 30]))
    def time_passes(self, days: int) -> None:
        """Hours or weeks."""
        self.clock_ticks(days)

    def clock_ticks(self, days: int) -> None:
        """It sees to everything that it may do that day."""
        self.now += dt.timedelta(days=days, minutes=1)
        promised = totals.promised(self.kept)
        self.course = replace(self.course, minimum_reached=promised >= 20)
        while made := campaigns.by_clock(self.course, self.now.date()):
            self.becomes(made)
        for which in range(PLEDGES):
            for reminder in reminding.reminders(self.standings[which], self.terms, self.told[which], self.now.date()):
                if reminder.on > self.now.date():
                    continue
                assert self.standings[which].state in (State.CONFIRMED, State.DUE)
                assert self.terms.calls
                self.told[which].append(reminder)
            for step in (Step.DUE, Step.LAPSED) if self.rows[which] else ():
                self.do(which, Wish(step), Actor(Role.CLOCK))

    @stateful.rule(to=st.sampled_from(campaigns.State), role=st.sampled_from(Role))
    @stateful.precondition(lambda self: self.now.date() > DEADLINE)
    def campaign_goes_on(self, to: campaigns.State, role: Role) -> None:
        """By whoever may."""
        made = campaigns.change(self.course, to, role, self.now.date(), "it is time")
        if isinstance(made, campaigns.Change):
            self.becomes(made)

    def becomes(self, made: campaigns.Change) -> None:
        """A change of the campaign, with what it does to its pledges."""
        self.course = replace(self.course, state=made.to)
        if campaigns.Effect.FALL_DUE in made.effects:
            self.called = self.now.date()
        if campaigns.Effect.RELEASE in made.effects:
            for which in range(PLEDGES):
                self.do(which, Wish(Step.WITHDRAWN), Actor(Role.CLOCK))
                assert self.standings[which].state not in (State.OFFERED, State.CONFIRMED, State.DUE)

    # -- machines -------------------------------------------------------------------------------------------

    @stateful.rule()
    def the_same_again(self) -> None:
        """A second tap, a second device, a provider that repeats itself: nothing is written."""
        if self.last:
            assert isinstance(self.do(*self.last), Refusal)

    @stateful.rule()
    def crash(self) -> None:
        """All that is left are the rows."""
        self.standings = [standing for rows in self.rows if isinstance(standing := ledger.recall(rows), Standing)]
        assert len(self.standings) == PLEDGES

    # -- what always holds ----------------------------------------------------------------------------------

    @stateful.invariant()
    def totals_are_what_the_rows_come_to(self) -> None:
        """Counted once more, slowly."""
        slow: Counter[str] = Counter()
        for which, rows in enumerate(self.rows):
            each = slow_ledger.stages(rows)
            assert hundredths(totals.amounts(self.standings[which])) == each
            slow.update(each)
        assert hundredths(self.kept) == dict(slow)

    @stateful.invariant()
    def nothing_is_received_that_no_signatory_acknowledged(self) -> None:
        """Above five, or corrected: by two of them; and never by the giver."""
        for which, rows in enumerate(self.rows):
            assert sum(slow_ledger.received(rows)) <= sum(
                row.quantity + row.fee for row in rows if row.step in ("received", "corrected")
            )
            for place, row in enumerate(rows):
                if row.step in ("received", "corrected", "returned"):
                    assert row.by in ("treasurer", "second")
                    assert not self.is_own(which, (Role(row.by), row.hand))
                    in_all = slow_ledger.received(rows[: place + 1])[0]
                    large = in_all > 500 if row.step == "received" else row.step == "corrected"
                    if (large and row.quantity) or (row.step == "returned" and row.quantity > 500):
                        asked = [earlier for earlier in rows[:place] if earlier.step in ledger.SIGNED_AS][-1]
                        assert ledger.SIGNED_AS[Step(asked.step)] == row.step
                        assert asked.hand != row.hand
                        assert asked.quantity == row.quantity

    @stateful.invariant()
    def nobody_hears_a_thing_twice(self) -> None:
        """Nor more than three things for one date."""
        for told in self.told:
            assert len(set(told)) == len(told)
            spoken = Counter(reminder.due for reminder in told if reminder.kind is not Kind.LAPSES)
            assert max(spoken.values(), default=0) <= 3


Village.TestCase.settings = hypothesis.settings(max_examples=120, stateful_step_count=20)
TestVillage = Village.TestCase
