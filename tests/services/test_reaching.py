"""What a form costs on the line: the budget of the survey that ships, and the report."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from bot import settings, wording
from bot.channels import telegram, twilio, web, weighing
from bot.services import publishing, reaching
from tests import talking
from tests.channels import mtproto

SITE = "https://ashar.example"
#: Outbound messages, and bytes at the phone, both ways together.
MESSAGES, TELEGRAM, WEB = 12, 10_000, 40_000
#: A grown person in a village: every question there is for adults, and a long name to write.
VILLAGE = "Кызыл-Жылдыз"
OBLASTS = 9
LANGUAGES = ("ky", "ru")


@functools.cache
def catalogue() -> publishing.Catalogue:
    return publishing.prepare([talking.FLOWS]).catalogue()


@functools.cache
def voice() -> wording.Voice:
    return wording.Voice()


def way(channel: str, language: str, answers: Mapping[str, str] | None = None) -> list[reaching.Step]:
    """One way through the survey."""
    return list(reaching.walk(catalogue(), "s-priorities", voice(), SITE, channel, language, answers))


def total(channel: str, language: str, answers: Mapping[str, str] | None = None) -> weighing.Load:
    """All of it together."""
    return functools.reduce(weighing.Load.plus, (step.load for step in way(channel, language, answers)))


def villager(oblast: int, age: int = 30) -> dict[str, str]:
    """Somebody in a village there: the third on each list of raions has villages. Cities of their own have no list."""
    return {"oblast": str(oblast), "raion": "3", "village": VILLAGE, "age": str(age)}


#: Whoever is under 18 needs a parent's word, and is not asked whether we may write to them.
AGES = (30, 15)


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("oblast", range(1, OBLASTS + 1))
def test_nobody_needs_more_than_twelve_messages_and_ten_kilobytes_on_telegram(
    oblast: int, language: str, age: int
) -> None:
    steps = way("telegram", language, villager(oblast, age))
    load = functools.reduce(weighing.Load.plus, (step.load for step in steps))
    assert load.messages_in == load.messages_out <= MESSAGES
    # By the model that counts at every message, and by Telegram's own objects byte for byte.
    assert load.bytes_in + load.bytes_out <= TELEGRAM
    told = load.bytes_out - sum(weighing.said("telegram", piece).bytes_out for step in steps for piece in step.said)
    assert load.bytes_in + told + sum(mtproto.of(piece) for step in steps for piece in step.said) <= TELEGRAM


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("oblast", range(1, OBLASTS + 1))
def test_nobody_needs_more_than_twelve_messages_on_whatsapp(oblast: int, language: str, age: int) -> None:
    load = total("whatsapp", language, villager(oblast, age))
    assert load.messages_in == load.messages_out <= MESSAGES


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_needs_forty_kilobytes_on_the_web(language: str, age: int) -> None:
    for oblast in range(1, OBLASTS + 1):
        load = total("web", language, villager(oblast, age))
        # The first page is only looked at.
        assert load.messages_in + 1 == load.messages_out <= MESSAGES
        assert load.bytes_in + load.bytes_out <= WEB


def test_what_is_assumed_of_the_channels_is_what_they_say() -> None:
    def made(name: str) -> twilio.Twilio:
        return twilio.Twilio(name, "AC", "t", "+1", None, "")  # type: ignore[arg-type] # it sends nothing

    # How many a second is the operator's to say, and nothing to what a conversation weighs.
    said = {name: dataclasses.replace(made(name).capabilities, pace=None) for name in ("whatsapp", "sms")}
    said |= {"telegram": telegram.Telegram.capabilities, "web": web.Web.capabilities}
    assert said == reaching.CAPABILITIES


def test_every_piece_of_an_sms_is_one_segment() -> None:
    load = total("sms", "ky")
    # Two steps before the first question, and the rest as everywhere; a question is several pieces.
    assert load.messages_in == total("telegram", "ky").messages_in + 1
    assert load.messages_out > 3 * load.messages_in
    assert load.bytes_out <= 140 * load.messages_out


def test_a_campaign_is_played_to_its_promise() -> None:
    found = reaching.reach(catalogue(), "a-suu", voice(), SITE, {})
    assert [(each.channel, each.language) for each in found] == [
        (channel, language) for channel in reaching.CHANNELS for language in LANGUAGES
    ]
    assert all(each.load.messages_out >= 5 for each in found)


def test_cost_is_messages_by_rates() -> None:
    rates = settings.rates({"ASHAR_COST_WHATSAPP_IN": "0.005 USD", "ASHAR_COST_WHATSAPP_OUT": "0.01 USD"})
    load = weighing.Load(11, 12, 999, 999)
    assert reaching.cost("whatsapp", load, rates) == (Decimal("0.175"), "USD")
    assert reaching.cost("sms", load, rates) is None
    assert reaching.cost("telegram", load, rates) is None


def test_the_report_is_aligned_and_says_what_is_not_set() -> None:
    rates = settings.rates({"ASHAR_COST_SMS_OUT": "0.10 USD"})
    text = reaching.report("s-priorities", reaching.reach(catalogue(), "s-priorities", voice(), SITE, rates), rates)
    head, *rows = text.split("\n\n")[1].splitlines()
    assert len(rows) == 8
    assert len({len(row) for row in (head, *rows)}) == 1
    sms = next(row for row in rows if row.startswith("sms"))
    segments = total("sms", "ky").messages_out
    assert sms.endswith(f"{segments / 10:g} USD")
    assert "not set: ASHAR_COST_SMS_IN, ASHAR_COST_WHATSAPP_IN, ASHAR_COST_WHATSAPP_OUT." in text
    assert "No cost is shown" in reaching.report("s-x", [], {})
    assert "ASHAR_COST_SMS_OUT" in reaching.report("s-x", [], {})


FORM = """
settings:
  - form_id: small
    form_title: {ky: "Кичине", ru: "Малый"}
    ashar::holder: {ky: "айыл өкмөтү", ru: "айыл окмоту"}
    ashar::term: {ky: "1 жыл", ru: "1 год"}
survey:
  - type: text
    name: odd
    label: {ky: "Ат?", ru: "Имя?"}
    constraint: . = 'never guessed'
    constraint_message: {ky: "Жок", ru: "Нет"}
    required: "%s"
"""


@pytest.mark.parametrize(("required", "stuck"), [("yes", True), ("no", False)])
def test_a_question_nobody_can_guess_is_skipped_or_named(tmp_path: Path, required: str, stuck: bool) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(FORM % required, encoding="utf-8")
    small = publishing.prepare([file]).catalogue()
    if stuck:
        with pytest.raises(reaching.Stuck, match="odd"):
            reaching.reach(small, "s-small", voice(), SITE, {})
    else:
        assert reaching.reach(small, "s-small", voice(), SITE, {})[0].load.messages_out == 3


def test_a_link_that_leads_nowhere_is_said() -> None:
    with pytest.raises(reaching.Stuck, match="s-none"):
        reaching.reach(catalogue(), "s-none", voice(), SITE, {})
