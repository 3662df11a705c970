"""For whoever holds an office: what is on the way or waits for a signature, in a list whose numbers say "it has come".

A number stands for the same pledge as long as the list is looked at, so that the same numbers sent twice confirm
nothing else; what is done leaves the list, and what is new comes behind.
"""

from __future__ import annotations

import re

from bot.engine import doubting, giving, happenings, messages, signing
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.pledging import events, ledger, wishes
from bot.engine.pledging.events import Role, Step
from bot.engine.turning import LISTED, Turning, options

#: So many are listed at once; more come as these are done.
MOST = 20
_AND = re.compile(r"[\s,;.+]+(?:(?:жана|и)\s+)?")

OFFICE = {Role.TREASURER: phrase("treasurer"), Role.SECOND: phrase("second signature")}
_OVER = phrase("This office is held by somebody else now. Thank you for your work!")
_HOW = phrase(
    "What has arrived in full: its numbers, such as 1 4 7. To look at one, its number alone, or its code. A gift that "
    "nobody promised: 5000 som, 3 days."
)
#: Why a wish of whoever signs is not granted, where that is said otherwise than to a giver.
_REFUSED = {
    wishes.Reason.OWN_PLEDGE: phrase("it was given or recorded from this phone, so somebody else confirms it."),
    wishes.Reason.SECOND_SIGNATURE: phrase("the other office signs it."),
    wishes.Reason.NOTHING_TO_SIGN: phrase("nothing waits for a signature."),
    wishes.Reason.OTHER_AMOUNT: phrase("another amount waits for the signature; decline that first."),
    wishes.Reason.NOTHING_TO_CORRECT: phrase("there is nothing to correct."),
    wishes.Reason.RECEIVED: phrase("it is written down as received already."),
    wishes.Reason.ACCOUNTED: phrase("it is written down as received already."),
    wishes.Reason.WITHDRAWN: phrase("the giver has taken it back."),
    wishes.Reason.LAPSED: phrase("this promise has been let go."),
    wishes.Reason.RETURNED: phrase("it was given back."),
    wishes.Reason.ON_ITS_WAY: phrase("it is on its way."),
    wishes.Reason.ALREADY_SO: phrase("that is written down already."),
    wishes.Reason.CHANGED_MEANWHILE: phrase("something has changed meanwhile, please look once more."),
}


def refusal(reason: wishes.Reason) -> messages.Line:
    """Why not, to whoever signs."""
    return _REFUSED.get(reason) or doubting.REFUSED[reason]


def held(turning: Turning) -> messages.Duty | None:
    """The office that the person is busy with; None where they hold it no more, or its campaign is not open."""
    name = turning.talk.pending
    mine = (duty for duty in turning.facts.duties if duty.campaign == name and name in turning.facts.campaigns)
    return next(mine, None)


def campaign(turning: Turning) -> messages.Campaign:
    """Its campaign."""
    return turning.facts.campaigns[turning.talk.pending]


def mark(promise: messages.Promise) -> str:
    """A pledge as it is shown now, to be told from how it will stand."""
    return f"{promise.id}:{promise.standing.steps}"


def known(turning: Turning, marked: str) -> tuple[messages.Promise | None, int]:
    """The pledge that was shown, and its steps then."""
    pledge, _, seen = marked.partition(":")
    found = next((each for each in turning.facts.entries if each.id == pledge), None)
    return found, int(seen or 0)


# -- which office ------------------------------------------------------------------------------------------


def is_for(turning: Turning) -> bool:
    """Whether the person took an office once: nobody else hears of such a thing."""
    person = turning.person()
    return person is not None and bool(person.offices)


