"""Call every function of the compiled core with arguments that nobody would pass, under sanitizers.

    python tests/faults/hostile_calls.py --calls 1000000 --seed 1

The core is built with AddressSanitizer and UndefinedBehaviorSanitizer, in a folder of its own. A process indexes and
searches a little with it, and keeps what its functions were given; then it calls them again with these arguments
changed. They may be refused, but nothing may be read or written beyond an array, and no number may overflow. It takes
a C++ compiler with both sanitizers, and Cython.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from core_calls import Changer, Recorder, made_by_the_core, public_names

ROOT = Path(__file__).parents[2]

REFUSALS = (ValueError, TypeError, OverflowError, IndexError, KeyError, AttributeError, UnicodeError, MemoryError)
"""What a call may raise; all but a ValueError or MemoryError only for what is of another type than the core takes."""

FLAGS = ("-std=c++17", "-O0", "-g1", "-fPIC", "-shared", "-fsanitize=address,undefined")

SETTINGS = {
    # An array that is too large for the memory there is gives a MemoryError, as it does without the sanitizer.
    "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=1024",
    "PYTHONMALLOC": "malloc",  # so that bytes and lists have guarded ends, too
}

CHUNK = 20_000  # calls of one process

TEXTS = (
    "کتاب‌های من در خانه است و می‌روم",
    "غیر قانونی، غیرقانونی و محمد رضا",
    "سال ۱۳۹۹ در تهران باران می‌بارید؛ نرفته‌اند",
    "کتابخانه‌ها و کتاب ها را نمی‌خوانند read me",
    "آب و هوا: آبی که می‌نوشیدند",
)

ENDINGS = (
    *(("", end) for end in ("ها", "هایشان", "ی", "\u200cهای", "تر", "\u200cام", "ان", "مان")),
    *(("می\u200c", "ند"), ("نمی", "م"), ("بی", ""), ("ن", "یم"), ("«", "»،")),
)
QUERIES = (
    *("کتاب خانه", '"در خانه"', "+باران +تهران", "کتبا", "محمدرضا", "آب NEAR هوا", "غیرقانونی -من", "می‌رو*"),
    *("سرزمین های اشغالی", '"سرزمین اشغالی"~3', "+سرزمین مردم"),
)


def compiler() -> str | None:
    """Return the C++ compiler; None if there is none, or no Cython."""
    return shutil.which("g++") if importlib.util.find_spec("Cython") else None


def build(folder: Path) -> Path:
    """Build the core with sanitizers in `folder` and return its file."""
    source, library = folder / "_compiled.cpp", folder / f"_compiled{sysconfig.get_config_var('EXT_SUFFIX')}"
    subprocess.run(
        [sys.executable, "-m", "cython", "--cplus", "core/_compiled.pyx", "-o", str(source)], cwd=ROOT, check=True
    )
    include = sysconfig.get_paths()["include"]
    subprocess.run([str(compiler()), *FLAGS, f"-I{include}", str(source), "-o", str(library)], check=True)
    return library


def libraries() -> str:
    """Return the libraries that must be loaded before the interpreter's own."""
    command = [str(compiler()), "-print-file-name=libasan.so", "-print-file-name=libstdc++.so"]
    return ":".join(
        subprocess.run([command[0], each], check=True, capture_output=True, text=True).stdout.strip()
        for each in command[1:]
    )


