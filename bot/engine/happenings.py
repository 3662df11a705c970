"""What happened in a turn: everything that must be written down, in the order in which it came."""

from __future__ import annotations

from dataclasses import dataclass

from bot.engine import messages, state
from bot.engine.pledging import events


@dataclass(frozen=True, slots=True)
class Joined:
    """A person began to answer on this phone."""

    person: str


@dataclass(frozen=True, slots=True)
class Consented:
    """The person agreed to `text`; purpose as in `Person.consents`."""

    person: str
    purpose: str
    text: messages.Phrase


@dataclass(frozen=True, slots=True)
class Begun:
    """A response was begun."""

    person: str
    response: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A response is complete."""

    response: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """A response ended and nothing of it is to be kept."""

    response: str


@dataclass(frozen=True, slots=True)
class Pledged:
    """A new pledge: what it begins with."""

    person: str
    pledge: str
    campaign: str
    offer: messages.Offer
    code: str
    #: The name to be shown, or "" for none (the default).
    name: str
    steps: tuple[events.Event, ...]
    #: Of other money than som, by which it is counted for good; None where no rate was known.
    rate: messages.Rate | None = None
    #: Of a gift that nobody had promised: the number of its receipt. Then `person` is "", and the name is not shown.
    receipt: int = 0
    #: Where its giver lives, as in `whereabouts`; "" where that is not known.
    country: str = ""
    #: Whose the name is: "person", "family", ... (`vows.KNOWN`), or "".
    shown: str = ""
    #: Of a promise in another's name: the code of the link by which its giver confirms it. `person` is then the
    #: relative, and the giver is nobody yet.
    link: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """The person said where they live; it goes with all their pledges. `country` as in `whereabouts`."""

    person: str
    country: str


@dataclass(frozen=True, slots=True)
class Stepped:
    """What happened to a pledge that the mind was told of."""

    pledge: str
    steps: tuple[events.Event, ...]


@dataclass(frozen=True, slots=True)
class Opined:
    """The person says of a campaign whether it is done, how satisfied they are, or why; None is not said now."""

    person: str
    campaign: str
    #: "yes", "partly", "no" or "unknown".
    done: str | None = None
    #: From 1, not at all, to 5, very.
    satisfaction: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """The name shown with a pledge is another, or none any more (both "")."""

    pledge: str
    shown: str
    name: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The giver of a promise that a relative recorded has a new link; the older one is good no more."""

    pledge: str
    link: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Whoever was promised for has answered: it is `person`'s now; "" is nobody's, for they said no."""

    pledge: str
    person: str


@dataclass(frozen=True, slots=True)
class Receipted:
    """A photo of the receipt was sent with a pledge; `media` is its new id."""

    pledge: str
    media: state.Media


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing more is sent until the person writes again."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Everything about the person is to go. `last`: nobody else stands behind this phone."""

    person: str
    last: bool


@dataclass(frozen=True, slots=True)
class MailAsked:
    """A letter with this code is to go to this e-mail, to see whether it is the person's."""

    person: str
    email: str
    code: str


@dataclass(frozen=True, slots=True)
class MailGiven:
    """The e-mail is the person's; one they gave before goes."""

    person: str
    email: str


@dataclass(frozen=True, slots=True)
class MailDropped:
    """The person's e-mail goes."""

    person: str


@dataclass(frozen=True, slots=True)
class Confided:
    """Whoever agrees by the link with this code hears for the person; an older link is good no more."""

    person: str
    code: str


@dataclass(frozen=True, slots=True)
class Hears:
    """The person hears from now on for whoever gave this code, which is used up."""

    person: str
    code: str


@dataclass(frozen=True, slots=True)
class Unconfided:
    """Nobody hears for the person any more."""

    person: str


@dataclass(frozen=True, slots=True)
class Unhearing:
    """The person hears for nobody any more."""

    person: str


@dataclass(frozen=True, slots=True)
class CodeGiven:
    """Whoever enters this code on another phone goes on there."""

    code: str


@dataclass(frozen=True, slots=True)
class Moved:
    """This address belongs from now on to the conversation that gave the code; the code is used up."""

    code: str


@dataclass(frozen=True, slots=True)
class Appointed:
    """The person holds that office from now on, and whoever held it does no more; the code is used up."""

    person: str
    duty: messages.Duty
    code: str


@dataclass(frozen=True, slots=True)
class Attached:
    """What was sent is the answer under `key`; `media` is its new id."""

    response: str
    key: str
    media: state.Media


Event = (
    Joined
    | Consented
    | Begun
    | Attached
    | Finished
    | Discarded
    | Pledged
    | Located
    | Stepped
    | Opined
    | Named
    | Linked
    | Answered
    | Receipted
    | Stopped
    | Erased
    | MailAsked
    | MailGiven
    | MailDropped
    | Confided
    | Hears
    | Unconfided
    | Unhearing
    | CodeGiven
    | Moved
    | Appointed
)
