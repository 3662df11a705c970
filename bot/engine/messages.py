"""What goes into the mind and what comes out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from bot.engine import form, state
from bot.engine.phrases import NONE
from bot.engine.phrases import Phrase as Phrase  # re-exported: what is said is spoken of as messages.phrase
from bot.engine.phrases import phrase as phrase
from bot.engine.phrases import phrases as phrases
from bot.engine.pledging import campaigns, events, ledger, matching

# -- what is said -------------------------------------------------------------------------------------------


class Written(NamedTuple):
    """A text that the form's author wrote; `params` fill its ${name} references."""

    text: form.Text
    params: Mapping[str, Any] = NONE
    #: Stands before it in every language: "(3/10) ".
    prefix: str = ""
    #: The form's own language: what is said where the person's is missing.
    default: str = ""


Line = Phrase | Written


@dataclass(frozen=True, slots=True)
class Offer:
    """What is pledged: so many of one kind of thing. `unit` is a currency code, or the name of a campaign's need."""

    need: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Rate:
    """What one of another money is worth in som, by the National Bank's rate of a day."""

    value: Decimal
    on: dt.date


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of something, to be said: money in `currency`, or a number with the unit's words by language.

    Several words are plural forms in CLDR's order: ("мешок", "мешка", "мешков").
    """

    value: Decimal
    currency: str = ""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Option(NamedTuple):
    """One numbered line that can be answered with its number, or tapped."""

    label: Line
    description: Line | None = None
    #: 1, 2, 3 where it was already picked in a ranking; 0 otherwise.
    picked: int = 0
    #: The number it is answered with; 0 is its place in the list, from 1. A page of a long list keeps the list's own.
    number: int = 0


class Reply(NamedTuple):
    """The one message that answers a person: what is said, and what is asked next.

    Options are numbered from 1 in their order. `actions` are commands offered as buttons beside the options.
    """

    lines: tuple[Line, ...]
    options: tuple[Option, ...] = ()
    #: How to answer, in a few words, after the options.
    foot: tuple[Line, ...] = ()
    #: How many options make one answer (3 for a ranking of three); 0 where any number of them do (so that
    #: no button is a whole answer, and there is none), or where words are asked for.
    pick: int = 0
    actions: tuple[str, ...] = ()
    #: What a button of this message carries, with the step: the first 3 characters of the response's id, or "-".
    tag: str = "-"
    step: int = 0
    #: What is seen or heard before it, in order.
    attachments: tuple[form.Attachment, ...] = ()
    #: Lines of the foot that say no more than buttons do: left out where options and actions are buttons.
    spare: tuple[Line, ...] = ()
    #: "image" where a photo may be sent beside what is chosen.
    takes: str = ""
    #: Days are spoken of that a calendar can keep, where nobody can be reminded otherwise.
    dated: bool = False


# -- what the mind must know -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Covers:
    """What a gift is enough for: one of it for each so many of the need's unit (of money: som).

    `words` as in `Need.unit`.
    """

    each: Decimal
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Need:
    """One thing a campaign asks for. `kind` is "money", "labour" or "material"."""

    name: str
    kind: str
    label: form.Text
    #: Unit after a number by language; several words are plural forms in CLDR's order. Empty for money.
    unit: Mapping[str, tuple[str, ...]]
    minimum: Decimal
    optimum: Decimal
    covers: Covers | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A rule by which somebody adds to what others give, and who that is."""

    rule: matching.Rule
    whose: form.Text


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as it stands now."""

    name: str
    title: form.Text
    story: form.Text
    holder: form.Text
    handover: form.Text
    deadline: dt.date
    state: campaigns.State
    model: campaigns.Model
    needs: tuple[Need, ...]
    #: Version hash of this definition, and of the form by which one pledges to it.
    version: str
    form: str
    #: What stands of all promises, received or not: (need, unit or currency) -> quantity.
    promised: Mapping[tuple[str, str], Decimal]
    pledges: int
    #: The same of a need of kind money, in som by the rates of the days; need -> som.
    som: Mapping[str, Decimal] = field(default_factory=dict)
    #: How many promises of money are not in `som`, because no rate was known; need -> promises.
    unvalued: Mapping[str, int] = field(default_factory=dict)
    #: By which rules others add to it.
    matches: tuple[Match, ...] = ()

    def need(self, name: str) -> Need:
        """The need of that name; KeyError if there is none."""
        for need in self.needs:
            if need.name == name:
                return need
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Promise:
    """A pledge of the person who writes, or recorded by them, as it stands now; `offer` is what it began with."""

    id: str
    campaign: str
    offer: Offer
    code: str
    standing: ledger.Standing
    #: What the offer was worth in som on its day; None where no rate was known.
    som: Decimal | None
    #: The rate by which that was worked out; None of som, of what is no money, and where none was known.
    rate: Rate | None = None
    #: The name shown with it and whose that is, or "" for none.
    shown: str = ""
    name: str = ""
    #: False where the person who writes recorded it for another.
    mine: bool = True
    #: Only where somebody looks at it who signs: it was given or recorded by the phone they write from; on which day
    #: it was last declared sent.
    own: bool = False
    sent: dt.date | None = None
    #: Likewise: photos of its receipt, and whether one is still being fetched.
    photos: tuple[form.Attachment, ...] = ()
    coming: bool = False


def renamed(promise: Promise, shown: str, name: str) -> Promise:
    """The promise, shown with that name."""
    return replace(promise, shown=shown, name=name)


@dataclass(frozen=True, slots=True)
class Duty:
    """An office of a campaign, and what its holder goes by."""

    campaign: str
    title: form.Text
    role: events.Role
    #: `Event.hand`; "" while nobody has taken it by the code in question.
    hand: str = ""
    #: In som: more than this of one pledge is received only with two signatures; None: never.
    bound: Decimal | None = None
    #: The number of the next receipt, which nobody else gets meanwhile; 0 where no gift is being written down.
    receipt: int = 0


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the person who writes said of a campaign; None and "" where they did not."""

    campaign: str
    #: As in `happenings.Opined`.
    done: str | None
    satisfaction: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The e-mail of the person who writes, and whether letters to it still arrive."""

    email: str
    open: bool


@dataclass(frozen=True, slots=True)
class Confidence:
    """What a relative is asked to hear of: somebody's promises to these campaigns; `mine` where it is who writes."""

    campaigns: tuple[str, ...]
    mine: bool = False


