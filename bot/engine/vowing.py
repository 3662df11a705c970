"""Promising something to a campaign: said in one's own words, asked about where in doubt, said back, one yes."""

from __future__ import annotations

from bot.engine import commands, doubting, drafting, giving, happenings, naming, passage, reciting, state, whereabouts
from bot.engine.commands import Command
from bot.engine.gifts import behalf, currencies, whens
from bot.engine.gifts.pieces import Misread, Why
from bot.engine.messages import phrase
from bot.engine.pledging import wishes
from bot.engine.turning import Turning
from bot.engine.understanding import agreeing, answers
from bot.engine.vows import HIDDEN, Vow, vow

#: From here on digits alone are no option's number; a card has sixteen.
_LONG_NUMBER = 10


_TWO = phrase(
    "These are two promises, one of each of you. Please write your own first, for example: 5000 som. After it you can "
    "write the other: for my brother 3000 som."
)


def begin(fresh: state.State) -> state.State:
    """Stand before the first question."""
    return fresh._replace(at="gift")


def offered_to(turning: Turning) -> list[str]:
    """The campaigns that a message offers something to, where nothing like it was asked for."""
    text, today = answers.clean(turning.incoming.text), turning.incoming.now.astimezone(passage.KYRGYZ_TIME).date()
    if turning.incoming.kind != "text" or text.isdigit():
        # A number alone is a line of what was shown.
        return []
    open_ = [(name, each) for name, each in turning.facts.campaigns.items() if giving.takes(each, today)]
    drafts = ((name, drafting.Ear(each, turning.facts, today).heard(text)) for name, each in open_)
    return [name for name, draft in drafts if draft.offers or draft.doubt]


def take(turning: Turning, command: Command | None, *, paused: bool) -> None:
    """An answer, or a step back or past."""
    pledge, incoming = vow(turning), turning.incoming
    if pledge is None or not giving.takes(pledge.campaign, incoming.now.date()):
        _let_be(turning)
        return
    if command is Command.CONTINUE or (paused and command is Command.SKIP):
        return
    if paused and command is None:
        # After weeks a greeting must not become the answer to a question nobody remembers.
        turning.to("resume")
    elif pledge.is_other:
        turning.say(doubting.REFUSED[wishes.Reason.CHANGED_MEANWHILE])
        pledge.change(pledge.at, settled=pledge.draft.settled)
    elif command is Command.BACK:
        _back(pledge)
    elif command is Command.SKIP:
        _skip(pledge)
    elif incoming.kind != "text" or not answers.says_something(incoming.text):
        turning.miss(answers.NO_WORDS)
    else:
        _TAKE[pledge.at](pledge, answers.clean(incoming.text))


def _let_be(turning: Turning) -> None:
    rid = turning.current()
    turning.close(rid)
    turning.events.append(happenings.Discarded(rid))
    turning.say(phrase("This is closed already."))
    turning.lead_back()


def _back(vow: Vow) -> None:
    at = vow.at
    if at == "gift":
        vow.turning.say(phrase("This is the first question."))
    elif at in ("doubt", "confirm") and vow.draft.settled:
        vow.change("doubt", settled=vow.draft.settled[:-1])
    elif at in ("doubt", "confirm"):
        vow.change("gift")
    elif at == "name":
        vow.change("shown")
    else:
        vow.change("confirm", **({"when": ""} if vow.draft.unclear else {}))


def _skip(vow: Vow) -> None:
    match vow.at:
        case "when":
            vow.change("confirm", when="")
        case "shown" | "name":
            vow.change("confirm", name="", shown="")
        case _:
            vow.turning.miss(phrase("This question needs an answer. You can also write “back” or “stop”."))


def _picked(text: str, count: int) -> int:
    """Which of so many options a number picks, from 1; 0 for anything else."""
    digits = commands.fold(text[:40])
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 4 and int(digits) <= count else 0


