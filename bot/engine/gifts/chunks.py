"""A message taken apart into single gifts: each a number with the unit, the thing or the currency that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from bot.engine.gifts import around, currencies, moments, wares
from bot.engine.gifts.lines import Line, Token

#: Marks that say something of a gift, or that there is none.
_TELLING = frozenset({"vague", "help", "two", "deny", "unreadable"})
_DASHES = frozenset("-−–—~")


@dataclass(slots=True)
class Chunk:
    """What is said of one gift. Nothing in it has been compared with a campaign."""

    tokens: list[Token] = field(default_factory=list)
    #: The readings of its number; several numbers where it is a span or a choice: "5-6 миң".
    number: tuple[Decimal, ...] = ()
    spans: bool = False
    negative: bool = False
    currencies: list[str] = field(default_factory=list)
    unit: str = ""
    things: list[str] = field(default_factory=list)
    #: Words that are in no list; and those of them that stand behind the number, where a unit would.
    unknown: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    strays: list[Token] = field(default_factory=list)
    persons: Decimal | None = None
    #: What `around.kind` found in it.
    marks: set[str] = field(default_factory=set)
    #: True where "or" stands between it and the one before.
    is_choice: bool = False
    #: Joined to what stood before by nothing, or by a word: "20 мешков по 50 кг".
    each: bool = False
    leading: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing in it can be a gift, or a doubt about one."""
        return not (self.number or self.currencies or self.unit or self.things or self.unknown or self.marks & _TELLING)

    @property
    def specific(self) -> list[str]:
        """Its things without those that only say of what sort others are; if there are none else, these."""
        return [thing for thing in self.things if thing not in wares.GENERAL] or self.things


def known(word: str) -> bool:
    """Whether a folded word has a meaning here, so that it is no misspelt number."""
    return bool(
        wares.UNITS.of(word)
        or wares.THINGS.of(word)
        or currencies.WORDS.of(word)
        or around.kind(word)
        or around.fills(word)
        or moments.known(word)
    )


def split(line: Line) -> list[Chunk]:
    """The gifts of a line, in its order."""
    return _Splitter(line).chunks()


