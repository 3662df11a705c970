"""Rows between "begin" and "end" -> a tree of groups and repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.engine.authoring import kinds
from bot.engine.authoring.kinds import Role, Type
from bot.engine.authoring.sheets import Row, Told
from bot.engine.phrases import phrase

#: Groups within groups that are read at all; no form that people answer comes near.
DEEPEST = 20


@dataclass(slots=True, eq=False)  # compared as the object it is
class Node:
    """One row of the survey sheet at its place in the tree; a group has a body."""

    row: Row
    type: Type
    parent: Node | None = None
    body: list[Node] = field(default_factory=list)
    #: As it is called in the form; given by `naming`.
    name: str = ""

    @property
    def is_group(self) -> bool:
        """True for a group or a repeat."""
        return self.type.role is Role.BEGIN

    @property
    def is_repeat(self) -> bool:
        """True for a repeat."""
        return self.is_group and self.type.repeat

    def above(self) -> Iterator[Node]:
        """The groups it stands in, the innermost first."""
        parent = self.parent
        while parent:
            yield parent
            parent = parent.parent

    def within(self) -> Iterator[Node]:
        """Everything that stands in it, in the order of the rows, groups included."""
        for each in self.body:
            yield each
            yield from each.within()


def flat(body: Iterable[Node]) -> list[Node]:
    """Every node of the tree, in the order of the rows."""
    return [each for node in body for each in (node, *node.within())]


def nest(rows: Iterable[tuple[Row, Type]], told: Told) -> list[Node]:
    """The tree; what begins and does not end, or ends and did not begin, is told."""
    top: list[Node] = []
    open_: list[Node] = []
    for row, type_ in rows:
        if type_.role is Role.LIST:
            continue
        if type_.role is Role.END:
            _close(row, type_, open_, told)
            continue
        parent = open_[min(len(open_), DEEPEST) - 1] if open_ else None
        node = Node(row, type_, parent)
        (parent.body if parent else top).append(node)
        if node.is_group:
            open_.append(node)
            if len(open_) == DEEPEST + 1:
                what = phrase("The groups stand more than {n} deep in one another.", n=DEEPEST)
                told.error(row, "type", what, phrase("put some of them one after the other."))
            if len(open_) > DEEPEST:
                node.type = kinds.UNSURE
    for node in open_:
        if node.is_group:
            mend = phrase("write “{type}” where it ends.", type=_word("end", node.type))
            told.error(node.row, "type", phrase("“{name}” begins and never ends.", name=_called(node.row)), mend)
    return top


def _close(row: Row, type_: Type, open_: list[Node], told: Told) -> None:
    ended = _word("end", type_)
    if not open_:
        what = phrase("“{type}” ends what never began.", type=ended)
        told.error(row, "type", what, phrase("delete the row, or write “{type}” above.", type=_word("begin", type_)))
        return
    last = open_.pop()
    if last.is_group and last.type.repeat != type_.repeat:
        name, wanted = _called(last.row), _word("end", last.type)
        what = phrase("“{type}” cannot end “{name}” of row {row}.", type=ended, name=name, row=last.row.number)
        told.error(row, "type", what, phrase("write “{type}”.", type=wanted))


def _word(side: str, type_: Type) -> str:
    return f"{side}_{'repeat' if type_.repeat else 'group'}"


def _called(row: Row) -> str:
    return row.cell("name") or row.cell("type")
