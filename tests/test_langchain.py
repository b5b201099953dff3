"""The retriever for LangChain: its framework's own tests, what documents carry, and the way in."""

import asyncio
import datetime
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from jooya import BadArgument, BadQuery, Document, Index, Place, Section

pytest.importorskip("langchain_core", reason='LangChain is not installed: pip install "jooya[langchain]"')
pytest.importorskip(
    "langchain_tests", reason='langchain-tests is not installed: pip install "jooya[integrations-test]"'
)

from langchain_core.documents import Document as LangChainDocument
from langchain_tests.integration_tests import RetrieversIntegrationTests

from jooya.indexer.integrations.langchain import JooyaRetriever, add_documents
from jooya.indexer.integrations.passage_metadata import metadata_of


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.create(tmp_path_factory.mktemp("langchain") / "index", fields={"tags": "keyword"}) as index:
        texts = ("قنات‌های کویر", "قنات و چاه", "باغ و قنات", "آب قنات", "کتابخانهٔ شهر")
        index.add(
            [
                Document(
                    f"d{number}",
                    text,
                    whole=True,
                    title=f"عنوان {number}",
                    date="1402-07-20",
                    collection="water" if number % 2 else "land",
                    places=[Place(0, page=number, time="00:01:00")],
                    meta={"tags": ["آب", "خاک"], "score": 7, "pages": number},
                )
                for number, text in enumerate(texts, 1)
            ]
        )
        yield index


class TestStandard(RetrieversIntegrationTests):
    """The tests that LangChain has for every retriever."""

    @pytest.fixture(autouse=True)
    def _opened(self, shared: Index) -> None:
        self.opened = shared

    @property
    def retriever_constructor(self) -> type[JooyaRetriever]:
        return JooyaRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"index": self.opened}

    @property
    def retriever_query_example(self) -> str:
        return "قنات"


def test_a_document_has_all_that_is_known_of_the_passage(shared: Index) -> None:
    [found] = JooyaRetriever(index=shared, k=1).invoke("کویر")
    assert found.id == "d1"
    assert found.page_content == "قنات\u200cهای کویر"
    score = found.metadata.pop("score")
    assert score > 0
    assert found.metadata == {
        "rank": 1,
        "id": "d1",
        "document": "d1",
        "title": "عنوان 1",
        "gregorian": "2023-10-12",
        "jalali": "1402-07-20",
        "start": 0,
        "end": 13,
        "page": 1,
        "time": "00:01:00",
        "heading": None,
        "speaker": None,
        "collection": "water",
        "copies": 0,
        "highlights": [[9, 13]],
        "tags": ["آب", "خاک"],
        "meta.score": 7,
        "pages": 1,
    }


def test_heading_and_speaker_of_a_section(index: Index) -> None:
    index.add(Document("talk", "باران آمد.", sections=[Section(0, heading="هوا", speaker="مینا")]))
    [found] = JooyaRetriever(index=index).invoke("باران")
    assert (found.metadata["heading"], found.metadata["speaker"]) == ("هوا", "مینا")


@pytest.mark.parametrize(
    ("of_retriever", "of_call", "expected"),
    [
        ({}, {}, {"d1", "d2", "d3", "d4"}),
        ({"where": {"collection": "land"}}, {}, {"d2", "d4"}),
        ({"where": {"collection": "land"}}, {"where": {"collection": "water"}}, {"d1", "d3"}),
        ({"where": {"collection": "land"}}, {"where": None}, {"d1", "d2", "d3", "d4"}),
        ({"where": {"tags": "باد"}}, {}, set()),
        ({"options": {"within": "باغ"}}, {}, {"d3"}),
        ({}, {"within": "چاه"}, {"d2"}),
        ({"k": 0}, {}, set()),
    ],
)
def test_filters_and_options(
    shared: Index, of_retriever: dict[str, Any], of_call: dict[str, Any], expected: set[str]
) -> None:
    retriever = JooyaRetriever(index=shared, **of_retriever)
    assert {document.id for document in retriever.invoke("قنات", **of_call)} == expected
    assert {document.id for document in asyncio.run(retriever.ainvoke("قنات", **of_call))} == expected


