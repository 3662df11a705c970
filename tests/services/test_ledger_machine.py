"""Givers, those who sign, the clock and crashes at the real ledger, in any order: the account stays whole, and nobody
hears a thing twice, twice a day, or at night."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import hypothesis
import sqlalchemy as sa
from hypothesis import stateful
from hypothesis import strategies as st

from bot.channels import base
from bot.engine import messages
from bot.engine.pledging import campaigns, wishes
from bot.engine.pledging import spending as book
from bot.engine.pledging.events import Role, Step
from bot.services import certifying, publishing, receiving, spending, steering, ticking
from models import files
from tests import postgres, talking
from tests.services import hearing, signers
from tests.services import house as houses
from tests.services.house import SEAL
from tests.services.test_maturing import WHY
from tests.services.test_notifying_once import Messenger

OFFICES = {Role.TREASURER: "+996555000008", Role.SECOND: "+996555000009"}
WHAT = {"ky": "Түтүк", "ru": "Трубы"}
SIGNED = (Step.RECEIVED, Step.RECEIVED, Step.NOT_FOUND, Step.CORRECTION, Step.RETURNED, Step.DECLINED)
STATES = [
    campaigns.State.COLLECTING,
    campaigns.State.WORKING,
    campaigns.State.DONE,
    campaigns.State.WORKING,
    campaigns.State.CANCELLED,
]

givers = st.integers(0, len(hearing.GIVERS) - 1)
offices = st.sampled_from(sorted(OFFICES))
places = st.sampled_from([1, 1, 2, 3])


class Village(stateful.RuleBasedStateMachine):
    """A house that people write to, with a clock that stands until it is moved."""

    #: All that happened in all runs, so that it is seen what they reach.
    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.clock = talking.Clock()
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.ears = hearing.Ears()
        #: No two amounts of a run are the same, so that no two things are told in the same words.
        self.amounts = itertools.count(1001)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """In the one loop of this machine; then all of the account is looked at."""
        self.runner.run(self._checked(work))

    async def _checked(self, work: Coroutine[Any, Any, None]) -> None:
        await work
        assert await self.house.differences() == 0
        assert await self.house.count("set_aside") == 0
        await self.ears.check(self.house)

    # -- the house ------------------------------------------------------------------------------------------

    @stateful.initialize()
    def begin(self) -> None:
        """Both offices are held, three people have promised, and some of what one of them gave is spent."""
        self.run(self._begin())

    async def _begin(self) -> None:
        await self._open()
        for office, address in OFFICES.items():
            await self.house.person(address).says("ашар", "2", await signers.code(self.house, office), "1")
        for who in (0, 1, 2):
            await self._promise(who, "сом", ", через 8 дней")
        await self._sent_and_received(0)
        await self._spend(Role.TREASURER, "money", 4)

    async def _open(self) -> None:
        channels = [Messenger("sms"), Messenger("whatsapp"), Messenger("web")]
        self.house = await self.stack.enter_async_context(houses.opened(self.url, *channels, clock=self.clock))
        self.ticker = ticking.Clock(self.house.database, SEAL, houses.voice(), self.house.channels, clock=self.clock)

    def teardown(self) -> None:
        """The house closes."""
        self.runner.run(self._end())
        self.runner.close()

    async def _end(self) -> None:
        steps = await self.house.rows("SELECT step FROM pledge_event")
        Village.reached.update(steps)
        Village.reached.update(f"spending {step}" for step in await self.house.rows("SELECT step FROM spending"))
        Village.reached.update(f"campaign {state}" for state in await self.house.rows("SELECT state FROM campaign"))
        Village.reached.update(self.ears.reached)
        await self.stack.aclose()

    # -- givers ---------------------------------------------------------------------------------------------

    def _giver(self, who: int) -> houses.Person:
        each = hearing.GIVERS[who]
        return houses.Person(self.house, each.channel, each.address)

    async def _says(self, person: houses.Person, *texts: str) -> None:
        for text in texts:
            await person.sends(text)
            await self.ears.answered(self.house)

    async def _promise(self, who: int, what: str, when: str) -> None:
        person, number = self._giver(who), next(self.amounts)
        await self._says(person, "/start a-suu")
        if "Жок / Нет" in [each.label for each in (await person.reads()).options]:
            await self._says(person, "2")
        # Of all but money so much would be absurd: days and bags are told apart by their hundredths.
        said = f"{number} сом" if what == "сом" else f"{number % 17 + 2} {what}"
        await self._says(person, said + when, "1", "меню")

    @stateful.rule(
        who=givers,
        what=st.sampled_from(["сом", "сом", "дней", "мешков цемента"]),
        when=st.sampled_from(["", ", через 3 дня", ", через 9 дней", ", до 1 мая"]),
    )
    def promise(self, who: int, what: str, when: str) -> None:
        """Money, days, bags; with a day of its own or without."""
        self.run(self._promise(who, what, when))

    async def _sent_and_received(self, who: int) -> None:
        await self._says(self._giver(who), "мои обещания", "1", "отправлено", "меню")
        await self._says(self.house.person(OFFICES[Role.TREASURER]), "казна", "1", "1", "меню")

    @stateful.rule(who=givers)
    def give(self, who: int) -> None:
        """Sent, and received by whoever keeps the account."""
        self.run(self._sent_and_received(who))

    @stateful.rule(
        who=givers,
        which=places,
        act=st.sampled_from(["изменить", "перенести", "отправлено", "часть", "снять"]),
        days=st.integers(0, 40),
    )
    def keep(self, who: int, which: int, act: str, days: int) -> None:
        """Another amount or day, sent, sent in part, or taken back."""

        async def work() -> None:
            person = self._giver(who)
            await self._says(person, "мои обещания", str(which))
            match act:
                case "изменить":
                    await self._says(person, act, str(next(self.amounts)))
                case "перенести":
                    await self._says(person, act, f"{self.clock().date() + dt.timedelta(days=days):%d.%m.%Y}")
                case "часть":
                    await self._says(person, f"отправил {next(self.amounts) - 900} сом")
                case "снять":
                    await self._says(person, act, "1")
                case _:
                    await self._says(person, act)
            await self._says(person, "меню")

        self.run(work())

    @stateful.rule(
        who=givers,
        words=st.sampled_from(
            [
                ("салам",),
                ("стоп",),
                ("оценка", "да", "5", "пропустить", "меню"),
                ("оценка", "нет", "2", "Нет крана", "меню"),
                ("удалить мои данные", "1"),
            ]
        ),
    )
    def write(self, who: int, words: tuple[str, ...]) -> None:
        """A greeting, how it ended, to hear no more, or to have everything erased."""
        self.run(self._says(self._giver(who), *words))

    # -- those who sign -------------------------------------------------------------------------------------

    @stateful.rule(
        office=offices,
        chosen=st.sampled_from([("1", "1"), ("1 2",), ("1 2 3",), ("1", "2", "701"), ("1", "3", "907")]),
    )
    def receive(self, office: Role, chosen: tuple[str, ...]) -> None:
        """By numbers in the chat; or one alone, in full, in part, or less by what its way cost."""
        self.run(self._says(self.house.person(OFFICES[office]), "казна", *chosen, "меню", "меню"))

    @stateful.rule(office=offices, step=st.sampled_from(SIGNED), which=st.integers(0, 5), whole=st.booleans())
    def sign(self, office: Role, step: Step, which: int, whole: bool) -> None:
        """Whatever else may be wished of a pledge, from the shell."""
        self.run(self._sign(office, step, which, None if whole else Decimal(next(self.amounts)) / 2))

    async def _sign(self, office: Role, step: Step, which: int, quantity: Decimal | None) -> None:
        codes = await self.house.rows("SELECT code FROM pledge ORDER BY id")
        code = codes[which % len(codes)]

        def wished(promise: messages.Promise) -> wishes.Wish:
            waiting = promise.standing.proposal
            return wishes.Wish(waiting.step if waiting and step is not Step.DECLINED else step, quantity)

        await certifying.sign(self.house.database, publishing.Library(), "suu", office, {code: wished}, self.clock())

    @stateful.rule(office=offices, words=st.sampled_from(["700 сом", "2 дня работы", "60000 сом"]))
    def gift(self, office: Role, words: str) -> None:
        """Something came that nobody had promised."""

        async def work() -> None:
            library = publishing.Library()
            with contextlib.suppress(certifying.Unclear):
                await certifying.enter(
                    self.house.database, library, SEAL, "suu", office, words, "Асан уулу Нурлан", self.clock()
                )

        self.run(work())

    def _hand(self, office: Role) -> book.Hand:
        return book.Hand(office, f"shell:{office.value}", self.clock())

    @property
    def stores(self) -> spending.Stores:
        """As the shell has them."""
        return spending.Stores(self.house.database, publishing.Library(), files.Files(Path("unused"), SEAL))

    async def _spend(self, office: Role, need: str, part: int) -> None:
        today = spending.today(self.clock())
        quantity = Decimal(next(self.amounts)) / part if need == "money" else Decimal(part)
        wanted = spending.Wanted(need, quantity.quantize(Decimal("0.01")), today, WHAT)
        await spending.spend(self.stores, "suu", wanted, self._hand(office))

    @stateful.rule(office=offices, need=st.sampled_from(["money", "money", "labour"]), part=st.integers(1, 3))
    def spend(self, office: Role, need: str, part: int) -> None:
        """Some of what has come."""
        self.run(self._spend(office, need, part))

    @stateful.rule(office=offices, number=st.integers(1, 3), undo=st.booleans())
    def sign_spending(self, office: Role, number: int, undo: bool) -> None:
        """Sign a spending, or take it back."""

        async def work() -> None:
            if undo:
                await spending.undo(self.stores, "suu", number, self._hand(office), WHY)
            else:
                await spending.sign(self.stores, "suu", number, self._hand(office))

        self.run(work())

    @stateful.rule(to=st.sampled_from(STATES), milestone=st.sampled_from(["spring", "pipes"]))
    def campaign_goes_on(self, to: campaigns.State, milestone: str) -> None:
        """By the facilitator, as far as that may be."""

        async def work() -> None:
            of = self.house.database, publishing.Library(), "suu"
            # Nothing is left to be seen where it is called off at once.
            if to is not campaigns.State.CANCELLED or await self.house.count("pledge") > 5:
                await steering.change(*of, to, Role.FACILITATOR, self.clock(), WHY)
            await steering.mark(*of, milestone, self.clock())

        self.run(work())

    # -- time and trouble -----------------------------------------------------------------------------------

    async def _tick(self) -> None:
        await self.ticker.tick()
        await self.ears.told(self.house)

    @stateful.rule(hours=st.sampled_from([1, 7, 24, 24]), times=st.integers(1, 10))
    def time_passes(self, hours: int, times: int) -> None:
        """By day and by night the clock looks at everything."""

        async def work() -> None:
            for _ in range(times):
                self.clock.forward(hours=hours)
                await self._tick()
            # Now there is nothing more to say.
            told = self.ears.reached["told"]
            await self._tick()
            assert self.ears.reached["told"] == told

        self.run(work())

    @stateful.rule(
        what=st.sampled_from(["tick", "tick", "sign", "spend", "message"]),
        who=givers,
        at=st.integers(1, 40),
        hours=st.sampled_from([0, 5, 24]),
    )
    def die(self, what: str, who: int, at: int, hours: int) -> None:
        """In the middle of a transaction; what is opened again finds all of it or nothing, and goes on."""

        async def work() -> None:
            self.clock.forward(hours=hours)
            message = self._giver(who).message("мои обещания")
            died = await self._cut_short(what, message, at)
            Village.reached[f"died {what}"] += died
            await self.stack.aclose()
            # A dead process holds no file open; this one does so until what it was about is swept up.
            del self.house, self.ticker
            gc.collect()
            await self._open()
            if what == "message":
                # Nobody said that it was taken, so the provider sends it again.
                await self.house.desk.receive(message)
                await self.ears.answered(self.house)
            else:
                await self.ears.told(self.house)

        self.run(work())

    async def _cut_short(self, what: str, message: base.Inbound, at: int) -> bool:
        """Begin that, and end it at that statement or commit; whether it came so far."""
        works: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "tick": self.ticker.tick,
            "sign": lambda: self._sign(Role.TREASURER, Step.RECEIVED, at, None),
            "spend": lambda: self._spend(Role.TREASURER, "money", 3),
            "message": lambda: self.house.desk.receive(message),
        }
        task = asyncio.create_task(works[what]())
        # Of a message the desk is the one who dies.
        dying = self.house.desk._task if what == "message" else task
        assert dying is not None
        statements = 0

        def count(*_: object) -> None:
            nonlocal statements
            statements += 1
            if statements == at:
                dying.cancel()

        engine = self.house.database._engine.sync_engine
        for moment in ("before_cursor_execute", "commit"):
            sa.event.listen(engine, moment, count)
        await asyncio.wait({task, dying}, return_when=asyncio.FIRST_COMPLETED)
        for moment in ("before_cursor_execute", "commit"):
            sa.event.remove(engine, moment, count)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, receiving.Busy):
            await task
        return statements >= at


#: Without shrinking, which would try it all a thousand times more: what failed is printed as it was.
SETTINGS = hypothesis.settings(
    max_examples=7,
    stateful_step_count=15,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.reuse, hypothesis.Phase.generate),
)


REACHED = ("received", "accounted", "withdrawn", "due", "spending spent", "told", "heard", "reminded", "died tick")


def test_whatever_happens_the_account_stays_whole(migrated_sqlite: Path, tmp_path: Path) -> None:
    numbers = itertools.count(1)

    def village() -> Village:
        path = tmp_path / f"{next(numbers)}.sqlite"
        shutil.copyfile(migrated_sqlite, path)
        return Village(f"sqlite+aiosqlite:///{path}")

    Village.reached.clear()
    stateful.run_state_machine_as_test(village, settings=SETTINGS)  # type: ignore[arg-type] # it only calls it
    # What is never reached is never tried.
    assert {*REACHED} <= {name for name, times in Village.reached.items() if times}, sorted(Village.reached.items())


def test_the_same_on_postgresql(postgres_server: postgres.Server, migrated_postgresql: str) -> None:
    def village() -> Village:
        url = postgres_server.create(template=migrated_postgresql)
        return Village(url.render_as_string(hide_password=False))

    # The same runs, as far as these go.
    settings = hypothesis.settings(SETTINGS, max_examples=2, stateful_step_count=12)
    stateful.run_state_machine_as_test(village, settings=settings)  # type: ignore[arg-type] # it only calls it
