"""Give bytes to a target, guided by what code they reach; or what was found earlier, once more.

    python tests/fuzzing/guided.py fuzz analyzer --seconds 60
    python tests/fuzzing/guided.py replay
    python tests/fuzzing/guided.py cover analyzer

`fuzz` needs atheris. It begins with the corpus of the target in the folder `corpus`, and keeps what reaches more in
`--found`; what causes a failure is written there, too. `minimize` puts the least of both that reaches as much into the
corpus. `replay` gives each file of each corpus to its target, and needs nothing but Jooya's tests. `cover` counts the
branches of the measured modules that the corpus reaches, and needs coverage.
"""

import argparse
import importlib
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORPUS = HERE / "corpus"

SECONDS = 10
"""Limit for one input in seconds of processor time. Code that is watched takes several times as long as else."""

MEGABYTES = 3000
"""Limit of memory for a process."""


class TooLong(BaseException):
    """An input took too long; no code that is tried catches this."""


def _guided_targets() -> Any:
    """Return the module of the targets, which imports Jooya."""
    sys.path.insert(0, str(HERE))
    return importlib.import_module("guided_targets")


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise `TooLong` if what is done takes more processor time."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TooLong


def fuzz(name: str, seconds: int, found: Path, more: list[str]) -> None:
    """Give inputs to a target; never returns.

    Args:
        name: The name of the target.
        seconds: For how long, in seconds.
        found: The folder of inputs that reach more than those of the corpus.
        more: Further arguments of libFuzzer.
    """
    import atheris  # noqa: PLC0415 - the other commands do without it

    with atheris.instrument_imports(include=["jooya"], enable_loader_override=False):
        module = _guided_targets()
        target = module.TARGETS[name]
        found.mkdir(parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(prefix="jooya-guided-"))
        run = target.make(own)
        words = own / "words"
        words.write_text(_dictionary(module.mutation.PIECES, target.grammar), encoding="ascii")
        seeds = own / "seeds"
        _write_seeds(target.seeds(), seeds)
        for seed in sorted(seeds.iterdir()):
            run(seed.read_bytes())  # imports what is imported late, watched as well
        mutator = {"custom_mutator": _mutator(atheris)} if target.packed else {}

        def one(given: bytes) -> None:
            with _within(SECONDS):
                run(given)

        signal.signal(signal.SIGPROF, _too_long)
        options = [
            f"-max_len={target.largest}", f"-max_total_time={seconds}", f"-dict={words}", f"-rss_limit_mb={MEGABYTES}",
            f"-artifact_prefix={found}/crash-", "-timeout=120", "-print_final_stats=1", "-verbosity=1",
        ]  # fmt: skip
        folders = [str(found), *[str(each) for each in (CORPUS / name, seeds) if each.is_dir()]]
        folders += [one for one in more if not one.startswith("-")]  # a merge puts what it keeps into the first folder
        options += [one for one in more if one.startswith("-")]
        # libFuzzer starts this command with other options to merge, in a shell.
        again = f"{sys.executable} {Path(__file__).resolve()} fuzz {name} --found {found} --"
        atheris.Setup([again, *options, *folders], one, **mutator)
        atheris.Fuzz()


