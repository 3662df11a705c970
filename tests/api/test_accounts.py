"""What everybody sees of money that came: where it is, what it was spent on, and never a shortage."""

from __future__ import annotations

import dataclasses
import io
from decimal import Decimal
from pathlib import Path

from PIL import Image

from bot import wiring
from bot.engine.pledging import spending as book
from bot.engine.pledging.events import Role
from bot.services import certifying, publishing, spending
from models import db
from tests import talking
from tests.api import opened
from tests.services import gifts, test_spending
from tests.services import house as houses

WHAT = {"ky": "Түтүк <100 метр>", "ru": "Трубы"}


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(written, "JPEG")
    return written.getvalue()


async def test_what_was_spent_and_what_is_left_is_public(database_url: str, tmp_path: Path) -> None:
    async with opened.app(database_url, tmp_path / "var") as made, opened.client(made) as client:
        house: wiring.House = made.state.house
        clock = talking.Clock()
        clock.now = db.now()
        async with houses.opened(database_url, clock=clock) as village:
            await gifts.come(village, "5000")
            await gifts.come(village, "100", unit="USD", rate="87.4552")
            await gifts.come(village, "700", received="0")
            await gifts.come(village, "40", need="cement")
            clock.now = db.now()
            all_ = spending.Stores(house.database, publishing.Library(), house.files)
            hand = book.Hand(Role.TREASURER, "shell", clock.now)
            for quantity, need, photo in (
                ("3000.50", "money", picture()),
                ("12", "cement", b""),
                ("500", "money", b""),
            ):
                wanted = spending.Wanted(need, Decimal(quantity), spending.today(clock.now), WHAT, photo)
                assert isinstance(await spending.spend(all_, "suu", wanted, hand), book.Entry)
            assert isinstance(await spending.undo(all_, "suu", 3, hand, test_spending.WHY), book.Entry)
        found = (await client.get("/api/campaigns/suu")).json()
        funds = {each.pop("need"): each for each in found["funds"]}
        money = {"unit": "KGS", "not_due": "700", "on_the_way": "0", "received": "13745.52", "spent": "3000.5"}
        assert funds["money"] == money | {"left": "10745.02"}
        assert funds["cement"]["left"] == "28"
        assert {each["stage"] for each in found["stages"]} == {"not_due", "received"}
        assert [(each["number"], each["quantity"], each["taken_back"]) for each in found["spending"]] == [
            (1, "3000.5", False),
            (2, "12", False),
            (3, "500", True),
        ]
        assert (found["spending"][0]["what"], found["spending"][2]["why"]) == (WHAT, test_spending.WHY)
        address = found["spending"][0]["photo"]
        answer = await client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        with Image.open(io.BytesIO(answer.content)) as image:
            assert image.size == (64, 48)
        for number in ("2", "3", "9"):
            assert (await client.get(address.replace("/1/", f"/{number}/"))).status_code == 404
        page = (await client.get("/results?lang=ky")).text
        assert "Жумшалды: 3 000,50 сом; 12 кап цемент" in page
        assert "Алынды: 40 кап цемент; 5 000 сом; 100 доллар" in page
        assert "Калды: 10 745,02 сом; 28 кап цемент" in page
        assert "Түтүк &lt;100 метр&gt;" in page
        assert "<s>Түтүк &lt;100 метр&gt; — 500 сом" in page
        assert f'<a href="{address}">сүрөт</a>' in page
        folded = dataclasses.replace(hand, at=db.now())
        assert isinstance(await spending.undo(all_, "suu", 1, folded, test_spending.WHY), book.Entry)
        assert (await client.get(address)).status_code == 404


async def test_what_only_waits_for_a_signature_is_not_spent(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path / "var") as made, opened.client(made) as client:
        async with houses.opened(sqlite_url) as village:
            await gifts.come(village, "90000")
            await test_spending.spend(village, "60000")
        found = (await client.get("/api/campaigns/suu")).json()
        assert found["spending"] == []
        assert found["funds"][0]["left"] == "90000"
        assert "Жумшалды" not in (await client.get("/results?lang=ky")).text


