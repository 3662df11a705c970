"""The connection breaks on Telegram, and the survey is finished in a browser: it is one person, counted once."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from bot.services import counting
from tests.e2e import browser, phones, residents, running


@pytest.mark.parametrize("way", ["typed", "link"])
async def test_a_survey_begun_on_telegram_is_finished_in_the_web_chat(
    database_url: str, tmp_path: Path, way: str
) -> None:
    async with running.running(database_url, tmp_path) as app:
        phone, web = phones.Telegram(app, 77, "ru"), browser.Browser(app)
        await phone.comes("s-priorities")
        for button in ("2", "1", "2"):
            await phone.presses(button)
        await phone.types("Чон-Жар")
        [said] = await phone.types("код")
        found = re.search(r"кодом: (\w{4}-\w{4})\.", said)
        assert found

        if way == "link":
            await web.comes(f"c-{found[1]}")
            [said] = await web.presses("2")
        else:
            await web.types("")
            await web.presses("2")
            [said] = await web.types(found[1])
        assert "Нашли!" in said
        [said] = await web.types("продолжить")
        assert "(4/10) Вы:" in said
        assert "уже есть ответ" not in said
        for button in ("1", "34", "1"):
            await (web.types(button) if button == "34" else web.presses(button))
        await web.ranks(["1", "2", "3"])
        await web.ranks(["3", "2", "1"])
        await web.types("Мост через реку")
        assert "Большое спасибо" in residents.flat(await web.presses("1"))

        # The phone knows it too.
        assert "С этого телефона уже ответили" in residents.flat(await phone.comes("s-priorities"))
        kept = await app.count("respondent", "response", "resume_code", "set_aside")
        assert kept == {"respondent": 1, "response": 1, "resume_code": 0, "set_aside": 0}
        token = {"Authorization": f"Bearer {running.EXPORT_TOKEN}"}
        export = await app.http.get("/api/exports/priorities.csv", headers=token)
        rows = list(csv.DictReader(io.StringIO(export.content.decode("utf-8-sig"), newline="")))
        assert [(row["status"], row["age"], row["channel"]) for row in rows] == [("finished", "34", "telegram")]
        assert await counting.check(app.house.database, app.house.seal) == 0
