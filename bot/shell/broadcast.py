"""`ashar broadcast`: telling many at once, from the dry run to the last of them."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from bot import settings, wiring, wording
from bot.services import announcing, broadcasting, publishing
from bot.shell import forms, remembering
from models import audiences, broadcasts, db

DONE, PROBLEMS, WRONG = 0, 1, 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """The words after `ashar broadcast`."""
    parser.set_defaults(command=listed)
    acts = parser.add_subparsers(metavar="ACT")
    text = "tell what is in a file to whom it is for; a second time nobody is told twice"
    sub = acts.add_parser("send", help=text, description=text)
    sub.add_argument("file", type=Path, metavar="FILE", help="a .yaml file with name, to, text and perhaps days")
    sub.add_argument("--dry-run", action="store_true", help="only say who would be told, and what it costs")
    sub.set_defaults(command=send)
    acts.add_parser("list", help="all broadcasts there ever were").set_defaults(command=listed)
    for verb, run, text in (
        ("status", shown, "how far one is"),
        ("pause", pause, "tell nobody more for now; what is not on its way yet is taken back"),
        ("resume", resume, "go on with one that was paused"),
        ("cancel", cancel, "call one off for good; what is not on its way yet is taken back"),
    ):
        sub = acts.add_parser(verb, help=text, description=text)
        sub.add_argument("name", metavar="NAME", help="its name, as in the file")
        sub.set_defaults(command=run)


def send(options: argparse.Namespace) -> int:
    """Begin it, or go on with what was begun; of a dry run only say what it would come to."""
    given, rates = settings.current(), settings.rates(os.environ)

    async def run() -> int:
        async with wiring.memory(given) as memory:
            async with memory.database.reading() as connection:
                catalogue = await publishing.Library().catalogue(connection)
            announced = announcing.read(options.file, catalogue, given.site)
            audience = announcing.audience(catalogue, announced.kind, announced.whom)
            if not options.dry_run:
                return await _begin(memory.database, announced, audience)
            opens = bool(given.twilio_whatsapp_template)
            told = await broadcasting.forecast(
                memory.database, announced, audience, wording.Voice(), rates, db.now(), opens=opens
            )
            print(*_forecast(announced, told, rates, given), sep="\n")
            return DONE

    try:
        return asyncio.run(run())
    except announcing.BadFile as error:
        print(*error.problems, "It cannot be sent like this.", sep="\n", file=sys.stderr)
        return PROBLEMS
    except broadcasting.Taken as error:
        print(
            f"{error} says something else, or to others, since it was begun. What was told stands: give this another "
            "name.",
            file=sys.stderr,
        )
        return PROBLEMS


async def _begin(database: db.Database, announced: announcing.Announcement, audience: audiences.Audience) -> int:
    # Here, for it is drawn by this command alone.
    import tqdm

    at = db.now()
    each = await db.replayed(lambda: broadcasting.begin(database, announced, at))
    if each.state == broadcasting.PAUSED:
        print(f"It is paused: ashar broadcast resume {each.name}.")
        return DONE
    if each.state != broadcasting.RUNNING or each.cursor is None:
        print(f"It was sent before ({each.state}); nobody is told twice. ashar broadcast status {each.name}")
        return DONE
    left = await broadcasting.contacts(database, each.cursor)
    with tqdm.tqdm(total=left, unit=" looked at", disable=None) as bar:
        each = await broadcasting.queue_all(
            database, audience, each, at, lambda step: bar.update(min(step, left - bar.n))
        )
    print(
        f"{each.people} people are queued. While `ashar serve` or `ashar deliver` runs they are told by day, where they"
        f" are, until {_time(each)}. How far it is: ashar broadcast status {each.name}"
    )
    return DONE


def _forecast(
    announced: announcing.Announcement,
    told: Sequence[broadcasting.Told],
    rates: dict[str, settings.Rate],
    given: settings.Settings,
) -> list[str]:
    reached = [each for each in told if not each.unreachable]
    costs = [each.cost for each in reached if each.cost]
    whole = settings.Rate(sum((cost.amount for cost in costs), Decimal(0)), costs[0].currency) if costs else None
    counts = [(each.people, each.messages, each.segments) for each in reached]
    rows: list[tuple[str, ...]] = [("CHANNEL", "LANGUAGE", "PEOPLE", "MESSAGES", "SEGMENTS", "COST")]
    for each, numbers in zip(reached, counts, strict=True):
        rows.append((each.channel, each.language or "both", *map(str, numbers), _price(each.cost)))
    rows.append(("all", "", *(str(sum(row[place] for row in counts)) for place in range(3)), _price(whole)))
    days = f"{announced.days} days" if announced.days > 1 else "a day"
    lines = [f"{announced.name}: to {announced.kind} {announced.whom}, for {days}", *forms.columns(rows)]
    if waiting := sum(each.people for each in told if each.unreachable):
        lines.append(
            f"{waiting} more on WhatsApp have not written for a day and are told once they do:"
            " TWILIO_WHATSAPP_TEMPLATE is not set."
        )
    used = {each.channel for each in reached}
    if closed := used - wiring.opened(given):
        lines.append(f"Not open by these settings: {', '.join(sorted(closed))}. Nobody is told there.")
    ways = {f"{channel}_out" for channel in used}
    if unset := [name for way, name in settings.RATES.items() if way in ways - rates.keys()]:
        lines.append(f"Not in the cost, for it is not set: {', '.join(unset)}.")
    return lines


def _price(cost: settings.Rate | None) -> str:
    return f"{cost.amount.normalize():f} {cost.currency}" if cost else "-"


def _time(each: broadcasts.Broadcast) -> str:
    return f"{each.ends_at.astimezone():%Y-%m-%d %H:%M}"


# -- one that was begun ----------------------------------------------------------------------------------------------


def listed(_options: argparse.Namespace) -> int:
    """List them."""
    found = remembering.ask(lambda memory: broadcasting.listed(memory.database))
    if not found:
        print("Nothing was sent to many yet: ashar broadcast send FILE --dry-run.")
        return DONE
    rows = [("NAME", "STATE", "TO", "PEOPLE", "BEGUN", "UNTIL")]
    for each in found:
        begun = f"{each.begun_at.astimezone():%Y-%m-%d %H:%M}"
        rows.append((each.name, each.state, f"{each.kind} {each.whom}", str(each.people), begun, _time(each)))
    print(*forms.columns(rows), sep="\n")
    return DONE


def shown(options: argparse.Namespace) -> int:
    """Say how far one is."""
    each, people, messages = remembering.ask(lambda memory: broadcasting.standing(memory.database, options.name))
    queued = "" if each.cursor is None or each.state != broadcasting.RUNNING else " so far: not all are queued yet"
    print(
        f"{each.name}: {each.state}, to {each.kind} {each.whom}, until {_time(each)}",
        f"  people      {each.people}{queued}",
        f"  told        {people.get('out', 0)}, or just being told",
        f"  waiting     {people.get('waiting', 0)}",
        f"  unreachable {people.get('dropped', 0)}: they stopped, or shut us out",
        sep="\n",
    )
    for (channel, status), count in sorted(messages.items()):
        print(f"  {channel:<11} {count} messages {status}")
    return DONE


def pause(options: argparse.Namespace) -> int:
    """Pause one."""
    return _change(options.name, broadcasting.PAUSED, f"paused. To go on: ashar broadcast resume {options.name}")


def resume(options: argparse.Namespace) -> int:
    """Go on with one."""
    return _change(options.name, broadcasting.RUNNING, "running again")


def cancel(options: argparse.Namespace) -> int:
    """Call one off."""
    return _change(options.name, broadcasting.CANCELLED, "cancelled")


def _change(name: str, state: str, done: str) -> int:
    before, taken = remembering.ask(lambda memory: broadcasting.change(memory.database, name, state))
    if before.state in (broadcasting.CANCELLED, broadcasting.OVER) and before.state != state:
        print(f"{name} is {before.state}: it changes no more.", file=sys.stderr)
        return PROBLEMS
    back = f" {taken} people had a message waiting in the outbox; it was taken back." if taken else ""
    print(f"{name} is {done}.{back}")
    return DONE
