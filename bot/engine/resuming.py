"""Going on elsewhere: a code from the phone one has answered on, and what becomes of it on another."""

from __future__ import annotations

import datetime as dt

from bot.engine import giving, happenings, lobby, trying
from bot.engine.messages import phrase
from bot.engine.turning import Turning

#: How long a code is good.
GOOD_FOR = dt.timedelta(minutes=10)


def give(turning: Turning) -> None:
    """A code for whoever has something to go on with."""
    if not turning.talk.person:
        turning.say(phrase("There is nothing to go on with elsewhere yet."))
        return
    code = giving.resume_code(turning.draw("resume"))
    turning.events.append(happenings.CodeGiven(code))
    # In two halves it is copied by hand without a mistake; it is read with and without the hyphen.
    shown = f"{code[:4]}-{code[4:]}"
    turning.say(phrase("If the connection breaks, go on with this code: {code}. Give it to nobody.", code=shown))
    turning.say(phrase("It is good for ten minutes, and once."))


def enter(turning: Turning, code: str, language: str = "") -> None:
    """Take a code. Only a phone on which nobody has answered may go over: two people are never made one."""
    now = turning.incoming.now
    turning.change(language=language or turning.talk.language)
    if not trying.may_try(turning.talk, now):
        turning.miss(trying.TOO_MANY)
    elif not turning.facts.code_is_good:
        trying.count_wrong(turning)
        turning.miss(phrase("This code is unknown or too old. Write “code” on the first phone and you get a new one."))
    elif turning.talk.people:
        trying.forget(turning)
        turning.say(phrase("A code can be used only on a phone where nobody has answered yet."))
    else:
        turning.events.append(happenings.Moved(code))
        trying.forget(turning)
        turning.to("moved")
        turning.say(phrase("Found! Write “continue” and we go on where you were."))
        return
    _stay(turning)


def _stay(turning: Turning) -> None:
    """Back to where this phone was, or to the question of the language."""
    talk = turning.talk
    if not talk.language:
        turning.to("language", pending=talk.pending)
    elif talk.scene in ("new", "language", "moved"):
        turning.go_back()
    elif talk.scene == "stopped":
        lobby.wake(turning)
