"""`ashar campaign receipt`, `account`, `handover`: pages to print and sign, into a file or onto the screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bot import wording
from bot.engine import form
from bot.engine.pledging import accounts as engine
from bot.services import printing, spending
from bot.shell import accounts
from models import db

DONE = 0


def arguments(act: Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]) -> None:
    """The acts after `ashar campaign`; `act` makes one, with the campaign's name."""
    sub = act("receipt", receipt, "the receipt of what was received, in both languages, to print on A5")
    sub.add_argument("which", metavar="NUMBER|CODE", help="the number of a receipt, or the code of a pledge")
    sub.add_argument("--name", default="", metavar="NAME", help="of whoever gave it, for this paper alone")
    _out(sub)
    sub = act("account", account, "the account of a month, to print and sign")
    sub.add_argument("month", type=_month, metavar="MONTH", help="such as 2026-11")
    _spoken(sub)
    sub = act("handover", handover, "what is in hand and what waits, for the next treasurer, to print and sign")
    _spoken(sub)


def _spoken(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--language", choices=form.LANGUAGES, default=form.LANGUAGES[0], help="of the page")
    _out(sub)


def _out(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--out", type=Path, metavar="FILE", help="an .html file; else it is written to the screen")


def _month(text: str) -> engine.Span:
    span = engine.month(text)
    if span is None:
        raise argparse.ArgumentTypeError("a month is written YYYY-MM")
    return span


def receipt(options: argparse.Namespace) -> int:
    """A receipt."""
    return _print(options, lambda sheet, voice: printing.receipt(sheet, options.which, voice, options.name.strip()))


def account(options: argparse.Namespace) -> int:
    """A month."""
    today = spending.today(db.now())
    if options.month.first > today:
        return accounts.wrong("That month has not begun.")
    return _print(options, lambda sheet, voice: printing.account(sheet, options.month, voice, options.language, today))


def handover(options: argparse.Namespace) -> int:
    """What the next treasurer gets."""
    today = spending.today(db.now())
    return _print(options, lambda sheet, voice: printing.handover(sheet, voice, options.language, today))


def _print(options: argparse.Namespace, page: Callable[[printing.Sheet, wording.Voice], str]) -> int:
    try:
        sheet = accounts.remembering(lambda stores: printing.sheet(stores.database, stores.library, options.campaign))
        made = page(sheet, wording.Voice())
    except printing.NoReceipt as error:
        return accounts.wrong(f"There is no receipt for {options.which[:20]}: {error}.")
    except spending.Broken as error:
        return accounts.wrong(f"{error}.")
    if options.out is None:
        sys.stdout.write(made)
        return DONE
    try:
        options.out.write_text(made, "utf-8")
    except OSError as error:
        return accounts.wrong(f"{options.out} cannot be written ({error.strerror}).")
    print(f"Written to {options.out}: open it in a browser and print it.")
    return DONE
