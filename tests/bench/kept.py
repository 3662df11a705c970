"""After a kill: which acknowledged answers are in the database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection
from pathlib import Path

from tests.bench import people, sides

_OURS = """
SELECT address.key_hash, answer.question
FROM address
JOIN respondent ON respondent.contact_id = address.contact_id
JOIN response ON response.respondent_id = respondent.id
JOIN answer ON answer.response_id = response.id
"""
_PEER = "SELECT respondent.chat_id, answer.question FROM respondent JOIN answer ON answer.respondent_id = respondent.id"


def lost(side: sides.Side, folder: Path, acknowledged: Collection[people.Given]) -> str:
    """How many of the answers that the webhook was told 200 for are not there, of how many."""
    if side.name == sides.OURS:
        seal = sides.seal(side)
        stored = _rows(folder / sides.OUR_FILE, _OURS)
        missing = [
            given
            for given in acknowledged
            if (seal.hash("address/telegram", str(given.chat)), given.question) not in stored
        ]
    else:
        stored = _rows(folder / sides.FILES[side.name], _PEER)
        missing = [given for given in acknowledged if given not in stored]
    return f"{len(missing)} of {len(acknowledged):,}"


def _rows(file: Path, query: str) -> set[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return set(connection.execute(query))
