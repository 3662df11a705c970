"""A good form, and everything that can be wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Raw = dict[str, Any]

PLACES = [
    {"name": "KG02", "label::ky": "Ысык-Көл облусу", "label::ru": "Иссык-Кульская область", "level": "1"},
    {
        "name": "KG02410",
        "label::ky": "Каракол шаары",
        "label::ru": "город Каракол",
        "parent": "KG02",
        "level": "2",
    },
]


def good() -> Raw:
    """A small form without a fault: row 2 sex, 3 age, 4 group, 5 top, 6 place, 7 words."""
    both = {"ky": "Суроо", "ru": "Вопрос"}
    return {
        "survey": [
            {"type": "select_one sex", "name": "sex", "label": both, "required": True},
            {
                "type": "integer",
                "name": "age",
                "label::ky": "Жашыңыз канчада?",
                "label::Русский (ru)": "Сколько вам лет?",
                "constraint": ". >= 14 and . <= 120",
                "constraint_message": {"ky": "14–120", "ru": "14–120"},
            },
            {"type": "calculate", "name": "group", "calculation": "if(${age} < 18, 'minor', 'adult')"},
            {
                "type": "rank needs",
                "name": "top",
                "label": both,
                "ashar::pick": 2,
                "parameters": "randomize = true",
            },
            {
                "type": "select_one_from_file places.csv",
                "name": "place",
                "label": both,
                "choice_filter": "parent = '' or ${age} > 3",
            },
            {
                "type": "text",
                "name": "words",
                "label": both,
                "relevant": "${sex} = 'woman'",
                "ashar::personal": "yes",
            },
        ],
        "choices": [
            {"list_name": "sex", "name": "woman", "label": {"ky": "аял", "ru": "женщина"}},
            {"list_name": "sex", "name": "man", "label": {"ky": "эркек", "ru": "мужчина"}},
            {"list_name": "needs", "name": "work", "label": {"ky": "Жумуш", "ru": "Работа"}},
            {"list_name": "needs", "name": "health", "label": {"ky": "Ден соолук", "ru": "Здоровье"}},
            {"list_name": "needs", "name": "other", "label": {"ky": "Башка", "ru": "Другое"}},
        ],
        "settings": [
            {
                "form_id": "priorities",
                "form_title": {"ky": "Сурамжылоо", "ru": "Опрос"},
                "ashar::holder": {"ky": "Каракол мэриясы", "ru": "Мэрия Каракола"},
                "ashar::term": {"ky": "2 жыл", "ru": "2 года"},
                "ashar::places": "place",
                "ashar::margins": "sex group",
                "ashar::apart": "${age} < 18",
            }
        ],
    }


Change = Callable[[Raw], object]


def row(number: int, **cells: object) -> Change:
    """Change cells of the survey's row of that number; `__` stands for `::`."""
    named = {name.replace("__", "::"): value for name, value in cells.items()}
    return lambda raw: raw["survey"][number - 2].update(named)


def choice(number: int, **cells: object) -> Change:
    return lambda raw: raw["choices"][number - 2].update(cells)


def setting(**cells: object) -> Change:
    named = {name.replace("__", "::"): value for name, value in cells.items()}
    return lambda raw: raw["settings"][0].update(named)


