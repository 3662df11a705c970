"""What stands in the type column: a question of some kind, the begin or end of a group, or what no chat can ask."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from bot.engine.authoring import listing, problems, sheets
from bot.engine.authoring.sheets import Row, Told
from bot.engine.form import Kind
from bot.engine.phrases import phrase


class Role(enum.Enum):
    """What a row of the survey sheet is."""

    QUESTION = enum.auto()
    #: Something a phone knows about itself, and a chat does not.
    METADATA = enum.auto()
    #: A list beside the form, for expressions.
    LIST = enum.auto()
    BEGIN = enum.auto()
    END = enum.auto()


@dataclass(frozen=True, slots=True)
class Type:
    """What one cell of the type column means."""

    role: Role = Role.QUESTION
    kind: Kind = Kind.TEXT
    #: Of a begin or end: whether it is a repeat.
    repeat: bool = False
    #: The list its choices come from, "" where it has none or it was not found.
    list: str = ""
    #: True where an "other" and a question after it are added.
    other: bool = False
    #: False where the type is unknown: nothing that hangs on it is judged.
    sure: bool = True


UNSURE = Type(sure=False)

#: Every type but those with a list, as the standard spells them now.
PLAIN: dict[str, Kind] = {
    "integer": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "range": Kind.RANGE,
    "text": Kind.TEXT,
    "note": Kind.NOTE,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "dateTime": Kind.DATETIME,
    "geopoint": Kind.GEOPOINT,
    "image": Kind.IMAGE,
    "audio": Kind.AUDIO,
    "acknowledge": Kind.ACKNOWLEDGE,
    "calculate": Kind.CALCULATE,
    "hidden": Kind.HIDDEN,
    "start": Kind.START,
    "end": Kind.END,
    "today": Kind.TODAY,
}
_SYNONYMS = {
    "int": "integer", "string": "text", "photo": "image", "picture": "image", "trigger": "acknowledge",
    "gps": "geopoint", "location": "geopoint", "calculation": "calculate", "start time": "start", "end time": "end",
    "date time": "dateTime", "datetime": "dateTime",
    # What a device would scan, people read off: the number below the bars.
    "barcode": "text",
    "calculate here": "calculate", "number": "decimal", "numeric": "decimal", "percentage": "integer",
    **{f"number of days in last {span}": "integer" for span in ("month", "six months", "year")},
}  # fmt: skip
_METADATA = frozenset(
    {"deviceid", "device id", "imei", "phonenumber", "phone number", "username", "email", "simserial", "sim id"}
    | {"sim serial", "subscriberid", "subscriber id", "audit", "start geopoint", "background geopoint"}
    # What SurveyCTO has beside ODK.
    | {"caseid", "text audit", "audio audit", "comments", "devicephonenum", "speed violations count"}
    | {"speed violations list", "speed violations audit"}
)
#: What to do instead of what no chat can ask; the last are KoboToolbox's tables of questions.
_REFUSED = (
    (phrase("ask for one place with geopoint, or for its name with text."), "geotrace, geoshape, osm"),
    (phrase("ask for a picture with image, or for a sound with audio."), "video, file"),
    (phrase("leave it out, or ask for a voice message with audio."), "background audio"),
    (phrase("save the list as CSV beside the form and name it in select_one_from_file."), "xml external"),
    (phrase("write a select_one for each level, with a choice_filter."), "cascading select"),
    (phrase("write a repeat, or a question for each."), "begin loop, end loop"),
    (phrase("write a select_one for each line, in a group."), "begin score, score row, end score, begin rank"),
    (phrase("write a select_one for each line, in a group."), "rank level, end rank, begin kobomatrix"),
    (phrase("write a select_one for each line, in a group."), "end kobomatrix, begin matrix, end matrix"),
)
_INSTEAD = {word: mend for mend, words in _REFUSED for word in words.split(", ")}

#: "db:person" is CHT's choice among the people it knows.
_RECORD = "db:"
#: What is left out where an answer is not required; what refers to it finds it empty, as if it had been skipped.
_LEFT_OUT = frozenset({"video", "file", "background audio"})

#: Every beginning of a type with a list: the standard's own and those of older sheets.
_HEADS = {
    "select_one": Kind.SELECT_ONE,
    "select_multiple": Kind.SELECT_MULTIPLE,
    "rank": Kind.RANK,
    "select_one_from_file": Kind.SELECT_ONE,
    "select_multiple_from_file": Kind.SELECT_MULTIPLE,
    "select_one_external": Kind.SELECT_ONE,
}
_OLD_HEADS = {
    "select1": "select_one",
    "select one from": "select_one",
    "select one using": "select_one",
    "add select one prompt using": "select_one",
    "q select1": "select_one",
    "select all": "select_multiple",
    "select all that apply": "select_multiple",
    "select all that apply from": "select_multiple",
    "select multiple from": "select_multiple",
    "select multiple using": "select_multiple",
    "add select multiple prompt using": "select_multiple",
    "q select": "select_multiple",
}
_SPELLED = {head.replace("_", " "): head for head in _HEADS} | _OLD_HEADS
_HEAD = re.compile(
    "(" + "|".join(each.replace(" ", r"[\s_]+") for each in sorted(_SPELLED, key=len, reverse=True)) + r")(?:\s+(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_OTHER = re.compile(r"(.*?)\s+(?:or[_ ]other|or specify other)", re.IGNORECASE)
_CONTROL = re.compile(r"(begin|end)[\s_]*(group|repeat|lgroup|looped[\s_]group)", re.IGNORECASE)
_GLUED = re.compile(r"(select_one|select_multiple|rank)_(\S+)", re.IGNORECASE)
_SLIPPED = ("select_one", "select_multiple")
#: What an author may write, for messages.
USABLE = [f"{head} {'FILE.csv' if head.endswith('file') else 'LIST'}" for head in list(_HEADS)[:4]] + list(PLAIN)
KNOWN = [*_HEADS, *PLAIN, "begin_group", "end_group", "begin_repeat", "end_repeat", "csv-external"]


def read(row: Row, lists: listing.Lists, told: Told) -> Type:
    """What the row's type means; what it cannot mean is told."""
    written = " ".join(row.cell("type").split())
    if not written:
        mend = phrase("use one of: {types}.", types=", ".join(USABLE))
        told.error(row, "type", phrase("The type is missing."), mend)
        return UNSURE
    if control := _CONTROL.fullmatch(written):
        role = Role.BEGIN if control[1].lower() == "begin" else Role.END
        return Type(role, repeat=control[2].lower() != "group")
    # "select_mutiple water": a slip in the first word, where a list follows.
    first, _, rest = written.partition(" ")
    if rest and not _HEAD.fullmatch(written) and (near := problems.nearest(first, _SLIPPED)) and _is_slip(first, near):
        _took(row, written, f"{near} {rest}", told)
        written = f"{near} {rest}"
    if head := _HEAD.fullmatch(written):
        return _with_list(
            row, written, _SPELLED[" ".join(head[1].lower().replace("_", " ").split())], head, lists, told
        )
    return _plain(row, written, lists, told)


