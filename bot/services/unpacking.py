"""A workbook in .xlsx: a zip of XML, read row by row, so that neither can make more of itself than its limits.

Why it is read here and not by a library is told in docs/decisions.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple, cast
from xml.etree import ElementTree

from bot.services import decoding

#: What the parts that are read may come to, unpacked; a form of 600 rows has half a million bytes.
_MOST_BYTES = 100_000_000
_MOST_ELEMENTS = 6_000_000
#: And in one row or one text: all columns there are, each with its formula.
_MOST_INSIDE = 100_000
_PIECE = 1 << 16
#: Control characters and "_" stand so in texts.
_ESCAPED = re.compile(r"_x00([0-7][0-9A-Fa-f])_")
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    KeyError,
    ValueError,
    IndexError,
    OverflowError,
    EOFError,
    NotImplementedError,
    OSError,
)


def xlsx(content: bytes, wanted: Callable[[list[str]], Collection[str]]) -> decoding.Book:
    """The sheets with a wanted name, the hidden too; raises `decoding.Unreadable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Workbook(archive).book(wanted)
    except RuntimeError as error:  # zipfile's word for an entry under a password
        raise decoding.locked() from error
    except _FAULTS as error:
        raise decoding.damaged() from error


class _Looks(NamedTuple):
    """What cells refer to instead of saying it."""

    texts: list[str]
    #: Style -> whether a number of it is shown as a date.
    dates: list[bool]
    from_1904: bool


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        #: Names of parts differ in capitals from the references to them in some programs' files.
        self.parts = {name.lower().lstrip("/"): name for name in archive.namelist()}
        self.bytes = 0
        self.elements = 0
        self.columns: dict[str, int] = {}

    def book(self, wanted: Callable[[list[str]], Collection[str]]) -> decoding.Book:
        main = next(iter(self.related("", "/officeDocument").values()), "xl/workbook.xml")
        root = self.whole(main)
        sheets = self.related(main, "/worksheet")
        found: dict[str, str] = {}
        for sheet in root.iter():
            if sheet.tag.endswith("}sheet"):
                reference = next((value for key, value in sheet.items() if key.endswith("}id")), "")
                if reference in sheets:  # and no chart
                    found[sheet.get("name", "")] = sheets[reference]
        book = decoding.Book(names=list(found))
        taken = wanted(book.names)
        looks = self.looks(main, root)
        for name in (name for name in found if name in taken):
            book.sheets[name] = []
            for number, cells in self.rows(found[name], looks):
                book.add(name, number, cells)
        return book

    def looks(self, main: str, root: ElementTree.Element) -> _Looks:
        texts: list[str] = []
        for part in self.related(main, "/sharedStrings").values():
            for text in self.texts(part):
                texts.append(text)
                # Each stands in one cell at least.
                if len(texts) > decoding.MOST_CELLS:
                    raise decoding.too_much()
        properties = next((each for each in root.iter() if each.tag.endswith("}workbookPr")), None)
        from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        dates: list[bool] = []
        for part in self.related(main, "/styles").values():
            styles = self.whole(part)
            codes = {each.get("numFmtId"): each.get("formatCode", "") for each in _below(styles, "numFmts")}
            kinds = [each.get("numFmtId", "0") for each in _below(styles, "cellXfs")]
            dates = [decoding.shows_date(int(kind), codes.get(kind, "")) for kind in kinds]
        return _Looks(texts, dates, from_1904)

    def rows(self, part: str, looks: _Looks) -> Iterator[tuple[int, decoding.Cells]]:
        number = 0
        for element in self.ends(part, "}row"):
            number = int(element.get("r") or number + 1)
            cells: decoding.Cells = {}
            column = -1
            for cell in element:
                place = cell.get("r")
                column = self.column(place) if place else column + 1
                # A cell that is only coloured has nothing in it.
                if len(cell) and (value := _value(cell, looks)) is not None:
                    cells[column] = value
            yield number, cells

    def texts(self, part: str) -> Iterator[str]:
        for element in self.ends(part, "}si"):
            yield _written(element)

    def column(self, place: str) -> int:
        """C7 -> 2."""
        letters = place.rstrip("0123456789")
        if letters not in self.columns:
            index = 0
            for letter in letters.upper():
                if not "A" <= letter <= "Z":
                    raise ValueError(place)
                index = index * 26 + ord(letter) - 64
            self.columns[letters] = index - 1
        return self.columns[letters]

    def ends(self, part: str, tag: str) -> Iterator[ElementTree.Element]:
        """Every element of that tag, complete; what is in it is forgotten afterwards."""
        parser: ElementTree.XMLPullParser[ElementTree.Element] = ElementTree.XMLPullParser(("end",))
        inside = 0
        for piece in self.pieces(part):
            parser.feed(piece)
            complete = cast("list[tuple[str, ElementTree.Element]]", list(parser.read_events()))
            self.elements += len(complete)
            inside += len(complete)
            if self.elements > _MOST_ELEMENTS or inside > _MOST_INSIDE:
                raise decoding.too_much()
            for _, element in complete:
                if element.tag.endswith(tag):
                    inside = 0
                    yield element
                    element.clear()
        parser.close()

    def whole(self, part: str) -> ElementTree.Element:
        parser = ElementTree.XMLParser()  # noqa: S314 - without DOCTYPE there are no entities to grow
        for piece in self.pieces(part):
            parser.feed(piece)
        return parser.close()

    def pieces(self, part: str) -> Iterator[bytes]:
        """The bytes of one part; counted, and without the declarations by which XML grows."""
        before = b""
        with self.archive.open(self.parts[part.lower().lstrip("/")]) as file:
            while piece := file.read(_PIECE):
                self.bytes += len(piece)
                if self.bytes > _MOST_BYTES:
                    raise decoding.too_much()
                if b"<!DOCTYPE" in before + piece:
                    raise ValueError("DOCTYPE")
                before = piece[-8:]
                yield piece

    def related(self, part: str, kind: str) -> dict[str, str]:
        """The parts of that kind that `part` refers to, by the name it calls them."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels.lower().lstrip("/") not in self.parts:
            return {}
        return {
            each.get("Id", ""): posixpath.normpath(posixpath.join(folder, each.get("Target", "")))
            for each in self.whole(rels)
            if each.get("Type", "").endswith(kind)
        }


def _below(root: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [child for each in root if each.tag.endswith(f"}}{tag}") for child in each]


def _value(cell: ElementTree.Element, looks: _Looks) -> decoding.Cell | None:
    kind, value, formula = cell.get("t", "n"), "", False
    for child in cell:
        if child.tag.endswith("}v"):
            value = child.text or ""
        elif child.tag.endswith("}f"):
            formula = True
        elif child.tag.endswith("}is"):
            value = _written(child)
    if not value:
        # A formula may come to an empty text; anything else without a result was never calculated.
        return decoding.Wrong() if formula and kind != "str" else None
    match kind:
        case "s":
            return looks.texts[int(value)] or None
        case "str" | "inlineStr":
            return _plain(value) if kind == "str" else value
        case "b":
            return decoding.flag(value not in ("0", "false"))
        case "e":
            return decoding.Wrong(value)
        case "d":
            return decoding.Dated(value.removesuffix("Z").removesuffix("T00:00:00"))
    style = int(cell.get("s") or 0)
    if style < len(looks.dates) and looks.dates[style]:
        return decoding.date(float(value), from_1904=looks.from_1904)
    return decoding.number(float(value))


def _written(element: ElementTree.Element) -> str:
    """A text, whole or in differently formatted pieces; without how its signs are to be pronounced."""
    if len(element) == 1 and element[0].tag.endswith("}t"):
        return _plain(element[0].text or "")
    parts = [
        each.text or ""
        for child in element
        if not child.tag.endswith("}rPh")
        for each in child.iter()
        if each.tag.endswith("}t")
    ]
    return _plain("".join(parts))


def _plain(value: str) -> str:
    if "_x00" in value:
        value = _ESCAPED.sub(lambda found: _character(int(found[1], 16)), value)
    return decoding.text(value)


def _character(code: int) -> str:
    return chr(code) if code in (9, 10, 13) or 32 <= code < 127 else ""
