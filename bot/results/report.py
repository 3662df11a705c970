"""The published results of one survey: every question in every wording, overall and by one breakdown.

What is published of one survey and wave must be safe together. So nobody is left out of a breakdown (who told no
level is a group of its own), the groups of a question that is itself a breakdown are withheld with its options, a
table of two such questions is shown once and not again turned over, and those counted apart stand in no sum with
the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.engine import form
from bot.results import figures, suppression

#: Question, question's version, level, value, how many: sums of tallies. Question "" counts the responses.
Count = tuple[str, str, str, str, int]

#: The breakdown by the most precise place that was told.
PLACE = "place"
#: What is known of every response.
ALWAYS = ("channel", "language")


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one group, or of everybody (level "" outside a breakdown).

    `n` is the number of people the shares are of, None if it is withheld. In a breakdown level "" is those who
    told no level.
    """

    level: str
    label: form.Text
    n: int | None
    withheld: bool
    figures: tuple[figures.Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question in one wording. Answers to another wording are never added to these."""

    name: str
    version: str
    #: True for a wording that the current version of the survey no longer has.
    earlier: bool
    kind: form.Kind
    label: form.Text
    options: tuple[form.Choice, ...]
    everybody: Group
    #: Groups in which nobody answered it are not among them.
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What is published about one survey. `groups` are those of the breakdown by responses, without figures."""

    name: str
    version: str
    title: form.Text
    wave: str
    by: str
    breakdowns: tuple[str, ...]
    apart: bool
    least: int
    n: int | None
    withheld: bool
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]


def breakdowns(forms: Sequence[form.Form]) -> tuple[str, ...]:
    """By what the figures can be broken down, one at a time."""
    places = (PLACE,) if any(version.places for version in forms) else ()
    margins = (name for version in forms for name in version.margins)
    return tuple(dict.fromkeys((*places, *margins, *ALWAYS)))


def report(
    forms: Sequence[form.Form],
    everybody: Iterable[Count],
    broken_down: Iterable[Count] = (),
    *,
    by: str = "",
    apart: bool = False,
    least: int = suppression.LEAST,
) -> Results:
    """The results of a survey; `forms` are all its versions, the current one first.

    `everybody` are its counts under level "", `broken_down` the same counts by the levels of `by`; both of the
    responses counted apart, or both of the others.
    """
    now = forms[0]
    making = _Making(forms, everybody, broken_down, by, least)
    return Results(
        name=now.name,
        version=now.version,
        title=now.title,
        wave=now.wave,
        by=by,
        breakdowns=breakdowns(forms),
        apart=apart,
        least=least,
        n=making.n if making.n >= least else None,
        withheld=making.n < least,
        groups=tuple(making.size(level, n) for level, n in making.sizes.items()),
        questions=tuple(making.question(wording) for wording in making.wordings.values()),
    )


