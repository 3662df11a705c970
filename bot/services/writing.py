"""What all writers of exports have in common, and where their files go: nothing is overwritten or left half done."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from bot.engine import codebook, form, records, table


class Page(NamedTuple):
    """Some responses: how many, and each as it is gone through, which may be done once and in a thread."""

    size: int
    responses: Iterator[records.Response]


class Refused(Exception):
    """It cannot be written like this; the text says what to do instead."""


class BadOutput(Exception):
    """There can be no such file or folder; the text is the system's."""


class Writer(Protocol):
    """One export in the making. Whole files are there once the context that gave it ends."""

    #: Column -> answers that did not fit what the format can hold, and were cut or left out.
    unfit: dict[str, int]

    def write(self, page: Iterable[records.Response]) -> None:
        """Some more responses."""


class Subject(Protocol):
    """What is written about."""

    @property
    def forms(self) -> Mapping[str, form.Form]:
        """Every version, the newest first."""

    @property
    def book(self) -> codebook.Codebook:
        """Its questions."""

    @property
    def layout(self) -> table.Layout:
        """What was asked for."""


@contextlib.contextmanager
def file(output: Path) -> Iterator[Path]:
    """A new file of that name; gone again if the block fails. Raises `BadOutput` if it cannot be made."""
    try:
        # Never over something: an export of last month may be the only one there is.
        output.open("xb").close()
    except OSError as error:
        raise BadOutput(error.strerror) from None
    try:
        yield output
    except BaseException:
        output.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def folder(output: Path) -> Iterator[Path]:
    """A new folder of that name, or one that is packed into it where the name ends in ".zip"."""
    if output.suffix.lower() != ".zip":
        try:
            output.mkdir()
        except OSError as error:
            raise BadOutput(error.strerror) from None
        try:
            yield output
        except BaseException:
            shutil.rmtree(output)
            raise
        return
    with file(output), tempfile.TemporaryDirectory(prefix=".ashar-", dir=output.parent) as made:
        yield Path(made)
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(Path(made).rglob("*")):
                if path.is_file():
                    packed.write(path, path.relative_to(made))


def is_folder(output: Path) -> bool:
    """True for a name that means several files: a .zip, or a folder."""
    return output.suffix.lower() in ("", ".zip")


@contextlib.contextmanager
def places(output: Path, names: Sequence[str], suffix: str) -> Iterator[list[Path]]:
    """A new file for each table: `output` itself for one, or files of these names in that folder or .zip."""
    if is_folder(output):
        with folder(output) as made:
            yield [made / f"{name}{suffix}" for name in names]
    elif len(names) > 1:
        raise Refused(
            f"This form has repeats ({', '.join(names[1:])}), each a table of its own: let --output end in .zip, "
            "or name a folder."
        )
    else:
        with file(output) as path:
            yield [path]


def valued(type_: table.Type, text: str) -> Any:
    """The text as a value of that type; None if it is none."""
    try:
        match type_:
            case table.Type.WHOLE:
                return int(text)
            case table.Type.NUMBER:
                return float(text)
            case table.Type.FLAG:
                return text == "1"
            case table.Type.DATE:
                return dt.date.fromisoformat(text[:10])
            case table.Type.TIME:
                return dt.time.fromisoformat(text)
            case table.Type.DATETIME:
                return dt.datetime.fromisoformat(text).replace(tzinfo=None)
            case table.Type.INSTANT:
                return dt.datetime.fromisoformat(text)
            case _:
                return text
    except ValueError:
        return None


def url_name(name: str) -> str:
    """The name as packages want theirs: small Latin letters, digits, ".", "_" and "-"."""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-") or "form"
