"""The front door: every other door, and the house behind them, in one application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

import fastapi
from starlette.middleware import gzip

from api import (
    attachments,
    away,
    calendar,
    chat,
    docs,
    exports,
    health,
    letters,
    metrics,
    opendata,
    pledges,
    public,
    results,
    sharing,
    steps,
    webhooks,
)
from bot import settings as settings_
from bot import wiring
from models import db

_SMALL = 600


def app(settings: settings_.Settings | None = None) -> fastapi.FastAPI:
    """The application; without settings it takes those of this process when it starts.

    Start uvicorn without its access log: a query may hold a link's payload, and an address is a person's.
    """

    made = webhooks.Front(
        title="Ashar",
        lifespan=_living(settings),
        docs_url=None,
        redoc_url=None,
    )
    # Cyrillic pages shrink to a third, on lines that are paid by the megabyte.
    made.add_middleware(gzip.GZipMiddleware, minimum_size=_SMALL)
    for door in (chat, calendar, public, sharing, letters, docs, attachments, webhooks, metrics):
        made.include_router(door.router)
    for door in (results, opendata, pledges, steps, exports, health):
        made.include_router(door.router, prefix="/api")
    made.include_router(exports.pledges_router, prefix="/api")
    made.add_exception_handler(steps.Refused, steps.refused)
    for error in db.MAYBE_AWAY:
        made.add_exception_handler(error, away.answer)
    return made


def delivering(settings: settings_.Settings | None = None) -> fastapi.FastAPI:
    """A house that only delivers, with one door: figures for Prometheus."""
    made = fastapi.FastAPI(lifespan=_living(settings, receives=False), openapi_url=None)
    made.include_router(metrics.router)
    return made


def _living(
    settings: settings_.Settings | None, *, receives: bool = True
) -> Callable[[fastapi.FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    """The house behind the doors, for as long as they are open."""

    @contextlib.asynccontextmanager
    async def lifespan(made: fastapi.FastAPI) -> AsyncIterator[None]:
        async with wiring.house(settings or settings_.current(), receives=receives) as house:
            made.state.house = house
            yield

    return lifespan