def _hear(vow: Vow, text: str) -> bool:
    """Take the message as the gift, if it is one; what is none of it is answered all the same."""
    if behalf.together(text):
        vow.turning.miss(_TWO)
        return False
    said, text = text, behalf.without(text)
    draft, turning = vow.ear.heard(text), vow.turning
    for piece in draft.aside:
        turning.lines += doubting.aside(piece, vow.campaign)
    open_ = draft.doubt is not None and draft.doubt.what == "need" and not draft.doubt.readings
    if len(draft.offers) > drafting.MOST:
        turning.miss(phrase("That is much at once. Please write at most {n} things in one message.", n=drafting.MOST))
    elif open_ and not draft.offers:
        turning.say(phrase("Thank you! What exactly, and how much? For example: 5000 som, 3 days"))
    elif draft.offers or draft.doubt:
        more = {"when": _when(vow, draft.when)} if draft.when else {}
        if text != said:
            # Whose name that is need not be kept: they say themselves who they are.
            more |= {"behalf": "yes", "name": "", "shown": ""}
        vow.change("confirm", settled=(), gift=drafting.without_secrets(text), **more)
        return True
    elif not turning.lines:
        turning.miss()
    turning.missed = turning.missed or not open_
    return False


def _when(vow: Vow, words: str) -> str:
    """What is kept of a time in words: the day or days, or the words while they are none."""
    found = vow.ear.when(words)
    return found if isinstance(found, str) else words


def _take_gift(vow: Vow, text: str) -> None:
    _hear(vow, text)


def _take_doubt(vow: Vow, text: str) -> None:
    doubt = vow.draft.doubt
    assert doubt is not None  # noqa: S101 - `at` says so
    choices = doubting.choices(doubt, vow.campaign)
    if number := _picked(text, len(choices)):
        choice = choices[number - 1][0]
    else:
        choice = vow.ear.answer(doubt, text) or next((kept for kept, _ in choices if _says(kept, text)), "?")
    if choice == "":
        vow.change("gift")
    elif choice != "?":
        vow.change("confirm", settled=(*vow.draft.settled, choice))
    elif _is_gift(vow, text):
        _hear(vow, text)
    else:
        vow.turning.miss()


def _says(kept: str, text: str) -> bool:
    """Whether what ends the choices is meant: to write it otherwise, or other money."""
    if kept == drafting.OTHERS:
        return agreeing.meaning(text) == "other" or commands.fold(text[:60]) in _OTHER_MONEY
    return not kept and (agreeing.meaning(text) in ("no", "other", "none") or commands.fold(text[:60]) in _OTHERWISE)


_OTHERWISE = frozenset(
    commands.fold(word)
    for word in ("башкача жазам", "башкача", "кайра жазам", "напишу иначе", "иначе", "по-другому", "напишу по-другому")
)
_OTHER_MONEY = frozenset(
    commands.fold(word) for word in ("башка акча", "башка валюта", "другая валюта", "другие деньги", "в другой валюте")
)


def _is_gift(vow: Vow, text: str) -> bool:
    """Whether the message is a gift in itself and not a bare number, or says what must not go unanswered."""
    bare = not any(map(str.isalpha, text)) and currencies.SIGNS.keys().isdisjoint(text)
    if bare and len(text) < _LONG_NUMBER:
        return False
    if behalf.together(text):
        return True
    draft = vow.ear.heard(text)
    said = any(not (isinstance(each, Misread) and each.why is Why.NOTHING) for each in draft.aside)
    return said or bool(draft.offers or (draft.doubt and (draft.doubt.readings or draft.doubt.need)))


def _choice(vow: Vow, name: str, text: str) -> str:
    listed = vow.listed(name)
    if number := _picked(text, len(listed)):
        return listed[number - 1].name
    named = answers.named(listed, text)
    return named.name if named else ""


def _take_confirm(vow: Vow, text: str) -> None:
    agreed = agreeing.agrees(text)
    meant = "" if agreed is None else "yes" if agreed else "again"
    match _choice(vow, "confirm", text) or meant:
        case "yes":
            _promise(vow)
        case "when":
            vow.change("when")
        case "name":
            vow.change("shown")
        case "relative":
            vow.change("confirm", behalf="yes", name="", shown="")
        case "myself":
            vow.change("confirm", behalf="")
        case "again":
            vow.change("gift")
        case _ if _is_gift(vow, text):
            _hear(vow, text)
        case _ if when := vow.ear.heard(text).when:
            vow.change("confirm", when=_when(vow, when))
        case _:
            vow.turning.miss()


