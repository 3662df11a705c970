"""The names of the months, Kyrgyz (the people's own, too), Russian and English, in whatever case and spelling."""

from __future__ import annotations

import re

from bot.engine.understanding import spelling

#: Folded, without doubled letters, the beginning that all cases share; then what people write for short.
_STEMS = (
    ("ianvar", "ianv", "ian", "januari", "jan"),
    ("fevral", "fevr", "fev", "februari", "feb"),
    ("mart", "mar", "march"),
    ("aprel", "apr", "april"),
    ("mai", "ma"),
    ("iiun", "iun", "june", "jun"),
    ("iiul", "iul", "juli", "jul"),
    ("avgust", "avg", "august", "aug"),
    ("sentiabr", "sent", "sen", "september", "sept", "sep"),
    ("oktiabr", "okt", "october", "oct"),
    ("noiabr", "noia", "november", "nov"),
    ("dekabr", "dek", "december", "dec"),
)
#: The herdsmen's months as printed calendars set them against the others. Their counted months run backwards.
_OWN = (
    "uchtun ai", "birdin ai", "jalgan kuran", "chin kuran", "bugu", "kulja", "teke", "bash oona", "aiak oona",
    "toguzdun ai", "jetinin ai", "beshtin ai",
)  # fmt: skip
_ENDING = r"(?:ia|a|e|u|iu|em|om|[dt][aeo]n?|[dtn][iu]n|[dt]?i|[gk]a|inda|indagi|inin|ina|inan)?"
_BY_STEM = {spelling.squeeze(stem): number for number, stems in enumerate(_STEMS, 1) for stem in stems}
_NAME = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, _BY_STEM), key=len, reverse=True)) + rf"){_ENDING}\b", re.ASCII
)
_CASE = r"(?:i|in(?:in|da)?|da|nin|din|dagi)?(?: ai(?:i|inin|inda|ina|nin|nda)?)?"
_PEOPLES = tuple(re.compile(rf"\b{spelling.squeeze(name)}{_CASE}\b") for name in _OWN)
#: "5-айдын 21и": a month by its number.
_COUNTED = re.compile(r"\b(\d{1,2}) ?(?:inchi |nchi |unchu |nchu )?ai(?:din|nin|da|nda)?\b")


def taken(folded: str) -> tuple[str, int]:
    """The text without the name of a month, and the month's number; 0 where it names none."""
    squeezed = re.sub(r"([^\W\d_])\1+", r"\1", folded)
    for number, pattern in enumerate(_PEOPLES, 1):
        if found := pattern.search(squeezed):
            return _without(squeezed, found), number
    if found := _COUNTED.search(squeezed):
        return _without(squeezed, found), int(found[1])
    # A day may be written together with its month: "21март".
    apart = re.sub(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)", " ", squeezed)
    if found := _NAME.search(apart):
        return _without(apart, found), _BY_STEM[found[1]]
    for match in re.finditer(r"[^\W\d_]{5,}", apart):
        near = {
            number
            for stem, number in _BY_STEM.items()
            if len(stem) >= 5 and any(spelling.slipped(match[0], stem + end) for end in ("", "ia", "a", "e", "da"))
        }
        if len(near) == 1:
            return _without(apart, match), near.pop()
    return apart, 0


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