async def test_a_receipt_corrected_after_it_was_spent_reads_as_no_shortage(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path / "var") as made, opened.client(made) as client:
        async with houses.opened(sqlite_url) as village:
            await gifts.come(village, "900")
            await test_spending.spend(village, "900")
            await village.write("UPDATE ledger_total SET som = 10000 WHERE stage = 'received'")
        found = (await client.get("/api/campaigns/suu")).json()
        assert (found["funds"][0]["received"], found["funds"][0]["left"]) == ("100", "0")


async def test_what_nobody_asked_for_is_shown_apart_and_with_thanks(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path / "var") as made, opened.client(made) as client:
        house: wiring.House = made.state.house
        await certifying.enter(
            house.database,
            publishing.Library(),
            house.seal,
            "suu",
            Role.TREASURER,
            "2 кой, камаз кум, 500 сом",
            "",
            db.now(),
        )
        found = (await client.get("/api/campaigns/suu")).json()
        assert [each["name"] for each in found["also_given"]] == ["also-sand-truck", "also-sheep-head"]
        assert found["also_given"][1] | {"unit": ""} == {
            "name": "also-sheep-head",
            "kind": "livestock",
            "label": {"ky": "Кой", "ru": "Овцы"},
            "unit": "",
            "minimum": "0",
            "optimum": "0",
        }
        received = {each["need"]: each["quantity"] for each in found["stages"] if each["stage"] == "received"}
        assert received == {"also-sheep-head": "2", "also-sand-truck": "1", "money": "500"}
        assert {each["need"]: each["left"] for each in found["funds"] if each["left"] != "0"} == received
        assert {each["need"] for each in found["progress"]} == {"money", "labour", "cement"}
        for address in ("/campaigns/suu?lang=ru", "/results?lang=ru"):
            page = (await client.get(address)).text
            assert "Кроме того, с благодарностью приняли: 1 камаз (песок); 2 головы (овцы)" in page
            assert page.count("песок") == 1
        assert (
            "also-sheep-head,livestock,Кой,Овцы,0,0,also-sheep-head,received,2,"
            in (await client.get("/api/campaigns/suu.csv")).text
        )


async def test_names_that_are_to_be_shown_are_on_the_page_as_many_as_it_may_weigh(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with opened.app(sqlite_url, tmp_path / "var") as made, opened.client(made) as client:
        house: wiring.House = made.state.house

        async def page(language: str) -> str:
            answer = await client.get(f"/campaigns/suu?lang={language}", headers={"Accept-Encoding": "identity"})
            assert len(answer.content) < 6000
            return answer.text

        async with houses.opened(sqlite_url) as village:

            async def called(name: str, shown: str) -> str:
                gift = await gifts.come(village, "500")
                sealed = house.seal.close("pledge", name)
                await village.write(
                    "UPDATE pledge SET sealed = :sealed, shown = :shown WHERE id = :id",
                    sealed=sealed,
                    shown=shown,
                    id=gift.id,
                )
                return gift.id

            assert "Среди тех" not in await page("ru")
            family = await called("<b>Асановы</b>", "family")
            await called("Жакып Асанов", "person")
            names = "&lt;b&gt;Асановы&lt;/b&gt; (семья), Жакып Асанов<"
            assert f"Среди тех, кто помогает (имена названы с их согласия): {names}" in await page("ru")
            assert "Салым кошуп жаткандардын арасында (атын өздөрү айтышты): " in await page("ky")
            await village.write("UPDATE pledge SET sealed = NULL, shown = NULL WHERE id = :id", id=family)
            assert "Асановы" not in await page("ru")
            # A name that cannot be opened is nobody's reason to see nothing.
            await village.write("UPDATE pledge SET sealed = :sealed WHERE id = :id", sealed=b"bad", id=family)
            assert "с их согласия): Жакып Асанов<" in await page("ru")
            await village.write("UPDATE pledge SET sealed = NULL WHERE id = :id", id=family)
            for number in range(25):
                await called(f"{number:02} {'Ы' * 57}", "classmates")
            full = await page("ru")
            listed = full.count("ЫЫЫ (одноклассники)")
            assert 5 < listed < 25
            assert f"и ещё {26 - listed}" in full
