"""The grammar of expressions: from tokens to closures, or what was found where something else was expected."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import NoReturn

from bot.engine import phrases
from bot.engine.phrases import phrase
from bot.engine.xpath import lookup, pieces, values
from bot.engine.xpath.pieces import Piece
from bot.engine.xpath.syntax import ExpressionError, Token, tokens

MAX_DEPTH = 40

_STRENGTH = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4}
_STRENGTH |= {"+": 5, "-": 5, "*": 6, "div": 6, "mod": 6}
_NEGATION = 7
#: Inside [ ] after a question: rounds of a repeat are judged, not rows of a list.
_ROUNDS = "${}"
_INSTANCE = "instance('villages')/root/item[name = ${village}]/label"


class Parser:
    """Operator precedence after Pratt: each operand, then every operator at least as strong as asked for."""

    def __init__(
        self,
        source: str,
        functions: Mapping[str, pieces.Function],
        unusable: Mapping[str, phrases.Phrase],
        above: tuple[bool, ...] = (),
    ) -> None:
        self.tokens = tokens(source)
        self.functions = functions
        self.unusable = unusable
        self.above = above
        self.found = pieces.Found()
        self.at = 0
        self.depth = 0
        #: The list whose rows are judged in the [ ] around this place, or _ROUNDS; "" outside.
        self.judging = ""
        #: How often a row under judgement was asked for something; what does not ask is the same for every row.
        self.asked = 0
        #: True where ".." may stand: in position().
        self.parents = False

    # --- tokens --------------------------------------------------------------------------------------------

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def comes(self, sign: str) -> bool:
        """Whether this sign is next; if so it is taken."""
        token = self.tokens[self.at]
        if (token.kind, token.text) != ("sign", sign):
            return False
        self.at += 1
        return True

    def wrong(self, token: Token, said: phrases.Phrase) -> NoReturn:
        raise ExpressionError(said, token.position)

    def unexpected(self, wanted: str) -> NoReturn:
        """What is next should have been `wanted`: a bracket, or "" for an operator."""
        token = self.tokens[self.at]
        if token.text == "/":
            self.wrong(token, phrase("found “/” where an operator was expected; to divide, write “div”"))
        if wanted:
            said = phrase("found {found} where {wanted} was expected", found=token.shown(), wanted=f"“{wanted}”")
        else:
            said = phrase("found {found} where an operator or the end was expected", found=token.shown())
        self.wrong(token, said)

    # --- operators -----------------------------------------------------------------------------------------

    def whole(self) -> Piece:
        """All of it, to the end."""
        piece = self.expression()
        if self.tokens[self.at].kind != "end":
            self.unexpected("")
        return piece

    def strength(self) -> int:
        token = self.tokens[self.at]
        # JavaRosa takes AND and OR too.
        return _STRENGTH.get(token.text.lower(), 0) if token.kind in ("sign", "name") else 0

    def expression(self, least: int = 1) -> Piece:
        left = self.operand()
        while (strength := self.strength()) >= least:
            rest = []
            while self.strength() == strength:
                rest.append((self.take().text.lower(), self.expression(strength + 1).one))
            left = Piece(values.chain(left.one, rest))
        return left

    def operand(self) -> Piece:
        token = self.take()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.wrong(token, phrase("nested more than {n} deep; split it into calculations", n=MAX_DEPTH))
        value = self.value(token)
        self.depth -= 1
        return value

    def value(self, token: Token) -> Piece:
        match token.kind, token.text:
            case "number", _:
                return pieces.literal(float(token.text))
            case "string", _:
                return pieces.literal(token.text[1:-1])
            case "name", "current" if self.comes("("):
                self.close(")")
                return self.path(token, current=True)
            case "name", "instance" if self.comes("("):
                return self.instance(token)
            case "name", _ if self.comes("("):
                return self.function(token)
            case "sign", "-":
                return self.negation()
            case "sign", "(":
                inner = self.expression()
                self.close(")")
                return inner
            case ("name" | "reference", _) | ("sign", "." | ".." | "/"):
                return self.path(token)
        self.wrong(token, phrase("found {found} where a value was expected", found=token.shown()))

    def negation(self) -> Piece:
        negated = self.expression(_NEGATION)
        if isinstance(negated.literal, float):
            return pieces.literal(-negated.literal)
        one = negated.one
        return Piece(lambda context: -values.number(one(context)))

    def close(self, bracket: str) -> None:
        if not self.comes(bracket):
            self.unexpected(bracket)

    # --- functions -----------------------------------------------------------------------------------------

    def function(self, token: Token) -> Piece:
        known = self.functions.get(token.text)
        if not known:
            self.wrong(token, self.unusable.get(token.text) or _unknown(token.text, self.functions))
        before, outer, self.parents = self.asked, self.parents, token.text == "position"
        arguments: list[Piece] = []
        if not self.comes(")"):
            arguments.append(self.expression())
            while self.comes(","):
                arguments.append(self.expression())
            self.close(")")
        self.parents = outer
        if not known.least <= len(arguments) <= known.most:
            self.wrong(token, _miscounted(token.text, known, len(arguments)))
        if token.text in ("position", "index") and not arguments:
            self.asked += 1
        judging = bool(self.judging)
        call = pieces.Call(token.text, tuple(arguments), token.position, self.found, self.above, judging)
        try:
            one = known.build(call)
        except pieces.Refused as refused:
            self.wrong(token, refused.phrase)
        return Piece(lookup.once_a_scan(one) if judging and self.asked == before else one)

    # --- paths ---------------------------------------------------------------------------------------------

    def path(self, token: Token, current: bool = False) -> Piece:
        """${name}, ../name, /data/group/name, current()/../name, ., ..: it is the last step that counts."""
        last = "." if current else token.name() if token.kind == "reference" else token.text
        alone, up, filtered = True, int(last == ".."), None
        # What a path leads to by name is meant in all its rounds; ${name} and ../name are what this round has.
        named = int(last not in (".", "..", "/"))
        if last == "/":
            self.at -= 1
        while True:
            if self.comes("["):
                if filtered or last in (".", ".."):
                    self.at -= 1
                    self.unexpected("")
                filtered = last, self.predicates(lookup.rounds(_series(last, mark="#")), _ROUNDS)
            if not self.comes("/"):
                break
            step = self.take()
            if step.kind in ("number", "string", "reference") or step.text == "(":
                self.at -= 2
                self.unexpected("")  # meant to divide
            if step.kind != "name" and step.text not in (".", ".."):
                self.wrong(step, phrase("found {found} where a name was expected", found=step.shown()))
            alone, up = False, up + (step.text == "..")
            named += step.text not in (".", "..")
            last = last if step.text == "." else step.text
        if last in (".", ".."):
            return self.here(token, last, up, current)
        if filtered:
            base, source = filtered
            self.found.references |= {base, last}
            return self.several(source, lookup.OWN if last == base else last)
        # Inside [ ] ./name is the row's own, as a bare name is; current()/../name is not.
        if (token.kind == "name" and alone) or (token.text == "." and self.judging and not up):
            return self.column(last)
        return self.reference(last, outside=current, mark="#" if named > 1 else "")

    def here(self, token: Token, last: str, up: int, current: bool) -> Piece:
        """The answer itself, or the group around it."""
        if last == "..":
            if not self.parents:
                example = "position(..)"
                self.wrong(token, phrase("“..” is the group around the question: write {example}", example=example))
            return Piece(lambda context: "", up=up)
        if self.judging and not current:
            self.asked += 1
            return Piece(lambda context: context.columns.get(lookup.OWN, ""))
        return Piece(lambda context: context.current)

    def reference(self, name: str, outside: bool = False, mark: str = "") -> Piece:
        self.found.references.add(name)
        many = _series(name, mark)
        if self.judging != _ROUNDS or outside:
            return Piece(lambda context: context.answers.get(name, ""), many, name=name)
        self.asked += 1
        return Piece(lambda context: context.columns.get(name, ""), many, name=name)

    def column(self, name: str) -> Piece:
        """A bare name: a column of the choice, or of the row that is judged."""
        self.asked += 1
        if self.judging == _ROUNDS:
            self.found.references.add(name)
        elif self.judging:
            self.found.cells.add((self.judging, name))
        else:
            self.found.columns.add(name)
        return Piece(lambda context: context.columns.get(name, ""))

    def instance(self, token: Token) -> Piece:
        """instance('list')/root/item[...]/column: cells of a list."""
        name = self.take()
        if name.kind != "string" or len(name.text) < 3 or not self.comes(")"):
            self.wrong(name, phrase("the name of a list in quotes was expected, such as {example}", example=_INSTANCE))
        for step in ("root", "item"):
            if not self.comes("/") or self.take().text != step:
                self.wrong(token, phrase("a list is looked up like this: {example}", example=_INSTANCE))
        known = name.text[1:-1]
        source, column = lookup.listed(known), ""
        if self.comes("["):
            source = self.predicates(source, known)
        if self.comes("/"):
            cell = self.take()
            if cell.kind != "name":
                self.wrong(token, phrase("a list is looked up like this: {example}", example=_INSTANCE))
            column = cell.text
        self.found.cells.add((known, column))
        return self.several(source, column or lookup.OWN)

    def several(self, source: lookup.Source, column: str) -> Piece:
        one = lookup.first(source, column)
        return Piece(lookup.once_a_scan(one) if self.judging else one, lookup.cells(source, column))

    def predicates(self, source: lookup.Source, judging: str) -> lookup.Source:
        """One [ ] or several; the first bracket is taken already."""
        outer = self.judging, self.asked, self.parents
        self.judging, self.parents = judging, False
        found: list[values.Evaluate] = []
        while not found or self.comes("["):
            found.append(self.expression().one)
            self.close("]")
        # What the rows in here are asked is nothing to the rows around.
        self.judging, self.asked, self.parents = outer
        return lookup.judged(source, found)


def _series(name: str, mark: str = "") -> pieces.Many:
    """The answers of several rounds, with the mark of all, or the one there is."""
    key = name + mark

    def many(context: values.Context) -> Sequence[values.Value]:
        found = context.series.get(key)
        if found is not None:
            return found
        return (context.answers[name],) if name in context.answers else ()

    return many


def _unknown(name: str, functions: Mapping[str, pieces.Function]) -> phrases.Phrase:
    close = difflib.get_close_matches(name.lower(), functions, n=1, cutoff=0.6)
    if close:
        return phrase("there is no {function}(); did you mean {meant}()?", function=name, meant=close[0])
    return phrase("there is no {function}(); these can be used: {known}", function=name, known=", ".join(functions))


def _miscounted(name: str, known: pieces.Function, n: int) -> phrases.Phrase:
    wanted = str(known.least)
    if known.most >= pieces.ANY:
        wanted = f"≥ {wanted}"
    elif known.most > known.least:
        wanted = f"{wanted}–{known.most}"
    return phrase("found {n} values in {function}() where {wanted} were expected", n=n, function=name, wanted=wanted)
