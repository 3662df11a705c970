"""Responses as rows of the tables of their form. What was put under columns once is remembered."""

from __future__ import annotations

import functools
import itertools
import json
import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.engine import codebook, form, table

#: Makes of the texts under the columns of one part the one thing that a writer wants of them. A text is "" where
#: nothing was answered.
Finish = Callable[[Sequence[table.Column], Sequence[str]], Any]

#: Different answers to one form that are remembered: lists of options fit in, words and amounts pass through.
_REMEMBERED = 10_000
#: Types of our own columns of which each response has its own.
_OWN = (table.Type.ID, table.Type.INSTANT)

_Round = tuple[int, tuple[int, ...]]


class Response(NamedTuple):
    """What an export knows of one response; answers are stored texts (`table.stored`) by key."""

    version: str
    #: In the order of `table.Layout.lead`, and of `table.TRAFFIC` behind it where that is shown.
    lead: tuple[str, ...]
    #: Its open answers, each in one piece (see `pieces`), and those that were sealed or worked out.
    pieces: Sequence[str]
    more: Mapping[str, str] = {}
    #: By key: how long each waited for its answer, its options as they were shown, when it was given.
    seconds: Mapping[str, int] = {}
    shown: Mapping[str, str] = {}
    answered: Mapping[str, str] = {}
    #: Tells people apart.
    person: str = ""

    @property
    def answers(self) -> dict[str, str]:
        """All of them."""
        return {**dict(map(read, self.pieces)), **self.more}


def pieces(packed: str | None) -> list[str]:
    """The answers in a JSON object of texts, without looking into it: one piece each, the same for the same.

    A million answers are a few different ones. What is cut out here can be looked up as it is; reading JSON, and
    then each name and each text, takes four times as long.
    """
    if not packed or packed == "{}":
        return []
    if "\\" in packed:
        return [piece(key, text) for key, text in json.loads(packed).items()]
    # Nothing is escaped, so that every quotation mark ends something. PostgreSQL puts spaces in between.
    return packed[2:-2].split('","') if packed.startswith('{"') else packed[3:-3].split('", "')


def piece(key: str, text: str) -> str:
    """An answer in one piece."""
    return f'{key}":"{text}'


def read(piece: str) -> tuple[str, str]:
    """The key and the text of a piece."""
    key, _, rest = piece.partition('"')
    return key, rest.partition('"')[2]


def chained(parts: Iterable[Iterable[Any]]) -> list[Any]:
    """A row of cells, of tuples of them."""
    return [*itertools.chain.from_iterable(parts)]


def each(finish: Callable[[table.Column, str], Any]) -> Finish:
    """A `Finish` that makes a tuple of one thing a cell."""
    return lambda columns, texts: tuple(map(finish, columns, texts))