class _Splitter:
    def __init__(self, line: Line) -> None:
        self._tokens = line.tokens
        self._done: list[Chunk] = []
        self._now = Chunk()
        #: The tokens of things behind the number of the chunk that is open.
        self._behind: list[Token] = []
        self._country = ""

    def chunks(self) -> list[Chunk]:
        for at, token in enumerate(self._tokens):
            if token.readings:
                self._take_number(at, token)
            elif token.is_word:
                self._take_word(at, token)
            else:
                self._take_sign(at, token)
        self._close()
        whole = _with_persons(_with_things(_without_sizes(_without_times(self._done))))
        return [each for each in whole if not each.is_empty]

    def _close(self, *, choice: bool = False) -> None:
        if self._now.tokens or self._now.strays:
            self._done.append(self._now)
        self._now, self._behind = Chunk(is_choice=choice), []

    def _before(self, at: int) -> str:
        return self._tokens[at - 1].text if at else ""

    def _after(self, at: int) -> Token | None:
        return self._tokens[at + 1] if at + 1 < len(self._tokens) else None

    # -- numbers ----------------------------------------------------------------------------------------------

    def _take_number(self, at: int, token: Token) -> None:
        now = self._now
        if now.number and self._continues(at):
            now.number, now.spans = self._spanned(now.number, token), True
            now.tokens.append(token)
            return
        if now.number:
            self._hand_on()
            now = self._now
        # Here "5 мин" is no five minutes.
        minutes = len(token.readings) > 1 and not set(token.raw) & set(".,")
        now.number = token.readings[:1] if minutes else token.readings
        now.negative = any(reading < 0 for reading in token.readings)
        now.each = self._before(at) == "po"
        now.leading = len(now.things)
        now.tokens.append(token)

    def _hand_on(self) -> None:
        """A second number: what stands between them goes with the one that has nothing yet."""
        old, moved = self._now, []
        if self._behind and (old.currencies or old.leading):
            moved = self._behind
            names = [wares.THINGS.of(token.text) for token in moved]
            old.things = old.things[: len(old.things) - len(names)]
            old.tokens = [token for token in old.tokens if token not in moved]
        self._close()
        for token in moved:
            self._now.tokens.append(token)
            self._now.things.append(wares.THINGS.of(token.text))

    def _is_span(self, at: int) -> bool:
        """Whether the number there can be the other end of the one before: "5 же 6 миң", not "5000 же 3 күн"."""
        low, high = self._spanned(self._now.number, self._tokens[at])
        return low < high <= 20 * low

    def _continues(self, at: int) -> bool:
        """ "5-6 миң", "2 же 3 күн", "от 1000 до 5000": one gift whose number is not settled."""
        between: list[str] = []
        here = at
        while at and not self._tokens[at - 1].readings:
            at -= 1
            between.append(self._tokens[at].text)
        words = set(between)
        if not words:
            # "Эки үч күн": two, three days.
            before, after = self._tokens[at - 1].readings[0], self._tokens[at].readings[0]
            return bool(at) and after == before + 1 and after < 20
        if words <= {"je", "ili", "libo"}:
            return self._is_span(here)
        dashed = words <= (_DASHES | {"/"}) or words == {"do"}
        return dashed or ("do" in words and words <= {"do", "som", "rubl", "$", "tis", *_DASHES} and len(between) < 3)

    def _spanned(self, first: tuple[Decimal, ...], token: Token) -> tuple[Decimal, ...]:
        low, high = first[-1], token.readings[0]
        # "5-6 миң": the thousand is both numbers'.
        for scale in (Decimal(1_000_000), Decimal(1000)):
            if not token.raw.isdigit() and high >= scale > low and any(c.isalpha() for c in token.raw):
                low *= scale
                break
        return low, high

    # -- words ------------------------------------------------------------------------------------------------

    def _take_word(self, at: int, token: Token) -> None:
        word, now = token.text, self._now
        kind = around.kind(word)
        if kind in ("join", "or") and not self._inside_span(at):
            self._close(choice=kind == "or")
        elif kind == "bound":
            self._take_bound(at, word)
        elif kind:
            # "Не более": no denial but a bound. "Жок дегенде" is "at least".
            after = self._after(at)
            if kind == "deny" and after and (around.kind(after.text) == "bound" or after.text.startswith("degen")):
                now.marks.add("bound")
            else:
                now.marks.add(kind)
                now.tokens.append(token)
        elif not self._take_money(at, token) and not self._take_ware(token):
            if country := currencies.whose(word):
                self._country = country
                if now.currencies:
                    now.currencies[-1] = country
            elif not around.fills(word) and len(word) > 1 and not token.raw.startswith(("үй", "айыл")):
                now.unknown.append(word)
                now.strays.append(token)
                if now.number:
                    now.strange.append(word)
                    now.tokens.append(token)

    def _take_bound(self, at: int, word: str) -> None:
        after = self._after(at)
        if word in ("do", "ot") and not (after and after.readings):
            return
        self._now.marks.add("bound")

    def _inside_span(self, at: int) -> bool:
        after = self._after(at)
        between = at and after and after.readings and self._tokens[at - 1].readings
        return bool(between and self._tokens[at].text in ("je", "ili") and self._is_span(at + 1))

    def _take_money(self, at: int, token: Token) -> bool:
        code = currencies.WORDS.of(token.text)
        if not code:
            return False
        after = self._after(at)
        if token.text in currencies.SHORT:
            # "5000 с", but not "5000 с зарплаты"; "с 5000" neither.
            follows = after and after.is_word and not around.kind(after.text) and not token.glued
            if not (at and self._tokens[at - 1].readings) or (follows and not token.glued):
                return False
        self._put_money(self._country or code, token)
        self._country = ""
        return True

    def _put_money(self, code: str, token: Token) -> None:
        now = self._now
        if now.unit and now.number:
            # "3 күн жумуш сом": another gift begins.
            self._close()
            now = self._now
        if code not in now.currencies:
            now.currencies.append(code)
        if token.text.endswith(("duk", "dik", "lik", "luk")):
            # "500 сомдук цемент": so much of it as that buys.
            now.marks.add("buy")
        now.tokens.append(token)

    def _take_ware(self, token: Token) -> bool:
        word, now = token.text, self._now
        unit, thing = wares.UNITS.of(word), wares.THINGS.of(word)
        if thing == "cattle" and token.raw.startswith("үй"):
            thing = ""
        if not unit and not thing:
            return False
        if now.currencies and now.number:
            # "5000 сом цемент": what the money is for, unless another number follows.
            if thing:
                now.things.append(thing)
                now.tokens.append(token)
                self._behind.append(token)
            return True
        if unit and not now.unit:
            now.unit = unit
            now.tokens.append(token)
            if thing:
                now.things.append(thing)
            return True
        if thing:
            if now.number and now.unit and self._is_another(thing):
                self._close()
                now = self._now
            now.things.append(thing)
            now.tokens.append(token)
            if now.number:
                self._behind.append(token)
        elif unit == "day" and now.unit in ("truck", "person", "piece"):
            # "Камаз 1 күн": the truck itself for a day.
            if now.unit == "person" and now.number:
                now.persons = now.number[0]
                now.number = (Decimal(1),)
            if now.unit == "truck" and not now.things:
                now.things.append("lorry")
            now.unit = unit
            now.tokens.append(token)
        return True

    def _is_another(self, thing: str) -> bool:
        mine = [each for each in self._now.things if each not in wares.GENERAL and each not in wares.LOADS]
        return bool(mine) and thing not in wares.GENERAL and thing not in mine

    # -- signs ------------------------------------------------------------------------------------------------

    def _take_sign(self, at: int, token: Token) -> None:
        after = self._after(at)
        if code := currencies.SIGNS.get(token.text):
            if after and after.readings and after.glued and (self._now.number or self._now.things):
                self._hand_on()
            self._put_money(code, token)
        elif token.text in "=≈(" and self._now.currencies and after and after.readings:
            # "300 доллар = 26000 сом" is one gift.
            self._close(choice=True)
        elif token.text == "%" and self._now.number:
            self._now.strange.append("%")
            self._now.tokens.append(token)
        elif token.text[:1].isdigit():
            self._now.marks.add("unreadable")
            self._now.tokens.append(token)
        elif token.text in _DASHES and after and after.readings and after.glued and not self._now.number and not at:
            self._now.negative = True
        elif around.joins(token.text) and not (token.text == "/" and self._now.number and after and after.readings):
            self._close()


