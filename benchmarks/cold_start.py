"""How long does a new process take to analyze its first query, and how much memory? Against an empty interpreter,
and against hazm doing the same.

    python benchmarks/cold_start.py [RUNS]
"""

import statistics
import subprocess
import sys
import time

PROGRAMS = {
    "empty interpreter": "pass",
    "Jooya": "from jooya.analyzers import analysis; analysis().columns('سرزمین\u200cهای اشغالی')",
    "hazm": (
        "from hazm import Normalizer, WordTokenizer, Lemmatizer\n"
        "words = WordTokenizer().tokenize(Normalizer().normalize('سرزمین\u200cهای اشغالی'))\n"
        "lemmatize = Lemmatizer().lemmatize; [lemmatize(word) for word in words]"
    ),
}
REPORT = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    memory: dict[str, float] = {}
    for run in range(runs):
        for name, program in PROGRAMS.items():
            if name == "hazm" and run >= 3:
                continue
            began = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", program + REPORT], capture_output=True, check=True)
            times[name].append(time.perf_counter() - began)
            memory[name] = int(done.stdout) / (1 if sys.platform == "darwin" else 1024)
    empty = statistics.median(times["empty interpreter"])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(
            f"{name:<18} median {median * 1e3:7.0f} ms  {(median - empty) * 1e3:+7.0f} ms   "
            f"{memory[name]:6.0f} MB resident  {memory[name] - memory['empty interpreter']:+6.0f} MB"
        )


if __name__ == "__main__":
    main()
