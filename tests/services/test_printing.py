"""Papers to print and sign: what stands on them, in both languages, and that it is what the ledger says."""

from __future__ import annotations

import datetime as dt
import html.parser
from decimal import Decimal

import pytest

from bot.engine.pledging import accounts
from bot.engine.pledging.events import Role
from bot.services import accounting, printing, publishing, spending, steering
from models import ledger
from tests.services import gifts
from tests.services import house as houses
from tests.services.house import House, voice
from tests.services.test_spending import WHY, hand, spend, stores


class Page(html.parser.HTMLParser):
    """A page as it is read: lines of text, and which elements it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.cells: list[str] = []
        self._unseen = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append(tag)
        self._unseen = tag == "style"
        assert not {name for name, _ in attrs} & {"src", "href", "onload"}

    def handle_data(self, data: str) -> None:
        """Its text."""
        if data.strip() and not self._unseen:
            self.cells.append(" ".join(data.split()))


async def sheet(house: House) -> printing.Sheet:
    return await printing.sheet(house.database, publishing.Library(), "suu")


def month(house: House) -> accounts.Span:
    span = accounts.month(f"{spending.today(house.clock()):%Y-%m}")
    assert span is not None
    return span


async def test_a_receipt_in_both_languages_without_a_name_unless_one_is_given(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "40", need="cement", receipt=3)
        foreign = await gifts.come(house, "100", unit="USD", rate="87.4552", received="98", fee="2")
        found = await sheet(house)
        page = Page(printing.receipt(found, "3", voice()))
        assert page.cells.count("Чек № 3") == 3
        assert {"Алынды: 40 кап цемент", "Получено: 40 мешков цемента", "Ашар: Чистая вода в село"} <= set(page.cells)
        assert "Подпись (казначей комитета ашара):" in page.cells
        assert not any("От кого" in cell or "Ким берди" in cell for cell in page.cells)
        assert "script" not in page.elements
        named = Page(printing.receipt(found, "3", voice(), "<b>Айгүл</b>"))
        assert {"От кого: <b>Айгүл</b>", "Ким берди: <b>Айгүл</b>"} <= set(named.cells)
        page = Page(printing.receipt(found, f" {foreign.code.lower()}", voice()))
        assert {
            "Получено: 98 долларов",
            "По курсу дня обещания: 8 570,61 сома",
            "Комиссия и разница курса: 2 доллара",
            f"Код: {foreign.code}",
        } <= set(page.cells)


async def test_there_is_no_receipt_of_what_did_not_come(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        promised = await gifts.come(house, "40", need="cement", received="0")
        for which in ("3", promised.code, ""):
            with pytest.raises(printing.NoReceipt):
                printing.receipt(await sheet(house), which, voice())
        with pytest.raises(steering.NoSuchCampaign):
            await printing.sheet(house.database, publishing.Library(), "su")


async def test_the_account_of_a_month_is_what_the_ledger_says(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "5000")
        await gifts.come(house, "100", unit="USD", rate="87.4552", fee="2", received="98")
        await gifts.come(house, "40", need="cement", receipt=3)
        await spend(house, "3500.50")
        await spend(house, "100")
        await spend(house, "12", "cement")
        await spending.undo(stores(house), "suu", 2, hand(house), WHY)
        span, found = month(house), await sheet(house)
        made = {each.need: each for each in accounts.account(found.pledges, found.items, span)}
        async with house.database.reading() as connection:
            totals = (await ledger.totals(connection))["suu"]
        for need, unit in (("money", "KGS"), ("cement", "cement")):
            sums = accounting.sums(totals, accounting.Pot(need, unit))
            assert made[need].closing == sums["received"] - sums[accounting.SPENT]
            assert accounts.total(made[need].received) == sums["received"]
            assert made[need].fees == sums["fee"]
        assert made["money"].closing == Decimal("5000") + Decimal("8570.61") - Decimal("3500.50")
        today = spending.today(house.clock())
        page = Page(printing.account(found, span, voice(), "ru", today))
        assert page.cells[0] == "Акт: отчёт о вкладах"
        assert any("ещё не закончился" in cell for cell in page.cells)
        place = page.cells.index("Деньги")
        assert page.cells[place : place + 9] == [
            "Деньги",
            "Было в начале",
            "0 сомов",
            "Получено",
            "13 570,61 сома",
            "Потрачено",
            "3 500,50 сома",
            "Осталось в конце",
            "10 070,11 сома",
        ]
        assert {"98 долларов", "8 570,61 сома", "№ 3", "-100 сомов", "Записано дважды"} <= set(page.cells)
        after = accounts.Span(span.last + dt.timedelta(days=1), span.last + dt.timedelta(days=30))
        later = Page(printing.account(found, after, voice(), "ky", after.last + dt.timedelta(days=1)))
        assert "Башында болгон" in later.cells
        assert later.cells[later.cells.index("Башында болгон") + 1] == "28 кап цемент"
        assert not any("бүтө элек" in cell for cell in later.cells)


async def test_money_without_a_rate_has_an_account_of_its_own(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "50", unit="EUR")
        await gifts.come(house, "500")
        page = Page(printing.account(await sheet(house), month(house), voice(), "ru", spending.today(house.clock())))
        assert {"50 евро", "500 сомов"} <= set(page.cells)


async def test_an_empty_month_says_so(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        page = Page(printing.account(await sheet(house), month(house), voice(), "ru", spending.today(house.clock())))
        assert "За это время ничего не поступало и не тратилось." in page.cells
        assert "table" not in page.elements


async def test_the_next_treasurer_is_told_what_is_in_hand_and_what_waits(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "90000")
        moving = await gifts.come(house, "700", received="0")
        for step, quantity, actor, of in (("sent", 70000, "giver", moving),):
            await house.write(
                "INSERT INTO pledge_event (pledge_id, step, quantity, actor, at)"
                " SELECT pledge_id, :step, :quantity, :actor, at FROM pledge_event WHERE pledge_id = :id",
                id=of.id,
                step=step,
                quantity=quantity,
                actor=actor,
            )
        await spend(house, "60000")
        page = Page(printing.handover(await sheet(house), voice(), "ru", spending.today(house.clock())))
        assert page.cells[0] == "Акт передачи учёта"
        assert page.cells[page.cells.index("Осталось в конце") + 1] == "90 000 сомов"
        assert page.cells[page.cells.index(moving.code) + 1] == "700 сомов"
        assert page.cells[page.cells.index("Расход № 1") + 1] == "60 000 сомов"
        assert {"Передал (ФИО, подпись):", "Принял (ФИО, подпись):"} <= set(page.cells)
        await spending.sign(stores(house), "suu", 1, hand(house, Role.SECOND))
        page = Page(printing.handover(await sheet(house), voice(), "ky", spending.today(house.clock())))
        assert page.cells[page.cells.index("Аягында калды") + 1] == "30 000 сом"
        assert "Жумшоо № 1" not in page.cells
