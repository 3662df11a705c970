"""`ashar doctor`: what is wrong with this house, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
import json

import aiohttp

from bot import settings
from bot.services import examining, inspecting
from models import db, sealing

DONE, PROBLEMS = 0, 1
_MARKS = {examining.State.OK: "ok  ", examining.State.NOTE: "note", examining.State.BAD: "BAD "}


def arguments(sub: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    sub.add_argument("--json", action="store_true", help="for a program: every check with its state, words and remedy")


def doctor(options: argparse.Namespace) -> int:
    """A line a check, as it is done; 1 if anything is to be mended."""
    findings: list[examining.Finding] = []

    def tell(finding: examining.Finding) -> None:
        findings.append(finding)
        if not options.json:
            remedy = f" -> {finding.remedy}" if finding.remedy else ""
            print(f"{_MARKS[finding.state]}  {finding.check}: {finding.said}{remedy}", flush=True)

    try:
        given = settings.current()
    except settings.BadSettings as error:
        for problem in error.problems:
            tell(examining.bad("settings", problem, "mend it in the environment"))
    else:
        asyncio.run(_look(given, tell))
    well = not any(finding.state is examining.State.BAD for finding in findings)
    if options.json:
        print(json.dumps({"well": well, "checks": [each._asdict() for each in findings]}, ensure_ascii=False))
    return DONE if well else PROBLEMS


async def _look(given: settings.Settings, tell: examining.Tell) -> None:
    database = db.Database(given.database_url)
    seal, at = sealing.Seal(given.seal_keys, given.hash_key), db.now()
    try:
        async for finding in examining.examine(given, database, seal, at):
            tell(finding)
        async with aiohttp.ClientSession() as session:
            async for finding in inspecting.inspect(given, session, at):
                tell(finding)
    finally:
        await database.close()
