"""One message for one form: conditions, constraints, skipping, going back, rounds, media, changing an answer."""

from __future__ import annotations

import dataclasses

import pytest

from bot.engine import flow, form, messages, passage, state
from tests.engine import small, walking


def walk(*texts: walking.Said, definition: form.Form = small.VILLAGE) -> flow.Step:
    """The last step of a walk; "<" goes back and ">" skips."""
    return walking.walk(definition, *texts)


def msgids(step: flow.Step) -> list[str]:
    return [line.msgid if isinstance(line, messages.Phrase) else line.text["ru"] for line in step.lines]


def test_a_walk_asks_what_is_relevant_and_ends() -> None:
    assert walk().state.at == "home"
    assert walk("yes").state.at == "village"
    assert walk("no").state.at == "age"
    assert walk("no", "17").state.at == "parent"
    assert walk("no", "18").state.at == "top"
    end = walk("no", "18", "1 2 3", "1")
    assert end.finished
    assert end.state.at == ""


def test_an_answer_that_is_no_longer_relevant_counts_for_nothing() -> None:
    step = walk("yes", "Кара-Ой", "40", "<", "<", "<", "no")
    assert step.state.answer("village") == "Кара-Ой", "kept, in case they come back to it"
    assert passage.counted(small.VILLAGE, step.state) == {"home": "no", "age": 40}


def test_a_refusal_ends_it() -> None:
    step = walk("no", "17", "no")
    assert step.refused
    assert not step.finished
    assert not walk("no", "17", "yes").refused


def test_a_constraint_says_its_own_message_with_its_references() -> None:
    step = walk("yes", "Кара-Ой", "9")
    assert step.missed
    assert step.state.at == "age"
    (line,) = step.lines
    assert isinstance(line, messages.Written)
    assert line.text["ru"] == "${village}: с 14"
    assert line.params == {"village": "Кара-Ой"}


def test_what_is_required_cannot_be_skipped() -> None:
    step = walk(">")
    assert step.missed
    assert step.state.at == "home"
    assert msgids(step) == ["This question needs an answer. You can also write “back” or “stop”."]


def test_what_is_optional_can_be_skipped_and_answered_later() -> None:
    step = walk("yes", ">")
    assert (step.state.at, step.state.skipped) == ("age", ("village",))
    step = walk("yes", ">", "<", "Кара-Ой")
    assert (step.state.skipped, step.state.answer("village")) == ((), "Кара-Ой")
    step = walk("yes", "Кара-Ой", "<", ">")
    assert step.state.answer("village") is None


@pytest.mark.parametrize("on", ["дальше", "кийинки", "next"])
def test_on_the_way_forward_again_what_was_answered_stays(on: str) -> None:
    back = ("yes", "Кара-Ой", "<", "<")
    assert walk(*back, on).state == walk("yes", "Кара-Ой", "<").state, "also where an answer is needed"
    assert walk(*back, on, on).state == walk("yes", "Кара-Ой").state
    assert walk(*back, ">", ">").state.answer("village") is None, "but to skip is to take it back"
    assert walk(*back, "no", on).state.skipped == ("age",)
    shown = walking.shown(small.VILLAGE, walk(*back).state)
    assert "Ваш прежний ответ: yes (ru). Чтобы оставить, напишите «дальше»." in shown


def test_dont_know_passes_over_unless_it_is_an_answer() -> None:
    assert walk("no", "билбейм").state.skipped == ("age",)
    assert walk("yes", "не знаю").state.answer("village") == "не знаю", "in words it is an answer"
    picked = walk("no", "30", "билбейм")
    assert picked.state.picked == ("dont_know",), "an option of the list is an option"


@pytest.mark.parametrize("said", ["не знаю", "Билбейм.", "мен билбейм", "затрудняюсь"])
def test_dont_know_is_an_option_under_whatever_name(said: str) -> None:
    words = {"ky": "Билбейм", "ru": "Не знаю, затрудняюсь ответить"}
    unknown: dict[str, object] = {"list_name": "n", "name": "98", "label": words}
    options = [*small.choices("n", "one", "two"), unknown | {"name": "dk"}]
    rows = [{"type": "select_one n", "name": "it"}, {"type": "text", "name": "end"}]
    assert walk(said, definition=small.made(rows, options)).state.answer("it") == "dk"
    numbered = [*small.choices("n", "one", "two"), unknown]
    assert walk(said, definition=small.made(rows, numbered)).state.answer("it") == "98"


