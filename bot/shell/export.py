"""`ashar export`: the responses to a form, in the format and shape that are asked for."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bot import settings, wiring
from bot.engine import table
from bot.services import collecting, collecting_pledges, exporting, publishing

DONE, WRONG = 0, 2


def arguments(sub: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    add = sub.add_argument
    add("form", metavar="FORM", nargs="?", default="", help="name of the form, such as priorities")
    add(
        "--campaign", default="", metavar="NAME", help="instead of a form: the pledges to that campaign and their steps"
    )
    add("--output", type=Path, metavar="FILE", help="a new file, folder or .zip; else standard output")
    add("--format", type=exporting.Format, choices=list(exporting.Format), help="else as --output ends; else csv")
    add("--personal", action="store_true", help="with what may name a person")
    add("--unfinished", action="store_true", help="with responses under way")
    add("--codebook", action="store_true", help="only the questions and options, in all languages and wordings, as CSV")
    add("--paradata", choices=("plain", "full"), default="plain", help="full: seconds, options as shown, traffic")
    add("--values", choices=("names", "labels"), default="names", help="how options are written (names)")
    add("--headings", choices=("names", "labels"), default="names", help="what stands over columns (names)")
    add("--language", default="", metavar="L", help="of labels: ky, ru, ...; else the form's own")
    add("--multiple", type=table.Multiple, choices=list(table.Multiple), default=table.Multiple.BOTH,
        help="several options as one column, as a column each, or both")  # fmt: skip
    add("--groups", action="store_true", help="headings begin with their groups")
    add("--group-separator", default="/", metavar="S", help="between groups, questions and options (/)")


def export(options: argparse.Namespace) -> int:
    """Write it."""
    if bool(options.form) == bool(options.campaign):
        return _wrong("Name either a form, or a campaign with --campaign.")
    if options.campaign and (options.unfinished or options.paradata == "full"):
        return _wrong("--unfinished and --paradata are about responses; pledges are written whatever became of them.")
    given = settings.current()
    layout = table.Layout(
        labels=options.values == "labels",
        headings=options.headings == "labels",
        language=options.language,
        multiple=options.multiple,
        groups=options.groups,
        separator=options.group_separator,
        personal=options.personal,
        full=options.paradata == "full",
        lead=collecting_pledges.LEAD if options.campaign else table.PARADATA,
    )
    format_ = options.format or exporting.format_of(options.output)

    async def run() -> exporting.Done | None:
        # Here, for few commands draw it.
        import tqdm

        async with wiring.memory(given) as memory:
            source: exporting.Source
            house = memory.database, memory.seal, publishing.Library()
            if options.campaign:
                exact = format_ is exporting.Format.JSONL
                source = await collecting_pledges.collect(*house, options.campaign, layout, exact=exact)
            else:
                source = await collecting.collect(*house, options.form, layout, unfinished=options.unfinished)
            if options.codebook:
                exporting.write_codebook(source, options.output)
                return None
            with tqdm.tqdm(unit=" pledges" if options.campaign else " responses", disable=None) as bar:
                return await exporting.export(source, format_, options.output, bar)

    wiring.calm_collector()
    try:
        done = asyncio.run(run())
    except exporting.Refused as error:
        return _wrong(str(error))
    except exporting.BadOutput as error:
        return _wrong(f"--output: {options.output} cannot be written ({error})")
    if done and done.left_out:
        print(f"Without the repeats {', '.join(done.left_out)}: for them let --output end in .zip.", file=sys.stderr)
    for column, count in done.unfit if done else ():
        print(f"{column}: {count} answers do not fit this format and were cut or left out.", file=sys.stderr)
    return DONE


def _wrong(text: str) -> int:
    print(text, file=sys.stderr)
    return WRONG
