"""One message a day to somebody who did not ask for one: what happened, what comes due, and how it ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.engine import giving, keeping, messages, opining, promising, standing, state, staying
from bot.engine.messages import phrase
from bot.engine.pledging import reminding
from bot.engine.turning import LISTED, Turning

#: Scenes in which nothing is under way that a message of ours could tear apart.
_RESTING = frozenset(
    {
        "home",
        "done",
        "where",
        "resume",
        "pledges",
        "pledge",
        "form",
        "answers",
        "list",
        "moved",
        "stays",
        *opining.SCENES,
    }
)


@dataclass(frozen=True, slots=True)
class News:
    """What one person is to be told, each by itself: never of others behind the same phone."""

    #: Campaign -> what happened to it and to their gifts.
    happened: Mapping[str, Sequence[messages.Line]]
    #: Pledges of which they are to be reminded, and what the day is.
    reminded: Sequence[tuple[messages.Promise, reminding.Kind]] = ()
    #: The campaign of which they are asked how it ended, or "".
    asked: str = ""
    #: Pledges of which they are asked whether they stay, now that their campaign asks something else.
    revised: Sequence[messages.Promise] = ()

    def __bool__(self) -> bool:
        return any(self.happened.values()) or bool(self.reminded or self.asked)


@dataclass(frozen=True, slots=True)
class Told:
    """The message, and where the conversation stands after it."""

    talk: state.Talk
    reply: messages.Reply


def tell(talk: state.Talk, person: str, news: News, facts: messages.Facts, now: dt.datetime, *, leads: bool) -> Told:
    """One message with all the news. `facts` are this person's.

    With `leads` a reply to it is understood as one, where only one person stands behind the phone and nothing else
    is under way; otherwise it says which word leads there.
    """
    turning = Turning(talk, {}, messages.Incoming("", now, "0" * 32, facts))
    leads = leads and [each.id for each in talk.people] == [person] and talk.scene in _RESTING
    if len(talk.people) > 1:
        number = next((n for n, each in enumerate(talk.people, 1) if each.id == person), 0)
        turning.say(phrase("For person {n}:", n=number))
    for name, lines in news.happened.items():
        if lines:
            turning.say(messages.Written(facts.campaigns[name].title))
            turning.lines += lines
    if news.reminded:
        return _remind(turning, news.reminded, leads=leads)
    if news.asked:
        return _ask(turning, news.asked, leads=leads)
    if news.revised and leads:
        begun = bool(turning.current())
        staying.open_(turning, news.revised)
        return _led(turning, staying.show(turning), begun=begun)
    return Told(talk, messages.Reply(tuple(turning.lines)))


def relay(news: News, facts: messages.Facts) -> tuple[messages.Line, ...]:
    """The same for the relative who hears for them, to be passed on; nothing, where only they can answer it."""
    lines: list[messages.Line] = []
    for name, happened in news.happened.items():
        if happened:
            lines += [messages.Written(facts.campaigns[name].title), *happened]
    if news.reminded:
        kinds = {kind for _, kind in news.reminded}
        lines.append(_WORDS[next(kind for kind in _WORDS if kind in kinds)])
        for promise, _ in news.reminded:
            lines.append(standing.told(promise, facts.campaigns))
            lines += standing.handover(promise, facts.campaigns[promise.campaign])
        lines.append(phrase("They choose another day, or take it back, in their own chat."))
    if not lines:
        return ()
    head = phrase("About your relative's promise. Please pass it on to them:")
    return (head, *_once(lines), phrase("To hear no more of it, write “relative”."))


def _remind(turning: Turning, reminded: Sequence[tuple[messages.Promise, reminding.Kind]], *, leads: bool) -> Told:
    kinds = {kind for _, kind in reminded}
    turning.say(_WORDS[next(kind for kind in _WORDS if kind in kinds)])
    promises = [promise for promise, _ in reminded]
    if not leads:
        # What is said of a pledge where it is opened, without what could be tapped there.
        for promise in promises:
            turning.say(standing.told(promise, turning.facts.campaigns))
            turning.lines += standing.handover(promise, turning.facts.campaigns[promise.campaign])
        turning.say(phrase("To choose another day, to say that it is sent or to take it back, write “my pledges”."))
        return Told(turning.talk, messages.Reply(_once(turning.lines)))
    begun = bool(turning.current())
    if len(promises) == 1:
        keeping.open_(turning, promises[0].id)
        shown = keeping.show_pledge(turning)
    else:
        turning.to("pledges", listed=tuple(promise.id for promise in promises[:LISTED]))
        for campaign in dict.fromkeys(promise.campaign for promise in promises):
            turning.say(phrase("How to hand over: {handover}", handover=turning.facts.campaigns[campaign].handover))
        turning.say(giving.NEVER)
        shown = promising.show_pledges(turning)
    return _led(turning, shown, begun=begun)


def _once(lines: Sequence[messages.Line]) -> tuple[messages.Line, ...]:
    """Several pledges are handed over in one way: what is never asked for is said once, where it came last."""
    last = len(lines) - 1 - list(reversed(lines)).index(giving.NEVER) if giving.NEVER in lines else -1
    return tuple(line for place, line in enumerate(lines) if line != giving.NEVER or place == last)


#: What the day is, in words that leave it to them; of several, the one that presses least comes last.
_WORDS = {
    reminding.Kind.AFTER: phrase("The day has passed, and that is all right."),
    reminding.Kind.TODAY: phrase("Today is the day of your promise."),
    reminding.Kind.SOON: phrase(
        "A reminder. If things have changed, you can choose another day or take it back: we will understand."
    ),
}


def _ask(turning: Turning, campaign: str, *, leads: bool) -> Told:
    if not leads:
        title = messages.Written(turning.facts.campaigns[campaign].title)
        if title not in turning.lines:
            turning.say(title)
        turning.say(phrase("Is the work really done, and how satisfied are you? To tell us, write “rating”."))
        return Told(turning.talk, messages.Reply(tuple(turning.lines)))
    begun = bool(turning.current())
    opining.open_(turning, campaign)
    return _led(turning, opining.show_is_done(turning), begun=begun)


def _led(turning: Turning, shown: messages.Reply, *, begun: bool) -> Told:
    """Whatever they write next answers this; a button of what stood before is an old one."""
    turning.change(step=turning.talk.step + 1, misses=0)
    foot = (*shown.foot, phrase("To go on with what you had begun, write “continue”.")) if begun else shown.foot
    reply = messages.Reply(
        (*turning.lines, *(line for line in shown.lines if line not in turning.lines)),
        shown.options,
        foot=foot,
        pick=shown.pick,
        actions=shown.actions,
        step=turning.talk.step,
    )
    return Told(turning.talk, reply)
