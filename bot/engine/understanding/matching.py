"""Options by their words: the whole label, its beginning, a word of it, an ending hung on it, a slip or two."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence

from bot.engine import commands, form
from bot.engine.understanding import agreeing, spelling

#: No label is longer in an answer; whoever writes more tells a story.
LONGEST = 160
_MOST_WORDS = 12
_BRACKETS = re.compile(r"\([^()]*\)")
#: What people add to the name of what they want or where they live.
_BESIDE = frozenset(
    spelling.words(
        "керек, керектүү, маанилүү, болсун, болсо, нужно, нужна, нужен, нужны, надо, хочу, важно, важнее, бизге, мага, "
        "нам, мне, пожалуйста, рахмат, спасибо, эң, самое, важное, главное, негизгиси, только, эле, гана, "
        "это, бул, вариант, ответ, жооп, я, мен, биз, из, в, с, г, "
        "на, село, селе, сел, города, город, городе, айыл, айылы, айылынан, шаар, шаары, шаарынан, район, району, "
        "районе, районунан, область, облус, облусу, облусунан, п, пос, посёлок, улица, көчөсү, жана, и"
    )
)
_Places = dict[str, set[int]]
_Fits = Callable[["_Index", str], set[str]]


class _Index:
    """The labels of a list in all languages, folded once: where each label, each name and each word stands."""

    def __init__(self, choices: Sequence[form.Choice]) -> None:
        self.place = {id(choice): n for n, choice in enumerate(choices)}
        #: Whole labels with and without their brackets, the same without spaces, and names.
        self.whole: _Places = {}
        self.joined: _Places = {}
        self.names: _Places = {}
        #: Single words, and of each option those of its labels.
        self.words: _Places = {}
        self.labels: list[list[tuple[str, ...]]] = []
        for n, choice in enumerate(choices):
            self._add(n, choice)
        # Long lists: most words are never looked at.
        self.near = spelling.Near(self.words)
        self.near_joined = spelling.Near(self.joined)
        self.first: dict[str, list[str]] = {}
        for word in self.words:
            self.first.setdefault(word[0], []).append(word)

    def _add(self, n: int, choice: form.Choice) -> None:
        self.names.setdefault(commands.fold(choice.name), set()).add(n)
        labels: list[tuple[str, ...]] = []
        for label in filter(str.strip, choice.label.values()):
            bare = _BRACKETS.sub(" ", label)
            labels.append(spelling.words(bare))
            for whole in filter(None, {commands.fold(label), commands.fold(bare)}):
                self.whole.setdefault(whole, set()).add(n)
                self.joined.setdefault(whole.replace(" ", ""), set()).add(n)
            for word in labels[-1]:
                self.words.setdefault(word, set()).add(n)
        self.labels.append(labels)


@functools.lru_cache(maxsize=256)
def _index(question: form.Question) -> _Index:
    return _Index(question.choices)


class Offered:
    """The options one person is offered, to be found by what they typed. Made for one message."""

    def __init__(self, question: form.Question, choices: Sequence[form.Choice]) -> None:
        self.choices = choices
        self._index = _index(question)
        # By identity: a list may have two options of one name, and the question keeps its options alive.
        if any(id(choice) not in self._index.place for choice in choices):
            self._index = _Index(choices)
        self._fitting: dict[str, tuple[form.Choice, ...]] = {}

    def number(self, choice: form.Choice) -> int:
        """Its number on the list, from 1."""
        return next(n for n, each in enumerate(self.choices, 1) if each is choice)

    def exact(self, words: str) -> tuple[form.Choice, ...]:
        """The options of which this is a whole label, in whatever spelling and language, together or apart."""
        index, folded = self._index, commands.fold(words[:LONGEST])
        return self._those(index.whole.get(folded)) or self._those(index.joined.get(folded.replace(" ", "")))

    def fit(self, words: str) -> tuple[form.Choice, ...]:
        """The options that these words may mean, in the order of the list; () if none.

        The strictest reading that any option fits decides: where one begins so, none that has a slip is thought of.
        """
        if words not in self._fitting:
            self._fitting[words] = self._fit(words) if len(words) <= LONGEST else ()
        return self._fitting[words]

    def _fit(self, words: str) -> tuple[form.Choice, ...]:
        meaning, typed = agreeing.meaning(words), spelling.words(words)
        found = self.exact(words) or self.meant(meaning)
        if found or not typed or len(typed) > _MOST_WORDS:
            return found
        if meaning in ("yes", "no") and len("".join(typed)) <= 3:
            # Where yes is no option, "да" is none of the words that begin so; though "Барскоон" may be meant by "бар".
            return self.beginning(words)
        kept = tuple(word for word in typed if word not in _BESIDE)
        found = self._by_words(typed)
        if not found and kept and kept != typed:
            found = self.exact(" ".join(kept)) or self._by_words(kept)
        return found

    def meant(self, meaning: str) -> tuple[form.Choice, ...]:
        """The options that say yes, no, "I don't know" and so on, by their name or by the first word of a label."""
        if not meaning:
            return ()
        named = tuple(choice for choice in self.choices if choice.name.casefold() in agreeing.NAMES[meaning])
        firsts = agreeing.LABELS.get(meaning)
        if named:
            return named
        if not firsts:
            # Some authors number their options, this one too.
            return self._those(_union(at for label, at in self._index.whole.items() if agreeing.says(label) == meaning))
        whole = [places for label, places in self._index.whole.items() if spelling.squeeze(label) in firsts]
        return (
            self._those(_union(whole))
            or self._those(
                n
                for n, labels in enumerate(self._index.labels)
                if any(words and spelling.squeeze(words[0]) in firsts for words in labels)
            )
            or (self.meant("none") if meaning == "no" else ())
        )

    def _by_words(self, typed: tuple[str, ...]) -> tuple[form.Choice, ...]:
        """The options with that name, beginning or words, the strictest reading first."""
        index, joined = self._index, "".join(typed)
        # One letter alone stands for a label only as its beginning.
        found = self.beginning(" ".join(typed))
        for fits in (_begins, _inflected) if len(joined) > 1 else ():
            found = found or self._those(self._places(typed, fits))
        # The author's own names are not shown to anybody.
        found = found or self._those(index.names.get(" ".join(typed)))
        if found or len(joined) < 4:
            return found
        labels = index.near_joined.to(joined) if len(joined) > 5 else set()
        return self._those(_union(map(index.joined.__getitem__, labels)) | self._places(typed, _near))

    def beginning(self, words: str) -> tuple[form.Choice, ...]:
        """The options with a label that begins so; what was written together or apart does not count."""
        typed = spelling.words(words)
        index, start, joined = self._index, " ".join(typed), "".join(typed)
        if not joined:
            return ()
        return self._those(
            _union(places for label, places in index.whole.items() if label.startswith(start))
        ) or self._those(_union(places for label, places in index.joined.items() if label.startswith(joined)))

    def _places(self, typed: tuple[str, ...], fits: _Fits) -> set[int]:
        """Where each typed word fits a word of one label, and no two of them the same."""
        index = self._index
        fitting: list[set[str]] = []
        places: set[int] = set()
        for each in typed:
            fitting.append(fits(index, each))
            these = _union(map(index.words.__getitem__, fitting[-1]))
            places = places & these if len(fitting) > 1 else these
            if not places:
                return places
        fitted = {n: [words for words in index.labels[n] if _all_in(fitting, words)] for n in places}
        # "Плохо" is "плохая" rather than "очень плохая".
        full = {n for n, labels in fitted.items() if any(len(words) == len(typed) for words in labels)}
        return full or {n for n, labels in fitted.items() if labels}

    def _those(self, places: Iterable[int] | None) -> tuple[form.Choice, ...]:
        wanted = set(places or ())
        place = self._index.place
        return tuple(choice for choice in self.choices if place[id(choice)] in wanted) if wanted else ()


def _begins(index: _Index, typed: str) -> set[str]:
    if len(typed) == 1:
        return {typed} & index.words.keys()
    return {word for word in index.first.get(typed[0], ()) if word.startswith(typed)}


def _inflected(index: _Index, typed: str) -> set[str]:
    bare = (typed[:end] for end in range(3, len(typed)))
    kyrgyz = {stem for stem in bare if stem in index.words and spelling.inflects(stem, typed)}
    stems = spelling.stems(typed)
    alike = index.first.get(typed[0], ()) if stems else ()
    russian = {word for word in alike if any(spelling.declines(stem, word) for stem in stems)}
    return _begins(index, typed) | kyrgyz | russian


def _near(index: _Index, typed: str) -> set[str]:
    # Also the beginning of a long word, with a slip in it.
    longer = index.first.get(typed[0], ()) if len(typed) > 4 else ()
    cut = {word for word in longer if len(word) > len(typed) and spelling.slips(typed, word[: len(typed)]) == 1}
    return _inflected(index, typed) | index.near.to(typed) | cut


def _all_in(fitting: Sequence[set[str]], words: Sequence[str]) -> bool:
    left = list(words)
    for those in fitting:
        found = next((word for word in left if word in those), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _union(sets: Iterable[set[int]]) -> set[int]:
    return set().union(*sets)
