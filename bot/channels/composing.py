"""A reply of the mind -> the message in words that every channel sends."""

from __future__ import annotations

from bot import wording
from bot.channels import base
from bot.engine import messages
from bot.engine.messages import phrase

_ACTIONS = {
    "back": phrase("Back"),
    "skip": phrase("Skip"),
    "more": phrase("More"),
    "continue": phrase("Continue"),
    "answers": phrase("My answers"),
    "listen": phrase("Listen"),
    "show": phrase("See the picture"),
    "menu": phrase("Menu"),
    "share": phrase("Invite relatives"),
}


def compose(voice: wording.Voice, reply: messages.Reply, language: str) -> base.Outbound:
    """Put a reply into words. Options are answered by their number, actions by their English word."""
    return base.Outbound(
        head=voice.lines(reply.lines, language),
        options=tuple(
            base.Button(
                label=voice.say(option.label, language),
                sends=str(option.number or place),
                description=voice.say(option.description, language) if option.description else "",
                picked=option.picked,
            )
            for place, option in enumerate(reply.options, start=1)
        ),
        foot=voice.lines(reply.foot, language),
        spare=voice.lines(reply.spare, language),
        pick=reply.pick,
        actions=tuple(base.Button(voice.say(_ACTIONS[action], language), action) for action in reply.actions),
        tag=reply.tag,
        step=reply.step,
        language=language,
    )


def attached(reply: messages.Reply, language: str) -> list[base.Outbound]:
    """What is seen or heard before it, each a message of its own."""
    return [
        base.Outbound("", language=language, attached=each.kind, attachment=each.hash, size=each.size)
        for each in reply.attachments
    ]
