"""The `ashar` command: starts the house, and does from the shell what needs no conversation.

Exit codes: 0 done, 1 problems were found, 2 wrong settings or a wrong command.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import importlib.metadata
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import settings, wiring, wording
from bot.channels import terminal
from bot.services import counting, demonstrating, exporting, publishing, reaching, rehearsing
from models import db, figures

DONE, PROBLEMS, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except settings.BadSettings as error:
        return _wrong("These settings must be mended:", *error.problems)
    except wiring.NotReady as error:
        return _wrong(str(error))
    except publishing.BadFiles as error:
        return _problems(error.problems, "Nothing was published.")
    except reaching.Stuck as error:
        return _problems([str(error)], "It cannot be played to its end.")
    except exporting.NoSuchForm as error:
        return _wrong(f"There is no form “{error}”.")
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
    sub = command("chat", _chat, "play a form or campaign in this terminal, without a database")
    sub.add_argument("file", type=Path, metavar="FILE")
    sub = command("reach", _reach, "say what a form costs on the line: messages, bytes, SMS segments, money")
    sub.add_argument("form", metavar="FORM|FILE", help="name of a form or campaign that is open, or a file of one")
    sub = command("check", _check, "say every problem in forms and campaigns")
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a form, a campaign, or a folder of them")
    sub = command("publish", _publish, "make forms and campaigns the current version, or say what is wrong with them")
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a form, a campaign, or a folder of them")
    sub = command("export", _export, "write the responses to a form as CSV")
    sub.add_argument("form", metavar="FORM", help="name of the form, such as priorities")
    sub.add_argument("--output", type=Path, metavar="FILE", help="a file that is not there yet; else standard output")
    sub.add_argument("--personal", action="store_true", help="with what may name a person")
    sub.add_argument("--unfinished", action="store_true", help="with responses under way")
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


def _problems(problems: Sequence[str], end: str) -> int:
    print(*problems, end, sep="\n", file=sys.stderr)
    return PROBLEMS


# -- the house ------------------------------------------------------------------------------------------------------


def _serve(_options: argparse.Namespace) -> int:
    given = settings.current()
    wiring.log()
    try:
        # Taken before anything else, so that a second `ashar serve` says so at once.
        listening = socket.create_server(
            (given.host, given.port), family=socket.AF_INET6 if ":" in given.host else socket.AF_INET, backlog=2048
        )
    except OSError as error:
        return _wrong(
            f"ASHAR_HOST, ASHAR_PORT: cannot listen on {given.host}:{given.port} ({os.strerror(error.errno or 0)})"
        )
    with listening:
        asyncio.run(_prepare(given))
        _say_where(given)
        # Here, for no other command needs it.
        import uvicorn

        config = uvicorn.Config(
            "api.app:app",
            access_log=False,  # its lines would hold what links carry
            log_config=None,
            factory=True,
            proxy_headers=False,  # nobody here asks who called or how: links and signatures go by ASHAR_PUBLIC_URL
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        server = uvicorn.Server(config)
        # A group of messages makes thousands of objects and drops them by itself. Looking for garbage among all
        # that stands since the start, again and again, was a quarter of the work.
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
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
    wiring.log()
    asyncio.run(_deliver_until_told(given))
    return DONE


async def _deliver_until_told(given: settings.Settings) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, told.set)
    async with wiring.house(given, receives=False):
        print("delivering; Ctrl-C ends it", flush=True)
        await told.wait()


def _migrate(_options: argparse.Namespace) -> int:
    given = settings.current()

    async def run() -> None:
        async with wiring.memory(given, migrate=True):
            print("The database has this program's tables.")

    asyncio.run(run())
    return DONE


# -- forms and campaigns --------------------------------------------------------------------------------------------


def _chat(options: argparse.Namespace) -> int:
    prepared = publishing.prepare([options.file])
    if prepared.faults:
        return _problems(prepared.problems(), "It cannot be played like this.")
    catalogue = prepared.catalogue()
    links = catalogue.links
    if not links:
        return _wrong("This form is pledged through a campaign: play that one's file.")
    rehearsal = rehearsing.Rehearsal(
        catalogue,
        wording.Voice(),
        db.now,
        lambda: secrets.token_hex(16),
        channel=terminal.Terminal.name,
        site="https://ashar.example",
    )
    print("You are a resident now; what you write is not kept. Ctrl-D ends it.", file=sys.stderr)
    screen = terminal.Terminal()
    outbound, ended = rehearsal.hear("start", start=links[0])
    screen.show(outbound)
    while not ended and (heard := screen.hear()) is not None:
        outbound, ended = rehearsal.hear(heard)
        screen.show(outbound)
    return DONE


def _reach(options: argparse.Namespace) -> int:
    rates, voice, file = settings.rates(os.environ), wording.Voice(), Path(options.form)
    if file.is_file():
        prepared = publishing.prepare([file])
        if prepared.faults:
            return _problems(prepared.problems(), "It cannot be played like this.")
        catalogue, site = prepared.catalogue(), "https://ashar.example"
        for link in catalogue.links:
            print(reaching.report(link, reaching.reach(catalogue, link, voice, site, rates), rates))
        return DONE
    given = settings.current()

    async def run() -> tuple[publishing.Catalogue, list[figures.Line]]:
        async with wiring.memory(given) as memory, memory.database.reading() as connection:
            found = await publishing.Library().catalogue(connection)
            return found, await figures.line(connection, options.form)

    catalogue, lines = asyncio.run(run())
    links = [link for link in catalogue.links if link[2:] == options.form]
    if not links:
        raise exporting.NoSuchForm(options.form)
    found = reaching.reach(catalogue, links[0], voice, given.site, rates)
    print(reaching.report(links[0], found, rates), "", reaching.counted(lines), sep="\n")
    return DONE


def _check(options: argparse.Namespace) -> int:
    problems = publishing.check(options.files)
    print(*problems, f"{len(problems)} to mend." if problems else "Nothing to mend.", sep="\n")
    return PROBLEMS if problems else DONE


def _publish(options: argparse.Namespace) -> int:
    given = settings.current()

    async def run() -> list[publishing.Published]:
        async with wiring.memory(given, migrate=True) as memory:
            return await publishing.publish(memory.database, options.files)

    published = asyncio.run(run())
    for each in published:
        print(f"{each.kind} {each.name}: {'version' if each.new else 'as before, version'} {each.version}")
    if not published:
        print("Nothing to publish: a form that emits a pledge is published with the campaign that names it.")
    return DONE


# -- answers --------------------------------------------------------------------------------------------------------


def _export(options: argparse.Namespace) -> int:
    given = settings.current()
    try:
        # Never over something: an export of last month may be the only one there is.
        output = options.output.open("x", encoding="utf-8", newline="") if options.output else None
    except OSError as error:
        return _wrong(f"--output: {options.output} cannot be written ({error.strerror})")

    async def run() -> None:
        async with wiring.memory(given) as memory:
            chunks = exporting.csv_chunks(
                memory.database,
                memory.seal,
                publishing.Library(),
                options.form,
                personal=options.personal,
                unfinished=options.unfinished,
            )
            async for chunk in chunks:
                (output or sys.stdout).write(chunk)

    try:
        asyncio.run(run())
    except BaseException:
        if options.output:
            options.output.unlink(missing_ok=True)
        raise
    finally:
        if output:
            output.close()
    sys.stdout.flush()
    return DONE


def _tally(options: argparse.Namespace) -> int:
    given = settings.current()

    async def run() -> int:
        async with wiring.memory(given) as memory:
            count = counting.rebuild if options.what == "rebuild" else counting.check
            return await count(memory.database, memory.seal)

    differing = asyncio.run(run())
    if options.what == "rebuild":
        print(f"Recounted; {differing} tallies were mended.")
        return DONE
    print(f"{differing} tallies differ from a recount." if differing else "The tallies equal a recount.")
    return PROBLEMS if differing else DONE


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
