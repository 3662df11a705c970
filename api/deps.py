"""What the doors have in common: the house they lead into, and who may pass."""

from __future__ import annotations

import hmac
from typing import Annotated

import fastapi
from fastapi import security

from bot import wiring
from bot.services import publishing

_bearer = security.HTTPBearer(auto_error=False, description="The export token: ASHAR_EXPORT_TOKEN.")


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


def may_export(
    house: House, given: Annotated[security.HTTPAuthorizationCredentials | None, fastapi.Security(_bearer)]
) -> None:
    """Lets pass whoever shows the export token; 401 without a token, 403 with a wrong one."""
    if given is None:
        raise fastapi.HTTPException(
            401, "Send the export token: Authorization: Bearer <token>.", {"WWW-Authenticate": "Bearer"}
        )
    token = house.settings.export_token
    # In constant time, or a patient stranger could guess it letter by letter. No token, no entry.
    if not token or not hmac.compare_digest(given.credentials.encode(), token.encode()):
        raise fastapi.HTTPException(403, "This is not the export token of this house.")
