"""Measure ranking on all collections at once, beside Lucene, and what each part of it contributes.

    python benchmarks/ranking.py DATA --poetry POEMS.jsonl.gz --colloquial DEV.tsv
    python benchmarks/ranking.py DATA … --lucene JARS --java /usr/lib/jvm/…/bin/java

DATA holds a folder for each collection (pquad, persianqa, persianquad, parsinlu, hamshahri) with `passages.jsonl` (or
`.jsonl.gz`; a record {id, title, text} a line), `queries.tsv` (`id<TAB>text`) and `qrels.txt` (TREC). POEMS are such
records, too. Each line of DEV holds a colloquial sentence, its standard spelling and a formal paraphrase. JARS is a
folder with lucene-core and lucene-analysis-common of one version, 10 or later, which need Java 21 (see
`LuceneSearch.java`).

The sets:

    pquad … parsinlu     questions, in one index of all the four collections' passages; MRR@10
    hamshahri            topics, on whole articles; MAP
    by document          the same topics, on the same articles cut to passages, ranked by document; MAP
    sentences            a third of PQuAD's questions, on single sentences (any sentence of a relevant passage counts)
    articles             the same, on texts of three passages with Arabic letters and without half-spaces
    long                 PQuAD's questions of 15 words or more
    poems                3 or 4 of 5 neighbouring words, shuffled, from one of 20,000 poems
    colloquial           the first 4 words of each colloquial sentence, on the formal sentences

With each mean of the first row comes the half of its 95 % bootstrap interval. It is drawn over relevant passages, not
over queries, since some sets ask many questions about few passages. The last rows leave one set out in turn: for each,
the variant that is best on the mean of all others, and what that variant reaches on the set itself.
"""

import argparse
import re
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import query_sets
from lucene import lucene_answers
from metrics import average_precision, reciprocal_rank
from query_sets import Corpora, QuerySet

from jooya import Document, Index, Limits
from jooya.indexer.ranking.bm25 import BM25

_SYNTAX = re.compile(r'["«»“”()*~^+]|(?<!\S)-|\b(?:AND|OR|NOT)\b')

VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "BM25 of stems alone": {"TITLE_WEIGHT": 1e-9, "EXACT_WEIGHT": 1e-9, "PAIR_WEIGHT": 0.0, "STOP_WEIGHT": 1.0},
    "without titles": {"TITLE_WEIGHT": 1e-9},
    "titles 0.1": {"TITLE_WEIGHT": 0.1},
    "without words as typed": {"EXACT_WEIGHT": 1e-9},
    "words as typed 0.2": {"EXACT_WEIGHT": 0.2},
    "without nearness": {"PAIR_WEIGHT": 0.0},
    "nearness 0.6": {"PAIR_WEIGHT": 0.6},
    "nearness 1.5": {"PAIR_WEIGHT": 1.5},
    "stop words count in full": {"STOP_WEIGHT": 1.0},
    "stop words 0.2": {"STOP_WEIGHT": 0.2},
    "BM25 1.2, 0.75": {"BM25": BM25(1.2, 0.75)},
    "BM25 0.9, 0.4": {"BM25": BM25(0.9, 0.4)},
    "BM25 0.4, 0.7 (version 0.1)": {"BM25": BM25(0.4, 0.7)},
    "k1 3": {"BM25": BM25(3.0, 0.75, 60.0)},
    "k1 8": {"BM25": BM25(8.0, 0.75, 60.0)},
    "presence 40": {"BM25": BM25(5.0, 0.75, 40.0)},
    "presence 80": {"BM25": BM25(5.0, 0.75, 80.0)},
    "rescore window 100": {"RESCORE_WINDOW": 100},
}

WHERE = {
    "BM25": "jooya.indexer.open_index.PASSAGE_BM25",
    "RESCORE_WINDOW": "jooya.indexer.ranking.collector.RESCORE_WINDOW",
}
"""The modules of constants that are not in `word_weights`."""

LUCENE = ((1.2, 0.75), (0.9, 0.4))
"""The two usual settings of BM25 with Lucene."""

Answers = Iterator[list[str]]


