"""Walking through a form on the bare flow: texts that are typed, and marks for what is not."""

from __future__ import annotations

import datetime as dt

from bot import wording
from bot.channels import composing, plain
from bot.engine import asking, commands, flow, form, messages, passage, state

BEGUN = "2027-03-01T09:00:00+00:00"
#: What stands for a command.
MARKS = {"<": "артка", ">": "өткөр", "+": "дагы"}
VOICE = wording.Voice()

#: Typed, or (kind, text) of what is sent.
Said = str | tuple[str, str]


def fresh(definition: form.Form, seed: str = "0" * 16) -> state.State:
    """A response that nobody has begun."""
    return state.State(form=definition.version, seed=seed, begun=BEGUN, channel="web", language="ky")


def step(definition: form.Form, response: state.State, said: Said) -> flow.Step:
    """One message."""
    kind, text = said if isinstance(said, tuple) else ("text", said)
    typed = MARKS.get(text, text)
    command = commands.recognise(typed) if kind == "text" else None
    sent = flow.Sent(typed, command, kind, f"{kind}-id", dt.datetime.fromisoformat(BEGUN))
    return flow.advance(definition, response, sent)


def walk(definition: form.Form, *texts: Said, seed: str = "0" * 16) -> flow.Step:
    """The last step of a walk."""
    return on(definition, flow.begin(definition, fresh(definition, seed)), *texts)


def on(definition: form.Form, response: state.State, *texts: Said) -> flow.Step:
    """The last step of a walk that goes on."""
    last = flow.Step(response)
    for text in texts:
        last = step(definition, last.state, text)
    return last


def change(definition: form.Form, response: state.State, key: str, *texts: Said) -> flow.Step:
    """An earlier answer is changed, as from the list of them."""
    return on(definition, flow.reopen(response, key), *texts)


def met(definition: form.Form, response: state.State) -> list[str]:
    """Keys of all that is asked."""
    return [station.key for station in passage.passage(definition, response).asked]


def values(definition: form.Form, response: state.State) -> dict[str, object]:
    """What everything is worth, by key."""
    return dict(passage.passage(definition, response).values)


def shown(definition: form.Form, response: state.State, language: str = "ru") -> list[str]:
    """The question that waits, line by line, as every channel shows it."""
    asked = asking.asking(definition, response, {})
    reply = messages.Reply(asked.lines, asked.options, asked.foot, asked.pick, asked.actions)
    return plain.numbered(composing.compose(VOICE, reply, language)).splitlines()


def buttons(definition: form.Form, response: state.State) -> tuple[str, ...]:
    """The actions beside it."""
    return asking.asking(definition, response, {}).actions


def said(lines: tuple[messages.Line, ...], language: str = "ru") -> list[str]:
    """Lines in words."""
    return [VOICE.say(line, language) for line in lines]


def answered(definition: form.Form, **answers: state.Answer) -> state.State:
    """A response with these answers; `__` stands for "#"."""
    given = tuple((key.replace("__", "#").replace("_dot_", "."), answer) for key, answer in answers.items())
    return fresh(definition)._replace(answers=given)
