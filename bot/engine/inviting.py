"""Somebody new, by a survey's link: one message says who asks and why, one answer names the language and agrees."""

from __future__ import annotations

from bot.engine import commands, joining, messages
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.turning import Turning, options

_GREETING = phrase("Hello! This is Ashar.")
#: Each in its own language, whatever the reader's is; twenty letters go on a button of WhatsApp's.
_AGREE = {"ky": "Макулмун (кыргызча)", "ru": "Даю согласие (рус.)"}
_REFUSE = "Жок / Нет"
#: Said in words, consent names its language by itself. What both languages say («ок») is asked again.
_YES = {
    "ky": "ооба, ообо, ия, макул, макулмун, болот, туура, oba",
    "ru": "да, ага, угу, конечно, верно, давай, даю согласие",
}
_NAMED = {
    commands.fold(word): language for language in _AGREE for word in (*_YES[language].split(","), _AGREE[language])
}
_NAMED |= dict.fromkeys((*commands.NO, commands.fold(_REFUSE)), "")
#: The text in two languages is more SMS than the same in two steps, and each is paid for.
_STEP_BY_STEP = ("sms",)


def fits(turning: Turning, link: str) -> bool:
    """True where both languages have room in one message: for a survey that is open."""
    return link.startswith("s-") and turning.incoming.channel not in _STEP_BY_STEP and joining.is_open(turning, link)


def invite(turning: Turning, link: str) -> None:
    """Ask; or take the answer at once, where the text was read on a page that keeps nothing of its readers."""
    turning.to("invited", pending=link)
    if commands.fold(turning.incoming.text[:40]) in _NAMED:
        take(turning, None)


def show(turning: Turning) -> messages.Reply:
    """What is asked, by whom and why, in every language; nothing is kept before it is answered."""
    link = turning.talk.pending
    lines = (_GREETING, messages.Written(joining.title(turning, link)), joining.consent_text(turning))
    labels = (*_AGREE.values(), _REFUSE)
    return messages.Reply(lines, options(*(messages.Written(dict.fromkeys(_AGREE, label)) for label in labels)), pick=1)


def take(turning: Turning, command: Command | None) -> None:
    """Yes begins, in the language it was said in; no keeps nothing; who asks or is not understood goes step by step."""
    link, folded = turning.talk.pending, commands.fold(turning.incoming.text[:40])
    turning.to("language", pending=link)
    if folded in _NAMED and turning.incoming.kind == "text":
        language = _NAMED[folded]
    elif command is None and (number := turning.number(len(_AGREE) + 1)):
        language = (*_AGREE, "")[number - 1]
    else:
        return
    turning.to("invited", pending=link)
    if language:
        turning.change(language=language)
        joining.agree(turning, link)
    else:
        turning.say(joining.NOTHING_KEPT)
        turning.to("language")
