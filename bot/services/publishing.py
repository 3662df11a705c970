"""From a file to an immutable version: read, checked to the last mistake, and stored whole or not at all."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bot.engine import form, messages, reading, sheets
from bot.services import campaigning, loading
from models import db
from models import publishing as stored

_SHEETS = ("settings", "survey", "choices")
_GATE_ROW = re.compile(r"\[row : (\d+)\]\s*")


class BadFiles(Exception):
    """Files with problems; nothing was published."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class Published(NamedTuple):
    """One form or campaign that was handed in. `new` is False for a version that was stored before."""

    kind: str
    name: str
    version: str
    new: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that can be answered now."""

    #: Every version ever published, by its hash: a running response stays on the one it began with.
    forms: Mapping[str, form.Form]
    #: Open surveys: form name -> current version, in the order of publishing.
    surveys: Mapping[str, str]
    #: Current campaigns by name, in the order of publishing; `promised` is empty, `state` as it was last seen.
    campaigns: Mapping[str, messages.Campaign]

    @property
    def links(self) -> list[str]:
        """What a link to each of them carries, surveys first."""
        return [*(f"s-{name}" for name in self.surveys), *(f"a-{name}" for name in self.campaigns)]


class Library:
    """Catalogues of one database. A version is compiled once: it never changes."""

    def __init__(self) -> None:
        self._forms: dict[str, form.Form] = {}
        self._shelf: tuple[stored.Shelf, ...] = ()
        self._catalogue = Catalogue({}, {}, {})

    async def catalogue(self, connection: db.Connection) -> Catalogue:
        """What is on offer now; the same object as long as nothing was published, opened or closed."""
        shelf = await stored.shelf(connection)
        if shelf == self._shelf:
            return self._catalogue
        missing = await stored.form_versions(connection) - self._forms.keys()
        for version, definition in (await stored.form_definitions(connection, missing)).items():
            self._forms[version] = compiled(version, definition)
        campaigns = await stored.campaign_definitions(
            connection, [each.current for each in shelf if each.kind == "campaign" and each.current]
        )
        self._catalogue = Catalogue(
            forms=dict(self._forms),
            surveys={
                each.name: each.current for each in shelf if each.kind == "form" and each.current and not each.word
            },
            campaigns={
                each.name: dataclasses.replace(
                    campaigning.campaign(each.current, *campaigns[each.current]), state=each.word
                )
                for each in shelf
                if each.kind == "campaign" and each.current
            },
        )
        self._shelf = shelf
        return self._catalogue


def compiled(version: str, definition: str) -> form.Form:
    """The form in a stored definition; ValueError if this program cannot read it any more."""
    plain = json.loads(definition)
    made, problems = reading.read(plain["sheets"], plain["lists"])
    if made is None:
        raise ValueError(f"the published form {version} cannot be read: {problems[0]}")
    # Stored versions keep the name they were published under, whatever a later program would hash.
    return dataclasses.replace(made, version=version)


# -- files ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Prepared:
    """What files come to: versions ready to be stored, and every problem in them."""

    forms: dict[str, stored.FormVersion] = field(default_factory=dict)
    campaigns: dict[str, stored.CampaignVersion] = field(default_factory=dict)
    faults: list[loading.Fault] = field(default_factory=list)

    def problems(self) -> list[str]:
        """The faults in words, each once."""
        return list(dict.fromkeys(map(str, self.faults)))

    def catalogue(self) -> Catalogue:
        """What these files alone offer, without a database."""
        return Catalogue(
            forms={version: compiled(version, each.definition) for version, each in self.forms.items()},
            surveys={each.name: version for version, each in self.forms.items() if not each.emits},
            campaigns={
                each.name: campaigning.campaign(version, each.definition, each.form_version)
                for version, each in self.campaigns.items()
            },
        )


def check(paths: Iterable[Path]) -> list[str]:
    """Every problem in these files and folders, a line each with file, place and remedy."""
    return prepare(paths).problems()


def prepare(paths: Iterable[Path], known: Collection[str] = ()) -> Prepared:
    """Read and check files and folders. Takes up to a second; versions in `known` are not sent through the gate.

    A form that emits a pledge is stored once for each campaign that names it, with that campaign's needs.
    """
    prepared = Prepared()
    owners: dict[tuple[str, str], Path] = {}
    sources = [loading.load(path) for path in loading.files(paths)]
    # A form that a campaign here names is looked at with that campaign's needs, not by itself as well.
    named = {source.path.parent / str(source.data.get("form", "")) for source in sources if source.is_campaign}
    for source in sources:
        if source.problems:
            prepared.faults += source.faults()
        elif source.is_campaign:
            _campaign(source, prepared, owners, known)
        elif source.path not in named:
            made = _form(source, prepared, known, None)
            if made and not made.emits:
                _store(made, source, prepared.forms, ("form", made.name), owners, prepared.faults)
    return prepared


async def publish(database: db.Database, paths: Iterable[Path], *, again: bool = True) -> list[Published]:
    """Store what is new and make it current, in one transaction; raises `BadFiles` and then stores nothing.

    Versions that were published before become current once more, or with `again` false are left as they are.
    """
    async with database.reading() as connection:
        known = await stored.form_versions(connection)
    prepared = await asyncio.to_thread(prepare, list(paths), known)
    if prepared.faults:
        raise BadFiles(prepared.problems())
    forms, campaigns = list(prepared.forms.values()), list(prepared.campaigns.values())
    async with database.transaction() as connection:
        new = await stored.publish(connection, forms, campaigns, db.now(), again=again)
    return [
        *(Published("form", each.name, each.version, each.version in new) for each in forms),
        *(Published("campaign", each.name, each.version, each.version in new) for each in campaigns),
    ]


def _campaign(
    source: loading.Source,
    prepared: Prepared,
    owners: dict[tuple[str, str], Path],
    known: Collection[str],
) -> None:
    definition, problems = campaigning.read(source)
    faults = [loading.Fault(source.path, problem) for problem in problems]
    prepared.faults += faults
    file = str(source.data.get("form", ""))
    path = source.beside(file)
    if path is None:
        if file:
            problem = sheets.Problem(
                "campaign",
                source.lines["form"],
                "form",
                f"There is no file “{file}” beside the campaign.",
                "name the form by which one pledges, such as pledge.yaml.",
            )
            prepared.faults.append(loading.Fault(source.path, problem))
        return
    pledging = loading.load(path)
    if pledging.problems:
        prepared.faults += pledging.faults()
        return
    # With problems among the needs, the form is still looked at, so that all mistakes are told at once.
    made = _form(pledging, prepared, known, definition if not faults else None)
    if made and made.emits != "pledge":
        what = f"Finishing the form “{made.name}” promises nothing."
        mend = "name a form that has ashar::emits: pledge among its settings."
        problem = sheets.Problem("campaign", source.lines["form"], "form", what, mend)
        prepared.faults.append(loading.Fault(source.path, problem))
    elif made and not faults:
        text = json.dumps(definition, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        version = hashlib.sha256(f"{made.version}{text}".encode()).hexdigest()[:16]
        row = stored.CampaignVersion(version, definition["name"], text, made.version, campaigning.needs(definition))
        prepared.forms[made.version] = made
        _store(row, source, prepared.campaigns, ("campaign", row.name), owners, prepared.faults)


def _store(
    row: Any,
    source: loading.Source,
    shelf: dict[str, Any],
    name: tuple[str, str],
    owners: dict[tuple[str, str], Path],
    faults: list[loading.Fault],
) -> None:
    """Put a version among those that will be stored, unless another file has its name."""
    owner = owners.setdefault(name, source.path)
    if owner == source.path:
        shelf[row.version] = row
        return
    what = f"“{name[1]}” is the name of the {name[0]} in {owner.name} already."
    faults.append(loading.Fault(source.path, sheets.Problem("file", 1, "", what, "choose another name.")))


def _form(
    source: loading.Source,
    prepared: Prepared,
    known: Collection[str],
    campaign: Mapping[str, Any] | None,
) -> stored.FormVersion | None:
    """The form as it will be stored; None, and its problems told, if it has any."""
    problems = [
        sheets.Problem(
            "file",
            source.lines[key],
            key,
            f"“{key}” is no sheet.",
            sheets.suggestion(key, _SHEETS, f"use {', '.join(_SHEETS)}."),
        )
        for key in source.data.keys() - set(_SHEETS)
    ]
    raw = {key: _plain(source.data[key]) for key in _SHEETS if key in source.data}
    if isinstance(raw.get("settings"), dict):
        raw["settings"] = [{**raw["settings"], "__row__": source.lines["settings"]}]
    lists: dict[str, list[dict[str, object]]] = {}
    if _emits(raw) == "pledge":
        lists[campaigning.LIST] = _plain(campaigning.choices(campaign or campaigning.SAMPLE))
    for name in _attached(raw):
        if path := source.beside(name):
            lists[name], unread = loading.read_list(path)
            prepared.faults += [loading.Fault(path, problem) for problem in unread]
    made, found = reading.read(raw, lists)
    problems += found
    if made and not problems and made.version not in known:
        problems += _gate(raw, lists, made)
    prepared.faults += [loading.Fault(source.beside(problem.sheet) or source.path, problem) for problem in problems]
    if made is None or problems:
        return None
    definition = json.dumps({"sheets": raw, "lists": lists}, ensure_ascii=False, separators=(",", ":"))
    return stored.FormVersion(made.version, made.name, made.emits, definition)


def _rows(raw: Mapping[str, Any], sheet: str) -> list[dict[str, Any]]:
    rows = raw.get(sheet)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _emits(raw: Mapping[str, Any]) -> str:
    cells = [cell for row in _rows(raw, "settings") for cell in row.items()]
    return next((str(value) for key, value in cells if sheets.heading_of(key) == "ashar::emits"), "")


def _attached(raw: Mapping[str, Any]) -> list[str]:
    """Names of the files that questions take their choices from."""
    types = (str(row.get("type", "")).split() for row in _rows(raw, "survey"))
    return sorted({words[1] for words in types if len(words) == 2 and words[0] == "select_one_from_file"})


def _plain(value: Any) -> Any:
    """As JSON gives it back: what is read now and what is read from the database must be the same form."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items() if key is not None}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | str) else _number(value)


