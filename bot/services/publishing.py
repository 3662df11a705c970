"""From a file to an immutable version: read, checked to the last mistake, and stored whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import gc
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bot.engine import form, messages
from bot.engine.authoring import problems, reading
from bot.engine.phrases import Phrase, phrase
from bot.engine.pledging import campaigns as states
from bot.services import attaching, campaigning, gating, loading, needing, revising, tabulating
from models import courses, db
from models import publishing as stored


class BadFiles(Exception):
    """Files with mistakes; nothing was published. `faults` has all that is to be said of them."""

    def __init__(self, faults: Sequence[loading.Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults if fault.blocks))
        self.faults = list(faults)


class Published(NamedTuple):
    """One form or campaign that was handed in."""

    kind: str
    name: str
    version: str
    #: False for a version that was stored before.
    new: bool
    #: The version that was current before; "" where there was none.
    before: str
    #: True where no new conversation begins with it, whatever is published.
    closed: bool


class Publication(NamedTuple):
    """What was published, and what was mended or is advised in it."""

    versions: list[Published]
    faults: list[loading.Fault]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that can be answered now."""

    #: Every version ever published, by its hash: a running response stays on the one it began with.
    forms: Mapping[str, form.Form]
    #: Open surveys: form name -> current version, in the order of publishing.
    surveys: Mapping[str, str]
    #: Current campaigns by name, in the order of publishing; `promised` is empty, `state` as it was last seen.
    campaigns: Mapping[str, messages.Campaign]
    #: Surveys that are closed, as `surveys`: none begins, those under way go on, and the results stay.
    closed: Mapping[str, str] = field(default_factory=dict)
    #: Of each campaign what those go by who look after it.
    plans: Mapping[str, campaigning.Plan] = field(default_factory=dict)

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
        if missing:
            definitions = await stored.form_definitions(connection, missing)
            # A form with thousands of choices takes a second, in which other conversations should not have to wait.
            self._forms |= await asyncio.to_thread(_all_compiled, definitions)
        campaigns = await stored.campaign_definitions(
            connection, [each.current for each in shelf if each.kind == "campaign" and each.current]
        )
        self._catalogue = Catalogue(
            forms=dict(self._forms),
            surveys=_surveys(shelf, closed=False),
            closed=_surveys(shelf, closed=True),
            campaigns={
                each.name: dataclasses.replace(
                    campaigning.campaign(each.current, *campaigns[each.current]), state=states.State(each.word)
                )
                for each in shelf
                if each.kind == "campaign" and each.current
            },
            plans={
                each.name: campaigning.plan(campaigns[each.current][0])
                for each in shelf
                if each.kind == "campaign" and each.current
            },
        )
        self._shelf = shelf
        return self._catalogue


def _surveys(shelf: Iterable[stored.Shelf], *, closed: bool) -> dict[str, str]:
    return {
        each.name: each.current
        for each in shelf
        if each.kind == "form" and each.current and not each.word and each.closed is closed
    }


def _all_compiled(definitions: Mapping[str, str]) -> dict[str, form.Form]:
    return {version: compiled(version, definition) for version, definition in definitions.items()}


def compiled(version: str, definition: str) -> form.Form:
    """The form in a stored definition; ValueError if this program cannot read it any more."""
    plain = json.loads(definition)
    # What was published before files were named has no name here, and has one in its settings.
    made, found = reading.read(plain["sheets"], plain["lists"], plain.get("name", ""))
    if made is None:
        wrong = next(problem for problem in found if problem.severity is problems.Severity.ERROR)
        raise ValueError(f"the published form {version} cannot be read: {wrong}")
    # Stored versions keep the name they were published under, whatever a later program would hash.
    attachments = {name: form.Attachment(name, *each) for name, each in plain.get("attachments", {}).items()}
    return dataclasses.replace(made, version=version, attachments=attachments)


