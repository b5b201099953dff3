"""Find the most similar documents with scikit-learn, whose vectorizer reads Persian through Jooya.

    python tfidf_neighbours.py FILE…

It needs scikit-learn: `pip install scikit-learn`.
"""

import sys
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from jooya.indexer.integrations.scikit_learn import PersianTerms


def main(*files: str) -> None:
    """Print for each file the one that is most like it, and the terms that weigh most in both."""
    texts = [Path(file).read_text(encoding="utf-8", errors="replace") for file in files]
    vectorizer = TfidfVectorizer(analyzer=PersianTerms(stop_words=False, parts=False))
    vectors = vectorizer.fit_transform(texts)
    likeness = (vectors @ vectors.T).toarray()
    names = vectorizer.get_feature_names_out()
    for number, file in enumerate(files):
        likeness[number, number] = -1
        other = int(likeness[number].argmax())
        shared = vectors[number].multiply(vectors[other]).toarray()[0]
        best = sorted(zip(-shared.round(6), names, strict=True))[:3]
        terms = ", ".join(name for weight, name in best if weight < 0)
        print(f"{file} ~ {files[other]} ({likeness[number, other]:.2f}): {terms}")


if __name__ == "__main__":
    main(*sys.argv[1:])
