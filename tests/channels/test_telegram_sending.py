"""Telegram, going out: messages through the real library to the stand-in, and what becomes of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.channels import base, telegram
from tests.standins import telegram as standins

SECRET = "s3cret-Token_of-ours"


@pytest.fixture
async def platform() -> AsyncIterator[standins.Standin]:
    async with standins.running() as standin:
        yield standin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


@pytest.fixture
def channel(platform: standins.Standin, session: aiohttp.ClientSession) -> telegram.Telegram:
    return telegram.Telegram(standins.TOKEN, SECRET, session, platform.url)


# -- what goes out --------------------------------------------------------------------------------

BACK, SKIP = base.Button("Артка", "back"), base.Button("Өткөрүп жиберүү", "skip")
MORE, ANSWERS = base.Button("Дагы", "more"), base.Button("Жооптор", "answers")
HELP = base.Button("Кантип жооп берем?", "help")


def options(*labels: str, picked: dict[int, int] | None = None) -> tuple[base.Button, ...]:
    picks = picked or {}
    return tuple(base.Button(label, str(n), picked=picks.get(n, 0)) for n, label in enumerate(labels, start=1))


def numbers(count: int, picked: dict[int, int] | None = None) -> tuple[base.Button, ...]:
    return options(*(f"Ушундай узун аталыштагы айыл {n}" for n in range(1, count + 1)), picked=picked)


@pytest.mark.parametrize(
    ("shown", "actions", "rows"),
    [
        ((), (), []),
        (options("Ооба", "Жок"), (), [["Ооба"], ["Жок"]]),
        (options("Суу", "Жол", picked={2: 1}), (), [["Суу"], ["Жол ✓1"]]),
        (options("Ооба", "Жок", "Билбейм", "Х" * 21), (), [["1", "2", "3", "4"]]),
        (options("Ооба", "Жок", "Билбейм", "Х" * 20), (), [["Ооба"], ["Жок"], ["Билбейм"], ["Х" * 20]]),
        (options(*"абвгд"), (SKIP,), [["1", "2", "3", "4", "5"], ["Өткөрүп жиберүү"]]),
        (numbers(7), (), [["1", "2", "3", "4"], ["5", "6", "7"]]),
        (numbers(8, {3: 1, 7: 2}), (), [["1", "2", "3 ✓1", "4"], ["5", "6", "7 ✓2", "8"]]),
        (numbers(10), (), [["1", "2", "3", "4", "5"], ["6", "7", "8", "9", "10"]]),
        ((), (ANSWERS, SKIP), [["Жооптор", "Өткөрүп жиберүү"]]),
        ((), (ANSWERS, SKIP, HELP), [["Жооптор", "Өткөрүп жиберүү"], ["Кантип жооп берем?"]]),
        (numbers(97), (SKIP,), [["Өткөрүп жиберүү"]]),
        # A page of a long list: a number or the first letters are asked for.
        (numbers(10), (MORE,), [["Дагы"]]),
    ],
)
async def test_a_keyboard_fits_a_small_phone(
    platform: standins.Standin,
    channel: telegram.Telegram,
    shown: tuple[base.Button, ...],
    actions: tuple[base.Button, ...],
    rows: list[list[str]],
) -> None:
    person = platform.person(42)
    receipt = await channel.send("42", base.Outbound("Кайсынысы?", shown, pick=1, actions=actions))
    assert (receipt.fate, person.screen()[-1].rows) == (base.Fate.SENT, rows)


QUESTION = base.Outbound("Кайсынысы?", options("Суу", "Жол"), "Номерин жазыңыз.", 1, (SKIP,), "1f3a9c02", 5)


async def test_where_several_may_be_chosen_no_tap_is_taken_for_the_whole_answer(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    person = platform.person(42)
    await channel.send("42", QUESTION._replace(pick=0, spare=QUESTION.foot, foot=f"{QUESTION.foot}\n1 3"))
    assert person.screen()[-1].rows == [["Өткөрүп жиберүү"]]
    assert person.screen()[-1].text == "Кайсынысы?\n1. Суу\n2. Жол\n1 3"


async def test_back_is_a_button_where_a_tap_took_its_question_off_the_screen(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    person = platform.person(42)
    question = QUESTION._replace(actions=(BACK, SKIP))
    await channel.send("42", question)
    assert person.screen()[-1].rows == [["Суу"], ["Жол"], ["Өткөрүп жиберүү"]]
    await person.taps("Жол")
    await channel.send("42", question._replace(edits=(await taken(channel)).edits))
    assert person.screen()[-1].rows == [["Суу"], ["Жол"], ["Артка", "Өткөрүп жиберүү"]]


async def test_what_buttons_say_is_not_said_again(platform: standins.Standin, channel: telegram.Telegram) -> None:
    person = platform.person(42)
    page = QUESTION._replace(actions=(MORE,), foot="")
    await channel.send("42", page)
    assert person.screen()[-1].text == "Кайсынысы?\n1. Суу\n2. Жол", "a page of a long list has no buttons for it"
    two, described = QUESTION.options, (base.Button("Суу", "1", "ичүүчү"), base.Button("Жол", "2"))
    for shown, foot, spare, text in (
        (two, "Номерин жазыңыз.", "Номерин жазыңыз.", "Кайсынысы?"),
        (two, "Номерин жазыңыз.\nЖазбасаңыз: 2", "Номерин жазыңыз.", "Кайсынысы?\n1. Суу\n2. Жол\nЖазбасаңыз: 2"),
        (described, "Номерин жазыңыз.", "Номерин жазыңыз.", "Кайсынысы?\n1. Суу (ичүүчү)\n2. Жол"),
        (options(*"абвгд"), "", "", "Кайсынысы?\n1. а\n2. б\n3. в\n4. г\n5. д"),
    ):
        await channel.send("42", QUESTION._replace(options=shown, foot=foot, spare=spare))
        assert person.screen()[-1].text == text


async def test_a_message_makes_sense_without_its_buttons(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    person = platform.person(42)
    receipt = await channel.send("42", QUESTION)
    seen = person.screen()[-1]
    assert receipt == base.Receipt(base.Fate.SENT, str(seen.id))
    assert seen.text == "Кайсынысы?\n1. Суу\n2. Жол\nНомерин жазыңыз."
    assert [seen.data(label) for label in ("Суу", "2", "Өткөрүп жиберүү")] == [
        "1f3a9c02.5.1",
        "1f3a9c02.5.2",
        "1f3a9c02.5.skip",
    ]
    given = platform.calls[-1][1]
    assert json.loads(given["link_preview_options"]) == {"is_disabled": True}
    assert "parse_mode" not in given


async def taken(channel: telegram.Telegram) -> base.Inbound:
    """The last of the updates that wait."""
    update = (await channel.updates(0, 0))[-1][1]
    assert update
    return update


def reply(to: base.Inbound, head: str) -> base.Outbound:
    return base.Outbound(head, tag="1f3a9c02", step=6, edits=to.edits, callback=to.callback)


async def test_a_tap_is_answered_in_place_and_its_spinner_stops(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    person = platform.person(42)
    await channel.send("42", QUESTION)
    await person.taps("Жол")
    tap = await taken(channel)
    assert (tap.text, tap.tap) == ("2", ("1f3a9c02", 5))
    receipt = await channel.send("42", reply(tap, "Рахмат!"))
    assert [(seen.text, seen.rows) for seen in person.screen()] == [("Рахмат!", [])]
    assert (receipt, person.spinning()) == (base.Receipt(base.Fate.SENT, tap.edits), 0)


async def test_edit_and_acknowledgement_travel_together(platform: standins.Standin, channel: telegram.Telegram) -> None:
    person = platform.person(42)
    await channel.send("42", QUESTION)
    await person.taps("Жол")
    tap = await taken(channel)
    done = asyncio.Event()
    platform.fails(held=done, times=2)
    before = len(platform.calls)
    sending = asyncio.create_task(channel.send("42", reply(tap, "Рахмат!")))
    while len(platform.calls) < before + 2:  # noqa: ASYNC110 - the stand-in has no event for it
        await asyncio.sleep(0.001)
    # Both have arrived, and neither is done.
    assert (person.spinning(), person.screen()[-1].rows) == (1, [["Суу"], ["Жол"], ["Өткөрүп жиберүү"]])
    done.set()
    assert (await sending).fate == base.Fate.SENT


async def test_an_expired_tap_is_answered_once_and_the_message_goes_all_the_same(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    person = platform.person(42)
    await channel.send("42", QUESTION)
    await person.taps("Жол")
    tap = await taken(channel)
    person.waits_too_long()
    assert (await channel.send("42", reply(tap, "Рахмат!"))).fate == base.Fate.SENT
    assert [method for method, _ in platform.calls].count("answerCallbackQuery") == 1
    assert person.screen()[-1].text == "Рахмат!"


async def test_a_repeated_edit_counts_as_sent(platform: standins.Standin, channel: telegram.Telegram) -> None:
    person = platform.person(42)
    await channel.send("42", QUESTION)
    await person.taps("Жол")
    answer = reply(await taken(channel), "Рахмат!")
    assert await channel.send("42", answer) == await channel.send("42", answer)
    assert len(person.screen()) == 1


async def test_what_cannot_be_edited_any_more_is_sent_anew(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    person = platform.person(42)
    await channel.send("42", QUESTION)
    await person.taps("Жол")
    answer = reply(await taken(channel), "Рахмат!")
    person.clears()
    receipt = await channel.send("42", answer)
    assert [(str(seen.id), seen.text) for seen in person.screen()] == [(receipt.provider_id, "Рахмат!")]
    await person.says("1")
    own = str(person.screen()[-1].id)
    await channel.send("42", base.Outbound("Дагы?", edits=own))
    assert person.screen()[-1].text == "Дагы?"


# -- what became of it --------------------------------------------------------------------------------

LATER, UNKNOWN, FAILED, GONE = base.Fate.LATER, base.Fate.UNKNOWN, base.Fate.FAILED, base.Fate.GONE


@pytest.mark.parametrize(
    ("fault", "receipt"),
    [
        (
            {"status": 429, "description": "Too Many Requests", "parameters": {"retry_after": 7}},
            base.Receipt(LATER, code="too many requests", retry_after=7),
        ),
        (
            {"status": 429, "description": "Too Many Requests", "parameters": {"retry_after": 0}},
            base.Receipt(LATER, code="too many requests", retry_after=1),
        ),
        ({"status": 429, "page": "<h1>Slow down"}, base.Receipt(LATER, "", "too many requests", 5)),
        (
            {
                "status": 400,
                "description": "Bad Request: group chat was upgraded",
                "parameters": {"migrate_to_chat_id": -100_42},
            },
            base.Receipt(LATER, code="migrated", moved_to="-10042"),
        ),
        ({"status": 401, "description": "Unauthorized"}, base.Receipt(LATER, "", "unauthorized", 60, True)),
        (
            {"status": 403, "description": "Forbidden: user is deactivated"},
            base.Receipt(GONE, "", "forbidden: user is deactivated"),
        ),
        (
            {"status": 400, "description": "Bad Request: chat not found"},
            base.Receipt(GONE, "", "chat not found"),
        ),
        ({"status": 400, "description": "Bad Request: odd"}, base.Receipt(FAILED, "", "odd")),
        (
            {"status": 500, "description": "Internal Server Error"},
            base.Receipt(UNKNOWN, "", "internal server error"),
        ),
        (
            {"status": 502, "page": "<h1>Bad gateway"},
            base.Receipt(UNKNOWN, "", "an answer not of telegram's, 502"),
        ),
        (
            {"status": 403, "page": "<h1>Blocked"},
            base.Receipt(UNKNOWN, "", "an answer not of telegram's, 403"),
        ),
        ({"drop": True}, base.Receipt(UNKNOWN, "", "serverdisconnectederror")),
    ],
    ids=str,
)
async def test_every_answer_has_its_fate(
    platform: standins.Standin, channel: telegram.Telegram, fault: dict[str, Any], receipt: base.Receipt
) -> None:
    platform.person(42)
    platform.fails("sendMessage", **fault)
    assert await channel.send("42", QUESTION) == receipt
    assert (await channel.send("42", QUESTION)).fate == base.Fate.SENT


async def test_who_blocked_us_is_gone_until_they_come_back(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    person = platform.person(42)
    await person.blocks()
    assert (await channel.send("42", QUESTION)).fate == GONE
    assert (await channel.send("43", QUESTION)).fate == GONE
    await person.says("салам")
    assert [update and update.kind for _, update in await channel.updates(0, 0)] == [
        "blocked",
        "unblocked",
        "text",
    ]
    assert (await channel.send("42", QUESTION)).fate == base.Fate.SENT


@pytest.mark.parametrize(
    ("outbound", "code"),
    [
        (base.Outbound("x" * 4097), "message is too long"),
        (base.Outbound("😀" * 2049), "message is too long"),
        (base.Outbound(" "), "message text is empty"),
        (base.Outbound("?", (base.Button("a", "x" * 61),), pick=1), "button_data_invalid"),
    ],
)
async def test_what_breaks_a_limit_fails_and_is_never_cut(
    platform: standins.Standin, channel: telegram.Telegram, outbound: base.Outbound, code: str
) -> None:
    person = platform.person(42)
    assert await channel.send("42", outbound) == base.Receipt(FAILED, code=code)
    assert (await channel.send("42", base.Outbound("x" * 4096))).fate == base.Fate.SENT
    assert [len(seen.text) for seen in person.screen()] == [4096]


async def test_a_refused_connection_is_surely_not_sent(platform: standins.Standin, channel: telegram.Telegram) -> None:
    person = platform.person(42)
    async with platform.refusing():
        receipt = await channel.send("42", QUESTION)
    assert (receipt.fate, receipt.retry_after, receipt.whole_account) == (LATER, 0, True)
    assert person.screen() == []


async def test_one_chat_that_must_wait_waits_alone_and_two_at_once_are_the_bot(
    platform: standins.Standin, channel: telegram.Telegram
) -> None:
    held = []
    for chat in ("42", "42", "43"):
        platform.person(int(chat))
        platform.floods("sendMessage", 7)
        held.append(await channel.send(chat, QUESTION))
    assert [receipt.whole_account for receipt in held] == [False, False, True]


async def test_a_full_pool_is_surely_not_sent_and_a_late_answer_is_unknown(
    platform: standins.Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.person(42)
    answers = asyncio.Event()
    platform.fails("sendMessage", held=answers, times=2)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as narrow:
        channel = telegram.Telegram(standins.TOKEN, SECRET, narrow, platform.url)
        first = asyncio.create_task(channel.send("42", QUESTION))
        while not platform.calls:  # noqa: ASYNC110 - the stand-in has no event for it
            await asyncio.sleep(0.001)
        monkeypatch.setattr(telegram, "_TIMEOUT", aiohttp.ClientTimeout(total=60, connect=0.05))
        full = await channel.send("42", QUESTION)
        answers.set()
        assert (await first).fate == base.Fate.SENT
        answers.clear()
        # The line is there by now: nothing but the answer is waited for.
        monkeypatch.setattr(telegram, "_TIMEOUT", aiohttp.ClientTimeout(total=0.15))
        late = await channel.send("42", QUESTION)
        answers.set()
    assert (late.fate, late.code) == (UNKNOWN, "timed out")
    assert (full.fate, full.code) == (LATER, "connectiontimeouterror")


@pytest.mark.parametrize("answer", ["{", "[]", '{"ok": true}', '{"ok": true, "result": {}}'])
async def test_an_answer_that_cannot_be_read_is_unknown(answer: str) -> None:
    class Odd(aiohttp.web.View):
        async def post(self) -> aiohttp.web.Response:
            return aiohttp.web.Response(text=answer, content_type="application/json")

    app = aiohttp.web.Application()
    app.router.add_view("/{anything:.*}", Odd)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        channel = telegram.Telegram(standins.TOKEN, SECRET, session, url)
        assert (await channel.send("42", QUESTION)).fate == UNKNOWN
    await runner.cleanup()
