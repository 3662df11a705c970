"""The first road of a conversation: the bare engine, its state through JSON at every step.

A channel's driver is compared with what is said here when the engine is told that it is on that channel: give its
desk the `Clock` and `Chance` of tests/talking.py, and options and codes are the same.
"""

from __future__ import annotations

from bot import wording
from bot.channels import base, composing, plain
from bot.engine.pledging.events import Role
from tests import talking
from tests.conversations import script

#: What a medium is to the engine.
_KINDS = {"sticker": "media", "photo": "image", "voice": "audio"}


class EngineDriver:
    """One phone on the bare engine."""

    buttons = True

    def __init__(self, voice: wording.Voice, *, channel: str = "web", about: str = "") -> None:
        self.channel = channel
        self.person = talking.Person(talking.house(about), channel=channel)
        self._voice = voice
        self._shown: list[base.Outbound] = []
        self._others: dict[str, talking.Person] = {}

    async def send(self, step: script.Step) -> list[str]:
        """The reply as every channel would show it."""
        if step.kind == "later":
            self.person.house.clock.forward(minutes=step.minutes)
            return []
        if step.kind == "office":
            role, code = step.text.split()
            self.person.house.offices.appoint("suu", Role(role), code)
            return []
        if step.kind == "says":
            who, said = script.sayings(step)
            channel = "web" if who.endswith(" on a page") else "sms"
            other = self._others.setdefault(who, talking.Person(self.person.house, channel=channel))
            for text in said:
                other.send(f"ashar {text}" if text[1:2] == "-" else text)
            return []
        if step.kind == "mails":
            self.person.house.mails = True
            return []
        if step.kind == "on":
            self.channel = self.person.channel = step.text
            return []
        match step.kind:
            case "code":
                turn = self.person.send(self.person.house.letters[-1].code)
            case "tap" | "earlier":
                outbound = self._shown[-1 if step.kind == "tap" else -2]
                turn = self.person.send(pressed(outbound, step.text), tap=(outbound.tag, outbound.step))
            case "media":
                turn = self.person.send(kind=_KINDS[step.text])
            case "place":
                turn = self.person.send(f"{step.text} 0 0", kind="place")
            case "link":
                turn = self.person.send(f"/start {step.text}", start=step.text)
            case _:
                turn = self.person.send(step.text)
        self._shown.append(composing.compose(self._voice, turn.reply, turn.language))
        return [plain.numbered(read(self._shown[-1], self.channel))]


def read(outbound: base.Outbound, channel: str) -> base.Outbound:
    """What a person reads there, the options on buttons included: Telegram has a button for all that can be tapped."""
    return plain.beside_buttons(outbound)._replace(options=outbound.options) if channel == "telegram" else outbound


def pressed(outbound: base.Outbound, button: str) -> str:
    """What a button of this message sends, the button named by its number or its words."""
    sends = {each.label: each.sends for each in (*outbound.options, *outbound.actions)}
    sends |= {each.sends: each.sends for each in outbound.options}
    assert button in sends, f"no button “{button}”, only {', '.join(sends)}"
    return sends[button]
