"""What stands in [ ]: rows of a list or rounds of a repeat, judged one by one; and looking up in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bot.engine.phrases import phrase
from bot.engine.xpath.pieces import Call, Many, Refused
from bot.engine.xpath.values import Context, Evaluate, Value, text, truth

#: What a row is asked for beside its columns: its own value, and which one it is.
OWN = "."
PLACE = "position()"

Row = Mapping[str, Value]
Source = Callable[[Context], Iterable[Row]]


class Judged(Row):
    """The row under judgement, as the columns of a context: one for a whole scan, moved from row to row."""

    __slots__ = ("kept", "place", "row")

    def __init__(self) -> None:
        self.row: Row = {}
        self.place = 0
        #: What is the same for every row, worked out once.
        self.kept: dict[object, Value] = {}

    def __getitem__(self, name: str) -> Value:
        return float(self.place) if name == PLACE else self.row[name]

    def get(self, name: str, default: Value = "") -> Value:  # type: ignore[override] # asked with text only
        return float(self.place) if name == PLACE else self.row.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self.row)

    def __len__(self) -> int:
        return len(self.row)


class Round(Row):
    """One round of a repeat as a row: its answers by name; whatever is not in the repeat is as everywhere."""

    __slots__ = ("_context", "_own", "_place")

    def __init__(self, context: Context, own: Value, place: int) -> None:
        self._context, self._own, self._place = context, own, place

    def __getitem__(self, name: str) -> Value:
        if name == OWN:
            return self._own
        series = self._context.series.get(f"{name}#")
        if series is None:
            return self._context.answers.get(name, "")
        return series[self._place] if self._place < len(series) else ""

    def get(self, name: str, default: Value = "") -> Value:  # type: ignore[override] # asked with text only
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._context.series)

    def __len__(self) -> int:
        return len(self._context.series)


def listed(name: str) -> Source:
    """The rows of a list."""
    # A file is known with its ending and without.
    other = name.removesuffix(".csv") if name.endswith(".csv") else f"{name}.csv"
    return lambda context: context.lists.get(name) or context.lists.get(other, ())


def rounds(many: Many) -> Source:
    """The rounds in which a question was asked, or of a repeat."""
    return lambda context: [Round(context, own, place) for place, own in enumerate(many(context))]


def judged(source: Source, predicates: Sequence[Evaluate]) -> Source:
    """Those of the rows for which each predicate is true, one after the other; a number means the place, from 1."""
    *earlier, last = predicates

    def fitting(context: Context) -> Iterable[Row]:
        found = source(context)
        # A loop, not a chain of generators: an author may write a thousand brackets.
        for predicate in earlier:
            found = list(_fitting(found, predicate, context))
        return _fitting(found, last, context)

    return fitting


def _fitting(found: Iterable[Row], predicate: Evaluate, context: Context) -> Iterator[Row]:
    columns = Judged()
    inner = context._replace(columns=columns)
    for place, row in enumerate(found, 1):
        columns.row, columns.place = row, place
        value = predicate(inner)
        if value == place if type(value) is float else truth(value):
            yield row


def first(source: Source, column: str) -> Evaluate:
    """The cell of the first row; "" where there is none."""

    def cell(context: Context) -> Value:
        for row in source(context):
            return row.get(column, "")
        return ""

    return cell


def cells(source: Source, column: str) -> Many:
    """The cells of all rows."""

    def found(context: Context) -> Sequence[Value]:
        return [row.get(column, "") for row in source(context)]

    return found


def once_a_scan(evaluate: Evaluate) -> Evaluate:
    """The same for every row of the scan around it: worked out at the first, so that scans never multiply."""
    key = object()

    def kept(context: Context) -> Value:
        columns = context.columns
        if not isinstance(columns, Judged):
            return evaluate(context)
        if key not in columns.kept:
            columns.kept[key] = evaluate(context)
        return columns.kept[key]

    return kept


def pulldata(call: Call) -> Evaluate:
    """pulldata('list', 'column', 'key column', key): the first row whose key column has the key."""
    names = [piece.literal for piece in call.arguments[:3]]
    name, column, key = names
    if not (isinstance(name, str) and isinstance(column, str) and isinstance(key, str)):
        raise Refused(
            phrase(
                "the first three values of {function}() are the names of a list and of two of its columns, in quotes",
                function=call.name,
            )
        )
    call.found.cells |= {(name, column), (name, key)}
    source, wanted, mark = listed(name), call.arguments[3].one, object()

    def looked_up(context: Context) -> Value:
        wish, columns = text(wanted(context)), context.columns
        if not isinstance(columns, Judged):
            return next((row.get(column, "") for row in source(context) if row.get(key, "") == wish), "")
        # Asked for by every row of another list: the cells are put in order once.
        if mark not in columns.kept:
            columns.kept[mark] = ""
            for row in source(context):
                columns.kept.setdefault((mark, row.get(key, "")), row.get(column, ""))
        return columns.kept.get((mark, wish), "")

    return looked_up
