"""Nobody is written to at night, wherever in a country a number may be: held to the tz database of this machine."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import daytime

BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
#: The beginning of a number -> zones in which its owner may be.
ZONES = {
    "+996555": ["Asia/Bishkek"],
    "+7916": [
        "Europe/Kaliningrad",
        "Europe/Moscow",
        "Europe/Samara",
        "Asia/Yekaterinburg",
        "Asia/Novosibirsk",
        "Asia/Vladivostok",
        "Asia/Kamchatka",
    ],
    "+77": ["Asia/Almaty", "Asia/Qyzylorda"],
    "+76": ["Asia/Almaty"],
    "+90": ["Europe/Istanbul"],
    "+8210": ["Asia/Seoul"],
    "+1202": [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "America/Anchorage",
        "Pacific/Honolulu",
        "America/St_Johns",
    ],
    "+49": ["Europe/Berlin"],
    "+44": ["Europe/London"],
    "+34": ["Europe/Madrid", "Atlantic/Canary"],
    "+48": ["Europe/Warsaw"],
    "+971": ["Asia/Dubai"],
    "+998": ["Asia/Tashkent"],
    "+992": ["Asia/Dushanbe"],
    "+86": ["Asia/Shanghai"],
    "+81": ["Asia/Tokyo"],
    "+61": ["Australia/Perth", "Australia/Sydney", "Australia/Adelaide"],
    "+91": ["Asia/Kolkata"],
}
MOMENTS = st.integers(0, 4 * 365 * 24 * 60).map(lambda ahead: BEGIN + dt.timedelta(minutes=ahead))


@given(number=st.sampled_from(list(ZONES)), at=MOMENTS)
def test_what_is_put_off_opens_by_day_in_every_zone_within_a_day(number: str, at: dt.datetime) -> None:
    there = daytime.hours(number + "1234567")
    opens = daytime.opening(at, there)
    assert at <= opens < at + dt.timedelta(days=1)
    assert daytime.is_day(opens, there)
    for name in ZONES[number]:
        clock = opens.astimezone(zoneinfo.ZoneInfo(name))
        assert daytime.MORNING <= clock.time() < daytime.EVENING
        assert clock.date() == daytime.today(opens, there)


@given(number=st.sampled_from(list(ZONES)), at=MOMENTS)
def test_the_next_morning_is_another_day_everywhere(number: str, at: dt.datetime) -> None:
    there = daytime.hours(number)
    now = daytime.opening(at, there)
    tomorrow = daytime.morning(daytime.today(now, there) + dt.timedelta(days=1), there)
    assert daytime.opening(tomorrow, there) == tomorrow
    for name in ZONES[number]:
        zone = zoneinfo.ZoneInfo(name)
        assert now.astimezone(zone).date() < tomorrow.astimezone(zone).date()


@pytest.mark.parametrize("number", ["", "500123", "whatsapp:abc", "+", "+0", "+999"])
def test_whoever_tells_no_country_is_at_home(number: str) -> None:
    assert daytime.hours(number) == daytime.HOME


def test_the_longest_beginning_counts() -> None:
    assert daytime.hours("whatsapp:+77051234567") == daytime.Hours(5, 5)
    assert daytime.hours("+79161234567") == daytime.Hours(2, 12)


@pytest.mark.parametrize(
    ("hour", "minute", "until"),
    [(2, 59, "03:00"), (3, 0, "03:00"), (13, 59, "13:59"), (14, 0, "03:00"), (23, 0, "03:00")],
)
def test_a_day_at_home_is_from_nine_to_eight_in_the_evening(hour: int, minute: int, until: str) -> None:
    at = dt.datetime(2027, 1, 31, hour, minute, tzinfo=dt.UTC)
    put = daytime.opening(at, daytime.HOME)
    assert f"{put:%H:%M}" == until
    assert put >= at
