"""Metering: figures of this process's work, for Prometheus to read. Nothing in them is a person's.

The desk and the postman tell it once for a group of messages, which costs a few microseconds; what stands in the
database is asked for when somebody reads. Labels are few: channels, fates, forms, and codes up to a limit.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

import prometheus_client as prometheus
from prometheus_client import core

from bot.channels import base
from models import db, providers, queues

prometheus.disable_created_metrics()  # type: ignore[no-untyped-call] # theirs to annotate
#: Of this process, whatever houses stand in it: Prometheus adds processes up.
_registry = prometheus.CollectorRegistry()
prometheus.ProcessCollector(registry=_registry)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_turns = prometheus.Counter("ashar_turns", "Messages whose answer was committed", registry=_registry)
_groups = prometheus.Histogram(
    "ashar_group_size", "Messages in one transaction", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256), registry=_registry
)
_commits = prometheus.Histogram(
    "ashar_commit_seconds", "One group: read, decided, written and committed", buckets=_SECONDS, registry=_registry
)
_latency = prometheus.Histogram(
    "ashar_turn_seconds",
    "From the arrival of the first message of a group until its answer is committed",
    buckets=_SECONDS,
    registry=_registry,
)
_refused = prometheus.Counter(
    "ashar_groups_refused", "Groups that could not be kept, to come again", registry=_registry
)
_sends = prometheus.Counter("ashar_sends", "Tries to send, by what came of it", ["channel", "fate"], registry=_registry)
_failures = prometheus.Counter(
    "ashar_send_failures",
    "Sends that did not do what they should, by the reason",
    ["channel", "code"],
    registry=_registry,
)

#: Reasons that are told apart; providers may think of new ones without end.
_CODES = 40
_codes: set[str] = set()
_PLAIN = re.compile(r"[^a-z0-9_]+")
#: Longer numbers than Twilio's codes are somebody's.
_NUMBERS = re.compile(r"[0-9]{6,}")


def group(size: int, commit: float, waited: float) -> None:
    """A group was kept; how long its transaction took, and since when its first message waited, in seconds."""
    _turns.inc(size)
    _groups.observe(size)
    _commits.observe(commit)
    _latency.observe(waited)


def refused() -> None:
    """A group could not be kept."""
    _refused.inc()


def sent(done: Iterable[tuple[str, base.Receipt]]) -> None:
    """What became of some messages: by which channel each went, and what its provider said."""
    arrived: dict[str, int] = {}
    for channel, receipt in done:
        if receipt.fate is base.Fate.SENT:
            # Nearly all of them, so these are added up first.
            arrived[channel] = arrived.get(channel, 0) + 1
        else:
            _sends.labels(channel, receipt.fate.value).inc()
            _failures.labels(channel, _told_apart(receipt.code)).inc()
    for channel, count in arrived.items():
        _sends.labels(channel, base.Fate.SENT.value).inc(count)


def _told_apart(code: str) -> str:
    plain = _PLAIN.sub("_", _NUMBERS.sub("n", code.lower()))[:48].strip("_") or "unknown"
    if plain not in _codes:
        if len(_codes) >= _CODES:
            return "other"
        _codes.add(plain)
    return plain


# -- read -----------------------------------------------------------------------------------------------------------


async def written(database: db.Database, channels: list[str]) -> bytes:
    """All figures in Prometheus's text format; `channels` are those that can be pushed to."""
    try:
        kept = await _kept(database, channels)
    except Exception as error:
        if not db.is_away(error):
            raise
        # Of all moments, now they want to see the rest.
        kept = []
    up = core.GaugeMetricFamily("ashar_database_up", "1 while the database answers", int(bool(kept)))

    class Everything:
        def collect(self) -> Iterator[core.Metric]:
            yield from _registry.collect()
            yield from (up, *kept)

    return prometheus.generate_latest(Everything())


async def _kept(database: db.Database, channels: list[str]) -> list[core.Metric]:
    at = db.now()
    async with database.reading() as connection:
        outbox = await queues.ripe(connection, at, channels)
        waits = await queues.waits(connection, at)
        forms = await queues.conversations(connection)
        backup = (await providers.objects(connection, "ashar")).get("backup")
    ages = core.GaugeMetricFamily("ashar_outbox_age_seconds", "The oldest message that could go", labels=["channel"])
    counts = core.GaugeMetricFamily("ashar_outbox_waiting", "Messages that could go", labels=["channel"])
    for each in outbox:
        ages.add_metric([each.channel], (at - each.since).total_seconds())
        counts.add_metric([each.channel], each.waiting)
    conversations = core.GaugeMetricFamily(
        "ashar_conversations", "Responses with an answer in them", labels=["form", "channel"]
    )
    for form, channel, count in forms:
        conversations.add_metric([form, channel], count)
    gauge = core.GaugeMetricFamily
    late = (at - waits.due).total_seconds() if waits.due else 0
    families: list[core.Metric] = [ages, counts, conversations]
    families.append(gauge("ashar_set_aside", "Messages that could not be handled", waits.set_aside))
    families.append(gauge("ashar_due_age_seconds", "The oldest of what is due", late))
    if backup:
        made = dt.datetime.fromisoformat(backup).timestamp()
        families.append(gauge("ashar_backup_timestamp_seconds", "When the last backup was made", made))
    return families
