"""The file format of SPSS, read back by ReadStat, which R and Python use."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pyreadstat
import pytest
from hypothesis import strategies as st

from bot.services import sav

AT = dt.datetime(2027, 3, 1, 9, 8, 7, tzinfo=dt.UTC)


def written(path: Path, variables: Sequence[sav.Variable], rows: Sequence[Sequence[Any]]) -> tuple[dict[str, Any], Any]:
    """(values by variable, what the file says of itself)."""
    with path.open("wb") as file:
        made = sav.File(file, variables, count=len(rows), label="Үй-бүлө", at=AT, packed=path.suffix == ".zsav")
        for row in rows:
            made.write(row)
        made.close()
    found: tuple[dict[str, Any], Any] = pyreadstat.read_sav(str(path), output_format="dict")
    return found


def column(values: Any) -> list[Any]:
    """Numbers and texts; None for a missing number."""
    return [None if value is None or value != value else value for value in values]


def text(name: str, width: int, **more: Any) -> sav.Variable:
    return sav.Variable(name, "", width, sav.TEXT, **more)


def number(name: str, **more: Any) -> sav.Variable:
    return sav.Variable(name, "", 0, sav.NUMBER, **more)


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_numbers_are_read_back_small_and_large(tmp_path: Path, name: str) -> None:
    values = [0.0, 1.0, -99.0, -100.0, 151.0, 152.0, 0.5, 1e300, -1e9, None, 42.490123]
    found, _ = written(tmp_path / name, [number("x")], [[value] for value in values])
    assert column(found["x"]) == values


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
@pytest.mark.parametrize("width", [1, 7, 8, 9, 16, 254, 255, 256, 504, 505, 765, 3000, 32_767])
def test_texts_of_every_width_are_read_back(tmp_path: Path, name: str, width: int) -> None:
    long = "".join(chr(ord("а") + place % 32) for place in range(width))
    rows: list[list[Any]] = [
        [sav.cut(long, width), 1.0],
        ["", 2.0],
        ["x" * width, 3.0],
        ["x " * (width // 3) + "x", None],
    ]
    found, _ = written(tmp_path / name, [text("t", width), number("x")], rows)
    assert [found["t"], column(found["x"])] == [[row[0] for row in rows], [row[1] for row in rows]]


def test_a_packed_file_of_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sav, "_BLOCK", 1 << 12)
    rows = [[f"суу {place}" * 5, float(place)] for place in range(2000)]
    found, _ = written(tmp_path / "a.zsav", [text("t", 80), number("x")], rows)
    assert list(zip(found["t"], found["x"], strict=True)) == [tuple(row) for row in rows]
    assert (tmp_path / "a.zsav").read_bytes()[:4] == b"$FL3"


def test_an_empty_file_still_says_what_would_be_in_it(tmp_path: Path) -> None:
    for name in ("a.sav", "a.zsav"):
        found, told = written(tmp_path / name, [text("t", 300), number("x")], [])
        assert [list(values) for values in found.values()] == [[], []]
        assert told.column_names == ["t", "x"]


def test_labels_are_read_back_within_their_bytes(tmp_path: Path) -> None:
    variables = [
        sav.Variable("жашы", "Жашыңыз канчада?", 0, sav.WHOLE, {1.0: "бир", -3.0: "ө" * 100}, measured=True),
        sav.Variable("short", "ы" * 200, 3, sav.TEXT, {"a": "суу", "abc": "жол"}),
        sav.Variable("long", "x" * 300, 40, sav.TEXT, {"drinking_water_and_more": "ө" * 100, "b": "жол"}),
    ]
    _, told = written(tmp_path / "a.sav", variables, [[1.0, "a", "b"]])
    assert told.column_names == ["жашы", "short", "long"]
    assert told.column_labels == ["Жашыңыз канчада?", "ы" * 127, "x" * 255]
    assert told.variable_value_labels == {
        "жашы": {1.0: "бир", -3.0: "ө" * 60},
        "short": {"a": "суу", "abc": "жол"},
        "long": {"drinking_water_and_more": "ө" * 60, "b": "жол"},
    }
    assert told.variable_measure == {"жашы": "scale", "short": "nominal", "long": "nominal"}
    assert (told.file_label, told.file_encoding) == ("Үй-бүлө", "UTF-8")
    assert told.creation_time == AT.replace(tzinfo=None)


def test_dates_and_times_are_moments_to_the_reader(tmp_path: Path) -> None:
    formats = {"d": sav.DATE, "t": sav.TIME, "m": sav.DATETIME}
    variables = [sav.Variable(name, "", 0, each) for name, each in formats.items()]
    begin = dt.datetime.fromisoformat("1582-10-14")
    day, moment = (dt.datetime.fromisoformat(each) for each in ("2012-02-29", "2027-03-05T18:00"))
    row = [(day - begin).total_seconds(), 5.5 * 3600, (moment - begin).total_seconds()]
    found, _ = written(tmp_path / "a.sav", variables, [row])
    assert (found["d"][0], found["t"][0], found["m"][0]) == (day.date(), dt.time(5, 30), moment)


#: The ends of all numbers mean something else there: missing, the lowest, the highest.
_CELLS = st.one_of(st.none(), st.integers(-200, 300), st.floats(-1e300, 1e300))
#: Trailing spaces are no part of a text in this format.
_WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=90).map(str.rstrip)


@hypothesis.given(st.lists(st.tuples(_CELLS, _WORDS, _CELLS), max_size=9), st.sampled_from(["a.sav", "a.zsav"]))
def test_whatever_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, str, Any]], name: str
) -> None:
    width = max([1, *(len(row[1].encode()) for row in rows)])
    path = tmp_path_factory.mktemp("sav") / name
    found, _ = written(path, [number("x"), text("t", width), number("y")], rows)
    assert column(found["x"]) == [row[0] for row in rows]
    assert list(found["t"]) == [row[1] for row in rows]
    assert column(found["y"]) == [row[2] for row in rows]


def test_a_cut_is_at_a_whole_character() -> None:
    assert sav.cut("аб", 3) == "а"
    assert sav.cut("ab", 3) == "ab"
    assert sav.cut("😀", 3) == ""


def test_rows_go_out_as_they_come() -> None:
    file = io.BytesIO()
    made = sav.File(file, [text("t", 200)], count=1000, label="", at=AT, packed=False)
    before = file.tell()
    for place in range(1000):
        made.write([f"{place}" * 60])
    made.close()
    assert file.tell() > before + 150_000
