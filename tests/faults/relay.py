"""A loopback port that leads elsewhere: python -m tests.faults.relay PORT HOST PORT.

On a machine of its own, to which a platform is only ever reached by https, it stands for what lies between.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def _serve(port: int, host: str, there: int) -> None:
    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            out, into = await asyncio.open_connection(host, there)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, into), _copy(out, writer))

    server = await asyncio.start_server(passed, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
