"""Codes that are entered: how often a phone may be wrong, and when what looks like a code is none."""

from __future__ import annotations

import datetime as dt

from bot.engine import form, state
from bot.engine.messages import phrase
from bot.engine.turning import Turning

#: Wrong codes in a row before no more are tried, and for how long.
WRONG = 5
REST = dt.timedelta(hours=1)
TOO_MANY = phrase("There were too many wrong codes. Please try again in an hour.")


def may_try(talk: state.Talk, now: dt.datetime) -> bool:
    """False while this phone has entered too many wrong codes; nobody looks them up then."""
    return talk.tries < WRONG or now - dt.datetime.fromisoformat(talk.tried) >= REST


def count_wrong(turning: Turning) -> None:
    """One more wrong code from this phone."""
    now = turning.incoming.now.isoformat(timespec="seconds")
    turning.change(tries=turning.talk.tries % WRONG + 1, tried=now)


def forget(turning: Turning) -> None:
    """A right one came: nothing is held against this phone."""
    turning.change(tries=0, tried="")


def is_entered(turning: Turning, *, good: bool) -> bool:
    """False where what looks like a code, and is none, answers a question that asks for words."""
    rid = turning.current() if turning.talk.scene == "form" and not turning.incoming.start else ""
    if good or not rid:
        return True
    response = turning.responses[rid]
    question = turning.facts.forms[response.form].question(response.at)
    return question is None or question.kind not in form.IN_WORDS
