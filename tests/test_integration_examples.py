"""The programs in `examples` that use Jooya through other frameworks run, and print what they should."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command import run as jooya
from django_packages import has
from test_examples import EXAMPLES, run

# For each program: the package that it needs, its arguments, and a part of what it prints.
PROGRAMS = [
    (
        "langchain_retriever.py",
        "langchain_core",
        ("talks", "قنات های کویر"),
        "از روی این متن\u200cها پاسخ بده.\n[1] قنات هاي كوير (1402-07-20): ",
    ),
    (
        "llama_index_retriever.py",
        "llama_index.core",
        ("talks", "قنات های کویر"),
        "talks/1402-07-20_water.txt#1  قنات هاي كوير\n  قنات راهي است",
    ),
    (
        "hybrid_retrieval.py",
        "sklearn",
        ("talks", "قنات های کویر"),
        "بنویس.\n\n[1] «قنات هاي كوير», 1402-07-20 (2023-10-12)\nقنات راهي است براي آوردن آب",
    ),
    (
        "tfidf_neighbours.py",
        "sklearn",
        ("talks/1402-03-15_library.txt", "talks/1402-07-20_water.txt", "notes/garden.md"),
        "notes/garden.md ~ talks/1402-07-20_water.txt (0.09): اب, ابیاری, قطره",
    ),
    (
        "ir_measures_run.py",
        "ir_measures",
        ("talks", "queries.tsv", "qrels.txt", "nDCG@10", "RR"),
        "nDCG@10 0.5028\nRR 0.6250\n",
    ),
    (
        "pyterrier_experiment.py",
        "pyterrier",
        ("talks", "queries.tsv", "qrels.txt"),
        "all words      0.6250       0.5028\nfirst word      0.5833       0.5475\n",
    ),
    (
        "haystack_pipeline.py",
        "haystack-ai",
        ("books.csv", "کتاب آب", "1396"),
        "1400  b3  آب و آبادانی\n1398  b1  راهنمای باغداری\n",
    ),
    (
        "django_modelsearch.py",
        "modelsearch",
        ("books.csv", "كتابها آب", "1396"),
        "1400  b3  آب و آبادانی\n1398  b1  راهنمای باغداری\n1395: 1, 1398: 1, 1400: 1\nتاریخ کتاب در ایران\n",
    ),
    (
        "django_haystack_site.py",
        "django-haystack",
        ("books.csv", "كتابها"),
        "1398  b1  راهنمای باغداری: راهنمای باغداری\n\nاین <em>کتاب</em> روش\u200cهای",
    ),
    (
        "pandas_table.py",
        "pandas",
        ("books.csv", "کتاب آب", "تاریخ"),
        "3 new, 0 unchanged documents\n  query  rank id     jalali\nکتاب آب     1 b3 1400-06-01\n",
    ),
]


@pytest.mark.parametrize(("program", "package", "arguments", "part"), PROGRAMS, ids=[one[0] for one in PROGRAMS])
def test_program(program: str, package: str, arguments: tuple[str, ...], part: str, tmp_path: Path) -> None:
    reason = f'{package} is not installed: pip install "jooya[integrations-test]"'
    if "haystack" in package:  # two packages are imported by this name
        if not has(package):
            pytest.skip(reason)
    else:
        pytest.importorskip(package, reason=reason)
    data = shutil.copytree(EXAMPLES / "data", tmp_path / "data")
    printed = run(program, *arguments, cwd=Path(data))
    assert part in printed


@pytest.mark.parametrize(
    ("site", "package", "command", "found"),
    [
        ("sphinx_site", "sphinx", ("sphinx", "-W", ".", "site"), "prune.html#tools"),
        ("mkdocs_site", "mkdocs", ("mkdocs", "build", "--strict"), "prune/#tools"),
    ],
)
def test_site(site: str, package: str, command: tuple[str, ...], found: str, tmp_path: Path) -> None:
    pytest.importorskip(package, reason=f'{package} is not installed: pip install "jooya[integrations-test]"')
    folder = shutil.copytree(EXAMPLES / site, tmp_path / site)
    subprocess.run([sys.executable, "-m", *command], cwd=folder, check=True, capture_output=True)
    assert (folder / "site" / "index.html").is_file()
    assert jooya("search", "-i", "jooya-index", "-l", "قیچی باغبان", cwd=folder)[1] == f"{found}\n"


def test_hybrid_retrieval_with_a_model_of_the_user(tmp_path: Path) -> None:
    """A file beside the program has the model: here one that knows that a canal is water and a truck brings books."""
    pytest.importorskip("sklearn", reason='scikit-learn is not installed: pip install "jooya[integrations-test]"')
    data = shutil.copytree(EXAMPLES / "data", tmp_path / "data")
    model = (
        "def encode(texts):\n    return [[one.count('آب') + one.count('کانال'), one.count('کتاب')] for one in texts]\n"
    )
    (data / "model.py").write_text(model, encoding="utf-8")
    printed = run("hybrid_retrieval.py", "talks", "کانال", "model:encode", cwd=Path(data))
    assert printed.partition("\n\n")[2].startswith("[1] «قنات هاي كوير»")
