"""A well, from the first promise to the last word: migrants and a neighbour give, and all figures are right."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import __main__
from bot.services import postmarking, ticking
from models import db
from tests import talking
from tests.e2e import browser, phones, residents, running, telling
from tests.e2e.test_end_to_end import AK_SUU, ISSYK_KUL, plan

CAMPAIGN = """
name: kuduk
form: pledge.yaml
place: KG02205000000
title: {ky: "Мектепке кудук", ru: "Колодец для школы"}
story: {ky: "Мектептин жанына кудук казабыз.", ru: "Роем колодец у школы."}
holder: {ky: "ашар комитети", ru: "комитет ашара"}
treasurer: {ky: "казыначы", ru: "казначей"}
signatory: {ky: "төрага", ru: "председатель"}
second_signature_above: 50000
deadline: 2027-03-20
model: threshold
state: draft
needs:
  - name: money
    kind: money
    label: {ky: "Акча", ru: "Деньги"}
    minimum: 100000
    optimum: 160000
  - name: labour
    kind: labour
    label: {ky: "Кол күчү (күн)", ru: "Рабочие руки (дни)"}
    unit: {ky: [күндүк жумуш], ru: [день работы, дня работы, дней работы]}
    minimum: 6
    optimum: 12
handover: {ky: "комитеттин эсебине.", ru: "на счёт комитета."}
milestones:
  - {name: dug, title: {ky: "Кудук казылды", ru: "Колодец вырыт"}, by: 2027-03-31}
  - {name: water, title: {ky: "Суу чыкты", ru: "Пошла вода"}, by: 2027-04-10}
matching:
  - name: fund
    kind: money
    factor: 0.5
    cap_pledge: 20000
    cap_total: 40000
    whose: {ky: "мекендештердин фонду", ru: "фонд земляков"}
