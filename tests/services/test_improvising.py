"""A made-up respondent: plays any form to its end, the same one each time."""

import hashlib
import itertools
import json
from pathlib import Path

import pytest

from bot import wording
from bot.services import improvising, publishing, rehearsing
from tests import talking

VOICE = wording.Voice()
FORMS = Path(__file__).parents[1] / "forms"


def rehearsal(catalogue: publishing.Catalogue, seed: int) -> rehearsing.Rehearsal:
    numbers = itertools.count()

    def entropy() -> str:
        return hashlib.sha256(f"{seed}/{next(numbers)}".encode()).hexdigest()[:32]

    return rehearsing.Rehearsal(catalogue, VOICE, talking.Clock(), entropy, channel="terminal", site=talking.SITE)


def written(catalogue: publishing.Catalogue, link: str, seed: int, language: str) -> list[str]:
    """The conversation as text."""
    played = improvising.play(rehearsal(catalogue, seed), link, seed, language)
    return [f"> {each.wrote}\n{each.outbound.head}" for each in played]


@pytest.fixture(scope="module")
def shipped() -> publishing.Catalogue:
    return publishing.prepare([talking.FLOWS]).catalogue()


@pytest.mark.parametrize("language", ["ky", "ru"])
@pytest.mark.parametrize("link", ["s-priorities", "a-suu"])
def test_what_ships_is_played_to_its_end_by_anybody(shipped: publishing.Catalogue, link: str, language: str) -> None:
    ends = set()
    for seed in range(25):
        played = rehearsal(shipped, seed)
        *_, last = improvising.play(played, link, seed, language)
        ends.add((len(played.finished), bool(last.outbound.head)))
    # Some are fourteen, and their parents say no.
    assert ends <= {(1, True), (0, True)}
    assert (1, True) in ends


def test_the_same_seed_is_the_same_respondent(shipped: publishing.Catalogue) -> None:
    assert written(shipped, "s-priorities", 7, "ru") == written(shipped, "s-priorities", 7, "ru")
    assert written(shipped, "s-priorities", 7, "ru") != written(shipped, "s-priorities", 8, "ru")


def test_they_err_go_back_and_skip(shipped: publishing.Catalogue) -> None:
    wrote = {
        each.wrote
        for seed in range(20)
        for each in improvising.play(rehearsal(shipped, seed), "s-priorities", seed, "ky")
    }
    assert {"back", "skip", "help", "???"} <= wrote


LISTED = (
    "Кайсы айыл?\n1. Ак-Суу (район борбору)\n2. Ак-Суу айылы\n11. Каракол ✓1\n12. Кара-Ой\nБир номер жазыңыз (1–12)."
)


@pytest.mark.parametrize(
    ("options", "shown", "typed"),
    [
        (("Ак-Суу айылы",), LISTED, "2"),
        (("Ак-Суу",), LISTED, "1"),
        (("Каракол", "Ак-Суу"), LISTED, "11 1"),
        # An SMS is cut where it is full, and not where a line ends.
        (("Ак-Суу айылы", "Кара-Ой"), LISTED.replace("\n", " ").replace("Суу айылы", "Суу\nайылы"), "2 12"),
        # On another page of a long list.
        (("Тамга",), LISTED, "Тамга"),
        (("Тамга", "Кара-Ой"), LISTED, "Тамга, Кара-Ой"),
    ],
)
def test_options_are_written_as_who_sees_them_writes_them(options: tuple[str, ...], shown: str, typed: str) -> None:
    act = improvising.Act(options=options, numbers=tuple(range(31, 31 + len(options))))
    assert improvising.typed(act, shown) == typed
    # Whoever was not understood counts them in the whole list.
    knowing = act._replace(knows=True)
    assert improvising.typed(knowing, shown) == (" ".join(map(str, act.numbers)) if "Тамга" in options else typed)


@pytest.mark.parametrize(
    ("shown", "language", "typed"),
    [
        ("1. Кыргызча\n2. Русский", "ky", "1"),
        ("1. Кыргызча\n2. Русский", "ru", "2"),
        ("1. Русский\n2. Кыргызча", "ky", "2"),
        ("1. Даю согласие\n2. Не даю", "ru", "1"),
    ],
)
def test_they_come_in_by_the_line_of_their_language(shown: str, language: str, typed: str) -> None:
    assert improvising.Respondent(VOICE, 1, language).enters(shown).text == typed


def test_what_a_channel_takes_is_sent_and_nothing_else(tmp_path: Path) -> None:
    kinds = {"image": "image", "audio": "audio", "text": "audio", "geopoint": "place", "integer": ""}
    for type_, kind in kinds.items():
        file = tmp_path / "odd.yaml"
        file.write_text(FORM.format(type=type_, constraint='""'))
        waiting = rehearsal(publishing.prepare([file]).catalogue(), 1)
        for heard in ("", "1"):
            waiting.hear(heard, start="" if heard else "s-odd")
        assert waiting.waiting
        for takes in ({"image", "audio", "place"}, {"place"}, ()):
            respondent = improvising.Respondent(VOICE, 1, "ky", takes)
            done = {respondent.act(*waiting.waiting).kind for _ in range(40)}
            assert done == {"text"} | ({kind} if kind in takes else set())


