"""Retrieve passages in LangChain, and make a prompt of them with numbered sources.

    python langchain_retriever.py FOLDER QUESTION

It needs `pip install "jooya[langchain]"`. Put a model after `prompt` in the chain: `… | prompt | model`.
"""

import sys

from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from jooya import Index
from jooya.indexer.integrations.langchain import JooyaRetriever


def numbered(documents: list[Document]) -> str:
    """Return the passages with a number, their title and their day before each."""
    return "\n".join(
        f"[{number}] {document.metadata['title']} ({document.metadata['jalali']}): {document.page_content}"
        for number, document in enumerate(documents, 1)
    )


def main(folder: str, question: str) -> None:
    """Index the folder, and print the prompt for the question."""
    with Index.open_or_create("index") as index:
        index.add(folder)
        retriever = JooyaRetriever(index=index, k=3)
        prompt = ChatPromptTemplate.from_template("از روی این متن‌ها پاسخ بده.\n{context}\nپرسش: {question}")
        chain = {"context": retriever | numbered, "question": RunnablePassthrough()} | prompt
        print(chain.invoke(question).to_string())


if __name__ == "__main__":
    main(*sys.argv[1:])
