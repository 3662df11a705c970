"""`ashar campaign spend`, `unspend`, `sign`, `decline`: what was spent of what was received."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from bot.engine import form
from bot.engine.pledging import spending as book
from bot.engine.pledging import statements
from bot.engine.pledging.events import Role
from bot.services import publishing, spending
from bot.shell import remembering as shell
from models import db

DONE, PROBLEMS, WRONG = 0, 1, 2
#: Bytes of a picture at the most.
LARGEST_PHOTO = 20_000_000
#: `Event.hand` of whoever writes here: the shell knows offices, not persons.
HAND = "shell"

_T = TypeVar("_T")
_ROLES = {"treasurer": Role.TREASURER, "second": Role.SECOND}

Reason = book.Reason
#: Why nothing is written, and what to do.
REFUSED: Mapping[book.Reason, str] = {
    Reason.ABSURD: "an amount is above zero and has at most two decimals",
    Reason.NO_SUCH_NEED: "the campaign has no need of that name; “ashar campaign show” names them",
    Reason.NOT_THERE: "that is more than was received and is not spent: {left} {unit} are left",
    Reason.NO_SUCH_DAY: "the day lies before the campaign, or in the future",
    Reason.NO_SUCH_NUMBER: "no spending has that number; “ashar campaign account” lists them",
    Reason.ALREADY_SO: "it is so already",
    Reason.NOTHING_TO_SIGN: "it waits for no signature",
    Reason.SAME_OFFICE: "the first signature is of the same office; the other signs it: --as",
    Reason.WAITS: "it waits for the second signature already",
}


def arguments(act: Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]) -> None:
    """The acts after `ashar campaign` that treasurers need; `act` makes one, with the campaign's name."""
    sub = act("spend", spend, "write down what was spent of what was received, for everybody to read")
    sub.add_argument("amount", metavar="AMOUNT", help="money in som, anything else in the need's own unit")
    sub.add_argument("--need", required=True, metavar="NEED", help="its name, as in the campaign's file")
    for language in form.LANGUAGES:
        sub.add_argument(f"--{language}", required=True, metavar="TEXT", help="what for")
    sub.add_argument("--on", type=_day, metavar="DAY", help="when, YYYY-MM-DD (today)")
    sub.add_argument("--photo", type=Path, metavar="FILE", help="of the receipt or the thing, without people in it")
    signed(sub)
    sub = act("unspend", unspend, "take a spending back that was a mistake; both stay to be read")
    _numbered(sub)
    for language in form.LANGUAGES:
        sub.add_argument(f"--why-{language}", required=True, metavar="TEXT", help="for everybody to read")
    signed(sub)
    sub = act("sign", sign, "sign second, under a spending or its taking back")
    _numbered(sub)
    signed(sub, "second")
    sub = act("decline", decline, "do not sign that a spending is taken back: it stands")
    _numbered(sub)
    signed(sub, "second")


def _numbered(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("number", type=int, metavar="NUMBER", help="the number of the spending")


def signed(sub: argparse.ArgumentParser, role: str = "treasurer") -> None:
    """As whom somebody signs."""
    sub.add_argument("--as", dest="role", choices=tuple(_ROLES), default=role, help=f"whose signature it is ({role})")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written YYYY-MM-DD") from None


# -- spending --------------------------------------------------------------------------------------------------------


def spend(options: argparse.Namespace) -> int:
    """Write down a spending."""
    amount = statements.amount(options.amount)
    if amount is None:
        return wrong(f"{options.amount[:40]!r} is no amount; write it like 1500 or 1500,50.")
    what = {language: getattr(options, language).strip() for language in form.LANGUAGES}
    if not all(what.values()):
        return wrong("Everybody reads what for, in their own language: give both --ky and --ru.")
    photo = b""
    if options.photo:
        try:
            with options.photo.open("rb") as file:
                photo = file.read(LARGEST_PHOTO + 1)
        except OSError as error:
            return wrong(f"{options.photo} cannot be read ({error.strerror}).")
        if len(photo) > LARGEST_PHOTO:
            return wrong(f"{options.photo} is larger than {LARGEST_PHOTO // 1_000_000} MB.")
    hand = _hand(options)
    wanted = spending.Wanted(options.need, amount, options.on or spending.today(hand.at), what, photo)
    made = _tried(options, lambda stores: spending.spend(stores, options.campaign, wanted, hand))
    if isinstance(made, int):
        return made
    said = f"Number {made.number}: {made.quantity:f} {made.unit} of {options.campaign}"
    if made.step is book.Step.PROPOSED:
        other = "second" if options.role == "treasurer" else "treasurer"
        print(
            f"{said} wait for the second signature, and count as spent with it:",
            f"  ashar campaign sign {options.campaign} {made.number} --as {other}",
            sep="\n",
        )
    else:
        print(f"{said} are spent.")
    return DONE


def unspend(options: argparse.Namespace) -> int:
    """Take a spending back."""
    why = {language: getattr(options, f"why_{language}").strip() for language in form.LANGUAGES}
    if not all(why.values()):
        return wrong("Everybody reads why, in their own language: give both --why-ky and --why-ru.")
    hand = _hand(options)
    made = _tried(options, lambda stores: spending.undo(stores, options.campaign, options.number, hand, why))
    if isinstance(made, int):
        return made
    waits = made.step is book.Step.UNDOING
    print(f"Number {options.number} is taken back{' once the other office has signed that too' if waits else ''}.")
    return DONE


def sign(options: argparse.Namespace) -> int:
    """Sign second."""
    hand = _hand(options)
    made = _tried(options, lambda stores: spending.sign(stores, options.campaign, options.number, hand))
    if isinstance(made, int):
        return made
    print(f"Number {options.number} is signed by both.")
    return DONE


def decline(options: argparse.Namespace) -> int:
    """Do not take a spending back."""
    hand = _hand(options)
    made = _tried(options, lambda stores: spending.decline(stores, options.campaign, options.number, hand))
    if isinstance(made, int):
        return made
    print(f"Number {options.number} stands: it is not taken back.")
    return DONE


def signature(options: argparse.Namespace) -> tuple[Role, str]:
    """In what part somebody signs here, and by which hand."""
    return _ROLES[options.role], HAND


def _hand(options: argparse.Namespace) -> book.Hand:
    return book.Hand(*signature(options), db.now())


def _tried(
    options: argparse.Namespace, write: Callable[[spending.Stores], Awaitable[book.Entry | spending.Left]]
) -> book.Entry | int:
    try:
        made = remembering(write)
    except spending.Unclean as error:
        return wrong(f"{options.photo} is no picture that can be taken ({error}): give a JPEG, PNG or WebP.")
    except spending.Broken as error:
        return wrong(f"{error}. Put the last backup back, or ask for help; nothing was written.")
    if isinstance(made, spending.Left):
        said = REFUSED[made.reason].format(left=f"{max(made.left, book.ZERO):f}", unit=made.unit)
        return wrong(f"Nothing was written: {said}.")
    return made


# -- the house -------------------------------------------------------------------------------------------------------


def remembering(ask: Callable[[spending.Stores], Awaitable[_T]]) -> _T:
    """Do something with the database and the files."""
    return shell.ask(lambda memory: ask(spending.Stores(memory.database, publishing.Library(), memory.files)))


def wrong(text: str) -> int:
    """Say what is wrong; the exit code for it."""
    print(text, file=sys.stderr)
    return WRONG
