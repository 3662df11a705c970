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
    misnamed: list[tuple[Row, Type, Node]] = []
    astray = False
    rows = [(row, type_) for row, type_ in rows if type_.role is not Role.LIST]
    last = max((place for place, (_, type_) in enumerate(rows) if type_.role is not Role.END), default=-1)
    for place, (row, type_) in enumerate(rows):
        if type_.role is Role.END:
            # One "end" too many, where nothing stands before it that it could end.
            idle = place > last or rows[place - 1][1].role is Role.END
            if open_:
                node = open_.pop()
                if node.is_group and node.type.repeat != type_.repeat:
                    misnamed.append((row, type_, node))
            else:
                idle = idle and place > 0
                astray = astray or not idle
                _astray(row, type_, told, idle=idle)
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
    unended = [node for node in open_ if node.is_group]
    _unended(unended, told)
    _misnamed(misnamed, told, sure=not unended and not astray)
    return top


def _unended(open_: list[Node], told: Told) -> None:
    """What begins and never ends."""
    for node in open_:
        mend = phrase("write “{type}” where it ends.", type=_word("end", node.type))
        # Where a group ends matters only to its condition, or to what may have been ended in its place.
        if len(open_) == 1 and not any(each.is_repeat or each.row.cell("relevant") for each in (node, *node.within())):
            what = phrase("“{name}” begins and never ends: it was ended behind the last row.", name=_called(node.row))
            told.mended(node.row, "type", what, mend)
        else:
            told.error(node.row, "type", phrase("“{name}” begins and never ends.", name=_called(node.row)), mend)


def _astray(row: Row, type_: Type, told: Told, *, idle: bool) -> None:
    """What ends and never began."""
    ended = _word("end", type_)
    if idle:
        what = phrase("“{type}” ends what never began: it was left out.", type=ended)
        told.mended(row, "type", what, phrase("delete the row."))
    else:
        what = phrase("“{type}” ends what never began.", type=ended)
        told.error(row, "type", what, phrase("delete the row, or write “{type}” above.", type=_word("begin", type_)))


def _misnamed(ends: list[tuple[Row, Type, Node]], told: Told, *, sure: bool) -> None:
    """An "end_group" that ends a repeat, or the other way round: sure where every begin has its end."""
    for row, type_, last in ends:
        ended, name, wanted = _word("end", type_), _called(last.row), _word("end", last.type)
        mend = phrase("write “{type}”.", type=wanted)
        if sure:
            row_of = last.row.number
            what = phrase("“{type}” was taken for the end of “{name}” of row {row}.", type=ended, name=name, row=row_of)
            told.mended(row, "type", what, mend)
        else:
            what = phrase("“{type}” cannot end “{name}” of row {row}.", type=ended, name=name, row=last.row.number)
            told.error(row, "type", what, mend)


def _word(side: str, type_: Type) -> str:
    return f"{side}_{'repeat' if type_.repeat else 'group'}"


def _called(row: Row) -> str:
    return row.cell("name") or row.cell("type")
