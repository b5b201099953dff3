"""Documents of Haystack as documents of Jooya, and back, without loss."""

import array
import base64
import json
import math
import sys
from typing import Any

from haystack import Document as HaystackDocument

from .. import BadArgument, Document, Hit
from ..meta import MAX_NAME
from .passage_metadata import fits, meta_value, metadata_of

KEY = "haystack"
"""The name of the metadata that holds what Jooya has no place for: embeddings, nested values, and the like."""

_NO_TEXT = "…"
"""Stands in the index for a document without text, which has no words and so is never found by any."""


def to_jooya(document: HaystackDocument) -> Document:
    """Return a document of Haystack as a single passage, whose key is the document's id.

    Raises:
        BadArgument: What it holds beside its text is larger than Jooya stores with a document.
    """
    rest = document.to_dict(flatten=False)
    text, meta = rest.pop("content"), rest.pop("meta")
    del rest["id"]
    flat = {name: value for name, value in meta.items() if _is_plain(name, value)}
    rest = {name: value for name, value in rest.items() if value is not None}
    if "embedding" in rest:
        rest["embedding"] = base64.b64encode(array.array("d", rest["embedding"]).tobytes()).decode()
    if nested := {name: value for name, value in meta.items() if name not in flat}:
        rest["meta"] = nested
        numbers = {name: value for name, value in nested.items() if isinstance(value, int | float) and _can_be(name)}
        flat |= {name: _nearest(value) for name, value in numbers.items()}
    if text is None or not text.strip():
        rest["content"], text = text, _NO_TEXT
    known: dict[str, Any] = {
        name: value for name, value in flat.items() if name in ("title", "date", "collection") and fits(name, value)
    }
    try:
        own = flat | {KEY: json.dumps(rest, ensure_ascii=False)}
        return Document(document.id, text, whole=True, meta=own, **known)
    except (BadArgument, TypeError, ValueError) as error:
        reason = error.problem if isinstance(error, BadArgument) else str(error)
        raise BadArgument(
            f"document {document.id!r} cannot be stored: {reason}", "keep what is large or no JSON elsewhere"
        ) from None


def _can_be(name: object) -> bool:
    """Return True if metadata of Jooya can have a name."""
    return isinstance(name, str) and name != KEY and bool(name.strip()) and len(name) <= MAX_NAME


def _is_plain(name: object, value: object) -> bool:
    """Return True if Jooya keeps a value of metadata as it is."""
    if value is None or isinstance(value, tuple | dict) or not _can_be(name):
        return False
    kept = meta_value(value)
    return type(kept) is type(value) and kept == value


def _nearest(value: float) -> float:
    """Return a number that Jooya keeps by which a number field is filtered for one that it does not keep."""
    if math.isnan(value):
        return 0.0
    return float(max(-sys.float_info.max, min(sys.float_info.max, value)))


def to_haystack(hit: Hit, score: float | None = None) -> HaystackDocument:
    """Return a passage as a document of Haystack: as it was written to the store, or with all that is known of it.

    Args:
        hit: The passage.
        score: The score that the document is to have.
    """
    kept = hit.meta.get(KEY)
    if not isinstance(kept, str):
        return HaystackDocument(id=hit.id, content=hit.text, meta=metadata_of(hit), score=score)
    fields: dict[str, Any] = {"content": hit.text} | json.loads(kept)
    meta = {name: list(value) if isinstance(value, tuple) else value for name, value in hit.meta.items() if name != KEY}
    if "embedding" in fields:
        fields["embedding"] = list(array.array("d", base64.b64decode(fields["embedding"])))
    if score is not None:
        fields["score"] = score
    return HaystackDocument.from_dict(fields | {"id": hit.document, "meta": meta | fields.get("meta", {})})
