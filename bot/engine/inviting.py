"""Somebody new, by a link: one message says who asks and why, one answer names the language and agrees."""

from __future__ import annotations

from bot.engine import commands, consenting, joining, messages
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.turning import Turning, options
from bot.engine.understanding import agreeing

_GREETING = phrase("Hello! This is Ashar.")
#: Each in its own language, whatever the reader's is; twenty letters go on a button of WhatsApp's.
_AGREE = {"ky": "Макулмун (кыргызча)", "ru": "Даю согласие (рус.)"}
_REFUSE = "Жок / Нет"
#: Said in words, consent names its language by itself. What both languages say («ок») is asked again.
_YES = {
    "ky": "ооба, ообо, ова, ава, ооп, ия, макул, макулмун, болот, туура, кошулам, албетте, мейли, жакшы, oba",
    "ru": "да, ага, угу, конечно, верно, давай, даю согласие, согласен, согласна, хорошо, ладно, разумеется, правильно",
}
_NAMED = {
    commands.fold(word): language for language in _AGREE for word in (*_YES[language].split(","), _AGREE[language])
}
_REFUSED = commands.fold(_REFUSE)
#: The text in two languages is more SMS than the same in two steps, and each is paid for.
_STEP_BY_STEP = ("sms",)


def fits(turning: Turning, link: str) -> bool:
    """True where both languages have room in one message: for what is open and asks for consent."""
    if not link.startswith(("s-", "a-")) or not joining.is_open(turning, link):
        return False
    # A campaign's message says less, and what is left is said once, in the language that was chosen.
    return link.startswith("a-") or turning.incoming.channel not in _STEP_BY_STEP


def invite(turning: Turning, link: str) -> None:
    """Ask; or take the answer at once, where the text was read on a page that keeps nothing of its readers."""
    turning.to("invited", pending=link)
    if _language(turning) is not None:
        take(turning, None)


def show(turning: Turning) -> messages.Reply:
    """What is asked, by whom and why, in every language; nothing is kept before it is answered."""
    link = turning.talk.pending
    title, text = messages.Written(joining.title(turning, link)), consenting.text(turning, link)
    lines = (_GREETING, title, text, consenting.more(turning))
    labels = (*_AGREE.values(), _REFUSE)
    return messages.Reply(lines, options(*(messages.Written(dict.fromkeys(_AGREE, label)) for label in labels)), pick=1)


def take(turning: Turning, command: Command | None) -> None:
    """Yes begins, in the language it was said in; no keeps nothing; who asks or is not understood goes step by step."""
    link, language = turning.talk.pending, _language(turning)
    turning.to("language", pending=link)
    if language is None:
        # A thumb or «ок» was understood, but not in which language.
        understood = command is not None or agreeing.consents(turning.incoming.text)
        number = 0 if understood else turning.number(len(_AGREE) + 1)
        if not number:
            return
        language = (*_AGREE, "")[number - 1]
    turning.to("invited", pending=link)
    if language:
        turning.change(language=language)
        turning.lines += joining.about(turning, link)
        joining.agree(turning, link)
    else:
        turning.say(joining.NOTHING_KEPT)
        turning.to("language")


def _language(turning: Turning) -> str | None:
    """The language in whose words it is agreed to; "" where it is refused; None where neither is plain."""
    text = turning.incoming.text[:80]
    if turning.incoming.kind != "text":
        return None
    folded = commands.fold(text)
    if folded == _REFUSED:
        return ""
    # "Да, согласен": both words of it are of one language.
    known = {_NAMED[word] for word in (folded, *folded.replace(",", " ").split()) if word in _NAMED}
    agreed = True if folded in _NAMED else agreeing.consents(text)
    if agreed is False:
        return ""
    return known.pop() if agreed and len(known) == 1 else None
