"""What came of a run, as a table in Markdown."""

from __future__ import annotations

import datetime as dt
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench import sides


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


def ratios(rounds: Sequence[Round]) -> list[float]:
    """Our answers a second over the peer's, for each pair of rounds."""
    mine, theirs = ([each.rate for each in rounds if each.side == side] for side in (sides.OURS, sides.PEER))
    return [ours / peer for ours, peer in zip(mine, theirs, strict=True)]


def report(rounds: Sequence[Round], lost: dict[str, str], people: int, at: dt.datetime) -> str:
    """The whole page."""
    each = ratios(rounds)
    waits = [ours.wait(99) / peer.wait(99) for ours, peer in zip(rounds[::2], rounds[1::2], strict=True)]
    table = "\n".join(_row(rounds, side) for side in (sides.OURS, sides.PEER))
    return _PAGE.format(
        date=at.date(),
        python=platform.python_version(),
        cores=os.cpu_count(),
        people=people,
        rounds=len(each),
        seconds=f"{rounds[0].seconds:.0f}",
        table=table,
        ratio=f"{statistics.median(each):.1f}",
        low=f"{min(each):.1f}",
        high=f"{max(each):.1f}",
        wait=f"{statistics.median(waits):.2f}",
        ours=sides.OURS,
        peer=sides.PEER,
        lost_ours=lost[sides.OURS],
        lost_peer=lost[sides.PEER],
    )


def _row(rounds: Sequence[Round], side: str) -> str:
    mine = [each for each in rounds if each.side == side]
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
# Performance

Written by `make bench` on {date}: Python {python}, {cores} cores shared by the bot, the people and the Bot API.
Absolute figures belong to that machine and that hour; the ratio of two sides in one run is what counts.

{people} made-up respondents at once walk through the survey of `flows/priorities.yaml` in Kyrgyz and Russian, over
webhooks of a Bot API that costs next to nothing. They tap where there are buttons and type the rest, one in ten
mistypes a ranking, and each waits for the bot's reply before answering on. An answer is one message of a person,
from its first byte at the webhook to the reply at the Bot API; /start, language and consent count as well.
{rounds} rounds of {seconds} s each, the sides in turn; medians, in brackets the lowest and the highest round.

| side | answers/s | p50 / p99 ms | CPU µs an answer | RSS MB |
| --- | --- | --- | --- | --- |
{table}

**{ratio} times the answers a second** (in pairs of rounds {low}–{high}); its p99 is {wait} of the peer's.

What each side keeps safe meanwhile, both on SQLite with `synchronous=FULL`:

| | {ours} | {peer} |
| --- | --- | --- |
| when the webhook is told 200 | after the commit | before the update is looked at |
| one transaction holds | message id, place in the conversation, answer, figures, reply to be sent | the answer |
| a repeated update | has no second effect | is handled again |
| a reply that could not be sent | stays in the outbox and is tried again | is lost |
| place in the conversation after a restart | kept | lost, it is in memory |
| chat ids, free text, replies | encrypted | in the open |
| killed amid the run: answers told 200 and not kept | {lost_ours} | {lost_peer} |

The peer is what python-telegram-bot's examples lead to: `Application` with a `ConversationHandler`, its own HTTP
client, the starlette webhook of `customwebhookbot`, SQLAlchemy's ORM with a commit an answer. It checks what it is
told and asks the same questions with the same words; it counts nothing and cannot go back.
"""
