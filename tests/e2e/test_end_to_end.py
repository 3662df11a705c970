"""The main job from end to end: people talk on four channels in two languages, and the figures come out of the API."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.results import suppression
from bot.services import counting
from tests.e2e import browser, phones, residents, running

CHANNELS = ("telegram", "whatsapp", "sms", "web")
WAYS = (residents.PRESSES, residents.NUMBERS, residents.WORDS)
ISSYK_KUL, KARAKOL, AK_SUU = "KG02000000000", "KG02410000010", "KG02205000000"
#: The options of which enough is said in every place; the others are put beside them in turn.
FAMILY = ("drinking_water", "work", "nutrition", "education", "housing", "health", "documents", "social_protection")
COMMUNITY = ("roads", "land", "farming", "irrigation", "market", "services", "participation", "environment")
GIFTS: tuple[tuple[str, str, str], ...] = (
    ("money", "KGS", "5000"),
    ("money", "RUB", "1500.50"),
    ("money", "USD", "100"),
    ("labour", "labour", "3"),
    ("cement", "cement", "10"),
    ("money", "KZT", "20000"),
    ("money", "EUR", "75"),
    ("money", "TRY", "900"),
    ("money", "KRW", "50000"),
    ("money", "RUB", "2000"),
    ("labour", "labour", "5"),
    ("money", "KGS", "0.25"),
)


@dataclass(frozen=True)
class Plan:
    """What one person says, decided before anybody speaks."""

    number: int
    channel: str
    language: str
    way: str
    answers: Mapping[str, Any]
    #: (need, currency or unit, quantity), or None.
    gift: tuple[str, str, str] | None

    @property
    def minor(self) -> bool:
        """Counted apart."""
        return int(self.answers["age"]) < 18


def plan(number: int, *, age: int) -> Plan:
    """Forty of these are ten in every place of the first option, ten on every channel, twenty in every language."""
    block = number // 4
    answers: dict[str, Any] = {
        "oblast": ISSYK_KUL,
        "raion": (KARAKOL, AK_SUU)[block % 2],
        "village": f"Айыл {number}" if block % 2 else None,
        "sex": ("woman", "man")[(number + block) % 2],
        "age": age,
        "parent": "yes",
        "where": "abroad" if number % 3 == 0 else "home",
        "family": ranked(FAMILY, (number + block) % 4, number),
        "community": ranked(COMMUNITY, (number + 2 * block + 1) % 4, number),
        "proposal": f"Сунуш {number}: көпүрө!" if number % 5 else None,
        "hear": ("yes", "no")[number % 2],
    }
    gift = GIFTS[number] if number < len(GIFTS) else None
    return Plan(number, CHANNELS[number % 4], ("ky", "ru")[block % 2], WAYS[number % 3], answers, gift)


def ranked(options: tuple[str, ...], place: int, number: int) -> tuple[str, ...]:
    """Three options; the first of the list in this place (0, 1, 2), or not among them (3)."""
    others = [options[1 + (number + step) % 7] for step in range(3)]
    if place < 3:
        others[place] = options[0]
    return tuple(others)


PLANS = (*(plan(number, age=20 + number) for number in range(40)), plan(40, age=16))


def resident(app: running.App, plan: Plan) -> residents.Resident:
    """The person of this plan with a phone in hand."""
    phone: phones.Phone
    match plan.channel:
        case "telegram":
            phone = phones.Telegram(app, 10_000 + plan.number, plan.language)
        case "web":
            phone = browser.Browser(app)
        case channel:
            phone = phones.Twilio(app, channel, f"+9965550001{plan.number:02d}")
    return residents.Resident(phone, plan.language, plan.way)


async def lives(person: residents.Resident, plan: Plan) -> None:
    """Answer the survey, then give."""
    answers = {name: answer for name, answer in plan.answers.items() if answer is not None}
    thanks = {"ky": "Чоң рахмат, жоопторуңузду алдык!", "ru": "Большое спасибо, ответы получены!"}[plan.language]
    assert thanks in await person.answers("s-priorities", "priorities.yaml", answers)
    if plan.gift:
        need, unit, quantity = plan.gift
        said = {"money": "лира" if unit == "TRY" else unit, "labour": "күн", "cement": "кап цемент"}[need]
        await person.pledges(f"{quantity} {said}", "Айгүл" if plan.number % 2 else "")


# -- recounting by hand ----------------------------------------------------------------------------------------------


def figures(people: Iterable[Plan], question: str, options: Iterable[str]) -> dict[str, dict[str, Any] | None]:
    """What the API must say of each option of a question: None where it must be withheld."""
    given = [plan.answers[question] for plan in people]
    found: dict[str, dict[str, Any] | None] = {}
    for option in options:
        if isinstance(given[0], tuple):
            places = [sum(picked[place] == option for picked in given) for place in range(3)]
            small = min(*places, len(given) - sum(places)) < suppression.LEAST
            figure = {"first": places[0], "among": sum(places), "borda": 3 * places[0] + 2 * places[1] + places[2]}
        else:
            chosen = given.count(option)
            small, figure = chosen < suppression.LEAST, {"chosen": chosen}
        found[option] = None if small else figure
    if list(found.values()).count(None) == 1:
        # One alone would follow from the rest; with two options that is the other one as well.
        assert len(found) == 2
        return dict.fromkeys(found)
    return found


def said_by_api(question: Mapping[str, Any]) -> dict[str, dict[str, Any] | None]:
    """The same in the API's answer, its shares checked against its counts."""
    everybody, found = question["everybody"], {}
    for figure in everybody["figures"]:
        numbers: dict[str, Any] = {}
        for name in ("chosen", "first", "among"):
            if share := figure[name]:
                assert share["share"] == share["count"] / everybody["n"]
                assert share["low"] < share["share"] < share["high"]
                numbers[name] = share["count"]
        if figure["borda"] is not None:
            numbers["borda"] = figure["borda"]
        assert figure["withheld"] == (not numbers)
        found[figure["option"]] = numbers or None
    return found


