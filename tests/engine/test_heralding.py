"""What people are told without having asked, word for word in both languages, and that each channel can carry it.

The words stand in told/ky.txt and told/ru.txt; `pytest --rewrite-conversations` writes them anew.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot import wording
from bot.channels import base, composing, plain
from bot.engine import giving, happenings, heralding, messages, state, tidings
from bot.engine.pledging import campaigns, events, reminding
from bot.engine.pledging.events import Role, Step
from bot.services import revising
from tests import talking

TOLD = Path(__file__).resolve().parent / "told"
AT = dt.datetime(2027, 5, 8, 6, tzinfo=dt.UTC)
VOICE = wording.Voice()
#: As channels have it: how much one message holds, and whether it is an SMS.
CHANNELS = {
    "telegram": base.Capabilities(text=4096),
    "whatsapp": base.Capabilities(text=1600),
    "template": base.Capabilities(text=900),
    "sms": base.Capabilities(text=1600, segments=True),
    "web": base.Capabilities(text=10_000, push=False),
}
_LABOUR = messages.Offer("labour", Decimal(5), "labour")
_MONEY = messages.Offer("money", Decimal(5000), "KGS")


def campaign() -> messages.Campaign:
    return dataclasses.replace(talking.flows()[2], state=campaigns.State.COLLECTING)


def gift(number: int, offer: messages.Offer, *steps: events.Event) -> tidings.Gift:
    """A promise for 15 May, and what others did since."""
    given = (events.Event(Step.CONFIRMED, offer.quantity, AT - dt.timedelta(days=60), Role.GIVER),)
    blank = giving.begun(happenings.Pledged("p", f"{number:032x}", "suu", offer, f"CODE{number:02}", "", given))
    return tidings.Gift(giving.stepped(blank, steps), (*given, *steps), 1)


def by_treasurer(step: Step, quantity: int, fee: int = 0) -> events.Event:
    return events.Event(step, Decimal(quantity), AT, Role.TREASURER, "one", Decimal(fee))


def became(now: campaigns.State, before: campaigns.State, **more: object) -> tidings.Turned:
    """One change of the campaign."""
    turned = tidings.Turned(AT, now, before, {}, {})
    return dataclasses.replace(turned, **more)  # type: ignore[arg-type] # its fields


def kinds() -> Iterator[tuple[str, heralding.News, list[messages.Promise]]]:
    """Every kind of message by name, and the pledges of whoever gets it."""
    days, money = gift(1, _LABOUR), gift(2, _MONEY)
    for kind in (reminding.Kind.SOON, reminding.Kind.TODAY, reminding.Kind.AFTER):
        fallen = events.Event(Step.DUE, Decimal(5000), AT, Role.CLOCK, due=dt.date(2027, 5, 15))
        waits = money if kind is reminding.Kind.SOON else gift(2, _MONEY, fallen)
        yield f"reminded, {kind.value}", heralding.News({}, [(waits.promise, kind)]), [waits.promise]
    both = [days.promise, money.promise]
    yield "reminded of several", heralding.News({}, [(each, reminding.Kind.SOON) for each in both]), both
    sent = events.Event(Step.SENT, Decimal(5000), AT, Role.GIVER)
    received = by_treasurer(Step.RECEIVED, 5000)
    for name, steps in {
        "received": (sent, received),
        "received, less the transfer's cost": (sent, by_treasurer(Step.RECEIVED, 4900, 100)),
        "not found": (sent, by_treasurer(Step.NOT_FOUND, 5000)),
        "found after all": (sent, by_treasurer(Step.NOT_FOUND, 5000), received),
        "put right": (
            sent,
            received,
            by_treasurer(Step.CORRECTION, 4000),
            dataclasses.replace(by_treasurer(Step.CORRECTED, 4000), hand="two"),
        ),
        "another's": (
            sent,
            received,
            by_treasurer(Step.CORRECTION, 0),
            dataclasses.replace(by_treasurer(Step.CORRECTED, 0), hand="two"),
        ),
        "returned": (sent, received, by_treasurer(Step.RETURNED, 5000)),
    }.items():
        given = gift(2, _MONEY, *steps)
        yield name, heralding.News({"suu": tidings.of_gift(given, campaign())}), [given.promise]
    state_ = campaigns.State
    why = {"ky": "Жамгыр көп жаады.", "ru": "Много дождей."}
    for name, turned in {
        "reached": became(state_.REACHED, state_.OPEN),
        "not reached": became(state_.NOT_REACHED, state_.OPEN),
        "collecting": became(state_.COLLECTING, state_.OPEN),
        "working": became(state_.WORKING, state_.COLLECTING),
        "working again": became(state_.WORKING, state_.DONE, why=why),
        "confirmed": became(state_.CONFIRMED, state_.DONE),
        "cancelled": became(state_.CANCELLED, state_.OPEN, why=why),
        "milestone": became(
            state_.WORKING, state_.WORKING, milestone={"ky": "Булактын башы бүттү", "ru": "Родник обустроен"}
        ),
    }.items():
        yield name, heralding.News({"suu": tidings.of_campaign([turned], [days])}), [days.promise]
    later = dataclasses.replace(campaign(), deadline=dt.date(2027, 6, 20))
    matters = frozenset({campaigns.Matter.DEADLINE})
    for name, given, asked in (
        ("a new deadline", days, True),
        ("a new deadline, what is sent", gift(2, _MONEY, sent), False),
    ):
        lines = revising.words(campaign(), later, matters, asked=asked)
        version = {frozenset({given.promise.standing.state.value}): lines}
        came = [became(state_.OPEN, state_.OPEN, version=version)]
        asks = tidings.asks(came, [given])
        assert bool(asks) is asked
        yield name, heralding.News({"suu": tidings.of_campaign(came, [given])}, revised=asks), [given.promise]
    done = tidings.of_campaign([became(state_.DONE, state_.WORKING)], [days])
    yield "done, and asked", heralding.News({"suu": done}, asked="suu"), [days.promise]
    yield "asked alone", heralding.News({}, asked="suu"), []


def told(
    news: heralding.News, promises: list[messages.Promise], language: str, talk: state.Talk, *, leads: bool = True
) -> base.Outbound:
    facts = messages.Facts({}, {}, {"suu": campaign()}, promises=tuple(promises), ended=("suu",))
    reply = heralding.tell(talk, "p", news, facts, AT, leads=leads).reply
    return composing.compose(VOICE, reply, language)


ALONE = state.Talk("ru", "home", people=(state.Person("p"),), person="p")
#: A family's phone; the other one writes just now.
SHARED = ALONE._replace(people=(state.Person("q"), state.Person("p")), person="q")


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_message_is_worded_as_it_stands_there(language: str, request: pytest.FixtureRequest) -> None:
    blocks = []
    for name, news, promises in kinds():
        blocks.append(f"# {name}\n{plain.numbered(told(news, promises, language, ALONE))}")
        if news.reminded or news.asked:
            shared = plain.numbered(told(news, promises, language, SHARED))
            blocks.append(f"# {name}, on a shared phone\n{shared}")
    text, path = "\n\n".join(blocks) + "\n", TOLD / f"{language}.txt"
    if request.config.getoption("--rewrite-conversations"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("channel", list(CHANNELS))
@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_channel_carries_every_word(language: str, channel: str) -> None:
    for name, news, promises in kinds():
        outbound = told(news, promises, language, ALONE)
        pieces = plain.pieces(outbound, CHANNELS[channel])
        said = " ".join(plain.plain_spaces(plain.numbered(piece)) for piece in pieces)
        assert said.split() == plain.plain_spaces(plain.numbered(outbound)).split(), name


def test_no_message_blames_or_counts_what_is_missing() -> None:
    shaming = ("долг", "обязан", "просроч", "не выполн", "должн", "карыз", "милдет", "кечик", "аткарган жок", "уят")
    for language in ("ky", "ru"):
        text = (TOLD / f"{language}.txt").read_text("utf-8").casefold()
        assert not [word for word in shaming if word in text]


def test_a_reminder_leads_where_a_word_is_enough() -> None:
    house = talking.House()
    person = talking.Person(house)
    person.say("/start a-suu", "2", "5 дней", "1", "меню")
    talk, (mine, promise) = person.talk, next(iter(house.pledges.values()))
    facts = messages.Facts({}, {}, house.campaigns, promises=(promise,))
    news = heralding.News({}, [(promise, reminding.Kind.SOON)])
    for word, step in {"позже": None, "кийин": None, "отправил": Step.SENT, "жибердим": Step.SENT}.items():
        led = heralding.tell(talk, mine, news, facts, house.clock.now, leads=True)
        person = talking.Person(house)
        person._talk = talking._text(led.talk)
        turn = person.send(word)
        if step is None:
            assert turn.talk.scene == "date"
        else:
            assert [each.steps[0].step for each in turn.events if isinstance(each, happenings.Stepped)] == [step]
            house.pledges[promise.id] = (mine, promise)


def test_the_last_word_on_a_gift_counts() -> None:
    sent = events.Event(Step.SENT, Decimal(5000), AT, Role.GIVER)
    found = gift(2, _MONEY, sent, by_treasurer(Step.NOT_FOUND, 5000), by_treasurer(Step.RECEIVED, 5000))
    assert len(tidings.of_gift(found, campaign())) == 1


def test_whoever_took_it_back_before_hears_nothing_of_the_campaign() -> None:
    taken = gift(1, _LABOUR, events.Event(Step.WITHDRAWN, Decimal(5), AT - dt.timedelta(days=1), Role.GIVER))
    turned = [became(campaigns.State.WORKING, campaigns.State.COLLECTING)]
    assert tidings.of_campaign(turned, [taken]) == []
    let_go = gift(1, _LABOUR, events.Event(Step.WITHDRAWN, Decimal(5), AT, Role.CLOCK))
    assert tidings.of_campaign([became(campaigns.State.CANCELLED, campaigns.State.OPEN)], [let_go]) != []