def enter(turning: Turning) -> None:
    """To what waits; where several offices are held, first to which."""
    person, duties = turning.person(), turning.facts.duties
    if person and person.offices != (names := tuple(dict.fromkeys(duty.campaign for duty in duties))):
        turning.change_person(person._replace(offices=names))
    opened = [duty.campaign for duty in duties if duty.campaign in turning.facts.campaigns]
    if not opened:
        turning.say(phrase("This ashar is not open yet.") if duties else _OVER)
        turning.go_home()
    elif len(opened) == 1:
        turning.to("treasury", pending=opened[0])
    else:
        turning.to("offices", listed=tuple(opened[:LISTED]))


def show_offices(turning: Turning) -> messages.Reply:
    """Of which campaign."""
    named = {duty.campaign: duty for duty in turning.facts.duties}
    lines = [messages.Written(named[name].title) for name in turning.talk.listed if name in named]
    return messages.Reply((phrase("Which one?"),), options(*lines), pick=1, actions=("back",))


def take_offices(turning: Turning, command: Command | None) -> None:
    """One of them."""
    held_ = {duty.campaign for duty in turning.facts.duties}
    names = [name for name in turning.talk.listed if name in held_]
    if command in (Command.BACK, Command.SKIP, Command.CONTINUE):
        turning.go_home()
    elif number := turning.number(len(names)):
        turning.to("treasury", pending=names[number - 1])


# -- the list ----------------------------------------------------------------------------------------------


def waits(promise: messages.Promise) -> bool:
    """Whether there is something to be done about it by whoever signs."""
    return promise.standing.proposal is not None or promise.standing.state in _ON_THE_WAY


_ON_THE_WAY = frozenset({ledger.State.SENT, ledger.State.NOT_FOUND})


def show(turning: Turning) -> messages.Reply:
    """What waits, under its numbers."""
    duty, of = held(turning), campaign(turning)
    assert duty is not None  # noqa: S101 - `conversation` leaves this scene where it is not so
    marks = list(turning.talk.listed)
    places = {marked.partition(":")[0]: place for place, marked in enumerate(marks)}
    shown: list[messages.Option] = []
    for entry in turning.facts.entries:
        if entry.campaign != of.name or not waits(entry) or len(shown) >= MOST:
            continue
        place = places.setdefault(entry.id, len(marks))
        marks[place : place + 1] = [mark(entry)]
        shown.append(messages.Option(described(entry, of, duty), number=place + 1))
    turning.change(listed=tuple(marks))
    title = phrase("{title}: {office}", title=of.title, office=OFFICE[duty.role])
    lines: list[messages.Line] = [title]
    if not shown:
        lines.append(phrase("Nothing waits for you now."))
    shown.sort(key=lambda each: each.number)
    foot = [phrase("More than these wait: {n}", n=turning.facts.more)] if turning.facts.more else []
    return messages.Reply(tuple(lines), tuple(shown), foot=(*foot, _HOW), actions=("menu",))


def described(entry: messages.Promise, of: messages.Campaign, duty: messages.Duty) -> messages.Line:
    """One of the list: its code, how much, since when, whose if the giver lets it be known."""
    waiting = entry.standing.proposal
    if waiting is not None:
        amount = giving.quantity(of, messages.Offer(entry.offer.need, waiting.quantity, entry.offer.unit))
        line = _WAITING[waiting.step] if waiting.by is not duty.role else _OTHERS[waiting.step]
        return phrase(line.msgid, code=entry.code, amount=amount)
    line = _PLAIN if entry.standing.state is ledger.State.SENT else _UNSEEN
    said = phrase(line.msgid, code=entry.code, amount=on_the_way(entry, of), date=entry.sent or of.deadline)
    return phrase("{promise} ({name})", promise=said, name=entry.name) if entry.name else said


_PLAIN = phrase("{code}: {amount}, sent on {date}")
_UNSEEN = phrase("{code}: {amount}, sent on {date}, not seen yet")
_WAITING = {
    Step.RECEIVED: phrase("{code}: {amount} has arrived; your signature is needed"),
    Step.CORRECTED: phrase("{code}: correction, in all {amount}; your signature is needed"),
    Step.RETURNED: phrase("{code}: {amount} is given back; your signature is needed"),
}
_OTHERS = {
    Step.RECEIVED: phrase("{code}: {amount} has arrived; waits for the other signature"),
    Step.CORRECTED: phrase("{code}: correction, in all {amount}; waits for the other signature"),
    Step.RETURNED: phrase("{code}: {amount} is given back; waits for the other signature"),
}


