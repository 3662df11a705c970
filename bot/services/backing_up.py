"""Backing up: the whole house in one file, made while people write, and looked through before it is believed.

The file is a ZIP: `manifest.json`, `manifest.sealed` (its digest, sealed: only these keys can have made it),
`SHA256SUMS`, `tables/<name>.copy` as PostgreSQL's COPY writes them, and `media/…` as the media directory has them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import secrets
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from bot.services import exporting
from models import copying, db, files, migrating, providers, sealing

#: The format of the file; a program refuses what it does not know.
FORMAT = 1
_MANIFEST, _SEALED, _SUMS = "manifest.json", "manifest.sealed", "SHA256SUMS"
_PIECE = 1 << 20
#: Bytes of a manifest at the most.
_LARGEST = 1 << 20
_DATED = re.compile(r"ashar-([0-9]{8}T[0-9]{6})Z\.zip")
_STAMP = "%Y%m%dT%H%M%S"
_LINE = re.compile(r"([0-9a-f]{64})  (\S{1,200})")


#: What reading a broken ZIP comes to: it may also say that it is encrypted, or packed in an unknown way.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, KeyError, AttributeError
)  # fmt: skip


class BadBackup(Exception):
    """The file is no whole backup of this house; the text says why."""


class BadOutput(Exception):
    """There can be no such file; the text is the system's."""


class Rows(NamedTuple):
    """A table in a backup: what it is, how many rows, and the last number given in it."""

    table: copying.Table
    rows: int
    highest: int

    @property
    def name(self) -> str:
        """Of its file."""
        return f"tables/{self.table.name}.copy"


class Manifest(NamedTuple):
    """What a backup says of itself. `checksum` is of all rows: the same rows have the same, in either database."""

    made_at: str
    program: str
    revision: str
    mark: str
    checksum: str
    sums: str
    media: int
    tables: tuple[Rows, ...]

    @property
    def rows(self) -> int:
        """Of all tables together."""
        return sum(each.rows for each in self.tables)


async def back_up(
    database: db.Database,
    seal: sealing.Seal,
    media: files.Files,
    output: Path,
    progress: exporting.Progress,
    *,
    at: dt.datetime,
    program: str,
) -> Manifest:
    """Write everything into a new file; it has its name only once it is whole, on the disk, and read back.

    Raises `BadOutput`, and `BadBackup` if what was written cannot be read back.
    """
    with _new(output) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        sums: dict[str, str] = {}
        async with copying.snapshot(database) as connection:
            revision = await copying.revision(connection)
            if revision != migrating.head():
                raise BadBackup(f"the tables are of a newer program ({revision}), which this one would not copy whole")
            mark = (await providers.objects(connection, "ashar"))["hash_key"]
            shapes = copying.layout()
            counts = [await copying.count(connection, shape) for shape in shapes]
            # Walked through before the copying: whoever watches wants to know how far it has come.
            progress.reset(sum(counts) + sum(1 for _ in media.entries()))
            tables = []
            for shape in shapes:
                rows = Rows(shape, 0, await copying.highest(connection, shape))
                with _entry(packed, rows.name, sums, progress) as entry:
                    await copying.write(connection, shape, entry.write)
                tables.append(rows._replace(rows=entry.lines))
        # After the rows, so that no file is missing that a row names; what came later is nobody's and is swept away.
        kept = _pack_media(packed, media, sums, progress)
        listed = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
        manifest = Manifest(
            made_at=at.isoformat(timespec="seconds"),
            program=program,
            revision=revision,
            mark=mark,
            checksum=checksum(tables, sums),
            sums=hashlib.sha256(listed.encode()).hexdigest(),
            media=kept,
            tables=tuple(tables),
        )
        written = json.dumps({"ashar_backup": FORMAT, **manifest._asdict()}, indent=1).encode()
        packed.writestr(_SUMS, listed)
        packed.writestr(_MANIFEST, written)
        packed.writestr(_SEALED, seal.close_bytes("backup", hashlib.sha256(written).digest()))
        packed.close()
        with opened(draft, seal) as backup:
            backup.verify()
    return manifest


def checksum(tables: list[Rows], sums: dict[str, str]) -> str:
    """One figure for the rows of all tables."""
    lines = (f"{each.table.name} {each.rows} {each.highest} {sums[each.name]}\n" for each in tables)
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def dated(folder: Path, at: dt.datetime) -> Path:
    """The file of a backup that is made now in that folder."""
    return folder / f"ashar-{at.strftime(_STAMP)}Z.zip"


def prune(folder: Path, days: int, at: dt.datetime) -> tuple[list[Path], list[OSError]]:
    """Delete backups in that folder, known by the names `dated` gives, that are older; those that were deleted, and why
    others were not."""
    gone, left = list[Path](), list[OSError]()
    for path in sorted(folder.iterdir()):
        try:
            if _made(path, at) < at - dt.timedelta(days=days):
                path.unlink()
                gone.append(path)
        except FileNotFoundError:
            # Another backup is being made here, and has its name now.
            continue
        except OSError as error:
            left.append(error)
    return gone, left


def _made(path: Path, at: dt.datetime) -> dt.datetime:
    """When a backup was made; now, if it is none."""
    if found := _DATED.fullmatch(path.name):
        with contextlib.suppress(ValueError):
            return dt.datetime.strptime(found[1], _STAMP).replace(tzinfo=dt.UTC)
    elif path.name.startswith(".ashar-") and path.name.endswith(".part"):
        # Left by a process that was ended in the middle.
        return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    return at


