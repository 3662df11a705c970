"""What a response takes on the line is counted with it, in the commit of each turn."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.channels import weighing
from bot.engine import table
from bot.services import collecting, exporting, publishing, reaching
from tests import talking
from tests.services import house as houses
from tests.services.house import House, Letterbox, Person


class Counted(NamedTuple):
    """One response's counters, and what else tells it from the others."""

    form: str
    status: str
    load: weighing.Load


async def counted(house: House) -> list[Counted]:
    """In the order in which they were begun."""
    columns = "form_name, status, messages_in, messages_out, bytes_in, bytes_out"
    rows = await house.rows(f"SELECT {columns} FROM response ORDER BY begun_at, id")
    return [Counted(form, status, weighing.Load(*load)) for form, status, *load in rows]


@functools.cache
def catalogue() -> publishing.Catalogue:
    return publishing.prepare([talking.FLOWS]).catalogue()


def walked(channel: str, language: str) -> list[weighing.Load]:
    """The shortest way through the survey, message by message."""
    way = reaching.walk(catalogue(), "s-priorities", houses.voice(), talking.SITE, channel, language)
    return [step.load for step in way]


def together(loads: list[weighing.Load]) -> weighing.Load:
    return functools.reduce(weighing.Load.plus, loads)


async def shortest(person: Person) -> None:
    """The same way, on a real desk; on Telegram by taps, where there is something to tap."""
    link, on_telegram = "s-priorities", person.channel == "telegram"
    shown = await (person.sends("start", start=link) if on_telegram else person.sends(f"ashar {link}"))
    consent = ("1", "1") if person.channel == "sms" else ("1",)
    for text in (*consent, "1", "1", "1", "30", "1", "1 2 3", "1 2 3", reaching.SENTENCE["ky"], "1"):
        if on_telegram and text in {option.sends for option in shown.options}:
            shown = await person.sends(text, tap=(shown.tag, shown.step), edits="9", callback="1")
        else:
            shown = await person.sends(text)


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
async def test_the_counters_are_what_ashar_reach_says(database_url: str, channel: str) -> None:
    letterbox = Letterbox(channel)
    letterbox.capabilities = reaching.CAPABILITIES[channel]
    async with houses.opened(database_url, letterbox) as house:
        await shortest(house.person(channel=channel))
        (response,) = await counted(house)
        expected = together(walked(channel, "ky"))
        if channel == "sms":
            # In which order the options are drawn decides where an SMS is cut.
            assert abs(response.load.messages_out - expected.messages_out) <= 3
            expected = expected._replace(messages_out=response.load.messages_out, bytes_out=response.load.bytes_out)
        assert response == Counted("priorities", "finished", expected)


async def test_what_leads_to_a_response_waits_for_it(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url, Letterbox("telegram")) as house:
        person = house.person(channel="telegram")
        # A refusal and a menu lead nowhere, and are nobody's.
        await person.sends(start="s-priorities")
        await person.says("жок", "1", "жардам", "меню")
        await person.says("1")
        [_, consent] = (await person.letters())[-2:]
        await person.says("ооба")
        asked = (await person.letters())[-1][1]
        (begun,) = await counted(house)
        assert begun.load.messages_in == begun.load.messages_out == 2
        assert begun.load.bytes_out == 2 * 145 + sum(
            weighing.said("telegram", outbound).bytes_out for outbound in (consent[1], asked)
        )


async def test_help_mistakes_and_menus_count_while_it_is_under_way(database_url: str) -> None:
    async with houses.opened(database_url, Letterbox("telegram")) as house:
        person = house.person(channel="telegram")
        await person.sends(start="s-priorities")
        await person.says("2")
        for number, text in enumerate(("помощь", "???", "меню", "продолжить", "1"), start=3):
            await person.sends(text)
            (response,) = await counted(house)
            assert (response.status, *response.load[:2]) == ("open", number, number)
        assert await house.differences() == 0


async def test_each_of_two_counts_its_own(database_url: str) -> None:
    async with houses.opened(database_url, Letterbox("telegram")) as house:
        person = house.person(channel="telegram")
        await person.sends(start="s-priorities")
        await person.says("2", "1")
        before = (await counted(house))[0]
        await person.sends(start="a-suu")
        await person.says("1", *houses.PLEDGE)
        survey, pledge = await counted(house)
        # Asked for consent while still in the survey; from the yes on it is the pledge's.
        assert survey.load.messages_in == before.load.messages_in + 1
        assert pledge.load.messages_in == 1 + len(houses.PLEDGE)
        await person.sends("1")
        after = (await counted(house))[0]
        assert after.load.messages_in == survey.load.messages_in + 1


async def test_what_was_finished_counts_no_more(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url, Letterbox("telegram")) as house:
        person = house.person(channel="telegram")
        await shortest(person)
        finished = await counted(house)
        await person.says("меню", "жардам", "3")
        assert await counted(house) == finished


async def test_a_repeat_counts_nothing(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url, Letterbox("telegram")) as house:
        person = house.person(channel="telegram")
        await person.sends(start="s-priorities")
        again = person.message("2")
        for _ in range(3):
            await house.desk.receive(again)
        assert (await counted(house))[0].load.messages_in == 2


CALL = """
settings:
  - {form_id: call, form_title: {ky: "Чалуу", ru: "Звонок"}, ashar::holder: {ru: "село"}, ashar::term: {ru: "год"}}
survey:
  - {type: integer, name: rows, label: {ky: "Канча?", ru: "Сколько?"}}
  - {type: integer, name: call, label: {ky: "Кайсы номерге?", ru: "По какому номеру?"}}
  - {type: decimal, name: other, label: {ky: "Дагы?", ru: "А ещё?"}}
  - {type: text, name: idea, label: {ky: "Сунуш", ru: "Предложение"}}
"""


async def test_a_number_as_long_as_a_telephones_is_sealed_and_exported_all_the_same(
    database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "call.yaml").write_text(CALL, "utf-8")
    async with houses.opened(database_url) as house:
        await publishing.publish(house.database, [tmp_path / "call.yaml"])
        person = house.person()
        await person.begins("s-call")
        await person.says("51", "996700918273", "700918273.5", "Мост")
        assert sorted(await house.rows("SELECT question, value FROM answer")) == [
            ("call", None),
            ("idea", None),
            ("other", None),
            ("rows", "51"),
        ]
        dump = await house.dump()
        assert not [table for table, content in dump.items() if b"700918273" in content]
        found = await collecting.collect(house.database, house.seal, publishing.Library(), "call", table.Layout())
        told = "".join([piece async for piece in exporting.chunks(found, exporting.Format.CSV)])
        assert "51,996700918273,700918273.5,Мост" in told