def load(library: Path) -> ModuleType:
    """Return the core that was built."""
    spec = importlib.util.spec_from_file_location("jooya.core._compiled", library)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def work(folder: Path, random: Random) -> None:
    """Index and search a little."""
    # Only once the recorder is in its place.
    from jooya import Document, Index, ReadOptions  # noqa: PLC0415
    from jooya.indexer.codec.snapshot import Snapshot  # noqa: PLC0415
    from jooya.indexer.ranking.clauses import And, Phrase, Term  # noqa: PLC0415
    from jooya.indexer.ranking.collector import rank  # noqa: PLC0415
    from jooya.indexer.ranking.searcher import IndexSearcher  # noqa: PLC0415

    with Index.create(folder) as index:
        index.add(ROOT / "indexer" / "samples", options=ReadOptions(passage_words=20))
        # The words of few texts are read without the core, so there are many of them.
        words = {word for text in TEXTS for word in text.split()}
        index.add(Document("words", " ".join(prefix + word + end for word in sorted(words) for prefix, end in ENDINGS)))
        for part in range(9):  # the last of these commits merges them all
            documents = []
            for number in range(part, 40, 3):  # some replace those of the part before
                text = ". ".join(random.choices(TEXTS, k=random.randrange(1, 6)))
                documents.append(Document(f"d{number}", text, random.choice(TEXTS)))
            index.add(*documents)
        for query in QUERIES:
            for hit in index.search(query):
                assert hit.text
    searcher = IndexSearcher(Snapshot.open(folder))
    terms = tuple(Term("text", word.encode()) for word in ("کتاب", "خانه"))
    phrase = Phrase("text", tuple(term.term for term in terms))
    assert rank(searcher, And(terms), 10)
    for number, _ in rank(searcher, phrase, 1):
        assert phrase.explain(*searcher.locate(number))
    assert rank(searcher, phrase, 10)


def child(library: Path, folder: Path, calls: int, seed: int) -> None:
    """Record calls and make them again with changed arguments; print how they ended."""
    random = Random(seed)
    real = load(library)
    recorder = Recorder(real, random)
    sys.modules["jooya.core._compiled"] = recorder
    work(folder, Random(1))
    kept = [call for name in sorted(recorder.calls) for call in recorder.calls[name]]
    by_name = {name: [call for call in kept if call.name == name] for name in recorder.calls}
    ended: Counter[str] = Counter()
    made = made_by_the_core()
    for number in range(calls):
        name = random.choice(sorted(by_name))
        changer = Changer(real, random, random.choice([0.0, 0.1, 0.3, 1.0]))
        (folder / "last").write_text(f"{seed} {number} {name}")
        try:
            result = changer.run(random.choice(by_name[name]))
            for method in made.get(type(result).__name__, ()):
                getattr(result, method)()
            ended["accepted"] += 1
        except REFUSALS:
            ended["refused"] += 1
    public = {f"{name}.{each}" if each else name for name, all_ in public_names().items() for each in ["", *all_]}
    print(json.dumps({"ended": ended, "never": sorted(public - set(by_name))}))


def trial(calls: int, seed: int) -> tuple[str, bool]:
    """Build the core and have `calls` made; return the figures, and True if all was well."""
    ended: Counter[str] = Counter()
    never: set[str] = set()
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        library = build(Path(name))
        settings = os.environ | SETTINGS | {"LD_PRELOAD": libraries(), "JOOYA_PURE": "0"}
        for first in range(0, calls, CHUNK):
            with tempfile.TemporaryDirectory() as folder:
                count = min(CHUNK, calls - first)
                command = [sys.executable, __file__, "--child", str(library), folder, str(count), str(seed + first)]
                done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings)
                last = Path(folder) / "last"
                where = last.read_text() if last.exists() else "before the calls"
                errors = done.stderr.count("runtime error:")  # of numbers; the process goes on after these
                faults += errors + bool(done.returncode)
                if errors or done.returncode:
                    print(where, done.stderr[:6000], file=sys.stderr)
                if done.returncode:
                    continue
            found: dict[str, Any] = json.loads(done.stdout)
            ended.update(found["ended"])
            never |= set(found["never"])
    about = f"; never called: {', '.join(sorted(never))}" if never else ""
    counts = f"{ended['accepted']} accepted, {ended['refused']} refused, {faults} faults"
    return f"hostile_calls: {calls} calls, seed {seed}: {counts}{about}", not faults


def main() -> None:
    """Parse the arguments and run the trial."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1_000_000, help="number of calls (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the arguments (default: %(default)s)")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        library, folder, calls, seed = options.child
        child(Path(library), Path(folder), int(calls), int(seed))
        return
    if compiler() is None:
        print("hostile_calls: not run, since there is no g++ or no Cython")
        return
    figures, succeeded = trial(options.calls, options.seed)
    print(figures)
    sys.exit(not succeeded)


if __name__ == "__main__":
    main()