@pytest.mark.parametrize("said", ["билбейм", "не помню", "эсимде жок", "я не знаю"])
def test_who_does_not_know_where_an_answer_is_needed_is_helped_on(said: str) -> None:
    step = walk("no", "17", said)
    assert (step.state.at, step.missed) == ("parent", True)
    assert msgids(step) == ["Please choose whatever comes nearest."]
    age = small.made([{"type": "integer", "name": "age", "required": "yes"}])
    assert msgids(walk(said, definition=age)) == ["Roughly is fine too."]
    refused = walk("айткым келбейт", definition=age)
    assert msgids(refused) == ["This question needs an answer. You can also write “back” or “stop”."]
    assert walk("no", said).state.skipped == ("age",)
    assert walk("no", "не скажу").state.skipped == ("age",)


@pytest.mark.parametrize("said", ["жок", "не знаю", "айткым келбейт", "нету"])
@pytest.mark.parametrize("kind", ["image", "audio", "geopoint"])
def test_none_is_no_picture_no_voice_and_no_place(kind: str, said: str) -> None:
    rows = [{"type": kind, "name": "it"}, {"type": "text", "name": "end"}]
    assert walk(said, definition=small.made(rows)).state.skipped == ("it",)
    assert walk("жолдун боюнда", definition=small.made(rows)).state.answer("it") == "жолдун боюнда"
    needed = walk(said, definition=small.made([{**rows[0], "required": "yes"}, rows[1]]))
    assert msgids(needed) == ["This question needs an answer. You can also write “back” or “stop”."]


def test_none_of_a_list_passes_it_over_unless_it_is_an_option() -> None:
    rows = [{"type": "select_multiple n", "name": "it"}, {"type": "text", "name": "end"}]
    definition = small.made(rows, small.choices("n", "one", "two"))
    assert [walk(said, definition=definition).state.skipped for said in ("эч бири", "жок", "ничего")] == [("it",)] * 3
    none: dict[str, object] = {"list_name": "n", "name": "0", "label": {"ky": "Эч бири", "ru": "Ничего из этого"}}
    definition = small.made(rows, [*small.choices("n", "one", "two"), none])
    assert walk("ничего", definition=definition).state.answer("it") == ("0",)


def test_back_takes_back_one_pick_and_then_one_question() -> None:
    assert walk("no", "30", "2", "4", "<").state.picked == walk("no", "30", "2").state.picked
    step = walk("no", "30", "2", "<", "<")
    assert (step.state.at, step.state.picked) == ("age", ())
    first = walk("<")
    assert (first.state.at, first.missed) == ("home", False)
    assert msgids(first) == ["This is the first question."]


@pytest.mark.parametrize(
    "texts", [("yes",), ("yes", "Кара-Ой"), ("yes", ">"), ("no", "30"), ("no", "30", "1 2 3"), ("no", "16", "yes")]
)
def test_back_and_the_same_answer_changes_nothing(texts: tuple[str, ...]) -> None:
    assert walk(*texts, "<", texts[-1]).state == walk(*texts).state


YES_NO = small.choices("yn", "yes", "no")
CHILDREN = small.made(
    [
        {"type": "text", "name": "mother"},
        {"type": "begin_repeat", "name": "child"},
        {"type": "integer", "name": "age", "required": "yes"},
        {"type": "select_one yn", "name": "school", "relevant": "${age} >= 7"},
        {"type": "end_repeat"},
        {"type": "text", "name": "wish"},
    ],
    YES_NO,
)
FAMILY = ("Айгүл", "да", "9", "нет", "ещё", "3", "нет")


def test_rounds_are_added_until_nobody_wants_another() -> None:
    at = [walk(*FAMILY[:n], definition=CHILDREN).state.at for n in range(len(FAMILY) + 1)]
    assert at == ["mother", "child#1", "age#1", "school#1", "child#2", "age#2", "child#3", "wish"]
    end = walk(*FAMILY, "мост", definition=CHILDREN)
    assert end.finished
    assert passage.counted(CHILDREN, end.state) == {
        "mother": "Айгүл",
        "child#1": "yes",
        "age#1": 9,
        "school#1": "no",
        "child#2": "yes",
        "age#2": 3,
        "child#3": "no",
        "wish": "мост",
    }


def test_none_at_all_is_one_answer() -> None:
    assert walk("Айгүл", "2", definition=CHILDREN).state.at == "wish"


def test_back_leads_through_rounds_and_a_round_given_up_comes_back() -> None:
    back = walk(*FAMILY, *"<<<<<<", definition=CHILDREN)
    assert back.state.at == "child#1"
    none = walking.on(CHILDREN, back.state, "нет")
    assert none.state.at == "wish"
    assert passage.counted(CHILDREN, none.state) == {"mother": "Айгүл", "child#1": "no"}
    again = walking.on(CHILDREN, none.state, "<", "да")
    assert passage.counted(CHILDREN, again.state) == passage.counted(CHILDREN, walk(*FAMILY, definition=CHILDREN).state)


