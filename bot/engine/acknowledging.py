"""One pledge before whoever signs: come, in part, or less by what its way cost; not seen yet; to be put right."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from bot.engine import commands, entering, giving, measuring, messages, signing, treasury
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.pledging import events, ledger, wishes
from bot.engine.pledging.events import Step
from bot.engine.turning import Turning, options

#: Scenes in which one pledge is open: `listed` begins with it, and the list goes on behind it.
_OPENED = frozenset({"entry", "part", "more", "less", "right", "back"})
#: The scenes of an office. In all but the first, `pending` is the campaign.
SCENES = frozenset({"offices", "treasury", "gift", "giver", *_OPENED})
_LEAVES = (Command.BACK, Command.SKIP, Command.CONTINUE)
_LEAST = Decimal("0.01")
_NOTHING = frozenset(map(commands.fold, ("0", "жок", "эч нерсе", "нет", "ничего", "ноль")))


def settle(turning: Turning) -> None:
    """What is no longer theirs cannot be shown."""
    talk = turning.talk
    if talk.scene == "offices":
        if not any(duty.campaign in talk.listed for duty in turning.facts.duties):
            treasury.enter(turning)
    elif treasury.held(turning) is None:
        treasury.enter(turning)
    elif talk.scene in _OPENED and treasury.known(turning, talk.listed[0])[0] is None:
        turning.to("treasury", pending=talk.pending, listed=talk.listed[1:])


def take(turning: Turning, command: Command | None) -> None:
    """The message, in whichever of these scenes."""
    scene = turning.talk.scene
    if scene == "offices":
        treasury.take_offices(turning, command)
    elif treasury.held(turning) is None:
        treasury.enter(turning)
    elif scene == "treasury":
        _take_list(turning, command)
    elif scene in ("gift", "giver"):
        entering.take(turning, command)
    elif command in _LEAVES:
        _leave(turning, "treasury" if scene == "entry" or command is not Command.BACK else "entry")
    elif scene == "entry":
        _take_entry(turning)
    else:
        _take_amount(turning)


def _take_list(turning: Turning, command: Command | None) -> None:
    picked = treasury.numbers(turning.incoming.text) if turning.incoming.kind == "text" else ()
    if command is Command.CONTINUE:
        turning.go_on()
    elif command in _LEAVES:
        turning.go_home()
    elif unlisted := treasury.unlisted(turning, picked):
        turning.miss(phrase("There is no such number in the list: {numbers}", numbers=unlisted))
    elif len(picked) > 1:
        treasury.confirm(turning, picked)
    elif picked:
        _open(turning, turning.talk.listed[picked[0] - 1])
    elif found := _coded(turning):
        _open(turning, treasury.mark(found))
    else:
        entering.hear(turning)


def _coded(turning: Turning) -> messages.Promise | None:
    code = commands.reference_code(turning.incoming.text)
    mine = (each for each in turning.facts.entries if each.code == code and each.campaign == turning.talk.pending)
    return next(mine, None) if code else None


def _open(turning: Turning, marked: str) -> None:
    entry, _ = treasury.known(turning, marked)
    if entry is None:
        turning.say(treasury.refusal(wishes.Reason.CHANGED_MEANWHILE))
    else:
        turning.to("entry", pending=turning.talk.pending, listed=(treasury.mark(entry), *turning.talk.listed))
        # Once: every picture is paid for by whoever looks at it.
        turning.attaches = "image" if turning.incoming.attaches else ""


def _leave(turning: Turning, scene: str) -> None:
    listed = turning.talk.listed
    turning.to(scene, pending=turning.talk.pending, listed=listed if scene in _OPENED else listed[1:])


# -- one of them -------------------------------------------------------------------------------------------

#: What may be done, in the order in which it is offered: the wish by which it is tried, and its words.
_ACTS = {
    "whole": phrase("Arrived in full"),
    "sign": phrase("I sign it"),
    "decline": phrase("It is not so, I do not sign"),
    "part": phrase("A part has arrived"),
    "more": phrase("More has arrived"),
    "less": phrase("Less arrived: fee or rate"),
    "unseen": phrase("Not seen yet"),
    "right": phrase("Correct what was received"),
    "back": phrase("It was given back"),
}


def _wish(name: str, entry: messages.Promise) -> wishes.Wish | None:
    """The wish that an act begins with; None where there is nothing to be done so."""
    standing = entry.standing
    waiting, some = standing.proposal, signing.expected(standing) > 0
    match name:
        case "sign":
            return signing.whole(standing) if waiting else None
        case "decline":
            return wishes.Wish(Step.DECLINED) if waiting else None
        case _ if waiting:
            return None
        case "whole":
            return signing.whole(standing) if some else None
        case "part" | "more":
            return wishes.Wish(Step.RECEIVED, _LEAST) if some is (name == "part") else None
        case "less":
            return wishes.Wish(Step.RECEIVED, _LEAST, _LEAST) if some and giving.is_money(entry.offer) else None
        case "unseen":
            return wishes.Wish(Step.NOT_FOUND)
        case "right":
            return wishes.Wish(Step.CORRECTION, standing.received + _LEAST, standing.fee) if standing.received else None
    return wishes.Wish(Step.RETURNED) if standing.received else None


def _offered(turning: Turning, entry: messages.Promise) -> list[str]:
    """What the ledger would grant now."""
    duty, of, found = treasury.held(turning), treasury.campaign(turning), []
    for name in _ACTS if duty else ():
        wish = _wish(name, entry)
        granted = duty and wish and signing.decide(of, entry, wish, duty, turning.incoming.now)
        if granted and not isinstance(granted, wishes.Refusal):
            found.append(name)
    return found


def _opened(turning: Turning) -> tuple[messages.Promise, int]:
    entry, seen = treasury.known(turning, turning.talk.listed[0])
    assert entry is not None  # noqa: S101 - `settle` leaves these scenes where it is not so
    return entry, seen


def show(turning: Turning) -> messages.Reply:
    """The question that waits in one of these scenes."""
    scene = turning.talk.scene
    if scene == "offices":
        return treasury.show_offices(turning)
    if scene == "treasury":
        return treasury.show(turning)
    if scene in ("gift", "giver"):
        return entering.show(turning)
    entry, _ = _opened(turning)
    if scene in _ASKED:
        return messages.Reply((phrase(_ASKED[scene].msgid, code=entry.code),), actions=("back",))
    return _show_entry(turning, entry)


_ASKED = {
    "part": phrase("{code}: how much has arrived now? The rest is still waited for. For example: 3000"),
    "more": phrase("{code}: how much more has arrived?"),
    "less": phrase("{code}: how much has arrived? The rest is the fee or the rate, and the promise is kept."),
    "right": phrase("{code}: how much was received in all? If nothing, write 0. The other office signs it too."),
    "back": phrase("{code}: how much was given back?"),
}


def _show_entry(turning: Turning, entry: messages.Promise) -> messages.Reply:
    of, standing = treasury.campaign(turning), entry.standing
    # What is decided next was seen as it is now.
    turning.change(listed=(treasury.mark(entry), *turning.talk.listed[1:]))
    lines: list[messages.Line] = [phrase("{code}: promised {offer}", code=entry.code, offer=_said(of, entry))]
    if not standing.promised:
        lines = [phrase("{code}: a gift that nobody had promised", code=entry.code)]
    if entry.name:
        lines.append(phrase("Name: {name}", name=entry.name))
    if treasury.waits(entry) and not standing.proposal:
        moving = treasury.on_the_way(entry, of)
        lines.append(phrase("Sent on {date}: {amount}", date=entry.sent or of.deadline, amount=moving))
    for words, amount in ((_ARRIVED, standing.received), (_COST, standing.fee)):
        if amount:
            lines.append(phrase(words.msgid, amount=_said(of, entry, amount)))
    if waiting := standing.proposal:
        lines.append(phrase(_PROPOSED[waiting.step].msgid, amount=_said(of, entry, waiting.quantity)))
    elif standing.ended is ledger.State.RETURNED and standing.received:
        lines.append(phrase("A part of it was given back."))
    elif standing.ended in _LET_GO:
        lines.append(_LET_GO[standing.ended])
    if entry.photos and not turning.incoming.attaches:
        lines.append(_ELSEWHERE)
    elif entry.coming:
        lines.append(phrase("A photo of the receipt is on its way. Please look again in a minute."))
    if entry.own:
        lines.append(phrase("It was given or recorded from this phone, so somebody else confirms it."))
    labels = [_ACTS[name] for name in _offered(turning, entry)]
    seen = entry.photos[-_PHOTOS:] if turning.attaches else ()
    return messages.Reply(tuple(lines), options(*labels, phrase("Back")), pick=1, attachments=seen)


#: So many photos of one receipt are shown, the newest.
_PHOTOS = 3
_ELSEWHERE = phrase(
    "There is a photo of the receipt. Here it cannot be shown; in Telegram, in WhatsApp and on the web it can."
)
_ARRIVED = phrase("Received: {amount}")
_COST = phrase("Fee or rate: {amount}")
_PROPOSED = {
    Step.RECEIVED: phrase("To be signed: {amount} has arrived"),
    Step.CORRECTED: phrase("To be signed: in all {amount} was received"),
    Step.RETURNED: phrase("To be signed: {amount} is given back"),
}
_LET_GO: dict[ledger.State | None, messages.Phrase] = {
    ledger.State.WITHDRAWN: phrase("The giver has taken it back."),
    ledger.State.LAPSED: phrase("Its time has passed, nobody owes it."),
    ledger.State.RETURNED: phrase("It was given back."),
}


def _said(of: messages.Campaign, entry: messages.Promise, amount: Decimal | None = None) -> messages.Quantity:
    offered = giving.current(entry)
    return giving.quantity(of, offered if amount is None else dataclasses.replace(offered, quantity=amount))


def _take_entry(turning: Turning) -> None:
    entry, seen = _opened(turning)
    offered = _offered(turning, entry)
    number = turning.number(len(offered) + 1)
    if not number:
        return
    if number == len(offered) + 1:
        _leave(turning, "treasury")
    elif seen != entry.standing.steps:
        # The numbers stood for what could be done then.
        turning.say(phrase("{code}: {why}", code=entry.code, why=treasury.refusal(wishes.Reason.CHANGED_MEANWHILE)))
    elif (name := offered[number - 1]) in _ASKED:
        turning.to(name, pending=turning.talk.pending, listed=turning.talk.listed)
    elif wish := _wish(name, entry):
        _do(turning, entry, dataclasses.replace(wish, seen=seen))


def _take_amount(turning: Turning) -> None:
    scene, (entry, seen) = turning.talk.scene, _opened(turning)
    standing, of = entry.standing, treasury.campaign(turning)
    if scene == "right" and commands.fold(turning.incoming.text[:40]) in _NOTHING:
        _do(turning, entry, signing.corrected(standing, ledger.ZERO, seen=seen))
        return
    read = measuring.amount(turning, entry, of, turning.incoming.text)
    if read is None:
        return
    came = signing.arrived(entry, read)
    if came is None:
        turning.miss(phrase("Please write it as it was promised: {offer}.", offer=_said(of, entry)))
    elif scene == "less" and came * 2 < signing.expected(standing):
        # No transfer costs so much: it is a slip, or only a part.
        turning.miss(phrase("That is less than half. If a part has come, go back and choose “A part has arrived”."))
    elif scene == "less":
        _do(turning, entry, signing.less(standing, came, seen))
    elif scene == "right":
        _do(turning, entry, signing.corrected(standing, came, seen=seen))
    else:
        _do(turning, entry, wishes.Wish(Step.RECEIVED if scene in ("part", "more") else Step.RETURNED, came, seen=seen))


def _do(turning: Turning, entry: messages.Promise, wish: wishes.Wish) -> None:
    made: events.Event | wishes.Refusal = treasury.step(turning, entry, wish)
    if isinstance(made, wishes.Refusal):
        turning.say(phrase("{code}: {why}", code=entry.code, why=treasury.refusal(made.reason)))
        if made.reason is wishes.Reason.ABSURD:
            return
    else:
        treasury.tell(turning, entry, made)
    _leave(turning, "treasury")
