"""WhatsApp and SMS, going out: the real twilio client against the stand-in, and its people answering."""

import logging
import random
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.channels import base, plain, twilio
from tests.standins import twilio as standin

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "made-up-token", "+996700112233"
PUBLIC = "https://ashar.example"


class House:
    """The door as the api has it, with what came in."""

    def __init__(self, whatsapp: twilio.Twilio, sms: twilio.Twilio) -> None:
        self.channels = {"whatsapp": whatsapp, "sms": sms}
        self.inbound: list[base.Inbound] = []
        self.statuses: list[base.Status] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Verify, read, keep."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        raw = base.Request(request.path_qs, headers, await request.read())
        try:
            self.channels["sms"].verify(raw)
            channel = self.channels[twilio.door(raw)]
            if request.path.endswith("/status"):
                status = channel.read_status(raw)
                self.statuses += [status] if status else []
            else:
                self.inbound += channel.read(raw)
        except base.Refused:
            return web.Response(status=403)
        except base.Malformed:
            return web.Response(status=400)
        return web.Response(status=204)

    async def send(self, channel: str, outbound: base.Outbound, to: str = NUMBER) -> base.Receipt:
        """Send to somebody."""
        return await self.channels[channel].send(to, outbound)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[standin.Twilio]:
    async with standin.Twilio(TOKEN) as running:
        yield running


