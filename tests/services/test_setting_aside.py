"""Messages set aside: tried again in order and once, dropped with a word, and never taken for another answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import pytest

from bot.channels import base
from bot.engine import conversation
from bot.services import answering, setting_aside
from models import aside
from tests import talking
from tests.services import house as houses
from tests.services.house import VILLAGE, House, Person


@contextlib.contextmanager
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fault of the program that every message meets."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(conversation, "turn", fails)
        yield


async def again(house: House, **more: bool) -> setting_aside.Outcome:
    kept = await setting_aside.listed(house.database)
    return await setting_aside.retry(house.database, house.desk._kit, kept, house.clock(), **more)


async def met_a_fault(house: House, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Somebody who has written three answers in vain."""
    person = house.person()
    await person.begins()
    with broken(monkeypatch):
        for text in VILLAGE[:3]:
            assert "не потерян" in (await person.sends(text)).head
    return person


async def test_they_are_answered_in_order_once_the_fault_is_mended(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with houses.opened(database_url) as house:
        person = await met_a_fault(house, monkeypatch)
        assert await again(house) == (3, 0, (), ())
        assert await house.count("set_aside") == 0
        # The conversation goes on from there.
        assert "ответы получены" in (await person.says(*VILLAGE[3:])).head
        assert await house.differences() == 0
        assert await again(house) == (0, 0, (), ())


async def test_order_is_kept_whatever_the_clock_says(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        with broken(monkeypatch):
            for text in VILLAGE[:3]:
                await house.desk.receive(person.message(text))
                # As another machine's, which is behind.
                house.clock.forward(minutes=-5)
        assert await again(house) == (3, 0, (), ())
        assert "ответы получены" in (await person.says(*VILLAGE[3:])).head


async def test_two_operators_at_once_answer_each_once(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with houses.opened(database_url) as house:
        people = [await met_a_fault(house, monkeypatch) for _ in range(3)]
        before = await house.count("outgoing")
        # Both have seen all of them before either begins.
        seen = [await setting_aside.listed(house.database) for _ in range(2)]
        kit = house.desk._kit
        both = await asyncio.gather(
            *(setting_aside.retry(house.database, kit, each, house.clock(), anyway=True) for each in seen)
        )
        assert sum(each.answered for each in both) == 9
        assert sum(each.answered + each.gone for each in both) == 18
        assert await house.count("outgoing") == before + 9
        assert [await house.count(table) for table in ("set_aside", "response")] == [0, 3]
        for person in people:
            await person.says(*VILLAGE[3:])
        assert await house.rows("SELECT DISTINCT status FROM response") == ["finished"]
        assert await house.differences() == 0


async def test_what_fails_again_stays_and_those_behind_it_wait(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with houses.opened(database_url) as house:
        await met_a_fault(house, monkeypatch)
        kept = await setting_aside.listed(house.database)
        with broken(monkeypatch):
            outcome = await again(house)
        assert (outcome.answered, outcome.failed) == (0, tuple(each.id for each in kept))
        assert await again(house) == (3, 0, (), ())


async def test_who_has_gone_on_since_is_not_answered_for(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        with broken(monkeypatch):
            await person.sends("1")
        await person.sends("1")
        asked = (await person.reads()).head
        outcome = await again(house)
        assert (outcome.answered, len(outcome.overtaken), await house.count("set_aside")) == (0, 1, 1)
        assert (await person.reads()).head == asked
        assert (await again(house, anyway=True)).answered == 1
        assert (await person.reads()).head != asked


async def test_a_repeat_of_what_was_answered_later_has_no_effect(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        message = person.message("1")
        with broken(monkeypatch):
            await house.desk.receive(message)
        assert (await again(house)).answered == 1
        letters = len(await person.letters())
        await house.desk.receive(message)
        assert len(await person.letters()) == letters


async def test_a_file_and_a_tap_come_back_as_they_were(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        came = person.message("подпись", kind="image", media=base.Media("image", "reference", "image/png", 12))
        with broken(monkeypatch):
            await house.desk.receive(came)
            await house.desk.receive(person.message("2", tap=("-", 3), edits="17", callback="c"))
        taken: list[base.Inbound] = []
        real = answering.take

        async def watched(*arguments: object) -> object:
            taken.extend(arguments[2])  # type: ignore[arg-type] # the group
            return await real(*arguments)  # type: ignore[arg-type] # as it was called

        monkeypatch.setattr(answering, "take", watched)
        assert (await again(house)).answered == 2
        assert taken[0] == came
        assert (taken[1].tap, taken[1].edits, taken[1].callback) == (("-", 3), "", "")


async def test_dropped_ones_are_gone_and_their_people_asked_once_to_write_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with houses.opened(database_url) as house:
        person, stopped = [await met_a_fault(house, monkeypatch) for _ in range(2)]
        await stopped.sends("стоп")
        letters = len(await stopped.letters())
        kept = await setting_aside.listed(house.database)
        assert await setting_aside.drop(house.database, house.desk._kit, kept, house.clock()) == (6, 1)
        assert "напишите его ещё раз" in (await person.reads()).head
        assert len(await stopped.letters()) == letters
        assert await house.count("set_aside") == 0


async def test_the_list_says_when_where_and_why_and_nothing_else(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        with broken(monkeypatch):
            await person.sends("Менин купуя сөзүм")
        kept = await setting_aside.listed(house.database)
        head, line = setting_aside.lines(kept, house.clock())
        assert head.startswith("1 message")
        assert ("sms" in line, "ZeroDivisionError at fails" in line, kept[0].id[: setting_aside.SHOWN] in line) == (
            True,
            True,
            True,
        )
        assert "купуя" not in line
        assert person.address not in line


@pytest.mark.parametrize("name", ["", "zz", "0"])
async def test_a_name_of_none_or_of_several_is_refused(name: str) -> None:
    at = talking.START
    kept = [aside.Aside(id_, "sms", b"", b"", "", at) for id_ in ("0a", "0b")]
    with pytest.raises(setting_aside.NoSuchMessage):
        setting_aside.named(kept, [name])
    assert setting_aside.named(kept, ["0B", "0a"]) == kept
