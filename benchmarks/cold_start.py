"""Measure how long a new process takes until it has an answer, and compare two installed versions of Jooya.

    python benchmarks/cold_start.py [--rounds N]
    python benchmarks/cold_start.py --other PYTHON [--rounds N]

Without `--other`, the program measures the time and the memory of a new process that analyzes one query, against an
empty interpreter and against hazm doing the same.

With `--other`, it compares the version of Jooya that this interpreter has with the version that another interpreter
has, by the time of three whole processes: `jooya search`, `import Index` and a first search in Python, and `jooya
status`. PYTHON is the other interpreter, or the `jooya` command beside it. The two versions run in turn, and change
places every round, since the speed of a machine drifts; the ratio is the median over the rounds.

Install both versions in the same way, since an editable installation imports more slowly than a wheel: the program
prints how each one is installed. It starts all processes outside the checkout and without PYTHONPATH, so that each
interpreter imports the version that it has installed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

QUERY = "سرزمین\u200cهای اشغالی"
TRANSCRIPT = Path(__file__).resolve().parent.parent / "indexer" / "samples" / "transcript.txt"
HAZM_ROUNDS = 3  # a round of hazm takes seconds

ANALYSES = {
    "empty interpreter": "pass",
    "Jooya": f"from jooya.analyzers import analysis; analysis().columns({QUERY!r})",
    "hazm": (
        "from hazm import Normalizer, WordTokenizer, Lemmatizer\n"
        f"words = WordTokenizer().tokenize(Normalizer().normalize({QUERY!r}))\n"
        "lemmatize = Lemmatizer().lemmatize; [lemmatize(word) for word in words]"
    ),
}
PRINT_MEMORY = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"

# Runs in each installation that is compared. Versions before 0.2 have no `jooya.Index`.
DESCRIBE = """
import importlib, json, platform
from importlib.metadata import distribution
module = "jooya" if hasattr(importlib.import_module("jooya"), "__version__") else "jooya.indexer"
found = distribution("jooya")
origin = json.loads(found.read_text("direct_url.json") or "{}")
editable = origin.get("dir_info", {}).get("editable", False)
print(json.dumps({
    "version": found.version,
    "module": module,
    "how": "editable" if editable else "from a wheel",
    "python": platform.python_version(),
    "place": importlib.import_module("jooya.indexer").__file__,
}))
"""


class Installation(NamedTuple):
    """One installed version of Jooya.

    Attributes:
        python: The interpreter.
        command: The `jooya` command beside it.
        module: The module from which `Index` is imported.
        description: The version, how it is installed, and where.
    """

    python: Path
    command: Path
    module: str
    description: str


def main() -> None:
    """Parse the arguments and run one of the two measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21, metavar="N", help="number of rounds (default: %(default)s)")
    parser.add_argument("--other", type=Path, metavar="PYTHON", help="the interpreter, or `jooya`, to compare with")
    options = parser.parse_args()
    if options.other:
        compare(find_installation(Path(sys.executable)), find_installation(options.other), options.rounds)
    else:
        measure_analysis(options.rounds)


def measure_analysis(rounds: int) -> None:
    """Print the time and the memory of processes that analyze a query."""
    times: dict[str, list[float]] = {name: [] for name in ANALYSES}
    memory: dict[str, float] = {}
    for number in range(rounds):
        for name, program in ANALYSES.items():
            if name == "hazm" and number >= HAZM_ROUNDS:
                continue
            began = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", program + PRINT_MEMORY], capture_output=True, check=True)
            times[name].append(time.perf_counter() - began)
            memory[name] = int(done.stdout) / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    empty = statistics.median(times["empty interpreter"])
    print("| | milliseconds | over an empty interpreter | MiB resident | over an empty interpreter |")
    print("|---|---|---|---|---|")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(
            f"| {name} | {median * 1e3:.0f} | {(median - empty) * 1e3:+.0f} "
            f"| {memory[name]:.0f} | {memory[name] - memory['empty interpreter']:+.0f} |"
        )


def find_installation(path: Path) -> Installation:
    """Return the installation that an interpreter, or the `jooya` command beside it, belongs to."""
    # Not resolved: the interpreter of a virtual environment is a link, and its folder says which environment it is.
    folder = path.absolute().parent
    python = folder / "python" if path.name == "jooya" else path.absolute()
    command = folder / "jooya"
    for needed in (python, command):
        if not needed.exists():
            sys.exit(f"cold_start.py: {needed} does not exist; install Jooya for this interpreter")
    found = json.loads(run(python, "-c", DESCRIBE))
    description = f"{found['version']}, {found['how']}, Python {found['python']}, {found['place']}"
    return Installation(python, command, found["module"], description)


def compare(this: Installation, other: Installation, rounds: int) -> None:
    """Print the medians of both installations, and the median of the ratios."""
    print(f"this:  {this.description}\nother: {other.description}\n{rounds} rounds\n")
    with tempfile.TemporaryDirectory() as folder:
        indexes = [Path(folder) / "this", Path(folder) / "other"]
        for installation, index in zip((this, other), indexes, strict=True):
            run(installation.command, "index", "-i", index, TRANSCRIPT)
        commands = [measured_commands(*pair) for pair in zip((this, other), indexes, strict=True)]
        print("| | this, ms | other, ms | this / other | quartiles |\n|---|---|---|---|---|")
        for name in commands[0]:
            pair = commands[0][name], commands[1][name]
            for command in pair:  # a first run that does not count fills the caches
                run(*command)
            taken: tuple[list[float], list[float]] = ([], [])
            for number in range(rounds):
                for which in (0, 1) if number % 2 else (1, 0):
                    taken[which].append(seconds(pair[which]))
            ratios = [ours / theirs for ours, theirs in zip(*taken, strict=True)]
            low, middle, high = statistics.quantiles(ratios, n=4)
            medians = [f"{statistics.median(times) * 1e3:.0f}" for times in taken]
            print(f"| {name} | {' | '.join(medians)} | {middle:.3f} | {low:.3f} to {high:.3f} |", flush=True)


def measured_commands(installation: Installation, index: Path) -> dict[str, Sequence[str | Path]]:
    """Return the commands that are compared, by name; an empty interpreter shows what the machine adds."""
    first_search = f"from {installation.module} import Index; Index.open({str(index)!r}).search({QUERY!r})"
    return {
        "empty interpreter": [installation.python, "-c", "pass"],
        "`jooya search`": [installation.command, "search", "-i", index, QUERY],
        "import of `Index` and a first search": [installation.python, "-c", first_search],
        "`jooya status`": [installation.command, "status", "-i", index],
    }


def seconds(command: Sequence[str | Path]) -> float:
    """Run a command and return the time it took."""
    began = time.perf_counter()
    run(*command)
    return time.perf_counter() - began


def run(*command: str | Path) -> str:
    """Run a command on the installed version alone and return its output; stop with its errors if it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    # An interpreter with `-c` imports from the working folder first, which may be a checkout.
    done = subprocess.run(
        command, capture_output=True, cwd=tempfile.gettempdir(), env=environment, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
