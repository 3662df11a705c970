"""What is counted, and that nothing personal can become a label, nor labels without end."""

from __future__ import annotations

import datetime as dt

from prometheus_client import parser

from bot.channels import base
from bot.services import metering
from models import db
from tests.services import house


async def figures(database: db.Database, *channels: str) -> dict[tuple[str, ...], float]:
    """(name, the values of its labels by their names...) -> figure."""
    text = (await metering.written(database, list(channels))).decode()
    return {
        (sample.name, *map(str, sample.labels.values())): sample.value
        for each in parser.text_string_to_metric_families(text)
        for sample in each.samples
    }


async def test_the_outbox_and_conversations_by_channel_and_form(database_url: str) -> None:
    async with house.opened(database_url) as opened:
        person = opened.person()
        await person.begins()
        await person.says(*house.VILLAGE)
        await opened.write("UPDATE outgoing SET status = 'waiting', not_before = :at", at=_ago(opened.database))
        found = await figures(opened.database, "sms", "telegram")
    assert found["ashar_conversations", "sms", "priorities"] == 1
    assert found["ashar_outbox_waiting", "sms"] > 10
    assert found["ashar_outbox_waiting", "telegram"] == 0
    assert found["ashar_outbox_age_seconds", "telegram"] == 0
    assert 86_400 <= found["ashar_outbox_age_seconds", "sms"] < 86_500


def _ago(database: db.Database) -> object:
    at = db.now() - dt.timedelta(days=1)
    return str(at)[:-6] if database.embedded else at


async def test_sends_are_counted_by_what_came_of_them(sqlite_url: str) -> None:
    box = house.Letterbox()
    async with house.opened(sqlite_url, box) as opened:
        before = await figures(opened.database)
        box.fates = [base.Receipt(base.Fate.GONE, code="30005"), base.Receipt(base.Fate.SENT, "id")]
        async with opened.postman():
            await opened.person().sends(start="s-priorities")
            await house.until(lambda: len(box.sent) == 1)
            await opened.person().sends(start="s-priorities")
            await house.until(lambda: len(box.sent) == 2)
        after = await figures(opened.database)

    def more(*key: str) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert more("ashar_sends_total", "sms", "gone") == 1
    assert more("ashar_sends_total", "sms", "sent") == 1
    assert more("ashar_send_failures_total", "sms", "30005") == 1


async def test_reasons_name_nobody_and_are_not_without_end(sqlite_url: str) -> None:
    database = db.Database(sqlite_url)
    odd = ["chat 996700123456 not found", "Байке, катуу", "", *(f"reason {number}" for number in range(100))]
    metering.sent(("sms", base.Receipt(base.Fate.FAILED, code=code)) for code in odd)
    found = await figures(database)
    await database.close()
    codes = {key[2] for key in found if key[0] == "ashar_send_failures_total"}
    assert {"chat_n_not_found", "unknown", "other"} <= codes
    assert not any("996700" in code for code in codes)
    assert len(codes) <= 41
