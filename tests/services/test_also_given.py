"""Gifts that nobody promised and the campaign does not ask for: entered, corrected, spent, and on every paper."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from bot.engine.pledging import spending as book
from bot.engine.pledging.events import Role
from bot.services import booking, certifying, printing, publishing, spending
from models import files, ledger
from tests.services import house as houses
from tests.services import signers
from tests.services.house import SEAL, House, voice
from tests.services.test_printing import Page, month, sheet


async def totals(house: House) -> dict[tuple[str, str], Decimal]:
    """(need, stage) -> how much."""
    async with house.database.reading() as connection:
        found = (await ledger.totals(connection))["suu"]
    return {(each.need, each.stage): Decimal(each.quantity) / 100 for each in found if each.quantity}


async def test_the_commonest_gift_of_all_gets_a_numbered_receipt(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        treasurer, second = await signers.signer(house), await signers.signer(house, Role.SECOND)
        asked = await treasurer.says("казна", "бир кой, 2 камаз кум, 3000 сом")
        assert "1 голова (овцы); 2 камаза (песок); 3 000 сомов" in asked.head
        told = await treasurer.says("1")
        assert re.findall(r"чека: (\d)", told.head) == ["1", "2", "3"]
        made = await certifying.enter(
            house.database, publishing.Library(), SEAL, "suu", Role.SECOND, "5 мешков муки", "Асан", house.clock()
        )
        assert [each.receipt for each in made] == [4]
        assert await totals(house) == {
            (need, stage): Decimal(amount)
            for need, amount in (
                ("also-sheep-head", 1),
                ("also-sand-truck", 2),
                ("also-flour-bag", 5),
                ("money", 3000),
            )
            for stage in (booking.ALL, "received")
        }
        assert await house.differences() == 0
        # A slip is corrected like any other, with the other office's signature.
        [code] = await house.rows("SELECT code FROM pledge WHERE receipt_number = 2")
        opened = await treasurer.says(code)
        [right] = [option.sends for option in opened.options if "Исправить" in option.label]
        await treasurer.says(right, "1")
        await second.says("казна", "1", "1")
        assert (await totals(house))["also-sand-truck", "received"] == 1
        assert await house.differences() == 0


async def test_it_is_spent_and_stands_on_paper_and_in_no_goal(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url) as house:
        library = publishing.Library()
        await certifying.enter(house.database, library, SEAL, "suu", Role.TREASURER, "2 кой", "", house.clock())
        wanted = spending.Wanted(
            "also-sheep-head", Decimal(1), spending.today(house.clock()), {"ky": "Түшкү тамак", "ru": "Обед"}
        )
        stores = spending.Stores(house.database, library, files.Files(tmp_path, SEAL))
        hand = book.Hand(Role.TREASURER, "shell", house.clock())
        assert isinstance(await spending.spend(stores, "suu", wanted, hand), book.Entry)
        assert (await totals(house))["also-sheep-head", "spent"] == 1
        assert await house.differences() == 0
        assert not isinstance(
            await spending.spend(stores, "suu", wanted._replace(quantity=Decimal(2)), hand), book.Entry
        )
        found = await sheet(house)
        receipt = Page(printing.receipt(found, "1", voice()))
        assert {"Алынды: 2 баш (кой)", "Получено: 2 головы (овцы)"} <= set(receipt.cells)
        account = Page(printing.account(found, month(house), voice(), "ru", spending.today(house.clock())))
        place = account.cells.index("Овцы")
        assert account.cells[place + 1 : place + 9] == [
            "Было в начале",
            "0 голов (овцы)",
            "Получено",
            "2 головы (овцы)",
            "Потрачено",
            "1 голова (овцы)",
            "Осталось в конце",
            "1 голова (овцы)",
        ]
        async with house.database.reading() as connection:
            catalogue = await library.catalogue(connection)
            stands = (await booking.standing(connection, {"suu": catalogue.campaigns["suu"]}))["suu"]
        assert {need.name for need in stands.needs} == {"money", "labour", "cement"}
