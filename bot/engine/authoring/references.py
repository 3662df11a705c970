"""What the expressions and texts of a form refer to: known or not, before or after, and in no ring."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from bot.engine import form
from bot.engine.authoring import lettering, listing, mending, naming, problems, walking
from bot.engine.authoring.grouping import Node
from bot.engine.authoring.sheets import Row, Told
from bot.engine.phrases import phrase
from bot.engine.xpath import expressions

#: Names of ODK's own that a chat leaves empty.
_EMPTY = frozenset({"instanceID", "instanceName"})
#: Columns whose expression decides what a question is worth: a ring of them never comes to rest.
_BINDING = frozenset({"relevant", "calculation", "repeat_count"})
#: Columns that hold or do not; a spreadsheet's TRUE in them is no name.
_CONDITIONS = frozenset({"relevant", "constraint"})
_TRUTHS = {"true": "true()", "yes": "true()", "false": "false()", "no": "false()"}
#: What other languages call nothing, and what holds always or never.
_CONSTANTS = {"null": "''", "true": "true()", "false": "false()"}
#: Columns of words that are shown.
_WORDS = frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message"})


class Scope:
    """All the names of one form, and what asks for them."""

    def __init__(self, names: naming.Names, lists: listing.Lists, given: Collection[str], told: Told) -> None:
        self._names = names
        self._lists = lists
        self._given = given
        self._told = told
        self._top = [node for node in names.nodes.values() if node.parent is None]
        self._places = {id(node): place for place, node in enumerate(names.nodes.values())}
        #: Which node hangs on which others, and the column that says so.
        self._edges: dict[Node, dict[Node, str]] = {}
        self._small: dict[str, list[str]] = {}
        for name in names.nodes:
            self._small.setdefault(name.lower(), []).append(name)
        #: Names of choices: bare in an expression they are words that lost their quotes.
        self._words = frozenset(choice.name for each in lists.used() for choice in each.choices)
        #: Every expression that was compiled, for the lists they look up in.
        self.compiled: list[tuple[Row, str, expressions.Expression]] = []

    def asks_for(self, name: str) -> bool:
        """Whether something asks for that name."""
        return name in self._names.asked_for

    def text(self, row: Row, column: str, said: form.Text, node: Node | None = None) -> form.Text:
        """The text with its ${...} under their new names, each of them known."""
        everything = "".join(said.values())
        if "${" not in everything:
            return said
        renamed = {
            language: self._spelled(row, column, lettering.rename(words, self._names.renamed), node)
            for language, words in said.items()
        }
        for name in dict.fromkeys(found for words in renamed.values() for found in lettering.REFERENCE.findall(words)):
            self._refers(row, column, name, node)
        return renamed

    def expression(
        self, row: Row, column: str, node: Node | None = None, known: Collection[str] = (), source: str = ""
    ) -> expressions.Expression | None:
        """The compiled cell; None where it is empty or wrong, which is told.

        `known` are the columns that bare names may mean; `source` stands for the cell.
        """
        written = source or row.cell(column)
        if not written:
            return None
        if column in _CONDITIONS and written.lower() in _TRUTHS:
            written = _TRUTHS[written.lower()]
        text = self._spelled(row, column, lettering.rename(written, self._names.renamed), node)
        text = mending.relabelled(text, self._lists.renamed)
        text = walking.followed(text, node, self._top) if node else text
        if node and column == "constraint":
            own = f"${{{node.name}}}"
            text = mending.outside(text, lambda part: lettering.rename(part, {node.name: node.name}).replace(own, "."))
        text, elsewhere = mending.known(text)
        if elsewhere:
            what = phrase("A chat does not know “{type}”: it stays empty.", type=_short(elsewhere))
            self._told.mended(row, column, what, phrase("leave it empty."))
        above = tuple(group.is_repeat for group in node.above()) if node else ()
        try:
            compiled, straightened = mending.compiled(text, above)
        except expressions.ExpressionError as error:
            place, short = error.position + 1, _short(text)
            what = phrase("{error} — character {n} of “{source}”.", n=place, source=short, error=error.phrase)
            mend = phrase("write it as in the examples of the guide, such as {example}.", example="${age} >= 18")
            self._told.error(row, column, what, mend)
            return None
        text = self._meaning(compiled, column, known)
        if text != compiled.source:
            compiled, straightened = mending.compiled(text, above)[0], True
        if straightened:
            what = phrase("The expression was read as “{source}”.", source=_short(compiled.source))
            self._told.mended(row, column, what, phrase("write straight quotes and the signs of XLSForm."))
        for name in sorted(compiled.references):
            self._refers(row, column, name, node, compiled)
        self._bare(row, column, compiled, known)
        self.compiled.append((row, column, compiled))
        return compiled

    def _meaning(self, compiled: expressions.Expression, column: str, known: Collection[str]) -> str:
        """The source with what is bare in it and no column as what was meant: a choice, an answer, nothing at all."""
        text, bare = compiled.source, compiled.columns - set(known)
        if words := (bare - self._names.nodes.keys()) & self._words:
            text = mending.worded(text, words)
        if column != "choice_filter":
            text = mending.answered(text, (bare - self._words) & self._names.nodes.keys())
        for name in bare - self._words - self._names.nodes.keys():
            text = mending.meant(text, name, _CONSTANTS.get(name.lower(), name))
        return text

    def _spelled(self, row: Row, column: str, source: str, node: Node | None) -> str:
        """The source with each ${...} renamed that differs from a name in its capitals alone, or is that of several."""
        slips: dict[str, str] = {}
        for name in lettering.REFERENCE.findall(source):
            if namesakes := self._names.namesakes.get(name):
                own = column.partition("_")[0] in ("constraint", "required")
                if (meant := self._names.meant(name, node, itself=own)) is not None:
                    slips[name] = meant.name
                elif column in _WORDS and node:
                    # Only said, and nothing hangs on it: what was asked last.
                    before = [each for each in namesakes if each.row.number < row.number]
                    slips[name] = (before or namesakes)[-1 if before else 0].name
                    what = phrase("“{name}” was taken for the question “{question}”.", name=name, question=slips[name])
                    self._told.mended(row, column, what, phrase("give each of them a name of its own."))
                else:
                    rows = ", ".join(str(each.row.number) for each in namesakes)
                    what = phrase("“{name}” is the name of rows {rows}, and it is not clear which is meant.",
                                  name=name, rows=rows)  # fmt: skip
                    self._told.error(row, column, what, phrase("give each of them a name of its own."))
            elif (
                name not in self._names.nodes
                and name not in self._given
                and len(self._small.get(name.lower(), ())) == 1
            ):
                slips[name] = self._small[name.lower()][0]
                what = phrase("“{name}” was taken for the question “{question}”.", name=name, question=slips[name])
                self._told.mended(row, column, what, phrase("write “{word}”.", word=f"${{{slips[name]}}}"))
        return lettering.rename(source, slips)

    def _bare(self, row: Row, column: str, compiled: expressions.Expression, known: Collection[str]) -> None:
        for name in sorted(compiled.columns - set(known)):
            if column == "choice_filter" and not known:
                continue  # the list is missing, which is told already
            otherwise = phrase(
                "write {answer} for an answer, {word} for a word.", answer=f"${{{name}}}", word=f"'{name}'"
            )
            what = phrase("“{name}” alone means nothing here.", name=name)
            self._told.error(row, column, what, problems.suggestion(name, known, otherwise))

    def _refers(
        self, row: Row, column: str, name: str, node: Node | None, compiled: expressions.Expression | None = None
    ) -> None:
        target = self._names.nodes.get(name)
        if target is None:
            if name not in self._given and name not in _EMPTY:
                known = [*self._names.nodes, *self._given]
                mend = self._told.suggestion(name, known, phrase("write the name of a question."))
                self._told.error(row, column, phrase("There is no question “{name}”.", name=name), mend)
            return
        if node is None:
            return
        # What was answered in an earlier round, or before it is worked out again, is no ring.
        earlier = compiled is not None and (compiled.once or "indexed-repeat" in compiled.source)
        if target is node:
            self._itself(row, column, name, excused=earlier)
            return
        if column == "relevant" and _known_inside(node, target):
            # What that hangs on in turn is what the group hangs on.
            further = (self._names.nodes.get(each) for each in naming.referred([target.row]))
            self._edges.setdefault(node, {}).update({each: column for each in further if each and each is not node})
            return
        if column in _BINDING and not earlier:
            self._edges.setdefault(node, {}).setdefault(target, column)
        later = self._places[id(target)] > self._places[id(node)]
        if later and not earlier and column != "calculation" and _is_asked(target) and not _together(node, target):
            what = phrase("“{name}” is asked only later, in row {row}.", name=name, row=target.row.number)
            self._told.advice(row, column, what, phrase("move that question before this one."))

    def _itself(self, row: Row, column: str, name: str, *, excused: bool) -> None:
        if excused:
            return
        what = phrase("“{name}” asks for itself.", name=name)
        if column in _WORDS:
            self._told.advice(row, column, what, phrase("ask for an earlier answer: this one is still empty here."))
        else:
            mend = phrase("write . for the answer that is being given, in the column constraint.")
            self._told.error(row, column, what, mend)

    def rings(self) -> None:
        """Tell of questions that wait for one another."""
        waiting = dict(self._waiting())
        while waiting:
            _settle(waiting)
            if not waiting:
                return
            ring = _ring(waiting)
            first = min(ring, key=lambda node: node.row.number)
            turned = ring[ring.index(first) :] + ring[: ring.index(first)]
            column = next(column for node, column in waiting[first].items() if node in ring)
            names = " → ".join(node.name for node in [*turned, first])
            what = phrase("These wait for one another: {ring}.", ring=names)
            self._told.error(first.row, column, what, phrase("take a condition or a calculation out of the ring."))
            for node in ring:
                del waiting[node]

    def _waiting(self) -> Iterator[tuple[Node, dict[Node, str]]]:
        """Every node that hangs on others; a group's condition counts for all that is in it."""
        for node in self._names.nodes.values():
            edges = dict(self._edges.get(node, {}))
            if node.parent and self._edges.get(node.parent):
                edges.setdefault(node.parent, "relevant")
            if edges:
                yield node, edges

    def lookups(self) -> Mapping[str, tuple[Mapping[str, str], ...]]:
        """Rows of the lists that expressions look something up in; a list or column that is not there is told."""
        found: dict[str, tuple[Mapping[str, str], ...]] = {}
        wanted: dict[str, set[str]] = {}
        for _, _, compiled in self.compiled:
            for name, cell in compiled.cells:
                wanted.setdefault(name, set()).add(cell)
        for row, column, compiled in self.compiled:
            for name, cell in sorted(compiled.cells):
                looked = self._lists.looked_up(name, wanted[name])
                if looked is None and name in self._lists.missing:
                    continue  # told where a question asks for it
                if looked is None:
                    mend = phrase("write its choices, or put {name}.csv beside the form.", name=name)
                    self._told.error(row, column, phrase("There is no list “{name}”.", name=name), mend)
                    continue
                if name not in found:
                    found[name] = self._lists.rows_of(looked, lambda said: next(iter(said.values()), ""))
                if cell and cell not in looked.columns | {"name", "label"}:
                    what = phrase("The list “{list}” has no column “{name}”.", list=name, name=cell)
                    known = sorted(looked.columns | {"label"})
                    otherwise = phrase("use one of: {names}.", names=", ".join(known[:30]))
                    self._told.error(row, column, what, problems.suggestion(cell, known, otherwise))
        return found