@pytest.mark.parametrize("length", range(1, len(FAMILY) + 1))
def test_back_and_the_same_answer_changes_nothing_in_a_repeat(length: int) -> None:
    texts = FAMILY[:length]
    assert walk(*texts, "<", texts[-1], definition=CHILDREN).state == walk(*texts, definition=CHILDREN).state


def test_add_another_is_no_question_to_pass_over() -> None:
    assert walk("Айгүл", ">", definition=CHILDREN).missed
    assert walk("Айгүл", "билбейм", definition=CHILDREN).missed


def test_a_form_in_which_nothing_is_asked_stands_nowhere() -> None:
    definition = small.made([{"type": "note", "name": "hello"}])
    assert flow.begin(definition, walking.fresh(definition)).at == ""


def test_a_question_that_went_away_lets_through_to_what_is_open() -> None:
    lost = dataclasses.replace(walk("no", "30").state, at="parent")
    step = walking.on(small.VILLAGE, lost, "что угодно")
    assert (step.state.at, step.missed) == ("top", False)


def test_once_is_kept_whatever_changes_later() -> None:
    definition = small.made(
        [
            {"type": "calculate", "name": "code", "calculation": "once(random())"},
            {"type": "calculate", "name": "told", "calculation": "once(${name})"},
            {"type": "text", "name": "name"},
            {"type": "text", "name": "end"},
        ]
    )
    first = walk("Айгүл", definition=definition).state
    assert set(dict(first.answers)) == {"code", "told", "name"}
    changed = walking.on(definition, first, "<", "Бакыт").state
    assert (changed.answer("told"), changed.answer("name")) == ("Айгүл", "Бакыт")
    assert changed.answer("code") == first.answer("code")


# -- what is sent ------------------------------------------------------------------------------------------

SENT = {
    "image": {"image"},
    "audio": {"audio", "text"},
    "place": {"geopoint"},
    "media": set(),
}
KINDS = ("text", "geopoint", "image", "audio", "integer", "date", "select_one yn", "acknowledge")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sent", SENT)
def test_what_is_sent_answers_what_asks_for_it(kind: str, sent: str) -> None:
    definition = small.made([{"type": kind, "name": "it"}, {"type": "integer", "name": "end"}], YES_NO)
    step = walk((sent, "42.49 78.39 1700 5"), definition=definition)
    if kind.split()[0] not in SENT[sent]:
        assert step.missed
        assert (step.state.at, step.state.answers) == ("it", ())
    else:
        answer: state.Answer = "42.49 78.39 1700 5" if sent == "place" else state.Media(f"{sent}-id", sent)
        assert (step.state.at, step.state.answer("it")) == ("end", answer)


@pytest.mark.parametrize("kind", ["text", "geopoint", "image", "audio"])
def test_words_always_do(kind: str) -> None:
    definition = small.made([{"type": kind, "name": "it"}, {"type": "integer", "name": "end"}])
    assert walk("Көпүрөнүн жанында", definition=definition).state.answer("it") == "Көпүрөнүн жанында"


def test_an_expression_sees_what_was_sent_as_text() -> None:
    definition = small.made(
        [
            {"type": "text", "name": "it"},
            {"type": "integer", "name": "more", "relevant": "string-length(${it}) > 0"},
        ]
    )
    assert walk(("audio", ""), definition=definition).state.at == "more"


def test_all_right_is_said_in_many_ways() -> None:
    definition = small.made([{"type": "acknowledge", "name": "it"}, {"type": "integer", "name": "end"}])
    for text in ("1", "ок", "ооба", "да", "макул"):
        assert walk(text, definition=definition).state.answer("it") == "OK", text
    assert walk("жок", definition=definition).missed


# -- long lists --------------------------------------------------------------------------------------------

LONG = small.made(
    [{"type": "select_one n", "name": "which"}, {"type": "text", "name": "end"}],
    [
        {"list_name": "n", "name": f"n{n}", "label": {"ky": f"айыл {n}", "ru": f"{words} {n}"}}
        for n, words in enumerate(["село"] * 20 + ["город"] * 5, start=1)
    ],
)


def test_more_turns_the_page_and_behind_the_last_comes_the_first() -> None:
    pages = [walk(*"+" * n, definition=LONG).state.page for n in range(4)]
    assert pages == [0, 1, 2, 3]
    assert walking.shown(LONG, walk(*"+++", definition=LONG).state)[2] == "1. село 1"


def test_any_number_of_the_list_is_taken_shown_or_not() -> None:
    for before in ((), ("+",), ("город",)):
        step = walk(*before, "7", definition=LONG)
        assert (step.state.answer("which"), step.state.at) == ("n7", "end")
        assert (step.state.page, step.state.narrowed) == (0, ())