def main() -> None:
    """Parse the arguments, and print a line for each variant of the ranking and for Lucene."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the collections, as described above")
    parser.add_argument("--poetry", type=Path, metavar="POEMS", help="poems as gzipped JSON lines")
    parser.add_argument("--colloquial", type=Path, metavar="DEV", help="sentences, as described above")
    parser.add_argument("--lucene", type=Path, metavar="JARS", help="the folder of Lucene's jars")
    parser.add_argument("--java", default="java", help="Java 21 or later (default: %(default)s)")
    parser.add_argument("--every", type=int, default=1, help="ask only every so many questions of PQuAD")
    parser.add_argument("--only", type=int, default=len(VARIANTS), help="measure only the first so many variants")
    options = parser.parse_args()
    corpora, sets = query_sets.collections(options.data)
    sets[0] = sets[0]._replace(queries=sets[0].queries[:: options.every])
    for path, make in ((options.poetry, query_sets.poems), (options.colloquial, query_sets.colloquial)):
        if path:
            documents, one = make(path)
            corpora[one.corpus] = documents
            sets.append(one)
    print(f"{'':<28}", *[f"{one.name:>15}" for one in sets])
    print(f"{'queries':<28}", *[f"{len(one.queries):>15}" for one in sets])
    reached: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: built(Path(folder) / str(number), corpora[name]) for number, name in enumerate(corpora)}
        for variant, changes in list(VARIANTS.items())[: options.only]:
            with changed(changes):
                scores = [scores_of(jooya_answers(paths[one.corpus], one), one) for one in sets]
            reached[variant] = [statistics.fmean(some) for some in scores]
            cells = map(interval, scores, sets) if variant == "as it is" else map("{:.4f}".format, reached[variant])
            print(f"{variant:<28}", *[f"{cell:>15}" for cell in cells], flush=True)
        if options.lucene:
            print_lucene(options, corpora, sets, reached["as it is"])
    print_left_out(reached, sets)


def built(path: Path, documents: list[Document]) -> Path:
    """Index some documents, and return the path of the index."""
    with Index.create(path) as index:
        index.add(*documents)
    return path


@contextmanager
def changed(changes: dict[str, Any]) -> Iterator[None]:
    """Set constants of the ranking to other values within a `with` block."""
    with ExitStack() as stack:
        for name, value in changes.items():
            stack.enter_context(patch(WHERE.get(name, f"jooya.indexer.query.word_weights.{name}"), value))
        yield


def jooya_answers(path: Path, one: QuerySet) -> Answers:
    """Yield the best documents for each query, without what the query language would read as operators."""
    limit = 1000 if one.measure == "MAP" else 10
    with Index.open(path) as index:
        for query in one.queries:
            text = _SYNTAX.sub(" ", query.text)
            if one.by_document:
                hits = index.search(text, limit, by="document", limits=Limits(seconds=60))
                yield [hit.document for hit in hits]
            else:
                yield [passage for passage, _ in index.rank(text, limit)]


def scores_of(answers: Answers, one: QuerySet) -> list[float]:
    """Return the reciprocal rank, or the average precision, of the answer to each query."""
    measure = average_precision if one.measure == "MAP" else reciprocal_rank
    return [measure(answer, query.relevant) for answer, query in zip(answers, one.queries, strict=True)]


def interval(scores: Sequence[float], one: QuerySet) -> str:
    """Return the mean of some scores, and half of its 95 % bootstrap interval over relevant passages."""
    about: defaultdict[str, list[float]] = defaultdict(list)
    for score, query in zip(scores, one.queries, strict=True):
        about[min(query.relevant)].append(score)
    groups = list(about.values())
    random = Random(1)
    means = []
    for _ in range(500):
        drawn = [score for group in random.choices(groups, k=len(groups)) for score in group]
        means.append(statistics.fmean(drawn))
    cuts = statistics.quantiles(means, n=40)
    return f"{statistics.fmean(scores):.4f} ±{(cuts[-1] - cuts[0]) / 2:.4f}"


def print_lucene(options: argparse.Namespace, corpora: Corpora, sets: list[QuerySet], ours: list[float]) -> None:
    """Print what Lucene reaches with each setting, and by how much Jooya is above the better one."""
    rows = []
    for k1, b in LUCENE:
        row = []
        for one in sets:
            # Whole documents for Lucene, whose users would index them so.
            corpus = "articles of Hamshahri" if one.by_document else one.corpus
            answers = lucene_answers(options.java, options.lucene, corpora[corpus], one, k1, b)
            row.append(statistics.fmean(scores_of(answers, one)))
        rows.append(row)
        print(f"{f'Lucene, k1 {k1}, b {b}':<28}", *[f"{cell:>15.4f}" for cell in row], flush=True)
    above = [own - max(other) for own, other in zip(ours, zip(*rows, strict=True), strict=True)]
    print(f"{'above the better of Lucene':<28}", *[f"{cell:>+15.4f}" for cell in above])
    worst = min(range(len(sets)), key=above.__getitem__)
    print(f"worst case: {sets[worst].name}, {above[worst]:+.4f}")


def print_left_out(reached: dict[str, list[float]], sets: list[QuerySet]) -> None:
    """Print for each set the variant that is best on all other sets, and what it reaches on this one."""
    for place, one in enumerate(sets):
        best = max(reached, key=lambda variant: sum(reached[variant]) - reached[variant][place])
        own = reached["as it is"][place]
        print(f"{one.name:>15} left out: best is {best!r}, {reached[best][place]:.4f} here, as it is {own:.4f}")


if __name__ == "__main__":
    main()