def promised(plans: Iterable[Plan]) -> Counter[tuple[str, str]]:
    """The campaign's totals."""
    total: Counter[tuple[str, str]] = Counter()
    for plan in plans:
        if plan.gift:
            need, unit, quantity = plan.gift
            total[need, unit] += Decimal(quantity)  # type: ignore[assignment] # a Counter adds whatever can be added
    return total


def row(plan: Plan, columns: Iterable[str]) -> dict[str, str]:
    """A person's line of the export."""
    said = {
        "wave": "1",
        "apart": "1" if plan.minor else "0",
        "status": "finished",
        "channel": plan.channel,
        "language": plan.language,
        **{name: "" if answer is None else str(answer) for name, answer in plan.answers.items()},
        "parent": "yes" if plan.minor else "",
    }
    if plan.minor:
        # Nobody under 18 is asked whether we may write to them.
        said["hear"] = ""
    for question in ("family", "community"):
        said |= {f"{question}_{place}": plan.answers[question][place - 1] for place in (1, 2, 3)}
    return {name: said[name] for name in columns if name in said}


# -- the API --------------------------------------------------------------------------------------------------------


async def check_results(app: running.App, people: list[Plan]) -> None:
    """The figures of the API equal those of the people who have answered and are still there."""
    adults = [plan for plan in people if not plan.minor]
    answer = await app.http.get("/api/forms/priorities/results")
    assert answer.status_code == 200
    results = answer.json()
    assert results["n"] == len(adults)
    asked = {question["name"]: question for question in results["questions"]}
    for name in ("sex", "where", "hear", "family", "community"):
        options = [option["name"] for option in asked[name]["options"]]
        assert said_by_api(asked[name]) == figures(adults, name, options), name
    for by in ("language", "channel", "sex"):
        groups = (await app.http.get("/api/forms/priorities/results", params={"by": by})).json()["groups"]
        sizes = Counter(getattr(plan, by, None) or plan.answers[by] for plan in adults)
        if min(sizes.values()) >= suppression.LEAST:
            assert {group["level"]: group["n"] for group in groups} == sizes
        else:
            assert {group["level"] for group in groups if group["n"] is None} >= {
                level for level, size in sizes.items() if size < suppression.LEAST
            }
    apart = (await app.http.get("/api/forms/priorities/results", params={"apart": "true"})).json()
    assert (apart["n"], apart["withheld"]) == (None, True), "one minor is fewer than ten"