@pytest_asyncio.fixture
async def house(server: standin.Twilio) -> AsyncIterator[House]:
    async with aiohttp.ClientSession() as session:
        both = [
            twilio.Twilio(name, ACCOUNT, TOKEN, server.sender, session, PUBLIC, server.bases)
            for name in ("whatsapp", "sms")
        ]
        house = House(*both)
        app = web.Application()
        app.router.add_post("/twilio", house.answer)
        app.router.add_post("/twilio/status", house.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.app = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield house
        await runner.cleanup()


def question(count: int, label: str = "Жол {}", description: str = "") -> base.Outbound:
    options = tuple(base.Button(label.format(n), str(n), description) for n in range(1, count + 1))
    return base.Outbound("Эмне керек?", options, "Номерин жазыңыз", 1, tag="a1b2c3d4", step=7, language="ky")


async def test_the_thirteen_templates_are_made_once(server: standin.Twilio, house: House) -> None:
    channel = house.channels["whatsapp"]
    made = await channel.make_templates()
    wanted = [f"ashar_quick_reply_{n}" for n in (1, 2, 3)] + [f"ashar_list_{n}" for n in range(1, 11)]
    assert sorted(made) == sorted(wanted)
    # Other people's templates of the account are left alone, however many pages of them there are.
    for number in range(60):
        server.contents[f"HXother{number}"] = {"sid": f"HXother{number}", "friendly_name": f"other {number}"}
    del server.contents[made["ashar_list_5"]]
    again = await channel.make_templates()
    assert {name for name in wanted if again[name] != made[name]} == {"ashar_list_5"}
    assert len(server.contents) == 13 + 60


@pytest.mark.parametrize(
    ("outbound", "kind", "rows"),
    [
        (question(1), "twilio/quick-reply", 1),
        (question(3), "twilio/quick-reply", 3),
        (question(3, "x" * 19 + "{}"), "twilio/quick-reply", 3),
        (question(3, "x" * 20 + "{}"), "twilio/list-picker", 3),
        (question(4), "twilio/list-picker", 4),
        (question(9, "x" * 23 + "{}", "ө" * 72), "twilio/list-picker", 9),
        (question(10), "twilio/list-picker", 10),
        # A description that is too long stands only in the text.
        (question(5, description="ө" * 73), "twilio/list-picker", 5),
        (question(4, "x" * 24 + "{}"), "", 0),
        (question(11), "", 0),
        (question(2, "Ооба"), "", 0),
        (question(2)._replace(head="ө" * 1000), "", 0),
        # Where several may be chosen, a tap on one would be the whole answer.
        (question(3)._replace(pick=0), "", 0),
        (base.Outbound("Айылыңыз?"), "", 0),
        (base.Outbound("Айылыңыз?", actions=(base.Button("Артка", "артка"),)), "twilio/quick-reply", 1),
        # What else can be asked for is typed.
        (
            base.Outbound("Айылыңыз?", actions=tuple(base.Button(f"{n}", f"{n}") for n in range(4))),
            "twilio/quick-reply",
            3,
        ),
    ],
)
async def test_whatsapp_shows_buttons_or_a_list_where_they_fit(
    server: standin.Twilio, house: House, outbound: base.Outbound, kind: str, rows: int
) -> None:
    person = server.person(NUMBER, "whatsapp")
    await person.says("Салам")
    house.channels["whatsapp"].templates = await house.channels["whatsapp"].make_templates()
    receipt = await house.send("whatsapp", outbound)
    assert receipt == base.Receipt(base.Fate.SENT, person.last.sid)
    # The text is whole on its own: numbers can be typed everywhere.
    assert (person.last.text, person.last.kind) == (plain.numbered(outbound), kind)
    assert person.last.buttons == [each.label for each in outbound.options or outbound.actions][:rows]
    assert server.refusals == []


@pytest.mark.parametrize("count", [2, 8])
async def test_a_tap_carries_response_and_step_back(server: standin.Twilio, house: House, count: int) -> None:
    person = server.person(NUMBER, "whatsapp")
    await person.says("Салам")
    house.channels["whatsapp"].templates = await house.channels["whatsapp"].make_templates()
    await house.send("whatsapp", question(count))
    assert await person.taps("Жол 2") == 204
    tapped = house.inbound[-1]
    assert (tapped.text, tapped.tap, tapped.address) == ("2", ("a1b2c3d4", 7), NUMBER)


async def test_a_list_opens_in_the_persons_language_and_marks_what_was_picked(
    server: standin.Twilio, house: House
) -> None:
    person = server.person(NUMBER, "whatsapp")
    await person.says("Привет")
    house.channels["whatsapp"].templates = await house.channels["whatsapp"].make_templates()
    options = tuple(base.Button(f"Дорога {n}", f"{n}", "ремонт" * (n % 2), picked=n // 4) for n in range(1, 5))
    await house.send("whatsapp", base.Outbound("Что важнее?", options, pick=3, language="ru"))
    assert person.last.opens == "Выбрать"
    assert [row[2] for row in person.last.rows] == ["ремонт", "2", "ремонт", "✓1"]


async def test_without_templates_whatsapp_gets_numbered_text(server: standin.Twilio, house: House) -> None:
    person = server.person(NUMBER, "whatsapp")
    await person.says("Салам")
    channel = house.channels["whatsapp"]
    await house.send("whatsapp", question(3))
    assert (person.last.text, person.last.kind) == (plain.numbered(question(3)), "")
    # Deleted at Twilio while we still hold its id: refused, so the words go instead.
    channel.templates = await channel.make_templates()
    server.contents.clear()
    assert (await house.send("whatsapp", question(3))).fate is base.Fate.SENT
    assert [seen.kind for seen in person.screen()] == ["", ""]


async def test_a_survey_question_reaches_a_phone_as_single_sms(server: standin.Twilio, house: House) -> None:
    person = server.person(NUMBER, "sms")
    await person.says("Салам")
    outbound = question(8)._replace(head="Үй-бүлөңүзгө эң керектүү\u00a0үчөөнү тандаңыз")
    for piece in plain.pieces(outbound, house.channels["sms"].capabilities):
        assert (await house.send("sms", piece)).fate is base.Fate.SENT
    said = "\n".join(seen.text for seen in person.screen())
    assert said.split() == plain.numbered(outbound).split()
    await house.send("sms", base.Outbound("100\u00a0000 som " * 9))
    assert {each["num_segments"] for each in server.messages.values()} == {"1"}


@pytest.mark.parametrize(
    ("fault", "arrived", "receipt"),
    [
        (standin.Fault.BUSY, 0, base.Receipt(base.Fate.LATER, "", "20429", 2.0, True)),
        (standin.Fault.ERROR, 0, base.Receipt(base.Fate.UNKNOWN, "", "20500")),
        (standin.Fault.ERROR_AFTER, 1, base.Receipt(base.Fate.UNKNOWN, "", "20500")),
        (standin.Fault.DROP, 0, base.Receipt(base.Fate.UNKNOWN, "", "ServerDisconnectedError")),
        (standin.Fault.DROP_AFTER, 1, base.Receipt(base.Fate.UNKNOWN, "", "ServerDisconnectedError")),
        (standin.Fault.GARBAGE, 1, base.Receipt(base.Fate.UNKNOWN, "", "unreadable")),
    ],
)
async def test_a_fault_is_told_truly_and_nothing_is_sent_twice(
    server: standin.Twilio, house: House, fault: standin.Fault, arrived: int, receipt: base.Receipt
) -> None:
    server.faults = [fault]
    assert await house.send("sms", base.Outbound("Hello")) == receipt
    assert len(server.person(NUMBER, "sms").screen()) == arrived == len(server.messages)


async def test_twilios_own_waiting_time_is_kept(server: standin.Twilio, house: House) -> None:
    server.faults, server.retry_after = [standin.Fault.BUSY], "17"
    assert (await house.send("sms", base.Outbound("Hello"))).retry_after == 17.0


async def test_a_refused_connection_surely_sent_nothing(server: standin.Twilio, house: House) -> None:
    await server.refuse()
    receipt = await house.send("sms", base.Outbound("Hello"))
    assert (receipt.fate, receipt.code, receipt.whole_account) == (base.Fate.LATER, "unreachable", True)


async def test_a_slow_answer_ends_in_not_knowing(
    server: standin.Twilio, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "TIMEOUT", aiohttp.ClientTimeout(total=0.05, connect=5))
    server.latency = 0.15
    receipt = await house.send("sms", base.Outbound("Hello"))
    assert receipt == base.Receipt(base.Fate.UNKNOWN, "", "TimeoutError")


@pytest.mark.parametrize(
    ("channel", "to", "text", "fate", "code"),
    [
        ("sms", "12", "Hello", base.Fate.GONE, "21211"),
        ("sms", NUMBER, "a" * 1601, base.Fate.FAILED, "21617"),
        ("sms", NUMBER, "", base.Fate.FAILED, "21602"),
        ("whatsapp", NUMBER, "ө" * 1601, base.Fate.FAILED, "21617"),
        ("whatsapp", "KG.13491208655302741918", "Салам", base.Fate.SENT, ""),
    ],
)
async def test_the_platforms_limits_become_receipts(
    house: House, channel: str, to: str, text: str, fate: base.Fate, code: str
) -> None:
    receipt = await house.send(channel, base.Outbound(text), to)
    assert (receipt.fate, receipt.code) == (fate, code)


async def test_an_operators_mistake_loses_no_reply(server: standin.Twilio, house: House) -> None:
    server.token = "changed yesterday"
    assert await house.send("sms", base.Outbound("Hello")) == base.Receipt(base.Fate.LATER, "", "20003", 600.0, True)
    server.token, server.sender = TOKEN, "+15550001111"
    receipt = await house.send("sms", base.Outbound("Hello"))
    assert (receipt.fate, receipt.code) == (base.Fate.LATER, "21606")


async def test_stop_on_sms_holds_until_start(server: standin.Twilio, house: House) -> None:
    person = server.person(NUMBER, "sms")
    await person.says("Stop")
    receipt = await house.send("sms", base.Outbound("Hello"))
    assert (receipt.fate, receipt.code) == (base.Fate.GONE, "21610")
    await person.says("START")
    assert (await house.send("sms", base.Outbound("Hello"))).fate is base.Fate.SENT
    assert [each.text for each in house.inbound] == ["Stop", "START"]


async def test_after_a_day_whatsapp_refuses_by_status_callback(server: standin.Twilio, house: House) -> None:
    person = server.person(NUMBER, "whatsapp")
    await person.says("Салам")
    server.skip(25 * 3600)
    receipt = await house.send("whatsapp", base.Outbound("Салам"))
    assert (receipt.fate, person.screen()) == (base.Fate.SENT, [])
    assert await server.settle() == [204]
    failed = base.Receipt(base.Fate.FAILED, receipt.provider_id, "63016")
    assert house.statuses == [base.Status(receipt.provider_id, failed)]


async def test_statuses_are_signed_and_may_come_in_any_order(server: standin.Twilio, house: House) -> None:
    person = server.person(NUMBER, "whatsapp")
    await person.says("Салам")
    await house.send("whatsapp", base.Outbound("Салам"))
    person.away = True
    await house.send("whatsapp", base.Outbound("Барсызбы?"))
    assert await server.settle(random.Random(3)) == [204] * 4
    codes = [each.receipt.code for each in house.statuses]
    assert sorted(codes) == ["63032", "delivered", "read", "sent"]
    assert codes != ["sent", "delivered", "read", "63032"]


async def test_the_door_knows_its_people_and_a_repeat_has_the_same_key(server: standin.Twilio, house: House) -> None:
    server.deliveries, server.at_once = 2, True
    assert await server.person(NUMBER, "whatsapp").says("Салам") == 204
    server.algorithm, server.at_once = "HMAC_SHA256", False
    assert await server.person(NUMBER, "sms").sends_sticker() == 204
    server.deliveries = 1
    assert await server.person(NUMBER, "whatsapp").sends_location() == 204
    assert [(each.channel, each.kind) for each in house.inbound] == [
        ("whatsapp", "text"),
        ("whatsapp", "text"),
        ("sms", "media"),
        ("sms", "media"),
        ("whatsapp", "place"),
    ]
    assert len({each.key for each in house.inbound}) == 3
    server.token = "somebody else's"
    assert await server.person(NUMBER, "sms").says("Салам") == 403
    assert len(house.inbound) == 5


async def test_a_messaging_service_may_be_the_sender(server: standin.Twilio) -> None:
    async with aiohttp.ClientSession() as session:
        service = "MG" + "1" * 32
        channel = twilio.Twilio("sms", ACCOUNT, TOKEN, service, session, "", server.bases)
        assert (await channel.send(NUMBER, base.Outbound("Hello"))).fate is base.Fate.SENT


async def test_neither_numbers_nor_texts_nor_tokens_are_logged(
    server: standin.Twilio, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.faults = [standin.Fault.ERROR, standin.Fault.BUSY]
    for _ in range(3):
        await house.send("sms", base.Outbound("Hello"))
    await house.channels["sms"].make_templates()
    assert not [word for word in (NUMBER, NUMBER[1:], "Hello", TOKEN) if word in caplog.text]
