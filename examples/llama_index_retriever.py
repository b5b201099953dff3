"""Retrieve passages in LlamaIndex, with the passages before and after them.

    python llama_index_retriever.py FOLDER QUESTION

It needs `pip install "jooya[llama-index]"`. For answers, give the retriever to LlamaIndex's `RetrieverQueryEngine`.
"""

import sys

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo

from jooya import Index
from jooya.indexer.integrations.llama_index import JooyaRetriever


def main(folder: str, question: str) -> None:
    """Index the folder, and print what is retrieved for the question."""
    with Index.open_or_create("index") as index:
        index.add(folder)
        for found in JooyaRetriever(index, k=3).retrieve(question):
            print(f"{found.get_score():.2f}  {found.node.node_id}  {found.node.metadata['title']}")
            print(f"  {found.node.get_content().strip()}")
            before = found.node.relationships.get(NodeRelationship.PREVIOUS)
            if isinstance(before, RelatedNodeInfo):
                print(f"  after {before.node_id}: {index.passage(before.node_id).text}")


if __name__ == "__main__":
    main(*sys.argv[1:])
