"""Metadata of documents: which values there may be, and that they come back as they were given."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya import BadArgument, Document
from jooya.indexer.meta import MAX_FIELDS, MAX_NAME, MAX_SIZE, MAX_VALUES, meta_from_json


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, {}),
        ({"author": "احمدی"}, {"author": "احمدی"}),
        ({"tags": ["آب", "خاک"]}, {"tags": ("آب", "خاک")}),
        ({"tags": ()}, {"tags": ()}),
        ({"pages": 12, "price": 2.5, "open": True}, {"pages": 12, "price": 2.5, "open": True}),
        ({"a": "\ud800x", "b\udfff": ["\ud83d\ude00"]}, {"a": "\ufffdx", "b\ufffd": ("\ufffd\ufffd",)}),
    ],
)
def test_values_are_kept(given: dict[str, object], kept: dict[str, object]) -> None:
    document = Document("a", "متن", meta=given)  # type: ignore[arg-type]
    assert document.meta == kept
    assert replace(document, key="b").meta == kept
    assert meta_from_json(json.loads(json.dumps(document.meta))) == kept


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "meta cannot be []: give a mapping of names to values"),
        ({1: "x"}, "a name in meta cannot be 1: give a string that is not empty"),
        ({" ": "x"}, "a name in meta cannot be ' ': give a string that is not empty"),
        ({"a": None}, "meta['a'] cannot be None: give a string, a finite number of at most 64 bits"),
        ({"a": [1]}, "meta['a'] cannot be [1]"),
        ({"a": {"b": "c"}}, "meta['a'] cannot be {'b': 'c'}"),
        ({"a": float("nan")}, "meta['a'] cannot be nan"),
        ({"a": float("inf")}, "meta['a'] cannot be inf"),
        ({"a": 1 << 63}, "meta['a'] cannot be 9223372036854775808"),
        ({"a": "x" * MAX_SIZE}, "meta takes 65,545 bytes; at most 65,536 are kept"),
        ({"x" * (MAX_NAME + 1): 1}, "meta has a name of 101 characters; at most 100 are kept"),
        ({"a": ["x"] * (MAX_VALUES + 1)}, "meta has 1,001 values of 'a'; at most 1,000 are kept"),
        ({str(n): n for n in range(MAX_FIELDS + 1)}, "meta has 201 names; at most 200 are kept"),
    ],
)
def test_other_values_are_refused(given: object, message: str) -> None:
    with pytest.raises(BadArgument) as caught:
        Document("a", "متن", meta=given)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


VALUES = st.one_of(
    st.text(),
    st.integers(-(1 << 63) + 1, (1 << 63) - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.lists(st.text(), max_size=5).map(tuple),
)
METADATA = st.dictionaries(st.text(min_size=1, max_size=20).filter(str.strip), VALUES, max_size=6)


@given(METADATA)
def test_any_metadata_survives_json(meta: dict[str, object]) -> None:
    assert meta_from_json(json.loads(json.dumps(Document("a", "متن", meta=meta).meta))) == meta  # type: ignore[arg-type]
