"""The API's documentation as one page without script: FastAPI's own would fetch its scripts from abroad."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import fastapi

from api import deps, pages

router = fastapi.APIRouter(include_in_schema=False)

# A page of ours and nobody's text: its few rules for tables and examples may stand in it.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an operation, with an example as text."""

    status: str
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the API. `parameters` are (name, where, description, example)."""

    method: str
    path: str
    description: str
    secured: bool
    parameters: tuple[tuple[str, str, str, str], ...]
    answers: tuple[Answer, ...]


@router.get("/docs")
async def docs(house: deps.House, request: fastapi.Request) -> fastapi.responses.HTMLResponse:
    """The page."""
    schema: dict[str, Any] = request.app.openapi()
    return pages.page(
        "docs.html", house, "en", headers=_HEADERS, info=schema["info"], operations=list(operations(schema))
    )


def operations(schema: Mapping[str, Any]) -> Iterator[Operation]:
    """Everything in an OpenAPI schema, in its order."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield Operation(
                method=method.upper(),
                path=path,
                description=operation.get("description", ""),
                secured=bool(operation.get("security")),
                parameters=tuple(
                    (each["name"], each["in"], each.get("description", ""), _first(each))
                    for each in operation.get("parameters", ())
                ),
                answers=tuple(
                    Answer(status, answer["description"], _example(answer, schema))
                    for status, answer in operation["responses"].items()
                    # FastAPI's own, on every operation with a parameter.
                    if status != "422"
                ),
            )


def _first(parameter: Mapping[str, Any]) -> str:
    examples = parameter.get("examples") or parameter.get("schema", {}).get("examples") or [""]
    return str(next(iter(examples)))


def _example(answer: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        if "example" in content:
            return str(content["example"])
        if (value := _value(content.get("schema", {}), schema)) is not None:
            return json.dumps(value, ensure_ascii=False, indent=1)
    return ""


def _value(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """The first example of a part of the schema, found through its references; None if it has none."""
    if part.get("type") == "array":
        item = _value(part["items"], schema)
        return None if item is None else [item]
    if "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return next(iter(part.get("examples", ())), None)
