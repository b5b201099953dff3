"""Compare the answers of an index on OpenSearch with those of a local index of the same documents.

    python benchmarks/opensearch_equal.py passages.jsonl http://127.0.0.1:9200/equal [--shards 3] [--first N]

passages.jsonl holds a JSON object {id, text, title} a line. Each document gets further metadata, made of its number and
its title, so that dates and own fields can be asked for. Both indexes get all of them, and then 500 queries of 20
classes, made of the words of the passages. An answer is the same if the ten best passages, their order and their scores
are, and the total; that all else is (highlights, copies, counts of facets, notes) is counted apart. `--kept` takes the
index at the URL as it is.
"""

import argparse
import json
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from jooya import Document, Index, RemoteIndex, Results
from jooya.indexer.own_fields import Kind

FIELDS: dict[str, Kind] = {"author": "text", "tags": "keyword", "pages": "number", "published": "date"}

QUERIES = 500

_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_DIFFERENCE = 1e-6  # of scores, relative: they are compared in single precision


class Case(NamedTuple):
    """A query.

    Attributes:
        kind: Its class.
        text: What is typed.
        options: The other arguments of `search`.
    """

    kind: str
    text: str
    options: dict[str, Any]


def documents(file: Path, first: int | None) -> Iterator[Document]:
    """Yield a document for each line of a file."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(islice(lines, first)):
            record = json.loads(line)
            parts = [part.strip() for part in record.get("title", "").split("»")]
            day = date(1990, 1, 1) + timedelta(days=number * 37 % 12_000)
            meta: dict[str, Any] = {
                "author": parts[0] or "ناشناس",
                "tags": sorted(set(parts[1:] or _WORD.findall(parts[0])[:3])),
                "pages": number % 400,
                "published": f"{1300 + number % 100}",
            }
            when = None if number % 11 == 0 else day.isoformat()
            collection = f"part{number % 5}"
            yield Document(
                record["id"], record["text"], record.get("title") or None, when, meta=meta, collection=collection
            )


def cases(passages: list[tuple[str, str]], seed: int = 17) -> list[Case]:
    """Return the queries, the same for the same passages."""
    chosen = random.Random(seed)

    def words() -> list[str]:
        while True:
            found = _WORD.findall(chosen.choice(passages)[1])
            if len(found) > 8:
                return found

    def some(count: int) -> list[str]:
        found = words()
        start = chosen.randrange(len(found) - count)
        return found[start : start + count]

    def scattered(count: int) -> list[str]:
        return chosen.sample(words(), count)

    def long_word() -> str:
        return max(scattered(6), key=len)

    def typo(word: str) -> str:
        place = chosen.randrange(1, len(word) - 1)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    def pattern(word: str) -> str:
        return f"{word[:2]}?{word[3:]} {word[0]}*{word[-1]}"

    makers: dict[str, Callable[[], Case]] = {
        "one word": lambda: Case("", scattered(1)[0], {}),
        "two words": lambda: Case("", " ".join(scattered(2)), {}),
        "many words": lambda: Case("", " ".join(scattered(chosen.randint(4, 8))), {}),
        "neighbours": lambda: Case("", " ".join(some(3)), {}),
        "phrase": lambda: Case("", f'"{" ".join(some(2))}"', {}),
        "phrase and words": lambda: Case("", f'{scattered(1)[0]} "{" ".join(some(2))}"', {}),
        "near": lambda: Case("", f'"{" ".join(some(4)[::2])}"~5', {}),
        "required": lambda: Case("", f"+{scattered(1)[0]} {scattered(1)[0]} +{scattered(1)[0]}", {}),
        "excluded": lambda: Case("", f"{scattered(1)[0]} {scattered(1)[0]} -{scattered(1)[0]}", {}),
        "boolean": lambda: Case("", "({} AND {}) OR {} NOT {}".format(*scattered(4)), {}),
        "prefix": lambda: Case("", f"{long_word()[:3]}*", {}),
        "wildcard": lambda: Case("", pattern(long_word()), {}),
        "fuzzy": lambda: Case("", f"{long_word()}~{chosen.randint(1, 2)}", {}),
        "title": lambda: Case(
            "", f"title:{_WORD.findall(chosen.choice(passages)[0] or 'شعر')[-1]} {scattered(1)[0]}", {}
        ),
        "dates": lambda: Case(
            "", f"date:{1370 + chosen.randrange(30)}..{1380 + chosen.randrange(30)} {scattered(1)[0]}", {}
        ),
        "where": lambda: Case("", scattered(1)[0], {"where": {"pages": (50, 50 + chosen.randrange(300))}}),
        "own field": lambda: Case(
            "", f"author:{_WORD.findall(chosen.choice(passages)[0] or 'شعر')[0]} {scattered(1)[0]}", {}
        ),
        "sorted": lambda: Case(
            "",
            scattered(1)[0],
            {"sort": chosen.choice(["date", "document", "pages", "-pages", "author", "-published"])},
        ),
        "by document": lambda: Case("", " ".join(scattered(2)), {"by": "document"}),
        "sorted documents": lambda: Case("", scattered(1)[0], {"by": "document", "sort": "date"}),
        "facets": lambda: Case(
            "", " ".join(scattered(2)), {"facets": ("collection", "year", "author", "tags", "pages", "published")}
        ),
        "within": lambda: Case("", scattered(1)[0], {"within": scattered(1)[0]}),
        "misspelled": lambda: Case("", f"{typo(long_word())} {scattered(1)[0]}", {}),
        "joined": lambda: Case("", "".join(some(2)), {}),
        "colloquial": lambda: Case(
            "", f"{scattered(1)[0]} {chosen.choice(['میگم', 'نمیدونم', 'خونه', 'میخوام', 'بهش', 'همونجا'])}", {}
        ),
        "third page": lambda: Case("", " ".join(scattered(2)), {"first": 21}),
        "explained": lambda: Case("", " ".join(scattered(3)), {"explain": True, "context": 1}),
    }
    every = []
    for number in range(QUERIES):
        kind = list(makers)[number % len(makers)]
        every.append(makers[kind]()._replace(kind=kind))
    return every


def same_hits(one: Results, other: Results) -> bool:
    """Return True if two answers have the same passages in the same order, with the same scores, and the same total."""
    if one.total != other.total or [hit.id for hit in one] != [hit.id for hit in other]:
        return False
    return all(
        abs(left.score - right.score) <= _LEAST_DIFFERENCE * max(abs(left.score), 1e-9)
        for left, right in zip(one, other, strict=True)
    )


def difference(one: Results, other: Results) -> str:
    """Return in one line how two answers differ."""
    if one.total != other.total:
        return f"total {one.total} and {other.total}"
    left, right = [hit.id for hit in one], [hit.id for hit in other]
    if left != right:
        place = next((place for place, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), -1)
        return f"rank {place + 1}: {left[place : place + 1]} and {right[place : place + 1]}; notes {other.notes}"
    if not same_hits(one, other):
        pairs = [(left.score, right.score) for left, right in zip(one, other, strict=True)]
        return f"scores {next(pair for pair in pairs if pair[0] != pair[1])}"
    left_dict, right_dict = one.to_dict(), other.to_dict()
    for name in left_dict:
        if left_dict[name] == right_dict[name]:
            continue
        if name != "hits":
            return f"{name}: {left_dict[name]} and {right_dict[name]}"[:300]
        for first, second in zip(left_dict[name], right_dict[name], strict=True):
            if first != second:
                key = next(key for key in first if first[key] != second.get(key))
                return f"{key}: {first[key]} and {second.get(key)}"[:300]
    return "nothing that JSON shows"


def compare(local: Index, remote: Any, every: list[Case]) -> None:
    """Print for each class how many answers are the same, and the differences."""
    hits, wholes, counts = Counter[str](), Counter[str](), Counter[str]()
    taken: list[tuple[float, float]] = []
    lines = []
    for case in every:
        one = local.search(case.text, **case.options)
        began, used = time.perf_counter(), time.process_time()
        other = remote.search(case.text, **case.options)
        taken.append((time.perf_counter() - began, time.process_time() - used))
        counts[case.kind] += 1
        hits[case.kind] += same_hits(one, other)
        whole = same_hits(one, other) and one.to_dict() == other.to_dict()
        wholes[case.kind] += whole
        if not whole:
            lines.append(f"{case.kind}: {case.text} {case.options or ''}: {difference(one, other)}")
    print(f"{'class':20} {'queries':>8} {'hits':>8} {'all':>8}")
    for kind, count in counts.items():
        print(f"{kind:20} {count:8} {hits[kind]:8} {wholes[kind]:8}")
    total = len(every)
    print(f"{'together':20} {total:8} {sum(hits.values()) / total:8.1%} {sum(wholes.values()) / total:8.1%}")
    for name, column in (("elapsed", 0), ("processor", 1)):
        times = sorted(pair[column] * 1e3 for pair in taken)
        print(f"{name}: median {times[total // 2]:.0f} ms, 95th percentile {times[total * 95 // 100]:.0f} ms")
    for line in lines:
        print(line)


def opened(options: argparse.Namespace) -> RemoteIndex:
    """Open the index at the URL, which is made if it is not to be kept."""
    if options.kept:
        return RemoteIndex.open_url(options.url)
    return RemoteIndex.open_or_create_url(options.url, fields=FIELDS, shards=options.shards)


def main() -> None:
    """Index the passages twice, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", type=Path)
    parser.add_argument("url")
    parser.add_argument("--first", type=int)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--kept", action="store_true", help="take the index at the URL as it is")
    parser.add_argument("--local", type=Path, help="keep the local index in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.local or Path(temporary) / "index"
        is_new = not folder.exists()
        with Index.open_or_create(folder, fields=FIELDS) as local:
            if is_new:
                local.add(documents(options.passages, options.first))
            passages = [(one.title or "", one.text) for one in documents(options.passages, options.first)]
            with opened(options) as remote:
                if not options.kept:
                    remote.add(documents(options.passages, options.first), jobs=options.jobs)
                compare(local, remote, cases(passages))


if __name__ == "__main__":
    main()