def _number(value: Any) -> Any:
    # A date of YAML's is the text the author sees; JSON has no word for infinity.
    return value if isinstance(value, float) and abs(value) < float("inf") else str(value)


def _gate(
    raw: Mapping[str, Any], lists: Mapping[str, list[dict[str, object]]], made: form.Form
) -> list[sheets.Problem]:
    """The last gate: what pyxform, the reference of XLSForm, finds beyond our own reader. At most one problem."""
    from pyxform import errors, xls2xform

    survey = sheets.tidy(raw.get("survey") or (), sheets.SURVEY, [])
    needs = [{**row, "list_name": campaigning.LIST} for row in lists.get(campaigning.LIST, ())]
    choices = sheets.tidy([*_rows(raw, "choices"), *needs], sheets.CHOICES, [])
    # It knows nothing of the names we fill in: to it they are calculations.
    given = [{"type": "calculate", "name": name, "calculation": "''"} for name in reading.GIVEN.get(made.emits, ())]
    flat = {
        "survey": [*given, *map(_foreign, survey)],
        "choices": [*map(_foreign, choices)],
        # It takes a title in one language only.
        "settings": [{"form_id": made.name, "form_title": next(iter(made.title.values()))}],
    }
    try:
        xls2xform.convert(flat)
    except Exception as error:  # noqa: BLE001 - its own faults are TypeErrors and KeyErrors; the author is told all
        said = str(error) if isinstance(error, errors.PyXFormError) else f"{type(error).__name__}: {error}"
        found = _GATE_ROW.search(said)
        index = int(found[1]) - 2 - len(given) if found else -1
        row = survey[index].number if 0 <= index < len(survey) else 1
        what = f"pyxform says: {_GATE_ROW.sub('', said).strip()}"
        return [sheets.Problem("survey", row, "", what, "see what XLSForm allows: https://xlsform.org.")]
    return []


def _foreign(row: sheets.Row) -> dict[str, str]:
    """The row without the columns that are ours."""
    return {column: cell for column, cell in row.plain().items() if not column.startswith("ashar::")}