class Memo(dict[Any, Any]):
    """What texts, or tuples of them, came to before."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: Any) -> Any:
        if len(self) >= _REMEMBERED:
            self.clear()
        made = self[text] = self._make(text)
        return made


def repeated(definition: form.Form, tables: Sequence[table.Table]) -> dict[str, int]:
    """Repeats of that version that ask "Add another?" -> the number of their table.

    Another version may have the same one elsewhere, which is another table.
    """
    found = {}
    for number, each in enumerate(tables):
        more = definition.question(each.repeats[-1]) if each.repeats else None
        if more and more.kind is form.Kind.MORE and more.repeats == each.repeats[:-1]:
            found[each.repeats[-1]] = number
    return found


#: A response of all its fields, in their order. A `NamedTuple` that is called by name takes three times as long.
made: Callable[[tuple[Any, ...]], Response] = functools.partial(tuple.__new__, Response)


class _Spot(NamedTuple):
    """Where the answer to a question goes, and what becomes of it there."""

    table: int
    place: int
    make: Callable[[str], Any]


class Rows:
    """Turns the responses to a form into rows, whatever version they were given to."""

    def __init__(
        self,
        book: codebook.Codebook,
        layout: table.Layout,
        forms: Mapping[str, form.Form],
        finish: Finish,
        close: Callable[[list[Any]], Any],
        plain: Collection[table.Type] = (),
    ) -> None:
        """`close` makes a row of a list of one thing a part.

        `plain` are types of columns of ours that `finish` would leave alone.
        """
        self.tables = table.tables(book, layout)
        self._finish, self._close, self._lead = finish, close, layout.lead
        self._blank: list[list[Any]] = []
        #: For each table, where a part stands.
        self._places: list[dict[tuple[str, str], tuple[int, table.Part]]] = []
        for each in self.tables:
            self._blank.append([finish(part.columns, ("",) * len(part.columns)) for part in each.parts])
            self._places.append({(part.what, part.question): (n, part) for n, part in enumerate(each.parts)})
        self._counts = [0] * len(self.tables)
        self._lead_in(plain)
        self._spots = {version: dict(self._spotted(each, book, layout)) for version, each in forms.items()}
        self._repeats = {version: repeated(each, self.tables) for version, each in forms.items()}
        self._known = {version: Memo(self._looker(spots)) for version, spots in self._spots.items()}

    def _lead_in(self, plain: Collection[table.Type]) -> None:
        """Learn how a row of the main table begins."""
        lead = [part for part in self.tables[0].parts if part.what in (*self._lead, *table.TRAFFIC)]
        # These are different in every response; the others are a few, and rows that begin with them are remembered.
        own = [part.what in table.TRAFFIC or part.columns[0].type in _OWN for part in lead]
        mine = [(place, part) for place, part in enumerate(lead) if own[place]]
        self._plain = [place for place, part in mine if part.columns[0].type in plain]
        self._made_up = [(place, part) for place, part in mine if part.columns[0].type not in plain]
        shared = [(place, part) for place, part in enumerate(lead) if not own[place]]
        self._shared = operator.itemgetter(*(place for place, _ in shared))

        def begin(texts: tuple[str, ...]) -> list[Any]:
            row = self._blank[0].copy()
            for (place, part), text in zip(shared, texts, strict=True):
                row[place] = self._finish(part.columns, (text,))
            return row

        self._begun = Memo(begin)

    def _spotted(
        self, definition: form.Form, book: codebook.Codebook, layout: table.Layout
    ) -> Iterator[tuple[str, _Spot]]:
        for number, places in enumerate(self._places):
            for (what, name), (place, part) in places.items():
                question = definition.question(name)
                if what == table.ANSWER and question and question.repeats == self.tables[number].repeats:
                    yield name, _Spot(number, place, self._maker(part.columns, question.kind, book, layout))

    def _maker(
        self, columns: Sequence[table.Column], kind: form.Kind, book: codebook.Codebook, layout: table.Layout
    ) -> Callable[[str], Any]:
        return lambda text: self._finish(columns, table.cells(columns, kind, text, book, layout))

    @staticmethod
    def _looker(spots: Mapping[str, _Spot]) -> Callable[[str], tuple[int, Any]]:
        """A piece -> its place in the main table, and what goes there; -1 where it goes elsewhere, or nowhere."""

        def look(piece: str) -> tuple[int, Any]:
            key, text = read(piece)
            spot = spots.get(key)
            if spot:
                return spot.place, spot.make(text)
            return -1, (key, text) if "#" in key else None

        return look

    def lay(self, page: Iterable[Response]) -> list[list[Any]]:
        """For each table, what `close` made of the rows of these responses; indexes go on from page to page."""
        found: list[list[Any]] = [[] for _ in self.tables]
        put, close, several = found[0].append, self._close, len(self.tables) > 1
        begun, shared, plain, made_up = self._begun, self._shared, self._plain, self._made_up
        # One loop over whatever comes, and no call for an answer that came before: this is done a million times.
        for version, lead, pieces, more, seconds, shown, _, _ in page:
            main = begun[shared(lead)].copy()
            for place in plain:
                main[place] = lead[place]
            for place, part in made_up:
                main[place] = self._finish(part.columns, (lead[place],))
            known = self._known[version]
            rounds: dict[_Round, list[Any]] = {}
            for piece in pieces:
                place, made = known[piece]
                if place >= 0:
                    main[place] = made
                elif made:
                    self._in_a_round(version, rounds, *made)
            if more:
                self._and(version, more, main, rounds)
            if seconds or shown:
                self._in_full(seconds, shown, main, rounds)
            if several:
                self._counts[0] += 1
                self._put(0, main, table.INDEX, str(self._counts[0]))
                for number, row in self._linked(lead[0], rounds):
                    found[number].append(close(row))
            put(close(main))
        return found

    def _and(self, version: str, more: Mapping[str, str], main: list[Any], rounds: dict[_Round, list[Any]]) -> None:
        """Answers that nobody else has given: they are made, and not remembered."""
        spots = self._spots[version]
        for key, text in more.items():
            spot = spots.get(key)
            if spot:
                main[spot.place] = spot.make(text)
            elif "#" in key:
                self._in_a_round(version, rounds, key, text)

    def _put(self, number: int, row: list[Any], what: str, text: str, question: str = "") -> None:
        """Fill one column of ours, if the table has it."""
        if found := self._places[number].get((what, question)):
            place, part = found
            row[place] = self._finish(part.columns, (text,))

    def _in_a_round(self, version: str, rounds: dict[_Round, list[Any]], key: str, text: str) -> None:
        name, at = form.place(key)
        spot, repeats = self._spots[version].get(name), self._repeats[version]
        if spot:
            self._round(rounds, spot.table, at)[spot.place] = spot.make(text)
        elif name in repeats and text == "yes":
            # "Add another?" was said yes to: the round is one, though nothing may have been answered in it.
            self._round(rounds, repeats[name], at)

    def _round(self, rounds: dict[_Round, list[Any]], number: int, at: tuple[int, ...]) -> list[Any]:
        """The row of that round; rounds before it and around it that left no answers are rows too."""
        row = rounds.get((number, at))
        if row is None:
            parent = self.tables[number].parent
            if parent:
                self._round(rounds, parent, at[:-1])
            for earlier in range(1, at[-1]):
                rounds.setdefault((number, (*at[:-1], earlier)), self._blank[number].copy())
            row = rounds[number, at] = self._blank[number].copy()
        return row

    def _in_full(
        self,
        seconds: Mapping[str, int],
        shown: Mapping[str, str],
        main: list[Any],
        rounds: dict[_Round, list[Any]],
    ) -> None:
        """How long questions waited, and how options were shown."""
        told: Iterable[tuple[str, Mapping[str, object]]] = ((table.SECONDS, seconds), (table.SHOWN, shown))
        for what, by_key in told:
            for key, value in by_key.items():
                name, at = form.place(key)
                for number, places in enumerate(self._places):
                    if (what, name) in places and len(at) == len(self.tables[number].repeats):
                        row = self._round(rounds, number, at) if at else main
                        self._put(number, row, what, str(value), name)

    def _linked(self, response: str, rounds: Mapping[_Round, list[Any]]) -> Iterator[tuple[int, list[Any]]]:
        """The rounds of one response in order, with what leads to the rows they belong to."""
        indexes: dict[_Round, int] = {(0, ()): self._counts[0]}
        for number, at in sorted(rounds):
            self._counts[number] += 1
            indexes[number, at] = self._counts[number]
            row, parent = rounds[number, at], self.tables[number].parent or 0
            self._put(number, row, self._lead[0], response)
            self._put(number, row, table.INDEX, str(self._counts[number]))
            self._put(number, row, table.PARENT_TABLE, self.tables[parent].name)
            self._put(number, row, table.PARENT_INDEX, str(indexes[parent, at[:-1]]))
            yield number, row
