"""The media directory: sealed files, each under the keyed hash of what is in it, one for all who sent the same.

All processes share it. Which of its files are anybody's is known to the table `media` alone (models/media.py).
Everything here waits for the disk: call it in a thread.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from models import sealing

#: Where files lie that have no name yet: drafts of ours, and what came up with a form of the web chat.
_NEW = "new"
_DRAFT, _UPLOAD = "d-", "u-"
_PLACE = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{60}|new/u-[0-9a-f]{32}")


class Draft(NamedTuple):
    """A file that is written and safe, and not in its place yet."""

    hash: str
    path: Path


class Files:
    """The files under `folder`, which need not be there yet."""

    def __init__(self, folder: Path, seal: sealing.Seal) -> None:
        self.folder = folder
        self._seal = seal

    # -- for good -------------------------------------------------------------------------------------------

    def draft(self, content: bytes) -> Draft:
        """Write a file down. It is nobody's until `shelve`; left alone it is swept away."""
        name = self._seal.hash_bytes("media", content).hex()
        return Draft(name, self._write(_DRAFT, self._seal.close_bytes(f"media/{name}", content)))

    def shelve(self, draft: Draft) -> None:
        """Put it in its place, over the same one if that is there; survives a power cut."""
        place = self._place(draft.hash)
        self._make(place.parent)
        os.replace(draft.path, place)
        flush(place.parent)

    def read(self, name: str) -> bytes:
        """What is in a file; raises `FileNotFoundError` and `sealing.Unreadable`."""
        return self._seal.open_bytes(f"media/{name}", self._place(name).read_bytes())

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        return self._place(name).is_file()

    def mark(self, name: str) -> int:
        """The mark of the key that sealed a file; raises `FileNotFoundError`."""
        return _mark(self._place(name))

    def remove(self, name: str) -> None:
        """Delete a file, if it is there."""
        self._place(name).unlink(missing_ok=True)

    def shelved(self, age: float) -> Iterator[list[str]]:
        """The names of files older than so many seconds, in portions."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield [path.name for path in _older(folder.glob("*/*"), age)]

    def entries(self) -> Iterator[tuple[str, Path]]:
        """Every file that is somebody's or may become so, by its place below the folder; drafts are nobody's, and what
        was not put there by us has no such place."""
        for pattern in ("[0-9a-f][0-9a-f]/*/*", f"{_NEW}/{_UPLOAD}*"):
            for path in sorted(self.folder.glob(pattern)):
                place = path.relative_to(self.folder).as_posix()
                if _PLACE.fullmatch(place):
                    yield place, path

    def put_back(self, name: str, pieces: Iterable[bytes]) -> None:
        """A file out of a copy into that place, as it was sealed; raises ValueError for a name of no such place."""
        if not _PLACE.fullmatch(name):
            raise ValueError(name)
        draft, place = self._new(_DRAFT, secrets.token_hex(16)), self.folder / name
        self._make(draft.parent)
        self._make(place.parent)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, place)
        flush(place.parent)

    # -- for a while ----------------------------------------------------------------------------------------

    def put(self, content: bytes) -> str:
        """Keep what came with a form until it is fetched; the name to fetch it by, which nobody can guess."""
        name = secrets.token_hex(16)
        self._write(_UPLOAD, self._seal.close_bytes(f"upload/{name}", content), name)
        return name

    def take(self, name: str) -> bytes:
        """What came under that name; raises `FileNotFoundError` and `sealing.Unreadable`."""
        return self._seal.open_bytes(f"upload/{name}", self._new(_UPLOAD, name).read_bytes())

    def drop(self, name: str) -> None:
        """Delete what came under that name."""
        self._new(_UPLOAD, name).unlink(missing_ok=True)

    def renew_upload(self, name: str) -> bool:
        """Seal what came under that name with the first key; whether that was needed."""
        path = self._new(_UPLOAD, name)
        if _mark(path) == self._seal.first:
            return False
        os.replace(self._write(_DRAFT, self._seal.close_bytes(f"upload/{name}", self.take(name))), path)
        return True

    def uploads(self, age: float) -> list[str]:
        """Names of what came with forms more than so many seconds ago."""
        return [path.name[len(_UPLOAD) :] for path in _older((self.folder / _NEW).glob(f"{_UPLOAD}*"), age)]

    def drop_drafts(self, age: float) -> None:
        """Delete drafts older than so many seconds: whoever wrote them is gone."""
        for path in _older((self.folder / _NEW).glob(f"{_DRAFT}*"), age):
            path.unlink(missing_ok=True)

    # -- paths ----------------------------------------------------------------------------------------------

    def _place(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:4] / name

    def _new(self, kind: str, name: str) -> Path:
        return self.folder / _NEW / f"{kind}{name}"

    def _write(self, kind: str, sealed: bytes, name: str = "") -> Path:
        path = self._new(kind, name or secrets.token_hex(16))
        self._make(path.parent)
        # Readable by its owner alone from the first byte on; the name is drawn, so there is never one before it.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        return path

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        for each in reversed([folder, *folder.parents]):
            if not each.is_dir():
                each.mkdir(mode=0o700, exist_ok=True)
                flush(each.parent)


def probe(folder: Path) -> None:
    """Write something there and delete it again; raises OSError if it cannot be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"probe-{secrets.token_hex(8)}"
    try:
        path.write_bytes(b"?")
    finally:
        path.unlink(missing_ok=True)


def _mark(path: Path) -> int:
    with path.open("rb") as file:
        first = file.read(1)
    # What a full disk cut off at once was sealed by no key there is.
    return first[0] if first else -1


def _older(paths: Iterator[Path], age: float) -> Iterator[Path]:
    before = time.time() - age
    for path in paths:
        # Another process may sweep here too.
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                yield path


def flush(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where a folder can be opened."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
