"""Restoring: a backup into an empty database of either kind, all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from bot.services import backing_up, exporting
from models import copying, db, files, migrating


class NotEmpty(Exception):
    """There is something in the database already; the text is a table that has rows."""


class NewerTables(Exception):
    """The tables of the database, or of the backup, are newer than they may be; the text says which."""


class Unwritable(Exception):
    """The files cannot be put into the media directory; the text is the system's."""


class Different(Exception):
    """What was written is not what the backup holds: nothing of it was kept. The text says what differs."""


async def restore(
    database: db.Database, url: str, media: files.Files, backup: backing_up.Backup, progress: exporting.Progress
) -> None:
    """Fill the database and the media directory, and bring the tables to this program's.

    Raises `backing_up.BadBackup` before anything is written, then `NotEmpty`, `NewerTables`, `Unwritable`, `Different`.
    """
    manifest = backup.manifest
    backup.verify()
    if not migrating.knows(manifest.revision):
        raise NewerTables(f"the backup has tables of a newer program ({manifest.revision}); take that program")
    await _vacant(database)
    # The tables as they were when it was made; what came later is done to the rows as to any others.
    await migrating.upgrade_async(url, manifest.revision)
    progress.reset(manifest.rows + manifest.media)
    # Files first: no row may ever name one that is not there. Those without a row are swept away.
    for name in backup.media():
        try:
            media.put_back(name, backup.pieces(f"media/{name}"))
        except OSError as error:
            raise Unwritable(error.strerror) from None
        progress.update(1)
    async with database.transaction() as connection:
        if await copying.revision(connection) != manifest.revision:
            raise NewerTables("the database has newer tables than the backup: give it a new, empty one")
        if occupied := await copying.occupied(connection):
            raise NotEmpty(occupied)
        for each in manifest.tables:
            try:
                await copying.read(connection, each.table, _watched(backup.pieces(each.name), progress), each.highest)
            except copying.Unfit:
                raise Different(each.table.name) from None
        await _compare(connection, manifest)
    await migrating.upgrade_async(url)


async def _vacant(database: db.Database) -> None:
    async with database.reading() as connection:
        if occupied := await copying.occupied(connection):
            raise NotEmpty(occupied)


async def _compare(connection: db.Connection, manifest: backing_up.Manifest) -> None:
    """Read back what was written, before it counts."""
    sums, tables = {}, []
    for each in manifest.tables:
        seen = hashlib.sha256()
        await copying.write(connection, each.table, seen.update)
        sums[each.name] = seen.hexdigest()
        count = await copying.count(connection, each.table)
        tables.append(each._replace(rows=count, highest=await copying.highest(connection, each.table)))
    if backing_up.checksum(tables, sums) != manifest.checksum:
        differing = [then.table.name for then, now in zip(manifest.tables, tables, strict=True) if then != now]
        raise Different(", ".join(differing) or "some of the values")


def _watched(pieces: Iterator[bytes], progress: exporting.Progress) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        progress.update(piece.count(b"\n"))
