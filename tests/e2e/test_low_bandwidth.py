"""What the channels really send while somebody answers: one message for each of theirs, and nothing else."""

from __future__ import annotations

import itertools
import json

import pytest

from bot.channels import weighing
from bot.services import reaching
from tests.e2e import phones, residents, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

_NUMBERS = itertools.count(1)
#: A grown person in a village: ten questions.
ANSWERS = {
    "oblast": "KG02000000000",
    "raion": "KG02205000000",
    "village": "Ак-Суу",
    "sex": "woman",
    "age": 30,
    "where": "home",
    "family": ("work", "health", "education"),
    "community": ("roads", "market", "land"),
    "proposal": reaching.SENTENCE["ru"],
    "hear": "yes",
}
#: Invitation, ten questions, thanks.
MESSAGES = 12


async def load_of(app: running.App, channel: str) -> list[weighing.Load]:
    """The counters of the responses that came by it."""
    columns = "messages_in, messages_out, bytes_in, bytes_out"
    async with app.house.database.reading() as connection:
        rows = await connection.exec_driver_sql(f"SELECT {columns} FROM response WHERE channel = '{channel}'")
        return [weighing.Load(*row) for row in rows]


async def answered(phone: phones.Phone, way: str) -> None:
    resident = residents.Resident(phone, "ru", way)
    assert "ответы получены" in await resident.answers("s-priorities", "priorities.yaml", ANSWERS)


async def test_telegram_gets_one_light_message_for_each_of_theirs(shared: running.App) -> None:
    platform = shared.telegram
    before = len(platform.calls)
    await answered(phones.Telegram(shared, 700_000 + next(_NUMBERS), "ru"), residents.NUMBERS)
    calls = [(method.lower(), given) for method, given in platform.calls[before:]]
    shown = [given for method, given in calls if method in ("sendmessage", "editmessagetext")]
    assert len(shown) == MESSAGES
    # No chat action, no picture, no sound, no sticker: neither another method nor another parameter.
    assert {method for method, _ in calls} <= {"sendmessage", "editmessagetext", "answercallbackquery"}
    assert {name for given in shown for name in given} <= {
        "chat_id",
        "message_id",
        "text",
        "link_preview_options",
        "reply_markup",
    }
    for given in shown:
        preview = given["link_preview_options"]
        assert (json.loads(preview) if isinstance(preview, str) else preview) == {"is_disabled": True}
    (load,) = await load_of(shared, "telegram")
    assert (load.messages_in, load.messages_out) == (MESSAGES, MESSAGES)


async def test_telegram_taps_edit_in_place(shared: running.App) -> None:
    platform = shared.telegram
    before = len(platform.calls)
    phone = phones.Telegram(shared, 700_000 + next(_NUMBERS), "ru")
    await phone.comes("s-priorities")
    for number in ("2", "1", "1", "2"):
        await phone.presses(number)
    methods = [method.lower() for method, _ in platform.calls[before:]]
    assert methods.count("sendmessage") == 1
    assert methods.count("editmessagetext") == 4
    assert len({shown.id for shown in phone.shown}) == 1


async def test_whatsapp_gets_one_light_message_for_each_of_theirs(shared: running.App) -> None:
    before = len(shared.twilio.asked)
    await answered(phones.Twilio(shared, "whatsapp", f"+9967010{next(_NUMBERS):05d}"), residents.NUMBERS)
    asked = shared.twilio.asked[before:]
    assert len(asked) == MESSAGES
    # No MediaUrl, no PersistentAction: words, or a template of words.
    assert {name for given in asked for name in given} <= {
        "To",
        "From",
        "Body",
        "ContentSid",
        "ContentVariables",
        "StatusCallback",
    }
    (load,) = await load_of(shared, "whatsapp")
    assert (load.messages_in, load.messages_out) == (MESSAGES, MESSAGES)
