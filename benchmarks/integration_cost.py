"""Measure what each framework that Jooya is used through takes: megabytes on disk, and seconds to import its adapter.

    python benchmarks/integration_cost.py [PYTHON] [--hosts LangChain Sphinx ...] [--repeat 5]

The program builds a wheel from a copy of the checkout. For each host it installs the wheel with the host into a fresh
virtual environment, and prints a row of a Markdown table. Hosts whose extra `pyproject.toml` does not declare are left
out.

The size is that of the distributions that are not there when the wheel is installed alone, without `.pyc` files. The
time is that which a new process takes to import the adapter, less that of one that runs `from jooya import Index`: in
seconds of processor time, the least of several processes each.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from installed_size import Installation, built_wheel, declared_extras, installed, run

_DJANGO = "from django.conf import settings; settings.configure(); import django; django.setup(); "


class Host(NamedTuple):
    """A framework.

    Attributes:
        name: Its name, as the manual has it.
        module: The adapter in `jooya.indexer.integrations`.
        extra: The extra of Jooya that installs it, or None.
        packages: What is installed besides, or in place of an extra.
        distribution: The distribution whose version is shown.
        before: Code that a process runs before it imports the adapter.
    """

    name: str
    module: str
    extra: str | None
    packages: tuple[str, ...]
    distribution: str
    before: str = ""


HOSTS = (
    Host("LangChain", "langchain", "langchain", (), "langchain-core"),
    Host("LlamaIndex", "llama_index", "llama-index", (), "llama-index-core"),
    Host("Haystack", "haystack", "haystack", (), "haystack-ai"),
    Host("Django, Wagtail", "modelsearch", "django", (), "modelsearch", _DJANGO),
    Host("django-haystack", "django_haystack", "django-haystack", (), "django-haystack"),
    Host("pandas", "tables", None, ("pandas>=2.2,<3",), "pandas"),
    Host("polars", "tables", None, ("polars>=1,<3",), "polars"),
    Host("datasets", "tables", None, ("datasets>=4,<6",), "datasets"),
    Host("ir-measures, ir-datasets", "ir_evaluation", "ir", (), "ir-measures"),
    Host("PyTerrier", "pyterrier", "pyterrier", (), "pyterrier"),
    Host("scikit-learn", "scikit_learn", None, ("scikit-learn>=1.4,<2",), "scikit-learn"),
    Host("spaCy", "spacy_words", None, ("spacy>=3.8,<4",), "spacy"),
    Host("Sphinx", "sphinx", "sphinx", (), "sphinx"),
    Host("MkDocs", "mkdocs", "mkdocs", (), "mkdocs"),
)

_TIMED = "import time; began = time.process_time(); {code}; print(time.process_time() - began)"


def main() -> None:
    """Parse the arguments, measure each host and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", nargs="?", default=sys.executable, help="interpreter to measure with")
    parser.add_argument("--hosts", nargs="*", default=[host.name for host in HOSTS], help="measure these alone")
    parser.add_argument("--repeat", type=int, default=5, help="processes for each time (default: %(default)s)")
    options = parser.parse_args()
    extras = declared_extras()
    with tempfile.TemporaryDirectory() as folder:
        wheel, venv = built_wheel(options.python, Path(folder)), Path(folder) / "venv"
        alone = installed(options.python, wheel, "", set(), venv)
        print(f"Python {alone.python}; Jooya alone: {alone.megabytes():.0f} MB\n")
        print("| framework | version | size | import |\n|---|---|---|---|", flush=True)
        for host in HOSTS:
            if host.name in options.hosts and host.extra in (None, *extras):
                measured = installed(options.python, wheel, host.extra or "", set(), venv, host.packages)
                print(_row(host, measured, alone, venv / "bin" / "python", options.repeat), flush=True)


def _row(host: Host, measured: Installation, alone: Installation, python: Path, repeat: int) -> str:
    """Return the row of a host that is installed."""
    added = measured.megabytes(set(measured.sizes) - set(alone.sizes))
    # An adapter may need no framework; where a program uses it, both are imported.
    index = _seconds(python, f"{host.before}from jooya import Index", repeat)
    adapter = f"{host.before}from jooya import Index; import jooya.indexer.integrations.{host.module}"
    seconds = max(0.0, _seconds(python, adapter, repeat) - index)
    return f"| {host.name} | {measured.sizes[host.distribution].version} | {added:.0f} MB | {seconds:.1f} s |"


def _seconds(python: Path, code: str, repeat: int) -> float:
    """Return the least processor time that new processes take to run some code."""
    command = ("-W", "ignore", "-c", _TIMED.format(code=code))
    return min(float(run(python, *command).splitlines()[-1]) for _ in range(repeat))


if __name__ == "__main__":
    main()
