"""The way out of letters: a page that changes nothing when it is looked at, and one tap that does."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import sqlalchemy as sa

from bot.engine import happenings
from bot.services import mailing
from models import db, sealing, turns
from tests.api import opened

EMAIL = "aibek@example.com"


async def given(database: db.Database, seal: sealing.Seal) -> str:
    """Somebody has that e-mail; the path of the link in their letters."""
    writes, at, contact, person = turns.Writes(), db.now(), db.new_id(), db.new_id()
    writes.respondents.append({"id": person, "contact_id": contact, "created_at": at})
    mailing.give(writes, seal, happenings.MailGiven(person, EMAIL), contact, at)
    async with database.transaction() as connection:
        page = {"id": db.new_id(), "channel": "web", "key_hash": b"w" * 32, "contact_id": contact}
        await turns.add_contacts(connection, [{"id": contact, "created_at": at}], [page])
        await turns.write(connection, writes, at)
    return mailing.leave_link(seal, "https://x", EMAIL).removeprefix("https://x")


async def test_looking_changes_nothing_and_one_tap_removes_it(database_url: str, tmp_path: Path) -> None:
    async with opened.app(database_url, tmp_path) as app, opened.client(app) as browser:
        house = app.state.house
        path = await given(house.database, house.seal)

        async def kept() -> int:
            async with house.database.reading() as connection:
                rows = await connection.execute(sa.text("SELECT 1 FROM address WHERE channel = 'email'"))
                return len(rows.all())

        page = await browser.get(path)
        assert (page.status_code, await kept()) == (200, 1)
        assert f'action="{path}"' in page.text
        assert len(page.content) < 6_000
        # As the button of a mail program does it: no cookie, no page before it, and an answer without a detour.
        body = {"List-Unsubscribe": "One-Click"}
        done = await browser.post(path, data=body)
        assert (done.status_code, await kept()) == (200, 0)
        assert "писем больше не будет" in done.text
        assert "кат келбейт" in done.text
        again = await browser.post(path, data=body)
        assert (again.status_code, again.text) == (200, done.text)


async def test_a_link_that_is_none_tells_nothing(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path) as app, opened.client(app) as browser:
        for key in ("0" * 64, "x", "%22%3E%3Cscript%3E", "a" * 5000):
            page = await browser.get(f"/letters/{key}")
            assert page.status_code == 200
            assert "<script" not in page.text
            assert (await browser.post(f"/letters/{key}")).status_code == 200


async def test_a_flood_of_taps_is_refused_before_the_database_hears_of_it(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path) as app, opened.client(app) as browser:
        with mock.patch.object(app.state.house.curb, "looks", return_value=False):
            for path in (f"/letters/{'0' * 64}", "/chat/calendar"):
                answer = await browser.post(path)
                assert (answer.status_code, "retry-after" in answer.headers) == (429, True)
