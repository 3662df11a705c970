"""docs/PERFORMANCE.md: what one benchmark writes there leaves the others' words alone."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "PERFORMANCE.md"

_SECTION = re.compile(r"^## .*", re.MULTILINE | re.DOTALL)


def put_head(page: Path, text: str) -> None:
    """Let the text stand above all sections, in place of what stood there."""
    sections = _SECTION.search(page.read_text(encoding="utf-8")) if page.exists() else None
    page.write_text(text + (f"\n{sections[0]}" if sections else ""), encoding="utf-8")


def put_section(page: Path, text: str) -> None:
    """Let the section stand in place of the one with the same heading, or at the end."""
    whole = page.read_text(encoding="utf-8") if page.exists() else "# Performance\n"
    heading = text.partition("\n")[0]
    before, _, rest = whole.partition(f"\n{heading}\n")
    after = _SECTION.search(rest)
    page.write_text(f"{before.rstrip()}\n\n{text}" + (f"\n{after[0]}" if after else ""), encoding="utf-8")
