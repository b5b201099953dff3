"""Call the functions of the compiled core with arguments that a coverage-guided fuzzer changes, under sanitizers.

    python tests/fuzzing/guided_core.py --seconds 60

The core is built with AddressSanitizer and UndefinedBehaviorSanitizer, so that libFuzzer sees its branches, in
build/fuzzing-core. A process indexes and searches a little with it, and keeps what its functions were given. Each input
is choices: of a call, and of what is changed of its arguments. It takes clang with both sanitizers, Cython and atheris.
"""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from random import Random

sys.path.extend(str((Path(__file__).parent / each).resolve()) for each in ("../faults", "..", "."))

import hostile_calls
from core_calls import Changer, Recorder, made_by_the_core
from given_bytes import GivenRandom

ROOT = Path(__file__).parents[2]
LARGEST = 200

FLAGS = (
    "-std=c++17", "-O1", "-g1", "-fPIC", "-shared", "-fno-omit-frame-pointer",
    "-fsanitize=address,undefined,fuzzer-no-link", "-fno-sanitize=vptr,function", "-fno-sanitize-recover=undefined",
)  # fmt: skip


def compiler() -> str | None:
    """Return clang's C++ compiler, or None."""
    names = ("clang++", *(f"clang++-{version}" for version in range(22, 13, -1)))
    return next((found for name in names if (found := shutil.which(name))), None)


def build(folder: Path) -> Path:
    """Build the core in `folder` unless it is there and of the same sources; return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    source, library = folder / "_compiled.cpp", folder / f"_compiled{sysconfig.get_config_var('EXT_SUFFIX')}"
    changed = max(path.stat().st_mtime for path in (ROOT / "core").glob("*.p[xy][ix]"))
    if not library.exists() or library.stat().st_mtime < changed:
        command = [sys.executable, "-m", "cython", "--cplus", "core/_compiled.pyx", "-o", str(source)]
        subprocess.run(command, cwd=ROOT, check=True)
        include = sysconfig.get_paths()["include"]
        made = library.with_suffix(".new")
        subprocess.run([str(compiler()), *FLAGS, f"-I{include}", str(source), "-o", str(made)], check=True)
        made.replace(library)
    return library


def _fuzz(library: Path, seconds: int, found: Path) -> None:
    """Give inputs to the core; never returns."""
    import atheris  # noqa: PLC0415 - needed here alone

    real = hostile_calls.load(library)
    recorder = Recorder(real, Random(1))
    sys.modules["jooya.core._compiled"] = recorder
    hostile_calls.work(Path(tempfile.mkdtemp(prefix="jooya-guided-")) / "index", Random(1))
    calls = {name: recorder.calls[name] for name in sorted(recorder.calls)}
    names, made = list(calls), made_by_the_core()

    def one(given: bytes) -> None:
        random = GivenRandom(given)
        call = random.choice(calls[random.choice(names)])
        try:
            result = Changer(real, random, random.choice([0.0, 0.1, 0.3, 1.0])).run(call)
            for method in made.get(type(result).__name__, ()):
                getattr(result, method)()
        except hostile_calls.REFUSALS:
            pass  # refused, as it may be

    found.mkdir(parents=True, exist_ok=True)
    seeds = Path(tempfile.mkdtemp(prefix="jooya-guided-"))
    for number in range(len(names)):  # one of each function, as it was called
        (seeds / f"{number:03}").write_bytes(bytes([number, 0, 0]))
    options = [
        f"-max_len={LARGEST}", f"-max_total_time={seconds}", "-rss_limit_mb=0", f"-artifact_prefix={found}/crash-",
        "-timeout=120", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(found), str(seeds)], one)
    atheris.Fuzz()


def main() -> None:
    """Run the trial that the arguments ask for; exit with 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="(default: %(default)s)")
    parser.add_argument(
        "--found", type=Path, default=ROOT / "build" / "fuzzing" / "core", help="folder of what is found"
    )
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _fuzz(options.child, options.seconds, options.found)
        return
    if compiler() is None:
        raise SystemExit("guided_core: not run, since there is no clang++")
    import atheris  # noqa: PLC0415 - needed here alone

    settings = os.environ | hostile_calls.SETTINGS | {"LD_PRELOAD": str(Path(atheris.path()) / "asan_with_fuzzer.so")}
    library = build(ROOT / "build" / "fuzzing-core")
    with tempfile.TemporaryDirectory() as temporary:  # libFuzzer ends the process, which so leaves its folders
        command = [sys.executable, __file__, "--child", str(library), "--seconds", str(options.seconds)]
        done = subprocess.run(
            [*command, "--found", str(options.found)],
            env=settings | {"TMPDIR": temporary, "JOOYA_PURE": "0"},
            check=False,
        )
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
