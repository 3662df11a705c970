"""The doors to figures and campaigns, and the page that describes them."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import fastapi
import httpx
import pytest
import pytest_asyncio
import sqlalchemy as sa

from api import docs, schemas
from bot import wiring
from bot.engine.pledging import campaigns
from bot.engine.pledging.events import Role
from bot.services import publishing, steering
from models import tables
from tests import filling
from tests.api import opened


class Doors(NamedTuple):
    """The app, its house and a browser."""

    app: fastapi.FastAPI
    house: wiring.House
    client: httpx.AsyncClient

    async def get(self, path: str, **query: str) -> Any:
        """What a door says; it must let in."""
        response = await self.client.get(path, params=query)
        assert response.status_code == 200, response.text
        return response.json()


@contextlib.asynccontextmanager
async def _open(database_url: str, var: Path) -> AsyncIterator[Doors]:
    async with opened.app(database_url, var) as made, opened.client(made) as client:
        house: wiring.House = made.state.house
        definition = await filling.publish(house.database)
        await filling.respond(house.database, house.seal, definition, filling.people(definition, 400))
        yield Doors(made, house, client)


@pytest_asyncio.fixture
async def doors(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Doors]:
    """The app with 400 responses to a small survey."""
    async with _open(sqlite_url, tmp_path / "var") as made:
        yield made


@pytest_asyncio.fixture
async def each_doors(database_url: str, tmp_path: Path) -> AsyncIterator[Doors]:
    """The same on either database."""
    async with _open(database_url, tmp_path / "var") as made:
        yield made


async def recount(doors: Doors, question: str, **where: str) -> Counter[str]:
    """The answers to a question, counted from the rows of the grown-up."""
    answer, other = tables.answer, tables.answer.alias()
    grown = sa.select(other.c.response_id).where(other.c.question == "age", other.c.value.not_in(["15", "17"]))
    aged = sa.select(other.c.response_id).where(other.c.question == "age")
    query = sa.select(answer.c.value).where(
        answer.c.question == question, answer.c.response_id.in_(grown) | answer.c.response_id.not_in(aged)
    )
    for name, value in where.items():
        here = sa.select(other.c.response_id).where(other.c.question == name, other.c.value == value)
        query = query.where(answer.c.response_id.in_(here))
    async with doors.house.database.reading() as connection:
        return Counter(await connection.scalars(query))


async def test_surveys(doors: Doors) -> None:
    found = {form["name"]: form for form in await doors.get("/api/forms")}
    assert found.keys() == {"priorities", "small"}
    assert found["small"]["title"] == {"ky": "Small ky", "ru": "Small ru"}
    assert found["small"]["breakdowns"] == ["place", "sex", "age_group", "channel", "language"]


async def test_figures_equal_a_recount_of_the_rows(each_doors: Doors) -> None:
    results = await each_doors.get("/api/forms/small/results", by="place")
    assert (results["note"], results["least"]) == ("indicative: the sample chose itself", 10)
    top = next(question for question in results["questions"] if question["name"] == "top")
    assert top["label"] == {"ky": "What first? ky", "ru": "What first? ru"}
    assert [option["name"] for option in top["options"]] == list(filling.NEEDS)
    compared = 0
    for group, where in [(top["everybody"], {}), *((group, {"place": group["level"]}) for group in top["groups"])]:
        rankings = await recount(each_doors, "top", **where)
        if not group["withheld"]:
            assert group["n"] == rankings.total()
        for figure in group["figures"]:
            at = [0, 0, 0]
            for ranking, count in rankings.items():
                if figure["option"] in ranking.split(" "):
                    at[ranking.split(" ").index(figure["option"])] += count
            if figure["withheld"]:
                assert figure["first"] is figure["among"] is figure["borda"] is None
            else:
                compared += 1
                said = (figure["first"]["count"], figure["among"]["count"], figure["borda"])
                assert said == (at[0], sum(at), 3 * at[0] + 2 * at[1] + at[2])
                assert figure["first"]["share"] == pytest.approx(at[0] / rankings.total())
    assert compared >= 3
    assert results["groups"][-1] == {"level": "KG05", "label": filling.text("KG05"), "n": None, "withheld": True}


async def test_minors_apart(doors: Doors) -> None:
    main = await doors.get("/api/forms/small/results", apart="false")
    minors = await doors.get("/api/forms/small/results", apart="true")
    assert (main["apart"], minors["apart"]) == (False, True)
    assert main["n"] + minors["n"] == 400
    grown = await recount(doors, "top")
    assert next(each for each in main["questions"] if each["name"] == "top")["everybody"]["n"] == grown.total()


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/api/forms/none/results", 404, "There is no survey “none”."),
        ("/api/forms/pledge/results", 404, "There is no survey “pledge”."),
        ("/api/campaigns/none", 404, "There is no campaign “none”."),
        (
            "/api/forms/small/results?by=village",
            400,
            "There is no breakdown “village”; there are place, sex, age_group, channel, language.",
        ),
    ],
)
async def test_what_there_is_not(doors: Doors, path: str, status: int, detail: str) -> None:
    response = await doors.client.get(path)
    assert (response.status_code, response.json()) == (status, {"detail": detail})


async def test_campaigns(each_doors: Doors) -> None:
    empty = await each_doors.get("/api/campaigns/suu")
    assert (empty["promised"], empty["pledges"], empty["withheld"]) == ([], None, True)
    rows = [("money", "KGS", 1_500_050, 7), ("money", "RUB", 300_000, 2)]
    names = ("need", "unit", "quantity", "pledges")
    said: dict[str, Any] = {}
    for more in ([], [("cement", "cement", 4_200, 1)]):
        async with each_doors.house.database.transaction() as connection:
            await connection.execute(sa.delete(tables.ledger_total))
            of = {"campaign_name": "suu", "stage": "", "som": 0}
            totals = [of | dict(zip(names, row, strict=True)) for row in [*rows, *more]]
            await connection.execute(sa.insert(tables.ledger_total), totals)
        said = await each_doors.get("/api/campaigns/suu")
        assert [said] == await each_doors.get("/api/campaigns")
        # What is promised is public; how many promised it, only when they are ten.
        assert (said["pledges"], said["withheld"]) == ((10, False) if more else (None, True))
    assert said["promised"] == [
        {"need": "cement", "unit": "cement", "quantity": "42"},
        {"need": "money", "unit": "KGS", "quantity": "15000.5"},
        {"need": "money", "unit": "RUB", "quantity": "3000"},
    ]
    nothing = {"oldest_rate": None, "newest_rate": None}
    assert said["som"] == [{"need": "money", "quantity": "0", "unvalued": 0, **nothing}]
    assert said["title"]["ru"] == "Чистая вода в село"
    assert (said["state"], said["deadline"]) == ("open", "2027-05-15")
    money = next(need for need in said["needs"] if need["kind"] == "money")
    assert money["minimum"].isdecimal()
    assert money["unit"] == {}


@pytest.mark.parametrize(("unvalued", "shown"), [(0, 0), (1, None), (9, None), (10, 10)])
async def test_all_money_comes_to_som_by_the_rates_of_its_days(
    each_doors: Doors, unvalued: int, shown: int | None
) -> None:
    days = [("confirmed", 24), ("received", 22), ("sent", 27), ("withdrawn", 20), ("lapsed", 28), ("due", None)]
    async with each_doors.house.database.transaction() as connection:
        [version] = await connection.scalars(sa.select(tables.campaign.c.current))
        of = {"campaign_name": "suu", "campaign_version": version, "need": "money", "unit": "RUB", "quantity": 100}
        pledges = [
            {"id": f"p{at}", "code": f"C{at}", "state": state, "rate_on": day and dt.date(2027, 2, day)}
            for at, (state, day) in enumerate(days)
        ]
        await connection.execute(sa.insert(tables.pledge), [of | pledge for pledge in pledges])
        sums = [("KGS", 1_500_050, 1_500_050, 7, 0), ("RUB", 300_000, 328_950, 12, unvalued)]
        names = ("unit", "quantity", "som", "pledges", "unvalued")
        totals = [
            {"campaign_name": "suu", "need": "money", "stage": stage} | dict(zip(names, row, strict=True))
            for stage in ("", "not_due")
            for row in sums
        ]
        await connection.execute(sa.insert(tables.ledger_total), totals)
    said = await each_doors.get("/api/campaigns/suu")
    assert said["som"] == [
        {
            "need": "money",
            "quantity": "18290",
            "unvalued": shown,
            "oldest_rate": "2027-02-22",
            "newest_rate": "2027-02-27",
        }
    ]
    page = (await each_doors.client.get("/results", params={"lang": "ru"})).text
    assert "Всего ≈ 18 290 сомов по курсу дня." in page
    assert ("для которых курс неизвестен" in page) == (unvalued > 0)


async def test_the_course_of_a_campaign_and_where_each_gift_is(each_doors: Doors) -> None:
    house, library = each_doors.house, publishing.Library()
    at = dt.datetime(2027, 6, 16, 6, tzinfo=dt.UTC)
    why = {"ky": "Жамгыр жаап, иш токтоду", "ru": "Дожди остановили работу"}
    assert await steering.mark(house.database, library, "suu", "spring", at) is None
    await steering.change(house.database, library, "suu", campaigns.State.CANCELLED, Role.FACILITATOR, at, why)
    async with house.database.transaction() as connection:
        of = {"campaign_name": "suu", "need": "cement", "unit": "cement", "som": 0}
        rows = [("", 4200, 10), ("not_due", 3000, 8), ("received", 1150, 2), ("fee", 50, 1)]
        totals = [of | {"stage": stage, "quantity": amount, "pledges": count} for stage, amount, count in rows]
        await connection.execute(sa.insert(tables.ledger_total), totals)
    said = await each_doors.get("/api/campaigns/suu")
    assert (said["state"], said["model"]) == ("cancelled", "open")
    assert {each["stage"]: each["quantity"] for each in said["stages"]} == {
        "fee": "0.5",
        "not_due": "30",
        "received": "11.5",
    }
    assert said["promised"] == [{"need": "cement", "unit": "cement", "quantity": "42"}]
    spring, pipes, _ = said["milestones"]
    assert (spring["by"], spring["reached_at"]) == ("2027-06-15", "2027-06-16T06:00:00+00:00")
    assert pipes["reached_at"] is None
    assert [(each["state"], each["milestone"]) for each in said["course"]] == [
        ("open", ""),
        ("open", "spring"),
        ("cancelled", ""),
    ]
    assert said["course"][-1]["why"] == why
    page = (await each_doors.client.get("/results?lang=ru")).text
    assert "Ашар отменён" in page
    assert "Срок ещё не наступил: 30 мешков цемента" in page
    assert "Получено: 11,5 мешка цемента" in page
    assert "В пути" not in page
    assert "Ашар токтотулду" in (await each_doors.client.get("/results?lang=ky")).text


async def test_what_is_being_prepared_is_not_shown(each_doors: Doors) -> None:
    async with each_doors.house.database.transaction() as connection:
        await connection.execute(sa.update(tables.campaign).values(state="draft"))
    assert await each_doors.get("/api/campaigns") == []
    for path in ("/results?lang=ru", "/privacy"):
        assert "Чистая вода в село" not in (await each_doors.client.get(path)).text


@pytest.mark.parametrize("schema", [schemas.Form, schemas.Results, schemas.Campaign, schemas.Health, schemas.Problem])
def test_examples_are_of_their_schema(schema: type[Any]) -> None:
    for example in schema.model_json_schema()["examples"]:
        made = schema.model_validate(example)
        assert made.model_dump(mode="json") == example


async def test_every_door_is_documented_with_an_example(doors: Doors) -> None:
    schema = doors.app.openapi()
    found = {operation.path: operation for operation in docs.operations(schema)}
    assert {
        "/api/forms",
        "/api/forms/{name}/results",
        "/api/campaigns",
        "/api/campaigns/{name}",
        "/api/exports/{form}.csv",
        "/api/health",
    } <= found.keys()
    for operation in found.values():
        assert operation.description, operation.path
        assert all(answer.example for answer in operation.answers), operation.path
        assert all(description for _, _, description, _ in operation.parameters), operation.path


async def test_the_documentation_is_a_page_without_script(doors: Doors) -> None:
    response = await doors.client.get("/docs")
    assert response.status_code == 200
    assert "GET /api/forms/{name}/results" in response.text
    assert "Authorization: Bearer" in response.text
    assert "<script" not in response.text
    assert "http://" not in response.text.replace(opened.SITE, "")
    assert "https://" not in response.text
    assert (await doors.client.get("/openapi.json")).json()["info"]["title"] == "Ashar"


@pytest.mark.parametrize(
    "path",
    ["/api/forms/a%00b/results", "/api/campaigns/a%00b", "/api/campaigns/a%00b/spending/1/photo", "/campaigns/a%00b"],
)
async def test_a_name_that_no_database_can_hold_is_nobodys(each_doors: Doors, path: str) -> None:
    assert (await each_doors.client.get(path)).status_code == 404
