"""The doors to giving: a campaign's figures and pages for everybody, its pledges and their steps for one token."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import segno
from PIL import Image

from api import opendata
from bot import wiring
from bot.channels import base
from tests.api import opened

TOKEN, EXPORT = "a-facilitators-token-0123", "an-export-token-012345678"
_keys = itertools.count(1)


class Doors:
    """The app, its house and a browser; people who write by SMS."""

    def __init__(self, house: wiring.House, client: httpx.AsyncClient) -> None:
        self.house, self.client = house, client

    async def writes(self, address: str, *texts: str) -> None:
        """Somebody writes these."""
        for text in texts:
            await self.house.desk.receive(base.Inbound("sms", key=f"k{next(_keys)}", address=address, text=text))

    async def promises(self, address: str, *offers: str) -> None:
        """Somebody with that number promises these, in Russian."""
        await self.writes(address, "/start a-suu", "2", "1", offers[0], "1")
        for offer in offers[1:]:
            await self.writes(address, "/start a-suu", offer, "1")

    async def get(self, path: str, status: int = 200, token: str = "", **query: str) -> httpx.Response:
        """What a door says."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = await self.client.get(path, params=query, headers=headers)
        assert response.status_code == status, response.text
        return response

    async def step(self, code: str, key: str, token: str = TOKEN, **body: Any) -> httpx.Response:
        """A step through the token."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return await self.client.post(f"/api/pledges/{code}/steps", json=body, headers=headers)


@contextlib.asynccontextmanager
async def _open(database_url: str, var: Path) -> AsyncIterator[Doors]:
    tokens = {"ASHAR_FACILITATOR_TOKEN": TOKEN, "ASHAR_EXPORT_TOKEN": EXPORT}
    async with opened.app(database_url, var, **tokens) as made, opened.client(made) as client:
        yield Doors(made.state.house, client)


@pytest_asyncio.fixture
async def doors(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Doors]:
    """The app with what ships and no pledges."""
    async with _open(sqlite_url, tmp_path / "var") as made:
        yield made


@pytest_asyncio.fixture
async def each_doors(database_url: str, tmp_path: Path) -> AsyncIterator[Doors]:
    """The same on either database."""
    async with _open(database_url, tmp_path / "var") as made:
        yield made


# -- for everybody -------------------------------------------------------------------------------------------


async def test_progress_matching_and_cells(each_doors: Doors) -> None:
    for number in range(12):
        await each_doors.promises(f"+7916000{number:04}", "5000 сомов")
    for number in range(3):
        await each_doors.promises(f"+7701000{number:04}", "30 мешков цемента")
    said = (await each_doors.get("/api/campaigns/suu")).json()
    by_need = {each["need"]: each for each in said["progress"]}
    assert by_need["money"] == {
        "need": "money",
        "unit": "KGS",
        "promised": "60000",
        "received": "0",
        "minimum": "300000",
        "optimum": "420000",
        "of_minimum": "0.2",
        "of_optimum": "0.1428",
        "minimum_reached": False,
        "unvalued": False,
    }
    assert (by_need["cement"]["of_minimum"], by_need["cement"]["minimum_reached"]) == ("1.5", True)
    [fund] = said["matching"]
    assert (fund["confirmed"], fund["received"], fund["cap_total"]) == ("30000", "0", "60000")
    # Three in Kazakhstan are few, and with fifteen in all twelve in Russia would tell of them.
    assert said["givers"]["people"] == 15
    assert [(each["level"], each["people"]) for each in said["givers"]["countries"]] == [("KZ", None), ("RU", None)]
    for number in range(3, 10):
        await each_doors.promises(f"+7701000{number:04}", "1 мешок цемента")
    said = (await each_doors.get("/api/campaigns/suu")).json()
    assert [(each["level"], each["people"]) for each in said["givers"]["countries"]] == [("RU", 12), ("KZ", 10)]
    page = (await each_doors.get("/campaigns/suu", lang="ru")).text
    assert "<li>Россия: 12\n<li>Казахстан: 10" in page
    assert "Деньги: обещано 60 000 сомов; достаточно 300 000 сомов, лучше всего 420 000 сомов" in page
    assert '<progress max=1 value="0.1428">' in page
    assert "добавлено: 30 000 сомов, не больше 60 000 сомов" in page
    card = (await each_doors.get("/campaigns/suu/share", lang="ru")).text
    assert "Уже 22 обещания" in card


async def test_open_data(doors: Doors) -> None:
    await doors.promises("+79160000001", "5000,50 сомов", "3 мешка цемента")
    for path in ("/api/campaigns.csv", "/api/campaigns/suu.csv"):
        response = await doors.get(path)
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        assert 'rel="license"' in response.headers["link"]
        rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert list(rows[0]) == list(opendata.COLUMNS)
        told = [(row["need"], row["unit"], row["stage"], row["quantity"], row["som"]) for row in rows]
        assert told == [
            ("money", "KGS", "not_due", "5000.5", "5000.5"),
            ("labour", "labour", "not_due", "0", ""),
            ("cement", "cement", "not_due", "3", ""),
        ]
        assert {row["licence"] for row in rows} == {opendata.LICENCE}
    await doors.get("/api/campaigns/none.csv", 404)


async def test_a_code_to_print_leads_to_the_campaign(doors: Doors) -> None:
    target = f"{opened.SITE}/campaigns/suu"
    picture = Image.open(io.BytesIO((await doors.get("/campaigns/suu/qr.png")).content))
    expected = segno.make_qr(target, error="q").matrix
    step = picture.width // (len(expected) + 8)
    modules = [
        [picture.convert("L").getpixel(((x + 4) * step + step // 2, (y + 4) * step + step // 2)) == 0 for x in range(n)]
        for n in [len(expected)]
        for y in range(n)
    ]
    assert modules == [[bool(module) for module in row] for row in expected]
    drawn = await doors.get("/campaigns/suu/qr.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.content != (await doors.get("/campaigns/suu/qr.svg", to="web")).content
    sheet = (await doors.get("/campaigns/suu/qr")).text
    assert "<svg" in sheet
    assert target in sheet
    told = (await doors.get("/campaigns/suu/qr", 404, to="carrier-pigeon")).json()
    assert told == {"detail": "There is no way “carrier-pigeon” into this house; there are web."}
    for page in ("", "/share", "/qr", "/qr.svg", "/qr.png"):
        await doors.get(f"/campaigns/none{page}", 404)


async def test_pages_are_light(doors: Doors) -> None:
    for number in range(12):
        await doors.promises(f"+7916000{number:04}", "5000 сомов")
    for page in ("", "/share", "/qr"):
        response = await doors.client.get(f"/campaigns/suu{page}", headers={"Accept-Encoding": "identity"})
        assert len(response.content) < 6000, page


# -- for the token -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("token", "status"), [("", 401), (EXPORT, 403), ("wrong", 403)])
async def test_nobody_sees_pledges_without_the_facilitators_token(doors: Doors, token: str, status: int) -> None:
    await doors.get("/api/campaigns/suu/pledges", status, token)
    headers = {"Idempotency-Key": "12345678"} | ({"Authorization": f"Bearer {token}"} if token else {})
    answer = await doors.client.post("/api/pledges/AAAAAA/steps", json={"step": "sent"}, headers=headers)
    assert answer.status_code == status


async def test_a_house_without_that_token_has_no_such_door(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path / "var") as made, opened.client(made) as client:
        answer = await client.get("/api/campaigns/suu/pledges", headers={"Authorization": "Bearer "})
        assert answer.status_code in (401, 403)
        answer = await client.get("/api/campaigns/suu/pledges", headers={"Authorization": "Bearer x"})
        assert answer.status_code == 403


async def test_pledges_page_by_page_and_nobody_named(each_doors: Doors) -> None:
    await each_doors.writes("+79160000001", "/start a-suu", "2", "1", "5000 рублей", "3", "2", "Айгүл Асанова", "1")
    await each_doors.promises("+79160000002", "3 мешка цемента", "2 дня")
    path, found, after = "/api/campaigns/suu/pledges", [], ""
    while after is not None:
        response = await each_doors.get(path, token=TOKEN, limit="1", after=after)
        assert "Айгүл" not in response.text
        assert "7916" not in response.text
        page = response.json()
        found += page["pledges"]
        after = page["next"]
    assert sorted((each["need"], each["promised"], each["currency"]) for each in found) == [
        ("cement", "3", None),
        ("labour", "2", None),
        ("money", "5000", "RUB"),
    ]
    assert all(each["state"] == "confirmed" and each["steps"] == 2 for each in found)
    assert [step["step"] for step in found[0]["events"]] == ["offered", "confirmed"]
    await each_doors.get("/api/campaigns/none/pledges", 404, TOKEN)
    await each_doors.get(path, 422, TOKEN, limit="0")


async def one(doors: Doors) -> str:
    """The code of the only pledge."""
    [pledge] = (await doors.get("/api/campaigns/suu/pledges", token=TOKEN)).json()["pledges"]
    return str(pledge["code"])


async def test_a_step_is_made_once_however_often_it_is_sent(each_doors: Doors) -> None:
    await each_doors.promises("+79160000001", "10 мешков цемента")
    code = await one(each_doors)
    first = await each_doors.step(code, "one-step-1", step="sent", quantity="4.5", seen=2)
    assert (first.status_code, first.json()["state"], first.json()["steps"]) == (200, "sent", 3)
    event = first.json()["events"][-1]
    assert (event["step"], event["quantity"], event["by"]) == ("sent", "4.5", "facilitator")
    assert (await each_doors.step(code, "one-step-1", step="sent", quantity="4.5", seen=2)).json() == first.json()
    other = await each_doors.step(code, "one-step-1", step="sent", quantity="5")
    assert (other.status_code, other.json()["reason"]) == (409, "key_used")
    late = await each_doors.step(code, "one-step-2", step="sent", quantity="6", seen=2)
    assert (late.status_code, late.json()["reason"]) == (409, "changed_meanwhile")
    said = (await each_doors.get("/api/campaigns/suu")).json()
    stages = {each["stage"]: each["quantity"] for each in said["stages"]}
    assert stages == {"not_due": "5.5", "on_the_way": "4.5"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"step": "received", "quantity": "5"}, "not_yours"),
        ({"step": "lapsed"}, "not_yours"),
        ({"step": "confirmed"}, "already_so"),
        ({"step": "postponed"}, "no_date"),
        ({"step": "postponed", "due": "2020-01-01"}, "past_date"),
        ({"step": "changed", "quantity": "0"}, "absurd"),
        ({"step": "changed", "quantity": "9000000000"}, "absurd"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_reason(doors: Doors, body: dict[str, str], reason: str) -> None:
    await doors.promises("+79160000001", "10 мешков цемента")
    code = await one(doors)
    answer = await doors.step(code, "a-step-of-mine", **body)
    assert (answer.status_code, answer.json()["reason"]) == (409, reason)
    assert len(answer.json()["detail"]) > 10
    # Nothing was written, the key neither: the same key may come with what can be done.
    done = await doors.step(code, "a-step-of-mine", step="changed", quantity="12")
    assert (done.status_code, done.json()["promised"]) == (200, "12")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"step": "stolen"},
        {"step": "sent", "quantity": 5.5},
        {"step": "sent", "quantity": "-5"},
        {"step": "sent", "quantity": "1e3"},
        {"step": "sent", "quantity": "5.123"},
        {"step": "sent", "fee": "many"},
        {"step": "postponed", "due": "soon"},
        {"step": "sent", "amount": "5"},
    ],
)
async def test_what_makes_no_sense_is_said_to(doors: Doors, body: dict[str, Any]) -> None:
    answer = await doors.step("AAAAAA", "a-step-of-mine", **body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_no_pledge_and_no_key(doors: Doors) -> None:
    assert (await doors.step("AAAAAA", "a-step-of-mine", step="sent")).status_code == 404
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = await doors.client.post("/api/pledges/AAAAAA/steps", json={"step": "sent"}, headers=headers)
    assert (answer.status_code, "Idempotency-Key" in answer.text or "idempotency-key" in answer.text) == (422, True)


async def test_pledges_are_exported_to_either_token_and_names_to_one(doors: Doors) -> None:
    await doors.writes("+79160000001", "/start a-suu", "2", "1", "5000 рублей", "3", "2", "Айгүл Асанова", "1")
    path = "/api/exports/campaigns/suu"
    for token in (TOKEN, EXPORT):
        rows = csv.DictReader(io.StringIO((await doors.get(f"{path}.csv", token=token)).content.decode("utf-8-sig")))
        [row] = rows
        assert (row["campaign"], row["state"], row["unit"], row["promised"]) == ("suu", "confirmed", "RUB", "5000")
        assert row["country"] == "RU"
        assert "name" not in row
    line = json.loads((await doors.get(f"{path}.jsonl", token=TOKEN)).text)
    assert (line["promised"], [step["step"] for step in line["event"]]) == ("5000", ["offered", "confirmed"])
    assert "name" not in line
    named = json.loads((await doors.get(f"{path}.jsonl", token=EXPORT, personal="true")).text)
    assert named["name"] == "Айгүл Асанова"
    await doors.get(f"{path}.csv", 403, TOKEN, personal="true")
    await doors.get(f"{path}.csv", 403, "wrong")
    await doors.get(f"{path}.csv", 401)
    await doors.get("/api/exports/campaigns/none.csv", 404, EXPORT)
