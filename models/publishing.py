"""What is published: forms and campaigns, every version of them, and which one is current."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from models import attachments, courses, db, tables


class FormVersion(NamedTuple):
    """One version of a form. `definition` is JSON of the sheets and lists."""

    version: str
    name: str
    emits: str
    definition: str
    #: The pictures and recordings of its questions.
    attachments: tuple[attachments.Attachment, ...] = ()


class Need(NamedTuple):
    """One thing a campaign asks for; amounts in hundredths."""

    name: str
    kind: str
    minimum: int
    optimum: int


class CampaignVersion(NamedTuple):
    """One version of a campaign. `definition` is JSON; `form_version` is the form by which one pledges."""

    version: str
    name: str
    definition: str
    form_version: str
    needs: tuple[Need, ...]
    #: The state in which it begins when it is published first.
    state: str


class Shelf(NamedTuple):
    """One form or campaign as it is on offer."""

    #: "form" or "campaign".
    kind: str
    name: str
    current: str | None
    #: What a form emits, or the state of a campaign.
    word: str
    #: True for a form with which no new conversation begins.
    closed: bool = False


class Listed(NamedTuple):
    """One form as its facilitator sees it."""

    name: str
    emits: str
    current: str | None
    closed_at: dt.datetime | None
    #: When the current version was published first.
    published_at: dt.datetime
    versions: int
    #: Responses under way and finished, to all versions.
    open: int
    finished: int


async def publish(
    connection: db.Connection,
    forms: Sequence[FormVersion],
    campaigns: Sequence[CampaignVersion],
    at: dt.datetime,
    *,
    again: bool,
) -> set[str]:
    """Store the versions that are new and make them current; the versions that were new.

    A version that is known already is left as it is; `again` makes it current once more. What is closed stays closed.
    """
    new = set()
    await attachments.add(connection, [each for form in forms for each in form.attachments])
    for form in forms:
        row = {"name": form.name, "emits": form.emits, "current": form.version}
        # The name first: its versions refer to it.
        await _stand(connection, tables.form, row)
        if await _add(connection, tables.form_version, _form_row(form, at)):
            new.add(form.version)
        if again or form.version in new:
            await _renew(connection, tables.form, row)
    for campaign in campaigns:
        # As a closed form: a new version corrects it, it does not open it.
        row = {"name": campaign.name, "current": campaign.version}
        is_new = await _stand(connection, tables.campaign, row | {"state": campaign.state})
        if await _add(connection, tables.campaign_version, _campaign_row(campaign, at)):
            new.add(campaign.version)
            needs = [{"campaign_version": campaign.version} | need._asdict() for need in campaign.needs]
            await connection.execute(sa.insert(tables.need), needs)
        held = await courses.hold(connection, campaign.name)
        if is_new or (held.version != campaign.version and (again or campaign.version in new)):
            now_ = held._replace(version=campaign.version)
            await courses.write(connection, campaign.name, now_, "facilitator", at)
    return new


async def _stand(connection: db.Connection, table: sa.Table, row: Mapping[str, object]) -> bool:
    """Put the name on the shelf, behind all others; False where it stands there."""
    last = sa.select(sa.func.coalesce(sa.func.max(table.c.position), 0)).scalar_subquery()
    stood = await connection.execute(
        db.insert(connection, table).values({**row, "position": last + 1}).on_conflict_do_nothing()
    )
    return stood.rowcount == 1


async def _renew(connection: db.Connection, table: sa.Table, row: Mapping[str, object]) -> None:
    await connection.execute(sa.update(table).where(table.c.name == row["name"]).values(**row))


async def _add(connection: db.Connection, table: sa.Table, row: Mapping[str, object]) -> bool:
    """Store a version; False where it is stored already."""
    added = await connection.execute(db.insert(connection, table).values(row).on_conflict_do_nothing())
    return added.rowcount == 1


_SHELF = sa.union_all(
    sa.select(
        sa.literal("form").label("kind"),
        tables.form.c.name,
        tables.form.c.current,
        tables.form.c.emits.label("word"),
        tables.form.c.closed_at.is_not(None).label("closed"),
        tables.form.c.position,
    ),
    sa.select(
        sa.literal("campaign").label("kind"),
        tables.campaign.c.name,
        tables.campaign.c.current,
        tables.campaign.c.state.label("word"),
        sa.false().label("closed"),
        tables.campaign.c.position,
    ),
).order_by("position", "name")


async def shelf(connection: db.Connection) -> tuple[Shelf, ...]:
    """All forms and campaigns in the order in which they were first published, in one statement, for every group of
    messages asks."""
    found = await connection.execute(_SHELF)
    return tuple(Shelf(row.kind, row.name, row.current, row.word, bool(row.closed)) for row in found)


async def forms(connection: db.Connection) -> list[Listed]:
    """Every form in the order in which it was first published, with how much it is used."""
    form, version, response = tables.form, tables.form_version, tables.response
    versions = (
        sa.select(version.c.form_name, sa.func.count().label("versions")).group_by(version.c.form_name).subquery()
    )
    status = response.c.status
    used = (
        sa.select(
            response.c.form_name,
            sa.func.count(sa.case((status == "open", 1))).label("open"),
            sa.func.count(sa.case((status == "finished", 1))).label("finished"),
        )
        .group_by(response.c.form_name)
        .subquery()
    )
    found = await connection.execute(
        sa.select(
            form.c.name,
            form.c.emits,
            form.c.current,
            form.c.closed_at,
            version.c.published_at,
            versions.c.versions,
            sa.func.coalesce(used.c.open, 0),
            sa.func.coalesce(used.c.finished, 0),
        )
        .join(version, version.c.version == form.c.current)
        .join(versions, versions.c.form_name == form.c.name)
        .outerjoin(used, used.c.form_name == form.c.name)
        .order_by(form.c.position, form.c.name)
    )
    return [Listed(*row) for row in found]


async def close(connection: db.Connection, name: str, at: dt.datetime | None) -> None:
    """Let no new conversation begin with this form from now on; with `at` None, let them begin again."""
    await connection.execute(sa.update(tables.form).where(tables.form.c.name == name).values(closed_at=at))


async def history(connection: db.Connection, name: str) -> list[str]:
    """Every version of a form, the latest published first."""
    table = tables.form_version
    found = await connection.scalars(
        sa.select(table.c.version)
        .where(table.c.form_name == name)
        .order_by(table.c.published_at.desc(), table.c.version)
    )
    return list(found)


async def form_versions(connection: db.Connection) -> set[str]:
    """Every form version ever published."""
    return set(await connection.scalars(sa.select(tables.form_version.c.version)))


async def form_definitions(connection: db.Connection, versions: Collection[str]) -> dict[str, str]:
    """Version -> definition of these form versions."""
    table = tables.form_version
    found = await connection.execute(
        sa.select(table.c.version, table.c.definition).where(table.c.version.in_(sorted(versions)))
    )
    return {row.version: row.definition for row in found}


async def campaign_definitions(connection: db.Connection, versions: Collection[str]) -> dict[str, tuple[str, str]]:
    """Version -> (definition, form version) of these campaign versions."""
    table = tables.campaign_version
    found = await connection.execute(
        sa.select(table.c.version, table.c.definition, table.c.form_version).where(
            table.c.version.in_(sorted(versions))
        )
    )
    return {row.version: (row.definition, row.form_version) for row in found}


def _form_row(form: FormVersion, at: dt.datetime) -> dict[str, object]:
    return {
        "version": form.version,
        "form_name": form.name,
        "definition": form.definition,
        "published_at": at,
    }


def _campaign_row(campaign: CampaignVersion, at: dt.datetime) -> dict[str, object]:
    return {
        "version": campaign.version,
        "campaign_name": campaign.name,
        "definition": campaign.definition,
        "form_version": campaign.form_version,
        "published_at": at,
    }