def _known_inside(group: Node, target: Node) -> bool:
    """Whether a group may ask for that in its own condition: it stands in it, and has a value before anybody answers.

    CHT's forms begin so: the group "inputs" is relevant where its own hidden "source", 'user' by default, says user.
    """
    around = list(target.above())
    if group not in around or target.is_group:
        return False
    between = [target, *around[: around.index(group)]]
    if any(each.is_repeat or each.row.cell("relevant") for each in between):
        return False
    if target.row.cell("calculation"):
        hangs_on, inside = naming.referred([target.row]), {each.row.cell("name") for each in group.within()}
        return not hangs_on & inside and "once" not in target.row.cell("calculation")
    return target.type.kind in form.WORKED_OUT or bool(target.row.cell("default"))


def _settle(waiting: dict[Node, dict[Node, str]]) -> None:
    """Take out, one after the other, what hangs on nothing that waits."""
    behind: dict[Node, list[Node]] = {}
    open_ = {node: sum(each in waiting for each in edges) for node, edges in waiting.items()}
    for node, edges in waiting.items():
        for each in edges:
            behind.setdefault(each, []).append(node)
    ready = [node for node, count in open_.items() if not count]
    while ready:
        done = ready.pop()
        del waiting[done]
        for node in behind.get(done, ()):
            open_[node] -= 1
            if not open_[node]:
                ready.append(node)


def _ring(waiting: Mapping[Node, Mapping[Node, str]]) -> list[Node]:
    """Some nodes that hang on one another in a ring; every node hangs on another."""
    node = next(iter(waiting))
    walked: dict[Node, int] = {}
    while node not in walked:
        walked[node] = len(walked)
        node = next(each for each in waiting[node] if each in waiting)
    return [each for each, place in walked.items() if place >= walked[node]]


def _is_asked(node: Node) -> bool:
    return not node.is_group and node.type.kind not in form.SILENT and not node.row.cell("calculation")


def _together(one: Node, other: Node) -> bool:
    """Whether both stand in one repeat, whose earlier rounds may be meant."""
    return bool({id(each) for each in one.above() if each.is_repeat} & {id(each) for each in other.above()})


def _short(source: str) -> str:
    return source if len(source) <= 80 else source[:79] + "…"
