"""`ashar campaign statement`: a bank's statement, shown against the pledges, and booked when it is confirmed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bot import wiring
from bot.services import publishing, reconciling
from bot.shell import accounts, forms, remembering
from models import db

DONE, PROBLEMS = 0, 1


def arguments(act: Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]) -> None:
    """The act after `ashar campaign`; `act` makes it, with the campaign's name."""
    sub = act("statement", statement, "match a bank's statement (CSV) to the pledges, show it, and book what is right")
    sub.add_argument("file", type=Path, metavar="FILE", help="its columns as the campaign's file names them")
    sub.add_argument("--confirm", action="store_true", help="book without asking")
    sub.add_argument(
        "--kept", type=_numbers, default=frozenset(), metavar="LINES", help="12,15: what is missing was the fee"
    )
    sub.add_argument(
        "--part", type=_numbers, default=frozenset(), metavar="LINES", help="14: take it as it is; the rest may follow"
    )
    accounts.signed(sub)


def _numbers(text: str) -> frozenset[int]:
    try:
        return frozenset(int(each) for each in text.split(",") if each.strip())
    except ValueError:
        raise argparse.ArgumentTypeError("write the numbers of lines, such as 12,15") from None


def statement(options: argparse.Namespace) -> int:
    """Show a file, ask, and book it."""
    try:
        with options.file.open("rb") as file:
            content = file.read(reconciling.LARGEST + 1)
    except OSError as error:
        return accounts.wrong(f"{options.file} cannot be read ({error.strerror}).")
    try:
        return _shown(options, content)
    except reconciling.Unread as error:
        return accounts.wrong(f"{options.file.name} cannot be taken: {error}.")


def _shown(options: argparse.Namespace, content: bytes) -> int:
    choice, library, name = reconciling.Choice(options.kept, options.part), publishing.Library(), options.campaign

    async def look(memory: wiring.Memory) -> reconciling.Found:
        return await reconciling.compare(memory.database, memory.seal, library, name, content)

    found = remembering.ask(look)

    async def take(memory: wiring.Memory) -> tuple[list[reconciling.Taken], list[reconciling.Bad]]:
        signature = accounts.signature(options)
        return await reconciling.book(memory.database, memory.seal, library, name, found, choice, *signature, db.now())

    print(*forms.columns(reconciling.lines(found)), sep="\n")
    for bad in found.statement.bad:
        print(f"line {bad.number}: {bad.why}", file=sys.stderr)
    named = choice.kept | choice.part
    unknown = named - {match.line.number for match in found.matches if match.may_be_taken}
    if choice.kept & choice.part or unknown:
        what = sorted(unknown or choice.kept & choice.part)
        return accounts.wrong(f"Lines {what} cannot be taken so; name lines in doubt that have an amount, each once.")
    ready = [match for match in found.matches if match.is_sure or match.line.number in named]
    doubts = sum(bool(match.code) for match in found.matches) - len(ready)
    unmatched = sum(not match.code for match in found.matches)
    print(
        f"{len(ready)} to book, {doubts} in doubt, {unmatched} without a code, {len(found.booked)} booked before, "
        f"{found.statement.out} of what went out."
    )
    problems = PROBLEMS if found.statement.bad else DONE
    if not ready or not (options.confirm or _yes()):
        print("Nothing was booked.")
        return problems
    taken, refused = remembering.ask(take)
    for refusal in refused:
        print(f"line {refusal.number}: {refusal.why}", file=sys.stderr)
    waits = [each.match.code for each in taken if each.waits]
    print(f"{len(taken) - len(waits)} received.")
    if waits:
        print(f"For the second signature: {', '.join(waits)}.")
    return PROBLEMS if refused else problems


def _yes() -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        return input("Book these? [y/N] ").strip().casefold() in ("y", "yes", "ооба", "да")
    except EOFError:
        # Ctrl-D.
        print()
        return False
