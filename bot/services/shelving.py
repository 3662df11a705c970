"""The forms on the shelf: which there are, closed and opened again, and what changed from version to version."""

from __future__ import annotations

from typing import NamedTuple

from bot.engine import form
from bot.engine.authoring import changes
from bot.services import publishing
from models import db
from models import publishing as stored


class NoSuchForm(LookupError):
    """No form of that name, or no version of it, was ever published."""


class NotAlone(Exception):
    """A form by which one pledges: it is open as long as a campaign is that names it."""


class Entry(NamedTuple):
    """One form as its facilitator sees it."""

    listed: stored.Listed
    title: form.Text


async def entries(database: db.Database) -> list[Entry]:
    """Every form in the order of publishing."""
    async with database.reading() as connection:
        listed = await stored.forms(connection)
        current = [each.current for each in listed if each.current]
        definitions = await stored.form_definitions(connection, current)
    titles = {version: publishing.compiled(version, text).title for version, text in definitions.items()}
    return [Entry(each, titles.get(each.current or "", {})) for each in listed]


async def close(database: db.Database, name: str) -> bool:
    """Let nobody begin with the form any more; False where it was closed already. Who is under way may finish."""
    return await _close(database, name, closed=True)


async def reopen(database: db.Database, name: str) -> bool:
    """Let people begin again, with the version that was current; False where it was open already."""
    return await _close(database, name, closed=False)


async def _close(database: db.Database, name: str, *, closed: bool) -> bool:
    async with database.transaction() as connection:
        shelf = {each.name: each for each in await stored.shelf(connection) if each.kind == "form"}
        if name not in shelf:
            raise NoSuchForm(name)
        if shelf[name].word:
            raise NotAlone(name)
        await stored.close(connection, name, db.now() if closed else None)
    return shelf[name].closed is not closed


async def compared(
    database: db.Database, name: str, *, old: str = "", new: str = ""
) -> tuple[str, str, list[changes.Change]]:
    """An older version of a form, a newer one, and what changed between them.

    Without `new` the current one is meant, without `old` the one published before that. ("", version, []) for a form
    that has one version only; raises `NoSuchForm`.
    """
    async with database.reading() as connection:
        history = await stored.history(connection, name)
        shelf = await stored.shelf(connection)
        now = new or next((each.current for each in shelf if (each.kind, each.name) == ("form", name)), None)
        if now is None or any(version not in history for version in (now, old) if version):
            raise NoSuchForm(name if now is None or now not in history else f"{name} {old}")
        # Where an old version was made current again, what lies before it is still the older one.
        earlier = [version for version in history[history.index(now) + 1 :] or history if version != now]
        before = old or next(iter(earlier), "")
        if not before:
            return "", now, []
        definitions = await stored.form_definitions(connection, {now, before})
    made = {version: publishing.compiled(version, text) for version, text in definitions.items()}
    return before, now, changes.between(made[before], made[now])