class _Making:
    """One report in the making."""

    def __init__(
        self,
        forms: Sequence[form.Form],
        everybody: Iterable[Count],
        broken_down: Iterable[Count],
        by: str,
        least: int,
    ) -> None:
        self.by, self.least = by, least
        #: Every wording that counts, in the order of the form; behind each its earlier ones, at the end what is gone.
        self.wordings = _wordings(forms)
        self.current = {(question.name, question.version) for question in forms[0].questions}
        self.names = _names(forms, by)
        self.breakdowns = breakdowns(forms)
        self.all: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for name, version, _, value, count in everybody:
            self.all[name, version][value] = count
        for key, question in self.wordings.items():
            self.all[key] = dict(figures.placed(question, self.all[key]))
        self.some: dict[tuple[str, str], dict[str, dict[str, int]]] = defaultdict(dict)
        for name, version, level, value, count in broken_down:
            self.some[name, version].setdefault(level, {})[value] = count
        if by:
            self._add_the_rest()
        self.n = sum(self.all["", ""].values())
        sizes = {level: sum(values.values()) for level, values in self.some["", ""].items()}
        #: Level -> responses, in the order in which levels are shown.
        self.sizes = {level: sizes[level] for level in sorted(sizes, key=self._place)}
        self.small = self._small(self.sizes, self._told_already())

    def _add_the_rest(self) -> None:
        """Put whoever told no level into level "": what is missing in a sum could be had by subtraction."""
        for key, values in self.all.items():
            levels = self.some[key]
            for value, count in values.items():
                rest = count - sum(level.get(value, 0) for level in levels.values())
                if rest:
                    here = levels.setdefault("", {})
                    here[value] = here.get(value, 0) + rest

    def _place(self, level: str) -> tuple[bool, int, str]:
        order = list(self.names)
        return level == "", order.index(level) if level in self.names else len(order), level

    def _told_already(self) -> set[str]:
        """Levels that are options of a question of their own, and withheld there."""
        return {
            option
            for key, question in self.wordings.items()
            if question.name == self.by
            for option in self._row(question, self.all[key])
        }

    def _row(self, question: form.Question, values: Mapping[str, int]) -> set[str]:
        n = figures.people(question, values)
        cells = figures.cells(question, values, n)
        return set(cells) if n < self.least else suppression.row(cells, self.least)

    def _small(self, sizes: Mapping[str, int], already: Iterable[str]) -> set[str]:
        """The groups to withhold. Those who told no level are no cover for another group: how many they are follows
        from the number of answers to the question about it."""
        told = {level: size for level, size in sizes.items() if level}
        rest = {""} if 0 < sizes.get("", 0) < self.least or "" in already else set()
        return suppression.groups(told, self.least, set(already)) | rest

    def size(self, level: str, n: int) -> Group:
        """One group of the breakdown by itself."""
        withheld = level in self.small
        return Group(level, self.name(level), None if withheld else n, withheld)

    def name(self, level: str) -> form.Text:
        """A calculated level, or a channel, is called what it is called."""
        return self.names.get(level) or (dict.fromkeys(form.LANGUAGES, level) if level else {})

    def question(self, question: form.Question) -> Question:
        """One question, overall and in each group."""
        key = (question.name, question.version)
        values = self.all[key]
        n = figures.people(question, values)
        rows: dict[str, dict[str, suppression.Cell]] = {}
        sizes: dict[str, int] = {}
        for level in self.sizes if self._shown_by(question) else ():
            here = self.some[key].get(level, {})
            size = figures.people(question, here)
            if size:
                sizes[level] = size
                rows[level] = figures.cells(question, here, size)
        everybody = figures.cells(question, values, n)
        small = set(sizes) if n < self.least else self._small(sizes, self.small)
        hidden, hidden_in = set(everybody), {level: set(everybody) for level in sizes}
        if n >= self.least:
            hidden, hidden_in = self._hidden(question, everybody, n, rows, sizes, small)
        return Question(
            name=question.name,
            version=question.version,
            earlier=key not in self.current,
            kind=question.kind,
            label=question.label,
            options=question.choices,
            everybody=self._group(question, "", everybody, n, hidden, n < self.least),
            groups=tuple(
                self._group(question, level, cells, sizes[level], hidden_in[level], level in small)
                for level, cells in rows.items()
            ),
        )

    def _shown_by(self, question: form.Question) -> bool:
        """Whether this question is broken down here, and not the other way round: one table is shown once."""
        if question.name not in self.breakdowns or self.by not in {name for name, _ in self.wordings}:
            return True
        return self.breakdowns.index(self.by) < self.breakdowns.index(question.name)

    def _hidden(
        self,
        question: form.Question,
        everybody: Mapping[str, suppression.Cell],
        n: int,
        rows: Mapping[str, Mapping[str, suppression.Cell]],
        sizes: Mapping[str, int],
        small: set[str],
    ) -> tuple[set[str], dict[str, set[str]]]:
        if question.kind is not form.Kind.SELECT_MULTIPLE:
            return suppression.table(everybody, rows, small, self.least)
        # Each option is a question of its own, answered with yes or no.
        hidden: set[str] = set()
        hidden_in: dict[str, set[str]] = {level: set() for level in rows}
        for option, cell in everybody.items():
            top, inside = suppression.table(
                _yes_no(cell, n),
                {level: _yes_no(cells[option], sizes[level]) for level, cells in rows.items()},
                small,
                self.least,
            )
            if top:
                hidden.add(option)
            for level, options in inside.items():
                if options:
                    hidden_in[level].add(option)
        return hidden, hidden_in

    def _group(
        self,
        question: form.Question,
        level: str,
        cells: Mapping[str, suppression.Cell],
        n: int,
        hidden: set[str],
        withheld: bool,
    ) -> Group:
        shown = tuple(
            figures.Figure(option, withheld=True) if option in hidden else figures.figure(question, option, cell, n)
            for option, cell in cells.items()
        )
        return Group(level, self.name(level), None if withheld else n, withheld, shown)


def _wordings(forms: Sequence[form.Form]) -> dict[tuple[str, str], form.Question]:
    by_name: dict[str, dict[tuple[str, str], form.Question]] = {}
    for version in forms:
        for question in version.questions:
            if question.kind in form.CHOOSING and question.name not in version.places:
                by_name.setdefault(question.name, {}).setdefault((question.name, question.version), question)
    return {key: question for wordings in by_name.values() for key, question in wordings.items()}


def _yes_no(cell: suppression.Cell, n: int) -> dict[str, suppression.Cell]:
    return {"yes": cell, "no": (n - cell[0],)}


def _names(forms: Sequence[form.Form], by: str) -> dict[str, form.Text]:
    """Level -> its name, in the order of its list; only for levels that are options of a question."""
    names: dict[str, form.Text] = {}
    for version in forms:
        for question in version.questions:
            if question.name in (version.places if by == PLACE else (by,)):
                for choice in question.choices:
                    names.setdefault(choice.name, choice.label)
    return names
