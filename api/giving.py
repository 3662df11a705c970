"""What is said of giving, as the API shapes it: progress, what others add, where givers live, single pledges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from api import schemas_giving
from bot import wording
from bot.engine import form, messages, whereabouts
from bot.engine.pledging import ledger as book
from bot.engine.pledging.totals import Stage
from bot.results import givers
from bot.services import booking, publishing, supplementing
from models import ledger, rates, whence

_SHARE = Decimal("0.0001")


def plain(number: Decimal) -> str:
    """Without an exponent or zeros at the end: "1500.5"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def hundredths(number: int) -> str:
    """The same of whole hundredths, as the database has them."""
    return plain(Decimal(number) / 100)


def progress(campaign: messages.Campaign, totals: Sequence[ledger.Total]) -> list[schemas_giving.Progress]:
    """How far each need has come; money in som, by the rates of the days."""
    return [_progress(need, [each for each in totals if each.need == need.name]) for need in campaign.needs]


def _progress(need: messages.Need, totals: Sequence[ledger.Total]) -> schemas_giving.Progress:
    money = need.kind == "money"

    def stand(stage: str) -> Decimal:
        return Decimal(sum(each.som if money else each.quantity for each in totals if each.stage == stage)) / 100

    promised = stand(booking.ALL)
    return schemas_giving.Progress(
        need=need.name,
        unit="KGS" if money else need.name,
        promised=plain(promised),
        received=plain(stand(Stage.RECEIVED)),
        minimum=plain(need.minimum),
        optimum=plain(need.optimum),
        of_minimum=_share(promised, need.minimum),
        of_optimum=_share(promised, need.optimum),
        minimum_reached=promised >= need.minimum,
        unvalued=any(each.unvalued for each in totals),
    )


def _share(part: Decimal, whole: Decimal) -> str:
    # Rounded down: all of it is said when all of it is there.
    return plain((part / whole).quantize(_SHARE, "ROUND_FLOOR")) if whole else "1"


def added(found: Iterable[supplementing.Added]) -> list[schemas_giving.Added]:
    """What others add, a line a rule."""
    return [
        schemas_giving.Added.model_validate(
            {
                "rule": each.match.rule.name,
                "whose": dict(each.match.whose),
                "kind": each.match.rule.kind,
                "factor": plain(each.match.rule.factor),
                "confirmed": plain(each.confirmed),
                "received": plain(each.received),
                "cap_total": None if each.match.rule.cap_total is None else plain(each.match.rule.cap_total),
            }
        )
        for each in found
    ]


def places(catalogue: publishing.Catalogue) -> dict[str, form.Text]:
    """Code of a place -> its name, as the surveys have it."""
    versions = (catalogue.forms[version] for version in catalogue.surveys.values())
    asked = (each.question(name) for each in versions for name in each.places)
    return {choice.name: choice.label for question in asked if question for choice in question.choices}


def whence_given(
    voice: wording.Voice, counts: Iterable[whence.Givers], labels: Mapping[str, form.Text]
) -> schemas_giving.Givers:
    """Where givers live, in cells that may be shown."""
    made = givers.givers(((each.country, each.place, each.people) for each in counts), whereabouts.HOME)
    countries = {
        code: {language: voice.say(name, language) for language in form.LANGUAGES}
        for code, name in whereabouts.COUNTRIES.items()
    }
    return schemas_giving.Givers(
        people=made.people,
        countries=[_cell(each, countries) for each in made.countries],
        places=[_cell(each, labels) for each in made.places],
    )


def _cell(cell: givers.Cell, labels: Mapping[str, form.Text]) -> schemas_giving.Cell:
    label = dict(labels.get(cell.level, {}))
    return schemas_giving.Cell(level=cell.level, label=label, people=cell.people, withheld=cell.withheld)


def pledge(kept: ledger.Pledge) -> schemas_giving.Pledge | None:
    """One pledge without its giver; None where its rows are broken."""
    standing = booking.fold(kept)
    if isinstance(standing, book.Broken):
        return None
    return schemas_giving.Pledge(
        code=kept.code,
        campaign=kept.campaign,
        need=kept.need,
        unit=kept.unit,
        currency=None if kept.unit == kept.need else kept.unit,
        state=standing.state,
        promised=plain(standing.promised),
        received=plain(standing.received),
        fee=plain(standing.fee),
        som=None if kept.som is None else hundredths(kept.som),
        rate=None if kept.rate is None else plain(Decimal(kept.rate) / rates.ONE),
        rate_on=kept.rate_on.isoformat() if kept.rate_on else None,
        due=kept.due_on.isoformat() if kept.due_on else None,
        steps=standing.steps,
        events=[
            schemas_giving.Event.model_validate(
                {
                    "step": each.step,
                    "quantity": hundredths(each.quantity),
                    "fee": hundredths(each.fee),
                    "due": each.due.isoformat() if each.due else None,
                    "by": each.actor,
                    "at": each.at.isoformat(),
                }
            )
            for each in kept.events
        ],
    )
