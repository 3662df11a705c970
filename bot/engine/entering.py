"""A gift that nobody promised, written down by whoever signs: in words, said back, one yes, a numbered receipt."""

from __future__ import annotations

from typing import NamedTuple

from bot.engine import doubting, drafting, giving, happenings, messages, passage, signing, treasury
from bot.engine.commands import Command
from bot.engine.gifts.pieces import Doubtful, Misread, Unasked
from bot.engine.messages import phrase
from bot.engine.pledging import wishes
from bot.engine.pledging.events import Step
from bot.engine.turning import Turning, options
from bot.engine.understanding import agreeing, answers

_LONGEST_NAME = 60


class Words(NamedTuple):
    """What is being written down, in `Talk.listed` before the list it came from."""

    gift: str
    #: For the receipt; it is not published.
    name: str = ""
    #: What was chosen where the words were in doubt, as `drafting` keeps it.
    settled: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()

    def listed(self) -> tuple[str, ...]:
        """As it is kept."""
        return (self.gift, self.name, str(len(self.settled)), *self.settled, *self.rest)


def _words(turning: Turning) -> Words:
    gift, name, count, *more = turning.talk.listed
    return Words(gift, name, tuple(more[: int(count)]), tuple(more[int(count) :]))


def _keep(turning: Turning, words: Words, scene: str = "gift") -> None:
    turning.to(scene, pending=turning.talk.pending, listed=words.listed())


def _ear(turning: Turning) -> drafting.Ear:
    today = turning.incoming.now.astimezone(passage.KYRGYZ_TIME).date()
    return drafting.Ear(treasury.campaign(turning), turning.facts, today, given=True)


def _draft(turning: Turning) -> drafting.Draft:
    words = _words(turning)
    return _ear(turning).heard(words.gift, words.settled)


def hear(turning: Turning, rest: tuple[str, ...] | None = None) -> bool:
    """Take the message as a gift, if it is one; whether it was."""
    text, of = turning.incoming.text, treasury.campaign(turning)
    if turning.incoming.kind != "text" or not answers.says_something(text):
        turning.miss(answers.NO_WORDS)
        return False
    draft = _ear(turning).heard(answers.clean(text))
    for piece in draft.aside:
        turning.lines += _aside(piece, of)
    if len(draft.offers) > drafting.MOST:
        turning.miss(phrase("That is much at once. Please write at most {n} things in one message.", n=drafting.MOST))
    elif draft.offers or (draft.doubt and (draft.doubt.readings or draft.doubt.need)):
        kept = drafting.without_secrets(answers.clean(text))
        _keep(turning, Words(kept, rest=turning.talk.listed if rest is None else rest))
        return True
    elif not turning.lines:
        turning.miss()
    turning.missed = True
    return False


def _aside(piece: Unasked | Misread, of: messages.Campaign) -> tuple[messages.Line, ...]:
    if isinstance(piece, Misread):
        return doubting.aside(piece, of)
    return (phrase("“{said}”: how much of what? For example: 1 sheep, 2 trucks of sand", said=piece.said),)


def show(turning: Turning) -> messages.Reply:
    """What is in doubt; or all of it said back; or whose it is."""
    of = treasury.campaign(turning)
    if turning.talk.scene == "giver":
        asked = phrase("Whose gift is it? The name stands on the receipt only, it is not published.")
        return messages.Reply((asked,), actions=("back",))
    draft, words = _draft(turning), _words(turning)
    if draft.doubt:
        choices = doubting.choices(draft.doubt, of)
        lines = doubting.question(draft.doubt, of)
        labels = options(*(label for _, label in choices))
        return messages.Reply(lines, labels, pick=1 if choices else 0, actions=("back",))
    asked = phrase("Write it down as received? {gifts}", gifts=[doubting.offered(each, of) for each in draft.offers])
    named = [phrase("Name on the receipt: {name}", name=words.name)] if words.name else []
    return messages.Reply((asked, *named), options(*_CHOICES), pick=1)


_CHOICES = (phrase("Yes"), phrase("With a name"), phrase("No"))
_LEAVES = (Command.SKIP, Command.CONTINUE)


