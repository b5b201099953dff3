"""Measure how many megabytes an installation of Jooya takes, and which distributions take them.

    python benchmarks/installed_size.py [PYTHON ...] [--extras eval all] [--without hazm]

PYTHON is an interpreter to measure with, for example `/usr/bin/python3.12`; the default is the one that runs this
program. The program builds a wheel from a copy of the checkout. For each interpreter it installs the wheel into fresh
virtual environments, without extras and with each extra, and prints Markdown tables.

Sizes are those of all files of the distributions, in millions of bytes, without pip and setuptools. Pip compiles each
module to a `.pyc` file while it installs; the tables give the size without and with these files. The columns "without"
add up the distributions that would remain if those named by `--without` were no dependencies. The seconds are those of
`pip install`, which depend on the network and on pip's cache.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent

# Runs in the environment that is measured. Pip carries a copy of `packaging`, which evaluates the markers of
# requirements; a fresh environment has no other.
PROBE = """
import json, sys
from importlib.metadata import distributions
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

left_out = set(sys.argv[1:])
sizes, needs = {}, {}
for distribution in distributions():
    name = canonicalize_name(distribution.metadata["Name"])
    if name in ("pip", "setuptools"):
        continue
    plain = compiled = 0
    for file in distribution.files or ():
        path = distribution.locate_file(file)
        if path.is_file():
            if path.suffix == ".pyc":
                compiled += path.stat().st_size
            else:
                plain += path.stat().st_size
    sizes[name] = (distribution.version, plain, compiled)
    needs[name] = [Requirement(line) for line in distribution.requires or ()]

def reachable(extra):
    found, todo = set(), [("jooya", extra)]
    while todo:
        name, extra = todo.pop()
        found.add(name)
        for requirement in needs.get(name, ()):
            needed = canonicalize_name(requirement.name)
            applies = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
            if applies and needed in sizes and needed not in found and needed not in left_out:
                todo.extend((needed, each) for each in requirement.extras or [""])
    return found

print(json.dumps({"sizes": sizes, "remaining": sorted(reachable(""))}))
"""


class Size(NamedTuple):
    """The size of one distribution, in bytes.

    Attributes:
        version: The version of the distribution.
        plain: The size of its files without `.pyc` files.
        compiled: The size of its `.pyc` files.
    """

    version: str
    plain: int
    compiled: int


class Installation(NamedTuple):
    """One installation of the wheel.

    Attributes:
        python: The version of the interpreter, for example `3.12.1`.
        extra: The extra that was installed; empty for none.
        seconds: The time that `pip install` took.
        sizes: The size of each distribution.
        remaining: The distributions that jooya requires by ways that do not go through those left out.
    """

    python: str
    extra: str
    seconds: float
    sizes: dict[str, Size]
    remaining: set[str]

    def megabytes(self, names: set[str] | None = None, compiled: bool = False) -> float:
        """Return the size of the named distributions (default: all), with or without `.pyc` files."""
        sizes = [size for name, size in self.sizes.items() if names is None or name in names]
        return sum(size.plain + (size.compiled if compiled else 0) for size in sizes) / 1e6


def main() -> None:
    """Parse the arguments, install the wheel in each way and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "pythons", nargs="*", metavar="PYTHON", default=[sys.executable], help="interpreter to measure with"
    )
    parser.add_argument("--extras", nargs="*", default=["eval", "all"], help="extras to install, where they exist")
    parser.add_argument("--without", nargs="*", default=["hazm"], help="distributions to leave out of two columns")
    parser.add_argument(
        "--top",
        type=int,
        default=10,
        help="number of distributions to list for each interpreter (default: %(default)s)",
    )
    parser.add_argument(
        "--list", nargs="*", default=["python-bidi", "arabic-reshaper"], help="distributions to list however small"
    )
    options = parser.parse_args()
    extras = ["", *(extra for extra in options.extras if extra in declared_extras())]
    with tempfile.TemporaryDirectory() as folder:
        wheel = built_wheel(options.pythons[0], Path(folder))
        installations = []
        for python in options.pythons:
            for extra in extras:
                installations.append(installed(python, wheel, extra, set(options.without), Path(folder) / "venv"))
                print(f"measured: Python {installations[-1].python}, {extra or 'no extra'}", file=sys.stderr)
    print_totals(installations, options.without)
    print_distributions([one for one in installations if not one.extra], options.top, options.list)


def declared_extras() -> list[str]:
    """Return the extras that pyproject.toml declares."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project.get("optional-dependencies", {}))


def built_wheel(python: str, folder: Path) -> Path:
    """Build a wheel from a copy of the checkout, since a build leaves files in the folder where it runs."""
    ignored = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(CHECKOUT, folder / "checkout", symlinks=True, ignore=ignored)
    run(python, "-m", "venv", folder / "venv")
    run(folder / "venv/bin/pip", "wheel", "--no-deps", "-w", folder, folder / "checkout")
    return next(folder.glob("jooya-*.whl"))


def installed(python: str, wheel: Path, extra: str, without: set[str], folder: Path) -> Installation:
    """Install the wheel with an extra into a fresh environment at `folder`, and measure it."""
    run(python, "-m", "venv", "--clear", folder)
    began = time.perf_counter()
    run(folder / "bin/pip", "install", f"{wheel}[{extra}]" if extra else wheel)
    seconds = time.perf_counter() - began
    found = json.loads(run(folder / "bin/python", "-c", PROBE, *sorted(without)))
    version = run(folder / "bin/python", "-c", "import platform; print(platform.python_version())").strip()
    sizes = {name: Size(*size) for name, size in found["sizes"].items()}
    return Installation(version, extra, seconds, sizes, set(found["remaining"]))


def run(*command: str | Path) -> str:
    """Run a command and return its output; show the errors of a command that fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def print_totals(installations: list[Installation], without: list[str]) -> None:
    """Print a row for each installation."""
    names = ", ".join(without)
    print(f"| Python | extra | distributions | MB | MB with .pyc | MB without {names} | with .pyc | pip install |")
    print("|---|---|---|---|---|---|---|---|")
    for one in installations:
        # Extras are not followed in this column: it answers what a default installation would be.
        less = "– | –"
        if not one.extra:
            less = f"{one.megabytes(one.remaining):.1f} | {one.megabytes(one.remaining, True):.1f}"
        print(
            f"| {one.python} | {one.extra or 'none'} | {len(one.sizes)} | {one.megabytes():.1f} "
            f"| {one.megabytes(compiled=True):.1f} | {less} | {one.seconds:.0f} s |"
        )


def print_distributions(installations: list[Installation], top: int, listed: list[str]) -> None:
    """Print the largest distributions of each installation, and those that are listed however small."""
    named = set(listed)
    for one in installations:
        named |= set(sorted(one.sizes, key=lambda name: -one.sizes[name].plain)[:top])
    print(f"\n| MB, with .pyc | {' | '.join(f'Python {one.python}' for one in installations)} |")
    print(f"|---|{'---|' * len(installations)}")
    for name in sorted(named, key=lambda name: -max(one.megabytes({name}) for one in installations)):
        cells = [
            f"{one.megabytes({name}):.1f}, {one.megabytes({name}, True):.1f} ({one.sizes[name].version})"
            if name in one.sizes
            else "–"
            for one in installations
        ]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