# -- files ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Prepared:
    """What files come to: versions ready to be stored, and all that is to be said of them."""

    forms: dict[str, stored.FormVersion] = field(default_factory=dict)
    campaigns: dict[str, stored.CampaignVersion] = field(default_factory=dict)
    faults: list[loading.Fault] = field(default_factory=list)
    #: Kind and name -> the file it stands in.
    owners: dict[tuple[str, str], Path] = field(default_factory=dict)
    #: Campaign -> the rows of its file's keys.
    lines: dict[str, Mapping[str, int]] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    @property
    def is_good(self) -> bool:
        """True where nothing must be mended."""
        return not any(fault.blocks for fault in self.faults)

    def say(self, file: Path, found: Iterable[problems.Problem]) -> None:
        """Keep what was found in a file, each once: two campaigns may name one form."""
        for fault in (loading.Fault(file, problem) for problem in found):
            if str(fault) not in self._said:
                self._said.add(str(fault))
                self.faults.append(fault)

    def refuse(self, file: Path, place: str, what: Phrase, mend: Phrase, row: int = 1) -> None:
        """Keep one mistake; `place` is the sheet, or the sheet and the column: "campaign, form"."""
        sheet, _, column = place.partition(", ")
        self.say(file, [problems.Problem(sheet, row, column, what, mend)])

    def store(self, row: Any, source: loading.Source, shelf: dict[str, Any], kind: str) -> None:
        """Put a version among those that will be stored, unless another file has its name."""
        owner = self.owners.setdefault((kind, row.name), source.path)
        if owner == source.path:
            shelf[row.version] = row
        else:
            what = phrase("“{name}” is the name of what is in {file} already.", name=row.name, file=owner.name)
            self.refuse(source.path, "file", what, phrase("choose another name."))

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


def prepare(paths: Iterable[Path], known: Collection[str] = ()) -> Prepared:
    """Read and check files and folders. Takes up to seconds; versions in `known` are not sent through the gate.

    A form that emits a pledge is stored with a campaign that names it, and not by itself.
    """
    prepared = Prepared()
    with _without_sweeping():
        sources = [loading.load(path) for path in loading.files(paths)]
        # A form that a campaign here names is looked at with that campaign, not by itself as well.
        named = {source.path.parent / str(source.data.get("form", "")) for source in sources if source.is_campaign}
        for source in sources:
            prepared.say(source.path, source.problems)
            if not source.data:
                continue
            if source.is_campaign:
                _campaign(source, prepared, known)
            elif source.path not in named:
                made = _form(source, prepared, known)
                if made and not made.emits:
                    prepared.store(made, source, prepared.forms, "form")
    return prepared


@contextlib.contextmanager
def _without_sweeping() -> Iterator[None]:
    """A long sheet is half a million small objects of which none is garbage; looking for some doubles the time."""
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if swept:
            gc.enable()


async def publish(
    database: db.Database, paths: Iterable[Path], *, again: bool = True, at: dt.datetime | None = None
) -> Publication:
    """Store what is new and make it current, in one transaction; raises `BadFiles` and then stores nothing.

    Versions that were published before become current once more, or with `again` false are left as they are.
    What is closed stays closed. A campaign that may not change so is a bad file, or with `again` false left as it is;
    of what may change, those who pledged are told. `at` is now, unless it is said.
    """
    async with database.reading() as connection:
        known = await stored.form_versions(connection)
    # Outside the loop: conversations go on meanwhile.
    prepared = await asyncio.to_thread(prepare, list(paths), known)
    if not prepared.is_good:
        raise BadFiles(prepared.faults)
    forms, at = list(prepared.forms.values()), at or db.now()
    async with database.transaction() as connection:
        before = {(each.kind, each.name): each for each in await stored.shelf(connection)}
        revised = await _revised(connection, prepared, at.date(), again=again)
        campaigns = [each for each in prepared.campaigns.values() if each.name in revised]
        new = await stored.publish(connection, forms, campaigns, at, again=again)

    def published(kind: str, name: str, version: str) -> Published:
        stood = before.get((kind, name))
        return Published(
            kind, name, version, version in new, (stood and stood.current) or "", bool(stood and stood.closed)
        )

    versions = [published("form", each.name, each.version) for each in forms]
    versions += [published("campaign", each.name, each.version) for each in campaigns]
    return Publication(versions, prepared.faults)


async def _revised(connection: db.Connection, prepared: Prepared, today: dt.date, *, again: bool) -> set[str]:
    """Campaigns that may be published as they are.

    Raises `BadFiles` for those that may not; with `again` false they are said and left as they stand.
    """
    held = {name: await courses.hold(connection, name) for name in await _known(connection, prepared)}
    old = await stored.campaign_definitions(connection, [each.version for each in held.values()])
    kept = await stored.campaign_definitions(connection, list(prepared.campaigns)) if not again else {}
    revised: set[str] = set()
    for each in prepared.campaigns.values():
        stand = held.get(each.name)
        if stand is None or each.version == stand.version or each.version in kept:
            revised.add(each.name)
            continue
        made = revising.decide(stand.state, old[stand.version][0], each.definition, today)
        if isinstance(made, states.Refusal):
            severity = problems.Severity.ERROR if again else problems.Severity.ADVICE
            path = prepared.owners["campaign", each.name]
            prepared.say(path, [revising.problem(made, prepared.lines[each.name], severity)])
        else:
            revised.add(each.name)
    if not prepared.is_good:
        raise BadFiles(prepared.faults)
    return revised


