"""The JSON schemas of answers. Those of results are the ones of the command line."""

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SPAN: Schema = {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}


def _or_null(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]}


def _object(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_DATE = _or_null(_object({"jalali": _TEXT, "gregorian": _TEXT}))
_NEIGHBOURS = {"before": _list(_ref("Neighbour")), "after": _list(_ref("Neighbour"))}

_META: Schema = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number", "boolean", "array"], "items": _TEXT},
}
_FACETS: Schema = {
    "type": "object",
    "additionalProperties": _list(_object({"value": {"type": ["string", "number"]}, "count": _COUNT})),
}

_PASSAGE = {
    "id": _TEXT,
    "document": _TEXT,
    "title": _or_null(_TEXT),
    "date": _DATE,
    "text": _TEXT,
    "start": _COUNT,
    "end": _COUNT,
    "page": _or_null(_COUNT),
    "time": _or_null(_TEXT),
    "heading": _or_null(_TEXT),
    "speaker": _or_null(_TEXT),
    "collection": _or_null(_TEXT),
    "meta": _META,
}

_DOCUMENT = {
    "key": _TEXT,
    "title": _or_null(_TEXT),
    "date": _DATE,
    "collection": _or_null(_TEXT),
    "encoding": _or_null(_TEXT),
    "size": _COUNT,
    "meta": _META,
}

COMPONENTS: dict[str, Schema] = {
    "Neighbour": _object({"id": _TEXT, "text": _TEXT, "start": _COUNT, "end": _COUNT}),
    "Hit": _object(
        {"rank": _COUNT, "score": {"type": "number"}}
        | _PASSAGE
        | {"highlights": _list(_SPAN), "snippet": _SPAN, "copies": _COUNT},
        _NEIGHBOURS
        | {
            "explanation": _list(
                {
                    "type": "object",
                    "properties": {"what": _TEXT, "score": {"type": "number"}},
                    "required": ["what", "score"],
                    "additionalProperties": {"type": "number"},
                }
            )
        },
    ),
    "Correction": {
        "type": "object",
        "properties": {"typed": _TEXT, "used": _list(_TEXT)},
        "required": ["typed", "used"],
    },
    "Results": _object(
        {
            "query": _TEXT,
            "total": _COUNT,
            "notes": _list(_TEXT),
            "did_you_mean": _list(_TEXT),
            "corrected_query": _or_null(_TEXT),
            "corrections": _list(_ref("Correction")),
            "hits": _list(_ref("Hit")),
        },
        {"facets": _FACETS},
    ),
    "Passage": _object(_PASSAGE, _NEIGHBOURS | {"highlights": _list(_SPAN)}),
    "Document": _object(
        _DOCUMENT | {"first": _COUNT, "passages": _list(_ref("Passage"))}, {"query": _TEXT, "found": _list(_TEXT)}
    ),
    "DocumentList": _object({"first": _COUNT, "is_last": {"type": "boolean"}, "documents": _list(_object(_DOCUMENT))}),
    "Context": _object(
        {"question": _TEXT, "text": _TEXT, "budget": _COUNT, "size": _COUNT, "left_out": _COUNT}
        | {"notes": _list(_TEXT), "excerpts": _list(_ref("Excerpt"))}
    ),
    "Excerpt": _object(
        {"number": _COUNT, "citation": _TEXT, "document": _TEXT, "title": _or_null(_TEXT), "date": _DATE}
        | {"pages": _or_null(_SPAN), "time": _or_null(_TEXT), "heading": _or_null(_TEXT), "speaker": _or_null(_TEXT)}
        | {"start": _COUNT, "end": _COUNT, "rank": _COUNT, "text": _TEXT}
        | {"passages": _list(_object({"id": _TEXT, "start": _COUNT, "end": _COUNT}))}
    ),
    "Suggestions": _list(_TEXT),
    "Status": _object(
        {
            "documents": _COUNT,
            "passages": _COUNT,
            "terms": _COUNT,
            "size": _COUNT,
            "encodings": {"type": "object", "additionalProperties": _COUNT},
            "collections": {"type": "object", "additionalProperties": _COUNT},
            "years": {"type": "object", "additionalProperties": _COUNT},
            "fields": {"type": "object", "additionalProperties": _TEXT},
            "facets": {
                "type": "object",
                "additionalProperties": {"type": "object", "additionalProperties": _COUNT},
            },
            "skipped": _COUNT,
            "format": _COUNT,
            "analysis": _TEXT,
            "commit": _TEXT,
        }
    ),
    "Written": _object(
        {"key": _TEXT, "outcome": {"type": "string", "enum": ["new", "updated", "unchanged"]}, "commit": _TEXT}
    ),
    "Removed": _object({"removed": _list(_TEXT), "commit": _TEXT}),
    "DocumentBody": _object(
        {"text": _TEXT},
        {
            "title": _or_null(_TEXT),
            "date": _or_null(_TEXT) | {"description": "A day, Jalali or Gregorian, such as 1384-09-22 or 2005-12-13."},
            # Expressions of JSON schemas know no letters but Latin ones, so no `pattern` can say this.
            "collection": _or_null(
                {"type": "string", "minLength": 1, "description": "Letters, digits, '.', '-' and '_' alone."}
            ),
            "meta": _META,
        },
    ),
    "Problem": {
        "type": "object",
        "properties": {"type": _TEXT, "title": _TEXT, "status": _COUNT, "detail": _TEXT, "fix": _TEXT},
        "required": ["type", "title", "status", "detail", "fix"],
    },
}
"""The schemas by the name that OpenAPI has them under."""

RESULTS, PASSAGE, DOCUMENT, DOCUMENTS, SUGGESTIONS, STATUS, WRITTEN, REMOVED = map(
    _ref, ("Results", "Passage", "Document", "DocumentList", "Suggestions", "Status", "Written", "Removed")
)

CONTEXT = _ref("Context")

DOCUMENT_BODY = COMPONENTS["DocumentBody"]

LINES: Schema = {"type": "string", "description": "A hit or passage on each line."}
