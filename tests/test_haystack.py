"""The document store and the retriever for Haystack: its framework's own tests, round trips, filters, pipelines."""

import asyncio
import os
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya import BadArgument, BadQuery, Hit, Index
from jooya import Document as JooyaDocument

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
pytest.importorskip("haystack", reason='Haystack is not installed: pip install "jooya[haystack]"')

from haystack import Document, Pipeline
from haystack.dataclasses import ByteStream, SparseEmbedding
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy, FilterPolicy
from haystack.errors import FilterError
from haystack.testing import document_store as suite
from haystack.testing.document_store import (
    CountDocumentsByFilterTest,
    DocumentStoreBaseExtendedTests,
    create_filterable_docs,
)
from haystack.utils.filters import document_matches_filter

from jooya.indexer.integrations.haystack import JooyaDocumentStore, JooyaRetriever
from jooya.indexer.integrations.haystack_context import JooyaContext
from jooya.indexer.integrations.haystack_documents import KEY, to_haystack, to_jooya
from jooya.indexer.integrations.haystack_filters import where_of

FIELDS = {"name": "keyword", "number": "number", "chapter": "keyword", "tags": "keyword"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JooyaDocumentStore]:
    opened = JooyaDocumentStore(tmp_path / "index", fields=FIELDS)
    yield opened
    opened.close()


class TestStandard(DocumentStoreBaseExtendedTests, CountDocumentsByFilterTest):
    """The tests that Haystack has for every document store."""

    @pytest.fixture
    def document_store(self, store: JooyaDocumentStore) -> JooyaDocumentStore:  # type: ignore[override]
        return store

    @staticmethod
    def assert_documents_are_equal(received: list[Document], expected: list[Document]) -> None:
        """The store returns documents in the order of their ids."""  # noqa: D401
        assert received == sorted(expected, key=lambda document: document.id)

    def test_write_documents(self, document_store: JooyaDocumentStore) -> None:  # type: ignore[override]
        """Haystack leaves to each store what it does if no policy is given: this one fails, as the one in memory."""
        document = Document(content="test doc")
        assert document_store.write_documents([document]) == 1
        with pytest.raises(DuplicateDocumentError):
            document_store.write_documents([document])


STATISTICS = (
    "CountUniqueMetadataByFilter",
    "GetMetadataFieldsInfo",
    "GetMetadataFieldMinMax",
    "GetMetadataFieldUniqueValues",
)


def of_suite(module: Any, names: tuple[str, ...], ending: str) -> tuple[type, ...]:
    """Return the classes of tests that this version of Haystack has, of those that are named."""
    return tuple(getattr(module, name + ending) for name in names if hasattr(module, name + ending))


class TestStatistics(*of_suite(suite, STATISTICS, "Test")):  # type: ignore[misc]
    """The tests that Haystack has for stores that count values of metadata."""

    @pytest.fixture
    def document_store(self, store: JooyaDocumentStore) -> JooyaDocumentStore:
        return store


ASYNC = (
    *("CountDocuments", "WriteDocuments", "DeleteDocuments", "FilterDocuments", "DeleteAll", "DeleteByFilter"),
    *("UpdateByFilter", "CountDocumentsByFilter", *STATISTICS),
)
async_suite = (
    import_module("haystack.testing.document_store_async")
    if find_spec("haystack.testing.document_store_async")
    else None
)


class TestAsync(*of_suite(async_suite, ASYNC, "AsyncTest")):  # type: ignore[misc]
    """The tests that Haystack has for the methods of stores that are awaited."""

    @pytest.fixture
    def document_store(self, store: JooyaDocumentStore) -> JooyaDocumentStore:
        return store

    @staticmethod
    def assert_documents_are_equal(received: list[Document], expected: list[Document]) -> None:
        """The store returns documents in the order of their ids."""  # noqa: D401
        assert received == sorted(expected, key=lambda document: document.id)

    async def test_write_documents_async(self, document_store: JooyaDocumentStore) -> None:
        """Fail if no policy is given, as the twin does."""
        document = Document(content="test doc")
        assert await document_store.write_documents_async([document]) == 1
        with pytest.raises(DuplicateDocumentError):
            await document_store.write_documents_async([document])


