"""Walking through a form: conditions, order of options, constraints, skipping, going back."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from bot.engine import commands, flow, form, messages, state
from tests.engine import small

BACK, SKIP = commands.Command.BACK, commands.Command.SKIP
FRESH = state.State(form=small.VILLAGE.version, seed="0" * 16, begun="2027-03-01T09:00:00+00:00")


def walk(*texts: str, seed: str = "0" * 16, definition: form.Form = small.VILLAGE) -> flow.Step:
    """The last step of a walk; "<" goes back and ">" skips."""
    step = flow.Step(flow.begin(definition, dataclasses.replace(FRESH, form=definition.version, seed=seed)))
    for text in texts:
        command = {"<": BACK, ">": SKIP}.get(text)
        step = flow.advance(definition, step.state, text, command)
    return step


def msgids(step: flow.Step) -> list[str]:
    return [line.msgid if isinstance(line, messages.Phrase) else line.text["ru"] for line in step.lines]


def shown(response: state.State) -> list[str]:
    question = small.VILLAGE.question(response.at)
    assert question
    view = flow.passage(small.VILLAGE, response)
    return [choice.name for choice in flow.options(question, response, view)]


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
    assert flow.counted(small.VILLAGE, step.state) == {"home": "no", "age": 40}


def test_a_refusal_ends_it() -> None:
    step = walk("no", "17", "no")
    assert step.refused
    assert not step.finished
    assert not walk("no", "17", "yes").refused


@pytest.mark.parametrize("seed", [f"{n:016x}" for n in range(20)])
def test_the_order_of_options_is_kept_and_the_last_ones_are_last(seed: str) -> None:
    step = walk("no", "30", seed=seed)
    order = shown(step.state)
    assert order[-2:] == ["other", "dont_know"]
    assert Counter(order) == Counter(choice.name for choice in small.VILLAGE.questions[7].choices)
    picked = flow.advance(small.VILLAGE, step.state, "2", None).state
    assert shown(picked) == order
    back = walk("no", "30", "1 2 3", "<", seed=seed).state
    assert shown(back) == order


def test_every_option_comes_first_for_somebody_and_about_equally_often() -> None:
    firsts = Counter(shown(walk("no", "30", seed=f"{n:016x}").state)[0] for n in range(400))
    assert len(firsts) == 8
    assert 25 < min(firsts.values()) <= max(firsts.values()) < 90


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


def test_dont_know_passes_over_unless_it_is_an_answer() -> None:
    assert walk("no", "билбейм").state.skipped == ("age",)
    assert walk("yes", "не знаю").state.answer("village") == "не знаю", "in words it is an answer"
    picked = walk("no", "30", "билбейм")
    assert picked.state.picked == ("dont_know",), "an option of the list is an option"


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


def test_progress_stands_before_the_question_and_notes_before_both() -> None:
    asking = flow.asking(small.VILLAGE, walk().state, {})
    assert [(line.prefix, line.text["ky"]) for line in asking.lines if isinstance(line, messages.Written)] == [
        ("", "welcome (ky)"),
        ("(1/4) ", "home (ky)"),
    ]
    later = flow.asking(small.VILLAGE, walk("yes", ">", "16").state, {})
    assert isinstance(later.lines[0], messages.Written)
    assert later.lines[0].prefix == "(4/6) "


def test_buttons_beside_the_options_are_those_that_work() -> None:
    assert flow.asking(small.VILLAGE, walk().state, {}).actions == ()
    assert flow.asking(small.VILLAGE, walk("yes").state, {}).actions == ("back", "skip")
    assert flow.asking(small.VILLAGE, walk("no", "16").state, {}).actions == ("back",)


def test_a_ranking_shows_what_is_picked_and_asks_for_the_rest() -> None:
    asking = flow.asking(small.VILLAGE, walk("no", "30", "2", "5").state, {})
    assert [option.picked for option in asking.options] == [0, 1, 0, 0, 2, 0, 0, 0, 0, 0]
    assert asking.pick == 3
    assert asking.foot[0] == messages.phrase("{n} of {pick} chosen. Now the number of the next one.", n=2, pick=3)


def test_references_are_filled_with_labels_values_and_what_is_given() -> None:
    asking = flow.asking(small.VILLAGE, walk("no", "30", "1 2 3").state, {"group": "unused"})
    assert isinstance(asking.lines[0], messages.Written)
    assert asking.lines[0].params == {"group": "unused"}
    home = {"ky": "${home}", "ru": "${home}"}
    view = flow.passage(small.VILLAGE, walk("yes").state)
    assert flow.references(home, view, {}, small.VILLAGE) == {"home": small.text("yes")}


def test_a_filter_leaves_only_what_fits_and_an_answer_that_no_longer_fits_falls_away() -> None:
    definition = small.made(
        [
            {"type": "select_one region", "name": "region"},
            {"type": "select_one village", "name": "village", "choice_filter": "of = ${region}"},
            {"type": "text", "name": "more"},
        ],
        small.choices("region", "north", "south")
        + [{"list_name": "village", "name": n, "of": of, "label": small.text(n)} for n, of in
           (("a", "north"), ("b", "south"), ("c", "south"))],
    )  # fmt: skip
    step = walk("south", "2", definition=definition)
    assert step.state.answer("village") == "c"
    moved = walk("south", "2", "<", "<", "north", definition=definition)
    assert "village" not in flow.counted(definition, moved.state)
    assert flow.advance(definition, moved.state, "2", None).missed
