"""What a message offers to a campaign: `5 миң`, `20 капчык цемент`, `500 som, 2 kun`, `бир кой`, `100$`.

Nothing is guessed. What could be read in two ways is a `Doubtful` with its readings; what no campaign asked for is
understood all the same; and everything else says why it is no offer. What was understood is said back with
`giving.quantity`: "20 капчык" becomes "20 кап цемент".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.engine import messages
from bot.engine.gifts import chunks, currencies, guarding, lines, wares, whens
from bot.engine.gifts.pieces import Doubtful, Message, Misread, Piece, Reading, Unasked, Why
from bot.engine.understanding import numbers

#: Nothing is given in such numbers, in any currency.
_LARGEST = Decimal(10**12)
#: Over so many times of what a need could use at best, a number is a slip or a joke.
_ABSURD = 10
#: What is counted one by one, so that its number alone is enough: "10 шифер", "2 кой".
_COUNTED = frozenset({"head", "piece", "sheet", "seedling"})
#: So much without a unit is money, where any is wanted; the question for its currency shows that it was taken for it.
_SURELY_MONEY = 100
_CENT = Decimal("0.01")
#: As much of a person's words as an answer repeats.
_REPEATED = 60


def read(
    text: str,
    needs: Sequence[messages.Need],
    near: Sequence[str] = (),
    worth: Mapping[str, Decimal] | None = None,
) -> Message:
    """Read a whole message. Never raises; takes time in proportion to the text, of which no more than 400 characters.

    `near`: currencies in the order in which they are suggested, from the person's country; the others follow them.
    `worth`: som for one of each currency, where the rate is known: without it no foreign sum is called absurd.
    """
    if len(text) > numbers.LONGEST:
        return Message((Misread(Why.TOO_LONG, ""),), "")
    plain, guarded = guarding.guarded(lines.plain(text))
    line = lines.line(plain, chunks.known)
    spans = whens.find(line)
    rest = tuple(token for at, token in enumerate(line.tokens) if not any(start <= at < end for start, end in spans))
    when = " ".join(line.said(line.tokens[start:end]) for start, end in spans)
    found = chunks.split(lines.Line(line.plain, rest))
    pieces = _Campaign(needs, currencies.ordered(near), worth or {}).pieces(line, found)
    pieces += [Misread(why, "") for why in guarded]
    return Message(tuple(pieces) or (Misread(Why.NOTHING, text.strip()[:_REPEATED]),), when)


class _Campaign:
    """What one campaign makes of what was offered."""

    def __init__(self, needs: Sequence[messages.Need], near: tuple[str, ...], worth: Mapping[str, Decimal]) -> None:
        self._money = [need for need in needs if need.kind == "money"]
        self._wanted = [wares.wanted(need) for need in needs if need.kind != "money"]
        self._near = near
        self._worth = {"KGS": Decimal(1), **worth}

    def pieces(self, line: lines.Line, found: Sequence[chunks.Chunk]) -> list[Piece]:
        """A piece for each gift; where nothing is given, a help without content or a refusal."""
        given: list[Piece] = []
        for chunk in found:
            piece = self._piece(chunk, line)
            if piece is not None and chunk.is_choice and given:
                given[-1] = _either(given[-1], piece)
            elif piece is not None:
                given.append(piece)
        marks = set().union(*(chunk.marks for chunk in found))
        if given or any(_is_question(chunk, line) for chunk in found):
            return given
        said = line.said(line.tokens)[:_REPEATED]
        if "deny" in marks:
            return [Misread(Why.DENIED, said)]
        return [Doubtful("need", (), said)] if marks & {"help", "vague", "two"} else []

    def _piece(self, chunk: chunks.Chunk, line: lines.Line) -> Piece | None:
        said = chunks.text(line, chunk)
        names = chunk.currencies or chunk.unit or chunk.things or self._is_named(chunk)
        if "deny" in chunk.marks:
            return Misread(Why.DENIED, said) if chunk.number else None
        if not chunk.number and "unreadable" in chunk.marks:
            return Misread(Why.NUMBER, said)
        if (not chunk.number and not names) or _is_question(chunk, line):
            return None
        if chunk.negative:
            return Misread(Why.NEGATIVE, said)
        amounts, doubted = _amounts(chunk)
        if chunk.number and not any(amounts):
            return Misread(Why.ZERO, said)
        amounts = tuple(each for each in amounts if each and (each > _LARGEST or each == each.quantize(_CENT)))
        if chunk.number and not amounts:
            return Misread(Why.TOO_FINE, said)
        if max(amounts, default=Decimal(0)) > _LARGEST:
            return Misread(Why.TOO_MUCH, said)
        results = [self._one(chunk, each, said) for each in amounts] or [self._one(chunk, None, said)]
        return _settled(results, said, doubted=doubted)

    def _is_named(self, chunk: chunks.Chunk) -> bool:
        """Whether a word that is in no list is a need's own."""
        return any(each.is_named((), chunk.unknown) for each in self._wanted)

    def _one(self, chunk: chunks.Chunk, amount: Decimal | None, said: str) -> Piece:
        is_money = chunk.currencies or (set(chunk.things) == {"money"} and not chunk.unit)
        if is_money:
            return self._sum(chunk, amount, said)
        if chunk.unit or chunk.things or self._is_named(chunk):
            return self._ware(chunk, amount, said)
        if amount is None or chunk.strange:
            return Misread(Why.UNIT, said, quantity=amount)
        return self._bare(amount, said)

    # -- money ------------------------------------------------------------------------------------------------

    def _sum(self, chunk: chunks.Chunk, amount: Decimal | None, said: str) -> Piece:
        if not self._money:
            return Unasked("money", amount, said)
        if any(code not in self._near for code in chunk.currencies):
            return Misread(Why.CURRENCY, said)
        if amount is None:
            return Doubtful("amount", (), said, self._money[0].name)
        sums = [self._sum_for(need, amount, chunk.currencies, said) for need in self._money]
        if "buy" in chunk.marks and chunk.things:
            # "5000 сомго цемент алып берем": money, or what is bought for it?
            bought = [each for each in self._wanted if each.is_named(chunk.specific, chunk.unknown)]
            sums += [Doubtful("amount", (), said, each.need.name) for each in bought]
            return Doubtful("need", _readings(sums), said)
        return sums[0] if len(sums) == 1 else _which("need", sums, said)

    def _sum_for(self, need: messages.Need, amount: Decimal, codes: Sequence[str], said: str) -> Piece:
        if len(codes) == 1:
            return self._offer(need, amount, codes[0], said)
        each = [self._offer(need, amount, code, said) for code in codes or self._near]
        readings = tuple(piece for piece in each if isinstance(piece, messages.Offer))
        if not readings:
            return Misread(Why.TOO_MUCH, said, need.name)
        return Doubtful("currency", readings, said, need.name, amount)

    def _offer(self, need: messages.Need, amount: Decimal, unit: str, said: str) -> messages.Offer | Misread:
        most = max(need.minimum, need.optimum) * _ABSURD
        worth = self._worth.get(unit) if need.kind == "money" else Decimal(1)
        if most and worth is not None and amount * worth > most:
            return Misread(Why.TOO_MUCH, said, need.name)
        if amount != amount.quantize(_CENT):
            return Misread(Why.TOO_FINE, said, need.name)
        return messages.Offer(need.name, amount.quantize(_CENT).normalize() + 0, unit)

    def _bare(self, amount: Decimal, said: str) -> Piece:
        """A number and nothing else: whatever the campaign could use so much of."""
        fit: list[Piece] = [self._sum_for(need, amount, (), said) for need in self._money]
        for each in self._wanted:
            large = self._money and amount >= _SURELY_MONEY
            if not large and amount <= max(each.need.minimum, each.need.optimum):
                fit.append(self._offer(each.need, amount, each.need.name, said))
        left = _readings(fit)
        if not left:
            return Misread(Why.TOO_MUCH, said)
        # A number alone says of nothing that it is bricks, even where nothing else is wanted in such numbers.
        return _asked(_which("need", left, said), said)

    # -- everything else --------------------------------------------------------------------------------------

    def _ware(self, chunk: chunks.Chunk, amount: Decimal | None, said: str) -> Piece:
        things = chunk.specific
        if chunk.unit == "truck" and set(things) - wares.LOADS:
            things = [thing for thing in things if thing not in wares.LOADS]
        if chunk.persons is not None and amount is not None:
            amount *= chunk.persons
        named = [each for each in self._wanted if each.is_named(things, chunk.unknown)]
        if named:
            return _which("need", [self._counted(each, amount, chunk, said) for each in named], said)
        if things and set(things) != {"work"}:
            return self._unasked(things, amount, chunk, said)
        return self._by_unit(amount, chunk, said)

    def _unasked(self, things: Sequence[str], amount: Decimal | None, chunk: chunks.Chunk, said: str) -> Piece:
        labour = [each for each in self._wanted if each.need.kind == "labour"]
        by_day = chunk.unit in ("day", "week", "month", "hour")
        if labour and by_day and wares.KIND[things[0]] == "skill":
            # A welder for two days, where hands are wanted and no welder: the days may be meant all the same.
            return _asked(_which("need", [self._counted(each, amount, chunk, said) for each in labour], said), said)
        same = [each for each in self._wanted if each.unit == chunk.unit == "truck"]
        if same and set(things) <= wares.LOADS:
            return _asked(_which("need", [self._counted(each, amount, chunk, said) for each in same], said), said)
        if (
            amount is None
            and "vague" not in chunk.marks
            and (chunk.unit in wares.HOLDING or wares.NATURAL[things[0]] == "head")
        ):
            amount = Decimal(1)
        return Unasked(things[0], amount, said, chunk.unit)

    def _by_unit(self, amount: Decimal | None, chunk: chunks.Chunk, said: str) -> Piece:
        """A unit without a thing: "20 капчык", "3 күн", "5 киши"."""
        unit = "day" if chunk.unit in ("", "person", "week", "month", "hour") else chunk.unit
        labour = [each for each in self._wanted if each.need.kind == "labour" and each.unit == "day"]
        same = labour if unit == "day" and labour else [each for each in self._wanted if each.unit == unit]
        if not same and (chunk.things or unit == "day"):
            return Unasked("work", amount, said)
        if not same:
            return Unasked("", amount, said) if chunk.strange else Misread(Why.UNIT, said, quantity=amount)
        counted = _which("need", [self._counted(each, amount, chunk, said) for each in same], said)
        # "5 кап" of something that is in no list, or days where only a tractor's are wanted.
        certain = (not chunk.strange or unit == "day") and (unit != "day" or labour)
        return counted if certain else _asked(counted, said)

    def _counted(self, wanted: wares.Wanted, amount: Decimal | None, chunk: chunks.Chunk, said: str) -> Piece:
        """So much of one need in its own unit, or what is still to be asked."""
        need, unit = wanted.need, chunk.unit
        natural = next((wares.NATURAL[thing] for thing in chunk.things if thing in wanted.things), "")
        if unit in ("", "piece", "head") and natural in _COUNTED and wanted.unit in (natural, "piece", "head", ""):
            unit = wanted.unit
        if amount is None:
            one = self._offer(need, Decimal(1), need.name, said)
            if "vague" in chunk.marks or isinstance(one, Misread):
                return Doubtful("amount", (), said, need.name)
            if chunk.unknown:
                # What is not understood may be the number.
                return Doubtful("amount", (one,), said, need.name)
            # "Кой берем", "камаз кум" are one; "метр түтүк" may be, and "плов" a cauldron of it.
            if natural == "head" or (chunk.unit == wanted.unit and unit in wares.HOLDING):
                return one
            likely = natural == "cauldron" or (unit == wanted.unit and bool(chunk.unit))
            return Doubtful("amount", (one,) if likely else (), said, need.name)
        exact = wares.converted(amount, unit, wanted.unit)
        if exact is not None:
            return self._offer(need, exact, need.name, said)
        return Doubtful("unit", self._other_unit(wanted, amount, unit, said), said, need.name, amount)

    def _other_unit(self, wanted: wares.Wanted, amount: Decimal, unit: str, said: str) -> tuple[Reading, ...]:
        """What may be suggested where the unit is another: the same number, where none was said; a week's days."""
        if wanted.unit == "day" and unit == "week":
            tried = [amount * 7, amount * 5]
        else:
            same = unit in ("", "piece") or (unit == "person" and wanted.need.kind == "labour")
            tried = [amount] if same else []
        offers = (self._offer(wanted.need, each, wanted.need.name, said) for each in tried)
        return tuple(each for each in offers if isinstance(each, messages.Offer))