FORM = """
settings:
  - form_id: odd
    form_title: {{ky: Форма, ru: Форма}}
    ashar::holder: {{ky: а, ru: а}}
    ashar::term: {{ky: 1 жыл, ru: 1 год}}
survey:
  - type: {type}
    name: a
    label: {{ky: Суроо, ru: Вопрос}}
    required: "yes"
    constraint: {constraint}
"""


@pytest.mark.parametrize(
    ("type_", "constraint"),
    [
        ("integer", ". > 1900 and . <= 2026"),
        ("integer", ". mod 7 = 3"),
        ("text", "regex(., '^0[579][0-9]{8}$')"),
        ("text", "string-length(.) = 14 and regex(., '[0-9]+')"),
        ("date", ". <= today() and . >= date('1930-01-01')"),
        ("date", ". > today()"),
        ("integer", "regex(., '^(19|20)[0-9]{2}$')"),
        ("integer", "string-length(.) = 9"),
        ("text", ". = 'NA' or . = 'unknown'"),
        ("decimal", ". > 0.5 and . < 0.75"),
    ],
)
def test_an_answer_is_found_that_the_constraint_takes(tmp_path: Path, type_: str, constraint: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(FORM.format(type=type_, constraint=constraint))
    catalogue = publishing.prepare([file]).catalogue()
    for seed in range(5):
        played = rehearsal(catalogue, seed)
        list(improvising.play(played, "s-odd", seed, "ky"))
        assert len(played.finished) == 1


def test_a_question_that_lets_nobody_past_is_named(tmp_path: Path) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(FORM.format(type="integer", constraint=". > 5 and . < 3"))
    played = rehearsal(publishing.prepare([file]).catalogue(), 1)
    with pytest.raises(improvising.Stuck, match=r"row [0-9]+, question “a”: .* \. > 5 and \. < 3"):
        list(improvising.play(played, "s-odd", 1, "ky"))


def test_an_earlier_answer_is_changed_where_it_leaves_no_room_for_a_later_one(tmp_path: Path) -> None:
    file = tmp_path / "odd.yaml"
    first = "survey:\n  - {type: integer, name: all, label: {ky: a, ru: a}, constraint: .<6, required: 'yes'}"
    asked = FORM.format(type="integer", constraint=". > 10 and ${all} = 3")
    file.write_text(asked.replace("survey:", first))
    catalogue = publishing.prepare([file]).catalogue()
    # Whoever is lucky finds it by chance: all must.
    for seed in range(12):
        played = rehearsal(catalogue, seed)
        list(improvising.play(played, "s-odd", seed, "ky"))
        assert len(played.finished) == 1


PARTS = """
settings: [{form_id: parts, form_title: {ky: Форма, ru: Форма}}]
survey:
  - {type: integer, name: whole, label: {ky: a, ru: a}, constraint: . > 0 and . <= 30, required: 'yes'}
  - {type: integer, name: a, label: {ky: a, ru: a}, constraint: ". >= 0 and . <= ${whole}", required: 'yes'}
  - {type: integer, name: b, label: {ky: a, ru: a}, constraint: ". >= 0 and . <= ${whole}", required: 'yes'}
  - {type: integer, name: c, label: {ky: a, ru: a}, constraint: ". >= 0 and . <= ${whole}", required: 'yes'}
  - {type: integer, name: d, label: {ky: a, ru: a}, constraint: "${a} + ${b} + ${c} + . = ${whole}", required: 'yes'}
  - {type: text, name: again, label: {ky: a, ru: a}, constraint: ". = ${whole}", required: 'yes'}
"""


def test_parts_are_made_to_come_to_the_whole(tmp_path: Path) -> None:
    file = tmp_path / "parts.yaml"
    file.write_text(PARTS)
    catalogue = publishing.prepare([file]).catalogue()
    for seed in range(4):
        played = rehearsal(catalogue, seed)
        list(improvising.play(played, "s-parts", seed, "ky"))
        answers = dict(played.finished[0].answers)
        assert sum(int(str(answers[name])) for name in "abcd") == answers["whole"]
        assert answers["again"] == str(answers["whole"])


#: Of questionnaires as organisations write them: each must be met by somebody who only guesses and works out.
HARD = (
    ("text", "regex(., '^[0-9]{4}$') and . > 1950 and . <= 2026"),
    ("text", "starts-with(., 'HH-') and string-length(.) = 8"),
    ("text", "substr(., 0, 2) = 'KE' and regex(., '.{6}')"),
    ("text", ". = concat('HH', ${people})"),
    ("integer", ". = 7 * 13"),
    ("integer", ". + 3 * ${people} = 1000"),
    ("integer", ". mod 5 = 0 and . > 100 and . < 200"),
    ("decimal", ". = round(${people} div 3, 2)"),
    ("date", "int(format-date(., '%Y')) = 2019"),
    ("date", ". > ${begun} and . < ${begun} + 3"),
    ("select_multiple m", "if(selected(., 'none'), count-selected(.) = 1, count-selected(.) = 3)"),
    ("select_multiple m", "count-selected(.) = 5"),
    ("select_multiple m", "selected(., 'a') and selected(., 'b') and selected(., 'none') and selected(., 'd')"),
    ("rank m", "selected-at(., 5) = 'a' and selected-at(., 0) != 'b'"),
    ("text", "regex(., concat('^KG', ${people}, '-[0-9]{3}$'))"),
    ("decimal", ". > -20.5 and . < -20.1"),
    ("decimal", ". > 0 and . < 0.01"),
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_constraints_of_all_sorts_are_met(seed: int, tmp_path: Path) -> None:
    asked = [("integer", "people", ". > 0"), ("date", "begun", ". < today()")]
    asked += [(kind, f"q{n}", constraint) for n, (kind, constraint) in enumerate(HARD)]
    rows = [
        {"type": kind, "name": name, "label": name, "required": "yes", "constraint": constraint}
        for kind, name, constraint in asked
    ]
    choices = [{"list_name": "m", "name": name, "label": name} for name in ("a", "b", "c", "d", "e", "none")]
    file = tmp_path / "hard.yaml"
    file.write_text(json.dumps({"survey": rows, "choices": choices, "settings": {"form_id": "hard"}}))
    played = rehearsal(publishing.prepare([file]).catalogue(), seed)
    *_, _last = improvising.play(played, "s-hard", seed, "ru")
    assert len(played.finished) == 1


CHILDREN = """
settings: [{form_id: children, form_title: {ky: Форма, ru: Форма}}]
survey:
  - {type: begin repeat, name: member, label: {ky: a, ru: a}, repeat_count: '3'}
  - {type: integer, name: months, label: {ky: a, ru: a}, constraint: . >= 0 and . < 1200, required: 'yes'}
  - {type: calculate, name: small, calculation: "if(${months} <= 59, 'yes', 'no')"}
  - {type: end repeat}
  - {type: integer, name: line, label: {ky: a, ru: a}, required: 'yes',
     constraint: ". > 0 and indexed-repeat(${small}, ${member}, .) = 'yes' and
       indexed-repeat(${months}, ${member}, .) >= 9"}
"""


def test_who_is_asked_for_later_is_put_among_those_named_before(tmp_path: Path) -> None:
    file = tmp_path / "children.yaml"
    file.write_text(CHILDREN)
    catalogue = publishing.prepare([file]).catalogue()
    for seed in range(12):
        played = rehearsal(catalogue, seed)
        list(improvising.play(played, "s-children", seed, "ky"))
        answers = dict(played.finished[0].answers)
        assert 9 <= int(str(answers[f"months#{answers['line']}"])) <= 59


LOOKED_UP = """
settings: [{form_id: visits, form_title: {ky: Форма, ru: Форма}}]
survey:
  - {type: select_one_from_file villages.csv, name: village, label: {ky: a, ru: a}, required: 'yes'}
  - {type: text, name: id, label: {ky: a, ru: a}, required: 'yes',
     constraint: "pulldata('homes', 'village', 'id', .) = ${village}"}
  - {type: integer, name: number, label: {ky: a, ru: a}, required: 'yes',
     constraint: "pulldata('homes', 'head', 'id', concat(${village}, '/', .)) != ''"}
  - {type: text, name: visitor, label: {ky: a, ru: a}, required: 'yes'}
  - {type: calculate, name: pin, calculation: "pulldata('visitors', 'pin', 'name', ${visitor})"}
  - {type: text, name: secret, label: {ky: a, ru: a}, required: 'yes', constraint: ". = ${pin} and . != ''"}
"""


@pytest.mark.parametrize("seed", range(4))
def test_what_is_looked_up_in_a_list_is_written_as_it_stands_there(seed: int, tmp_path: Path) -> None:
    villages, homes = [f"v{n}" for n in range(20)], [(n % 20, n // 20 + 1) for n in range(400)]
    rows = [f"v{n}/{home},v{n},head{home}" for n, home in homes]
    (tmp_path / "villages.csv").write_text("\n".join(["name,label", *(f"{name},{name}" for name in villages)]))
    (tmp_path / "homes.csv").write_text("\n".join(["id,village,head", *rows]))
    (tmp_path / "visitors.csv").write_text("name,pin\nUlan/7,4821\nAida/9,1177\n")
    file = tmp_path / "visits.yaml"
    file.write_text(LOOKED_UP)
    played = rehearsal(publishing.prepare([file]).catalogue(), seed)
    list(improvising.play(played, "s-visits", seed, "ru"))
    answers = dict(played.finished[0].answers)
    assert str(answers["id"]).startswith(f"{answers['village']}/")
    assert {"Ulan/7": "4821", "Aida/9": "1177"}[str(answers["visitor"])] == answers["secret"]
