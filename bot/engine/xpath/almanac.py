"""What months and days of the week are called, for format-date(): Kyrgyz, Russian, or else English."""

from __future__ import annotations

from typing import NamedTuple


class Names(NamedTuple):
    """The names in one language, in full and for short."""

    #: As they stand beside the number of a day ("21 марта"), and alone ("март 2027").
    months: tuple[str, ...]
    alone: tuple[str, ...]
    short: tuple[str, ...]
    short_alone: tuple[str, ...]
    #: From Monday.
    days: tuple[str, ...]
    short_days: tuple[str, ...]


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def _three(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name[:3] for name in names)


# The civil months of a printed Kyrgyz calendar; the herdsmen's own are understood, but not everybody counts by them.
# In Russian they are spelled the same.
_MONTHS = _listed("январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь")
_RU_OF = _listed("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")
_EN = _listed("January February March April May June July August September October November December")
_EN_DAYS = _listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

_NAMES = {
    "ky": Names(
        _MONTHS,
        _MONTHS,
        _three(_MONTHS),
        _three(_MONTHS),
        _listed("дүйшөмбү шейшемби шаршемби бейшемби жума ишемби жекшемби"),
        _listed("дүй шейш шарш бейш жума ишм жек"),
    ),
    "ru": Names(
        _RU_OF,
        _MONTHS,
        _three(_RU_OF),
        _three(_MONTHS),
        _listed("понедельник вторник среда четверг пятница суббота воскресенье"),
        _listed("пн вт ср чт пт сб вс"),
    ),
}
_ENGLISH = Names(_EN, _EN, _three(_EN), _three(_EN), _EN_DAYS, _three(_EN_DAYS))


def names(language: str) -> Names:
    """The names in that language, or in English."""
    return _NAMES.get(language, _ENGLISH)
