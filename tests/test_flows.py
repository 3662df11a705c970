"""The content that ships: it can be read, it says what was reviewed, and it keeps the rules of wording."""

from __future__ import annotations

import csv
import datetime as dt
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from bot.engine import form, vows
from bot.engine.authoring import reading
from bot.engine.xpath import expressions

FLOWS = pathlib.Path(__file__).parent.parent / "flows"
NOW = dt.datetime(2027, 3, 21, tzinfo=dt.UTC)

#: Word for word as reviewed: name, title and description in both languages.
SIXTEEN = """
family/work | Жумуш жана киреше | иш орду, айлык, тиричилик
    | Работа и доход | рабочие места, заработок
family/social_protection | Социалдык коргоо | жөлөкпул, пенсия, муктаждарга жардам
    | Социальная защита | пособия, пенсии, помощь нуждающимся
family/nutrition | Тамак-аш, тамактануу | жетиштүү жана пайдалуу тамак
    | Питание | чтобы еды хватало и она была полезной
family/education | Билим алуу, мектеп | бала бакча, мектеп, кесипке окуу
    | Образование, школа | детсад, школа, обучение профессии
family/housing | Коопсуз турак жай | бекем үй, селден жана жер титирөөдөн коргоо
    | Безопасное жильё | крепкий дом, защита от селя и землетрясения
family/health | Ден соолук, дарыгер | ФАП, дарыгер, дары-дармек
    | Здоровье и лечение | ФАП, врачи, лекарства
family/documents | Паспорт, документтер | паспорт, күбөлүк, каттоо
    | Паспорт и документы | паспорт, свидетельства, прописка
family/drinking_water | Ичүүчү суу, канализация | үйгө таза суу, агын сууну чыгаруу
    | Чистая вода, канализация | чистая вода в доме, слив
community/roads | Жол жана транспорт | жол оңдоо, көпүрө, маршрутка
    | Дороги и транспорт | ремонт дорог, мосты, маршрутки
community/land | Жер жана курулуш планы | башкы план: кайда үй, кайда жайыт
    | Земля и застройка | генплан: где строить, где пастбище
community/farming | Айыл чарбасы | эгин, мал, жайыт, техника
    | Сельское хозяйство | посевы, скот, пастбища, техника
community/irrigation | Сугат суу, арыктар | сугат кезеги, арык, суу сактагыч
    | Поливная вода, арыки | очередь полива, арыки, водохранилища
community/market | Базар, соода, ишкердик | сатуу жери, чакан ишкана, насыя
    | Рынок, торговля, бизнес | где продать, малый бизнес, кредиты
community/services | Коммуналдык кызматтар | жарык, жылуулук, таштанды, байланыш
    | Коммунальные услуги | свет, тепло, вывоз мусора, связь
community/participation | Элдин чечимге катышуусу | жыйын, бюджетти чогуу талкуулоо
    | Голос жителей в решениях | сходы, обсуждение бюджета вместе
community/environment | Айлана-чөйрөнү коргоо | таза аба, бак-дарак, көл, суу
    | Охрана природы | чистый воздух, деревья, озеро, реки
"""

#: The reviewed questions: (form, question) -> Kyrgyz, Russian.
REVIEWED = {
    ("priorities", "family"): (
        "Үй-бүлөңүзгө азыр эмне эң керек?",
        "Что сейчас важнее всего для вашей семьи?",
    ),
    ("priorities", "community"): (
        "Айылыңызга же шаарыңызга азыр эмне эң керек?",
        "А для вашего села или города?",
    ),
    ("priorities", "village"): ("Айылыңыздын атын жазыңыз", "Напишите название села"),
    ("priorities", "age"): ("Жашыңыз канчада?", "Сколько вам лет?"),
    ("priorities", "parent"): ("Атаңыз же апаңыз уруксат бердиби?", "Мама или папа разрешили?"),
    ("priorities", "where"): ("Азыр кайдасыз?", "Где вы сейчас?"),
    ("priorities", "hear"): ("Жыйынтыгы чыкканда жазып коёлубу?", "Написать вам, когда будут итоги?"),
    ("pledge", "confirm"): (
        "Туура түшүндүмбү? ${campaign}: ${offer}. Мөөнөтү: ${deadline}. Бул — убада, акча азыр алынбайт.",
        "Всё верно? ${campaign}: ${offer}. Срок: ${deadline}. Это обещание, деньги сейчас не списываются.",
    ),
}


def load(name: str) -> Any:
    return yaml.safe_load((FLOWS / name).read_text(encoding="utf-8"))


PLACES = list(csv.DictReader((FLOWS / "places.csv").read_text(encoding="utf-8").splitlines()))
CAMPAIGN = load("suu.campaign.yaml")


def survey(name: str) -> form.Form:
    found, problems = reading.read(load(f"{name}.yaml"), {"places.csv": PLACES})
    assert [str(problem) for problem in problems] == []
    assert found is not None
    return found


PRIORITIES, PLEDGE = survey("priorities"), survey("pledge")


