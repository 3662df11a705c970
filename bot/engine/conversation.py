"""One turn of the conversation with one phone: which scene takes the message, and which one asks next.

`turn()` is pure and total: whatever comes in, it gives back what to remember, what happened, and one reply.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot.engine import (
    acknowledging,
    commands,
    confiding,
    doing,
    flow,
    happenings,
    holding,
    inviting,
    joining,
    keeping,
    lobby,
    mailing,
    messages,
    naming,
    opining,
    promising,
    resuming,
    reviewing,
    sharing,
    state,
    staying,
    treasury,
    trying,
    vouching,
    whereabouts,
)
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.turning import Turning
from bot.engine.understanding import answers

#: After so long, somebody else may hold the phone and nobody remembers the question.
PAUSE = dt.timedelta(hours=12)
#: Misunderstandings in a row before a helper's telephone is offered.
PATIENCE = 3


class Turn(NamedTuple):
    """What one message came to."""

    talk: state.Talk
    #: Responses that are new or changed, by id.
    changed: Mapping[str, state.State]
    events: tuple[happenings.Event, ...]
    reply: messages.Reply
    #: Language of the reply; "" says it in every language.
    language: str
    #: True when the reply may take the place of the message whose button was tapped.
    in_place: bool


def turn(talk: state.Talk, responses: Mapping[str, state.State], incoming: messages.Incoming) -> Turn:
    """Take one message of one phone. `responses` are the open ones of the people behind it, by id."""
    turning = Turning(talk, responses, incoming)
    turning.change(heard=incoming.now.isoformat(timespec="seconds"))
    # Whoever wants to go on means what waits now, whichever page they read.
    fresh = incoming.tap in (None, (turning.tag(), talk.step)) or commands.recognise(incoming.text) is Command.CONTINUE
    asked = _asked(turning)
    if fresh:
        _receive(turning, paused=_paused(talk, incoming))
        turning.change(misses=talk.misses + 1 if turning.missed else 0)
    else:
        _receive_old(turning, paused=_paused(talk, incoming))
    if turning.missed:
        _be_patient(turning)
    _settle(turning)
    # While the same question waits its buttons stay good: three quick taps rank three, on however slow a line.
    if not asked or _asked(turning) != asked:
        turning.change(step=talk.step + 1)
        joining.speak(turning)
    elif turning.talk.language != talk.language:
        joining.speak(turning)
    shown = _SHOW[turning.talk.scene](turning)
    reply = shown._replace(
        lines=(*turning.lines, *shown.lines),
        actions=(*shown.actions, *turning.actions),
        dated=shown.dated or any(isinstance(event, happenings.Pledged) and not event.link for event in turning.events),
        tag=turning.tag(),
        step=turning.talk.step,
    )
    return Turn(
        talk=turning.talk,
        changed=turning.changed,
        events=tuple(turning.events),
        reply=reply,
        # Erasing forgets the language, but the farewell is still said in it.
        language="" if sharing.in_both(turning) else turning.talk.language or talk.language,
        in_place=incoming.tap is not None and fresh,
    )


def _asked(turning: Turning) -> tuple[object, ...] | None:
    """The question of a form that waits, with all it hangs on; None outside a form."""
    rid = turning.current()
    if turning.talk.scene != "form" or not rid:
        return None
    response = turning.responses[rid]
    # A promise is asked to be confirmed under one name, whatever it says: an old yes must not be to a new one.
    return rid, response.at, response.answers, response.settled, response.seen


def _be_patient(turning: Turning) -> None:
    """Apologies are not repeated, and the third time in a row a person is offered."""
    misses, phone = turning.talk.misses, turning.facts.phone
    if misses >= PATIENCE and phone:
        call = phrase("It seems I am not explaining well. You can call a helper: {phone}", phone=phone)
        # What exactly was wrong is still said; that nothing was understood, no more.
        turning.lines = [line for line in turning.lines if answers.unapologetic(line) is line] + [call]
    elif misses > 1:
        turning.lines = [answers.unapologetic(line) for line in turning.lines]


def _settle(turning: Turning) -> None:
    """What closed or went away since the last message cannot be shown any more; a list keeps what is shown."""
    talk = turning.talk
    if talk.scene == "consent" and not joining.is_open(turning, talk.pending):
        joining.follow(turning, talk.pending)
    elif talk.scene == "list":
        still = tuple(link for link in talk.listed if joining.is_open(turning, link))
        if still:
            turning.change(listed=still)
        else:
            turning.go_home()
    elif talk.scene == "vouched":
        vouching.settle(turning)
    elif talk.scene in confiding.SCENES:
        confiding.settle(turning)
    elif talk.scene in keeping.SCENES and not promising.promised(turning):
        turning.go_home()
    elif talk.scene in acknowledging.SCENES:
        acknowledging.settle(turning)
    elif talk.scene == staying.SCENE:
        staying.settle(turning)
    elif talk.scene in ("answers", "restart") and talk.pending not in turning.responses:
        turning.go_on()
    if turning.talk.scene in ("form", "resume") and not turning.current():
        turning.go_home()
    if turning.talk.scene == "home":
        turning.change(listed=tuple(lobby.menu(turning)))


def _paused(talk: state.Talk, incoming: messages.Incoming) -> bool:
    return bool(talk.heard) and incoming.now - dt.datetime.fromisoformat(talk.heard) > PAUSE


def _receive_old(turning: Turning, *, paused: bool) -> None:
    """A button of a message that is no longer the last one."""
    if not turning.talk.language:
        # No button of another message agrees to what is asked in this one.
        lobby.before_language(turning, None, turning.talk.pending if turning.talk.scene == "invited" else "")
    elif turning.talk.scene == "stopped":
        lobby.wake(turning)
    elif paused and turning.shared():
        lobby.ask_who(turning)
    else:
        turning.say(phrase("This question has been answered already. The current one is below."))


def _receive(turning: Turning, *, paused: bool) -> None:
    incoming, scene = turning.incoming, turning.talk.scene
    command = commands.recognise(incoming.text) if incoming.kind == "text" else None
    if command in _FOR_SOME and not _FOR_SOME[command](turning):
        command = None
    code = commands.resume_code(incoming.text, incoming.start) if incoming.kind == "text" else ""
    link = "" if code else holding.entered(turning) or incoming.start or commands.entry(incoming.text)
    language = {Command.KYRGYZ: "ky", Command.RUSSIAN: "ru"}.get(command) if command else None
    # Stopping works everywhere and before anything else does; erasing, wherever there is anything to erase.
    if command is Command.STOP:
        lobby.stop(turning)
    elif paused and scene != "who" and turning.shared():
        turning.change(language=language or turning.talk.language)
        lobby.ask_who(turning, link)
    elif code and trying.is_entered(turning, good=turning.facts.code_is_good):
        resuming.enter(turning, code, language or "")
    elif language and not _is_answer(turning):
        lobby.speak(turning, language, link)
    elif not turning.talk.language:
        lobby.before_language(turning, command, link)
    elif command is Command.ERASE:
        lobby.ask_erase(turning)
    elif link:
        joining.follow(turning, link)
    elif scene == "stopped":
        lobby.wake(turning)
    elif command is not None and _is_answer(turning):
        joining.take_form(turning, None, paused=False)
    elif command is Command.START:
        lobby.greet(turning)
    elif scene == "who" and command in _OF_A_PERSON:
        # First who it is; they are asked once more.
        return
    elif command in _COMMANDS:
        _COMMANDS[command](turning)
    elif command in _ATTACHMENTS and scene == "form" and turning.current():
        joining.attach(turning, _ATTACHMENTS[command])
    elif command is Command.RESTART and scene == "form" and turning.current():
        reviewing.ask_restart(turning)
    elif command is None and incoming.text.startswith("/"):
        turning.miss(phrase("I do not know this command. Write “help” and I will explain."))
    elif scene == "form":
        joining.take_form(turning, command, paused=paused and incoming.tap is None)
    elif command is None and doing.is_meant(turning):
        doing.take(turning)
    else:
        _TAKE[scene](turning, command)


def _is_answer(turning: Turning) -> bool:
    """True where a word that may be a command is an option of the question that waits."""
    if turning.talk.scene != "form" or not turning.current():
        return False
    response = turning.responses[turning.current()]
    return flow.names_option(turning.facts.forms[response.form], response, turning.incoming.text)


#: Commands that mean nothing while it is not known who asks.
_OF_A_PERSON = (
    Command.DATA,
    Command.PLEDGES,
    Command.RATING,
    Command.CODE,
    Command.ANSWERS,
    Command.TREASURY,
    Command.MAIL,
    Command.RELATIVE,
)

#: Words that are commands only to whom they are for.
_FOR_SOME: dict[Command | None, Callable[[Turning], bool]] = {
    Command.TREASURY: treasury.is_for,
    Command.MAIL: mailing.is_for,
    Command.RELATIVE: confiding.is_for,
}

#: What is asked for beside a question.
_ATTACHMENTS: dict[Command | None, str] = {Command.SHOW: "image", Command.LISTEN: "audio"}

#: Commands that mean the same in every scene.
_COMMANDS: dict[Command | None, Callable[[Turning], None]] = {
    Command.HOME: Turning.go_home,
    Command.HELP: lobby.help_,
    Command.LANGUAGE: lobby.ask_language,
    Command.RESULTS: promising.say_results,
    Command.PLEDGES: promising.list_pledges,
    Command.RATING: opining.rate,
    Command.DATA: lobby.tell_data,
    Command.ANOTHER: lobby.another,
    Command.CODE: resuming.give,
    Command.ANSWERS: reviewing.ask,
    Command.TREASURY: treasury.enter,
    Command.SHARE: sharing.share,
    Command.MAIL: mailing.enter,
    Command.RELATIVE: confiding.enter,
}

_TAKE: dict[str, Callable[[Turning, Command | None], None]] = {
    "home": lobby.take_home,
    "language": lobby.take_language,
    "list": joining.take_list,
    "consent": joining.take_consent,
    "resume": lobby.take_resume,
    "answers": reviewing.take,
    "restart": reviewing.take_restart,
    "who": lambda turning, _command: lobby.take_who(turning),
    "pledges": promising.take_pledges,
    "pledge": keeping.take_pledge,
    "amount": keeping.take_amount,
    "date": keeping.take_date,
    "withdraw": keeping.take_withdraw,
    staying.SCENE: staying.take,
    "is_done": opining.take_is_done,
    "satisfied": opining.take_satisfied,
    "why": opining.take_why,
    "shown": keeping.take_name,
    "name": keeping.take_name,
    "vouched": vouching.take,
    "erase": lobby.take_erase,
    "office": holding.take,
    **dict.fromkeys(acknowledging.SCENES, acknowledging.take),
    "share": sharing.take,
    "where": whereabouts.take,
    **dict.fromkeys(mailing.SCENES, mailing.take),
    **dict.fromkeys(confiding.SCENES, confiding.take),
    # Thanked, and now there is more to say: here is what there is.
    "done": lambda turning, _command: turning.go_home(),
    # One address of this contact went over; whoever writes by another one stays.
    "moved": lambda turning, _command: turning.go_home(),
}

_SHOW: dict[str, Callable[[Turning], messages.Reply]] = {
    "home": lobby.show_home,
    "language": lobby.show_language,
    "list": joining.show_list,
    "invited": inviting.show,
    "consent": joining.show_consent,
    "form": joining.show_form,
    "done": joining.show_done,
    "resume": lobby.show_resume,
    "answers": reviewing.show,
    "restart": reviewing.show_restart,
    "who": lobby.show_who,
    "pledges": promising.show_pledges,
    "pledge": keeping.show_pledge,
    "amount": keeping.show_amount,
    "date": keeping.show_date,
    "withdraw": keeping.show_withdraw,
    staying.SCENE: staying.show,
    "is_done": opining.show_is_done,
    "satisfied": opining.show_satisfied,
    "why": opining.show_why,
    "shown": naming.show_shown,
    "name": naming.show_name,
    "vouched": vouching.show,
    "erase": lobby.show_erase,
    "office": holding.show,
    **dict.fromkeys(acknowledging.SCENES, acknowledging.show),
    "share": sharing.show,
    "where": whereabouts.show,
    **dict.fromkeys(mailing.SCENES, mailing.show),
    **dict.fromkeys(confiding.SCENES, confiding.show),
    "stopped": lambda _turning: messages.Reply(()),
    "moved": lambda _turning: messages.Reply(()),
}
