"""A stand-in of a mail server on loopback: takes letters, and refuses, delays and drops them as real ones do."""

from __future__ import annotations

import asyncio
import contextlib
import email.message
import email.parser
import email.policy
import enum
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field


class Fault(enum.StrEnum):
    """What goes wrong with the next letter."""

    CLOSED = "closed"  # 421 at the greeting
    SHUT = "shut"  # 554 at the greeting: this address of ours is on a list
    LOGIN = "login"  # 535
    SENDER = "sender"  # 553 after MAIL FROM: not a sender of ours
    UNKNOWN = "unknown"  # 550 5.1.1 after RCPT TO
    PLAIN = "plain"  # 550 without a second code
    POLICY = "policy"  # 550 5.7.1 after RCPT TO
    FULL = "full"  # 552 5.2.2: the mailbox is full
    GREY = "grey"  # 451 4.7.1: come back later
    SPAM = "spam"  # 554 5.7.1 after the letter
    BUSY = "busy"  # 421 in the middle, and the connection is closed
    DROP = "drop"  # closed before the letter
    DROP_HALF = "drop half"  # closed while the letter comes
    DROP_AFTER = "drop after"  # closed after the letter was taken, without a word
    GARBAGE = "garbage"  # no SMTP at all


@dataclass
class Server:
    """What it was sent, and what goes wrong next."""

    port: int = 0
    #: Mailboxes that there are not.
    unknown: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    #: (to, letter), in the order in which they were taken.
    letters: list[tuple[str, email.message.EmailMessage]] = field(default_factory=list)
    connections: int = 0
    most: int = 0
    senders: list[str] = field(default_factory=list)
    #: While false nobody is greeted.
    open: asyncio.Event = field(default_factory=asyncio.Event)
    _now: int = 0

    def to(self, address: str) -> list[str]:
        """The texts that came for that mailbox."""
        return [letter.get_content() for to, letter in self.letters if to == address]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await self.open.wait()
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._now -= 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.faults.pop(0) if self.faults else None

        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        greetings = {
            Fault.CLOSED: "421 4.3.2 too busy",
            Fault.SHUT: "554 5.7.1 go away",
            Fault.GARBAGE: "HTTP/1.1 400 Bad Request",
        }
        if fault in greetings:
            await say(greetings[fault])
            return
        await say("220 standin ESMTP")
        to = ""
        while line := (await reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO":
                    await say("250-standin")
                    await say("250-AUTH PLAIN")
                    await say("250 8BITMIME")
                case "AUTH":
                    await say("535 5.7.8 no" if fault is Fault.LOGIN else "235 2.7.0 welcome")
                case "MAIL":
                    self.senders.append(rest)
                    await say("553 5.7.1 not yours" if fault is Fault.SENDER else "250 ok")
                case "RCPT":
                    to = rest.partition("<")[2].partition(">")[0]
                    if not await self._mailbox(to, fault, say):
                        return
                case "DATA":
                    if fault is Fault.DROP:
                        return
                    await say("354 go on")
                    if fault is Fault.DROP_HALF:
                        await reader.readline()
                        return
                    letter = await reader.readuntil(b"\r\n.\r\n")
                    if fault is Fault.SPAM:
                        await say("554 5.7.1 looks like spam")
                        continue
                    parsed = email.parser.BytesParser(policy=email.policy.default).parsebytes(letter[:-5])
                    assert isinstance(parsed, email.message.EmailMessage)
                    self.letters.append((to, parsed))
                    if fault is Fault.DROP_AFTER:
                        return
                    await say("250 2.0.0 taken")
                case "QUIT":
                    await say("221 bye")
                    return
                case _:
                    await say("250 ok")

    async def _mailbox(self, to: str, fault: Fault | None, say: Callable[[str], Awaitable[None]]) -> bool:
        answers = {
            Fault.UNKNOWN: "550 5.1.1 no such user",
            Fault.PLAIN: "550 no such user",
            Fault.POLICY: "550 5.7.1 not from there",
            Fault.FULL: "552 5.2.2 mailbox full",
            Fault.GREY: "451 4.7.1 greylisted",
            Fault.BUSY: "421 4.3.2 shutting down",
        }
        unknown = Fault.UNKNOWN if to in self.unknown else fault
        await say(answers.get(unknown, "250 ok") if unknown else "250 ok")
        return fault is not Fault.BUSY


@contextlib.asynccontextmanager
async def server(context: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """One at work on a free port; with a context it speaks TLS from the first byte."""
    made = Server()
    made.open.set()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=context)
    made.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield made