def question(definition: form.Form, name: str) -> form.Question:
    found = definition.question(name)
    assert found is not None
    return found


def value(expression: expressions.Expression | None, current: expressions.Value = "", **answers: Any) -> Any:
    assert expression is not None
    return expression.evaluate(expressions.Context(answers=answers, current=current, columns={}, now=NOW))


def test_the_survey_asks_in_this_order() -> None:
    asked = [(question.name, question.kind.value, question.required) for question in PRIORITIES.questions]
    assert asked == [
        ("oblast", "select_one", True),
        ("raion", "select_one", True),
        ("village", "text", False),
        ("sex", "select_one", False),
        ("age", "integer", True),
        ("age_group", "calculate", False),
        ("parent", "select_one", True),
        ("where", "select_one", True),
        ("family", "rank", True),
        ("community", "rank", True),
        ("proposal", "text", False),
        ("hear", "select_one", True),
    ]
    assert (PRIORITIES.places, PRIORITIES.margins) == (("oblast", "raion"), ("sex", "age_group"))
    assert [question.name for question in PRIORITIES.questions if question.personal] == ["proposal"]


def test_the_sixteen_options_are_word_for_word_as_reviewed() -> None:
    expected = [re.split(r"\s*\|\s*", line) for line in SIXTEEN.strip().replace("\n    |", " |").splitlines()]
    found = [
        [f"{name}/{c.name}", c.label["ky"], c.description["ky"], c.label["ru"], c.description["ru"]]
        for name in ("family", "community")
        for c in question(PRIORITIES, name).choices
    ]
    assert found == expected
    for name in ("family", "community"):
        assert (question(PRIORITIES, name).pick, question(PRIORITIES, name).randomize) == (3, True)


@pytest.mark.parametrize(("where", "words"), REVIEWED.items())
def test_questions_are_word_for_word_as_reviewed(where: tuple[str, str], words: tuple[str, str]) -> None:
    label = question({"priorities": PRIORITIES, "pledge": PLEDGE}[where[0]], where[1]).label
    assert (label["ky"], label["ru"]) == words


@pytest.mark.parametrize(
    ("age", "group", "apart"),
    [
        ("", "", False),
        (14.0, "14-17", True),
        (17.0, "14-17", True),
        (18.0, "18-29", False),
        (29.0, "18-29", False),
        (30.0, "30-44", False),
        (44.0, "30-44", False),
        (45.0, "45-59", False),
        (59.0, "45-59", False),
        (60.0, "60+", False),
        (120.0, "60+", False),
    ],
)
def test_ages(age: expressions.Value, group: str, apart: bool) -> None:
    assert value(question(PRIORITIES, "age_group").calculation, age=age) == group
    assert value(PRIORITIES.apart, age=age) is apart
    assert value(question(PRIORITIES, "parent").relevant, age=age) is apart


def test_a_parent_who_says_no_ends_it() -> None:
    assert value(PRIORITIES.refuse, parent="no") is True
    assert value(PRIORITIES.refuse, parent="yes") is False
    assert value(PRIORITIES.refuse) is False
    constraint = question(PRIORITIES, "age").constraint
    assert [age for age in (13.0, 14.0, 120.0, 121.0) if value(constraint, age)] == [14.0, 120.0]


def test_places_are_whole_and_in_the_order_of_the_pilot() -> None:
    oblasts = [place for place in PLACES if place["level"] == "1"]
    below = [place for place in PLACES if place["level"] == "2"]
    assert (len(oblasts), len(below)) == (9, 53)
    assert len({place["name"] for place in PLACES}) == 62
    assert {place["parent"] for place in oblasts} == {""}
    assert {place["parent"] for place in below} <= {place["name"] for place in oblasts}
    assert oblasts[0]["label::ky"] == "Ысык-Көл облусу"
    labels = [place["label::ru"] for place in below if place["parent"] == oblasts[0]["name"]]
    assert labels[:2] == ["город Каракол", "Ак-Суйский район"]


def test_place_names_are_written_out() -> None:
    endings = {"oblast": ("облусу", "область"), "raion": ("району", "район"), "city": ("шаары", "город")}
    for place in PLACES:
        ky, ru = endings[place["kind"]]
        assert place["label::ky"].endswith(f" {ky}")
        assert place["label::ru"].startswith(f"{ru} ") or place["label::ru"].endswith(f" {ru}")
        written = place["label::ky"] + place["label::ru"]
        assert not re.search("ӊ|Ӊ|г\\.|ш\\.", written)
        assert max(len(place["label::ky"]), len(place["label::ru"])) <= 24


def test_only_villagers_are_asked_for_their_village() -> None:
    village, raion = question(PRIORITIES, "village").relevant, question(PRIORITIES, "raion")
    for place in PLACES:
        if place["level"] == "2":
            assert value(village, raion=place["name"]) is (place["kind"] == "raion"), place
        else:
            # A raion is asked for exactly where there is one.
            has_raions = any(below["parent"] == place["name"] for below in PLACES)
            assert value(raion.relevant, oblast=place["name"]) is has_raions
    assert value(village) is False


