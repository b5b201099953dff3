"""The retriever for LlamaIndex: what nodes carry, their relationships, and the way in."""

import asyncio
from typing import Any

import pytest

from jooya import BadArgument, Document, Index

pytest.importorskip("llama_index.core", reason='LlamaIndex is not installed: pip install "jooya[llama-index]"')

from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.schema import MetadataMode, NodeRelationship, NodeWithScore, TextNode

from jooya import ReadOptions
from jooya.indexer.integrations.llama_index import JooyaRetriever, add_nodes

TEXT = "\n\n".join(f"بند {word} دربارهٔ {subject} است و چند واژهٔ دیگر هم دارد." for word, subject in
                   (("یکم", "باران"), ("دوم", "قنات"), ("سوم", "باغ")))  # fmt: skip


@pytest.fixture
def talk(index: Index) -> Index:
    document = Document("talk", TEXT, title="آب", date="1402-07-20", collection="water", meta={"author": "مینا"})
    index.add(document, options=ReadOptions(passage_words=12))
    index.add(Document("other", "قنات‌ها", collection="land", whole=True))
    assert [one.size for one in index.documents()] == [1, 3]
    return index


def retrieved(retriever: JooyaRetriever, query: str) -> list[NodeWithScore]:
    """Return what a retriever finds, which is the same with and without `await`."""
    found: list[NodeWithScore] = retriever.retrieve(query)
    awaited = asyncio.run(retriever.aretrieve(query))
    assert [(one.node_id, one.score) for one in found] == [(one.node_id, one.score) for one in awaited]
    return found


def test_a_node_has_text_score_offsets_and_metadata(talk: Index) -> None:
    [found] = retrieved(JooyaRetriever(talk, where={"collection": "water"}), "قنات")
    node = found.node
    assert isinstance(node, TextNode)
    assert (node.node_id, node.text) == ("talk#2", TEXT[node.start_char_idx : node.end_char_idx])
    assert node.text.startswith("بند دوم")
    assert found.score == talk.search("قنات", where={"collection": "water"})[0].score
    wanted = {"title": "آب", "gregorian": "2023-10-12", "jalali": "1402-07-20", "author": "مینا", "page": None}
    assert {name: node.metadata[name] for name in wanted} == wanted
    for_model = node.get_content(metadata_mode=MetadataMode.LLM)
    assert "author: مینا" in for_model
    assert "score" not in for_model
    assert "page" not in for_model


@pytest.mark.parametrize(
    ("query", "before", "after"), [("باران", None, "talk#2"), ("قنات", "talk#1", "talk#3"), ("باغ", "talk#2", None)]
)
def test_neighbours_and_document_are_relationships(
    talk: Index, query: str, before: str | None, after: str | None
) -> None:
    [found] = retrieved(JooyaRetriever(talk, where={"doc": "talk"}), query)
    related: dict[Any, Any] = dict(found.node.relationships)
    ids = {relation: info.node_id for relation, info in related.items()}
    assert ids.pop(NodeRelationship.SOURCE) == "talk"
    assert ids.pop(NodeRelationship.PREVIOUS, None) == before
    assert ids.pop(NodeRelationship.NEXT, None) == after
    assert ids == {}


def test_number_filters_and_options(talk: Index) -> None:
    assert len(retrieved(JooyaRetriever(talk), "قنات")) == 2
    assert len(retrieved(JooyaRetriever(talk, 1), "قنات")) == 1
    assert [one.node_id for one in retrieved(JooyaRetriever(talk, where={"collection": "land"}), "قنات")] == ["other"]
    assert [one.node_id for one in retrieved(JooyaRetriever(talk, within="دوم"), "قنات")] == ["talk#2"]
    with pytest.raises(BadArgument, match="limit cannot be -1"):
        JooyaRetriever(talk, -1).retrieve("قنات")


def test_documents_and_nodes_go_in(index: Index, caplog: pytest.LogCaptureFixture) -> None:
    documents = [
        LlamaDocument(text="کتاب‌های باران", id_="a", metadata={"title": "ت", "year": 1402, "nested": {"x": 1}}),
        TextNode(text="کتاب", id_="b"),
        TextNode(text="", id_="empty"),
    ]
    report = add_nodes(index, documents, whole=True)
    assert (report.new, len(report.skipped), len(caplog.records)) == (2, 1, 1)
    assert add_nodes(index, documents, whole=True).unchanged == 2
    found = {one.node_id: one.node.metadata for one in retrieved(JooyaRetriever(index), "کتاب")}
    assert set(found) == {"a", "b"}
    assert (found["a"]["title"], found["a"]["year"], found["a"]["nested"]) == ("ت", 1402, '{"x": 1}')


def test_a_budget_gives_excerpts_with_citations(index: Index) -> None:
    text = " ".join(f"باران شمارهٔ {number} در کوهستان آمد." for number in range(1, 5))
    index.add(Document("rain", text, title="باران"), options=ReadOptions(passage_words=6))
    retriever = JooyaRetriever(index, k=2, budget=1_000)
    found = retriever.retrieve("باران شمارهٔ 2 و 3")
    [excerpt] = index.context("باران شمارهٔ 2 و 3", 1_000, limit=2)
    [node] = [one.node for one in found]
    assert (node.get_content(), node.metadata["citation"], node.metadata["number"]) == (excerpt.text, "«باران»", 1)
    assert node.metadata["passages"] == ["rain#2", "rain#3"]
    previous, following = node.prev_node, node.next_node
    assert previous is not None
    assert following is not None
    assert (previous.node_id, following.node_id) == ("rain#1", "rain#4")
    assert asyncio.run(retriever.aretrieve("باران شمارهٔ 2 و 3"))[0].node.get_content() == excerpt.text