class Facts(NamedTuple):
    """Everything the mind must know that is not in the state."""

    #: Every form version that a state may name, and every current one, by version hash.
    forms: Mapping[str, form.Form]
    #: Open surveys: form name -> current version hash, in the order of publishing.
    surveys: Mapping[str, str]
    campaigns: Mapping[str, Campaign]
    #: Pledges of the person who writes, and those that they recorded for others.
    promises: tuple[Promise, ...] = ()
    #: Campaigns of which the person who writes may say how they ended, when they do: the next to be asked first.
    ended: tuple[str, ...] = ()
    #: What was promised in the name of whoever has the link that is followed now; empty where it is good no more.
    vouched: tuple[Promise, ...] = ()
    #: That person's finished responses, when they ask what is kept about them.
    finished: tuple[state.State, ...] = ()
    #: Then also what was heard in their voice notes, what they said of campaigns, and those of their promises with a
    #: photo of the receipt.
    heard: tuple[str, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    photographed: frozenset[str] = frozenset()
    #: And what was written to many, them among these.
    broadcasts: tuple[form.Text, ...] = ()
    #: The facilitator's telephone, or "".
    phone: str = ""
    #: The public address of this house without a final slash, e.g. "https://ashar.example".
    site: str = ""
    #: True when the message is a code to go on elsewhere that another phone was given, not too long ago.
    code_is_good: bool = False
    #: Currency -> its rate of today, for whoever is about to promise; what is missing here has no rate, or a stale one.
    worth: Mapping[str, Rate] = NONE
    #: Currencies in the order in which the person's country suggests them; it decides nothing.
    near: tuple[str, ...] = ()
    #: The office that a code opens, which the message is or which waits in the talk.
    office: Duty | None = None
    #: For whoever holds an office and may be busy with it now: their offices; of those campaigns' pledges what is on
    #: the way, waits for a signature, was shown before or is asked for by its code; and how many there are beside.
    duties: tuple[Duty, ...] = ()
    entries: tuple[Promise, ...] = ()
    more: int = 0

    def promise(self, pledge: str) -> Promise:
        """The pledge of that id; StopIteration if the mind was not told of it."""
        return next(each for each in (*self.promises, *self.vouched, *self.entries) if each.id == pledge)

    #: The country that the person's telephone tells, as in `whereabouts`; mostly it tells none.
    country: str = ""
    #: What links into the chat begin with, one for each channel that has links; what they carry follows.
    ways: tuple[str, ...] = ()
    #: Whether this house sends e-mail; and the person's own, where they look at it.
    mails: bool = False
    mailbox: Mailbox | None = None
    #: Whether any channel here can write first, so that a relative may hear for whoever is on a page; what the link
    #: asks that is followed now, None where it is good no more; and of the person who writes, where they look at it:
    #: whether somebody hears for them, and for how many people they hear.
    rings: bool = False
    confidence: Confidence | None = None
    confided: bool = False
    hears: int = 0


class Incoming(NamedTuple):
    """One message of a person, already freed of its provider's dialect."""

    #: What was typed, or what the tapped button stands for; of a "place" its "latitude longitude altitude precision";
    #: of a picture its caption.
    text: str
    now: dt.datetime
    #: 32 hex digits of chance from outside: ids, seeds and codes are drawn from it.
    entropy: str
    facts: Facts
    #: Name of the channel it came by.
    channel: str = ""
    #: "text", "image", "audio", "place", or "media" for anything that cannot be taken (a sticker, a contact).
    kind: str = "text"
    #: Payload of the link that brought the person here, or "".
    start: str = ""
    #: Tag and step of the button or web page this came from; None for typed messages.
    tap: tuple[str, int] | None = None
    #: True where a form's pictures can be seen and its recordings heard on that channel.
    attaches: bool = True
