"""The reader of .xlsx beside another one; programs write it in different ways; and it takes no more than its limits."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import hypothesis
import openpyxl
import pytest
from hypothesis import strategies

from bot.services import decoding, unpacking
from tests.services import workbooks

WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<workbookPr{properties}/><sheets><sheet name="survey" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://x/relationships/worksheet" Target="{sheet}"/>'
    '<Relationship Id="rId2" Type="http://x/relationships/sharedStrings" Target="sharedStrings.xml"/>'
    '<Relationship Id="rId3" Type="http://x/relationships/styles" Target="styles.xml"/></Relationships>'
)
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
TEXTS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts><numFmt numFmtId="164" formatCode="[$-419]d mmm yyyy;@"/>'
    '<numFmt numFmtId="165" formatCode="0&quot;d&quot;"/>'
    '<numFmt numFmtId="166" formatCode="[h]:mm"/><numFmt numFmtId="167" formatCode="[Red]0.0\\ \\d"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/>'
    '<xf numFmtId="167"/></cellXfs></styleSheet>'
)


def packed(
    rows: str, texts: str = "", properties: str = "", sheet: str = "worksheets/sheet1.xml", whole: str = ""
) -> bytes:
    """A workbook of one sheet, as plain as it can be."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", WORKBOOK.format(properties=properties))
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(sheet=sheet))
        archive.writestr("xl/sharedStrings.xml", TEXTS.format(texts))
        archive.writestr("xl/styles.xml", STYLES)
        archive.writestr("xl/worksheets/sheet1.xml", whole or SHEET.format(rows))
    return content.getvalue()


def read(content: bytes) -> list[tuple[int, decoding.Cells]]:
    return unpacking.xlsx(content, lambda names: names).sheets["survey"]


def refusal(content: bytes) -> str:
    with pytest.raises(decoding.Unreadable) as refused:
        read(content)
    return refused.value.what.msgid


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ('<row r="1"><c r="A1"><v>5</v></c></row>', {0: 5}),
        ('<row r="1"><c r="C1"><v>5.0</v></c><c><v>6</v></c></row>', {2: 5, 3: 6}),
        ("<row><c><v>1E3</v></c><c/><c><v>-2.50</v></c></row>", {0: 1000, 2: -2.5}),
        ('<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>', {0: "суу", 1: "東京"}),
        ('<row><c t="inlineStr"><is><t>a</t></is></c><c t="str"><f>B1</f><v>b</v></c></row>', {0: "a", 1: "b"}),
        ('<row><c t="b"><v>1</v></c><c t="b"><v>0</v></c></row>', {0: "TRUE", 1: "FALSE"}),
        ('<row><c t="e"><v>#REF!</v></c></row>', {0: "#REF!"}),
        ('<row><c t="d"><v>2027-05-15T00:00:00Z</v></c></row>', {0: "2027-05-15"}),
        ('<row><c s="1"><v>46522</v></c><c s="2"><v>46522.5</v></c></row>', {0: "2027-05-15", 1: "2027-05-15T12:00"}),
        ('<row><c s="3"><v>5</v></c><c s="4"><v>0.75</v></c><c s="5"><v>7</v></c></row>', {0: 5, 1: "18:00", 2: 7}),
        ('<row><c s="1"><v>59</v></c><c s="1"><v>61</v></c></row>', {0: "1900-02-28", 1: "1900-03-01"}),
        ('<row><c s="1"><v>-1</v></c><c s="1"><v>9e9</v></c></row>', {0: "####", 1: "####"}),
        ('<row><c s="0"><f>A1</f></c><c><f>B1</f><v/></c><c t="str"><f>C1</f><v></v></c></row>', {0: "", 1: ""}),
        ('<row><c t="str"><v>a_x000D_b_x0041_</v></c></row>', {0: "a\nbA"}),
    ],
)
def test_cells_as_different_programs_write_them(rows: str, cells: decoding.Cells) -> None:
    texts = "<si><t>суу</t></si><si><r><t>東</t></r><r><t>京</t></r><rPh><t>とう</t></rPh></si><si><t/></si>"
    assert read(packed(rows, texts)) == [(1, cells)]


def test_a_formula_without_a_result_is_no_empty_cell() -> None:
    ((_, cells),) = read(packed("<row><c><f>A1</f></c></row>"))
    assert isinstance(cells[0], decoding.Wrong)


