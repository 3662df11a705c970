"""A list of words by what they mean, found again in whatever ending and with a slip of the finger."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from bot.engine.gifts import lines
from bot.engine.understanding import spelling

#: "Күндүк", "тонналык", "тамактын", "уйларды": what `spelling.inflects` does not know of Kyrgyz nouns.
_MORE = re.compile(
    r"(?:[ldt][aeo]r)?(?:[ldt][iu]k|[iu]?m|ibi[sz]|[ltd][aeo]p|ch[iu]l[iu]k|ch[aeo]|(?:ch[iu])?(?:m[iu]n|b[iu]z))(?:t[aeiou]|[tk][aeiou]n?)?"
)
#: A shorter word is too near to others to be recognised with a wrong letter.
_LONG_ENOUGH = 6


class Lexicon:
    """Meanings by word.

    `table`: meaning -> words in any alphabet, parted by commas. A word stands for all its endings, Kyrgyz and Russian;
    "=ун" stands for itself alone, because "уну" and "уна" are other words.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        self._exact: dict[str, str] = {}
        self._stems: list[tuple[str, str]] = []
        for meaning, words in table.items():
            for word in words.split(","):
                folded = lines.fold(word.strip().removeprefix("="))
                self._exact.setdefault(folded, meaning)
                if "=" not in word:
                    self._stems.append((folded, meaning))
        # "Капчык" before "кап": the longest word that fits is the one that was meant.
        self._stems.sort(key=lambda each: -len(each[0]))
        self._near = spelling.Near(word for word, _ in self._stems if len(word) >= _LONG_ENOUGH)
        self.of = functools.lru_cache(maxsize=4096)(self._of)

    def _of(self, word: str) -> str:
        """What this folded word means; "" where it is not in the list."""
        if not 1 <= len(word) <= 30:
            return ""
        if word in self._exact:
            return self._exact[word]
        for stem, meaning in self._stems:
            if word.startswith(stem) and ends(stem, word):
                return meaning
        near = {self._exact[each] for each in self._near.to(word)} if len(word) >= _LONG_ENOUGH else set()
        return near.pop() if len(near) == 1 else ""


def ends(stem: str, word: str) -> bool:
    """True where `word` is `stem` with an ending of either language. Both folded."""
    rest = word[len(stem) :]
    # "Цементтен" has lost its second т; with two letters it might be any word.
    doubled = stem + stem[-1:] + rest
    if len(stem) > 2 and (spelling.inflects(stem, word) or spelling.inflects(stem, doubled) or _MORE.fullmatch(rest)):
        return True
    return spelling.declines(stem, word)
