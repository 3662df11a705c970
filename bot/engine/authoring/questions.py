"""One row of the survey sheet -> one Question, with all that its columns say."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Collection, Iterable
from typing import Any

from bot.engine import form
from bot.engine.authoring import listing, mending, parameters, references, sheets, texts
from bot.engine.authoring.grouping import Node
from bot.engine.authoring.kinds import Role
from bot.engine.authoring.sheets import Row, Told
from bot.engine.form import Kind
from bot.engine.phrases import phrase
from bot.engine.xpath import expressions

#: Room for one ranking where it is counted, in characters of joined choice names; models has as much.
LONGEST_RANKING = 400
#: Words of `appearance` that mean something to a chat.
APPEARANCES = frozenset(
    {"minimal", "likert", "autocomplete", "year", "month-year", "list-nolabel", "numbers", "multiline"}
)
_DATED = frozenset({Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.GEOPOINT})
#: What can only be an expression: a reference, a function, sums of numbers.
_COMPUTED = re.compile(r"\$\{|[A-Za-z][\w:-]*\(|^[\d.\s]+(?:[+*-]|div|mod)[\d.\s+*-]+$|^'[^']*'$|^\"[^\"]*\"$")


class Reader:
    """Makes questions and groups of the tree."""

    def __init__(
        self, scope: references.Scope, lists: listing.Lists, words: texts.Texts, told: Told, *, fixed: bool
    ) -> None:
        self.scope = scope
        self.lists = lists
        self.words = words
        self.told = told
        #: True where the author wants every list in its own order.
        self.fixed = fixed

    def body(self, nodes: Iterable[Node]) -> tuple[form.Question | form.Group, ...]:
        """The tree as the form keeps it."""
        made = [self.group(node) if node.is_group else self.question(node) for node in nodes]
        return tuple(each for each in made if each is not None)

    def group(self, node: Node) -> form.Group:
        """A group or a repeat with everything in it."""
        row = node.row
        return form.Group(
            name=node.name,
            label=self.text(node, "label"),
            relevant=self.scope.expression(row, "relevant", node),
            repeat=node.type.repeat,
            count=self.scope.expression(row, "repeat_count", node) if node.type.repeat else None,
            row=row.number,
            body=self.body(node.body),
        )

    def question(self, node: Node) -> form.Question | None:
        """One question; None for what says nothing and is asked for by nothing."""
        row = node.row
        if node.type.role is Role.METADATA and not self.scope.asks_for(row.cell("name")):
            return None
        choices = self.choices(node)
        kind = self.kind(node)
        label, hint = self.text(node, "label"), self.text(node, "hint")
        if kind is Kind.NOTE and not label and not hint and not self.words.media(row, "media::image"):
            if "label" not in row.texts and node.type.kind is Kind.NOTE:
                what = phrase("The note says nothing, so it was left out.")
                self.told.mended(row, "label", what, phrase("write it in label::ky and label::ru."))
            return None
        label, hint = self.shown(node, kind, label, hint)
        always, sometimes = self.required(node, kind)
        choices, chosen = self.filtered(node, choices)
        above = list(node.above())[::-1]
        question = form.Question(
            name=node.name,
            kind=kind,
            label=label,
            hint=hint,
            choices=() if kind is Kind.NOTE else choices,
            choice_filter=chosen,
            pick=self.pick(row, kind, choices),
            randomize=parameters.randomize(row, kind, self.told) and not self.fixed,
            required=always,
            required_if=sometimes,
            required_message=self.text(node, "required_message"),
            relevant=self.scope.expression(row, "relevant", node),
            constraint=None if kind in form.SILENT else self.scope.expression(row, "constraint", node),
            constraint_message=self.text(node, "constraint_message"),
            calculation=self.calculation(node, kind),
            default=self.default(node, kind, choices),
            read_only=self.read_only(node, kind),
            guidance=self.text(node, "guidance_hint"),
            image=self.words.media(row, "media::image"),
            audio=self.words.media(row, "media::audio"),
            appearance=frozenset(row.cell("appearance").lower().split()) & APPEARANCES,
            range=parameters.span(row, self.told) if kind is Kind.RANGE else (0.0, 10.0, 1.0),
            groups=tuple(each.name for each in above),
            repeats=tuple(each.name for each in above if each.is_repeat),
            personal=sheets.flag_of(row, "ashar::personal", self.told),
            row=row.number,
            version=_version_of(kind, row, choices),
        )
        self.fits(row, question)
        return question

    # --- what it is --------------------------------------------------------------------------------------------

    def kind(self, node: Node) -> Kind:
        """The kind, after all that other columns make of it."""
        row, kind = node.row, node.type.kind
        if row.cell("calculation") and kind is not Kind.CALCULATE:
            if kind not in (Kind.HIDDEN, Kind.NOTE) and row.cell("read_only").lower() not in sheets.YES:
                what = phrase("This is worked out, so nobody is asked.")
                self.told.advice(row, "calculation", what, phrase("make its type calculate, or empty this cell."))
            return Kind.CALCULATE
        if kind in form.CHOOSING and "label" in row.cell("appearance").lower().split():
            return Kind.NOTE  # the heading of a table
        if kind in (Kind.TEXT, Kind.INTEGER, Kind.DECIMAL) and row.cell("read_only").lower() in sheets.YES:
            return kind if row.cell("default") else Kind.NOTE
        return kind

    def shown(self, node: Node, kind: Kind, label: form.Text, hint: form.Text) -> tuple[form.Text, form.Text]:
        """The words of the question; where there are none, something to show."""
        if label or not node.type.sure or kind in form.WORKED_OUT:
            return label, hint
        if hint:
            return hint, {}
        if kind is Kind.NOTE:
            return label, hint
        what = phrase("The question has no text, so its name “{name}” is shown.", name=node.name)
        self.told.mended(node.row, "label", what, phrase("write it in label::ky and label::ru."))
        return {"": node.name}, hint

    def required(self, node: Node, kind: Kind) -> tuple[bool, expressions.Expression | None]:
        """Whether it must be answered: always, and under which condition."""
        row = node.row
        written = row.cell("required")
        if kind in form.SILENT:
            return False, None
        if written.lower() not in sheets.YES | sheets.NO and re.search(r"[$(=<>]", written):
            return False, self.scope.expression(row, "required", node)
        if written and written.lower() not in sheets.YES | sheets.NO:
            what = phrase("“{word}” is neither yes nor no, so the question may be skipped.", word=written)
            self.told.advice(row, "required", what, phrase("write yes or no."))
            return False, None
        return written.lower() in sheets.YES, None

    def read_only(self, node: Node, kind: Kind) -> bool:
        """Whether it is shown with its value and never asked."""
        row = node.row
        if re.search(r"[$=<>]", row.cell("read_only")):
            what = phrase("A chat asks a question or does not: the condition is not looked at.")
            self.told.advice(row, "read_only", what, phrase("write yes or no."))
            return False
        # A note or a question that is worked out shows what came of it, where it has words to say so.
        computing = kind is Kind.CALCULATE and node.type.kind not in form.WORKED_OUT and "label" in row.texts
        return sheets.flag_of(row, "read_only", self.told) or computing

    def calculation(self, node: Node, kind: Kind) -> expressions.Expression | None:
        """What a calculation works out."""
        row = node.row
        if kind is not Kind.CALCULATE:
            return None
        if row.cell("trigger"):
            what = phrase("The trigger is not waited for: the calculation is worked out each time.")
            self.told.advice(row, "trigger", what, phrase("leave it empty."))
        if row.cell("calculation"):
            return self.scope.expression(row, "calculation", node)
        if not row.cell("default"):
            mend = phrase("write an expression, such as {example}.", example="${age} < 18")
            self.told.advice(row, "calculation", phrase("There is nothing to calculate: it stays empty."), mend)
            return None
        return self.initial(node, kind)

    def default(self, node: Node, kind: Kind, choices: tuple[form.Choice, ...]) -> expressions.Expression | None:
        """What is taken where nothing is answered."""
        row = node.row
        if not row.cell("default") or node.type.role is Role.METADATA or kind is Kind.CALCULATE:
            return None
        if kind in (Kind.NOTE, Kind.IMAGE, Kind.AUDIO):
            return None
        if "${last-saved#" in row.cell("default"):
            # On a new phone it is empty as well.
            what = phrase("A chat does not keep what was answered before: the question begins without a default.")
            self.told.mended(row, "default", what, phrase("leave it empty."))
            return None
        made = self.initial(node, kind)
        words = row.cell("default").strip("'\"")
        if kind in form.CHOOSING and choices and not _COMPUTED.search(row.cell("default")):
            names = {choice.name for choice in choices}
            unknown = [word for word in words.split() if self.lists.renamed.get(word, word) not in names]
            if unknown and self.lists.renamed.get(words, words) not in names:
                what = phrase("“{word}” is none of the choices.", word=unknown[0])
                self.told.advice(row, "default", what, phrase("write the name of a choice."))
        return made

    def initial(self, node: Node, kind: Kind) -> expressions.Expression | None:
        """The default cell: a text as it stands, or an expression where it can be nothing else."""
        written = node.row.cell("default")
        computed = bool(_COMPUTED.search(written)) and not (kind in _DATED and not re.search(r"\$\{|\(", written))
        if computed and "${" not in written:
            try:
                mending.compiled(written)
            except expressions.ExpressionError:
                # "about (5 km)" is a text with brackets in it, unless a function was meant.
                called = {name.lower() for name in re.findall(r"([A-Za-z][\w:-]*)\(", written)}
                computed = bool(called & expressions.FUNCTIONS.keys())
        source = written if computed else mending.quoted(self.lists.renamed.get(written, written))
        return self.scope.expression(node.row, "default", node, source=source)

    # --- its choices -------------------------------------------------------------------------------------------

    def choices(self, node: Node) -> tuple[form.Choice, ...]:
        """The choices of its list, and "other" where the type adds it."""
        found = self.lists.of(node.type.list) if node.type.list else None
        choices = found.choices if found else ()
        if node.type.other and choices and not any(choice.name == "other" for choice in choices):
            if node.row.cell("choice_filter"):
                # It would have none of the columns that the filter looks at.
                mend = phrase("write “other” into the list itself, with the columns of the filter.")
                self.told.error(node.row, "type", phrase("A filter would never show the “other” of or_other."), mend)
            choices = (*choices, form.Choice("other", self.words.made(texts.OTHER)))
        return choices

    def filtered(
        self, node: Node, choices: tuple[form.Choice, ...]
    ) -> tuple[tuple[form.Choice, ...], expressions.Expression | None]:
        """The choices and the filter that picks among them."""
        row = node.row
        if not row.cell("choice_filter"):
            return choices, None
        if node.type.kind not in form.CHOOSING:
            what = phrase("There are no choices here to filter.")
            self.told.advice(row, "choice_filter", what, phrase("leave it empty."))
            return choices, None
        found = self.lists.of(node.type.list) if node.type.list else None
        columns = {"name", "label", *found.columns} if found and choices else set()
        small = {column.lower() for column in columns}
        try:
            wanted = mending.compiled(row.cell("choice_filter"))[0].columns
        except expressions.ExpressionError:
            wanted = frozenset()  # told when it is compiled in earnest
        other = {name for name in wanted - columns if name.lower() in small}
        choice_filter = self.scope.expression(row, "choice_filter", node, columns | other)
        return (_aliased(choices, other) if other else choices), choice_filter

    def pick(self, row: Row, kind: Kind, choices: tuple[form.Choice, ...]) -> int:
        """How many are wanted when ranking."""
        written = row.cell("ashar::pick")
        if not written:
            return 0
        if kind is not Kind.RANK:
            mend = phrase("leave it empty, or make the type rank.")
            self.told.error(row, "ashar::pick", phrase("Only a rank picks."), mend)
        elif not re.fullmatch(r"[1-9][0-9]{0,3}", written):
            what = phrase("“{word}” is no number of options.", word=written)
            self.told.error(row, "ashar::pick", what, phrase("write a whole number, such as 3."))
        elif choices and int(written) > len(choices):
            what = phrase("{n} cannot be picked from {all}.", n=written, all=len(choices))
            mend = phrase("write at most {n}, or add choices.", n=len(choices))
            self.told.error(row, "ashar::pick", what, mend)
        else:
            return int(written)
        return 0

    def fits(self, row: Row, question: form.Question) -> None:
        """What makes no sense with its kind."""
        names = sorted((len(choice.name) + 1 for choice in question.choices), reverse=True)
        most = question.pick or len(names)
        if question.kind is Kind.RANK and sum(names[:most]) > LONGEST_RANKING:
            what = phrase("The names of the choices are too long to be kept together.")
            mend = phrase(
                "shorten them: {count} of them may have {n} characters in all.", count=most, n=LONGEST_RANKING
            )
            self.told.error(row, "type", what, mend)

    # --- texts -------------------------------------------------------------------------------------------------

    def text(self, node: Node, column: str) -> form.Text:
        """The text of one column, its ${...} known."""
        return self.scope.text(node.row, column, self.words.of(node.row, column), node)


def _aliased(choices: Iterable[form.Choice], wanted: Collection[str]) -> tuple[form.Choice, ...]:
    """The choices with their columns also under the spelling that a filter uses: `Region` for `region`."""
    made = []
    for choice in choices:
        small = {column.lower(): cell for column, cell in choice.columns.items()}
        more = {name: small[name.lower()] for name in wanted if name.lower() in small}
        made.append(dataclasses.replace(choice, columns={**choice.columns, **more}) if more else choice)
    return tuple(made)


def _version_of(kind: Kind, row: Row, choices: tuple[form.Choice, ...]) -> str:
    said = [[choice.name, dict(choice.label)] for choice in choices]
    return digest([kind, row.texts.get("label", {}), row.cell("ashar::pick"), said], 8)


def digest(value: Any, digits: int) -> str:
    """Hex digits over any plain value."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A lone surrogate can come out of a spreadsheet; it must not stop the hash.
    return hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest()[:digits]
