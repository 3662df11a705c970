"""The last gate: a form as it will be played, shown to pyxform, the reference of XLSForm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.engine import form
from bot.engine.authoring import problems, reading
from bot.engine.phrases import phrase
from bot.engine.xpath import expressions

_ROW = re.compile(r"\[row : (\w+)\]\s*")
#: What pyxform counts as the first row below the headings.
_FIRST = 2
#: Of each list it sees the first choices only: they have been judged, and a list may have thousands.
_CHOICES = 20

#: What ODK calls a filled form; a chat leaves it empty.
_NAMED = "${instanceName}"

_Row = dict[str, str]


def judge(made: form.Form) -> list[problems.Problem]:
    """What pyxform finds beyond our own reader, at most one problem. The first time takes half a second."""
    from pyxform import errors, xls2xform

    flat = _Flat(made)
    survey = [row for _, row in flat.rows]
    sheets = {
        "survey": survey,
        # Without them it looks at the first hundred rows only, and refuses a column that is filled later.
        "survey_header": [dict.fromkeys(column for row in survey for column in row)],
        "choices": flat.choices,
        "settings": [
            {
                "form_id": made.name,
                "form_title": made.name,  # in one language only
                "allow_choice_duplicates": "yes",  # judged already
            }
        ],
    }
    try:
        xls2xform.convert(sheets)
    except errors.PyXFormError as error:
        return [_problem(str(error), flat.rows)]
    except Exception as error:  # noqa: BLE001 - a fault of its own (TypeError, KeyError), and none of the author's
        what = phrase("pyxform could not try this form: {error}.", error=f"{type(error).__name__}: {error}"[:300])
        mend = phrase("try it once in the other programs you use.")
        return [problems.Problem("survey", 1, "", what, mend, problems.Severity.ADVICE)]
    return []


def _problem(said: str, rows: Sequence[tuple[int, _Row]]) -> problems.Problem:
    found = _ROW.search(said)
    place = int(found[1]) - _FIRST if found and found[1].isdecimal() else -1
    what = phrase("pyxform says: {said}", said=" ".join(_ROW.sub("", said).split()))
    row = rows[place][0] if 0 <= place < len(rows) else _named(said, rows)
    return problems.Problem("survey", row or 1, "", what, phrase("see what XLSForm allows: https://xlsform.org."))


def _named(said: str, rows: Sequence[tuple[int, _Row]]) -> int:
    """The row of the first question that the message names, 0 if it names none."""
    words = set(re.findall(r"[\w.-]+", said))
    return next((number for number, row in rows if row.get("name") in words), 0)


class _Flat:
    """The tree of a form as rows again, each with the number of the row it was made of."""

    def __init__(self, made: form.Form) -> None:
        self.choices: list[_Row] = []
        self._lists: dict[int, str] = {}
        rows = list(self._rows(made.body))
        # It knows nothing of the names that are filled in here: to it they are calculations.
        given = [*reading.GIVEN.get(made.emits, ())]
        if any(_NAMED in cell for _, row in rows for cell in row.values()):
            given.append("instanceName")
        self.rows = [*((0, {"type": "calculate", "name": name, "calculation": "''"}) for name in given), *rows]

    def _rows(self, body: tuple[form.Question | form.Group, ...]) -> Iterator[tuple[int, _Row]]:
        for each in body:
            if isinstance(each, form.Question):
                yield each.row, self._question(each)
                continue
            word = "repeat" if each.repeat else "group"
            # Not how often: it would make a question of that, under a name that the form may have as well.
            begun = {"type": f"begin {word}", "name": each.name, **_texts("label", each.label)}
            yield each.row, begun | _expressions(relevant=each.relevant)
            yield from self._rows(each.body)
            yield each.row, {"type": f"end {word}"}

    def _question(self, asked: form.Question) -> _Row:
        row = {"type": str(asked.kind), "name": asked.name, **_texts("hint", asked.hint)}
        row |= _texts("label", asked.label or {"": asked.name})
        row |= _expressions(
            relevant=asked.relevant,
            constraint=asked.constraint,
            required=asked.required_if,
            calculation=asked.calculation,
            choice_filter=asked.choice_filter,
        )
        if asked.kind in form.CHOOSING:
            row["type"] = f"{asked.kind} {self._list(asked.choices)}"
        elif asked.kind is form.Kind.CALCULATE:
            row.setdefault("calculation", "''")
        elif asked.kind is form.Kind.RANGE:
            start, end, step = (f"{number:g}" for number in asked.range)
            row["parameters"] = f"start={start} end={end} step={step}"
        return row

    def _list(self, choices: tuple[form.Choice, ...]) -> str:
        """A name for these choices, which are written down the first time."""
        if id(choices) not in self._lists:
            name = self._lists[id(choices)] = f"list_{len(self._lists) + 1}"
            self.choices += [
                {"list_name": name, "name": choice.name, "label": choice.name} for choice in choices[:_CHOICES]
            ]
        return self._lists[id(choices)]


def _texts(column: str, said: form.Text) -> _Row:
    return {f"{column}::{language}" if language else column: words for language, words in said.items()}


def _expressions(**columns: expressions.Expression | None) -> _Row:
    return {column: compiled.source for column, compiled in columns.items() if compiled}