async def check_campaign(app: running.App, plans: list[Plan]) -> None:
    """The totals of the API equal what was promised and not taken back."""
    campaign = (await app.http.get("/api/campaigns/suu")).json()
    totals = {(each["need"], each["unit"]): Decimal(each["quantity"]) for each in campaign["promised"]}
    assert {key: quantity for key, quantity in totals.items() if quantity} == promised(plans)
    pledges = sum(plan.gift is not None for plan in plans)
    assert campaign["pledges"] == (pledges if pledges >= suppression.LEAST else None)


async def check_export(app: running.App, people: list[Plan], *, personal: bool) -> None:
    """The export has a row for each of these people, with all that they said."""
    params = {"personal": "true"} if personal else {}
    token = {"Authorization": f"Bearer {running.EXPORT_TOKEN}"}
    answer = await app.http.get("/api/exports/priorities.csv", params=params, headers=token)
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    columns = {"channel", "language", "age", "sex", "family_1", "community_3", "village", "raion"}
    assert columns <= set(rows[0])
    assert ("proposal" in rows[0]) == personal
    wanted = [row(plan, rows[0]) for plan in people]
    found = [{name: each[name] for name in wanted[0]} for each in rows]
    assert sorted(map(sorted, map(dict.items, found))) == sorted(map(sorted, map(dict.items, wanted)))
    assert len({each["response"] for each in rows}) == len(rows)


async def test_what_people_say_on_every_channel_comes_out_of_the_api(database_url: str, tmp_path: Path) -> None:
    async with running.running(database_url, tmp_path) as app:
        people = [resident(app, plan) for plan in PLANS]
        await residents.together(*(lives(person, plan) for person, plan in zip(people, PLANS, strict=True)))
        standing = list(PLANS)
        adults = [plan for plan in PLANS if not plan.minor]
        # What is compared is not only what is withheld.
        assert figures(adults, "family", FAMILY)[FAMILY[0]] == {"first": 10, "among": 30, "borda": 60}
        assert figures(adults, "sex", ("woman", "man")) == {"woman": {"chosen": 20}, "man": {"chosen": 20}}
        await check_results(app, standing)
        await check_campaign(app, standing)
        await check_export(app, standing, personal=False)
        await check_export(app, standing, personal=True)
        assert (await app.http.get("/api/exports/priorities.csv")).status_code == 401

        # One on each channel takes the promise back; the answers stay.
        back = range(4)
        for number in back:
            assert people[number].codes[0] not in await people[number].withdraws(people[number].codes[0])
        kept = [plan for plan in PLANS if plan.number not in back]
        await check_campaign(app, kept)
        await check_results(app, standing)

        # Erased: somebody whose answer lifted the first option above the limit, and who had promised something.
        gone = next(plan for plan in PLANS[4:8] if plan.answers["family"][0] == FAMILY[0])
        await people[gone.number].erases()
        standing.remove(gone)
        kept.remove(gone)
        await check_results(app, standing)
        await check_campaign(app, kept)
        await check_export(app, standing, personal=True)
        assert figures([plan for plan in standing if not plan.minor], "family", FAMILY)[FAMILY[0]] is None

        assert await counting.check(app.house.database, app.house.seal) == 0
        assert (await app.count("set_aside"))["set_aside"] == 0
        health = await app.http.get("/api/health")
        assert health.json()["status"] == "ok"