def test_first_letters_narrow_a_list_and_back_shows_all_of_it() -> None:
    few = walk("горо", definition=LONG)
    assert (few.missed, few.state.narrowed) == (False, ("n21", "n22", "n23", "n24", "n25"))
    assert walking.said(few.lines) == ["Что из этого вы имели в виду?"]
    assert walking.on(LONG, few.state, "горо").missed, "the same again helps nobody"
    back = walking.on(LONG, few.state, "<")
    assert (back.state.narrowed, back.state.at) == ((), "which")
    many = walking.on(LONG, back.state, "село", "+")
    assert walking.shown(LONG, many.state)[1] == "11. село 11"


def test_more_is_a_word_like_any_other_where_there_is_no_more() -> None:
    assert walk("7", "+", definition=LONG).state.answer("end") == "дагы"


# -- changing an answer ------------------------------------------------------------------------------------


def finished(*texts: str, definition: form.Form = small.VILLAGE) -> state.State:
    step = walk(*texts, definition=definition)
    assert step.finished
    return dataclasses.replace(step.state, ended="2027-03-01T10:00:00+00:00")


GROWN = ("no", "30", "1 2 3", "1")


def test_after_a_change_only_what_it_opens_is_asked() -> None:
    done = finished(*GROWN)
    young = walking.change(small.VILLAGE, done, "age", "17")
    assert (young.state.at, young.state.changing, young.reviewed) == ("parent", True, False)
    over = walking.on(small.VILLAGE, young.state, "yes")
    assert (over.state.at, over.state.changing, over.reviewed, over.finished) == ("", False, True, False)
    assert over.state.ended == done.ended
    same = walking.change(small.VILLAGE, done, "age", "31")
    assert (same.reviewed, same.state.answer("age")) == (True, 31)


def test_to_and_fro_counts_as_before() -> None:
    done = finished("yes", "Кара-Ой", *GROWN[1:])
    away = walking.change(small.VILLAGE, done, "home", "no").state
    assert "village" not in passage.counted(small.VILLAGE, away)
    back = walking.change(small.VILLAGE, away, "home", "yes")
    assert back.reviewed, "nothing is asked twice"
    assert passage.counted(small.VILLAGE, back.state) == passage.counted(small.VILLAGE, done)


def test_back_gives_a_change_up() -> None:
    done = finished(*GROWN)
    step = walking.change(small.VILLAGE, done, "age", "<")
    assert (step.reviewed, step.state) == (True, done)


def test_an_answer_may_be_taken_back_by_passing_the_question_over() -> None:
    step = walking.change(small.VILLAGE, finished(*GROWN), "age", ">")
    assert (step.reviewed, step.state.answer("age"), step.state.skipped) == (True, None, ("age",))


def test_on_the_way_a_change_fills_gaps_and_leaves_what_lies_ahead() -> None:
    midway = walk("no", "30", "1 2 3").state
    assert midway.at == "all"
    step = walking.change(small.VILLAGE, midway, "home", "yes")
    assert (step.state.at, step.state.changing) == ("village", True)
    over = walking.on(small.VILLAGE, step.state, "Кара-Ой")
    assert (over.state.at, over.state.changing, over.reviewed) == ("all", False, True)
    given_up = walking.change(small.VILLAGE, midway, "home", "<")
    assert (given_up.state, given_up.reviewed) == (midway, True)


def test_a_change_that_leaves_nothing_open_ends_it() -> None:
    definition = small.made(
        [
            {"type": "select_one yn", "name": "farms", "required": "yes"},
            {"type": "text", "name": "what", "relevant": "${farms} = 'yes'"},
        ],
        YES_NO,
    )
    step = walking.change(definition, walk("yes", definition=definition).state, "farms", "no")
    assert (step.finished, step.reviewed, step.state.changing) == (True, False, False)


def test_a_round_is_added_afterwards() -> None:
    done = finished(*FAMILY, "мост", definition=CHILDREN)
    step = walking.change(CHILDREN, done, "child#3", "да", "12")
    assert step.state.at == "school#3"
    over = walking.on(CHILDREN, step.state, "да", "нет")
    assert over.reviewed
    assert passage.counted(CHILDREN, over.state)["age#3"] == 12


def test_a_question_waits_five_minutes_at_most() -> None:
    response = walk().state
    assert flow.waited(response, "home", 0) == response
    once = flow.waited(response, "home", 40.4)
    assert once.spent == (("home", 40),)
    assert flow.waited(once, "home", 20).spent == (("home", 60),)
    assert flow.waited(once, "home", 86_400).spent == (("home", 300),)
    assert flow.waited(once, "age#2.1", -5).spent == (("home", 40),)
