"""A Dockerfile performed without an engine: its own steps, with a directory for the image's root."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

#: What only root in an image can do, and what the directory needs instead (nothing: the tests own it).
_ONLY_IN_AN_IMAGE = ("useradd ", "groupadd ", "chown ")
_KNOWN = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions in order, continued lines joined; ValueError for one this cannot perform."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found = [
        (line.split(None, 1)[0].upper(), line.split(None, 1)[1].strip()) for line in joined.splitlines() if line.strip()
    ]
    if unknown := {word for word, _ in found} - _KNOWN:
        raise ValueError(f"teach tests/house/dockerfile.py to perform {sorted(unknown)}")
    return found


@dataclass
class Image:
    """What a Dockerfile leaves: a tree under `root`, an environment, and the commands it would run."""

    root: Path
    environment: dict[str, str]
    folder: Path
    user: str = "root"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)

    def place(self, path: str) -> Path:
        """Where a path of the image lies here."""
        return self.root / path.lstrip("/") if path.startswith("/") else self.folder / path

    def expanded(self, value: str) -> str:
        """The value of an ENV: the image's own variables put in, its paths under `root`."""
        return re.sub(r"\$(\w+)", lambda found: self.environment.get(found[1], ""), self.translated(value))

    def translated(self, text: str) -> str:
        """The same text with the image's absolute paths under `root`."""
        return re.sub(r"(?<![\w./-])/(?=(?:opt|app|build|var|home)\b)", f"{self.root}/", text)


def build(context: Path, root: Path, environment: dict[str, str]) -> Image:
    """Perform every step of the Dockerfile in `context`, with the running Python as the image's own."""
    first = root / "usr" / "local" / "bin"
    first.mkdir(parents=True)
    # The interpreter below any virtual environment: the image has none either until it makes one.
    for name in ("python", "python3"):
        (first / name).write_text(f'#!/bin/sh\nexec "{_base_python()}" "$@"\n')
        (first / name).chmod(0o755)
    base = {**environment, "PATH": f"{first}:/usr/bin:/bin", "HOME": str(root)}
    image = Image(root, dict(base), root)
    for word, rest in instructions((context / "Dockerfile").read_text(encoding="utf-8")):
        if word == "FROM":
            # A stage begins anew, but for its files: one tree stands for all, as no two stages share a path.
            image = Image(root, dict(base), root, copied=image.copied)
        elif word == "WORKDIR":
            image.folder = image.place(rest)
            image.folder.mkdir(parents=True, exist_ok=True)
        elif word == "COPY":
            _copy(context, image, shlex.split(rest))
        elif word == "RUN":
            _run(image, rest)
        elif word == "ENV":
            for pair in shlex.split(rest):
                name, _, value = pair.partition("=")
                image.environment[name] = image.expanded(value)
        elif word == "USER":
            image.user = rest
        elif word == "VOLUME":
            image.volumes.append(rest)
        elif word == "HEALTHCHECK":
            image.health = json.loads(rest.partition("CMD")[2])
        elif word == "CMD":
            image.command = json.loads(rest)
    return image


def _base_python() -> str:
    return os.path.realpath(sys.executable)


def _copy(context: Path, image: Image, words: list[str]) -> None:
    options = [word for word in words if word.startswith("--")]
    *sources, target = [word for word in words if not word.startswith("--")]
    for source in sources:
        if any(option.startswith("--from=") for option in options):
            # From another stage of the same tree: it must be there, and must not move.
            assert source == target, "a stage's files keep their path here"
            assert image.place(source).exists(), f"no stage has made {source}"
            continue
        image.copied.append(source)
        place = image.place(target)
        if (context / source).is_dir():
            shutil.copytree(
                context / source,
                place,
                ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "*.mo"),
                dirs_exist_ok=True,
            )
        else:
            shutil.copy(context / source, place / source if target.endswith("/") else place)


def _run(image: Image, command: str) -> None:
    for part in command.split("&&"):
        step = image.translated(part.strip())
        if step.startswith(_ONLY_IN_AN_IMAGE):
            continue
        step = re.sub(r"--owner \S+ ?", "", step)
        done = subprocess.run(
            ["/bin/sh", "-c", step],
            cwd=image.folder,
            env=image.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"RUN {part}\n{done.stdout}\n{done.stderr}"