def take(turning: Turning, command: Command | None) -> None:
    """An answer to that."""
    words = _words(turning)
    if turning.talk.scene == "giver":
        _take_name(turning, words, command)
        return
    draft = _draft(turning)
    if not draft.offers and not draft.doubt:
        # The campaign asks for it no more.
        turning.say(doubting.REFUSED[wishes.Reason.CHANGED_MEANWHILE])
        _leave(turning, words)
    elif command in _LEAVES or (command is Command.BACK and not words.settled):
        _leave(turning, words)
    elif command is Command.BACK:
        _keep(turning, words._replace(settled=words.settled[:-1]))
    elif draft.doubt:
        _take_doubt(turning, words, draft.doubt)
    else:
        _take_choice(turning, words, draft)


def _leave(turning: Turning, words: Words) -> None:
    turning.to("treasury", pending=turning.talk.pending, listed=words.rest)


def _take_doubt(turning: Turning, words: Words, doubt: Doubtful) -> None:
    text = turning.incoming.text
    choices = doubting.choices(doubt, treasury.campaign(turning))
    digits = text.strip()
    if digits.isascii() and digits.isdigit() and len(digits) < 3 and 1 <= int(digits) <= len(choices):
        choice = choices[int(digits) - 1][0]
    else:
        choice = _ear(turning).answer(doubt, text) or "?"
    if choice == "":
        _leave(turning, words)
    elif choice != "?":
        _keep(turning, words._replace(settled=(*words.settled, choice)))
    elif any(map(str.isalpha, text)):
        hear(turning, words.rest)
    else:
        turning.miss()


def _take_choice(turning: Turning, words: Words, draft: drafting.Draft) -> None:
    agreed = agreeing.agrees(turning.incoming.text) if turning.incoming.kind == "text" else None
    number = (1 if agreed else 3) if agreed is not None else 0
    if not number and any(map(str.isalpha, turning.incoming.text)):
        # Said otherwise: that counts.
        hear(turning, words.rest)
        return
    match number or turning.number(len(_CHOICES)):
        case 1:
            _write(turning, words, draft)
        case 2:
            _keep(turning, words, "giver")
        case 3:
            turning.say(phrase("All right, nothing was written down."))
            _leave(turning, words)


def _take_name(turning: Turning, words: Words, command: Command | None) -> None:
    text = turning.incoming.text
    if command in (*_LEAVES, Command.BACK):
        _keep(turning, words)
    elif turning.incoming.kind != "text" or not answers.says_something(text):
        turning.miss(answers.NO_WORDS)
    elif len(text) > _LONGEST_NAME:
        long = phrase("That has become long. Please write less, at most {max} characters.", max=_LONGEST_NAME)
        turning.miss(long)
    elif found := drafting.secrets(text):
        for why in found:
            turning.lines += doubting.aside(Misread(why, ""), treasury.campaign(turning))
        turning.missed = True
    else:
        _keep(turning, words._replace(name=" ".join(answers.clean(text).split())))


def _write(turning: Turning, words: Words, draft: drafting.Draft) -> None:
    """Each gift under a number of its own, all of them or none."""
    duty, of = treasury.held(turning), treasury.campaign(turning)
    assert duty is not None  # noqa: S101 - `acknowledging` leaves this scene where it is not so
    made: list[happenings.Pledged] = []
    for place, offered in enumerate(draft.offers):
        rate, code = turning.facts.worth.get(offered.unit), giving.reference_code(turning.draw(f"code{place}"))
        gift = signing.blank(of.name, offered, rate, turning.draw(f"gift{place}"), code)
        entered = signing.enter(of, gift, duty, words.name, duty.receipt + place, turning.incoming.now)
        if isinstance(entered, wishes.Refusal):
            turning.say(doubting.REFUSED[entered.reason])
            _leave(turning, words)
            return
        made.append(entered)
    turning.events += made
    for each in made:
        said = doubting.offered(each.offer, of)
        turning.say(phrase("Written down: {gift}. Receipt number: {n}", gift=said, n=each.receipt))
        if each.steps[-1].step is Step.ACKNOWLEDGED:
            turning.say(phrase("It counts once the other office has signed it too. Its code: {code}", code=each.code))
    _leave(turning, words)
