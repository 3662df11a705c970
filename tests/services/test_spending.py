"""What was spent: never more than there is, signed twice where it is much, accounted for by the oldest gifts first."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from bot.engine.pledging import spending as book
from bot.engine.pledging.events import Role
from bot.services import accounting, fetching, folding, publishing, spending, steering
from models import files
from tests.services import gifts
from tests.services import house as houses
from tests.services.house import SEAL, House, voice

WHAT = {"ky": "Түтүк", "ru": "Трубы"}
WHY = {"ky": "Эки жолу жазылган", "ru": "Записано дважды"}


def stores(house: House, folder: Path = Path("unused")) -> spending.Stores:
    return spending.Stores(house.database, publishing.Library(), files.Files(folder, SEAL))


def hand(house: House, by: Role = Role.TREASURER) -> book.Hand:
    return book.Hand(by, "shell", house.clock())


async def spend(
    house: House, quantity: str, need: str = "money", *, photo: bytes = b"", folder: Path = Path("unused")
) -> book.Entry | spending.Left:
    wanted = spending.Wanted(need, Decimal(quantity), spending.today(house.clock()), WHAT, photo)
    return await spending.spend(stores(house, folder), "suu", wanted, hand(house))


def refused(made: book.Entry | spending.Left) -> tuple[book.Reason, Decimal]:
    assert isinstance(made, spending.Left), made
    return made.reason, made.left


def number(made: book.Entry | spending.Left) -> int:
    assert isinstance(made, book.Entry), made
    return made.number


async def total(house: House, stage: str = "spent") -> list[tuple[str, int]]:
    found = await house.rows(
        "SELECT need, sum(quantity) FROM ledger_total WHERE stage = :stage AND pledges > 0 GROUP BY need ORDER BY need",
        stage=stage,
    )
    return [(need, int(quantity)) for need, quantity in found]


async def test_the_oldest_gifts_account_for_what_is_spent(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        for quantity in ("3000", "2000", "5000"):
            await gifts.come(house, quantity)
        assert number(await spend(house, "3500.50")) == 1
        assert await gifts.accounted(house) == [300000, 50050, 0]
        assert await house.rows("SELECT state FROM pledge ORDER BY id") == ["accounted", "received", "received"]
        assert number(await spend(house, "6000")) == 2
        assert await gifts.accounted(house) == [300000, 200000, 450050]
        assert await total(house) == [("money", 950050)] == await total(house, "accounted")
        assert await house.differences() == 0


async def test_no_more_than_there_is(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "40", need="cement")
        await gifts.come(house, "5000", received="3000", fee="20")
        await gifts.come(house, "900", received="0")
        assert refused(await spend(house, "3000.01")) == (book.Reason.NOT_THERE, Decimal(3000))
        assert refused(await spend(house, "41", "cement")) == (book.Reason.NOT_THERE, Decimal(40))
        assert refused(await spend(house, "1", "labour")) == (book.Reason.NOT_THERE, Decimal(0))
        assert refused(await spend(house, "1", "sheep"))[0] is book.Reason.NO_SUCH_NEED
        assert refused(await spend(house, "0"))[0] is book.Reason.ABSURD
        assert await house.count("spending") == 0
        assert number(await spend(house, "40", "cement")) == 1
        assert number(await spend(house, "3000")) == 2
        assert refused(await spend(house, "0.01")) == (book.Reason.NOT_THERE, Decimal(0))
        assert await total(house) == [("cement", 4000), ("money", 300000)]
        assert await house.differences() == 0


async def test_two_who_spend_the_same_money_at_once_do_not_both(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "3000")
        made = await asyncio.gather(*(spend(house, "2000") for _ in range(3)))
        assert sorted(isinstance(each, book.Entry) for each in made) == [False, False, True]
        assert await total(house) == [("money", 200000)]
        assert await house.differences() == 0


async def test_money_of_other_countries_counts_in_som_by_its_own_rate(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "100", unit="USD", rate="87.4552")
        await gifts.come(house, "5000", unit="RUB", rate="1.0731")
        await gifts.come(house, "50", unit="EUR")  # nobody knew its rate
        await gifts.come(house, "1000")
        there = Decimal("8745.52") + Decimal("5365.50") + 1000
        assert refused(await spend(house, "99999")) == (book.Reason.NOT_THERE, there)
        assert number(await spend(house, "10000")) == 1
        # 1254.48 som are 1169.02 roubles.
        assert await gifts.accounted(house) == [10000, 116902, 0, 0]
        assert await house.differences() == 0
        assert number(await spend(house, str(there - 10000))) == 2
        assert await gifts.accounted(house) == [10000, 500000, 0, 100000]
        assert await house.differences() == 0


async def test_a_large_one_takes_two_signatures_to_spend_and_to_take_back(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "90000")
        made = await spend(house, "50000.01")
        assert isinstance(made, book.Entry)
        assert made.step is book.Step.PROPOSED
        assert await total(house) == []
        # It is kept free for whoever signs.
        assert refused(await spend(house, "40000")) == (book.Reason.NOT_THERE, Decimal("39999.99"))
        treasurer, second = hand(house), hand(house, Role.SECOND)
        all_ = stores(house)
        assert refused(await spending.sign(all_, "suu", 1, treasurer))[0] is book.Reason.SAME_OFFICE
        assert number(await spending.sign(all_, "suu", 1, second)) == 2
        assert refused(await spending.sign(all_, "suu", 1, second))[0] is book.Reason.ALREADY_SO
        assert await total(house) == [("money", 5000001)]
        assert await gifts.accounted(house) == [5000001]
        assert number(await spending.undo(all_, "suu", 1, second, WHY)) == 3
        assert await total(house) == [("money", 5000001)]
        assert refused(await spending.undo(all_, "suu", 1, treasurer, WHY))[0] is book.Reason.WAITS
        assert refused(await spending.sign(all_, "suu", 1, second))[0] is book.Reason.SAME_OFFICE
        assert number(await spending.sign(all_, "suu", 1, treasurer)) == 4
        assert await total(house) == []
        assert await gifts.accounted(house) == [0]
        assert await house.rows("SELECT state FROM pledge") == ["received"]
        assert await house.differences() == 0


async def test_what_is_taken_back_is_there_again_and_nothing_vanishes(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "3000")
        await gifts.come(house, "3000")
        await spend(house, "4000")
        assert number(await spending.undo(stores(house), "suu", 1, hand(house), WHY)) == 2
        assert refused(await spending.undo(stores(house), "suu", 1, hand(house), WHY))[0] is book.Reason.ALREADY_SO
        assert refused(await spending.undo(stores(house), "suu", 7, hand(house), WHY))[0] is book.Reason.NO_SUCH_NUMBER
        assert await gifts.accounted(house) == [0, 0]
        assert number(await spend(house, "6000")) == 3
        rows = await house.rows("SELECT number, step, about, quantity FROM spending ORDER BY number")
        assert rows == [(1, "spent", 0, 400000), (2, "undone", 1, 400000), (3, "spent", 0, 600000)]
        assert await house.differences() == 0


async def test_more_gifts_than_one_commit_holds_are_accounted_for_too(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        for _ in range(accounting.BATCH + 7):
            await gifts.come(house, "100")
        assert number(await spend(house, str(100 * (accounting.BATCH + 5)))) == 1
        assert await gifts.accounted(house) == [10000] * (accounting.BATCH + 5) + [0, 0]
        await spending.undo(stores(house), "suu", 1, hand(house), WHY)
        assert await gifts.accounted(house) == [0] * (accounting.BATCH + 7)
        assert await house.differences() == 0


async def test_the_clock_lets_others_account_for_what_a_correction_takes_away(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        first = await gifts.come(house, "3000")
        await gifts.come(house, "3000")
        await spend(house, "3000")
        for step, actor in (("correction", "treasurer"), ("corrected", "second")):
            await house.write(
                "INSERT INTO pledge_event (pledge_id, step, quantity, actor, hand, at)"
                " VALUES (:id, :step, 100000, :actor, :actor, :at)",
                id=first.id,
                step=step,
                actor=actor,
                at=house.clock() if database_url.startswith("postgresql") else house.clock().isoformat(" "),
            )
        outcome = await folding.rebuild(house.database)
        assert outcome.totals > 0
        assert await gifts.accounted(house) == [300000, 200000]
        assert await total(house, "accounted") == [("money", 300000)]
        assert await house.differences() == 0
        assert await accounting.settle(house.database, publishing.Library(), house.clock()) == 0


async def test_rows_that_cannot_be_are_named(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "3000")
        await spend(house, "1000")
        await house.write("UPDATE ledger_total SET quantity = 7, som = 7 WHERE stage = 'spent'")
        assert (await folding.check(house.database)).totals == 1
        assert (await folding.rebuild(house.database)).totals == 1
        assert await house.differences() == 0
        await house.write("UPDATE spending SET number = 2")
        assert (await folding.check(house.database)).spending == ("suu: row 2 a number is missing",)
        with pytest.raises(spending.Broken, match="a number is missing"):
            await spend(house, "1000")


async def test_only_on_days_of_the_campaign_and_only_of_one_there_is(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "3000")
        today = spending.today(house.clock())
        for day, written in ((1, False), (0, True), (-1, False)):
            wanted = spending.Wanted("money", Decimal(1), today + dt.timedelta(days=day), WHAT)
            made = await spending.spend(stores(house), "suu", wanted, hand(house))
            assert isinstance(made, book.Entry) is written
        with pytest.raises(steering.NoSuchCampaign):
            await spending.spend(stores(house), "su", spending.Wanted("money", Decimal(1), today, WHAT), hand(house))
        with pytest.raises(steering.NoSuchCampaign):
            await spending.undo(stores(house), "su", 1, hand(house), WHY)


def photograph() -> bytes:
    """As a camera writes it, with the place it was taken at."""
    image, written = Image.new("RGB", (64, 48), "grey"), io.BytesIO()
    exif = image.getexif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "Camera of somebody"
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


async def test_a_picture_holds_nothing_but_what_is_seen_and_goes_with_a_mistake(
    database_url: str, tmp_path: Path
) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "3000")
        await spend(house, "1000", photo=photograph(), folder=tmp_path)
        [name] = await house.rows("SELECT photo FROM spending")
        kept = files.Files(tmp_path, SEAL)
        content = await asyncio.to_thread(kept.read, name)
        assert b"Camera of somebody" in photograph()
        assert b"Camera of somebody" not in content
        with Image.open(io.BytesIO(content)) as image:
            assert image.size == (64, 48)
        fetcher = fetching.Fetcher(house.database, SEAL, kept, {}, voice(), most=1)
        await fetcher.tidy(age=-1)
        assert await asyncio.to_thread(kept.read, name) == content
        await spending.undo(stores(house, tmp_path), "suu", 1, hand(house), WHY)
        await fetcher.tidy(age=-1)
        with pytest.raises(FileNotFoundError):
            await asyncio.to_thread(kept.read, name)


async def test_what_is_no_picture_is_refused_and_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url) as house:
        await gifts.come(house, "3000")
        folder = tmp_path / "media"
        with pytest.raises(spending.Unclean):
            await spend(house, "1000", photo=b"%PDF-1.7", folder=folder)
        assert refused(await spend(house, "9000", photo=photograph(), folder=folder))[0] is book.Reason.NOT_THERE
        assert [path for path in folder.rglob("*") if path.is_file()] == []
        assert await house.count("spending") == 0