def _is_slip(word: str, known: str) -> bool:
    return problems.is_slip(re.sub(r"[_-]", "", word.lower()), known.replace("_", ""))


def is_comment(row: Row) -> bool:
    """Whether the type column alone is filled, with the name of a section or a remark."""
    written = row.cell("type")
    if set(row.cells) != {"type"} or row.texts:
        return False
    folded = " ".join(re.split(r"[\s_-]+", written.lower()))
    known = _CONTROL.fullmatch(written) or _HEAD.fullmatch(written) or folded in _INSTEAD or folded in _METADATA
    return not known and folded not in {each.lower() for each in PLAIN} | _SYNONYMS.keys()


def _plain(row: Row, written: str, lists: listing.Lists, told: Told) -> Type:
    folded = " ".join(re.split(r"[\s_-]+", written.lower().removeprefix("uri:")))
    asked = re.fullmatch(r"(?:add|q|get) (.+?)(?: prompt)?", folded)
    word = asked[1] if asked else folded
    name = next((each for each in PLAIN if each.lower() == word), _SYNONYMS.get(word, ""))
    if name:
        if asked:
            _took(row, written, name, told)
        return Type(kind=PLAIN[name])
    if word in _METADATA:
        what = phrase("A chat does not know “{type}”: it stays empty.", type=written)
        told.mended(row, "type", what, phrase("delete the row."))
        return Type(Role.METADATA, Kind.HIDDEN)
    if word == "csv external":
        lists.beside(row, row.cell("name"))
        return Type(Role.LIST)
    if (word in _LEFT_OUT or word.startswith(_RECORD)) and row.cell("required").lower() in sheets.NO | {""}:
        what = phrase("A chat cannot ask “{type}”, and nobody has to answer it: it was left out.", type=written)
        told.mended(row, "type", what, _INSTEAD.get(word, phrase("delete the row.")))
        return Type(Role.METADATA, Kind.HIDDEN)
    first = word.split()[0]
    for refused, mend in _INSTEAD.items():
        if word == refused or first == refused or word.startswith(f"{refused} "):
            told.error(row, "type", phrase("A chat cannot ask “{type}”.", type=written), mend)
            return UNSURE
    if (glued := _GLUED.fullmatch(written)) and lists.has(glued[2]):
        head = glued[1].lower()
        _took(row, written, f"{head} {glued[2]}", told)
        return Type(kind=_HEADS[head], list=lists.use(row, glued[2], filtered=bool(row.cell("choice_filter"))))
    if first in PLAIN and (rest := written.split(maxsplit=1)[1:]):
        mend = phrase("write “{type}”.", type=first)
        told.error(row, "type", phrase("“{rest}” is too much.", rest=rest[0]), mend)
        return Type(kind=PLAIN[first])
    otherwise = phrase("use one of: {types}.", types=", ".join(USABLE))
    what = phrase("There is no type “{type}” that a chat can ask.", type=written)
    told.error(row, "type", what, problems.suggestion(written, KNOWN, otherwise))
    return UNSURE


