"""A place on the map in digits: `42.49, 78.39`, degrees and minutes, or a link of a map that carries them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from urllib import parse

#: No longer text is looked through.
LONGEST = 1000
_NUMBER = r"[-−+]?\d{1,3}(?:\.\d{1,15})?"
_PAIR = rf"({_NUMBER})\s*[,;/\s]\s*({_NUMBER})"
#: Of links: those that say where the pin is come before those that say what the screen shows.
_LATITUDE_FIRST = tuple(
    re.compile(pattern)
    for pattern in (
        rf"!3d({_NUMBER})!4d({_NUMBER})",
        rf"[?&]mlat=({_NUMBER})&mlon=({_NUMBER})",
        rf"[?&](?:q|query|ll|sll|daddr|destination|center|coordinate)=(?:loc:)?{_PAIR}",
        rf"/(?:place|search|dir)/{_PAIR}",
        rf"geo:{_PAIR}",
        rf"@{_PAIR}",
        rf"#map=\d+(?:\.\d+)?/({_NUMBER})/({_NUMBER})",
    )
)
_LONGITUDE_FIRST = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[?&](?:pt|whatshere\[point\])={_PAIR}",
        rf"[/|]{_PAIR}(?:$|[?/#|;])",
        rf"[?&](?:ll|m)={_PAIR}",
    )
)
#: Maps of Russia and Central Asia write the longitude first.
_TURNED = re.compile(r"\b(?:2gis|yandex)\b", re.IGNORECASE)
_DEGREES = re.compile(
    r"""(?P<d>\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|град\w*\.?)\s*
        (?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*(?:['′’]|мин\w*\.?)\s*)?
        (?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:"|″|”|''|сек\w*\.?)\s*)?
        (?P<side>[NSEWСЮВЗ]|с\.?\s?ш|ю\.?\s?ш|в\.?\s?д|з\.?\s?д)?\.?""",
    re.VERBOSE | re.IGNORECASE,
)


def read(text: str) -> str | None:
    """ "latitude longitude altitude precision" as XLSForm keeps a place, or None where the text holds none.

    ValueError where there are two numbers, but no place on earth has them.
    """
    words = unicodedata.normalize("NFKC", text[:LONGEST]).strip()
    if re.search(r"https?://|^geo:|\b\w+\.(?:com|kg|ru|org|me|app)/", words, re.IGNORECASE):
        return _of_link(words)
    if "°" in text or "º" in text or "град" in words.casefold():
        return _of_degrees(text[:LONGEST])
    return _of_digits(words)


def _of_digits(words: str) -> str | None:
    # "42,49 78,39" and "42,49, 78,39": a decimal comma has a digit on either side.
    bare = re.sub(r"\b[ne]\b|(?<=\d)[ne]\b|\b[ne](?=\d)", " ", words.strip("() "), flags=re.IGNORECASE).strip()
    pointed = re.sub(r"(?<=\d),(?=\d+(?:\s|,\s|;|$))", ".", bare) if "." not in bare else bare
    match = re.fullmatch(rf"{_PAIR}(?:[\s,;]+([-−]?\d{{1,5}}(?:\.\d+)?)[\s,;]+(\d{{1,7}}(?:\.\d+)?))?\.?", pointed)
    if match is None or not ("." in match[1] or "." in match[2]):
        return None
    return _place(match[1], match[2], match[3] or "0", match[4] or "0")


def _of_link(words: str) -> str | None:
    link = parse.unquote_plus(words)
    turned = _TURNED.search(link) is not None
    for pattern in _LONGITUDE_FIRST if turned else _LATITUDE_FIRST:
        for match in pattern.finditer(link):
            if "." in match[1] and "." in match[2]:
                return _place(match[2], match[1]) if turned else _place(match[1], match[2])
    return None


def _of_degrees(words: str) -> str | None:
    found = list(_DEGREES.finditer(words))
    if len(found) != 2:
        return None
    sides = [(each["side"] or "").casefold().replace(" ", "")[:1] for each in found]
    values = [_decimal(each, side) for each, side in zip(found, sides, strict=True)]
    if sides[0] in ("e", "w", "в", "з") and sides[1] in ("n", "s", "с", "ю"):
        values.reverse()
    return _place(*values)


def _decimal(match: re.Match[str], side: str) -> str:
    minutes, seconds = (Decimal((match[name] or "0").replace(",", ".")) for name in ("m", "s"))
    degrees = Decimal(match["d"].replace(",", ".")) + minutes / 60 + seconds / 3600
    return f"{'-' if side in ('s', 'w', 'ю', 'з') else ''}{degrees:.6f}"


def _place(latitude: str, longitude: str, altitude: str = "0", precision: str = "0") -> str:
    north, east = (Decimal(each.replace("−", "-")) for each in (latitude, longitude))
    if abs(north) > 90 or abs(east) > 180:
        raise ValueError("no place on earth")
    return " ".join(_short(each) for each in (north, east, Decimal(altitude.replace("−", "-")), Decimal(precision)))


def _short(number: Decimal) -> str:
    # A millionth of a degree is a hand's breadth.
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
