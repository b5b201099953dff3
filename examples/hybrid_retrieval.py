"""Answer a question from passages that the words find and passages that a model's vectors find, fused by their ranks.

    python hybrid_retrieval.py FOLDER QUESTION [MODULE:FUNCTION]

FUNCTION is your model: it takes a list of texts and returns a vector for each. With a file `model.py` such as

    from sentence_transformers import SentenceTransformer
    encode = SentenceTransformer("NAME").encode

it is `model:encode`. Without it, a small model is fitted to the passages themselves, and nothing is downloaded: latent
semantic analysis of their letters. It prints the prompt for a language model, with numbered sources.

The vectors are kept in memory here; a larger program keeps them in a vector store, with the ids of the passages.
It needs scikit-learn: `pip install scikit-learn`.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline

from jooya import Index
from jooya.analyzers import fold

Encode = Callable[[Sequence[str]], np.ndarray]


def fitted(texts: Sequence[str]) -> Encode:
    """Return a model of texts: TF-IDF of their sequences of 2 to 4 letters, brought to at most 64 dimensions."""
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), preprocessor=fold, sublinear_tf=True)
    model = make_pipeline(letters, TruncatedSVD(min(64, len(texts)), random_state=1))
    model.fit(texts)
    return model.transform


class VectorSearch:
    """Finds the passages whose vectors are nearest to that of a question."""

    def __init__(self, index: Index, function: str | None) -> None:
        """Compute the vectors of all passages, by the function of the model or by a model fitted to them."""
        passages = [passage for one in index.documents() for passage in index.get(one.key).passages]
        texts = [passage.text for passage in passages]
        self.ids = [passage.id for passage in passages]
        self.encode = loaded(function) if function else fitted(texts)
        self.vectors = unit(self.encode(texts))

    def __call__(self, question: str, limit: int = 50) -> list[str]:
        """Return the ids of the nearest passages, the nearest first."""
        likeness = self.vectors @ unit(self.encode([question]))[0]
        return [self.ids[place] for place in np.argsort(-likeness, kind="stable")[:limit]]


def loaded(function: str) -> Encode:
    """Return the function that `MODULE:FUNCTION` names."""
    sys.path.insert(0, str(Path.cwd()))
    module, _, name = function.partition(":")
    return getattr(import_module(module), name)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors of length 1, whose product is the cosine of the angle between them."""
    vectors = np.asarray(vectors, np.float64)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def main(folder: str, question: str, function: str | None = None) -> None:
    """Index the folder, and print the prompt for the question."""
    with Index.open_or_create("index") as index:
        index.add(folder)
        context = index.context(question, budget=1_000, retrievers=[VectorSearch(index, function)])
        print("به پرسش از روی این متن‌ها پاسخ بده، و شمارهٔ منبع هر جمله را در [ ] بنویس.\n")
        print(context.text)
        print(f"\nپرسش: {question}")
        for source in context:
            print(f"[{source.number}] {source.document}, {source.start}–{source.end}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