def test_a_pledge_has_the_questions_and_options_the_bot_knows() -> None:
    assert [each.name for each in PLEDGE.questions] == ["gift", "confirm", "when", "shown", "name"]
    for name, known in vows.KNOWN.items():
        assert tuple(choice.name for choice in question(PLEDGE, name).choices) == known
    # Without a name is the first way offered.
    assert question(PLEDGE, "shown").choices[0].label == {"ky": "Атым жазылбасын", "ru": "Без имени"}
    assert question(PLEDGE, "name").personal
    assert question(PLEDGE, "gift").personal


def test_the_campaign_is_whole() -> None:
    assert re.fullmatch("[a-z][a-z0-9-]{0,31}", CAMPAIGN["name"])
    assert (FLOWS / CAMPAIGN["form"]).is_file()
    assert CAMPAIGN["place"] in {place["name"] for place in PLACES if place["kind"] == "raion"}
    assert CAMPAIGN["deadline"] == dt.date(2027, 5, 15)
    assert CAMPAIGN["model"] == "open"
    assert [need["kind"] for need in CAMPAIGN["needs"]] == ["money", "labour", "material"]
    for text in ("title", "story", "holder", "treasurer", "handover"):
        assert set(CAMPAIGN[text]) == set(form.LANGUAGES), text
    for need in CAMPAIGN["needs"]:
        # The pledge form asks for a currency by this name, the engine by this kind.
        assert (need["name"] == "money") == (need["kind"] == "money") == ("unit" not in need)
        assert 0 < need["minimum"] <= need["optimum"]
        if "unit" in need:
            assert {language: len(words) for language, words in need["unit"].items()} == {"ky": 1, "ru": 3}


# --- the rules of wording ----------------------------------------------------------------------------------


def texts(value: object) -> Iterator[tuple[str, str]]:
    """(language, words) of every text in a file, wherever it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in form.LANGUAGES:
                yield from ((key, words) for words in (inner if isinstance(inner, list) else [inner]))
            else:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


WORDS = [said for file in sorted(FLOWS.glob("*.yaml")) for said in texts(load(file.name))]
WORDS += [(language, place[f"label::{language}"]) for place in PLACES for language in form.LANGUAGES]

#: language -> what must not be found, and why.
FORBIDDEN = {
    "ky": {
        r"\}[\w-]": "an ending hung on a variable",
        r"(?i)карыз|сараң|милдеттүүсүз|кечиктирдиңиз": "shames a giver",
        r"(?i)\bатсыз|атыңызсыз": "“nameless” is also “horseless”",
        r"\b\d+ \w+[лдт][аеоө]р\b": "after a number the noun is singular",
        r"\b\d+-?(?:ден|дан|дон|төн|тон|нин|нын|га|ге|го|гө|ка|ке)\b": "an ending hung on a number",
        r"ӊ": "the data's letter instead of ң",
        r"(?i)\bурук(?!с)|капчык|казначы": "a word the glossary replaces",
    },
    "ru": {
        r"\w\([а-яё]{1,4}\)|\b\w+л/а\b": "gendered Russian in brackets",
        r"(?i)\bдолг\w*|должн|просроч": "shames a giver",
        r"(?i)анонимно|за рубежом|цифр": "a word the glossary replaces",
    },
}


@pytest.mark.parametrize("language", form.LANGUAGES)
def test_rules_of_wording(language: str) -> None:
    said = [words for spoken, words in WORDS if spoken == language]
    assert len(said) > 100
    for words in said:
        assert words == words.strip()
        assert not re.search(r"^\d+ ?[—.)]|\s\d ?[—)]\s", words), f"{words}: the bot numbers the options itself"
        for pattern, why in FORBIDDEN[language].items():
            assert not re.search(pattern, words), f"{words}: {why}"


def test_both_languages_say_as_much() -> None:
    by = {language: [words for spoken, words in WORDS if spoken == language] for language in form.LANGUAGES}
    counted = [need[key] for need in CAMPAIGN["needs"] for key in ("unit", "covers") if key in need]
    units = sum(len(words["ru"]) - 1 for words in counted)
    assert len(by["ru"]) == len(by["ky"]) + units
    for definition in (PRIORITIES, PLEDGE):
        for asked in definition.questions:
            names = [sorted(re.findall(r"\$\{\w+\}", asked.label.get(language, ""))) for language in form.LANGUAGES]
            assert names[0] == names[1]


def test_options_fit_a_list_row_of_whatsapp() -> None:
    for definition in (PRIORITIES, PLEDGE):
        for asked in definition.questions:
            for choice in asked.choices:
                assert max(map(len, choice.label.values())) <= 24, choice.name
                assert all(len(words) <= 72 for words in choice.description.values()), choice.name
            assert all(len(words) <= 160 for words in asked.label.values()), asked.name


def test_sources_are_credited() -> None:
    readme = (FLOWS / "README.md").read_text(encoding="utf-8")
    assert "open-admin-data, Kyrgyzstan administrative divisions" in readme
    assert "CC BY 4.0" in readme
