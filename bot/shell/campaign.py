"""`ashar campaign`: the campaigns, how each stands, and the changes of its state that people make."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from bot import wiring
from bot.engine import form
from bot.engine.pledging import campaigns
from bot.engine.pledging.events import Role
from bot.services import publishing, steering
from bot.shell import accounts, forms, offices, paper, remembering, sharing, statement
from models import db, ledger

DONE, WRONG = 0, 2

State, Reason = campaigns.State, campaigns.Reason

#: What is typed -> the state it leads into, and what it does.
_VERBS: Mapping[str, tuple[campaigns.State, str]] = {
    "open": (State.OPEN, "open a draft, so that people can pledge"),
    "collect": (State.COLLECTING, "begin to collect what was pledged"),
    "work": (State.WORKING, "the work has begun, or goes on after all (then say why)"),
    "done": (State.DONE, "the work is done"),
    "cancel": (State.CANCELLED, "call it off, and let everybody go (say why)"),
}
_VERB = {state: verb for verb, (state, _) in _VERBS.items()}

#: Why a change is not made, and what to do.
REFUSED: Mapping[campaigns.Reason, str] = {
    Reason.NOT_YOURS: "that change is not made from the shell; it comes by itself",
    Reason.NO_SUCH_WAY: "from where it is, no way leads there",
    Reason.OVER: "it has come to its end and changes no more; publish a new campaign under another name",
    Reason.TOO_EARLY: "its deadline has not passed yet; publish a new version with an earlier deadline, or wait",
    Reason.DEADLINE_PASSED: "its deadline has passed; write a later one into its file and publish that first",
    Reason.BELOW_MINIMUM: "not every need's minimum is promised yet",
    Reason.MINIMUM_REACHED: "every need's minimum is promised: it is reached, and nobody is let go",
    Reason.OTHER_MODEL: "under a threshold nobody hands anything over before every minimum is promised",
    Reason.WHY_WANTED: "those who pledged will read why; add --why-ky TEXT --why-ru TEXT",
    Reason.TOO_FEW_ANSWERS: "too few residents have said whether it is done; wait for their answers",
    Reason.RESIDENTS_DOUBT: "more residents doubt that it is done than say so; go on working",
}
UNMARKED = {
    steering.Unmarked.NOT_UNDER_WAY: "the campaign is not under way",
    steering.Unmarked.NO_SUCH_MILESTONE: "it has no milestone of that name; “ashar campaign show” names them",
}
#: What time does by itself, from a state, by model.
_BY_ITSELF = {
    (State.OPEN, campaigns.Model.OPEN): "after the deadline it is collecting by itself",
    (State.OPEN, campaigns.Model.THRESHOLD): "reached by itself once every minimum is promised; else not, after the "
    "deadline",
    (State.REACHED, campaigns.Model.THRESHOLD): "after the deadline it is collecting by itself",
    (State.DONE, campaigns.Model.OPEN): "residents confirm it",
    (State.DONE, campaigns.Model.THRESHOLD): "residents confirm it",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The words after `ashar campaign`."""
    parser.set_defaults(command=listed)
    acts = parser.add_subparsers(metavar="ACT")

    def act(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = acts.add_parser(name, help=text, description=text)
        sub.add_argument("campaign", metavar="NAME", help="name of the campaign, such as suu")
        sub.set_defaults(command=run)
        return sub

    forms.spoken(act("show", shown, "say how a campaign stands and what can come next"))
    for verb, (to, text) in _VERBS.items():
        sub = act(verb, change, text)
        sub.set_defaults(to=to)
        for language in form.LANGUAGES:
            sub.add_argument(f"--why-{language}", default="", metavar="TEXT", help="for everybody to read")
    forms.spoken(act("card", sharing.card, "print the day's card for the village group, without names"))
    forms.spoken(act("invite", sharing.invite, "print what one sends to one's relatives"))
    sub = act("milestone", mark, "say that a milestone is reached")
    sub.add_argument("milestone", metavar="MILESTONE", help="its name, as in the campaign's file")
    offices.arguments(act("office", offices.office, "give an office to whoever takes it by a code; see who holds it"))
    accounts.arguments(act)
    statement.arguments(act)
    paper.arguments(act)


def listed(options: argparse.Namespace) -> int:
    """List the campaigns."""

    async def ask(memory: wiring.Memory) -> list[tuple[str, ...]]:
        known = await steering.standing(memory.database, publishing.Library())
        spoken = forms.language(options)
        return [
            (name, each.state.value, each.deadline.isoformat(), str(each.pledges), _said(each.title, spoken))
            for name, each in known.items()
        ]

    rows = remembering.ask(ask)
    if not rows:
        print("No campaign was published yet: ashar publish FILE.")
        return DONE
    print(*forms.columns([("CAMPAIGN", "STATE", "DEADLINE", "PLEDGES", "TITLE"), *rows]), sep="\n")
    return DONE


def shown(options: argparse.Namespace) -> int:
    """Say how one stands."""
    name, spoken = options.campaign, forms.language(options)

    async def ask(memory: wiring.Memory) -> list[str]:
        told = await steering.told(memory.database, publishing.Library(), name)
        campaign, today = told.campaign, db.now().date()
        since = next(event.at for event in told.past if event.state == told.past[-1].state)
        lines = [
            f"{name}: {campaign.state} since {since:%Y-%m-%d}, {campaign.model} model, version {campaign.version}",
            f"  {_said(campaign.title, spoken)}",
            f"  deadline    {campaign.deadline}",
            *_totals(told.totals),
        ]
        reached = {event.milestone: event.at for event in told.past if event.milestone}
        for each in told.plan.milestones:
            when = f"reached on {reached[each.name]:%Y-%m-%d}" if each.name in reached else f"by {each.by}"
            lines.append(f"  milestone   {each.name}: {when}")
        nexts = [f"ashar campaign {_VERB[to]} {name}" for to in steering.ways(campaign, today) if to in _VERB]
        itself = _BY_ITSELF.get((campaign.state, campaign.model))
        nexts += [f"({itself})"] if itself else []
        return lines + [f"  {'next' if not place else '    '}        {each}" for place, each in enumerate(nexts)]

    print(*remembering.ask(ask), sep="\n")
    return DONE


def change(options: argparse.Namespace) -> int:
    """Change its state."""
    name, to = options.campaign, options.to
    why = {language: getattr(options, f"why_{language}").strip() for language in form.LANGUAGES}
    if any(why.values()) and not all(why.values()):
        return _wrong("Those who pledged read it in their own language: give both --why-ky and --why-ru.")

    async def ask(memory: wiring.Memory) -> campaigns.Change | campaigns.Refusal:
        said = why if all(why.values()) else None
        return await steering.change(memory.database, publishing.Library(), name, to, Role.FACILITATOR, db.now(), said)

    made = remembering.ask(ask)
    if isinstance(made, campaigns.Change):
        print(f"{name} is {made.to} now.", *map(_EFFECTS.__getitem__, made.effects), sep="\n")
        return DONE
    if made.reason is Reason.ALREADY_SO:
        print(f"{name} was {to} before.")
        return DONE
    return _wrong(f"{name} cannot be {to}: {REFUSED[made.reason]}.")


_EFFECTS = {
    campaigns.Effect.FALL_DUE: "Pledges fall due on their dates; `ashar serve` sees to it.",
    campaigns.Effect.RELEASE: "Nobody owes anything any more; `ashar serve` lets each pledge go within a minute.",
    campaigns.Effect.GIVE_BACK: "What was received and not spent is to be offered back.",
}


def mark(options: argparse.Namespace) -> int:
    """Say that a milestone is reached."""
    name, milestone = options.campaign, options.milestone
    refused = remembering.ask(
        lambda memory: steering.mark(memory.database, publishing.Library(), name, milestone, db.now())
    )
    if refused and refused is not steering.Unmarked.ALREADY_SO:
        return _wrong(f"{milestone} of {name} cannot be marked: {UNMARKED[refused]}.")
    print(f"{milestone} of {name} was marked before." if refused else f"{milestone} of {name} is reached.")
    return DONE


def _totals(found: Sequence[ledger.Total]) -> list[str]:
    by_stage: dict[str, list[str]] = {}
    for total in found:
        amount = f"{Decimal(total.quantity) / 100:f}"
        unit = "" if total.unit == total.need else f" {total.unit}"
        by_stage.setdefault(total.stage or "promised", []).append(f"{total.need} {amount}{unit}")
    return [f"  {stage:<11} {', '.join(parts)}" for stage, parts in by_stage.items()]


def _said(text: form.Text, spoken: str) -> str:
    return " ".join((text.get(spoken) or next(iter(text.values()), "")).split())


def _wrong(text: str) -> int:
    print(text, file=sys.stderr)
    return WRONG