def _take_when(vow: Vow, text: str) -> None:
    suggested, unclear = reciting.suggested(vow), vow.draft.unclear
    if number := _picked(text, len(suggested)):
        day = suggested[number - 1]
        # The campaign's own day is not written down, so that it moves with the campaign's.
        vow.change("confirm", when="" if day == vow.campaign.deadline else day.isoformat())
        return
    if _is_new(vow, text):
        _hear(vow, text)
        return
    said = [text]
    if isinstance(unclear, whens.Asked) and unclear.about in ("times", "often"):
        said = [f"ай сайын {text} ай", f"ай сайын {text}", text]
    found = [vow.ear.when(each) for each in said]
    day_ = next((each for each in found if isinstance(each, str)), None)
    if day_ is not None:
        vow.change("confirm", when=day_)
    elif isinstance(found[-1], whens.Misread):
        vow.turning.miss(doubting.unclear(found[-1]))
        vow.change("when", when="")
    else:
        vow.change("when", when=text)


def _is_new(vow: Vow, text: str) -> bool:
    """Whether what is said instead of a time is another gift, with a time of its own or without: "1000 сом эртең"."""
    if not _is_gift(vow, text):
        return False
    draft = vow.ear.heard(text)
    if draft.when:
        return True
    # "3 күн" is a time here, and so is whatever else counts nothing but days.
    labour = {need.name for need in vow.campaign.needs if need.kind == "labour"}
    return any(each.need not in labour for each in draft.offers)


def _take_shown(vow: Vow, text: str) -> None:
    choice = _choice(vow, "shown", text)
    if choice == HIDDEN:
        vow.change("confirm", shown=choice, name="")
    elif choice:
        vow.change("name", shown=choice)
    else:
        vow.turning.miss()


def _take_name(vow: Vow, text: str) -> None:
    if name := naming.heard(vow.turning, vow.campaign, text):
        vow.change("confirm", name=name)


_TAKE = {
    "gift": _take_gift,
    "doubt": _take_doubt,
    "confirm": _take_confirm,
    "when": _take_when,
    "shown": _take_shown,
    "name": _take_name,
}


# -- the promise -------------------------------------------------------------------------------------------


def _promise(vow: Vow) -> None:
    turning, campaign, draft = vow.turning, vow.campaign, vow.draft
    now, version = turning.incoming.now, vow.response.seen
    if len(draft.days) * len(draft.offers) > drafting.MOST_PLEDGES:
        turning.miss(phrase("That is much at once. Please write at most {n} things in one message.", n=drafting.MOST))
        vow.change("gift")
        return
    name, shown = (str(vow.response.answer(each) or "") for each in ("name", "shown"))
    link = giving.link_code(turning.draw("link")) if vow.behalf else ""
    made: list[happenings.Pledged] = []
    for offer in draft.offers:
        rate = turning.facts.worth.get(offer.unit)
        for day in draft.days:
            steps = giving.promise(campaign, offer, now, rate, day, version, behalf=vow.behalf)
            if isinstance(steps, wishes.Refusal):
                _refused(vow, steps.reason)
                return
            number = str(len(made) or "")
            code = giving.reference_code(turning.draw(f"code{number}"))
            pledge = turning.draw(f"pledge{number}")
            person, kind = turning.talk.person, shown if name else ""
            new = happenings.Pledged(
                person, pledge, campaign.name, offer, code, name, steps, rate, shown=kind, link=link
            )
            made.append(new)
    # Where a relative lives says nothing of whom they promised for.
    turning.events += made if vow.behalf else whereabouts.stamped(turning, made)
    vow.turning.keep(vow.rid, vow.response._replace(at="", answers=(*vow.response.answers, ("confirm", "yes"))))
    turning.end(vow.rid)
    reciting.thank(vow, made)
    turning.actions = ("share",)
    if vow.behalf:
        turning.lead_back()
    else:
        whereabouts.ask(turning)


def _refused(vow: Vow, reason: wishes.Reason) -> None:
    """The campaign, as it is now, does not take it so."""
    if reason is wishes.Reason.CLOSED:
        _let_be(vow.turning)
        return
    vow.turning.say(doubting.REFUSED[reason])
    dates = (wishes.Reason.PAST_DATE, wishes.Reason.FAR_DATE)
    if reason in dates:
        vow.change("when", when="")
    else:
        vow.change("gift" if reason is wishes.Reason.ABSURD else "confirm")
