"""The appearance search("places"): choices come from a file beside the form, or from the list where there is none."""

from __future__ import annotations

import dataclasses
import re

from bot.engine.authoring import listing
from bot.engine.authoring.sheets import Row, Told
from bot.engine.phrases import phrase

_QUOTED = r"\s*['\"‘’“”]([^'\"‘’“”]+)['\"‘’“”]\s*"
#: search('places'), search('places', 'matches', 'district', ${district}).
_SEARCH = re.compile(rf"\bsearch\s*\({_QUOTED}(?:,{_QUOTED},{_QUOTED},\s*(\$\{{[^}}]*\}}|[0-9]+|{_QUOTED})\s*)?\)")
_ANY = re.compile(r"\bsearch\s*\(")
#: How a row is looked for, and the filter that says the same.
_FILTERS = {
    "matches": "{column} = {wanted}",
    "contains": "contains({column}, {wanted})",
    "startswith": "starts-with({column}, {wanted})",
    "endswith": "ends-with({column}, {wanted})",
}
_SELECT = re.compile(r"(select[_ ](?:one|multiple))\s+(\S+)")


def read(row: Row, lists: listing.Lists, told: Told) -> Row:
    """The row without its search(): as a question that takes its choices from the file, or from the list itself."""
    appearance = row.cell("appearance")
    select = _SELECT.fullmatch(row.cell("type"))
    if not _ANY.search(appearance) or not select:
        return row
    found = _SEARCH.search(appearance)
    name = found[1].removesuffix(".csv") if found else ""
    # In such a list a number is a choice of its own, and a word the name of a column of the file.
    rows = [each for each in lists.rows if each.cell("list_name") == select[2]]
    columns = [each for each in rows if not each.cell("name").lstrip("-").isdigit()]
    if found and f"{name}.csv" in lists.outside and columns and found[2] in (None, *_FILTERS):
        return _from_file(row, found, select[1].replace(" ", "_"), name, columns[0])
    if len(rows) > 1 and len(columns) != 1:
        what = phrase("A chat does not look choices up with search(): those of the list are offered.")
        told.mended(row, "appearance", what, phrase("leave search() out, or write select_one_from_file FILE.csv."))
    elif found and f"{name}.csv" not in lists.outside:
        what = phrase("There is no file “{name}”.", name=f"{name}.csv")
        told.error(row, "appearance", what, phrase("put it beside the form."))
    else:
        what = phrase("A chat does not look choices up with search().")
        mend = phrase("name the file: select_one_from_file FILE.csv, with a choice_filter.")
        told.error(row, "appearance", what, mend)
    return _without(row)


def _from_file(row: Row, found: re.Match[str], select: str, name: str, columns: Row) -> Row:
    """What the list says of the file: in which columns names and labels stand."""
    label = next(iter(columns.texts.get("label", {}).values()), "").partition(",")[0].strip()
    value = columns.cell("name")
    cells = {"type": f"{select}_from_file {name}.csv", "parameters": f"value={value} label={label or value}"}
    if found[2]:
        cells["choice_filter"] = _FILTERS[found[2]].format(column=found[3], wanted=found[4])
    return _without(dataclasses.replace(row, cells={**row.cells, **cells}))


def _without(row: Row) -> Row:
    left = " ".join(row.cell("appearance")[: _start(row)].split())
    return dataclasses.replace(row, cells={**row.cells, "appearance": left})


def _start(row: Row) -> int:
    found = _ANY.search(row.cell("appearance"))
    return found.start() if found else len(row.cell("appearance"))