def test_dates_of_old_macs() -> None:
    assert read(packed('<row><c s="1"><v>45060</v></c></row>', properties=' date1904="1"')) == [(1, {0: "2027-05-15"})]


def test_parts_by_whole_address_other_capitals_and_prefixed_tags() -> None:
    assert read(packed("<row><c><v>1</v></c></row>", sheet="/xl/Worksheets/Sheet1.xml")) == [(1, {0: 1})]
    prefixed = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        '<x:row r="3"><x:c r="B3"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert read(packed("", whole=prefixed)) == [(3, {1: 1})]


_CELLS = strategies.one_of(
    strategies.none(),
    strategies.booleans(),
    strategies.integers(-(10**14), 10**14),
    strategies.floats(-1e12, 1e12, allow_nan=False).filter(lambda number: number == 0 or abs(number) > 1e-3),
    strategies.text(strategies.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20),
)


@hypothesis.settings(deadline=None, max_examples=40)
@hypothesis.given(strategies.lists(strategies.lists(_CELLS, max_size=6), min_size=1, max_size=8))
def test_it_finds_what_another_reader_finds(tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]) -> None:
    path = workbooks.xlsx(tmp_path_factory.mktemp("books") / "a.xlsx", {"survey": rows})
    expected = {}
    for place, line in enumerate(openpyxl.load_workbook(path)["survey"].iter_rows(values_only=True), 1):
        cells = {column: cell for column, cell in enumerate(line) if cell is not None and cell != ""}
        if cells:
            expected[place] = {column: _seen(cell) for column, cell in cells.items()}
    assert dict(read(path.read_bytes())) == expected


def _seen(cell: object) -> object:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return pytest.approx(cell) if isinstance(cell, float) else cell


# -- limits ---------------------------------------------------------------------------------------------------------


def test_a_cell_far_away_costs_nothing() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    tracemalloc.start()
    try:
        assert read(packed(rows)) == [(1, {0: 1}), (1048576, {16383: 2})]
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_more_cells_than_a_form_can_have() -> None:
    row = "<row>" + "<c><v>1</v></c>" * 5_000 + "</row>"
    for rows in (row * 61, "<row>" + "<c/>" * 200_000 + "</row>", '<row r="1048577"><c><v>1</v></c></row>'):
        assert "too large" in refusal(packed(rows))
    assert "too large" in refusal(packed("", "<si><t>a</t></si>" * 300_001))


def test_a_zip_that_unpacks_to_more_than_it_should() -> None:
    content = packed("<row/>" + " " * 120_000_000)
    assert len(content) < 200_000
    begun = time.thread_time()
    assert "too large" in refusal(content)
    # It stops at the limit.
    assert time.thread_time() - begun < 60


@pytest.mark.parametrize(
    "whole",
    [
        '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>' + SHEET.format("<row><c t='str'><v>&c;</v></c></row>"),
        " " * 65_530 + "<!DOCTYPE a>" + SHEET.format(""),
        SHEET.format("<row><c><v>five</v></c></row>"),
        SHEET.format('<row><c t="s"><v>99</v></c></row>'),
        SHEET.format('<row><c r="Ж1"><v>1</v></c></row>'),
        SHEET.format("<row><c><v>1</v></row>"),
        "plain text",
    ],
)
def test_what_no_spreadsheet_program_writes(whole: str) -> None:
    assert "damaged" in refusal(packed("", whole=whole))


def test_an_entry_under_a_password() -> None:
    content = packed("<row/>")
    # The first bit of an entry's flags says so, in the list at the end and before the entry itself.
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        parts = content.split(mark)
        content = mark.join([parts[0], *(part[: offset - 4] + b"\x01" + part[offset - 3 :] for part in parts[1:])])
    assert "password" in refusal(content)


def test_a_part_that_is_not_there() -> None:
    assert "damaged" in refusal(packed("<row/>", sheet="worksheets/none.xml"))


def test_it_reads_what_other_tests_write(tmp_path: Path) -> None:
    table = [["type", "name"], ["text", "a"]]
    assert read(workbooks.xlsx(tmp_path / "a.xlsx", {"survey": table}).read_bytes()) == [
        (1, {0: "type", 1: "name"}),
        (2, {0: "text", 1: "a"}),
    ]
