"""`ashar backup` and `ashar restore`: the whole house in one file, and out of it again."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import importlib.metadata
import sys
from pathlib import Path

from bot import settings, wiring
from bot.services import backing_up, restoring
from bot.shell import remembering
from models import db, files, providers, sealing

DONE, PROBLEMS, WRONG = 0, 1, 2


def arguments(sub: argparse.ArgumentParser) -> None:
    """What can be said of making one."""
    sub.add_argument("output", type=Path, metavar="FILE|FOLDER", help="a new file; in a folder its name is the time")
    sub.add_argument(
        "--keep", type=_days, metavar="DAYS", help="into a folder: delete those in it that are older than so many days"
    )


def restore_arguments(sub: argparse.ArgumentParser) -> None:
    """What can be said of taking one back."""
    sub.add_argument("file", type=Path, metavar="FILE", help="as `ashar backup` made it")
    sub.add_argument("--check", action="store_true", help="only look it through; no database is needed")


def backup(options: argparse.Namespace) -> int:
    """Make one, beside whatever else runs."""
    at = db.now()
    into: Path = options.output
    if options.keep is not None and not into.is_dir():
        return _wrong(f"--keep: {into} is no folder, so there are no older ones beside it.")
    output = backing_up.dated(into, at) if into.is_dir() else into

    async def make(memory: wiring.Memory) -> backing_up.Manifest:
        # Here, for few commands draw it.
        import tqdm

        with tqdm.tqdm(unit=" rows", disable=None) as bar:
            return await backing_up.back_up(
                memory.database,
                memory.seal,
                memory.files,
                output,
                bar,
                at=at,
                program=importlib.metadata.version("ashar"),
            )

    try:
        made = remembering.ask(make)
    except backing_up.BadOutput as error:
        return _wrong(f"{output} cannot be written ({error}).")
    except backing_up.BadBackup as error:
        return _refused(f"{output} was not made: {error}.")
    except OSError as error:
        return _refused(f"{output} could not be written ({error.strerror}). Nothing of it was kept.")
    remembering.ask(lambda memory: _note(memory.database, made))
    print(f"{output}: {made.rows} rows, {made.media} files. Checksum of the rows: {made.checksum}")
    print("The keys are not in it: keep secrets.env in another place.")
    return DONE if options.keep is None else _prune(into, options.keep, at)


async def _note(database: db.Database, made: backing_up.Manifest) -> None:
    """For `ashar doctor`."""
    async with database.transaction() as connection:
        await providers.keep(connection, "ashar", {"backup": made.made_at})


def _prune(folder: Path, days: int, at: dt.datetime) -> int:
    gone, left = backing_up.prune(folder, days, at)
    for path in gone:
        print(f"deleted, older than {days} days: {path}")
    for error in left:
        print(f"{error.filename} could not be deleted ({error.strerror}): delete it by hand.", file=sys.stderr)
    return PROBLEMS if left else DONE


def restore(options: argparse.Namespace) -> int:
    """Look one through, and fill an empty database from it."""
    given = settings.current()
    seal = sealing.Seal(given.seal_keys, given.hash_key)
    try:
        with backing_up.opened(options.file, seal) as opened:
            if options.check:
                opened.verify()
            else:
                asyncio.run(_restore(given, seal, opened))
            made = opened.manifest
    except OSError as error:
        return _wrong(f"{options.file} cannot be read ({error.strerror}).")
    except backing_up.BadBackup as error:
        return _refused(f"{options.file}: {error}. Nothing was written.")
    except restoring.NotEmpty as error:
        return _refused(
            f"There is something in this database already (in the table {error}), and nothing is written over. Name a "
            "new, empty one with ASHAR_DATABASE_URL."
        )
    except restoring.NewerTables as error:
        return _refused(f"Nothing was written: {error}.")
    except restoring.Unwritable as error:
        return _wrong(
            f"ASHAR_MEDIA: the pictures and sounds cannot be written to {given.media} ({error}). Mend that, and "
            "restore once more."
        )
    except restoring.Different as error:
        return _refused(f"What was written is not what the file holds ({error}); none of it was kept.")
    print(f"{options.file}, made {made.made_at}: {made.rows} rows, {made.media} files. Checksum: {made.checksum}")
    print("It is whole." if options.check else "The database holds the same. `ashar serve` goes on from there.")
    return DONE


async def _restore(given: settings.Settings, seal: sealing.Seal, opened: backing_up.Backup) -> None:
    import tqdm

    database = db.Database(given.database_url)
    try:
        await wiring.reachable(database)
        with tqdm.tqdm(unit=" rows", disable=None) as bar:
            await restoring.restore(database, given.database_url, files.Files(given.media, seal), opened, bar)
    finally:
        await database.close()


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 3650:
        raise argparse.ArgumentTypeError("from 1 to 3650")
    return days


def _refused(text: str) -> int:
    print(text, file=sys.stderr)
    return PROBLEMS


def _wrong(text: str) -> int:
    print(text, file=sys.stderr)
    return WRONG
