"""`ashar check`, `ashar publish`, `ashar forms`: from an author's file to a survey that is open, closed, changed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from bot import settings, wiring, wording
from bot.engine.authoring import changes
from bot.services import checking, loading, publishing, shelving
from bot.shell import remembering

DONE, PROBLEMS, WRONG = 0, 1, 2

#: Names of choices that are written out; a list of villages can have hundreds of new ones.
_NAMED = 8


def language(options: argparse.Namespace) -> str:
    """The language in which the author is told of problems."""
    return str(getattr(options, "language", "") or settings.language())


def spoken(parser: argparse.ArgumentParser) -> None:
    """Let the language be chosen in which problems are told."""
    text = "the language in which problems are told; that of this terminal, or else en"
    parser.add_argument("--language", choices=("ky", "ru", "en"), help=text)


def refuse(faults: Sequence[loading.Fault], options: argparse.Namespace, end: str) -> int:
    """Say what is wrong with files on standard error."""
    print(*checking.lines(faults, wording.Voice(), language(options)), end, sep="\n", file=sys.stderr)
    return PROBLEMS


def check(options: argparse.Namespace) -> int:
    """Say all that there is to be said about the files."""
    prepared = publishing.prepare(options.files)
    print(*checking.lines(prepared.faults, wording.Voice(), language(options)), sep="\n")
    return DONE if prepared.is_good else PROBLEMS


def publish(options: argparse.Namespace) -> int:
    """Store the files' versions, and say what is new in them."""

    async def store(memory: wiring.Memory) -> list[str]:
        published = await publishing.publish(memory.database, options.files)
        said = [line for each in published.versions for line in [_published(each), *await _since(memory, each)]]
        if published.faults:
            said.append(f"{checking.total(published.faults, wording.Voice(), 'en')} “ashar check” shows them.")
        return said

    said = remembering.ask(store, migrate=True)
    nothing = "Nothing to publish: a form that emits a pledge is published with the campaign that names it."
    print(*(said or [nothing]), sep="\n")
    return DONE


def _published(each: publishing.Published) -> str:
    said = f"{each.kind} {each.name}: {'version' if each.new else 'as before, version'} {each.version}"
    closed = f" (closed; “ashar forms reopen {each.name}” lets people begin)" if each.closed else ""
    return said + closed


async def _since(memory: wiring.Memory, each: publishing.Published) -> Iterable[str]:
    if each.kind != "form" or each.before in ("", each.version):
        return ()
    compared = await shelving.compared(memory.database, each.name, old=each.before, new=each.version)
    return _changed(*compared)


# -- the shelf ------------------------------------------------------------------------------------------------------


def arguments(parser: argparse.ArgumentParser) -> None:
    """The words after `ashar forms`."""
    parser.set_defaults(command=show)
    acts = parser.add_subparsers(metavar="ACT")
    for name, run, text in (
        ("close", close, "let nobody begin with a form any more; conversations under way may finish"),
        ("reopen", reopen, "let people begin with a closed form again"),
        ("changes", changed, "say what changed in a form's current version, question by question"),
    ):
        sub = acts.add_parser(name, help=text, description=text)
        sub.add_argument("form", metavar="FORM", help="name of the form, such as priorities")
        sub.set_defaults(command=run)
        if name == "changes":
            sub.add_argument("--since", default="", metavar="VERSION", help="an older version than the last one")


def show(options: argparse.Namespace) -> int:
    """List the forms."""
    entries = remembering.ask(lambda memory: shelving.entries(memory.database))
    if not entries:
        print("No form was published yet: ashar publish FILE.")
        return DONE
    spoken = language(options)
    rows = [("FORM", "STATE", "VERSION", "PUBLISHED", "VERSIONS", "UNDER WAY", "FINISHED", "TITLE")]
    for form, title in entries:
        state = "by campaigns" if form.emits else "closed" if form.closed_at else "open"
        published = f"{form.published_at.astimezone():%Y-%m-%d %H:%M}"
        shown = title.get(spoken) or next(iter(title.values()), "")
        counts = (str(form.versions), str(form.open), str(form.finished))
        rows.append((form.name, state, form.current or "", published, *counts, " ".join(shown.split())))
    print(*columns(rows), sep="\n")
    return DONE


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines, one column below the other."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]


def close(options: argparse.Namespace) -> int:
    """Close a form."""
    name = options.form
    if remembering.ask(lambda memory: shelving.close(memory.database, name)):
        print(f"{name} is closed: nobody begins with it any more. Conversations under way may finish.")
    else:
        print(f"{name} was closed before.")
    return DONE


def reopen(options: argparse.Namespace) -> int:
    """Open a form again."""
    name = options.form
    done = remembering.ask(lambda memory: shelving.reopen(memory.database, name))
    print(f"{name} is open again." if done else f"{name} was open all the time.")
    return DONE


def changed(options: argparse.Namespace) -> int:
    """Compare a form's current version with an older one."""
    compared = remembering.ask(lambda memory: shelving.compared(memory.database, options.form, old=options.since))
    print(*_changed(*compared), sep="\n")
    return DONE


def _changed(old: str, new: str, found: Sequence[changes.Change]) -> list[str]:
    if not old:
        return [f"{new} is the only version."]
    if not found:
        return [f"  since version {old}: no question changed"]
    return [f"  since version {old}:", *(f"    {_change(each)}" for each in found)]


def _change(each: changes.Change) -> str:
    details = [
        f"{word} {', '.join(names[:_NAMED])}{f' and {len(names) - _NAMED} more' if len(names) > _NAMED else ''}"
        for word, names in (("new:", each.added), ("gone:", each.dropped), ("in other words:", each.renamed))
        if names
    ]
    choices = f" ({'; '.join(details)})" if details else ""
    apart = "; its answers are counted apart from the earlier ones" if each.splits else ""
    return f"{each.name}: {', '.join(each.what)}{choices}{apart}"
