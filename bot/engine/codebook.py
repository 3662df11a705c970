"""The questions of a form as all its versions have them: kinds, words, choices, and where the wording changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.engine import form

#: What stands over the columns of `rows`, before and after one label for each language.
_BEFORE = ("table", "question", "groups", "type", "choice", "wording")
_AFTER = ("versions",)
#: The table of what is asked once; each repeat has one of its own, of its name.
MAIN = "main"


@dataclass(frozen=True, slots=True)
class Wording:
    """How something was put, and in which versions, the newest first."""

    kind: form.Kind | None
    label: form.Text
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that any version offers. Its wordings are the newest first."""

    name: str
    wordings: tuple[Wording, ...]

    @property
    def label(self) -> form.Text:
        """As the newest version that offers it puts it."""
        return self.wordings[0].label


@dataclass(frozen=True, slots=True)
class Entry:
    """A question, joined by name over all versions. Its wordings are the newest first."""

    name: str
    wordings: tuple[Wording, ...]
    options: tuple[Option, ...] = ()
    groups: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    #: How many places any version ranks.
    ranks: int = 0
    #: True if the order of its options is drawn for each person in any version.
    drawn: bool = False
    #: True if any version says so, or if it is worked out from such a question.
    personal: bool = False

    @property
    def kinds(self) -> frozenset[form.Kind]:
        """Mostly one."""
        return frozenset(wording.kind for wording in self.wordings if wording.kind)

    @property
    def label(self) -> form.Text:
        """As the newest version that asks it puts it."""
        return self.wordings[0].label


@dataclass(frozen=True, slots=True)
class Codebook:
    """All of a form that an export can show."""

    name: str
    title: form.Text
    #: The language of texts that name none, and what is shown where one is missing.
    language: str
    #: Newest first.
    versions: tuple[str, ...]
    entries: tuple[Entry, ...]
    groups: Mapping[str, form.Text] = field(default_factory=dict)
    #: Names of the repeats around each repeat, the outermost first, itself included.
    repeats: tuple[tuple[str, ...], ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Kyrgyz and Russian, then whatever else is written in; "" where the author named none."""
        texts = [each.label for entry in self.entries for each in (*entry.wordings, *_wordings(entry.options))]
        found = {language for text in texts for language in text}
        return (*form.LANGUAGES, *sorted(found - set(form.LANGUAGES), reverse=True))

    def said(self, text: form.Text, language: str) -> str:
        """The text in that language, or in the one that comes next."""
        return said(text, language, self.language)

    def labelled(self, entry: Entry, option: str, language: str) -> str:
        """The label of an option of that question; its name where it has none."""
        found = next((each for each in entry.options if each.name == option), None)
        return (found and self.said(found.label, language)) or option


def said(text: form.Text, language: str, fallback: str = "") -> str:
    """The text in that language, else in the form's own, else where none is named, else in any."""
    tried = (text.get(each, "") for each in (language, fallback, ""))
    return next(filter(None, (*tried, *text.values())), "")


def joined(versions: Sequence[form.Form]) -> Codebook:
    """The versions of one form, newest first, as one."""
    found: dict[tuple[str, tuple[str, ...]], list[tuple[str, form.Question]]] = {}
    groups: dict[str, form.Text] = {}
    repeats: dict[tuple[str, ...], None] = {}
    for each in versions:
        for question in each.questions:
            if question.kind is not form.Kind.NOTE:
                found.setdefault((question.name, question.repeats), []).append((each.version, question))
        for group, around in _groups(each.body):
            groups.setdefault(group.name, group.label)
            if group.repeat:
                repeats.setdefault((*around, group.name))
    private = _private(versions)
    return Codebook(
        name=versions[0].name,
        title=versions[0].title,
        language=versions[0].language,
        versions=tuple(each.version for each in versions),
        entries=tuple(_entry(asked, private) for asked in found.values()),
        groups=groups,
        repeats=tuple(sorted(repeats, key=len)),
    )


def rows(book: Codebook, *, personal: bool = True) -> Iterator[tuple[str, ...]]:
    """The codebook as a table, its heading first: a row for each wording of each question and of each choice."""
    languages = book.languages
    yield (*_BEFORE, *(f"label::{each}" if each else "label" for each in languages), *_AFTER)
    for entry in book.entries:
        if entry.personal and not personal:
            continue
        place = (entry.repeats[-1] if entry.repeats else MAIN, entry.name, "/".join(entry.groups))
        for number, wording in enumerate(entry.wordings, 1):
            yield (*place, str(wording.kind), "", str(number), *_said(wording, languages))
        for option in entry.options:
            for number, wording in enumerate(option.wordings, 1):
                yield (*place, "", option.name, str(number), *_said(wording, languages))


def _said(wording: Wording, languages: Iterable[str]) -> tuple[str, ...]:
    return (*(wording.label.get(language, "") for language in languages), " ".join(wording.versions))


def _entry(asked: Sequence[tuple[str, form.Question]], private: frozenset[str]) -> Entry:
    newest = asked[0][1]
    offered: dict[str, list[tuple[str, form.Kind | None, form.Text]]] = {}
    for version, question in asked:
        for choice in question.choices:
            offered.setdefault(choice.name, []).append((version, None, choice.label))
    ranking = [question for _, question in asked if question.kind is form.Kind.RANK]
    return Entry(
        name=newest.name,
        wordings=_worded((version, question.kind, question.label) for version, question in asked),
        options=tuple(Option(name, _worded(said_so)) for name, said_so in offered.items()),
        groups=newest.groups,
        repeats=newest.repeats,
        ranks=max((question.pick or len(question.choices) for question in ranking), default=0),
        drawn=any(question.randomize for _, question in asked),
        personal=newest.name in private,
    )


def _worded(said_so: Iterable[tuple[str, form.Kind | None, form.Text]]) -> tuple[Wording, ...]:
    """What was said in each version -> each different wording once, with its versions."""
    found: dict[tuple[object, ...], tuple[form.Kind | None, form.Text, list[str]]] = {}
    for version, kind, label in said_so:
        same = (kind, *sorted(label.items()))
        found.setdefault(same, (kind, label, []))[2].append(version)
    return tuple(Wording(kind, label, tuple(versions)) for kind, label, versions in found.values())


def _wordings(options: Iterable[Option]) -> Iterator[Wording]:
    return (wording for option in options for wording in option.wordings)


def _groups(
    body: Iterable[form.Question | form.Group], around: tuple[str, ...] = ()
) -> Iterator[tuple[form.Group, tuple[str, ...]]]:
    """Every group, with the names of the repeats around it."""
    for each in body:
        if isinstance(each, form.Group):
            yield each, around
            yield from _groups(each.body, (*around, each.name) if each.repeat else around)


def _private(versions: Sequence[form.Form]) -> frozenset[str]:
    """What any version calls personal, and what is worked out from it: a greeting holds the name it greets."""
    found = {question.name for each in versions for question in each.questions if question.personal}
    worked_out = [question for each in versions for question in each.questions if question.kind in form.WORKED_OUT]
    while True:
        more = {
            question.name
            for question in worked_out
            for expression in (question.calculation, question.default)
            if expression and expression.references & found
        }
        if more <= found:
            return frozenset(found)
        found |= more
