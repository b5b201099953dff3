"""The description of the API in OpenAPI 3.1, made of the table of its addresses."""

from collections.abc import Iterable
from typing import Any

from .endpoint import Endpoint
from .parameters import Parameter
from .problems import KINDS, MEDIA_TYPE
from .schemas import COMPONENTS

_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}

_OF_READING = ("bad-argument", "not-found", "method", "too-many", "busy", "other-host", "other-origin")
_OF_QUERIES = ("bad-query", "beyond-limit", "time")
_OF_WRITING = ("bad-document", "read-only", "too-slow", "too-large", "media-type")


def description(
    endpoints: Iterable[Endpoint], version: str, *, needs_token: bool, reads_freely: bool
) -> dict[str, Any]:
    """Return the description.

    Args:
        endpoints: The addresses.
        version: The version of Jooya.
        needs_token: True if there is a token.
        reads_freely: True if reading needs none.
    """
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint)
        if needs_token and not (reads_freely and endpoint.method == "GET"):
            operation["security"] = [{"token": []}]
            operation["responses"]["401"] = {"description": KINDS["unauthorized"].title, "content": _PROBLEM}
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
    components: dict[str, Any] = {"schemas": COMPONENTS}
    if needs_token:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Jooya",
            "version": version,
            "description": "Persian full-text passage search. Offsets are in characters (code points).",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": components,
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    kinds = [*_OF_READING, *(_OF_QUERIES if endpoint.method == "GET" else _OF_WRITING)]
    responses: dict[str, Any] = {}
    for status in ("200", "201") if endpoint.method == "PUT" else ("200",):
        responses[status] = {
            "description": endpoint.summary,
            "content": {endpoint.media_type: {"schema": endpoint.schema}},
        }
    if endpoint.method == "GET" and endpoint.media_type == "application/json":
        responses["304"] = {"description": "There has been no commit since the answer with this ETag."}
    for kind in kinds:
        status, title = str(KINDS[kind].status), KINDS[kind].title
        known = responses.get(status, {}).get("description")
        responses[status] = {"description": f"{known}; {title}" if known else title, "content": _PROBLEM}
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": list(map(_parameter, endpoint.parameters)),
        "responses": responses,
    }
    if endpoint.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": endpoint.body}}}
    return operation


def _parameter(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required or parameter.place == "path",
        "description": parameter.description,
        "schema": parameter.schema(),
    }
    return found | ({} if parameter.example is None else {"example": parameter.example})
