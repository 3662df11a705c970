"""What the bot itself says: an English msgid and what fills it, put into words elsewhere (`wording.py`).

It stands below everything else in the engine, so that expressions and sheets can speak of an author's mistakes.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, NamedTuple

#: No parameters; shared by all that have none.
NONE: Mapping[str, Any] = types.MappingProxyType({})


class Phrase(NamedTuple):
    """Something the bot itself says: an English msgid, put into words by `wording.py` from the catalogs."""

    msgid: str
    params: Mapping[str, Any] = NONE
    plural: str = ""
    #: The number that decides the plural form.
    number: int = 1


def phrase(msgid: str, /, **params: Any) -> Phrase:
    """A phrase of the catalogs; babel's extraction knows this name."""
    return Phrase(msgid, params)


def phrases(singular: str, plural: str, number: int, /, **params: Any) -> Phrase:
    """A phrase with plural forms."""
    return Phrase(singular, params, plural, number)


def english(said: Phrase) -> str:
    """The phrase as it stands in the code, filled: for logs, operators and exceptions."""
    filled = {name: english(value) if isinstance(value, Phrase) else value for name, value in said.params.items()}
    return (said.plural if said.plural and said.number != 1 else said.msgid).format(**filled)
