"""What came of the race, as a section in Markdown."""

from __future__ import annotations

import datetime as dt
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench import rows, sides


@dataclass(frozen=True, slots=True)
class Round:
    """One side for some seconds."""

    side: str
    seconds: float
    waits: Sequence[float]
    cpu: float
    memory: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds

    def wait(self, percent: int) -> float:
        """Milliseconds within which so many percent of the answers were answered."""
        return sorted(self.waits)[min(len(self.waits) - 1, len(self.waits) * percent // 100)] * 1000

    @property
    def cpu_each(self) -> float:
        """Microseconds of processor time an answer."""
        return self.cpu / len(self.waits) * 1e6


def line(done: Round) -> str:
    """One round, in one line."""
    return (
        f"{done.side:34} {done.rate:7.0f} answers/s   p50 {done.wait(50):5.0f} ms   p99 {done.wait(99):5.0f} ms   "
        f"{done.cpu_each:6.0f} µs CPU   {done.memory:4.0f} MB"
    )


def ratios(rounds: Sequence[Round], peer: str) -> list[float]:
    """Our answers a second over a peer's, for each pair of rounds."""
    mine, theirs = (of(rounds, side) for side in (sides.OURS, peer))
    return [ours.rate / other.rate for ours, other in zip(mine, theirs, strict=True)]


def measured(near: Sequence[Round], far: Sequence[Round]) -> dict[str, rows.Measured]:
    """Rows of the table."""
    found = {"ptb": rows.spread(ratios(near, sides.PEER)), "far": rows.spread(ratios(far, sides.PEER))}
    mine, theirs = ([each.wait(99) for each in of(near, side)] for side in (sides.OURS, sides.PEER))
    found["p99"] = rows.pairs(mine, theirs)
    if of(near, sides.OTHER):
        found["aiogram"] = rows.spread(ratios(near, sides.OTHER))
    return found


def report(
    near: Sequence[Round], far: Sequence[Round], lost: dict[str, str], people: int, delay: float, at: dt.datetime
) -> str:
    """The part of the page: rounds with a Bot API at hand, and with one whose calls take `delay` seconds."""
    everybody = list(dict.fromkeys(each.side for each in near))
    peers = everybody[1:]
    return _PAGE.format(
        date=at.date(),
        cores=os.cpu_count(),
        people=people,
        rounds=len(of(near, sides.OURS)),
        seconds=f"{near[0].seconds:.0f}",
        near="\n".join(row(near, side) for side in everybody),
        far="\n".join(row(far, side) for side in everybody),
        delay=f"{delay * 1000:.0f}",
        ratios="\n".join(_ratio(near, peer) for peer in peers),
        far_ratios="\n".join(_ratio(far, peer) for peer in peers),
        ours=sides.OURS,
        peers=" | ".join(peers),
        rule=" | ".join("---" for _ in peers),
        same={name: " | ".join(word for _ in peers) for name, word in _SAME.items()},
        lost_ours=lost[sides.OURS],
        lost_peers=" | ".join(lost[peer] for peer in peers),
    )


#: What holds of each peer: none of them keeps more than the answer.
_SAME = {
    "told": "before the update is looked at",
    "holds": "the answer",
    "repeated": "is handled again",
    "unsent": "is lost",
    "place": "lost, it is in memory",
    "open": "in the open",
}


def of(rounds: Sequence[Round], side: str) -> list[Round]:
    """One side's."""
    return [each for each in rounds if each.side == side]


def _ratio(rounds: Sequence[Round], peer: str) -> str:
    """How many times as fast, and how much sooner the last hundredth is answered."""
    each = ratios(rounds, peer)
    pairs = zip(of(rounds, sides.OURS), of(rounds, peer), strict=True)
    wait = statistics.median(ours.wait(99) / other.wait(99) for ours, other in pairs)
    return (
        f"**{statistics.median(each):.1f} times the answers a second of {peer}** (in pairs of rounds "
        f"{min(each):.1f}–{max(each):.1f}); our p99 is {wait:.2f} of its own.\n"
    )


def row(rounds: Sequence[Round], side: str) -> str:
    """A side's row in a table: rate, waits, CPU, memory."""
    mine = of(rounds, side)
    rates = [each.rate for each in mine]

    def middle(values: Sequence[float]) -> str:
        return f"{statistics.median(values):,.0f}"

    return " | ".join(
        [
            f"| {side}",
            f"{middle(rates)} ({min(rates):,.0f}–{max(rates):,.0f})",
            f"{middle([each.wait(50) for each in mine])} / {middle([each.wait(99) for each in mine])}",
            middle([each.cpu_each for each in mine]),
            f"{middle([each.memory for each in mine])} |",
        ]
    )


_PAGE = """\
## Answers a second, beside the usual bots

Written by `python -m tests.bench race` on {date}: {cores} cores shared by the bot, the people and the Bot API.

{people} made-up respondents at once walk through the survey of `flows/priorities.yaml` in Kyrgyz and Russian, over
webhooks of a Bot API that costs next to nothing. They tap where there are buttons and type the rest, one in ten
mistypes a ranking, and each waits for the bot's reply before answering on. An answer is one message of a person,
from its first byte at the webhook to the reply at the Bot API; /start, language and consent count as well.
{rounds} rounds of {seconds} s each, the sides in turn; medians, in brackets the lowest and the highest round.

| side | answers/s | p50 / p99 ms | CPU µs an answer | RSS MB |
| --- | --- | --- | --- | --- |
{near}

{ratios}
The same with a Bot API whose calls take {delay} ms each, as Telegram's do from far away:

| side | answers/s | p50 / p99 ms | CPU µs an answer | RSS MB |
| --- | --- | --- | --- | --- |
{far}

{far_ratios}
What each side keeps safe meanwhile, all on SQLite with `synchronous=FULL`:

| | {ours} | {peers} |
| --- | --- | {rule} |
| when the webhook is told 200 | after the commit | {same[told]} |
| one transaction holds | message id, place in the conversation, answer, figures, reply to be sent | {same[holds]} |
| a repeated update | has no second effect | {same[repeated]} |
| a reply that could not be sent | stays in the outbox and is tried again | {same[unsent]} |
| place in the conversation after a restart | kept | {same[place]} |
| chat ids, free text, replies | encrypted | {same[open]} |
| killed amid the run: answers told 200 and not kept | {lost_ours} | {lost_peers} |

The peers are what their libraries' examples lead to: python-telegram-bot's `Application` with a
`ConversationHandler`, its own HTTP client and the starlette webhook of `customwebhookbot`; aiogram's `Dispatcher` with
states in memory and its aiohttp webhook; both with SQLAlchemy's ORM and a commit an answer. They check what they are
told and ask the same questions with the same words; they count nothing and cannot go back.
"""
