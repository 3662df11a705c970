"""The cells of a campaign's file: texts in both languages, names, dates, amounts, each with what is wrong with it."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.engine import form
from bot.engine.authoring import problems
from bot.engine.phrases import Phrase, phrase
from bot.services import loading

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
#: A quantity at the most; what is far above is a slip of the finger.
_MOST = Decimal(1_000_000_000)

#: What stands under keys: of the whole file, or of one row of a list in it.
Cells = Mapping[str, Any]


class Draft:
    """One campaign's file in the making. Row 0 stands for wherever the key stands."""

    def __init__(self, source: loading.Source) -> None:
        self.source = source
        self.data = source.data
        self.problems: list[problems.Problem] = []

    def say(self, column: str, what: Phrase, mend: Phrase, row: int = 0) -> None:
        """Keep one mistake."""
        line = row or self.source.lines.get(column, 1)
        self.problems.append(problems.Problem("campaign", line, column, what, mend))

    def keys(self, cells: Cells, known: set[str], needed: Collection[str], row: int = 0) -> None:
        """Say which keys mean nothing, and which are missing."""
        for key in cells.keys() - known:
            otherwise = phrase("use one of: {names}.", names=", ".join(sorted(known)))
            mend = problems.suggestion(key, known, otherwise)
            self.say(key, phrase("“{name}” means nothing here.", name=key), mend, row)
        for key in sorted(set(needed) - cells.keys()):
            what = phrase("“{name}” is missing.", name=key)
            self.say(key, what, phrase("write it; flows/suu.campaign.yaml shows how."), row)

    def rows(self, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rows of a list, with their numbers."""
        raw = self.data.get(key)
        if key in self.data and not isinstance(raw, list):
            self.say(key, phrase("This is no list."), phrase("write a row behind each -; see flows/suu.campaign.yaml."))
        for item in raw if isinstance(raw, list) else ():
            if isinstance(item, Mapping):
                yield int(item["__row__"]), {str(name): cell for name, cell in item.items() if name != "__row__"}
            else:
                mend = phrase("write keys and values behind the -; see flows/suu.campaign.yaml.")
                self.say(key, phrase("“{word}” is no row.", word=str(item)), mend)

    def name(self, cells: Cells, taken: Collection[object], row: int) -> str:
        """The name of a row, unlike those that are taken."""
        name = cells.get("name", "")
        if "name" not in cells:
            return ""
        if not is_name(name):
            mend = phrase("write small Latin letters, digits, - and _, at most 32.")
            self.say("name", phrase("“{name}” cannot be a name.", name=str(name)), mend, row)
        elif name in taken:
            what = phrase("“{name}” is the name of another row already.", name=name)
            self.say("name", what, phrase("choose another name."), row)
        return str(name)

    def text(self, cells: Cells, key: str, row: int = 0) -> dict[str, str]:
        """A text by language, in both."""
        value = cells[key]
        if not isinstance(value, Mapping):
            mend = phrase("write {example}.", example=f"{key}: {{ky: …, ru: …}}")
            self.say(key, phrase("The text names no language."), mend, row)
            return {}
        said = {str(language): str(words).strip() for language, words in value.items() if words}
        for language in form.LANGUAGES:
            if not said.get(language):
                mend = phrase("write {example}.", example=f"{key}: {{{language}: …}}")
                self.say(key, phrase("The text in “{language}” is missing.", language=language), mend, row)
        for language in said.keys() - set(form.LANGUAGES):
            what = phrase("“{language}” is no language here.", language=language)
            self.say(key, what, phrase("write ky and ru."), row)
        return said

    def date(self, cells: Cells, key: str, row: int = 0) -> str:
        """A date in ISO 8601; "" where there is none."""
        value = cells.get(key)
        # YAML makes a date of it by itself, unless it stands in quotes.
        if isinstance(value, str):
            with contextlib.suppress(ValueError):
                value = dt.date.fromisoformat(value)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value.isoformat()
        if key in cells:
            what = phrase("“{word}” is no date.", word=str(value))
            self.say(key, what, phrase("write year-month-day, such as 2027-05-15."), row)
        return ""

    def choice(self, cells: Cells, key: str, known: Collection[str], default: str = "", row: int = 0) -> str:
        """One of a few words."""
        word = cells.get(key, default)
        if key in cells and word not in known:
            mend = phrase("use one of: {names}.", names=", ".join(known))
            self.say(key, phrase("“{word}” is not known.", word=str(word)), mend, row)
        return str(word)

    def amount(self, cells: Cells, key: str, row: int = 0) -> Decimal | None:
        """A quantity above 0 in whole hundredths; None where there is none."""
        if key not in cells:
            return None
        try:
            amount = Decimal(str(cells[key]))
        except InvalidOperation:
            amount = Decimal(0)
        if amount.is_finite() and 0 < amount <= _MOST and not amount * 100 % 1:
            return amount
        what = phrase("“{word}” is no quantity.", word=str(cells[key]))
        self.say(key, what, phrase("write a number above 0, at most {most}.", most=f"{_MOST:,}"), row)
        return None


def is_name(name: object) -> bool:
    """Whether it can stand in a link and behind a command."""
    return isinstance(name, str) and bool(_NAME.fullmatch(name))


def spelled(amount: Decimal) -> str:
    """One spelling of 60, 60.0 and "60", or the same campaign would have two versions."""
    return f"{amount.normalize():f}"
