"""Measure what each framework that Jooya is used through takes: megabytes on disk, and seconds to import its adapter.

    .venv-integrations/bin/python benchmarks/integration_cost.py [--hosts LangChain Sphinx ...] [--repeat 5]

The program measures the environment that it runs in, such as the one that `make integrations` makes, and prints a
Markdown table. Hosts that are not installed there are left out. django-haystack and Haystack cannot be installed in one
environment.

The size is that of the distributions that the host needs, by what distributions say of themselves, and that Jooya alone
does not need: in millions of bytes, with `.pyc` files. The time is that which a new process takes to import the
adapter, less that of one that runs `from jooya import Index`: in seconds of processor time, the least of several
processes each.
"""

import argparse
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_DJANGO = "from django.conf import settings; settings.configure({}); import django; django.setup(); "
_CONNECTIONS = "HAYSTACK_CONNECTIONS={'default': {'ENGINE': 'haystack.backends.simple_backend.SimpleEngine'}}"


class Host(NamedTuple):
    """A framework.

    Attributes:
        name: Its name, as the manual has it.
        module: The adapter in `jooya.indexer.integrations`.
        needs: What installs it: an extra of Jooya, or a distribution.
        shown: The distributions whose versions are shown.
        before: Code that a process runs before it imports the adapter.
    """

    name: str
    module: str
    needs: str
    shown: tuple[str, ...]
    before: str = ""


HOSTS = (
    Host("LangChain", "langchain", "jooya[langchain]", ("langchain-core",)),
    Host("LlamaIndex", "llama_index", "jooya[llama-index]", ("llama-index-core",)),
    Host("Haystack", "haystack", "jooya[haystack]", ("haystack-ai",)),
    Host("Django, Wagtail (modelsearch)", "modelsearch", "modelsearch", ("modelsearch",), _DJANGO.format("")),
    Host("django-haystack", "django_haystack", "django-haystack", ("django-haystack",), _DJANGO.format(_CONNECTIONS)),
    Host("pandas", "tables", "pandas", ("pandas",)),
    Host("polars", "tables", "polars", ("polars",)),
    Host("datasets", "tables", "datasets", ("datasets",)),
    Host("ir-measures, ir-datasets", "ir_evaluation", "jooya[ir]", ("ir-measures", "ir-datasets")),
    Host("PyTerrier", "pyterrier", "jooya[pyterrier]", ("pyterrier",)),
    Host("scikit-learn", "scikit_learn", "scikit-learn", ("scikit-learn",)),
    Host("spaCy", "spacy_words", "spacy", ("spacy",)),
    Host("Sphinx", "sphinx", "jooya[sphinx]", ("sphinx",)),
    Host("MkDocs", "mkdocs", "jooya[mkdocs]", ("mkdocs",)),
)

_TIMED = "import time; began = time.process_time(); {code}; print(time.process_time() - began)"


def main() -> None:
    """Parse the arguments, measure each host that is installed, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", nargs="*", default=[host.name for host in HOSTS], help="measure these alone")
    parser.add_argument("--repeat", type=int, default=5, help="processes for each time (default: %(default)s)")
    options = parser.parse_args()
    alone = needed("jooya")
    print("| framework | version | size | import |\n|---|---|---|---|", flush=True)
    for host in HOSTS:
        if host.name in options.hosts and is_there(host):
            added = sum(map(size, needed(host.needs) - alone)) / 1e6
            versions = ", ".join(map(version, host.shown))
            print(
                f"| {host.name} | {versions} | {added:.0f} MB | {import_time(host, options.repeat):.1f} s |", flush=True
            )


def is_there(host: Host) -> bool:
    """Return True if a host is installed, and Jooya has its adapter."""
    return all(map(version, host.shown)) and find_spec(f"jooya.indexer.integrations.{host.module}") is not None


def version(name: str) -> str:
    """Return the version of a distribution, or an empty string if it is not installed."""
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return ""


def needed(requirement: str) -> set[str]:
    """Return the installed distributions that a requirement asks for, directly or by others."""
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(requirement)]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        for extra in ("", *wanted.extras):
            if (name, extra) in found or not version(name):
                continue
            found.add((name, extra))
            for line in distribution(name).requires or ():
                one = Requirement(line)
                if one.marker is None or one.marker.evaluate({"extra": extra}):
                    waiting.append(one)
    return {name for name, _ in found}


def size(name: str) -> int:
    """Return the size of the files of a distribution in bytes."""
    files = [Path(str(file.locate())) for file in distribution(name).files or ()]
    return sum(file.stat().st_size for file in files if file.is_file())


def import_time(host: Host, repeat: int) -> float:
    """Return how many seconds the adapter of a host takes to import."""
    index = f"{host.before}from jooya import Index"
    return max(
        0.0, _seconds(f"{index}; import jooya.indexer.integrations.{host.module}", repeat) - _seconds(index, repeat)
    )


def _seconds(code: str, repeat: int) -> float:
    """Return the least processor time that new processes take to run some code."""
    command = [sys.executable, "-W", "ignore", "-c", _TIMED.format(code=code)]
    return min(
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
        for _ in range(repeat)
    )


if __name__ == "__main__":
    main()
