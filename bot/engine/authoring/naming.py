"""What questions and groups are called: names that can be kept, each once, and said so where one had to change."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from bot.engine.authoring import lettering, walking
from bot.engine.authoring.grouping import Node
from bot.engine.authoring.kinds import Role
from bot.engine.authoring.sheets import Row, Told
from bot.engine.form import Kind
from bot.engine.phrases import phrase

#: The last step of a path, "../age", which asks for a question too.
_PATH = re.compile(r"/\s*([A-Za-z_][A-Za-z0-9_.-]*)")


@dataclass(slots=True)
class Names:
    """Every name of one form."""

    nodes: dict[str, Node] = field(default_factory=dict)
    #: What an author wrote -> what it became, for ${...}.
    renamed: dict[str, str] = field(default_factory=dict)
    #: Every name that something asks for, as it is written there.
    asked_for: Collection[str] = ()
    #: A name that several questions were given -> those questions, in the order of the rows.
    namesakes: dict[str, list[Node]] = field(default_factory=dict)

    def meant(self, name: str, asking: Node | None, *, itself: bool) -> Node | None:
        """Which of those questions a row means; None where it may be more than one. `itself`: it may mean its own."""
        left = self.namesakes[name]
        if asking is None or (itself and asking in left):
            return asking
        left = [each for each in left if each is not asking]
        # The rows of a page that was copied mean those of their own copy.
        if (copies := self.namesakes.get(asking.row.cell("name"))) and len(copies) == len(left) and asking in copies:
            return left[copies.index(asking)]
        near = next(
            (found for group in asking.above() if (found := [each for each in left if each in group.within()])), []
        )
        around = [*asking.above(), None]
        # Nor is what stands in a group meant from outside, where there is another.
        left = near or [each for each in left if each.parent in around] or left
        before = [each for each in left if each.row.number < asking.row.number]
        return left[0] if len(left) == 1 else before[0] if len(before) == 1 else None


def by_path(nodes: Collection[Node]) -> frozenset[str]:
    """Every name that is asked for in a path which cannot be followed from question to question."""
    top = [node for node in nodes if node.parent is None]
    cells = (walking.unknown(cell, node, top) for node in nodes for cell in node.row.cells.values() if "/" in cell)
    return frozenset(name for cell in cells for name in _PATH.findall(cell))


def referred(rows: Iterable[Row]) -> frozenset[str]:
    """Every name that these rows ask for."""
    found: set[str] = set()
    for row in rows:
        for cell in row.cells.values():
            found.update(lettering.REFERENCE.findall(cell))
            found.update(_PATH.findall(cell))
        for said in row.texts.values():
            found.update(name for words in said.values() for name in lettering.REFERENCE.findall(words))
    return frozenset(found)


def name_all(nodes: Iterable[Node], given: Collection[str], asked_for: Collection[str], told: Told) -> Names:
    """Name every node; `given` are names the bot fills itself, `asked_for` those that ${...} ask for."""
    nodes = list(nodes)
    naming = _Naming(given, asked_for, told, nodes)
    for node in nodes:
        naming.name(node)
    return naming.names


class _Naming:
    def __init__(self, given: Collection[str], asked_for: Collection[str], told: Told, nodes: list[Node]) -> None:
        self.given = given
        self.told = told
        self.written = {node.row.cell("name") for node in nodes}
        #: Names of which it cannot be said which of several is meant.
        self.by_path = by_path(nodes)
        self.names = Names(asked_for=asked_for)

    def name(self, node: Node) -> None:
        written = node.row.cell("name")
        name = self.usable(node, written)
        if name in self.given:
            what = phrase("“{name}” is filled by the bot itself here.", name=name)
            self.told.error(node.row, "name", what, phrase("choose another name."))
        if name in self.names.nodes:
            name = self.apart(node, self.names.nodes[name], name)
        node.name = name
        self.names.nodes[name] = node

    def usable(self, node: Node, written: str) -> str:
        """The name as it can be kept."""
        if lettering.NAME.fullmatch(written):
            return written
        if not written:
            return self.nameless(node)
        if written in self.names.renamed:
            return self.names.renamed[written]
        name = self.free(lettering.latin(written) or f"row_{node.row.number}")
        what = phrase("“{name}” cannot be a name; “{new}” was taken.", name=written[: 2 * lettering.LONGEST], new=name)
        mend = phrase("use Latin letters, digits, _ - and ., a letter first, at most {n} of them.", n=lettering.LONGEST)
        self.told.mended(node.row, "name", what, mend)
        self.names.renamed[written] = name
        return name

    def nameless(self, node: Node) -> str:
        name = self.free(f"{'group' if node.is_group else 'note'}_{node.row.number}")
        mend = phrase("write a short name in Latin letters, such as “age”.")
        if node.is_group and not node.is_repeat:
            pass  # nobody asks for the name of a group
        elif node.is_group:
            self.told.mended(node.row, "name", phrase("The repeat has no name; “{new}” was taken.", new=name), mend)
        elif _is_weak(node) or node.type.role is Role.METADATA or not node.type.sure:
            pass  # nor for that of a note; and a row nobody understands is told of already
        else:
            self.told.error(node.row, "name", phrase("The question has no name."), mend)
        return name

    def apart(self, node: Node, first: Node, name: str) -> str:
        """Another name for one of two that are called alike."""
        weak = node if _is_weak(node) else first if _is_weak(first) else None
        if weak is first and weak is not None:
            first.name = self.free(f"{name}.2")
            self.names.nodes[first.name] = first
            return name
        elsewhere = node.parent is not None and node.parent is not first.parent
        new = self.free(
            f"{node.parent.name}.{name}"[-lettering.LONGEST :].lstrip(".-0123456789")
            if elsewhere and node.parent
            else f"{name}.2"
        )
        row = first.row.number
        if weak is None:
            self.names.namesakes.setdefault(name, [first]).append(node)
        if weak is None and node.row.cell("name") in self.by_path:
            what = phrase(
                "“{name}” is the name of row {row} already, and it is not clear which is meant.", name=name, row=row
            )
            self.told.error(node.row, "name", what, phrase("choose another name."))
        elif not (node.is_group and not node.is_repeat):
            what = phrase("“{name}” is the name of row {row} already; “{new}” was taken.", name=name, row=row, new=new)
            self.told.mended(node.row, "name", what, phrase("choose another name."))
        return new

    def free(self, name: str) -> str:
        """The name, or with a number behind it if that is taken."""
        number, new = 1, name[: lettering.LONGEST]
        while new in self.names.nodes or new in self.written or new in self.given:
            number += 1
            new = f"{name.removesuffix('.2')[: lettering.LONGEST - 5]}.{number}"
        return new


def _is_weak(node: Node) -> bool:
    """Whether nothing can depend on its name: a group's and a note's are never answers."""
    return (node.is_group and not node.is_repeat) or (node.type.kind is Kind.NOTE and not node.is_group)
