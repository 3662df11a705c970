"""Names as letters: what one may look like, one made of any words, and where a text asks for one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LONGEST = 64
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
REFERENCE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")

#: Kyrgyz and Russian letters as they are written in Latin ones.
_LATIN = dict(zip("абвгдеёзийклмнопрстуфыэңөүӊ", "abvgdeeziyklmnoprstufyenoun", strict=True))
_LATIN |= {"ж": "j", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}


def latin(words: str, longest: int = LONGEST) -> str:
    """A name made of any words, in small Latin letters where they were not Latin; "" if nothing is left."""
    spelled = "".join(_LATIN.get(letter.lower(), letter) for letter in words)
    bare = "".join(each for each in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(each))
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", bare).strip("_.-")[:longest]
    return f"_{name}"[:longest] if name and not re.match(r"[A-Za-z_]", name) else name


def rename(source: str, renamed: Mapping[str, str]) -> str:
    """The text with its ${...} under their new names."""
    if not renamed or "${" not in source:
        return source
    return REFERENCE.sub(lambda found: f"${{{renamed.get(found[1], found[1])}}}", source)
