"""Flip bits and truncate files: `check` must notice everything, and a search must be right or raise an error.

python tests/faults/damage.py --rounds 2000
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from random import Random

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # forked processes have one thread

from workload import WORDS, Contents, Workload, assert_floors, contents

from jooya.indexer import Document, Index, IndexUnusable
from jooya.indexer.codec import sections
from jooya.indexer.codec.lock import NAME as LOCK

STEPS = 12
LARGE = 1200
"""Documents in an additional commit. Its segment is checked page by page when it is read, as large files are."""

CHECKED = 1 << 18
"""Size in bytes up to which a file is checked when it is opened here, so that large files need not be very large."""

REPAIR_INTERVAL = 10
"""In every such round, the index is repaired, too."""

FLOORS = {"flips": 8, "truncations": 5, "errors": 10, "repaired": 2, "files": 4}
"""The least number of damages of each kind, of searches that raised an error, of repairs, and of files damaged."""

QUERIES = [
    *WORDS,
    "باران +برف",
    '"دانش شهر"',
    "شه*",
    "بارن~",
    "title:باران",
    "doc:large1*",
    "خانه -رفت",
    '"برف خانه"~5',
]
RIGHT, REFUSED, WRONG = 0, 10, 11
"""Exit codes of a process that searched a damaged index."""


def trial(rounds: int, seed: int, path: Path) -> str:
    """Damage one file of a sound index, `rounds` times over, and return the figures."""
    sections.CHECKED_WHEN_OPENED = CHECKED
    random = Random(seed)
    sound = path / "sound"
    texts, removed = _build(sound, random)
    answers = _answers(sound)
    files = sorted(entry.name for entry in sound.iterdir() if entry.name != LOCK)
    ends = {RIGHT: 0, REFUSED: 0}
    flips = repaired = kept = 0
    for round_number in range(rounds):
        name, damaged = files[round_number % len(files)], path / "damaged"
        content = bytearray((sound / name).read_bytes())
        flip = round_number // len(files) % 3 != 1  # in two of three turns, each of which damages every file
        if flip:
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        else:
            del content[random.randrange(len(content)) :]
        damaged.mkdir()
        for other in files:
            if other == name:
                (damaged / other).write_bytes(content)
            else:
                os.link(sound / other, damaged / other)
        description = f"round {round_number}: {name} {'flipped' if flip else 'truncated'}"
        end = os.waitstatus_to_exitcode(_searched(damaged, answers))
        assert end in ends, f"{description}: a search ended with {end}"
        ends[end] += 1
        flips += flip
        assert Index.check(damaged).problems, f"{description}: not noticed"
        if round_number % REPAIR_INTERVAL == 0:
            done = Index.repair(damaged)
            assert not done.report.problems, f"{description}: {done}"
            left = contents(damaged)[1]
            # If the list of deleted passages is lost, removed documents may be back.
            assert all(left[key] == texts[key] for key in left.keys() & texts.keys()), description
            assert left.keys() <= (texts.keys() | removed if done.losses else texts.keys()), description
            assert len(left) + len(done.lost) == len(texts) or done.losses, f"{description}: {done}"
            repaired += 1
            kept += len(left.keys() & texts.keys())
        shutil.rmtree(damaged)
    figures = (
        f"damage: {flips} bits flipped and {rounds - flips} files truncated, seed {seed}: check noticed all of them; a "
        f"search raised an error {ends[REFUSED]} times and was right {ends[RIGHT]} times, wrong or crashed 0 times; "
        f"{repaired} indexes repaired, with {kept / max(repaired, 1) / len(texts):.1%} of their documents"
    )
    counts = {"flips": flips, "truncations": rounds - flips, "errors": ends[REFUSED]}
    assert_floors(figures, FLOORS, counts | {"repaired": repaired, "files": min(rounds, len(files))})
    return figures


def _build(path: Path, random: Random) -> tuple[Contents, set[str]]:
    """Make an index of several segments with deletions and user data; return its texts and the keys removed from it."""
    workload = Workload(1)
    large = {
        f"large{number}": ". ".join(" ".join(random.choices(WORDS, k=9)) for _ in range(9)) for number in range(LARGE)
    }
    with Index.create(path) as index:
        index.add(*(Document(key, text) for key, text in large.items()))
        for number in range(1, STEPS + 1):
            workload.step(number).run(index)
        removed = set(index.remove(*list(large)[5:50:9]))
        with index._writer() as writer:
            writer.set_commit_user_data(b'{"files": {}, "left": {}}')
    assert max(entry.stat().st_size for entry in path.iterdir()) > CHECKED
    assert any(entry.suffix == ".deleted" for entry in path.iterdir())
    texts = contents(path)[1]
    assert set(texts) == (large.keys() - removed) | workload.state(STEPS).keys()
    removed = removed.union(*(workload.state(number) for number in range(STEPS)))
    return texts, removed


def _answers(path: Path) -> list[object]:
    """Return the answers of the index to all queries and other questions."""
    with Index.open(path) as index:
        found: list[object] = []
        for query in QUERIES:
            results = index.search(query, limit=50)
            found.append((results.total, [(hit.id, hit.score, hit.text) for hit in results]))
        found.append((index.suggest("شه"), index.did_you_mean("بارن"), sorted(index.ids()), index.status().documents))
        return found


def _searched(path: Path, answers: list[object]) -> int:
    """Ask a damaged index the same in another process, and return the status with which that ends."""
    child = os.fork()
    if not child:
        end = WRONG
        try:
            end = RIGHT if _answers(path) == answers else WRONG
        except IndexUnusable:
            end = REFUSED
        finally:
            os._exit(end)
    return os.waitpid(child, 0)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(trial(arguments.rounds, arguments.seed, Path(folder)))


if __name__ == "__main__":
    main()