DOCUMENTS = [
    Document(id="plain", content="کتاب‌های تازه"),
    Document(id="meta", content="متن", meta={"n": 1, "x": 1.0, "b": True, "l": ["آ"], "s": "", "none": None}),
    Document(id="nested", content="متن", meta={"d": {"a": [1, None]}, "mixed": [1, "a"], "big": 1 << 70, "": "e"}),
    Document(id="clash", content="متن", meta={"haystack": "x", "id": "y", "content": 3, "score": 4, "title": "ت"}),
    Document(id="vector", content="متن", embedding=[0.1, -1e-300, 3.0]),
    Document(id="sparse", content="متن", sparse_embedding=SparseEmbedding(indices=[1, 5], values=[0.5, 0.25])),
    Document(id="blob", blob=ByteStream(data=b"\x00\xff", mime_type="image/png", meta={"a": 1})),
    Document(id="empty", content=""),
    Document(id="spaces", content=" \n", score=0.5),
    Document(id="spaced", content=" متن \n"),
    Document(id="date", content="متن", meta={"date": "2023-10-12", "collection": "a b"}),
    Document(id="a*", content="متن"),
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.id)
def test_a_document_comes_back_as_it_was_written(store: JooyaDocumentStore, document: Document) -> None:
    assert store.write_documents([document]) == 1
    [found] = store.filter_documents()
    assert found == document
    assert all(type(found.meta[name]) is type(value) for name, value in document.meta.items())
    store.delete_documents([document.id])
    assert store.count_documents() == 0


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False)
            | st.text("آب\u200c a۱*", max_size=5),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
            max_leaves=5,
        ),
        max_size=4,
    )
)
def test_any_metadata_comes_back(meta: dict[str, Any]) -> None:
    stored = to_jooya(Document(id="d", content="متن", meta=meta))
    assert KEY in stored.meta
    hit = Hit(1, 1.0, "d", "d", None, None, stored.text, 0, 3, meta=stored.meta)
    wanted = {name.encode("utf-8", "replace").decode(): value for name, value in meta.items()}
    assert to_haystack(hit).meta == wanted


def test_all_is_found_after_the_store_is_opened_again(store: JooyaDocumentStore, tmp_path: Path) -> None:
    store.write_documents(DOCUMENTS)
    store.close()
    again = JooyaDocumentStore.from_dict(store.to_dict())
    assert again.count_documents() == len(DOCUMENTS)
    assert {one.id: one for one in again.filter_documents()} == {one.id: one for one in DOCUMENTS}
    again.close()


def test_policies_within_one_call(store: JooyaDocumentStore) -> None:
    one, two = Document(id="a", content="یک"), Document(id="a", content="دو")
    with pytest.raises(DuplicateDocumentError):
        store.write_documents([Document(id="b", content="سه"), one, two])
    assert store.count_documents() == 0
    assert store.write_documents([one, two], DuplicatePolicy.SKIP) == 1
    assert store.filter_documents() == [one]
    assert store.write_documents([one, two], DuplicatePolicy.OVERWRITE) == 2
    assert store.filter_documents() == [two]


def test_what_cannot_be_stored_is_told_and_nothing_is_written(store: JooyaDocumentStore) -> None:
    large = Document(id="large", content="متن", embedding=[0.1] * 10_000)
    with pytest.raises(BadArgument, match="document 'large' cannot be stored: meta takes"):
        store.write_documents([Document(content="متن"), large])
    with pytest.raises(BadArgument, match="document 'set' cannot be stored"):
        store.write_documents([Document(id="set", content="متن", meta={"a": {1}})])
    assert store.count_documents() == 0


def test_an_asterisk_in_an_id_is_no_pattern(store: JooyaDocumentStore) -> None:
    store.write_documents([Document(id="a1", content="یک"), Document(id="a2", content="دو")])
    store.delete_documents(["a*", "*"])
    assert store.count_documents() == 2


