"""How near two words are: a doubled letter, an ending, a slip of the finger."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from bot.engine import commands

#: What two Latin letters of `commands.fold` were one letter of: a slip of the finger is one letter, not two.
_ONE_LETTER = (("sh", "w"), ("ch", "q"), ("iu", "y"), ("ia", "x"))
_DOUBLED = re.compile(r"(.)\1+")
#: Endings that Kyrgyz hangs on a name or a number, folded: plural, cases, "its", "I am".
_ENDING = re.compile(
    r"(?:[ldt][aeo]r)?(?:[iu]|s[iu])?(?:n?d?t?[iu]n|[ndt][iu]|[gk][aeo]|[dt][aeo]n?|n[aeo]n?|[dt][aeo]min|[dt][aeo]i|ch[iu])?"
)
#: Endings of Russian nouns and adjectives, folded.
_RUSSIAN = re.compile(
    r"(?:[aeiou]|[aei]i|[aiou]?ia|[aiou]?iu|[aio]e|oi|ei|[eio]go|[eio]mu|[aeioy]m|ami|iami|[aioy]h|iah|[oe]v)?"
)
#: One letter apart and worlds apart: a gift and a tax.
_APART = ({"salim", "salik"},)


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text, without what stands between them."""
    return tuple(re.findall(r"[^\W_]+", commands.fold(text)))


def squeeze(folded: str) -> str:
    """Without doubled letters: "одинадцать" is "одиннадцать"."""
    return _DOUBLED.sub(r"\1", folded)


def inflects(word: str, typed: str) -> bool:
    """True where `typed` is `word` with a Kyrgyz ending: "сууну", "жолдор", "мектепке". Both folded."""
    return len(word) >= 3 and typed.startswith(word) and _ENDING.fullmatch(typed[len(word) :]) is not None


def stems(typed: str) -> set[str]:
    """What may be left of a word without its Russian ending; four letters at least. Folded."""
    ends = range(max(4, len(typed) - 4), len(typed) + 1)
    return {typed[:end] for end in ends if _RUSSIAN.fullmatch(typed[end:])}


def declines(stem: str, word: str) -> bool:
    """True where `word` is the stem with a Russian ending: "дорог", "дорогу", "дорогой". Folded."""
    return word.startswith(stem) and _RUSSIAN.fullmatch(word[len(stem) :]) is not None


def allowance(letters: int) -> int:
    """How many slips a word of so many letters may have and still be that word."""
    return 0 if letters < 4 else 1 if letters <= 6 else 2


def slipped(typed: str, word: str) -> bool:
    """True where `typed` is `word` with no more slips than its length allows. Both folded."""
    return bool(Near([word]).to(typed))


class Near:
    """Many words, to find those that one is with a slip or two; most of them are never compared letter by letter."""

    def __init__(self, folded: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[str, str, frozenset[str]]]] = {}
        for word in folded:
            letters = _letters(word)
            self._by_length.setdefault(len(letters), []).append((word, letters, frozenset(letters)))

    def to(self, typed: str) -> set[str]:
        """The words that `typed` is, with no more slips than its length and theirs allow, but not without any."""
        letters = _letters(typed)
        kinds = frozenset(letters)
        found: set[str] = set()
        for length in range(len(letters) - 3, len(letters) + 4):
            most = allowance(min(length, len(letters)))
            found |= {
                word
                for word, other, others in self._by_length.get(length, ())
                # Each slip changes at most two of the letters that a word is made of, or two more if it makes a pair.
                if len(kinds ^ others) <= 2 * most + 2 and 0 < slips(typed, word) <= most
            }
        return found


def slips(typed: str, word: str) -> int:
    """How many letters are wrong, missing, too many or changed about; 9 for very many. Both folded."""
    if {typed, word} in _APART:
        return 9
    one, other = _letters(typed), _letters(word)
    # "иу" is two letters and "ю" is one, and folding tells them apart no more.
    return min(_distance(one, other), _distance(typed, word) if (one, other) != (typed, word) else 9)


@functools.lru_cache(maxsize=8192)
def _letters(folded: str) -> str:
    for two, single in _ONE_LETTER:
        folded = folded.replace(two, single)
    return folded


def _distance(one: str, other: str) -> int:
    """Damerau and Levenshtein's distance (neighbours change places once); 9 where it must be over two."""
    if abs(len(one) - len(other)) > 2:
        return 9
    before, row = [9] * (len(other) + 1), [*range(3), *[9] * len(other)][: len(other) + 1]
    for i, a in enumerate(one):
        last, before, row = before, row, [9] * (len(other) + 1)
        row[0] = i + 1
        # Further from the diagonal there are more than two slips already.
        for j in range(max(0, i - 2), min(len(other), i + 3)):
            b = other[j]
            best = min(before[j] + (a != b), before[j + 1] + 1, row[j] + 1)
            if i and j and a == other[j - 1] and b == one[i - 1]:
                best = min(best, last[j - 1] + 1)
            row[j + 1] = best
        if min(row) > 2:
            return 9
    return row[-1] if row[-1] <= 2 else 9
