"""Publishing: every mistake at once with its place, and versions that are stored whole, once, and never change."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from bot.engine import messages
from bot.engine.authoring import problems, reading
from bot.engine.pledging import matching
from bot.services import campaigning, publishing
from models import db
from tests.services import workbooks

FLOWS = Path(__file__).resolve().parents[2] / "flows"
#: Replace this by that in a file.
Change = Callable[..., None]


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """The flows that ship, to be spoiled."""
    return Path(shutil.copytree(FLOWS, tmp_path / "flows"))


@pytest.fixture
def change(flows: Path) -> Change:
    def changed(file: str, old: str, new: str) -> None:
        text = (flows / file).read_text("utf-8")
        assert old in text
        (flows / file).write_text(text.replace(old, new, 1), "utf-8")

    return changed


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(database_url)
    yield opened
    await opened.close()


def check(*paths: Path) -> list[str]:
    """What must be mended in these files."""
    return [str(fault) for fault in publishing.prepare(paths).faults if fault.blocks]


async def catalogue(database: db.Database, library: publishing.Library | None = None) -> publishing.Catalogue:
    async with database.reading() as connection:
        return await (library or publishing.Library()).catalogue(connection)


# -- checking -------------------------------------------------------------------------------------------------------


def test_what_ships_is_without_fault() -> None:
    assert check(FLOWS) == []


def test_every_mistake_of_every_file_is_told_with_its_line(flows: Path, change: Change) -> None:
    change("priorities.yaml", "type: integer", "type: intger")
    change("priorities.yaml", "relevant: ${age} < 18", "relevant: ${age} < ")
    change("priorities.yaml", "choices:", "choises:")
    change("places.csv", "KG03000000000,Жалал-Абад облусу", ",Жалал-Абад облусу")
    change("suu.campaign.yaml", "kind: labour", "kind: labor")
    change("suu.campaign.yaml", "optimum: 420000", "optimum: 42000")
    change("suu.campaign.yaml", "deadline: 2027-05-15", "deadline: in May")
    change("suu.campaign.yaml", 'ky: "Айылга таза суу", ', "")
    problems = [str(fault) for fault in publishing.prepare([flows]).faults]
    places = {problem.split(": ")[0] + ": " + problem.split(": ")[1] for problem in problems}
    text = (flows / "priorities.yaml").read_text("utf-8").splitlines()
    line = text.index("  - type: intger") + 1
    assert f"{flows}/priorities.yaml:{line}: survey, type" in places
    assert f"{flows}/places.csv:3: places.csv, name" in places
    expected = ("priorities.yaml:", "relevant", "choices", "kind", "deadline", "title", "minimum")
    assert all(any(word in place for place in places) for word in expected), problems
    assert all(" To mend it: " in problem for problem in problems)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("survey: 5\nsettings: 7\nchoices: x", "no list of rows"),
        ("survey: [null, 3, [4]]\n1: 2", "no row"),
        ("survey: []\n1: 2", "“1” is no sheet"),
        ("&a survey: *a", "no list of rows"),
    ],
)
def test_a_file_that_is_hardly_a_form(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "form.yaml"
    file.write_text(text)
    assert said in "\n".join(check(file))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: suu", "name: Суу", "cannot be a campaign's name"),
        ("name: suu", "", "“name” is missing"),
        ("form: pledge.yaml", "form: ../pledge.yaml", "no file"),
        ("form: pledge.yaml", "form: priorities.yaml", "promises nothing"),
        ("form: pledge.yaml", "", "“form” is missing"),
        ("place: KG02205000000", "place: KG99", "no place"),
        ("deadline: 2027-05-15", "deadline: 2027-05-15 10:00:00", "no date"),
        ("deadline: 2027-05-15", "deadlin: 2027-05-15", "did you mean “deadline”"),
        ("model: open", "model: perhaps", "“perhaps” is not known"),
        ("minimum: 120", "minimum: 0", "no quantity"),
        ("minimum: 120", "minimum: .inf", "no quantity"),
        ("minimum: 120", "minimum: 0.001", "no quantity"),
        ("minimum: 120", "minimum: many", "no quantity"),
        ("minimum: 120", "minimum: 190", "above the optimum"),
        ("covers: {each: 500,", "covers: {each: 0,", "“0” is no quantity"),
        ("covers: {each: 500,", "covers: {every: 500,", "what a gift is enough for"),
        ("ky: [метр түтүк]", "ky: []", "not the forms of the unit in “ky”"),
        ("kind: material", "kind: money", "two needs of kind money"),
        ("name: cement", "name: labour", "the name of another row"),
        ("name: money", "name: cash", "named money"),
        ("[день работы, дня работы, дней работы]", "[день, дня]", "not the forms of the unit"),
        ("unit: {ky: [кап цемент]", "unit: {ky: []", "not the forms of the unit"),
        ('title: {ky: "Айылга таза суу", ru: "Чистая вода в село"}', "title: Суу", "names no language"),
        ('ky: "ашар комитети", ', "", "missing"),
        ("model: open", "model: open\nstate: done", "“done” is not known"),
        ("second_signature_above: 50000", "second_signature_above: -1", "no quantity"),
        ("signatory:", "signatories:", "did you mean “signatory”"),
        ('signatory: {ky: "ашар комитетинин төрагасы", ru: "председатель комитета ашара"}', "", "nobody is named"),
        ("by: 2027-06-15", "by: soon", "“soon” is no date"),
        ("{name: pipes,", "{name: spring,", "the name of another row"),
        ("{name: pipes,", "{nam: pipes,", "did you mean “name”"),
        ('title: {ky: "Түтүк төшөлдү", ru: "Трубы уложены"}, ', "", "“title” is missing"),
        ("milestones:", "milestones: 7\nx:", "This is no list"),
        ("milestones:", "milestones:\n  - 7", "“7” is no row"),
        ("kind: money\n    factor", "kind: skill\n    factor", "“skill” is not known"),
        ("factor: 0.5", "factor: a half", "no quantity"),
        ("    cap_pledge: 5000\n    cap_person: 10000\n    cap_total: 60000\n", "", "without a bound"),
        ('date: "Дата", ', "", "“date” is missing"),
        ('date: "Дата", ', "date: , ", "“date” names no column"),
        ('date: "Дата", ', "date: Сумма, ", "stands for two columns"),
        ("statement: {", "statement: Дата\nx: {", "are not named"),
    ],
)
def test_a_campaign_with_a_mistake(flows: Path, change: Change, old: str, new: str, said: str) -> None:
    change("suu.campaign.yaml", old, new)
    assert said in "\n".join(check(flows))


def test_a_campaign_asks_for_six_kinds_of_things(flows: Path, change: Change) -> None:
    unit = "unit: {ky: [күн], ru: [день]}, minimum: 1, optimum: 2}"
    more = "".join(
        f"  - {{name: {kind}, kind: {kind}, label: {{ky: {kind}, ru: {kind}}}, {unit}\n"
        for kind in ("transport", "skill", "livestock")
    )
    change("suu.campaign.yaml", "needs:\n", f"needs:\n{more}")
    assert check(flows) == []


def test_the_plan_of_a_campaign_is_read_and_kept(flows: Path) -> None:
    (stored,) = publishing.prepare([flows]).campaigns.values()
    plan = campaigning.plan(stored.definition)
    assert [each.name for each in plan.milestones] == ["spring", "pipes", "water"]
    assert plan.milestones[0].by == dt.date(2027, 6, 15)
    assert plan.rules == (
        matching.Rule("fund", "money", Decimal("0.5"), Decimal(5000), Decimal(10000), Decimal(60000)),
    )
    assert plan.second_signature_above == 50000
    assert plan.statement["comment"] == "Назначение платежа"
    assert "председатель" in plan.signatory["ru"]


def test_what_pyxform_alone_refuses_is_told_in_its_row(flows: Path, change: Change) -> None:
    change("priorities.yaml", "name: village", "name: meta")
    lines = (flows / "priorities.yaml").read_text("utf-8").splitlines()
    (problem,) = check(flows / "priorities.yaml")
    assert problem.startswith(f"{flows}/priorities.yaml:{lines.index('    name: meta')}: survey: pyxform says: ")


def test_two_files_with_one_name(flows: Path) -> None:
    shutil.copy(flows / "priorities.yaml", flows / "again.yaml")
    assert "the name of what is in again.yaml already" in "\n".join(check(flows))


# -- storing --------------------------------------------------------------------------------------------------------


async def test_what_is_published_comes_back_as_it_was(database: db.Database) -> None:
    published = await publishing.publish(database, [FLOWS])
    versions = {each.name: each.version for each in published.versions}
    found = await catalogue(database)
    assert found.surveys == {"priorities": versions["priorities"]}
    assert found.forms.keys() == {versions["priorities"], versions["pledge"]}
    rows = yaml.safe_load((FLOWS / "priorities.yaml").read_text("utf-8"))["survey"]
    survey = found.forms[versions["priorities"]]
    assert [question.name for question in survey.questions] == [row["name"] for row in rows]
    assert len(survey.questions[0].choices) > 50
    suu = found.campaigns["suu"]
    assert (suu.form, suu.version, suu.state, suu.pledges) == (versions["pledge"], versions["suu"], "open", 0)
    assert [(need.name, need.minimum) for need in suu.needs] == [
        ("money", Decimal(300000)),
        ("labour", Decimal(120)),
        ("cement", Decimal(60)),
    ]
    assert suu.need("money").covers == messages.Covers(
        Decimal(500), {"ky": ("метр түтүк",), "ru": ("метр трубы", "метра трубы", "метров трубы")}
    )
    assert suu.need("cement").covers is None
    assert found.forms[suu.form].emits == "pledge"


def test_a_stored_definition_has_the_hash_it_was_stored_under() -> None:
    for version, stored in publishing.prepare([FLOWS]).forms.items():
        plain = json.loads(stored.definition)
        again, _ = reading.read(plain["sheets"], plain["lists"], plain["name"])
        assert again is not None
        assert again.version == version


def test_a_form_named_by_its_file_keeps_that_name(tmp_path: Path) -> None:
    tables = {"survey": [["type", "name", "label"], ["text", "a", "Эмне керек?"]]}
    prepared = publishing.prepare([workbooks.xlsx(tmp_path / "Суу сурамжылоо.xlsx", tables)])
    ((version, stored),) = prepared.forms.items()
    assert stored.name == publishing.compiled(version, stored.definition).name == "suu_suramjyloo"


def test_what_earlier_programs_published_is_still_the_same_form() -> None:
    for published in sorted((Path(__file__).parent / "published").glob("*.json")):
        for each in json.loads(published.read_text("utf-8")):
            made = publishing.compiled(each["version"], json.dumps(each["definition"]))
            assert made.version == each["version"]
            # Tallies are kept by these: with another one, people would be counted apart from those before them.
            assert {question.name: question.version for question in made.questions} == each["questions"]


async def test_the_same_again_is_nothing_new(database: db.Database) -> None:
    library = publishing.Library()
    await publishing.publish(database, [FLOWS])
    before = await catalogue(database, library)
    again = await publishing.publish(database, [FLOWS])
    assert [each.new for each in again.versions] == [False, False, False]
    assert await catalogue(database, library) is before


async def test_a_new_version_stands_beside_the_old(database: db.Database, flows: Path, change: Change) -> None:
    library = publishing.Library()
    await publishing.publish(database, [flows])
    before = await catalogue(database, library)
    change("priorities.yaml", "Сколько вам лет?", "Ваш возраст?")
    change("suu.campaign.yaml", "optimum: 80", "optimum: 90")
    await publishing.publish(database, [flows])
    after = await catalogue(database, library)
    # The needs' labels are the same, so the form by which one pledges is too.
    assert len(after.forms) == 3
    assert after.surveys["priorities"] != before.surveys["priorities"]
    assert after.campaigns["suu"].form == before.campaigns["suu"].form
    assert after.campaigns["suu"].need("cement").optimum == 90
    assert all(after.forms[version] is each for version, each in before.forms.items())


async def test_a_start_does_not_undo_what_was_published_since(
    database: db.Database, flows: Path, change: Change
) -> None:
    await publishing.publish(database, [flows], again=False)
    first = await catalogue(database)
    change("priorities.yaml", "Сколько вам лет?", "Ваш возраст?")
    await publishing.publish(database, [flows])
    second = await catalogue(database)
    await publishing.publish(database, [FLOWS], again=False)
    assert (await catalogue(database)).surveys == second.surveys
    await publishing.publish(database, [FLOWS])
    assert (await catalogue(database)).surveys == first.surveys


async def test_publishing_says_what_was_there_before(database: db.Database, flows: Path, change: Change) -> None:
    (first, *_), _ = await publishing.publish(database, [flows])
    assert (first.new, first.before, first.closed) == (True, "", False)
    (again, *_), _ = await publishing.publish(database, [flows])
    assert (again.new, again.before) == (False, first.version)
    change("priorities.yaml", "Сколько вам лет?", "Ваш возраст?")
    (second, *_), faults = await publishing.publish(database, [flows])
    assert (second.new, second.before) == (True, first.version)
    assert faults == []


async def test_what_was_mended_is_published_and_told(database: db.Database, flows: Path, change: Change) -> None:
    change("priorities.yaml", "type: select_one sex", "type: select one from sex")
    _, faults = await publishing.publish(database, [flows])
    assert [fault.blocks for fault in faults] == [False]


async def test_with_one_mistake_nothing_is_published(database: db.Database, flows: Path, change: Change) -> None:
    change("suu.campaign.yaml", "minimum: 120", "minimum: -1")
    with pytest.raises(publishing.BadFiles, match="no quantity"):
        await publishing.publish(database, [flows])
    assert (await catalogue(database)).forms == {}


async def test_two_campaigns_share_the_form_by_which_one_pledges(database: db.Database, flows: Path) -> None:
    text = (flows / "suu.campaign.yaml").read_text("utf-8")
    second = text.replace("name: suu", "name: kopuro").replace("Цемент", "Таш")
    (flows / "kopuro.campaign.yaml").write_text(second, "utf-8")
    await publishing.publish(database, [flows])
    found = await catalogue(database)
    assert list(found.campaigns) == ["kopuro", "suu"]
    assert found.campaigns["suu"].form == found.campaigns["kopuro"].form
    assert list(found.surveys) == ["priorities"]


async def test_a_form_that_pledges_is_nothing_without_a_campaign(database: db.Database) -> None:
    assert (await publishing.publish(database, [FLOWS / "pledge.yaml"])).versions == []


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[1] / "forms").glob("*.yaml")), ids=lambda file: file.stem
)
def test_the_forms_of_the_tests_are_written_as_authors_are_told_to(file: Path) -> None:
    faults = publishing.prepare([file]).faults
    assert [str(fault) for fault in faults if fault.problem.severity is not problems.Severity.ADVICE] == []