def on_the_way(entry: messages.Promise, of: messages.Campaign) -> messages.Quantity:
    """What has not come yet."""
    return giving.quantity(of, messages.Offer(entry.offer.need, signing.expected(entry.standing), entry.offer.unit))


def numbers(text: str) -> tuple[int, ...]:
    """The numbers that a message is, each once; () where it is anything else. A larger number alone is a sum."""
    parts = _AND.split(text[:400].casefold().strip(" \t\n.,;!"))
    if not all(part.isascii() and part.isdigit() and len(part) < 3 for part in parts):
        return ()
    return tuple(dict.fromkeys(map(int, parts)))


def unlisted(turning: Turning, picked: tuple[int, ...]) -> list[int]:
    """Those of the numbers that stand for nothing: then none of them counts, for it was a slip."""
    return [number for number in picked if not 1 <= number <= len(turning.talk.listed)]


def confirm(turning: Turning, picked: tuple[int, ...]) -> None:
    """These have come as they were said; what waits for this signature is signed."""
    done: dict[Step, list[messages.Line]] = {}
    for number in picked:
        entry, seen = known(turning, turning.talk.listed[number - 1])
        if entry is None:
            turning.say(phrase("{n}: {why}", n=number, why=refusal(wishes.Reason.CHANGED_MEANWHILE)))
            continue
        made = step(turning, entry, signing.whole(entry.standing, seen))
        if isinstance(made, wishes.Refusal):
            turning.say(phrase("{code}: {why}", code=entry.code, why=refusal(made.reason)))
        else:
            done.setdefault(made.step, []).append(_amount(turning, entry, made))
    for made_, gifts in done.items():
        turning.say(phrase(DONE[made_].msgid, gifts=gifts))


def step(turning: Turning, entry: messages.Promise, wish: wishes.Wish) -> events.Event | wishes.Refusal:
    """Write it down, or why not: what came of the wish."""
    duty, of = held(turning), campaign(turning)
    assert duty is not None  # noqa: S101 - `conversation` leaves these scenes where it is not so
    decided = signing.decide(of, entry, wish, duty, turning.incoming.now)
    if isinstance(decided, wishes.Refusal):
        return decided
    turning.events.append(happenings.Stepped(entry.id, decided))
    turning.know(giving.stepped(entry, decided))
    return decided[-1]


def _amount(turning: Turning, entry: messages.Promise, made: events.Event) -> messages.Line:
    said = giving.quantity(campaign(turning), messages.Offer(entry.offer.need, made.quantity, entry.offer.unit))
    return phrase("{code}, {amount}", code=entry.code, amount=said)


def tell(turning: Turning, entry: messages.Promise, made: events.Event) -> None:
    """What was written down of one."""
    turning.say(phrase(DONE[made.step].msgid, gifts=_amount(turning, entry, made)))


DONE = {
    Step.RECEIVED: phrase("Written down as received: {gifts}"),
    Step.ACKNOWLEDGED: phrase("Written down. The other office signs this too: {gifts}"),
    Step.CORRECTED: phrase("Corrected: {gifts}"),
    Step.CORRECTION: phrase("The correction waits for the other signature: {gifts}"),
    Step.RETURNED: phrase("Written down as given back: {gifts}"),
    Step.RETURNING: phrase("Giving it back waits for the other signature: {gifts}"),
    Step.DECLINED: phrase("Not signed, nothing changes: {gifts}"),
    Step.NOT_FOUND: phrase("Noted that it is not seen yet, perhaps it is still on its way: {gifts}"),
}
