"""Plain text: what every channel falls back on."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import base, plain

SMS = base.Capabilities(text=1600, segments=True)
EXTENSION = "€^{}[]~|\\"
CYRILLIC = "өүңабвгдежзийк"

#: Texts as people and forms write them: words, lines, hard spaces, emoji, and words too long for a message.
WORDS = st.text(st.sampled_from("abcxyz" + CYRILLIC + EXTENSION + "😀1,.\u00a0\u202f"), min_size=1, max_size=12)
TEXTS = st.lists(
    st.tuples(WORDS | st.text(min_size=1, max_size=200), st.sampled_from([" ", "\n", "\n\n", "  "])),
    max_size=40,
).map(lambda parts: "".join(word + gap for word, gap in parts))
LIMITS = st.builds(base.Capabilities, text=st.integers(min_value=2, max_value=300)) | st.just(SMS)


def button(label: str, description: str = "", picked: int = 0, sends: str = "") -> base.Button:
    return base.Button(label, sends or label, description, picked)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_options_are_numbered_lines_between_question_and_hint() -> None:
    outbound = base.Outbound(
        head="Эмне керек?",
        options=(button("Суу", "ичүүчү", sends="11"), button("Жол", picked=1, sends="12")),
        foot="11 же 12",
    )
    assert plain.numbered(outbound) == "Эмне керек?\n11. Суу (ичүүчү)\n12. Жол ✓1\n11 же 12"


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 153 is odd, so one septet of each segment stays empty: an escape is never torn from its character.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("ө" * 70, 1),
        ("ө" * 71, 2),
        ("ө" * 134, 2),
        ("ө" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("a" * 69 + "\u00a0", 1),
        ("a" * 70 + "\u00a0", 2),
        ("✓" + "a" * 69, 1),
        ("x`", 1),
    ],
)
def test_segments_are_counted_as_operators_count_them(text: str, segments: int) -> None:
    assert plain.sms_segments(text) == segments


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 10, [""]),
        ("бир эки", 10, ["бир эки"]),
        ("бир эки үч", 8, ["бир эки", "үч"]),
        ("бир эки\nүч төрт", 11, ["бир эки", "үч төрт"]),
        # Whole lines stay together, unless the next fits no message anyway.
        ("бир\nэки үч\nтөрт", 9, ["бир", "эки үч", "төрт"]),
        ("бир\nэки үч төрт беш", 10, ["бир\nэки үч", "төрт беш"]),
        ("абвгдежз", 3, ["абв", "где", "жз"]),
        ("аб вгдежз", 4, ["аб", "вгде", "жз"]),
        ("баасы 1\u00a0250 сом", 9, ["баасы", "1\u00a0250 сом"]),
        ("😀😀😀", 3, ["😀", "😀", "😀"]),
    ],
)
def test_a_long_text_is_cut_at_lines_then_at_words(text: str, limit: int, pieces: list[str]) -> None:
    assert plain.split(text, base.Capabilities(text=limit)) == pieces


def test_a_kyrgyz_question_with_eight_options_keeps_its_options_whole_on_sms() -> None:
    options = tuple(button(f"{number}-муктаждык, кыскача айтканда") for number in range(1, 9))
    outbound = base.Outbound(head="Үй-бүлөңүзгө эң керектүү үчөөнү тандаңыз.", options=options, pick=3)
    texts = [each.head for each in plain.pieces(outbound, SMS)]
    assert all(plain.sms_segments(text) == 1 for text in texts)
    assert "\n".join(texts) == plain.numbered(outbound)


@given(text=TEXTS, capabilities=LIMITS)
def test_every_piece_fits_and_only_white_space_is_lost(text: str, capabilities: base.Capabilities) -> None:
    pieces = plain.split(text, capabilities)
    for piece in pieces:
        assert plain.units(piece) <= capabilities.text
        assert not capabilities.segments or plain.sms_segments(piece) == 1
        assert piece.strip() or len(pieces) == 1
    whole = plain.plain_spaces(text) if capabilities.segments else text
    at = 0
    for piece in pieces:
        found = whole.index(piece, at)
        assert not whole[at:found].strip()
        at = found + len(piece)
    assert not whole[at:].strip()


@given(words=st.lists(st.text(st.sampled_from(CYRILLIC), min_size=1, max_size=10), max_size=60))
def test_a_word_that_fits_is_never_cut(words: list[str]) -> None:
    pieces = plain.split(" ".join(words), base.Capabilities(text=10))
    assert " ".join(pieces).split() == words


@given(
    outbound=st.builds(
        base.Outbound,
        head=TEXTS,
        options=st.lists(st.builds(button, WORDS, WORDS | st.just("")), max_size=8).map(tuple),
        foot=TEXTS | st.just(""),
        pick=st.integers(0, 3),
        actions=st.lists(st.builds(button, WORDS), max_size=3).map(tuple),
        edits=st.just("message"),
        callback=st.just("tap"),
    ),
    capabilities=LIMITS,
)
def test_pieces_say_everything_once_and_the_buttons_come_last(
    outbound: base.Outbound, capabilities: base.Capabilities
) -> None:
    pieces = plain.pieces(outbound, capabilities)
    texts = [plain.plain_spaces(plain.numbered(piece)) for piece in pieces]
    assert squeezed("".join(texts)) == squeezed(plain.numbered(outbound))
    assert all(plain.units(text) <= capabilities.text for text in texts)
    assert not capabilities.segments or all(plain.sms_segments(text) == 1 for text in texts)
    assert not any(piece.options or piece.actions or piece.foot for piece in pieces[:-1])
    assert pieces[-1].actions == outbound.actions
    assert pieces[-1].options in (outbound.options, ())
    assert [(piece.edits, piece.callback) for piece in pieces[1:]] == [("", "")] * (len(pieces) - 1)
    assert (pieces[0].edits, pieces[0].callback) == ("message", "tap")


def test_what_fits_is_sent_as_it_is() -> None:
    outbound = base.Outbound(head="Саламатсызбы!", options=(button("Ооба"),), edits="5", callback="c")
    assert plain.pieces(outbound, SMS) == [outbound]
    # 100 Latin letters with a hard space fit one SMS, because it will be sent with a plain one.
    outbound = base.Outbound(head="a" * 100 + "\u00a0" + "a")
    assert plain.pieces(outbound, SMS) == [outbound]


def test_a_long_story_goes_before_the_buttons() -> None:
    options = (button("Ооба"), button("Жок"))
    outbound = base.Outbound(head="сөз " * 30, options=options, foot="1 же 2", pick=1, edits="5", callback="c")
    first, last = plain.pieces(outbound, base.Capabilities(text=110))
    assert (first.options, first.edits, first.callback, first.pick) == ((), "5", "c", 0)
    assert (last.options, last.foot, last.edits, last.callback, last.pick) == (options, "1 же 2", "", "", 1)