async def _known(connection: db.Connection, prepared: Prepared) -> list[str]:
    """Campaigns among these that were published before, in order, as everybody locks them."""
    names = {each.name for each in prepared.campaigns.values()}
    return sorted(names & {each.name for each in await stored.shelf(connection) if each.kind == "campaign"})


def _campaign(source: loading.Source, prepared: Prepared, known: Collection[str]) -> None:
    definition, found = campaigning.read(source)
    prepared.say(source.path, found)
    file = str(source.data.get("form", ""))
    path = source.beside(file)
    if path is None:
        if "form" in source.data:
            mend = phrase("name the form by which one pledges, such as pledge.yaml.")
            what = phrase("There is no file “{name}”.", name=file)
            prepared.refuse(source.path, "campaign, form", what, mend, source.lines["form"])
        return
    pledging = loading.load(path)
    prepared.say(path, pledging.problems)
    if not pledging.data:
        return
    # With problems among the needs, the form is still looked at, so that all mistakes are told at once.
    good = not found and not source.problems
    made = _form(pledging, prepared, known)
    if made and made.emits != "pledge":
        what = phrase("Finishing the form “{name}” promises nothing.", name=made.name)
        mend = phrase("name a form that has ashar::emits: pledge among its settings.")
        prepared.refuse(source.path, "campaign, form", what, mend, source.lines["form"])
    elif made and good:
        text = json.dumps(definition, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        version = hashlib.sha256(f"{made.version}{text}".encode()).hexdigest()[:16]
        row = stored.CampaignVersion(
            version, definition["name"], text, made.version, needing.rows(definition), campaigning.begins(source)
        )
        prepared.forms[made.version] = made
        prepared.lines[row.name] = source.lines
        prepared.store(row, source, prepared.campaigns, "campaign")


def _form(source: loading.Source, prepared: Prepared, known: Collection[str]) -> stored.FormVersion | None:
    """The form as it will be stored; None, and its mistakes told, if it has any."""
    wanted = tabulating.wanted(source.data)
    for key in source.data.keys() - wanted:
        mend = phrase("use one of: {names}.", names="settings, survey, choices")
        prepared.refuse(source.path, f"file, {key}", phrase("“{name}” is no sheet.", name=key), mend, source.lines[key])
    raw = {key: _plain(source.data[key]) for key in source.data if key in wanted}
    for key, rows in raw.items():
        if isinstance(rows, dict):
            raw[key] = [{**rows, "__row__": source.lines[key]}]
    lists: dict[str, list[dict[str, object]]] = {}
    for name in reading.attached(raw):
        if path := source.beside(name):
            lists[name], unread = loading.read_list(path)
            prepared.say(path, unread)
    made, found = reading.read(raw, lists, source.path.stem)
    for problem in found:
        prepared.say(source.beside(problem.sheet) or source.path, [problem])
    if made is None:
        return None
    attached = attaching.beside(source, made)
    prepared.say(source.path, attached.told)
    version = attaching.version(made, attached)
    if version not in known:
        judged = gating.judge(made)
        prepared.say(source.path, judged)
        if any(problem.severity is problems.Severity.ERROR for problem in judged):
            return None
    plain = {"name": source.path.stem, "sheets": raw, "lists": lists}
    if attached.named:
        plain["attachments"] = {each.name: each[1:] for each in attached.named.values()}
    definition = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return stored.FormVersion(version, made.name, made.emits, definition, tuple(attached.kept))


def _plain(value: Any) -> Any:
    """As JSON gives it back: what is read now and what is read from the database must be the same form."""
    if type(value) is str:  # most of them, and by far the quickest to tell
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items() if key is not None}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | str) else _number(value)


def _number(value: Any) -> Any:
    # A date of YAML's is the text the author sees; JSON has no word for infinity.
    return value if isinstance(value, float) and abs(value) < float("inf") else str(value)
