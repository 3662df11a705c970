"""What one turn of the survey costs the processor: the state loaded, the mind asked, the state saved."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import NamedTuple

from bot import wiring
from bot.channels import composing
from bot.engine import conversation, state
from tests.bench import rows, walking

HEADING = "## A turn of the engine"


class Cost(NamedTuple):
    """Microseconds of CPU a turn, of each part."""

    loading: float
    turn: float
    saving: float
    #: The reply in words: no part of the turn, for it needs the channel.
    words: float

    @property
    def all(self) -> float:
        """What the row asks about."""
        return self.loading + self.turn + self.saving


def once(guide: walking.Guide, steps: list[walking.Step]) -> Cost:
    """One round through all steps."""
    spent = [0] * 4
    clock, seal = time.thread_time_ns, guide.seal
    for step in steps:
        began = clock()
        talk = state.talk_from(seal.open_json("contact", step.contact))
        open_ = {rid: state.state_from(seal.open_json("response", each)) for rid, each in step.responses.items()}
        loaded = clock()
        turn = conversation.turn(talk, open_, step.incoming)
        turned = clock()
        seal.close_json("contact", state.to_plain(turn.talk))
        for each in turn.changed.values():
            seal.close_json("response", state.to_plain(each))
        saved = clock()
        composing.compose(guide.voice, turn.reply, turn.language)
        worded = clock()
        for place, took in enumerate((loaded - began, turned - loaded, saved - turned, worded - saved)):
            spent[place] += took
    return Cost(*(each / len(steps) / 1000 for each in spent))


def measure(people: int = 300, rounds: int = 7) -> list[Cost]:
    """So many people's turns, so many times; the first round does not count."""
    guide = walking.Guide()
    steps = [step for number in range(people) for step in guide.walk(number)]
    wiring.calm_collector()
    return [once(guide, steps) for _ in range(rounds + 1)][1:]


def row(costs: list[Cost]) -> rows.Measured:
    """For the table."""
    return rows.spread([each.all for each in costs])


def section(costs: list[Cost], at: dt.datetime) -> str:
    """The part of the page."""
    loading, turn, saving, words = (f"{statistics.median(each):.0f}" for each in zip(*costs, strict=True))
    return f"""{HEADING}

Written by `python -m tests.bench turn` on {at.date()}. Made-up people type their way through `flows/priorities.yaml`,
in one thread without a database; µs of its CPU a turn, medians of {len(costs)} rounds. Loading and saving are JSON and
its encryption, of the conversation and of the response; the words are the reply's, and no part of the sum.

| loading | the turn | saving | all | words |
| --- | --- | --- | --- | --- |
| {loading} | {turn} | {saving} | {row(costs).value:.0f} | {words} |
"""
