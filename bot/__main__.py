"""The `ashar` command: starts the house, and does from the shell what needs no conversation.

Exit codes: 0 done, 1 problems were found, 2 wrong settings or a wrong command.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.metadata
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import settings, wiring
from bot.services import (
    broadcasting,
    collecting,
    counting,
    demonstrating,
    folding,
    publishing,
    reaching,
    setting_aside,
    shelving,
    steering,
    transcribing,
)
from bot.shell import (
    backup,
    broadcast,
    campaign,
    chat,
    doctor,
    event,
    export,
    forms,
    keys,
    rates,
    reach,
    stuck,
    treasurer,
    voices,
)
from models import db, sealing

DONE, PROBLEMS, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except settings.BadSettings as error:
        return _wrong("These settings must be mended:", *error.problems)
    except (_Deaf, wiring.NotReady) as error:
        return _wrong(str(error))
    except publishing.BadFiles as error:
        return forms.refuse(error.faults, options, "Nothing was published.")
    except reaching.Stuck as error:
        print(error, "It cannot be played to its end.", sep="\n", file=sys.stderr)
        return PROBLEMS
    except shelving.NotAlone as error:
        return _wrong(f"“{error}” is pledged through campaigns, and open as long as one of them is.")
    except steering.NoSuchCampaign as error:
        return _wrong(f"There is no campaign “{error}”; `ashar campaign` lists them.")
    except broadcasting.NoSuchBroadcast as error:
        return _wrong(f"There is no broadcast “{error}”; `ashar broadcast list` lists them.")
    except transcribing.NoSuchVoice as error:
        return _wrong(f"{error}; `ashar voices` lists them.")
    except setting_aside.NoSuchMessage as error:
        return _wrong(f"{error}; `ashar stuck` lists them.")
    except (collecting.NoSuchForm, shelving.NoSuchForm) as error:
        return _wrong(f"There is no form “{error}”.")
    except sealing.Unreadable:
        return _wrong("ASHAR_SEAL_KEYS: a key is missing with which some of this was sealed.")
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read our output has had enough (`| head`); Python must not complain again when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("ashar", description="A chatbot for surveys and pledges.")
    parser.add_argument("--version", action="version", version=f"ashar {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=run)
        return sub

    command("serve", _serve, "migrate, publish what is in flows/, and start everything in this process")
    command("deliver", _deliver, "only send what waits in the outbox, beside other processes that serve")
    command("migrate", _migrate, "bring the database to this program's tables")
    sub = command("chat", chat.chat, "play a form or campaign in this terminal, without a database")
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument("--rates", type=Path, metavar="FILE", help="the National Bank's XML; else the last imported ones")
    sub.add_argument("--random", type=int, metavar="SEED", help="let a made-up respondent play it; a number draws one")
    forms.spoken(sub)
    sub = command("reach", reach.reach, "say what a form costs on the line: messages, bytes, SMS segments, money")
    sub.add_argument("form", metavar="FORM|FILE", help="name of a form or campaign that is open, or a file of one")
    forms.spoken(sub)
    sub = command("check", forms.check, "say every problem in forms (.xlsx, .xls, .yaml) and campaigns")
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a form, a campaign, or a folder of them")
    forms.spoken(sub)
    sub = command(
        "publish", forms.publish, "make forms and campaigns the current version, or say what is wrong with them"
    )
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a form, a campaign, or a folder of them")
    forms.spoken(sub)
    sub = command("forms", forms.show, "list the forms; close and reopen them, and see what changed")
    forms.spoken(sub)
    forms.arguments(sub)
    sub = command("campaign", campaign.listed, "list the campaigns; see how one stands, and change its state")
    forms.spoken(sub)
    campaign.arguments(sub)
    treasurer.arguments(
        command("treasurer", treasurer.listed, "write down what has arrived for a campaign, as either of its offices")
    )
    broadcast.arguments(
        command("broadcast", broadcast.listed, "tell many at once: those of a form, a campaign, a place")
    )
    export.arguments(command("export", export.export, "write the responses to a form"))
    doctor.arguments(command("doctor", doctor.doctor, "say what is wrong with this house, and what to do about it"))
    backup.arguments(command("backup", backup.backup, "copy everything into one file, while people write"))
    backup.restore_arguments(command("restore", backup.restore, "fill an empty database from such a file"))
    voices.arguments(command("voices", voices.voices, "voice notes that wait to be put into words"))
    stuck.arguments(command("stuck", stuck.stuck, "messages that could not be answered; try them again, or drop them"))
    event.arguments(command("event", event.event, "announced events, during which more may come from one place"))
    rates.arguments(command("rates", rates.rates, "what other money is worth in som, by the National Bank"))
    keys.arguments(command("keys", keys.keys, "by which keys everything is sealed; make a new one, seal anew with it"))
    sub = command("tally", _tally, "recount the answers")
    sub.add_argument("what", choices=("check", "rebuild"), help="compare the tallies with a recount, or replace them")
    sub = command("demo", _demo, "fill the database with made-up residents")
    sub.add_argument("--people", type=_count, default=200, metavar="N", help="how many (200)")
    sub.add_argument("--seed", type=int, default=1, metavar="S", help="another number makes other people (1)")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 100_000:
        raise argparse.ArgumentTypeError("from 1 to 100000")
    return number


def _version() -> str:
    return importlib.metadata.version("ashar")


def _wrong(*lines: str) -> int:
    print(*lines, sep="\n  ", file=sys.stderr)
    return WRONG


# -- the house ------------------------------------------------------------------------------------------------------


def _serve(_options: argparse.Namespace) -> int:
    given = settings.current()
    wiring.log(given)
    with _listening(given.host, given.port, "ASHAR_PORT") as listening:
        asyncio.run(_prepare(given))
        _say_where(given)
        return _answer("api.app:app", listening)


class _Deaf(Exception):
    """Nobody can listen there; the text names the settings."""


def _listening(host: str, port: int, name: str) -> socket.socket:
    """A socket there, taken before anything else so that a second process says so at once; raises `_Deaf`."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise _Deaf(f"ASHAR_HOST, {name}: cannot listen on {host}:{port} ({why})") from None


