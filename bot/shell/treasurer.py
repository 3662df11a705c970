"""`ashar treasurer`: what has arrived for a campaign, written down from the shell by either office.

Exit codes: 0 written down (or it was before), 1 some of it was refused, 2 nothing was: no such thing, or unclear.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from bot.engine import messages, signing
from bot.engine.pledging import events, wishes
from bot.engine.pledging.events import Role, Step
from bot.services import certifying, publishing
from bot.shell import forms, remembering
from models import db

DONE, PROBLEMS, WRONG = 0, 1, 2

Reason = wishes.Reason

#: Why something is not written down, and what to do.
REFUSED: Mapping[wishes.Reason, str] = {
    Reason.ALREADY_SO: "written down already",
    Reason.NOT_YOURS: "not for this office",
    Reason.OWN_PLEDGE: "nobody confirms their own gift",
    Reason.CLOSED: "the campaign is not under way",
    Reason.CHANGED_MEANWHILE: "it has changed meanwhile; list it again",
    Reason.SECOND_SIGNATURE: "the other office signs that (--as)",
    Reason.NOTHING_TO_SIGN: "nothing waits for a signature",
    Reason.OTHER_AMOUNT: "another amount waits for a signature; sign or decline it first",
    Reason.NOTHING_TO_CORRECT: "nothing was received, or it was so already",
    Reason.ABSURD: "not above zero in whole hundredths, or out of all measure",
    Reason.NO_PLEDGE: "its rows are broken; `ashar tally check` tells how",
    Reason.NOT_SENT: "it was not said to be sent yet",
    Reason.NOT_DUE_YET: "it is not due yet",
    Reason.UNCONFIRMED: "its giver has not said yes yet",
    Reason.FALLEN_DUE: "it has fallen due and was not sent yet",
    Reason.ON_ITS_WAY: "it is on its way",
    Reason.NOT_RECEIVED: "it was not received",
    Reason.RECEIVED: "it was received already",
    Reason.ACCOUNTED: "its use was accounted for already",
    Reason.RETURNED: "it was given back",
    Reason.WITHDRAWN: "its giver has taken it back",
    Reason.LAPSED: "it has lapsed",
    Reason.PAST_DATE: "that day has passed",
    Reason.FAR_DATE: "that day is too far ahead",
    Reason.NO_DATE: "a day is wanted",
}
SAID = {
    Step.RECEIVED: "received",
    Step.ACKNOWLEDGED: "waits for the other office to sign it as received",
    Step.CORRECTION: "waits for the other office to sign the correction",
    Step.CORRECTED: "corrected, received in all",
    Step.RETURNED: "given back",
    Step.RETURNING: "waits for the other office to sign that it is given back",
    Step.DECLINED: "declined",
    Step.NOT_FOUND: "not found yet",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The words after `ashar treasurer`."""
    parser.add_argument("campaign", metavar="NAME", help="name of the campaign, such as suu")
    acts = parser.add_subparsers(metavar="ACT", required=True)

    def act(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = acts.add_parser(name, help=text, description=text)
        sub.set_defaults(command=run)
        if name not in ("list", "photo"):
            offices = [Role.TREASURER.value, Role.SECOND.value]
            sub.add_argument("--as", dest="office", choices=offices, default=offices[0], help="whose word it is")
        return sub

    act("list", listed, "list what is on the way and what waits for a signature")
    sub = act("photo", photo, "write the newest photo of a pledge's receipt to a file, to be looked at and deleted")
    sub.add_argument("code", metavar="CODE")
    sub.add_argument("--output", type=Path, metavar="FILE", required=True, help="a file that is not there yet")
    sub = act("receive", receive, "these have come: as they were said, or so much of one")
    sub.add_argument("codes", nargs="+", metavar="CODE")
    sub.add_argument("--amount", type=_amount, metavar="N", help="so much came, in the pledge's own unit")
    sub.add_argument(
        "--fee", type=_amount, metavar="N", help="transfer fee or difference of the rate: it counts as kept"
    )
    sub = act("not-found", unseen, "these were said to be sent and are not seen yet; nobody is blamed")
    sub.add_argument("codes", nargs="+", metavar="CODE")
    sub = act("correct", correct, "so much was received in all; the other office signs it too")
    sub.add_argument("codes", nargs=1, metavar="CODE")
    sub.add_argument("amount", type=_amount, metavar="N", help="in the pledge's own unit; 0 for nothing")
    sub.add_argument("--fee", type=_amount, metavar="N", help="fee in all; as it was, if it is not given")
    sub = act("return", give_back, "so much was given back to the giver")
    sub.add_argument("codes", nargs=1, metavar="CODE")
    sub.add_argument("--amount", type=_amount, metavar="N", help="all that is there, if it is not given")
    sub = act("sign", second, "sign what the other office wrote down")
    sub.add_argument("codes", nargs="+", metavar="CODE")
    sub = act("decline", decline, "do not sign it: everything stays as it was")
    sub.add_argument("codes", nargs="+", metavar="CODE")
    sub = act("gift", gift, "a gift that nobody promised, with a numbered receipt")
    sub.add_argument("words", metavar="WORDS", help="as people write it: “5000 сом”, “3 күн жумуш, 2 кап цемент”")
    sub.add_argument("--name", default="", metavar="NAME", help="whose it is; for the receipt, not published")


def _amount(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"“{text}” is no number") from None
    if not events.is_quantity(number):
        raise argparse.ArgumentTypeError("from 0, at most two digits after the point")
    return number


# -- what is typed ---------------------------------------------------------------------------------------------------


def listed(options: argparse.Namespace) -> int:
    """What waits."""
    found = remembering.ask(
        lambda memory: certifying.waiting(memory.database, publishing.Library(), memory.seal, options.campaign)
    )
    if not found:
        print("Nothing is on the way, and nothing waits for a signature.")
        return DONE
    rows = [(each.code, _quantity(each), _state(each), str(each.sent or ""), each.name) for each in found]
    print(*forms.columns([("CODE", "AMOUNT", "STATE", "SENT", "NAME"), *rows]), sep="\n")
    return DONE


def _quantity(promise: messages.Promise) -> str:
    waiting = promise.standing.proposal
    return _said(promise, waiting.quantity if waiting else signing.expected(promise.standing))


def _said(promise: messages.Promise, quantity: Decimal) -> str:
    return f"{quantity.normalize():f} {promise.offer.unit}"


def _state(promise: messages.Promise) -> str:
    waiting = promise.standing.proposal
    if waiting is None:
        return promise.standing.state.value
    other = Role.SECOND if waiting.by is Role.TREASURER else Role.TREASURER
    return f"{waiting.step.value}: {other.value} signs"


def photo(options: argparse.Namespace) -> int:
    """What its giver photographed."""
    try:
        content = remembering.ask(
            lambda memory: certifying.photo(
                memory.database, publishing.Library(), memory.files, options.campaign, options.code.upper()
            )
        )
    except certifying.NoSuchCode as error:
        return _wrong(f"{options.campaign} has no pledge {error}.")
    except certifying.NoPhoto as error:
        return _wrong(f"There is no photo of the receipt of {options.code.upper()}: {error}.")
    try:
        # For whoever signs, and nobody else on this machine.
        with open(options.output, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)
    except OSError as error:
        return _wrong(f"--output: {options.output} cannot be written ({error.strerror})")
    return DONE


def receive(options: argparse.Namespace) -> int:
    """These have come."""
    if len(options.codes) > 1 and (options.amount is not None or options.fee is not None):
        return _wrong("--amount and --fee are of one pledge; give one code.")
    # Zero is an amount too: the rest was what the transfer cost.
    wish = wishes.Wish(Step.RECEIVED, options.amount, options.fee or Decimal(0))
    return _sign(options, lambda _promise: wish)


def unseen(options: argparse.Namespace) -> int:
    """Looked for, and not there yet."""
    return _sign(options, lambda _promise: wishes.Wish(Step.NOT_FOUND))


def correct(options: argparse.Namespace) -> int:
    """Another amount was received."""
    return _sign(options, lambda promise: signing.corrected(promise.standing, options.amount, options.fee))


def give_back(options: argparse.Namespace) -> int:
    """It was given back."""
    return _sign(options, lambda _promise: wishes.Wish(Step.RETURNED, options.amount))


def second(options: argparse.Namespace) -> int:
    """The second signature; of what waits for none, there is nothing to sign."""

    def wish(promise: messages.Promise) -> wishes.Wish:
        waiting = promise.standing.proposal
        return signing.whole(promise.standing) if waiting else wishes.Wish(Step.CORRECTED)

    return _sign(options, wish)


def decline(options: argparse.Namespace) -> int:
    """No second signature."""
    return _sign(options, lambda _promise: wishes.Wish(Step.DECLINED))


def _sign(options: argparse.Namespace, wish: certifying.Wished) -> int:
    asked = {code.upper(): wish for code in options.codes}
    office = Role(options.office)
    try:
        made = remembering.ask(
            lambda memory: certifying.sign(
                memory.database, publishing.Library(), options.campaign, office, asked, db.now()
            )
        )
    except certifying.NoSuchCode as error:
        return _wrong(f"{options.campaign} has no pledge {error}; nothing was written down.")
    refused = False
    for code, what in made.items():
        if isinstance(what, events.Event):
            fee = f", fee {what.fee.normalize():f}" if what.fee else ""
            print(f"{code}: {SAID[what.step]}: {what.quantity.normalize():f}{fee}")
        else:
            refused = refused or what is not Reason.ALREADY_SO
            print(f"{code}: {REFUSED[what]}.", file=sys.stderr if what is not Reason.ALREADY_SO else sys.stdout)
    return PROBLEMS if refused else DONE


def gift(options: argparse.Namespace) -> int:
    """What nobody promised."""
    office, giver = Role(options.office), " ".join(options.name.split())
    try:
        made = remembering.ask(
            lambda memory: certifying.enter(
                memory.database,
                publishing.Library(),
                memory.seal,
                options.campaign,
                office,
                options.words,
                giver,
                db.now(),
            )
        )
    except certifying.Unclear as error:
        return _wrong(f"Nothing was written down: {error}.")
    for each in made:
        said = f"{each.offer.quantity.normalize():f} {each.offer.unit}"
        print(f"{each.code}: {SAID[each.steps[-1].step]}: {said}. Receipt number {each.receipt}.")
    return DONE


def _wrong(text: str) -> int:
    print(text, file=sys.stderr)
    return WRONG
