"""Rows of an XLSForm -> Form, or every problem at once: sheet, row, column, what is wrong, how to mend it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from bot.engine import expressions, form, listing, sheets
from bot.engine.sheets import Problem, Row

__all__ = ["Problem", "read"]

#: Names the engine fills in a form that emits a pledge: the campaign's title, what is offered, by when.
GIVEN = {"pledge": ("campaign", "offer", "deadline")}
#: The questions such a form must have, by which the engine knows what is pledged.
EXPECTED = {"pledge": ("what", "confirm")}
#: Breakdowns every form has anyway.
ALWAYS = ("channel", "language")
LONGEST_HOLDER = 30
#: Room for one answer where it is kept and counted, in characters of joined choice names; models has as much.
LONGEST_ANSWER = 400
LONGEST_WAVE = 32


class Type(NamedTuple):
    """What a word of the `type` column means."""

    kind: form.Kind
    #: What follows it: "" nothing, "LIST" a list of the choices sheet, "FILE.csv" a list of its own.
    argument: str = ""


#: Every type an author may use; a new one is one more line.
TYPES: dict[str, Type] = {
    "select_one": Type(form.Kind.SELECT_ONE, "LIST"),
    "select_one_from_file": Type(form.Kind.SELECT_ONE, "FILE.csv"),
    "select_multiple": Type(form.Kind.SELECT_MULTIPLE, "LIST"),
    "rank": Type(form.Kind.RANK, "LIST"),
    "integer": Type(form.Kind.INTEGER),
    "decimal": Type(form.Kind.DECIMAL),
    "text": Type(form.Kind.TEXT),
    "note": Type(form.Kind.NOTE),
    "calculate": Type(form.Kind.CALCULATE),
}

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_REFERENCE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_CURLY = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛", "'")})

Sheets = Mapping[str, Sequence[Mapping[str, object]]]


def read(raw: Sheets, lists: listing.Outside = MappingProxyType({})) -> tuple[form.Form | None, list[Problem]]:
    """The form in the sheets "survey", "choices" and "settings", or None and all that is wrong with it.

    A row maps column names to cells as YAML or a spreadsheet gives them; its number is its place + 2 unless
    it carries "__row__". `lists` are the lists that come from outside: rows of "places.csv" by the file's
    name, and lists to be filled when the form is published ("needs", from a campaign) by the list's name.
    """
    reader = _Reader(raw, lists)
    definition = reader.made()
    places = {name: place for place, name in enumerate(("survey", "choices", *reader.lists.attached, "settings"))}
    problems = sorted(dict.fromkeys(reader.problems), key=lambda problem: (places[problem.sheet], problem.row))
    return (None if problems else definition), problems


class _Reader:
    """One form in the making. Nothing outlives `made()` but the problems."""

    def __init__(self, raw: Sheets, lists: listing.Outside) -> None:
        self.problems: list[Problem] = []
        self.rows = sheets.tidy(raw.get("survey") or (), sheets.SURVEY, self.problems)
        self.settings_rows = sheets.tidy(raw.get("settings") or (), sheets.SETTINGS, self.problems)
        self.lists = listing.Lists(raw.get("choices") or (), lists, self.problems)
        self.emits = self.settings_rows[0].cell("ashar::emits") if self.settings_rows else ""
        #: Questions whose type is unknown: nothing that hangs on it is judged.
        self.unsure: set[str] = set()
        #: Question name -> its place, to know what comes before what.
        self.order: dict[str, int] = {}

    def say(self, row: Row, column: str, what: str, mend: str) -> None:
        self.problems.append(Problem(row.sheet, row.number, column, what, mend))

    def made(self) -> form.Form:
        if not self.rows:
            what, mend = "There is no question.", "write a sheet “survey” with a row for each question."
            self.problems.append(Problem("survey", 1, "", what, mend))
        self.name_all()
        questions = tuple(self.question(row, place) for place, row in enumerate(self.rows))
        self.lists.read_all()
        return self.settings(questions)

    # --- questions -----------------------------------------------------------------------------------------

    def name_all(self) -> None:
        for place, row in enumerate(self.rows):
            name = row.cell("name")
            if not name:
                self.say(
                    row,
                    "name",
                    "The question has no name.",
                    "write a short name in Latin letters, such as “age”.",
                )
            elif not _NAME.fullmatch(name):
                mend = "use Latin letters, digits, _ - and ., a letter first, at most 64 of them."
                self.say(row, "name", f"“{name}” cannot be a name.", mend)
            elif name in GIVEN.get(self.emits, ()):
                self.say(row, "name", f"“{name}” is filled by the bot itself here.", "choose another name.")
            elif name in self.order:
                first = self.rows[self.order[name]].number
                self.say(row, "name", f"“{name}” is the name of row {first} already.", "choose another name.")
            self.order.setdefault(name, place)

    def question(self, row: Row, place: int) -> form.Question:
        kind, choices = self.type_of(row)
        question = form.Question(
            name=row.cell("name"),
            kind=kind,
            label=self.text(row, "label", place),
            hint=self.text(row, "hint", place),
            choices=choices,
            choice_filter=self.expression(row, "choice_filter", place, choices),
            pick=self.pick(row, kind, choices),
            randomize=self.parameters(row, kind),
            required=sheets.flag_of(row, "required", self.problems),
            required_message=self.text(row, "required_message", place),
            relevant=self.expression(row, "relevant", place),
            constraint=self.expression(row, "constraint", place),
            constraint_message=self.text(row, "constraint_message", place),
            calculation=self.expression(row, "calculation", place),
            personal=sheets.flag_of(row, "ashar::personal", self.problems),
            row=row.number,
            version=_version_of(kind, row, choices),
        )
        self.fits(row, question)
        return question

    def fits(self, row: Row, question: form.Question) -> None:
        """What a type must have, and what makes no sense with it."""
        if not row.cell("type"):
            return  # told of already, and the rest hangs on it
        if question.kind is form.Kind.CALCULATE:
            if not row.cell("calculation"):
                self.say(
                    row,
                    "calculation",
                    "There is nothing to calculate.",
                    "write an expression, such as ${age} < 18.",
                )
        else:
            if "label" not in row.texts:
                self.say(row, "label", "The question has no text.", "write it in label::ky and label::ru.")
            if row.cell("calculation"):
                self.say(row, "calculation", "Only a calculate calculates.", "move it to a row of type calculate.")
        names = sorted((len(choice.name) + 1 for choice in question.choices), reverse=True)
        most = 1 if question.kind is form.Kind.SELECT_ONE else question.pick or len(names)
        if sum(names[:most]) > LONGEST_ANSWER:
            what = "The names of the choices are too long to be kept together."
            self.say(
                row,
                "type",
                what,
                f"shorten them: {most} of them may have {LONGEST_ANSWER} characters in all.",
            )
        if question.kind not in form.CHOOSING and row.cell("choice_filter"):
            self.say(row, "choice_filter", "There are no choices here to filter.", "leave it empty.")

    def type_of(self, row: Row) -> tuple[form.Kind, tuple[form.Choice, ...]]:
        word, *rest = row.cell("type").split() or [""]
        known = TYPES.get(word)
        usable = ", ".join(f"{name} {kind.argument}".strip() for name, kind in TYPES.items())
        if known is None:
            what = f"There is no type “{row.cell('type')}” that a chat can ask yet." if word else "The type is missing."
            self.say(row, "type", what, sheets.suggestion(word, TYPES, f"use one of: {usable}."))
            self.unsure.add(row.cell("name"))
            return form.Kind.TEXT, ()
        if len(rest) != bool(known.argument):
            what = f"“{row.cell('type')}” is not complete." if not rest else f"“{' '.join(rest)}” is too much."
            self.say(
                row,
                "type",
                what,
                f"write “{word} {known.argument}”." if known.argument else f"write “{word}”.",
            )
            return known.kind, ()
        return known.kind, self.lists.choices(row, rest[0], file=known.argument != "LIST") if rest else ()

    def pick(self, row: Row, kind: form.Kind, choices: tuple[form.Choice, ...]) -> int:
        written = row.cell("ashar::pick")
        if not written:
            return 0
        if kind is not form.Kind.RANK:
            self.say(row, "ashar::pick", "Only a rank picks.", "leave it empty, or make the type rank.")
        elif not re.fullmatch(r"[1-9][0-9]{0,3}", written):
            self.say(
                row,
                "ashar::pick",
                f"“{written}” is no number of options.",
                "write a whole number, such as 3.",
            )
        elif choices and int(written) > len(choices):
            what = f"{written} cannot be picked from {len(choices)}."
            self.say(row, "ashar::pick", what, f"write at most {len(choices)}, or add choices.")
        else:
            return int(written)
        return 0

    def parameters(self, row: Row, kind: form.Kind) -> bool:
        """Whether the order of the choices is drawn: the only parameter there is so far."""
        draws = False
        for part in re.split(r"[\s,;]+", re.sub(r"\s*=\s*", "=", row.cell("parameters"))):
            key, _, value = part.lower().partition("=")
            if part and (key != "randomize" or value not in sheets.YES | sheets.NO):
                self.say(row, "parameters", f"“{part}” cannot be used.", "write randomize=true or leave it empty.")
            elif part and kind not in form.CHOOSING:
                self.say(row, "parameters", "There are no choices here to shuffle.", "leave it empty.")
            draws = draws or value in sheets.YES
        return draws

    # --- texts and expressions -----------------------------------------------------------------------------

    def text(self, row: Row, column: str, place: int | None = None) -> form.Text:
        """The text, its ${...} checked against the questions before `place` (None: all of them)."""
        said = sheets.text_of(row, column, self.problems)
        for name in dict.fromkeys(name for words in said.values() for name in _REFERENCE.findall(words)):
            self.refers(row, column, name, place)
        return said

    def expression(
        self, row: Row, column: str, place: int | None = None, choices: Sequence[form.Choice] = ()
    ) -> expressions.Expression | None:
        source = row.cell(column)
        if not source:
            return None
        try:
            compiled = _compile(source)
        except expressions.ExpressionError as error:
            what = f"At character {error.position + 1} of “{_short(source)}”: {error.message}."
            self.say(row, column, what, "write it as in the examples of the guide, such as ${age} >= 18.")
            return None
        for name in sorted(compiled.references):
            self.refers(row, column, name, place)
        known = {"name", *(known for choice in choices for known in choice.columns)}
        for name in sorted(compiled.columns - (known if column == "choice_filter" else set())):
            if column == "choice_filter" and not choices:
                continue  # the list is missing, which is told already
            mend = sheets.suggestion(name, known, f"write ${{{name}}} for an answer, '{name}' for a word.")
            self.say(row, column, f"“{name}” alone means nothing here.", mend)
        return compiled

    def refers(self, row: Row, column: str, name: str, place: int | None) -> None:
        given: Collection[str] = GIVEN.get(self.emits, ())
        at = self.order.get(name)
        if at is None:
            if name not in given:
                mend = sheets.suggestion(name, [*self.order, *given], "write the name of a question.")
                self.say(row, column, f"There is no question “{name}”.", mend)
        elif place is not None and at == place:
            self.say(row, column, f"“{name}” asks for itself.", "write . for the answer that is being given.")
        elif place is not None and at > place:
            what = f"“{name}” is asked only later, in row {self.rows[at].number}."
            self.say(row, column, what, "move that question before this one.")

    # --- settings ------------------------------------------------------------------------------------------

    def settings(self, questions: tuple[form.Question, ...]) -> form.Form:
        row = self.settings_rows[0] if self.settings_rows else Row("settings", 2, {}, {})
        for more in self.settings_rows[1:]:
            self.say(more, "", "Settings have one row.", "put everything into the first row.")
        name = row.cell("form_id")
        if not _NAME.fullmatch(name):
            what = f"“{name}” cannot be a form's name." if name else "The form has no name."
            self.say(row, "form_id", what, "write a short name in Latin letters, such as “priorities”.")
        if "form_title" not in row.texts:
            self.say(row, "form_title", "The form has no title.", "write it in form_title::ky and form_title::ru.")
        if self.emits not in ("", *GIVEN):
            self.say(
                row,
                "ashar::emits",
                f"“{self.emits}” is not known.",
                f"leave it empty or write {', '.join(GIVEN)}.",
            )
        for expected in EXPECTED.get(self.emits, ()):
            if expected not in self.order:
                what = f"A form that emits a {self.emits} needs a question “{expected}”."
                self.say(row, "ashar::emits", what, "add it; flows/pledge.yaml shows how.")
        if len(row.cell("ashar::wave")) > LONGEST_WAVE:
            self.say(
                row,
                "ashar::wave",
                "The wave's name is too long.",
                f"write at most {LONGEST_WAVE} characters.",
            )
        holder, term = self.text(row, "ashar::holder"), self.text(row, "ashar::term")
        self.consent(row, holder, term)
        return form.Form(
            name=name,
            title=sheets.text_of(row, "form_title", self.problems),
            body=questions,
            version=self.version(),
            emits=self.emits,
            holder=holder,
            term=term,
            thanks=self.text(row, "ashar::thanks"),
            wave=row.cell("ashar::wave") or "1",
            places=self.counted(row, "ashar::places", questions),
            margins=self.counted(row, "ashar::margins", questions),
            apart=self.expression(row, "ashar::apart"),
            refuse=self.expression(row, "ashar::refuse"),
        )

    def consent(self, row: Row, holder: form.Text, term: form.Text) -> None:
        """Whoever asks must be named before anything is kept; a pledge is to its campaign's holder."""
        for column, said in (("ashar::holder", holder), ("ashar::term", term)):
            if not self.emits and column not in row.texts:
                what = "Nobody can consent without knowing who asks and how long answers are kept."
                self.say(row, column, what, f"write {column}::ky and {column}::ru.")
            for language, words in said.items():
                if len(words) > LONGEST_HOLDER:
                    what = f"{len(words)} characters in “{language}” are too many for the consent text."
                    self.say(row, column, what, f"write at most {LONGEST_HOLDER}.")

    def counted(self, row: Row, column: str, questions: tuple[form.Question, ...]) -> tuple[str, ...]:
        names = sheets.names_of(row, column, self.order, self.problems)
        for name in names:
            kind = questions[self.order[name]].kind if name in self.order else form.Kind.SELECT_ONE
            if name not in self.unsure and kind not in (form.Kind.SELECT_ONE, form.Kind.CALCULATE):
                mend = "use a select_one, or a calculate that makes groups of it."
                self.say(row, column, f"Figures cannot be broken down by “{name}”, which is {kind}.", mend)
            if name in ALWAYS:
                self.say(row, column, f"Figures by {name} are made anyway.", "give that question another name.")
        return names

    def version(self) -> str:
        whole = {
            "survey": [row.plain() for row in self.rows],
            "choices": [row.plain() for row in self.lists.rows],
            "settings": [row.plain() for row in self.settings_rows],
            "lists": {name: [row.plain() for row in rows] for name, rows in self.lists.attached.items()},
        }
        return _digest(whole, 16)


def _compile(source: str) -> expressions.Expression:
    try:
        return expressions.compile(source)
    except expressions.ExpressionError:
        # A spreadsheet's autocorrect bends quotes; only an expression that fails is straightened, since a
        # curly quote inside straight ones is a letter like any other.
        straight = source.translate(_CURLY)
        if straight == source:
            raise
        return expressions.compile(straight)


def _version_of(kind: form.Kind, row: Row, choices: tuple[form.Choice, ...]) -> str:
    said = [[choice.name, dict(choice.label)] for choice in choices]
    return _digest([kind, row.texts.get("label", {}), row.cell("ashar::pick"), said], 8)


def _digest(value: Any, digits: int) -> str:
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A lone surrogate can come out of a spreadsheet; it must not stop the hash.
    return hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest()[:digits]


def _short(source: str) -> str:
    return source if len(source) <= 80 else source[:79] + "…"
