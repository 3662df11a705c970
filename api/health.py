"""The door for whoever looks after the house: whether it can do its work."""

from __future__ import annotations

import asyncio
import datetime as dt
import time

import fastapi

from api import deps, schemas
from bot import wiring
from models import db, leases, migrating, outbox

router = fastapi.APIRouter(tags=["health"])

#: Longer than the postman's longest pause between two tries (ten minutes): by then something is wrong with sending.
LATE = dt.timedelta(minutes=15)
#: Seconds of one group at the desk: longer than all its tries with the database's own patience.
STUCK = 90
#: Seconds: whoever asks wants to know now, also that the database does not answer.
_PATIENCE = 5
#: Seconds for which it is believed that the database can be written to: each try is a commit, and anybody may ask.
_BELIEVED = 5


@router.get("/health", responses={503: {"model": schemas.Health}})
async def health(house: deps.House, request: fastapi.Request, response: fastapi.Response) -> schemas.Health:
    """Whether the database answers and can be written to, its tables are this program's, people are answered, and
    messages leave the outbox; 503 with the reason in a word if not."""
    migrated = getattr(request.app.state, "migrated", False)
    waited: dt.timedelta | None = None
    try:
        async with asyncio.timeout(_PATIENCE):
            # Looks into the migrations' folder; once they are current they stay so for this process.
            migrated = migrated or not await migrating.pending(house.database)
            waited = await _waited(house) if migrated else None
        database = True
    except (db.DatabaseError, OSError, TimeoutError):
        database = False
    request.app.state.migrated = migrated
    reason: schemas.Reason = "" if database else "database"
    if not reason and not migrated:
        reason = "migrations"
    if not reason and not await _writable(house, request):
        reason = "writing"
    if not reason and house.desk.held_up() > STUCK:
        reason = "desk"
    # A broadcast's last messages wait long while its first go out: that is well. Nothing going out at all is not.
    if not reason and waited and waited >= LATE and db.now() - house.postman.moved_at >= LATE:
        reason = "outbox"
    response.status_code = 503 if reason else 200
    response.headers["Cache-Control"] = "no-store"
    return schemas.Health(
        status="red" if reason else "ok",
        reason=reason,
        database="unreachable" if not database else "unwritable" if reason == "writing" else "ok",
        migrations="ok" if migrated else "pending" if database else "unknown",
        outbox_oldest_seconds=None if waited is None else int(waited.total_seconds()),
    )


async def _writable(house: wiring.House, request: fastapi.Request) -> bool:
    """Whether a commit goes through: a database that may only be read, or a full disk, still answers what is asked."""
    state = request.app.state
    if time.monotonic() - getattr(state, "wrote", float("-inf")) < _BELIEVED:
        return True
    try:
        async with asyncio.timeout(_PATIENCE), house.database.transaction() as connection:
            await leases.beat(connection, "health")
    except (db.DatabaseError, OSError, TimeoutError):
        return False
    state.wrote = time.monotonic()
    return True


async def _waited(house: wiring.House) -> dt.timedelta:
    pushed = [name for name, channel in house.channels.items() if channel.capabilities.push]
    now = db.now()
    async with house.database.reading() as connection:
        oldest = await outbox.oldest_waiting(connection, now, pushed)
    return now - oldest if oldest else dt.timedelta()