@pytest.mark.parametrize(
    ("filters", "where"),
    [
        (None, {}),
        ({}, {}),
        ({"field": "meta.name", "operator": "==", "value": "الف"}, {"name": "الف"}),
        ({"field": "name", "operator": "==", "value": "الف"}, {"name": "الف"}),
        ({"field": "meta.name", "operator": "==", "value": 3}, {}),
        ({"field": "meta.name", "operator": "==", "value": "2023-10-12"}, {}),
        ({"field": "meta.name", "operator": "==", "value": ""}, {}),
        ({"field": "meta.name", "operator": "!=", "value": "الف"}, {}),
        ({"field": "meta.name", "operator": "in", "value": ["الف", "ب"]}, {"name": ["الف", "ب"]}),
        ({"field": "meta.name", "operator": "in", "value": ["الف", None]}, {}),
        ({"field": "meta.name", "operator": "in", "value": []}, {}),
        ({"field": "meta.other", "operator": "==", "value": "الف"}, {}),
        ({"field": "meta.number", "operator": "==", "value": 5}, {"number": 5}),
        ({"field": "meta.number", "operator": "==", "value": None}, {}),
        ({"field": "meta.number", "operator": ">", "value": 5}, {"number": (5, None)}),
        ({"field": "meta.number", "operator": "<=", "value": 5.5}, {"number": (None, 5.5)}),
        (
            {
                "operator": "AND",
                "conditions": [
                    {"field": "meta.number", "operator": ">=", "value": 1},
                    {"field": "meta.number", "operator": "<", "value": 5},
                    {"operator": "AND", "conditions": [{"field": "meta.name", "operator": "==", "value": "ب"}]},
                    {"operator": "NOT", "conditions": [{"field": "meta.chapter", "operator": "==", "value": "ب"}]},
                ],
            },
            {"number": (1, None), "name": "ب"},
        ),
        ({"operator": "OR", "conditions": [{"field": "meta.name", "operator": "==", "value": "ب"}]}, {}),
    ],
)
def test_filters_become_conditions(filters: Any, where: dict[str, Any]) -> None:
    assert where_of(filters, FIELDS) == where


