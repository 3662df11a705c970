"""The file format of SPSS, written row by row: what PSPP's documentation calls a system file.

Of our own, because the library that others wrap (ReadStat) takes a whole table at once, out of pandas or polars.
"""

from __future__ import annotations

import datetime as dt
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

#: In bytes of UTF-8: a name, the labels of variables and of values, the file's, a text.
NAME, LABEL, VALUE_LABEL, FILE_LABEL, LONGEST = 64, 255, 120, 64, 32_767
MOST_VARIABLES = 32_767

#: Print formats: (number of the format, width, decimals).
TEXT = (1, 0, 0)
WHOLE = (5, 16, 0)
NUMBER = (5, 16, 6)
DATE = (39, 10, 0)  # 2027/03/01
TIME = (21, 8, 0)
DATETIME = (22, 20, 0)  # 01-MAR-2027 09:00:00

#: A text longer than 255 bytes lies in segments that say they have 252 and hold 255, in room for 256.
_SEGMENT, _SAID, _ROOM = 255, 252, 256
#: Codes of the compression: so much is added to a small whole number; what else there is.
_BIAS, _LITERAL, _SPACES, _MISSING = 100, 253, 254, 255
_BLOCK = 0x3FF000
#: Different cells of a column whose codes are remembered.
_REMEMBERED = 4096

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Variable:
    """One column. `width` is the bytes of its longest text, 0 for numbers."""

    name: str
    label: str
    width: int
    format: tuple[int, int, int]
    #: What stands for which value.
    labels: Mapping[Any, str] = field(default_factory=dict)
    #: True for quantities; names of things otherwise.
    measured: bool = False

    @property
    def segments(self) -> list[int]:
        """The widths of its segments; one, but for long texts."""
        if self.width <= _SEGMENT:
            return [self.width]
        count = -(-self.width // _SAID)
        return [_SEGMENT] * (count - 1) + [self.width - (count - 1) * _SAID]


def cut(text: str, most: int) -> str:
    """The text in at most so many bytes of UTF-8, at a whole character."""
    return text.encode()[:most].decode(errors="ignore")


class File:
    """A file in the making; `packed` makes it a .zsav."""

    def __init__(
        self,
        file: IO[bytes],
        variables: Sequence[Variable],
        *,
        count: int,
        label: str,
        at: dt.datetime,
        packed: bool,
    ) -> None:
        self._file, self._variables, self._packed = file, variables, packed
        file.write(_header(variables, count, label, at, packed=packed))
        file.write(_dictionary(variables))
        self._began = file.tell()
        self._blocks: list[tuple[int, int]] = []
        if packed:
            file.write(bytes(24))
        self._data = bytearray()
        self._codes = b""
        self._literals: list[bytes] = []
        self._known: list[dict[Any, tuple[bytes, list[bytes]]]] = [{} for _ in variables]

    def write(self, row: Sequence[Any]) -> None:
        """One row: numbers, texts, None."""
        codes = [self._codes]
        literals = self._literals
        for variable, known, cell in zip(self._variables, self._known, row, strict=True):
            found = known.get(cell)
            if found is None:
                found = _coded(variable, cell)
                # Long texts do not come twice.
                if variable.width <= _SEGMENT:
                    if len(known) >= _REMEMBERED:
                        known.clear()
                    known[cell] = found
            codes.append(found[0])
            literals += found[1]
        self._pack(b"".join(codes), literals)

    def close(self) -> None:
        """That was the last row."""
        if self._codes:
            self._pack(self._codes.ljust(8, b"\0"), self._literals)
        self._flush(0)
        if self._packed:
            self._trail()

    def _pack(self, codes: bytes, literals: list[bytes]) -> None:
        """Eight codes, then what they stand for; and so on. What is left waits for the next row."""
        used = 0
        whole = len(codes) - len(codes) % 8
        for start in range(0, whole, 8):
            eight = codes[start : start + 8]
            self._data += eight
            wanted = eight.count(_LITERAL)
            for literal in literals[used : used + wanted]:
                self._data += literal
            used += wanted
        self._codes, self._literals = codes[whole:], literals[used:]
        self._flush(_BLOCK)

    def _flush(self, least: int) -> None:
        """Write what is ready, in blocks where they are packed."""
        if not self._packed:
            if len(self._data) > least:
                self._file.write(self._data)
                self._data.clear()
            return
        while len(self._data) >= _BLOCK or (self._data and not least):
            block = bytes(self._data[:_BLOCK])
            del self._data[:_BLOCK]
            small = zlib.compress(block)
            self._file.write(small)
            self._blocks.append((len(block), len(small)))

    def _trail(self) -> None:
        """Where which block lies."""
        trailer = self._file.tell()
        plain, small = self._began, self._began + 24
        self._file.write(struct.pack("<qqii", -_BIAS, 0, _BLOCK, len(self._blocks)))
        for length, shrunk in self._blocks:
            self._file.write(struct.pack("<qqii", plain, small, length, shrunk))
            plain, small = plain + length, small + shrunk
        end = self._file.tell()
        self._file.seek(self._began)
        self._file.write(struct.pack("<qqq", self._began, trailer, end - trailer))
        self._file.seek(end)


def _coded(variable: Variable, cell: Any) -> tuple[bytes, list[bytes]]:
    """The codes of a cell, and what those stand for that are literal."""
    if not variable.width:
        if cell is None:
            return bytes([_MISSING]), []
        if float(cell).is_integer() and 1 - _BIAS <= cell <= 251 - _BIAS:
            return bytes([int(cell) + _BIAS]), []
        return bytes([_LITERAL]), [struct.pack("<d", cell)]
    codes, literals = bytearray(), []
    text = (cell or "").encode()
    for number, width in enumerate(variable.segments):
        room = -(-width // 8) * 8
        piece = text[number * _SEGMENT : (number + 1) * _SEGMENT].ljust(room)
        for start in range(0, room, 8):
            eight = piece[start : start + 8]
            codes.append(_SPACES if eight == b" " * 8 else _LITERAL)
            if codes[-1] == _LITERAL:
                literals.append(eight)
    return bytes(codes), literals


# -- what stands before the data ---------------------------------------------------------------------------------------


def _header(variables: Sequence[Variable], count: int, label: str, at: dt.datetime, *, packed: bool) -> bytes:
    units = sum(-(-width // 8) or 1 for variable in variables for width in variable.segments)
    date = f"{at.day:02} {_MONTHS[at.month - 1]} {at.year % 100:02}"
    return struct.pack(
        "<4s60siiiiid9s8s64s3x",
        b"$FL3" if packed else b"$FL2",
        b"@(#) SPSS DATA FILE Ashar".ljust(60),
        2,
        units,
        2 if packed else 1,
        0,
        count,
        float(_BIAS),
        date.encode(),
        f"{at:%H:%M:%S}".encode(),
        cut(label, FILE_LABEL).encode().ljust(64),
    )


def _dictionary(variables: Sequence[Variable]) -> bytes:
    records, labels, shorts, display, long = [], [], [], [], []
    unit = serial = 0
    for variable in variables:
        first, index = f"V{serial + 1}", unit + 1
        for width in variable.segments:
            serial += 1
            label = variable.label if f"V{serial}" == first else ""
            records.append(_variable(f"V{serial}", label, width, variable.format))
            display += [3 if variable.measured else 1, min(width, 40) or 12, int(not width)]
            unit += -(-width // 8) or 1
        shorts.append(f"{first}={variable.name}")
        if variable.width > _SEGMENT:
            long.append(f"{first}={variable.width:05}\0\t")
        if variable.labels and variable.width <= 8:
            labels.append(_value_labels(variable, index))
    longer = b"".join(_long_labels(variable) for variable in variables if variable.labels and variable.width > 8)
    integers = struct.pack("<8i", 22, 0, 0, -1, 1, 1, 2, 65001)
    # The missing number, and the ends of all others.
    floats = struct.pack("<3d", -sys.float_info.max, sys.float_info.max, -1.7976931348623155e308)
    extensions = [
        _extension(3, 4, integers),
        _extension(4, 8, floats),
        _extension(11, 4, struct.pack(f"<{len(display)}i", *display)),
        _extension(13, 1, "\t".join(shorts).encode()),
        _extension(14, 1, "".join(long).encode()),
        _extension(20, 1, b"UTF-8"),
        _extension(21, 1, longer),
    ]
    return b"".join([*records, *labels, *extensions, struct.pack("<ii", 999, 0)])


def _variable(name: str, label: str, width: int, format_: tuple[int, int, int]) -> bytes:
    kind, shown, decimals = format_
    printed = (kind << 16) | ((width or shown) << 8) | decimals
    said = cut(label, LABEL).encode()
    record = struct.pack("<6i8s", 2, width, int(bool(said)), 0, printed, printed, name.encode().ljust(8))
    if said:
        record += struct.pack("<i", len(said)) + said.ljust(-(-len(said) // 4) * 4, b"\0")
    # Every further eight bytes of a text have a record that says nothing.
    return record + struct.pack("<6i8s", 2, -1, 0, 0, 0, 0, b" " * 8) * (-(-width // 8) - 1)


def _value_labels(variable: Variable, index: int) -> bytes:
    parts = [struct.pack("<ii", 3, len(variable.labels))]
    for value, label in variable.labels.items():
        said = cut(label, VALUE_LABEL).encode()
        parts.append(str(value).encode().ljust(8) if variable.width else struct.pack("<d", value))
        parts.append((bytes([len(said)]) + said).ljust(-(-(len(said) + 1) // 8) * 8))
    parts.append(struct.pack("<iii", 4, 1, index))
    return b"".join(parts)


def _long_labels(variable: Variable) -> bytes:
    return b"".join(_long_label_parts(variable))


def _long_label_parts(variable: Variable) -> Iterator[bytes]:
    yield _counted(variable.name.encode())
    yield struct.pack("<ii", variable.width, len(variable.labels))
    for value, label in variable.labels.items():
        yield _counted(str(value).encode().ljust(variable.width))
        yield _counted(cut(label, VALUE_LABEL).encode())


def _counted(text: bytes) -> bytes:
    return struct.pack("<i", len(text)) + text


def _extension(subtype: int, size: int, data: bytes) -> bytes:
    return struct.pack("<4i", 7, subtype, size, len(data) // size) + data if data else b""