def _with_list(row: Row, written: str, head: str, found: re.Match[str], lists: listing.Lists, told: Told) -> Type:
    kind, rest = _HEADS[head], (found[2] or "").strip()
    other = bool(rest and (more := _OTHER.fullmatch(rest)))
    if other and more:
        rest = more[1]
    if not rest:
        mend = phrase("write “{type}”.", type=f"{head} {'FILE.csv' if head.endswith('file') else 'LIST'}")
        told.error(row, "type", phrase("“{type}” is not complete.", type=written), mend)
        return Type(kind=kind, sure=False)
    if "${" in rest:
        mend = phrase("write the choices in a list, or ask with text.")
        if kind is Kind.RANK:
            what = phrase("Choices cannot come from what was answered in a repeat.")
            told.error(row, "type", what, mend)
            return Type(kind=kind, sure=False)
        # What is kept of such a choice is the answer it repeats: the same words that are written here.
        told.mended(row, "type", phrase("The choices are earlier answers, so it is asked in words."), mend)
        return Type(kind=Kind.TEXT)
    filtered = bool(row.cell("choice_filter"))
    if head.endswith("_file") or rest.lower().endswith((".csv", ".xml", ".geojson")):
        plain = f"{head.removesuffix('_from_file')}_from_file"
        if head != plain:
            _took(row, written, f"{plain} {rest}", told)
        name = lists.file(row, rest, filtered=filtered)
    else:
        name = lists.use(row, rest, filtered=filtered, external=head == "select_one_external")
        if found[1].lower().replace(" ", "_") != head:
            _took(row, written, f"{head} {rest}", told)
    return Type(kind=kind, list=name, other=other and kind is not Kind.RANK)


def _took(row: Row, written: str, read_as: str, told: Told) -> None:
    what = phrase("“{type}” was read as “{read}”.", type=written, read=read_as)
    told.mended(row, "type", what, phrase("write “{type}”.", type=read_as))