def _answer(app: str, listening: socket.socket) -> int:
    """Answer there until told to end."""
    # Here, for no other command needs it.
    import uvicorn

    config = uvicorn.Config(
        app,
        access_log=False,  # its lines would hold what links carry
        log_config=None,
        factory=True,
        proxy_headers=False,  # nobody here asks who called or how: links and signatures go by ASHAR_PUBLIC_URL
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    wiring.calm_collector()
    with contextlib.suppress(KeyboardInterrupt):  # the usual way to end it
        server.run(sockets=[listening])
    return DONE if server.started else PROBLEMS


async def _prepare(given: settings.Settings) -> None:
    async with wiring.memory(given, migrate=True) as memory:
        # What was published before stays as facilitators left it.
        await publishing.publish(memory.database, [given.flows], again=False)


def _say_where(given: settings.Settings) -> None:
    print(
        f"Ashar {_version()} runs. Ctrl-C ends it.",
        f"  chat         {given.site}/chat",
        f"  results      {given.site}/results",
        f"  API          {given.site}/docs",
        f"  talks on     {', '.join(wiring.talks_on(given))}",
        f"  database     {db.address(given.database_url).render_as_string(hide_password=True)}",
        f"  secrets      {given.var / settings.SECRETS} or the environment",
        sep="\n",
        flush=True,
    )


def _deliver(_options: argparse.Namespace) -> int:
    given = settings.current()
    wiring.log(given)
    if given.metrics_port:
        with _listening(given.host, given.metrics_port, "ASHAR_METRICS_PORT") as listening:
            asyncio.run(_look(given))
            print(_DELIVERING, flush=True)
            return _answer("api.app:delivering", listening)
    asyncio.run(_deliver_until_told(given))
    return DONE


_DELIVERING = "delivering; Ctrl-C ends it"


async def _look(given: settings.Settings) -> None:
    """Whether everything is there, for whoever says so before the doors open."""
    async with wiring.memory(given):
        pass


async def _deliver_until_told(given: settings.Settings) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, told.set)
    async with wiring.house(given, receives=False):
        print(_DELIVERING, flush=True)
        await told.wait()


def _migrate(_options: argparse.Namespace) -> int:
    given = settings.current()

    async def run() -> None:
        async with wiring.memory(given, migrate=True):
            print("The database has this program's tables.")

    asyncio.run(run())
    return DONE


# -- answers --------------------------------------------------------------------------------------------------------


def _tally(options: argparse.Namespace) -> int:
    given = settings.current()

    rebuild = options.what == "rebuild"

    async def run() -> tuple[int, folding.Outcome]:
        async with wiring.memory(given) as memory:
            count, fold = (counting.rebuild, folding.rebuild) if rebuild else (counting.check, folding.check)
            return await count(memory.database, memory.seal), await fold(memory.database)

    tallies, ledger = asyncio.run(run())
    for broken in ledger.broken:
        print(f"Pledge {broken.pledge}: event {broken.place} {broken.why}. It is left out of all totals.")
    for unfolded in ledger.spending:
        print(f"Spending of {unfolded}. It is left out of all totals.")
    differ = (
        f"{tallies} tallies, {ledger.totals} totals, {ledger.states} states of pledges,"
        f" {ledger.campaigns} of campaigns and {ledger.accounts} accounts of what was spent"
    )
    if rebuild:
        print(f"Recounted; {differ} were mended.")
        return PROBLEMS if ledger.broken or ledger.spending else DONE
    if tallies or any(ledger):
        print(f"{differ} differ from a recount.")
        return PROBLEMS
    print("Tallies, totals, pledges, campaigns and spending equal a recount.")
    return DONE


def _demo(options: argparse.Namespace) -> int:
    given = settings.current()

    async def run() -> demonstrating.Outcome:
        # Here, for it is drawn by this command alone.
        import tqdm

        async with wiring.memory(given, migrate=True) as memory:
            await publishing.publish(memory.database, [given.flows], again=False)
            with tqdm.tqdm(total=options.people, unit=" people", disable=None) as bar:
                return await demonstrating.fill(memory.database, memory.seal, options.people, options.seed, bar.update)

    outcome = asyncio.run(run())
    print(f"{outcome.people} made-up residents wrote {outcome.messages} messages.")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