"""
RATES = """<?xml version="1.0" encoding="windows-1251" ?>
<CurrencyRates Name="Daily Exchange Rates" Date="01.03.2027">
<Currency ISOCode="USD"><Nominal>1</Nominal><Value>87,5000</Value></Currency>
<Currency ISOCode="RUB"><Nominal>1</Nominal><Value>1,1000</Value></Currency>
<Currency ISOCode="TRY"><Nominal>10</Nominal><Value>20,0000</Value></Currency>
</CurrencyRates>
"""
FACILITATOR = "made-up-facilitator-token"


@pytest_asyncio.fixture
async def well(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[telling.Well]:
    clock = talking.Clock()
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "kuduk.campaign.yaml").write_text(CAMPAIGN, "utf-8")
    for file in ("pledge.yaml", "places.csv"):
        (tmp_path / "flows" / file).write_bytes((running.FLOWS / file).read_bytes())
    (tmp_path / "daily.xml").write_bytes(RATES.encode("cp1251"))
    monkeypatch.setattr(ticking, "Clock", functools.partial(telling.Rounds, clock=clock))
    monkeypatch.setattr(ticking, "PAUSE", 0.02)
    monkeypatch.setattr(postmarking, "_SHORTEST", 0.1)
    monkeypatch.setattr(db, "now", clock)

    def shell(*words: str) -> str:
        assert __main__.main(words) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    survey, more = running.FLOWS / "priorities.yaml", {"ASHAR_FACILITATOR_TOKEN": FACILITATOR}
    entropy, flows = talking.Chance(), (survey, tmp_path / "flows")
    async with running.running(
        database_url, tmp_path / "var", clock=clock, entropy=entropy, more=more, flows=flows
    ) as app:
        for name, value in running.environ(database_url, tmp_path / "var", app.telegram.url, app.twilio).items():
            monkeypatch.setenv(name, value)
        yield telling.Well(app, clock, shell)


def quantities(found: list[Any], *keys: str) -> dict[tuple[str, ...], str]:
    """Of rows of the API what identifies each, and how much it is."""
    return {tuple(row[key] for key in keys): row["quantity"] for row in found}


def fund(api: Any, need: str) -> list[str]:
    """What became of a need: not due, on the way, received, spent, left."""
    [found] = [each for each in api["funds"] if each["need"] == need]
    return [found[stage] for stage in ("not_due", "on_the_way", "received", "spent", "left")]


async def promise(well: telling.Well) -> tuple[telling.Giver, telling.Giver, telling.Giver, telling.Giver]:
    """Three migrants in three currencies, and a neighbour with hands."""
    driver = telling.Giver(well, phones.Telegram(well.app, 501, "ru"), "driver")
    cook = telling.Giver(well, phones.Twilio(well.app, "whatsapp", "+79990001122"), "cook")
    tailor = telling.Giver(well, browser.Browser(well.app), "tailor")
    neighbour = telling.Giver(well, phones.Telegram(well.app, 502, "ky"), "neighbour")
    await driver.pledges("2", "60000 рублей", "66 000 сомов")
    await cook.pledges("1", "400$", "35 000 сом")
    await tailor.pledges("2", "15000 лир", "30 000 сомов")
    api = await well.api()
    assert api["state"] == "open"
    assert [each["minimum_reached"] for each in api["progress"]] == [True, False]
    await neighbour.pledges("1", "6 күн жумуш", "6 күндүк")
    return driver, cook, tailor, neighbour


async def villagers(well: telling.Well) -> list[residents.Resident]:
    """Ten who live there and want to hear what comes of things."""
    found = []
    for number in range(10):
        person = plan(number, age=30 + number)
        phone = phones.Twilio(well.app, "sms", f"+99655500030{number}")
        given = {**person.answers, "oblast": ISSYK_KUL, "raion": AK_SUU, "village": "Чоң-Жар", "hear": "yes"}
        answers = {name: answer for name, answer in given.items() if answer is not None}
        each = residents.Resident(phone, person.language, person.way)
        await each.answers("s-priorities", "priorities.yaml", answers)
        found.append(each)
    await well.heard()
    return found


#: What each was told without having asked: (day, what), the campaign's title left out.
TOLD = {
    "driver": [
        ("03-02", "Необходимый минимум обещан."),
        ("03-03", "Ваш вклад получен: 60 000 рублей. Большое спасибо!"),
        ("03-04", "Собираем обещанное."),
        ("03-05", "Потрачено: Кольца — 40 000,50 сома\nПотрачено: Рытьё — 6 дней работы"),
        ("03-06", "Работа идёт.\nЧасть работы сделана: Колодец вырыт."),
        ("04-06", "Работа сделана.\nРабота правда закончена?"),
        ("04-07", "Работа сделана, и жители это подтвердили."),
    ],
    "cook": [
        ("03-02", "Эң аз керектүүсүнө убада берилди."),
    ],
    "neighbour": [
        ("03-02", "Эң аз керектүүсүнө убада берилди."),
        ("03-03", "Салымыңыз алынды: 6 күндүк жумуш. Чоң рахмат!"),
        ("03-04", "Убада берилгендер чогултулуп жатат."),
        ("03-05", "Жумшалды: Шакекче — 40 000,50 сом\nЖумшалды: Казуу — 6 күндүк жумуш"),
        ("03-06", "Иш жүрүп жатат.\nИштин бир бөлүгү аткарылды: Кудук казылды."),
        ("04-06", "Иш бүттү.\nИш чын эле бүттүбү?"),
        ("04-07", "Иш бүттү, муну тургундар да ырасташты."),
    ],
}


async def test_a_well_is_promised_given_dug_and_rated(well: telling.Well, tmp_path: Path) -> None:
    app = well.app
    village = await villagers(well)
    assert "3 rates written down" in await well.shell("rates", "import", str(tmp_path / "daily.xml"))
    assert (await app.http.get("/api/campaigns/kuduk")).status_code == 404
    await well.shell("campaign", "open", "kuduk")
    api = await well.api()
    assert (api["state"], api["model"], api["promised"]) == ("open", "threshold", [])
    driver, cook, tailor, neighbour = await promise(well)
    await well.until(dt.date(2027, 3, 2))

    # The threshold is reached, and everybody hears of it once.
    api = await well.api()
    assert (api["state"], api["pledges"], api["withheld"]) == ("reached", None, True)
    promised = {
        ("money", "RUB"): "60000",
        ("money", "USD"): "400",
        ("money", "TRY"): "15000",
        ("labour", "labour"): "6",
    }
    assert quantities(api["promised"], "need", "unit") == promised
    # 60000 at 1.10, 400 at 87.50, 15000 at 2.00.
    assert [each["promised"] for each in api["progress"]] == ["131000", "6"]
    # 131000 of 100000 and 160000; 6 of 6 and 12.
    assert [each["of_minimum"] for each in api["progress"]] == ["1.31", "1"]
    assert [each["of_optimum"] for each in api["progress"]] == ["0.8187", "0.5"]
    # Half of each, at most 20000 of one, 40000 in all: 20000 + 17500 + 15000.
    assert [each["confirmed"] for each in api["matching"]] == ["40000"]

    # One takes it back, and nobody is asked why.
    await cook.says("убадам", "1", "алып салуу", "1", "меню")
    treasurer = telling.Giver(well, phones.Telegram(app, 503, "ru"), "treasurer")
    second = telling.Giver(well, phones.Twilio(app, "whatsapp", "+996555000777"), "second")
    for person, office, consent in ((treasurer, "treasurer", "2"), (second, "second", "1")):
        code = re.search(r"link   (o-\w+)", await well.shell("campaign", "office", "kuduk", office))
        assert code
        await person.says(code[1], consent, "1")
    assert "отметили" in await driver.says("отправлено")
    assert "белгилеп койдук" in await neighbour.says("жөнөттүм")
    api = await well.api()
    assert fund(api, "money") == ["30000", "66000", "0", "0", "0"]
    assert fund(api, "labour") == ["0", "6", "0", "0", "0"]

    # Two are acknowledged; 66000 som take two signatures.
    listed = await treasurer.says("казна")
    assert f"1. {driver.code}: 60 000 рублей" in listed
    assert f"2. {neighbour.code}: 6 дней работы" in listed
    assert "подпишет и второй человек" in await treasurer.says("1 2")
    api = await well.api()
    assert fund(api, "money") == ["30000", "66000", "0", "0", "0"]
    assert fund(api, "labour") == ["0", "0", "6", "0", "6"]
    assert "сиздин колуңуз керек" in await second.says("казына")
    assert "Алынды деп жазылды" in await second.says("1", "1")
    assert fund(await well.api(), "money") == ["30000", "0", "66000", "0", "66000"]
    await well.until(dt.date(2027, 3, 3))
    await well.shell("campaign", "collect", "kuduk")
    await well.until(dt.date(2027, 3, 4))

    # It is dug.
    for what in (
        ("40000.50", "--need", "money", "--ky", "Шакекче", "--ru", "Кольца"),
        ("6", "--need", "labour", "--ky", "Казуу", "--ru", "Рытьё"),
    ):
        await well.shell("campaign", "spend", "kuduk", *what)
    api = await well.api()
    assert fund(api, "money") == ["30000", "0", "66000", "40000.5", "25999.5"]
    assert fund(api, "labour") == ["0", "0", "6", "6", "0"]
    await well.until(dt.date(2027, 3, 6))
    await well.shell("campaign", "work", "kuduk")
    await well.shell("campaign", "milestone", "kuduk", "dug")
    # Where nothing rings, what happened is said first when they come.
    assert "Потрачено: Кольца — 40 000,50 сома" in await tailor.says("меню")
    await well.until(dt.date(2027, 4, 5))
    token = {"Authorization": f"Bearer {FACILITATOR}"}
    listed_ = (await app.http.get("/api/campaigns/kuduk/pledges", headers=token)).json()["pledges"]
    assert {
        each["code"]: (each["unit"], each["state"], [step["step"] for step in each["events"]]) for each in listed_
    } == {
        driver.code: ("RUB", "received", ["offered", "confirmed", "sent", "acknowledged", "received", "accounted"]),
        cook.code: ("USD", "withdrawn", ["offered", "confirmed", "withdrawn"]),
        tailor.code: ("TRY", "lapsed", ["offered", "confirmed", "due", "lapsed"]),
        neighbour.code: ("labour", "accounted", ["offered", "confirmed", "sent", "received", "accounted"]),
    }

    # Is it really done? Those whose gift it is are asked, and ten who live there.
    await well.shell("campaign", "done", "kuduk")
    await well.until(dt.date(2027, 4, 6))
    for each in village:
        person = telling.Giver(well, each.phone, "")
        person.code = "none"
        await person.says(*{"ky": ("ооба", "5", "өткөр"), "ru": ("да", "5", "пропустить")}[each.language])
    assert "Ответ записан" in await driver.says("да", "4", "Спасибо всем")
    assert "Жообуңуз жазылды" in await neighbour.says("жарымы", "3", "өткөр")
    await well.until(dt.date(2027, 4, 8))

    api = await well.api()
    assert quantities(api["promised"], "need", "unit") == {("money", "RUB"): "60000", ("labour", "labour"): "6"}
    assert [(each["quantity"], each["unvalued"], each["newest_rate"]) for each in api["som"]] == [
        ("66000", 0, "2027-03-01")
    ]
    assert quantities(api["stages"], "unit", "stage") == {("RUB", "received"): "60000", ("labour", "received"): "6"}
    assert fund(api, "money") == ["0", "0", "66000", "40000.5", "25999.5"]
    assert fund(api, "labour") == ["0", "0", "6", "6", "0"]
    spent = [("money", "KGS", "40000.5", "2027-03-04", 1), ("labour", "labour", "6", "2027-03-04", 1)]
    keys = ("need", "unit", "quantity", "day", "signatures")
    assert [tuple(each[key] for key in keys) for each in api["spending"]] == spent
    assert [each["reached_at"][:10] if each["reached_at"] else None for each in api["milestones"]] == [
        "2027-03-06",
        None,
    ]
    assert [(each["state"], each["milestone"], each["at"][5:10]) for each in api["course"]] == [
        ("open", "", "03-01"),
        ("reached", "", "03-01"),
        ("collecting", "", "03-03"),
        ("working", "", "03-06"),
        ("working", "dug", "03-06"),
        ("done", "", "04-05"),
        ("confirmed", "", "04-06"),
    ]
    # 66000 of 100000 and of 160000; the fund adds its most to one gift.
    progress = [
        (each["promised"], each["received"], each["of_minimum"], each["of_optimum"]) for each in api["progress"]
    ]
    assert progress == [("66000", "66000", "0.66", "0.4125"), ("6", "6", "1", "0.5")]
    assert [(each["confirmed"], each["received"]) for each in api["matching"]] == [("20000", "20000")]
    # Eleven say yes and one partly: to show the eleven would tell of the one. (10 * 5 + 4 + 3) / 12 is 4.75.
    opinion = api["opinion"]
    assert (opinion["answered"], set(opinion["done"].values())) == (12, {None})
    assert (opinion["rated"], opinion["satisfaction"]) == (12, "4.8")
    assert (api["pledges"], api["givers"]["people"], api["named"], api["withheld"]) == (None, None, [], True)

    # Each thing was said once, and never two on one day.
    assert {name: well.told.pop(name) for name in TOLD} == TOLD
    # Where nothing rings, one notice waits at a time: the reminder, until they come again.
    (_, reached), (day, reminder) = well.told.pop("tailor")
    assert reached == "Необходимый минимум обещан."
    assert day == "03-13"
    assert f"15 000 лир. Код: {tailor.code}. Срок: 20 марта" in reminder
    asked = list(well.told.values())
    assert len(asked) == 10
    assert all([day for day, _ in each] == ["04-06"] for each in asked)
    assert "equal a recount" in await well.shell("tally", "check")
    assert (await app.count("set_aside"))["set_aside"] == 0
