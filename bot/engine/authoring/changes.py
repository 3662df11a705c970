"""What differs between two versions of a form, question by question."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from bot.engine import form
from bot.engine.xpath import expressions


class What(enum.StrEnum):
    """What became of a question."""

    NEW = "new"
    GONE = "gone"
    KIND = "asked in another way"
    WORDING = "wording changed"
    CHOICES = "choices changed"
    CONDITIONS = "conditions changed"
    ATTACHMENTS = "picture or recording changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One question that is not what it was. Where `splits`, its answers are counted apart from the earlier ones."""

    name: str
    what: tuple[What, ...]
    #: Names of choices that came, went, or are called otherwise.
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    splits: bool = False


def between(old: form.Form, new: form.Form) -> list[Change]:
    """The changes in the order of the new form, what is gone at the end. Calculations are questions like others."""
    made = [
        Change(question.name, (What.NEW,)) if before is None else _change(old, before, new, question)
        for question in new.questions
        for before in (old.question(question.name),)
    ]
    made += [Change(question.name, (What.GONE,)) for question in old.questions if new.question(question.name) is None]
    return [change for change in made if change.what]


def _change(old_form: form.Form, old: form.Question, new_form: form.Form, new: form.Question) -> Change:
    before = {choice.name: choice.label for choice in old.choices}
    now = {choice.name: choice.label for choice in new.choices}
    differs = {
        What.KIND: (old.kind, old.pick) != (new.kind, new.pick),
        What.WORDING: (old.label, old.hint) != (new.label, new.hint),
        What.CHOICES: list(before.items()) != list(now.items()),
        What.CONDITIONS: _conditions(old) != _conditions(new),
        What.ATTACHMENTS: _attached(old_form, old) != _attached(new_form, new),
    }
    return Change(
        new.name,
        tuple(what for what, is_so in differs.items() if is_so),
        added=tuple(name for name in now if name not in before),
        dropped=tuple(name for name in before if name not in now),
        renamed=tuple(name for name, label in now.items() if name in before and before[name] != label),
        splits=old.version != new.version,
    )


def _conditions(question: form.Question) -> tuple[object, ...]:
    return (
        question.required,
        *map(
            _source,
            (question.relevant, question.constraint, question.calculation, question.choice_filter, question.default),
        ),
        question.groups,
        question.repeats,
    )


def _source(compiled: expressions.Expression | None) -> str:
    return compiled.source if compiled else ""


def _attached(definition: form.Form, question: form.Question) -> list[str]:
    """What lies beside it, whatever its files are called."""
    every = (
        form.attached(definition, question, kind, language)
        for kind in ("image", "audio")
        for language in ("", *form.LANGUAGES)
    )
    return [found.hash if found else "" for found in every]
