"""What the doors have in common: the house they lead into, and who may pass."""

from __future__ import annotations

import hmac
from typing import Annotated

import fastapi
from fastapi import security

from bot import wiring
from bot.services import publishing, supplementing

_bearer = security.HTTPBearer(
    auto_error=False,
    description="The export token, ASHAR_EXPORT_TOKEN; or where it says so the facilitator's, ASHAR_FACILITATOR_TOKEN.",
)
_Given = Annotated[security.HTTPAuthorizationCredentials | None, fastapi.Security(_bearer)]


def house(request: fastapi.Request) -> wiring.House:
    """The house this application serves."""
    found: wiring.House = request.app.state.house
    return found


def library(request: fastapi.Request) -> publishing.Library:
    """The forms and campaigns as these doors have read them; one for the application's life."""
    state = request.app.state
    if not hasattr(state, "library"):
        state.library = publishing.Library()
    found: publishing.Library = state.library
    return found


House = Annotated[wiring.House, fastapi.Depends(house)]
Library = Annotated[publishing.Library, fastapi.Depends(library)]


def may_export(house: House, given: _Given) -> None:
    """Lets pass whoever shows the export token; 401 without a token, 403 with a wrong one."""
    _admit(given, "export", house.settings.export_token)


def may_facilitate(house: House, given: _Given) -> None:
    """Lets pass whoever shows the facilitator's token: it reads pledges and makes steps, and names nobody."""
    if given is not None and not house.settings.facilitator_token:
        raise fastapi.HTTPException(403, "This house has no facilitator's token: the operator sets it.")
    _admit(given, "facilitator", house.settings.facilitator_token)


def may_measure(house: House, given: _Given) -> None:
    """Lets pass whoever shows the operator's token for figures; where none is set, there is no such door."""
    # Not only from this machine: behind a web server everybody comes from there.
    if not house.settings.metrics_token:
        raise fastapi.HTTPException(404, "The operator opens this door with ASHAR_METRICS_TOKEN.")
    _admit(given, "metrics", house.settings.metrics_token)


def may_read_pledges(house: House, given: _Given) -> bool:
    """Lets pass either of the two; whether what names people may be read too, which is the export token's alone."""
    if given and house.settings.facilitator_token and _is(given, house.settings.facilitator_token):
        return False
    _admit(given, "export", house.settings.export_token)
    return True


def _admit(given: security.HTTPAuthorizationCredentials | None, name: str, token: str) -> None:
    if given is None:
        raise fastapi.HTTPException(
            401, f"Send the {name} token: Authorization: Bearer <token>.", {"WWW-Authenticate": "Bearer"}
        )
    if not _is(given, token):
        raise fastapi.HTTPException(403, f"This is not the {name} token of this house.")


def _is(given: security.HTTPAuthorizationCredentials, token: str) -> bool:
    # In constant time, or a patient stranger could guess it letter by letter. No token, no entry.
    return bool(token) and hmac.compare_digest(given.credentials.encode(), token.encode())


def reckoner(request: fastapi.Request) -> supplementing.Reckoner:
    """What is remembered of what others add; one for the application's life."""
    state = request.app.state
    if not hasattr(state, "reckoner"):
        state.reckoner = supplementing.Reckoner()
    found: supplementing.Reckoner = state.reckoner
    return found


Reckoner = Annotated[supplementing.Reckoner, fastapi.Depends(reckoner)]