class _Entry:
    """One file in the making: its digest and its lines."""

    def __init__(self, stream: IO[bytes], progress: exporting.Progress | None) -> None:
        self._stream = stream
        self._progress = progress
        self.digest = hashlib.sha256()
        self.lines = 0

    def write(self, piece: bytes) -> None:
        self._stream.write(piece)
        self.digest.update(piece)
        lines = piece.count(b"\n")
        self.lines += lines
        if self._progress:
            self._progress.update(lines)


@contextlib.contextmanager
def _entry(
    packed: zipfile.ZipFile, name: str, sums: dict[str, str], progress: exporting.Progress | None, *, press: bool = True
) -> Iterator[_Entry]:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if press else zipfile.ZIP_STORED
    with packed.open(info, "w", force_zip64=True) as stream:
        entry = _Entry(stream, progress)
        yield entry
    sums[name] = entry.digest.hexdigest()


def _pack_media(packed: zipfile.ZipFile, media: files.Files, sums: dict[str, str], progress: exporting.Progress) -> int:
    kept = 0
    for name, path in media.entries():
        # Erased since it was found: then it is not to be kept either.
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            # Sealed as they are, they cannot be made smaller.
            with _entry(packed, f"media/{name}", sums, None, press=False) as entry:
                while piece := file.read(_PIECE):
                    entry.write(piece)
            kept += 1
            progress.update(1)
    return kept


@contextlib.contextmanager
def _new(output: Path) -> Iterator[Path]:
    """A draft beside it, readable by its owner alone, that takes the name when the block has ended well."""
    draft = output.with_name(f".ashar-{secrets.token_hex(4)}-{output.name}.part")
    try:
        if output.exists():
            raise FileExistsError(0, "File exists")
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BadOutput(error.strerror) from None
    try:
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(draft, output)
        files.flush(output.parent)
    finally:
        draft.unlink(missing_ok=True)


# -- looked through -------------------------------------------------------------------------------------------------


class Backup:
    """A backup that is open for reading, made with these keys; whether it is whole is for `verify` to say."""

    def __init__(self, packed: zipfile.ZipFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._packed = packed

    def pieces(self, name: str) -> Iterator[bytes]:
        """One of its files."""
        with self._packed.open(name) as file:
            while piece := file.read(_PIECE):
                yield piece

    def media(self) -> list[str]:
        """The names of its pictures and sounds in the media directory."""
        names = (name for name in self._packed.namelist() if name.startswith("media/"))
        return [name.removeprefix("media/") for name in names]

    def verify(self) -> None:
        """Read all of it; raises `BadBackup` if anything in it is not as it was written."""
        try:
            listed = b"".join(self.pieces(_SUMS))
            if hashlib.sha256(listed).hexdigest() != self.manifest.sums:
                raise BadBackup(f"{_SUMS} is not as it was written")
            found = [_LINE.fullmatch(line) for line in listed.decode().splitlines()]
            sums = {match[2]: match[1] for match in found if match}
            if sorted([*sums, _SUMS, _MANIFEST, _SEALED]) != sorted(self._packed.namelist()):
                raise BadBackup("files are missing in it, or too many")
            lines: dict[str, int] = {}
            for name, digest in sums.items():
                seen = hashlib.sha256()
                lines[name] = 0
                for piece in self.pieces(name):
                    seen.update(piece)
                    lines[name] += piece.count(b"\n")
                if seen.hexdigest() != digest:
                    raise BadBackup(f"{name} is not as it was written")
        except _BROKEN:
            raise BadBackup("it is damaged") from None
        tables = list(self.manifest.tables)
        if (
            any(lines.get(each.name) != each.rows for each in tables)
            or checksum(tables, sums) != self.manifest.checksum
        ):
            raise BadBackup("its tables are not those that it names")


@contextlib.contextmanager
def opened(path: Path, seal: sealing.Seal) -> Iterator[Backup]:
    """A backup; raises `BadBackup`, and `OSError` if there is no such file."""
    try:
        packed = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise BadBackup("it is damaged, or no backup at all") from None
    with packed:
        yield Backup(packed, _manifest(packed, seal))


def _manifest(packed: zipfile.ZipFile, seal: sealing.Seal) -> Manifest:
    try:
        if packed.getinfo(_MANIFEST).file_size > _LARGEST:
            raise ValueError
        written, sealed = packed.read(_MANIFEST), packed.read(_SEALED)
        raw: dict[str, Any] = json.loads(written)
        kind = raw.pop("ashar_backup")
    except _BROKEN:
        raise BadBackup("it is damaged, or no backup at all") from None
    if kind != FORMAT:
        raise BadBackup(f"it is of format {kind}, and this program knows {FORMAT}: take a newer program")
    if raw.get("mark") != seal.hash("house", "mark").hex():
        raise BadBackup("it was made with another ASHAR_HASH_KEY: put the secrets.env that belongs to it in place")
    try:
        digest = seal.open_bytes("backup", sealed)
    except sealing.Unreadable:
        raise BadBackup(
            "none of ASHAR_SEAL_KEYS has sealed it: put the secrets.env that belongs to it in place"
        ) from None
    if digest != hashlib.sha256(written).digest():
        raise BadBackup(f"{_MANIFEST} is not as it was written")
    try:
        return Manifest(**{**raw, "tables": tuple(_rows(*each) for each in raw["tables"])})
    except (TypeError, ValueError, copying.Unfit):
        raise BadBackup(f"{_MANIFEST} says what this program does not understand") from None


def _rows(table: list[Any], rows: int, highest: int) -> Rows:
    name, columns, key, numbered = table
    shape = copying.Table(name, tuple(copying.Column(*column) for column in columns), tuple(key), numbered)
    return Rows(copying.checked(shape), rows, highest)
