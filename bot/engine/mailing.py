"""An e-mail for whoever pledged on a page, where nothing can be pushed: asked once, proved by a code, dropped."""

from __future__ import annotations

import datetime as dt
import re

from bot.engine import confiding, happenings, messages, trying
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.turning import Turning, options
from bot.engine.understanding import agreeing

SCENES = ("mail", "mail_code", "mailbox")
#: The channel that nobody can be told anything by.
_PAGE = "web"
#: How long a code is good: a letter may be held up for a while by whoever takes it.
GOOD_FOR = dt.timedelta(hours=1)
PURPOSE = "email"

_ASKED = phrase(
    "We cannot write to you here by ourselves. If you like, write your e-mail: news of your promises and reminders go "
    "there, one letter a day at most. It is kept encrypted, and nobody else sees it. You need not answer."
)
_UNREADABLE = phrase("This does not look like an e-mail. It has Latin letters and an @, for example: aibek@example.com")
#: One address in a message. Longer ones than this exist, and nobody has one.
_EMAIL = re.compile(
    r"(?<!\S)[<(]?((?=\S{6,120}(?!\S))[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[^\W_]+(?:-+[^\W_]+)*\.)+[^\W\d_]{2,24})[>).,;]*(?!\S)"
)


def is_for(turning: Turning) -> bool:
    """Whether an e-mail is spoken of at all: on a page, of a house that sends some, and not instead of an answer."""
    talk = turning.talk
    return turning.facts.mails and turning.incoming.channel == _PAGE and bool(talk.person) and talk.scene != "form"


def ask(turning: Turning) -> None:
    """Ask whoever has not been asked; the others go on to where they were.

    Where no e-mail can be given, a relative is spoken of, and so it is to whoever gives none.
    """
    person = turning.person()
    first = person is not None and not person.mailed and (is_for(turning) or confiding.offered(turning))
    if person and first:
        turning.change_person(person._replace(mailed=True))
    if first and is_for(turning):
        turning.to("mail")
    else:
        if first:
            turning.say(confiding.HINT)
        turning.lead_back()


def _leave(turning: Turning) -> None:
    """Without an e-mail."""
    if not turning.facts.mailbox and confiding.offered(turning):
        turning.say(confiding.HINT)
    turning.lead_back()


def enter(turning: Turning) -> None:
    """To the e-mail that is there, or to the question for one."""
    turning.to("mailbox" if turning.facts.mailbox else "mail")


def read(text: str) -> str:
    """The one e-mail in these words, in small letters; "" where there is none, or more than one."""
    # "mailto:", "почта:"
    found = set(_EMAIL.findall(text.casefold().replace(":", " ")))
    local, _, domain = (found.pop() if len(found) == 1 else "").partition("@")
    try:
        domain.encode("idna")
    except UnicodeError:
        # Nothing can be sent there, whatever letters it is in.
        return ""
    return f"{local}@{domain}" if domain and not re.search(r"^\.|\.\.|\.$", local) else ""


def show(turning: Turning) -> messages.Reply:
    """What is asked."""
    mailbox = turning.facts.mailbox
    if turning.talk.scene == "mailbox" and not mailbox:
        # It went meanwhile, on another page.
        turning.to("mail")
    if turning.talk.scene == "mailbox" and mailbox:
        choices = options(phrase("Another e-mail"), phrase("Remove the e-mail"), phrase("Back"))
        return messages.Reply((told(mailbox),), choices, pick=1)
    if turning.talk.scene == "mail_code":
        sent = phrase("A letter with a code is on its way to {email}.", email=_email(turning))
        here = phrase(
            "Please write the code here. If nothing comes, look among the unwanted mail, or write the e-mail again."
        )
        return messages.Reply((here,) if turning.missed else (sent, here), actions=("back", "skip"))
    # What was wrong is said already; nobody reads all of it twice.
    return messages.Reply(() if turning.missed else (_ASKED,), actions=("skip",))


def told(mailbox: messages.Mailbox) -> messages.Phrase:
    """Where letters go, or that they do not arrive."""
    if mailbox.open:
        return phrase("News and reminders go to your e-mail: {email}", email=mailbox.email)
    return phrase("Our letters do not arrive at your e-mail: {email}. You can give another.", email=mailbox.email)


def take(turning: Turning, command: Command | None) -> None:
    """An address, the code that proves it, or what is to become of the one that is there."""
    scene = turning.talk.scene
    if command is Command.BACK and scene == "mail_code":
        turning.to("mail")
    elif command in (Command.BACK, Command.SKIP, Command.CONTINUE):
        _leave(turning)
    elif scene == "mailbox":
        _take_mailbox(turning)
    elif turning.incoming.kind == "text" and agreeing.consents(turning.incoming.text) is False:
        turning.say(phrase("All right, without an e-mail."))
        _leave(turning)
    elif scene == "mail" or "@" in turning.incoming.text:
        _take_email(turning)
    else:
        _take_code(turning)


def _take_mailbox(turning: Turning) -> None:
    match turning.number(3):
        case 1:
            turning.to("mail")
        case 2:
            turning.events.append(happenings.MailDropped(turning.talk.person))
            turning.say(phrase("Your e-mail is removed. No more letters go there."))
            turning.lead_back()
        case 3:
            turning.lead_back()


def _take_email(turning: Turning) -> None:
    now = turning.incoming.now
    email = read(turning.incoming.text) if turning.incoming.kind == "text" else ""
    if not email:
        turning.miss(_UNREADABLE)
    elif not trying.may_try(turning.talk, now):
        turning.miss(trying.TOO_MANY)
    else:
        # As a wrong code counts, so that nobody has letters sent to others from here.
        trying.count_wrong(turning)
        code = f"{int(turning.draw('mail'), 16) % 1_000_000:06}"
        turning.events.append(happenings.MailAsked(turning.talk.person, email, code))
        turning.to("mail_code", pending=f"{code} {now.isoformat(timespec='seconds')} {email}")


def _take_code(turning: Turning) -> None:
    code, sent, email = turning.talk.pending.split(" ", 2)
    now = turning.incoming.now
    if not trying.may_try(turning.talk, now):
        turning.miss(trying.TOO_MANY)
    elif now - dt.datetime.fromisoformat(sent) > GOOD_FOR:
        turning.miss(phrase("This code is too old. Write your e-mail again, and a new letter comes."))
        turning.to("mail")
    elif re.sub(r"[\s-]", "", turning.incoming.text) != code:
        trying.count_wrong(turning)
        turning.miss(phrase("This is not the code from the letter."))
    else:
        trying.forget(turning)
        turning.events.append(happenings.Consented(turning.talk.person, PURPOSE, _ASKED))
        turning.events.append(happenings.MailGiven(turning.talk.person, email))
        turning.say(
            phrase("Thank you! News and reminders go to {email}. To change or remove it, write “e-mail”.", email=email)
        )
        turning.lead_back()


def _email(turning: Turning) -> str:
    return turning.talk.pending.split(" ", 2)[2]
