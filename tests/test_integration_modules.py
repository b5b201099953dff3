"""The adapters as a whole: what imports them, and what they say where their framework is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "indexer" / "integrations"
FRAMEWORKS = (
    "datasets",
    "django",
    "docutils",
    "haystack",
    "ir_datasets",
    "ir_measures",
    "langchain_core",
    "llama_index",
    "mkdocs",
    "modelsearch",
    "pandas",
    "polars",
    "pyterrier",
    "sklearn",
    "spacy",
    "sphinx",
)


def ran(code: str) -> str:
    """Return what a program prints in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    return done.stdout


@pytest.mark.parametrize(
    ("module", "package", "message"),
    [
        (
            "langchain",
            "langchain_core",
            'the adapter to LangChain needs langchain_core, which is not installed: pip install "jooya[langchain]"',
        ),
        (
            "llama_index",
            "llama_index",
            'the adapter to LlamaIndex needs llama_index, which is not installed: pip install "jooya[llama-index]"',
        ),
        (
            "haystack",
            "haystack",
            'the adapter to Haystack needs haystack, which is not installed: pip install "jooya[haystack]"',
        ),
        (
            "pyterrier",
            "pyterrier",
            'the adapter to PyTerrier needs pyterrier, which is not installed: pip install "jooya[pyterrier]"',
        ),
        (
            "sphinx",
            "docutils",
            'the adapter to Sphinx needs docutils, which is not installed: pip install "jooya[sphinx]"',
        ),
        (
            "mkdocs",
            "mkdocs",
            'the adapter to MkDocs needs mkdocs, which is not installed: pip install "jooya[mkdocs]"',
        ),
        (
            "modelsearch",
            "modelsearch",
            'the adapter to modelsearch needs modelsearch, which is not installed: pip install "jooya[django]"',
        ),
        (
            "django_haystack",
            "haystack",
            "the adapter to django-haystack needs haystack, which is not installed: pip install "
            '"jooya[django-haystack]"',
        ),
    ],
)
def test_a_framework_that_is_missing_is_named_with_its_extra(module: str, package: str, message: str) -> None:
    code = f"""
import sys
sys.modules[{package!r}] = None
try:
    import jooya.indexer.integrations.{module}
except ImportError as error:
    print(type(error).__name__, error)
"""
    assert ran(code) == f"MissingPackage {message}\n"


def test_a_search_imports_no_framework(tmp_path: Path) -> None:
    code = f"""
import sys
from jooya import Document, Index
with Index.create({str(tmp_path / "index")!r}) as index:
    index.add(Document("a", "باران"))
    index.search("باران").to_dict()
print([name for name in sys.modules if name in {FRAMEWORKS!r} or "integrations" in name])
"""
    assert ran(code) == "[]\n"


@pytest.mark.parametrize(
    "module",
    [
        "html_sections",
        "ir_evaluation",
        "local_datasets",
        "query_text",
        "scikit_learn",
        "search_page",
        "shared_index",
        "site_index",
        "spacy_words",
        "tables",
    ],
)
def test_these_modules_need_no_framework(module: str) -> None:
    code = f"""
import sys
import jooya.indexer.integrations.{module}
print([name for name in sys.modules if name in {FRAMEWORKS!r}])
"""
    assert ran(code) == "[]\n"
