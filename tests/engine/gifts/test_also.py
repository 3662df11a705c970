"""What was given beside what a campaign asks for: every thing and unit has its words, and is read back as itself."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from bot import wording
from bot.engine import doubting, drafting, form, giving, messages
from bot.engine.gifts import also, pieces, wares
from tests import talking

_, _, SUU = talking.flows()


def heard(words: str, campaign: messages.Campaign = SUU, *, given: bool = True) -> drafting.Draft:
    return drafting.Ear(campaign, messages.Facts({}, {}, {}), talking.START.date(), given=given).heard(words)


def said(words: str, language: str) -> str:
    """What is said back of the only gift in the words."""
    [offer] = heard(words).offers
    return wording.Voice().say(doubting.offered(offer, SUU), language)


@pytest.mark.parametrize(
    ("words", "kyrgyz", "russian"),
    [
        ("бир кой", "1 баш (кой)", "1 голова (овцы)"),
        ("камаз кум", "1 камаз (кум)", "1 камаз (песок)"),
        ("2 камаз кум", "2 камаз (кум)", "2 камаза (песок)"),
        ("трактор на 5 дней", "5 күн (трактор)", "5 дней (трактор)"),
        ("500 кг картошки", "500 килограмм (картошка)", "500 килограммов (картофель)"),
        ("2 сварщика", "2 киши (ширетүүчү)", "2 человека (сварщик)"),
        ("3 окна", "3 даана (терезе)", "3 штуки (окна)"),
    ],
)
def test_what_nobody_asked_for_is_said_back_as_it_was_meant(words: str, kyrgyz: str, russian: str) -> None:
    assert (said(words, "ky"), said(words, "ru")) == (kyrgyz, russian)


def test_every_thing_and_unit_that_is_read_can_be_written_down() -> None:
    for thing in wares.KIND.keys() - {"money"}:
        for unit in ("", *also.UNITS):
            offer = also.offer(pieces.Unasked(thing, Decimal(2), "", unit))
            assert offer is not None, (thing, unit)
            assert not giving.is_money(offer)
            assert len(offer.need) <= 32
            need = also.need(offer.need)
            assert need is not None
            assert (need.kind, need.minimum, need.optimum) == (wares.KIND[thing], Decimal(0), Decimal(0))
            assert [len(need.unit[language]) for language in form.LANGUAGES] == [1, 3]


def test_a_correction_is_read_in_the_things_own_unit() -> None:
    ear = drafting.Ear(SUU, messages.Facts({}, {}, {}), talking.START.date(), given=True)
    for words in ("3", "3 кой"):
        assert ear.amount("also-sheep-head", words) == messages.Offer("also-sheep-head", Decimal(3), "also-sheep-head")


def test_money_and_work_are_read_where_a_campaign_asks_for_neither() -> None:
    cement = dataclasses.replace(SUU, needs=tuple(need for need in SUU.needs if need.kind == "material"))
    assert heard("100$", cement).offers == (messages.Offer(also.MONEY, Decimal(100), "USD"),)
    assert heard("3 күн жумуш", cement).offers == (messages.Offer(also.WORK, Decimal(3), also.WORK),)
    doubt = heard("5000", cement).doubt
    assert doubt is not None
    assert [str(each) for each in doubting.choices(doubt, cement)]
    # Where it asks for them, they are what it asks for.
    assert [each.need for each in heard("3 күн жумуш, 100 сом").offers] == ["labour", "money"]


def test_givers_are_not_asked_for_what_is_not_needed() -> None:
    draft = heard("бир кой", given=False)
    assert (draft.offers, len(draft.aside)) == ((), 1)


@pytest.mark.parametrize("words", ["кум", "сварщик", "такси"])
def test_without_a_number_nothing_is_written_down(words: str) -> None:
    draft = heard(words)
    assert (draft.offers, len(draft.aside)) == ((), 1)


@pytest.mark.parametrize(
    "name", ["also-", "also-sheep", "also-sheep-", "also-carpet-piece", "cement", "also-money-head"]
)
def test_no_other_name_is_a_built_in_needs(name: str) -> None:
    assert also.need(name) is None


@pytest.mark.parametrize("words", ["5 бумбурумов", "2 комплекта формы", "7 самовара", "12 тррр"])
def test_what_has_no_word_is_asked_about_and_counted_as_what_it_is_said_to_be(words: str) -> None:
    doubt = heard(words).doubt
    assert doubt is not None
    assert (doubt.said, doubt.quantity) == (words, Decimal(words.split()[0]))
    voice = wording.Voice()
    assert f"«{words}»" in voice.lines(doubting.question(doubt, SUU), "ru")
    names = [name for name, _ in doubting.choices(doubt, SUU)]
    assert names[-1] == ""
    ear = drafting.Ear(SUU, messages.Facts({}, {}, {}), talking.START.date(), given=True)
    chosen = [ear.heard(words, (name,)) for name in names[:-1]]
    assert [each.offers[0].need for each in chosen] == ["also-desk-piece", "also-other-piece"]
    assert not any(each.doubt or each.aside for each in chosen)


@pytest.mark.parametrize("words", ["5 бумбурумов", "10 парт", "2 килем"])
def test_givers_are_told_what_is_needed_instead(words: str) -> None:
    draft = heard(words, given=False)
    assert not draft.offers
    [piece] = draft.aside
    said = wording.Voice().lines(doubting.aside(piece, SUU), "ru")
    assert words in said
    assert "Деньги" in said