def _amounts(chunk: chunks.Chunk) -> tuple[tuple[Decimal, ...], bool]:
    """The numbers that a gift may be of, and whether even one alone is still to be asked about."""
    if "two" in chunk.marks:
        # "Пару тысяч", "пара мешков".
        return tuple(2 * each for each in chunk.number or (Decimal(1),)), True
    return tuple(dict.fromkeys(chunk.number)), chunk.spans or "bound" in chunk.marks


def _is_question(chunk: chunks.Chunk, line: lines.Line) -> bool:
    """ "Канча сом чогулду?" offers nothing."""
    return not chunk.number and "vague" in chunk.marks and "?" in line.plain


def _readings(pieces: Sequence[Piece]) -> tuple[Reading, ...]:
    return tuple(dict.fromkeys(piece for piece in pieces if isinstance(piece, messages.Offer | Doubtful)))


def _which(what: str, pieces: Sequence[Piece], said: str) -> Piece:
    """One piece of several that it may be."""
    left = _readings(pieces)
    if len(left) < 2:
        return left[0] if left else pieces[0]
    return Doubtful("amount" if what == "amount" else "need", left, said)


def _asked(piece: Piece, said: str) -> Piece:
    """The same as a question: "did you mean …?"."""
    if isinstance(piece, messages.Offer) or (isinstance(piece, Doubtful) and piece.what == "unit"):
        return Doubtful("need", (piece,), said)
    return piece


def _settled(results: Sequence[Piece], said: str, *, doubted: bool) -> Piece:
    piece = _which("amount", results, said)
    if (
        doubted
        and isinstance(piece, messages.Offer | Doubtful)
        and not (isinstance(piece, Doubtful) and piece.what == "amount")
    ):
        need = piece.need
        return Doubtful("amount", (piece,), said, need)
    return piece


def _either(one: Piece, other: Piece) -> Piece:
    """ "1000 сом же 1 күн": which of the two is meant."""
    both = _readings([one, other])
    if len(both) < 2:
        return one if _readings([one]) else other
    texts = [piece.said for piece in (one, other) if not isinstance(piece, messages.Offer)]
    return Doubtful("need", both, texts[0] if texts else "")
