"""Machines in network namespaces: two that serve; this one has the database, the platforms and the people."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.faults import processes, storm

#: Where the machines see each other; a net that is nobody's.
_NET = "10.231.77"
_NAMES = ("ashar-one", "ashar-two")
_BRIDGE = "ashar-faults"
_TELEGRAM, _TWILIO, _PORT = 9001, 9002, 8000
#: Seconds: of the cut, before it and after it.
_BEFORE, _CUT, _AFTER = 10.0, 25.0, 15.0


class NotPermitted(Exception):
    """This machine lets us make no machines."""


def _ip(words: str) -> None:
    try:
        subprocess.run(["ip", *words.split()], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise NotPermitted("there is no `ip` (on Debian: apt install iproute2)") from None
    except subprocess.CalledProcessError as error:
        raise NotPermitted(f"ip {words}: {error.stderr.strip()} (it takes root)") from None


class Net:
    """Two machines on a wire each, which can be cut."""

    gate = f"{_NET}.1"
    #: Whom the database lets in.
    everybody = f"{_NET}.0/24"

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack

    def processes(self, environ: Mapping[str, str], folder: Path) -> list[processes.Process]:
        """`ashar serve` on each machine; platforms are reached by a port of its own loopback."""
        made = []
        for number, name in enumerate(_NAMES):
            inside = ["ip", "netns", "exec", name]
            more = {"ASHAR_HOST": f"{_NET}.{11 + number}"}
            for port, setting in ((_TELEGRAM, "ASHAR_TELEGRAM_API"), (_TWILIO, "ASHAR_TWILIO_API")):
                there = environ[setting].rpartition(":")[2]
                relay = [sys.executable, "-m", "tests.faults.relay", str(port), self.gate, there]
                running = subprocess.Popen([*inside, *relay], cwd=processes.ROOT)
                self._stack.callback(running.wait)
                self._stack.callback(running.kill)
                more[setting] = f"http://127.0.0.1:{port}"
            made.append(processes.Process({**environ, **more}, folder / f"{name}.log", _PORT, before=inside))
        return made

    def cut(self, number: int) -> None:
        """From now on nothing reaches that machine, and nothing leaves it."""
        _ip(f"link set {_NAMES[number]} down")

    def mend(self, number: int) -> None:
        """And now it does again."""
        _ip(f"link set {_NAMES[number]} up")


@contextlib.contextmanager
def net() -> Iterator[Net]:
    """The machines, until the block ends; raises `NotPermitted`."""
    if os.name != "posix" or os.geteuid() != 0:
        raise NotPermitted("network namespaces take root")
    with contextlib.ExitStack() as stack:

        def undone(words: str) -> None:
            stack.callback(subprocess.run, ["ip", *words.split()], check=False, capture_output=True)

        _ip(f"link add {_BRIDGE} type bridge")
        undone(f"link del {_BRIDGE}")
        _ip(f"addr add {Net.gate}/24 dev {_BRIDGE}")
        _ip(f"link set {_BRIDGE} up")
        for number, name in enumerate(_NAMES):
            _ip(f"netns add {name}")
            undone(f"netns del {name}")
            _ip(f"link add {name} type veth peer name eth0 netns {name}")
            _ip(f"link set {name} master {_BRIDGE} up")
            _ip(f"-n {name} addr add {_NET}.{11 + number}/24 dev eth0")
            _ip(f"-n {name} link set eth0 up")
            _ip(f"-n {name} link set lo up")
        yield Net(stack)


async def cutting(world: storm.World, made: Net) -> None:
    """Cut off the first machine for a while; AssertionError if the other does not carry on, or it does not rejoin."""
    lane = world.lanes[2]
    first, second = (process.url for process in world.processes)
    await asyncio.sleep(_BEFORE)
    assert lane.taken[first], "the first machine takes nothing"
    made.cut(0)
    world.kills += 1
    try:
        # What it held when it was cut off may hold up the other for a few seconds.
        await asyncio.sleep(_CUT / 2)
        before = lane.taken.copy()
        await asyncio.sleep(_CUT / 2)
        assert lane.taken[second] > before[second], "the other machine does not carry on"
        assert lane.taken[first] == before[first], "the first machine is not cut off"
    finally:
        made.mend(0)
    before = lane.taken.copy()
    await world.processes[0].ready()
    await asyncio.sleep(_AFTER)
    assert lane.taken[first] > before[first], "the first machine does not rejoin"
