"""The terminal as a channel: the same conversation with whoever sits at this machine."""

from __future__ import annotations

import sys

from bot.channels import base, plain

_MARKS = {"image": "▣", "audio": "♪"}


class Terminal:
    """Shows on standard output, hears from standard input, a line a message."""

    name = "terminal"

    def show(self, outbound: base.Outbound) -> None:
        """Print one message, as a phone without buttons shows it; of an attachment, what its file is called."""
        attached = f"{_MARKS[outbound.attached]} {outbound.attachment}\n" if outbound.attached else ""
        print(f"\n{attached}{plain.numbered(outbound)}\n", flush=True)

    def hear(self) -> str | None:
        """The next line; None when there are no more."""
        print("> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line or not sys.stdin.isatty():
            # Nobody has typed it here, so a transcript would lack it.
            print(line.rstrip("\n"), flush=True)
        return line.rstrip("\n") if line else None
