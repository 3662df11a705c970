"""Paths from question to question, "../inputs/contact/_id": followed where one name stands for several questions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.engine.authoring import mending
from bot.engine.authoring.grouping import Node

#: How it begins, up the groups or at the form itself, and the names it then goes through.
_WAY = re.compile(r"(?<![\w.)\]}/])(\.{1,2}(?:/\.\.)*|/[A-Za-z_][\w.-]*)((?:/[A-Za-z_][\w.-]*)+)(?![\w\[/(-])")


def followed(source: str, node: Node, top: Sequence[Node]) -> str:
    """The expression with every path that leads to a question under the name that this question has in the form."""

    def step(found: re.Match[str]) -> str:
        target = _target(found[1], found[2], node, top)
        return found[0] if target is None else f"{found[1]}{found[2].rpartition('/')[0]}/{target.name}"

    return mending.outside(source, lambda part: _WAY.sub(step, part)) if "/" in source else source


def unknown(source: str, node: Node, top: Sequence[Node]) -> str:
    """The expression without the paths that lead to a question."""
    return _WAY.sub(lambda found: found[0] if _target(found[1], found[2], node, top) is None else "", source)


def _target(begin: str, names: str, node: Node, top: Sequence[Node]) -> Node | None:
    at: Node | None = None if begin.startswith("/") else node
    for _ in range(0 if begin.startswith("/") else begin.count("..")):
        if at is None:
            return None
        at = at.parent
    for name in names.split("/")[1:]:
        within = top if at is None else at.body
        found = [each for each in within if each.row.cell("name") == name]
        if len(found) != 1:
            return None
        at = found[0]
    return at