#: What it is, what is done to the good form, and each problem as "sheet row column: words of it".
BROKEN: list[tuple[str, Change, list[str]]] = [
    (
        "no survey",
        lambda raw: raw.pop("survey"),
        [
            "survey 1 : There is no question",
            "settings 2 ashar::places: There is no question “place”",
            "settings 2 ashar::margins: “sex”",
            "settings 2 ashar::margins: “group”",
            "settings 2 ashar::apart: “age”",
        ],
    ),
    (
        "survey is a word",
        lambda raw: raw.update(choices="sex"),
        [
            "choices 1 : This is no list of rows",
            "survey 2 type: There is no list “sex”",
            "survey 5 type: There is no list “needs”",
        ],
    ),
    ("a row is a word", lambda raw: raw["survey"].append("age"), ["survey 8 : “age” is no row"]),
    ("unknown column", row(2, lable="x"), ["survey 2 lable: did you mean “label”?"]),
    (
        "unknown column once",
        lambda raw: [row(2, colour="x")(raw), row(3, colour="y")(raw)],
        ["survey 2 colour: There is no column “colour”. To mend it: use one of:"],
    ),
    ("column for later", row(2, default="man"), ["survey 2 default: cannot be used yet"]),
    ("slip in a choice column", choice(2, lable="x"), []),
    (
        "slip instead of a choice column",
        lambda raw: choice(2, lable=raw["choices"][0].pop("label"))(raw),
        ["choices 2 lable: did you mean “label”?", "choices 2 label: The choice has no text"],
    ),
    ("unknown setting", setting(form_idd="x"), ["settings 2 form_idd: did you mean “form_id”?"]),
    (
        "no type",
        row(2, type=""),
        ["survey 2 type: The type is missing. To mend it: use one of: select_one LIST, "],
    ),
    (
        "unknown type",
        row(3, type="geotrace"),
        ["survey 3 type: There is no type “geotrace” that a chat can ask yet. To mend it: use one of"],
    ),
    ("nearly a type", row(3, type="interger"), ["survey 3 type: did you mean “integer”?"]),
    (
        "legacy type",
        row(2, type="select one from sex"),
        ["survey 2 type: There is no type “select one from sex”"],
    ),
    (
        "list not named",
        row(2, type="select_one"),
        ["survey 2 type: “select_one” is not complete. To mend it: write “select_one LIST”."],
    ),
    ("or_other", row(2, type="select_one sex or_other"), ["survey 2 type: “sex or_other” is too much"]),
    ("list of an integer", row(3, type="integer sex"), ["survey 3 type: write “integer”."]),
    (
        "unknown list",
        row(2, type="select_one sexes"),
        ["survey 2 type: There is no list “sexes”. To mend it: did you mean “sex”?"],
    ),
    (
        "unknown file",
        row(6, type="select_one_from_file place.csv"),
        ["survey 6 type: There is no file “place.csv”. To mend it: did you mean “places.csv”?"],
    ),
    (
        "no name",
        row(3, name=None),
        [
            "survey 3 name: has no name",
            "survey 4 calculation: There is no question “age”",
            "survey 6 choice_filter: no question “age”",
            "settings 2 ashar::apart: no question “age”",
        ],
    ),
    ("name twice", row(7, name="sex"), ["survey 7 name: “sex” is the name of row 2 already"]),
    ("name with a space", row(7, name="own words"), ["survey 7 name: “own words” cannot be a name"]),
    ("name in Cyrillic", row(7, name="сунуш"), ["survey 7 name: use Latin letters"]),
    ("unquoted no for a name", row(7, name=False), ["survey 7 name: YAML takes an unquoted no"]),
    ("no label", row(7, label=None), ["survey 7 label: The question has no text"]),
    (
        "one language",
        row(7, label={"ky": "Суроо"}),
        ["survey 7 label: “ru” is missing. To mend it: fill label::ru."],
    ),
    (
        "no language named",
        row(7, label="Суроо"),
        ["survey 7 label: write it twice, as label::ky and label::ru"],
    ),
    ("strange language", row(7, label__Türkçe="Soru"), ["survey 7 label::türkçe: not clear which language"]),
    ("hint in one language", row(7, hint__ru="Подсказка"), ["survey 7 hint: “ky” is missing"]),
    (
        "message in one language",
        row(3, constraint_message={"ru": "Нет"}),
        ["survey 3 constraint_message: “ky” is missing"],
    ),
    ("a list for a cell", row(7, relevant=["${sex}"]), ["survey 7 relevant: One value belongs here"]),
    ("required, perhaps", row(7, required="maybe"), ["survey 7 required: “maybe” is neither yes nor no"]),
    ("personal, perhaps", row(7, ashar__personal="да"), ["survey 7 ashar::personal: neither yes nor no"]),
    ("pick too many", row(5, ashar__pick=4), ["survey 5 ashar::pick: 4 cannot be picked from 3"]),
    ("pick no number", row(5, ashar__pick="three"), ["survey 5 ashar::pick: “three” is no number"]),
    ("pick none", row(5, ashar__pick=0), ["survey 5 ashar::pick: “0” is no number"]),
    ("pick without rank", row(2, ashar__pick=1), ["survey 2 ashar::pick: Only a rank picks"]),
    (
        "unknown parameter",
        row(5, parameters="randomize=true seed=5"),
        ["survey 5 parameters: “seed=5” cannot be used"],
    ),
    (
        "shuffle a number",
        row(3, parameters="randomize=true"),
        ["survey 3 parameters: no choices here to shuffle"],
    ),
    (
        "broken relevant",
        row(7, relevant="foo( ="),
        ["survey 7 relevant: At character 1 of “foo( =”: found “foo”()"],
    ),
    ("broken constraint", row(3, constraint=". >= "), ["survey 3 constraint: At character 5"]),
    (
        "broken calculation",
        row(4, calculation="if(1, 2)"),
        ["survey 4 calculation: found 2 values in if() where 3 were"],
    ),
    (
        "broken filter",
        row(6, choice_filter="parent ="),
        ["survey 6 choice_filter: found the end where a value was expected"],
    ),
    (
        "refers to nobody",
        row(7, relevant="${sexx} = 'a'"),
        ["survey 7 relevant: There is no question “sexx”. To mend it: did you mean “sex”?"],
    ),
    (
        "refers to a later one",
        row(2, relevant="${words} = ''"),
        ["survey 2 relevant: “words” is asked only later, in row 7"],
    ),
    (
        "refers to itself",
        row(3, constraint="${age} > 14"),
        ["survey 3 constraint: “age” asks for itself. To mend it: write ."],
    ),
    (
        "text refers to nobody",
        row(7, label={"ky": "${nom}?", "ru": "?"}),
        ["survey 7 label: There is no question “nom”"],
    ),
    (
        "text refers to a later one",
        row(2, hint={"ky": "${age}", "ru": "${age}"}),
        ["survey 2 hint: “age” is asked only later"],
    ),
    (
        "offer outside a pledge",
        row(7, label={"ky": "${offer}", "ru": "-"}),
        ["survey 7 label: no question “offer”"],
    ),
    (
        "bare word",
        row(7, relevant="sex = 'woman'"),
        ["survey 7 relevant: “sex” alone means nothing here. To mend it: write ${sex}"],
    ),
    (
        "filter by no column",
        row(6, choice_filter="parnt = 'KG02'"),
        ["survey 6 choice_filter: did you mean “parent”?"],
    ),
    (
        "filter of a number",
        row(3, choice_filter="1 = 1"),
        ["survey 3 choice_filter: There are no choices here"],
    ),
    ("nothing to calculate", row(4, calculation=""), ["survey 4 calculation: There is nothing to calculate"]),
    (
        "calculation of an answer",
        row(3, calculation="1"),
        ["survey 3 calculation: Only a calculate calculates"],
    ),
    ("choice without a list", choice(2, list_name=""), ["choices 2 list_name: belongs to no list"]),
    ("choice without a name", choice(2, name=None), ["choices 2 name: The choice has no name"]),
    (
        "choice twice",
        choice(3, name="woman"),
        ["choices 3 name: “woman” is the name of row 2 of this list already"],
    ),
    ("same name in another list", choice(4, name="woman"), []),
    ("choice with a space", choice(3, name="a man"), ["choices 3 name: “a man” cannot be a choice's name"]),
    ("choice with the sign of rankings", choice(4, name="a>b"), ["choices 4 name: leave out spaces and “>”"]),
    (
        "unquoted no for a choice",
        choice(3, name=False),
        ["choices 3 name: unquoted no (or false, off) for a truth value. To mend it: write it in quotes"],
    ),
    ("choice in one language", choice(3, label={"ru": "мужчина"}), ["choices 3 label: “ky” is missing"]),
    (
        "description in one language",
        choice(4, **{"ashar::description::ky": "иш"}),
        ["choices 4 ashar::description: fill ashar::description::ru"],
    ),
    ("long choice label", choice(3, label={"ky": "э" * 60, "ru": "м" * 60}), []),
    (
        "no settings",
        lambda raw: raw.pop("settings"),
        [
            "settings 2 form_id: The form has no name",
            "settings 2 form_title: no title",
            "settings 2 ashar::holder: Nobody can consent",
            "settings 2 ashar::term: Nobody can consent",
        ],
    ),
    ("form without a name", setting(form_id=""), ["settings 2 form_id: The form has no name"]),
    (
        "form with a strange name",
        setting(form_id="сурамжылоо 1"),
        ["settings 2 form_id: cannot be a form's name"],
    ),
    (
        "title in one language",
        setting(form_title={"ky": "Сурамжылоо"}),
        ["settings 2 form_title: fill form_title::ru"],
    ),
    (
        "two rows of settings",
        lambda raw: raw["settings"].append({"form_id": "x"}),
        ["settings 3 : Settings have one row"],
    ),
    ("emits something", setting(ashar__emits="idea"), ["settings 2 ashar::emits: “idea” is not known"]),
    (
        "a pledge of nothing",
        setting(ashar__emits="pledge"),
        [
            "settings 2 ashar::emits: needs a question “what”",
            "settings 2 ashar::emits: needs a question “confirm”",
        ],
    ),
    (
        "holder too long",
        setting(ashar__holder={"ky": "К" * 31, "ru": "К"}),
        ["settings 2 ashar::holder: 31 characters in “ky”"],
    ),
    ("nobody asks", setting(ashar__holder=None), ["settings 2 ashar::holder: Nobody can consent"]),
    (
        "place of no question",
        setting(ashar__places="place vilage"),
        ["settings 2 ashar::places: There is no question “vilage”"],
    ),
    (
        "margin of a number",
        setting(ashar__margins="age"),
        ["settings 2 ashar::margins: cannot be broken down by “age”, which is integer"],
    ),
    (
        "apart from nobody",
        setting(ashar__apart="${years} < 18"),
        ["settings 2 ashar::apart: There is no question “years”"],
    ),
    (
        "broken refusal",
        setting(ashar__refuse="${sex} == 1"),
        ["settings 2 ashar::refuse: found “=” where a value was expected"],
    ),
    ("long name of a choice", choice(4, name="a" * 65), ["choices 4 name: at most 64 characters"]),
    (
        "long names together",
        lambda raw: (
            raw["choices"].extend(
                {"list_name": "sex", "name": f"{n}" * 60, "label": {"ky": "-", "ru": "-"}} for n in range(7)
            )
            or row(2, type="select_multiple sex")(raw)
        ),
        [
            "survey 2 type: too long to be kept together",
            "settings 2 ashar::margins: which is select_multiple",
        ],
    ),
    ("long wave", setting(ashar__wave="w" * 33), ["settings 2 ashar::wave: write at most 32 characters"]),
]