def test_errors_are_those_of_the_index(shared: Index) -> None:
    retriever = JooyaRetriever(index=shared)
    with pytest.raises(BadQuery, match="nothing to search for"):
        retriever.invoke("؟")
    with pytest.raises(BadArgument, match="limit cannot be -1"):
        retriever.invoke("قنات", k=-1)
    with pytest.raises(BadArgument, match="the index has no field 'nope'"):
        retriever.invoke("قنات", where={"nope": 1})


def test_documents_come_back_as_they_went_in(index: Index) -> None:
    metadata = {
        "source": "a.pdf",
        "page": 0,
        "title": "باران",
        "date": datetime.date(2023, 10, 12),
        "score": "خوب",
        "tags": ["آب"],
        "nested": {"a": [1]},
        "nothing": None,
    }
    retriever = JooyaRetriever.from_documents([LangChainDocument("کتاب‌های باران", metadata=metadata)], index, k=1)
    [found] = retriever.invoke("کتاب باران")
    wanted = {
        "source": "a.pdf",
        "page": 0,
        "title": "باران",
        "gregorian": "2023-10-12",
        "meta.score": "خوب",
        "tags": ["آب"],
        "nested": '{"a": [1]}',
    }
    assert {name: found.metadata[name] for name in wanted} == wanted
    assert "nothing" not in found.metadata


def test_adding_again_changes_nothing(index: Index) -> None:
    documents = [LangChainDocument("یک"), LangChainDocument("یک", metadata={"a": 1}), LangChainDocument("دو", id="دو")]
    assert add_documents(index, documents).new == 3
    assert add_documents(index, documents).unchanged == 3
    assert "دو" in index


def test_what_cannot_be_indexed_is_told_and_costs_nothing_else(index: Index, caplog: pytest.LogCaptureFixture) -> None:
    documents = [
        LangChainDocument("", id="empty"),
        LangChainDocument("باران", id="long", metadata={"x": "و" * 70_000}),
        LangChainDocument("باران", id="good", metadata={"date": "بهار", "collection": "الف ب", "n": float("nan")}),
    ]
    with caplog.at_level(logging.WARNING, "jooya.integrations"):
        report = add_documents(index, documents)
    assert report.new == 1
    assert len(report.skipped) == 2 == len(caplog.records)
    assert "item 2: meta takes" in report.skipped[1]
    [hit] = index.search("باران")
    assert (hit.document, hit.date, hit.collection) == ("good", None, None)
    assert dict(hit.meta) == {"date": "بهار", "collection": "الف ب", "n": "nan"}
    assert metadata_of(hit)["date"] == "بهار"


def test_a_budget_gives_excerpts_with_citations(shared: Index) -> None:
    retriever = JooyaRetriever(index=shared, k=3, budget=40, where={"collection": "water"})
    found = retriever.invoke("قنات کویر")
    context = shared.context("قنات کویر", 40, limit=3, where={"collection": "water"})
    assert [one.page_content for one in found] == [one.text for one in context]
    assert [one.metadata["citation"] for one in found] == [one.citation for one in context]
    assert found[0].id == "d1"
    known = {
        name: found[0].metadata[name] for name in ("number", "citation", "passages", "start", "end", "tags", "page")
    }
    assert known == {
        "number": 1,
        "citation": "«عنوان 1», 1402-07-20 (2023-10-12), page 1, at 00:01:00",
        "passages": ["d1"],
        "start": 0,
        "end": 13,
        "tags": ["آب", "خاک"],
        "page": 1,
    }
    assert "highlights" not in found[0].metadata
    assert asyncio.run(retriever.ainvoke("قنات کویر")) == found
    of_call = JooyaRetriever(index=shared).invoke("قنات", budget=12, count=lambda text: len(text.split()))
    assert len(of_call) == 1