_VALUES = st.sampled_from([None, -10, -2, 2, 100, 0.5, "name_0", "name_1", "zeros_doc", "intro", "conclusion"])
_COMPARISONS = st.builds(
    lambda field, operator, value: {"field": f"meta.{field}", "operator": operator, "value": value},
    st.sampled_from(["name", "number", "chapter", "page"]),
    st.sampled_from(["==", "!="]),
    _VALUES,
) | st.builds(
    lambda operator, value: {"field": "meta.number", "operator": operator, "value": value},
    st.sampled_from([">", ">=", "<", "<="]),
    st.sampled_from([-10, -2, 0.5, 2]),
)
_FILTERS = st.recursive(
    _COMPARISONS,
    lambda inner: st.builds(
        lambda operator, conditions: {"operator": operator, "conditions": conditions},
        st.sampled_from(["AND", "OR", "NOT"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def filterable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JooyaDocumentStore]:
    opened = JooyaDocumentStore(tmp_path_factory.mktemp("haystack") / "index", fields=FIELDS)
    opened.write_documents(create_filterable_docs())
    yield opened
    opened.close()


@given(_FILTERS)
def test_a_search_finds_what_matches_filters_and_nothing_else(
    filterable: JooyaDocumentStore, filters: dict[str, Any]
) -> None:
    everything = filterable.retrieve("doc* | document | emb", top_k=100)
    assert len(everything) == filterable.count_documents() == 18
    wanted = {one.id for one in everything if document_matches_filter(filters, one)}
    assert {one.id for one in filterable.retrieve("doc* | document | emb", filters, 100)} == wanted
    few = filterable.retrieve("doc* | document | emb", filters, 2)
    assert len(few) == min(2, len(wanted))


def test_errors(store: JooyaDocumentStore) -> None:
    with pytest.raises(FilterError):
        store.filter_documents({"operator": "AND"})
    with pytest.raises(FilterError):
        store.retrieve("متن", {"operator": "nope", "conditions": []})
    with pytest.raises(BadQuery):
        store.retrieve("؟")
    with pytest.raises(BadArgument, match="top_k cannot be 0"):
        JooyaRetriever(store, top_k=0)


def test_a_retriever_in_a_pipeline_that_was_saved(store: JooyaDocumentStore) -> None:
    store.write_documents(
        [
            Document(id="1", content="کتاب‌های تازه", meta={"number": 1}),
            Document(id="2", content="كتابها", meta={"number": 2}),
            Document(id="3", content="باران", meta={"number": 2}),
        ]
    )
    two = {"field": "meta.number", "operator": "==", "value": 2}
    pipeline = Pipeline()
    pipeline.add_component("retriever", JooyaRetriever(store, filters=two, filter_policy=FilterPolicy.MERGE))
    loaded = Pipeline.from_dict(pipeline.to_dict(), allowed_modules=["jooya.*"])
    for one in (pipeline, loaded):
        found = one.run({"retriever": {"query": "کتاب"}})["retriever"]["documents"]
        assert [document.id for document in found] == ["2"]
        assert found[0].score > 0
    retriever = JooyaRetriever(store)
    assert [one.id for one in retriever.run("کتاب", top_k=1)["documents"]] == ["2"]
    assert len(asyncio.run(retriever.run_async("کتاب"))["documents"]) == 2
    assert retriever.run("کتاب", top_k=0) == {"documents": []}


def test_passages_of_other_documents_are_in_the_store(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add(JooyaDocument("talk", "باران آمد.", title="هوا", date="1402-07-20"))
    store = JooyaDocumentStore(tmp_path / "index")
    [found] = store.filter_documents({"field": "meta.title", "operator": "==", "value": "هوا"})
    assert (found.id, found.content, found.meta["jalali"]) == ("talk#1", "باران آمد.", "1402-07-20")
    assert store.delete_by_filter({"field": "meta.title", "operator": "==", "value": "هوا"}) == 0
    assert store.count_documents() == 1
    store.close()


# --- contexts


@pytest.fixture
def books(store: JooyaDocumentStore) -> JooyaDocumentStore:
    texts = {"a": "قنات آب را می‌آورد.", "b": "قنات و چاه", "c": "کتابخانهٔ سیار"}
    store.write_documents(
        [
            Document(id=name, content=text, meta={"number": place, "own": place})
            for place, (name, text) in enumerate(texts.items())
        ]
    )
    return store


@pytest.mark.parametrize("field", ["number", "own"])
def test_a_context_of_documents_that_match_filters(books: JooyaDocumentStore, field: str) -> None:
    filters = {"field": f"meta.{field}", "operator": ">=", "value": 1}
    context = books.context("قنات", 100, filters)
    assert context.text == "[1] b\nقنات و چاه"
    assert books.context("قنات", 100, filters, rerank=lambda _, hits: []).text == ""
    assert len(books.context("قنات", 100, rerank=lambda _, hits: hits[::-1])) == 2
    found = books.context("قنات", 100, filters, retrievers=[lambda _: ["a", "c"]])
    assert {excerpt.document for excerpt in found} == {"b", "c"}
    with pytest.raises(FilterError):
        books.context("قنات", 100, {"field": "meta.number"})


def test_a_component_that_makes_the_text_of_a_prompt(books: JooyaDocumentStore) -> None:
    pipeline = Pipeline()
    pipeline.add_component("context", JooyaContext(books, budget=100, order="document"))
    again = Pipeline.from_dict(pipeline.to_dict(), allowed_modules=["jooya.*"])
    for one in (pipeline, again):
        found = one.run({"context": {"query": "قنات و چاه"}})["context"]
        assert found["text"] == "[1] b\nقنات و چاه\n\n[2] a\nقنات آب را می‌آورد."
        assert [(document.id, document.meta["citation"]) for document in found["documents"]] == [("b", "b"), ("a", "a")]
    component = JooyaContext(books, budget=100)
    small = asyncio.run(component.run_async("قنات", budget=8))
    assert [document.id for document in small["documents"]] == ["b"]
    only = component.run("قنات", filters={"field": "meta.own", "operator": "==", "value": 0})
    assert [document.id for document in only["documents"]] == ["a"]
    again.get_component("context").document_store.close()
