"""The running app with a clock that is moved by hand, and givers whose answers are told from what comes by itself."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import sqlalchemy as sa

from bot.services import posting, ticking
from models import tables
from tests import talking
from tests.e2e import phones, residents, running

#: Hours of UTC at which it is day: at home, and wherever in Russia a number may be.
DAY = dict.fromkeys(["driver", "tailor", "neighbour"], range(3, 14)) | {"cook": range(7, 8)}
#: When the clock is looked at: twice by night, and once when it is day for all of them.
NIGHT, DAWN, NOON = dt.time(17), dt.time(2), dt.time(7, 30)
_CODE = re.compile(r"[Кк]оду?: ([2-9A-Z]{6})")


class Rounds(ticking.Clock):
    """The clock of campaigns as it ticks in the app: only when it may, so that what it says is told from answers."""

    #: Whether rounds are wanted, until there is nothing more to do.
    wanted = False

    async def tick(self) -> int:
        """One round."""
        made = await super().tick() if Rounds.wanted else 0
        Rounds.wanted = made > 0
        return made


class Well:
    """The running app, the operator's shell beside it, and time."""

    def __init__(self, app: running.App, clock: talking.Clock, shell: Callable[..., str]) -> None:
        self.app, self.clock, self._shell = app, clock, shell
        #: respondent -> who that is in this story.
        self.people: dict[str, str] = {}
        #: Who was told what without having asked, and on which day; the campaign's title left out.
        self.told: dict[str, list[tuple[str, str]]] = {}
        self._last = 0

    async def shell(self, *words: str) -> str:
        """What a command prints, a minute later."""
        await self.quiet()
        self.clock.forward(minutes=1)
        return await asyncio.to_thread(self._shell, *words)

    async def api(self) -> Any:
        """The campaign, as everybody may see it."""
        answer = await self.app.http.get("/api/campaigns/kuduk")
        assert answer.status_code == 200
        return answer.json()

    async def rounds(self) -> None:
        """The clock has looked at all there is now, and what it said is delivered."""
        Rounds.wanted = True
        await running.until(lambda: not Rounds.wanted)
        await self.quiet()

    async def quiet(self) -> None:
        """Nothing is on its way. Of what still is when a minute has passed, nobody would know what became of it."""
        table = tables.outgoing
        waits = sa.select(sa.func.count()).where(
            table.c.status.in_(["waiting", "sending", "unknown"]), table.c.channel != "web"
        )
        async with asyncio.timeout(running.PATIENCE):
            while True:
                async with self.app.house.database.reading() as connection:
                    if not await connection.scalar(waits):
                        return
                await asyncio.sleep(0.01)

    async def until(self, day: dt.date) -> None:
        """Every night and every noon until that noon."""
        while self.clock.now.date() < day or self.clock.now.time() < NOON:
            for time in (DAWN, NOON, NIGHT):
                at = dt.datetime.combine(self.clock.now.date(), time, dt.UTC)
                if at > self.clock.now:
                    break
            else:
                at = dt.datetime.combine(self.clock.now.date() + dt.timedelta(days=1), DAWN, dt.UTC)
            self.clock.now = at
            await self.looks()

    async def looks(self) -> None:
        """What the clock has to say now; never by night."""
        await self.rounds()
        async for who, at, said in self._news():
            assert at.hour in DAY.get(who, DAY["driver"]), (who, at, said)
            # An SMS that is cut in two says its head once.
            if said:
                self.told.setdefault(who, []).append((f"{at:%m-%d}", said.partition("\n")[2]))

    async def heard(self) -> None:
        """What was said until now was an answer to somebody."""
        async for _ in self._news():
            pass

    async def _news(self) -> AsyncIterator[tuple[str, dt.datetime, str]]:
        table = tables.outgoing
        found = sa.select(table.c.id, table.c.respondent_id, table.c.created_at, table.c.sealed)
        async with self.app.house.database.reading() as connection:
            rows = list(await connection.execute(found.where(table.c.id > self._last).order_by(table.c.id)))
        for number, person, at, sealed in rows:
            self._last = number
            yield self.people.get(person, person), at, posting.opened(self.app.house.seal, sealed).head

    async def known(self, code: str, name: str) -> None:
        """The giver of this pledge goes by that name here."""
        pledge = tables.pledge
        async with self.app.house.database.reading() as connection:
            person = await connection.scalar(sa.select(pledge.c.respondent_id).where(pledge.c.code == code))
        assert person
        self.people[person] = name


class Giver:
    """Somebody with a phone."""

    def __init__(self, well: Well, phone: phones.Phone, name: str) -> None:
        self.well, self.phone, self.name, self.code = well, phone, name, ""

    async def says(self, *texts: str) -> str:
        """A minute before each; the answer to the last."""
        said: list[str] = []
        for text in texts:
            await self.well.quiet()
            self.well.clock.forward(minutes=1)
            await self.well.looks()
            if self.code:
                await self.phone.looks()
            said = await (self.phone.comes(text) if text[1:2] == "-" else self.phone.types(text))
            await self.well.heard()
        return residents.flat(said)

    async def pledges(self, consent: str, offer: str, back: str) -> None:
        """By the campaign's link: consent, offer, yes."""
        said = await self.says("a-kuduk", consent, offer)
        assert back in said, said
        found = _CODE.search(await self.says("1"))
        assert found
        self.code = found[1]
        await self.says("меню")
        await self.well.known(self.code, self.name)