def _mutator(atheris: Any) -> Any:
    """Return what changes packed files; their first two bytes say how they are read."""
    from packed_files import changed as packed_changed  # noqa: PLC0415 - found by way of the targets

    def changed(given: bytes, largest: int, seed: int) -> bytes:
        if len(given) < 2 or seed % 32 == 0:
            return bytes(atheris.Mutate(given, len(given)))
        packed = packed_changed(given[2:], largest - 2, seed // 32, atheris.Mutate)
        return given[:2] + bytes(packed)

    return changed


def _dictionary(pieces: dict[str, list[Any]], grammar: str) -> str:
    """Return pieces of texts as a dictionary of libFuzzer."""
    words = {piece.encode("utf-8", "surrogatepass") for kind in ("nasty", grammar) for piece in pieces.get(kind, ())}
    escaped = ("".join(f"\\x{byte:02x}" for byte in word) for word in sorted(words) if 0 < len(word) <= 40)
    return "".join(f'"{word}"\n' for word in escaped)


def _write_seeds(seeds: list[bytes], folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, seed in enumerate(seeds):
        (folder / f"{number:03}").write_bytes(seed)


def replay(names: list[str], *, seeds: bool = False) -> tuple[str, bool]:
    """Give each input of the corpora to its target.

    Args:
        names: The targets.
        seeds: Give them the inputs to begin with, too.

    Returns:
        The figures, and True if nothing failed.
    """
    module = _guided_targets()
    signal.signal(signal.SIGPROF, _too_long)
    inputs = accepted = 0
    failed: list[str] = []
    for name in names:
        target = module.TARGETS[name]
        files = corpus_of(name)
        given = [(str(path.relative_to(HERE)), path.read_bytes()) for path in files]
        given += [(f"{name}, seed {number}", seed) for number, seed in enumerate(target.seeds() if seeds else ())]
        with tempfile.TemporaryDirectory() as folder:
            run = target.make(Path(folder))
            for what, content in given:
                inputs += 1
                try:
                    with _within(SECONDS):
                        accepted += run(content)
                except (Exception, TooLong) as fault:
                    failed.append(f"{what}: {fault!r}")
    lines = [f"replay: {inputs} inputs of {len(names)} targets, {accepted} accepted, {len(failed)} failed", *failed]
    return "\n".join(lines), not failed and accepted > 0


def corpus_of(name: str) -> list[Path]:
    """Return the files of a target's corpus."""
    return sorted((CORPUS / name).glob("*"))


def minimize(name: str, found: Path) -> str:
    """Put the least of a corpus and of what was found that reaches as much into the corpus.

    Args:
        name: The target.
        found: The folder that `fuzz` filled.
    """
    with tempfile.TemporaryDirectory() as folder:
        least, kept = Path(folder) / "least", CORPUS / name
        least.mkdir()
        command = [sys.executable, __file__, "fuzz", name, "--found", str(least), "--", "-merge=1", str(found)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: the merge failed:\n{done.stderr[-2000:]}")
        if not any(least.iterdir()):
            raise SystemExit(f"{name}: the merge kept nothing")
        regressions = [path for path in corpus_of(name) if path.name.startswith("fault-")]
        saved = {path.name: path.read_bytes() for path in regressions}
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        room = budget(name)
        for path in sorted(least.iterdir(), key=lambda each: each.stat().st_size):
            content = path.read_bytes()
            room -= len(content)
            if room < 0:
                break
            (kept / path.name[:12]).write_bytes(content)
        for file, content in saved.items():
            (kept / file).write_bytes(content)
    return f"{name}: {len(corpus_of(name))} files, {sum(path.stat().st_size for path in corpus_of(name))} bytes"


def budget(name: str) -> int:
    """Return how many bytes the corpus of a target may have."""
    largest: int = _guided_targets().TARGETS[name].largest
    return 8_000 if largest <= 8000 else 14_000


def cover(name: str, found: Path | None) -> str:
    """Return how many branches of the measured modules a corpus reaches.

    Args:
        name: The target.
        found: A folder of further inputs, or None.
    """
    import coverage  # noqa: PLC0415 - the other commands do without it

    folders = [str(ROOT / folder) for folder in ("analyzers", "indexer")]  # which the package `jooya` only links to
    watched = coverage.Coverage(branch=True, data_file=None, source=folders, concurrency=["thread"])
    watched.start()
    module = _guided_targets()
    target = module.TARGETS[name]
    inputs = [path.read_bytes() for path in [*corpus_of(name), *(sorted(found.glob("*")) if found else ())]]
    with tempfile.TemporaryDirectory() as folder:
        run = target.make(Path(folder))
        for given in [*target.seeds(), *inputs]:
            run(given)
    watched.stop()
    branches = reached = 0
    for file in sorted(watched.get_data().measured_files()):
        path = Path(file).resolve().relative_to(ROOT.resolve()).as_posix()
        if any(path == each or path.startswith(f"{each}/") for each in target.measured):
            numbers = watched._analyze(file).numbers
            branches, reached = branches + numbers.n_branches, reached + numbers.n_executed_branches
    where = ", ".join(target.measured)
    if not branches:
        raise SystemExit(f"{name}: nothing of {where} was measured")
    share = 100 * reached / branches
    return f"{name}: {len(inputs)} inputs, {reached} of {branches} branches ({share:.1f} %) of {where}"


def fuzz_all(names: list[str], seconds: int, found: Path) -> bool:
    """Fuzz targets in turn, and print a line for each; return True if nothing was found."""
    sound = True
    for name in names:
        own = found / name
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, __file__, "fuzz", name, "--seconds", str(seconds), "--found", str(own)]
        with tempfile.TemporaryDirectory() as temporary:  # libFuzzer ends the process, which so leaves its folder
            environment = os.environ | {"TMPDIR": temporary}
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, env=environment, errors="replace"
            )
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
        last = (re.findall(r"^#(\d+).*cov: (\d+)", done.stderr, re.MULTILINE) or [("0", "0")])[-1]
        faults = sorted(path.name for path in own.glob("crash-*")) if own.exists() else []
        found_text = f"FOUND: {', '.join(faults)}" if faults else "nothing found"
        print(f"{name}: {last[0]} inputs, {used:.0f} s of processor, {last[1]} edges, {found_text}", flush=True)
        if done.returncode or faults:
            sound = False
            print(done.stderr[-4000:], file=sys.stderr)
    return sound


def main() -> None:
    """Run the command that the arguments ask for."""
    warnings.simplefilter("ignore")
    arguments, _, more = " ".join(sys.argv[1:]).partition(" -- ")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("fuzz", "fuzz-all", "replay", "minimize", "cover"))
    parser.add_argument("targets", nargs="*", help="names of targets (default: all)")
    parser.add_argument("--seconds", type=int, default=60, help="of each target (default: %(default)s)")
    parser.add_argument("--found", type=Path, help="folder of what is found (default: build/fuzzing)")
    parser.add_argument("--seeds", action="store_true", help="replay the inputs to begin with, too")
    options = parser.parse_args(arguments.split())
    names = options.targets or list(_names())
    found = options.found or ROOT / "build" / "fuzzing"
    match options.command:
        case "fuzz":
            fuzz(names[0], options.seconds, found if options.found else found / names[0], more.split())
        case "fuzz-all":
            sys.exit(not fuzz_all(names, options.seconds, found))
        case "replay":
            figures, sound = replay(names, seeds=options.seeds)
            print(figures)
            sys.exit(not sound)
        case "minimize":
            print("\n".join(minimize(name, found / name) for name in names))
        case "cover" if len(names) == 1:
            print(cover(names[0], options.found), flush=True)
        case "cover":  # each in a process of its own, which reaches nothing for another
            for name in names:
                among = ["--found", str(found / name)] if options.found else []
                subprocess.run([sys.executable, __file__, "cover", name, *among], check=True)


def _names() -> list[str]:
    return list(_guided_targets().TARGETS)


if __name__ == "__main__":
    main()
