"""python -m tests.bench.bare PORT: the least that FastAPI can do with an update, which is to read it and answer 200."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import fastapi
import uvicorn

app = fastapi.FastAPI()


@app.get("/health")
async def health() -> None:
    """For whoever waits until it runs."""


@app.post("/telegram")
async def take(update: Annotated[dict[str, Any], fastapi.Body()]) -> None:
    """Nothing is kept, nothing is said."""


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