def _without_times(chunks: Iterable[Chunk]) -> list[Chunk]:
    """ "2 раза по 5000": five thousand or ten, which is to be asked about."""
    kept: list[Chunk] = []
    times = False
    for chunk in chunks:
        if chunk.unit == "time":
            times = True
            continue
        if times and chunk.number:
            chunk.marks.add("bound")
        kept.append(chunk)
    return kept


def _without_sizes(chunks: Iterable[Chunk]) -> list[Chunk]:
    """Without what says how large each is: "20 мешков по 50 кг", "50 килограммдык 20 кап"."""
    kept: list[Chunk] = []
    for chunk in chunks:
        before = kept[-1] if kept else None
        if before and chunk.each and chunk.unit in wares.SIZES and before.unit and before.unit not in wares.SIZES:
            before.things += chunk.things
            before.tokens += [token for token in chunk.tokens if wares.THINGS.of(token.text)]
            continue
        if kept and _is_size(kept[-1]) and chunk.number:
            kept.pop()
        kept.append(chunk)
    return kept


def _with_things(chunks: Iterable[Chunk]) -> list[Chunk]:
    """ "Тракторум бар, 1 күн берем", "цемент, 20 кап": a thing, and behind a comma how much of it."""
    kept: list[Chunk] = []
    for chunk in chunks:
        before = kept[-1] if kept else None
        if before and not chunk.is_choice and _is_amount_of(before, chunk):
            chunk.things = before.things
            chunk.tokens = [*before.tokens, *chunk.tokens]
            kept.pop()
        kept.append(chunk)
    return kept


def _is_amount_of(one: Chunk, other: Chunk) -> bool:
    if one.number or one.unit or one.currencies or not one.things or other.things or not other.number:
        return False
    kinds = {wares.KIND[thing] for thing in one.specific}
    by_day = other.unit in ("day", "hour")
    return bool(other.unit) and kinds <= ({"transport", "skill"} if by_day else {"material", "livestock"})


def _is_size(chunk: Chunk) -> bool:
    last = chunk.tokens[-1].text if chunk.tokens else ""
    return chunk.unit in wares.SIZES and not chunk.things and last.endswith(("dik", "lik", "lu", "luk", "duk", "tik"))


def _with_persons(chunks: Iterable[Chunk]) -> list[Chunk]:
    """Five people for two days are ten days of work."""
    kept: list[Chunk] = []
    for chunk in chunks:
        before = kept[-1] if kept else None
        one, other = (before, chunk) if before and before.unit == "person" else (chunk, before)
        paired = (
            before is not None and other is not None and one.unit == "person" and other.unit == "day"
            and one.persons is None and other.persons is None and len(one.number) == len(other.number) == 1
            and set(one.things) <= {"work"} and not chunk.is_choice
        )  # fmt: skip
        if paired and before is not None and other is not None:
            other.persons = one.number[0]
            other.tokens = sorted([*one.tokens, *other.tokens], key=lambda token: token.start)
            other.marks |= one.marks
            kept[-1] = other
        else:
            kept.append(chunk)
    return kept


def text(line: Line, chunk: Chunk) -> str:
    """A chunk's own words."""
    return line.said(sorted(chunk.tokens or chunk.strays, key=lambda token: token.start))
