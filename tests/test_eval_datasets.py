"""`jooya eval ir:ID`: a dataset of ir-datasets, end to end, from files on this machine."""

import gzip
import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import run

pytest.importorskip("ir_datasets", reason='not installed: pip install "jooya[ir]"')
pytest.importorskip("pytrec_eval", reason='not installed: pip install "jooya[eval]"')

DOCUMENTS = [
    {"docid": "1#0", "title": "قنات", "text": "قنات‌های کویر آب را به دشت می‌آورند."},
    {"docid": "1#1", "title": "قنات", "text": "مقنی چاه می‌کند."},
    {"docid": "2#0", "title": "باغ", "text": "هرس درختان میوه در زمستان"},
    {"docid": "3#0", "title": "کتابخانه", "text": "كتابخانه سيار به روستا مي رود"},
    {"docid": "4#0", "title": "نان", "text": ""},
]
QUERIES = "q1\tقناتها\nq2\tدرخت میوه\nq3\tکتاب‌خانه\nq4\tموشک\n"
QRELS = "q1 0 1#1 1\nq2 0 2#0 1\nq3 0 3#0 1\nq3 0 2#0 0\nq4 0 4#0 1\n"

FIGURES = "queries  4\nMRR@10   {}\nnDCG@10  {}\nR@10     0.7500\nR@100    0.7500\nMAP      {}\n"
FOUND = FIGURES.format("0.6250", "0.6577", "0.6250")
"""The second passage of the first query is the relevant one; the document of the last one has no text."""

MISSING = "1 judged documents (4#0, for example) are not in the index: not found\n"
SKIPPED = "1 documents of miracl/fa/dev were skipped (document: the key '4#0' has no text, for example)\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with small files in the places of MIRACL's."""
    home = tmp_path / "datasets"
    folder = home / "miracl" / "v1.0" / "fa"
    (folder / "docs").mkdir(parents=True)
    (folder / "dev").mkdir()
    for number in range(5):
        lines = [json.dumps(DOCUMENTS[number], ensure_ascii=False)]
        with gzip.open(folder / "docs" / f"docs-{number}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    (folder / "dev" / "topics.tsv").write_text(QUERIES, encoding="utf-8")
    (folder / "dev" / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return home


def evaluated(home: Path, *arguments: str) -> tuple[int, str, str]:
    return run("eval", *arguments, cwd=home.parent, IR_DATASETS_HOME=str(home))


def test_a_dataset_is_indexed_and_measured(home: Path) -> None:
    assert evaluated(home, "ir:miracl/fa/dev") == (0, FOUND, SKIPPED + MISSING)
    assert [one.name for one in home.parent.iterdir()] == ["datasets"]  # the index was temporary


def test_an_index_is_kept_and_used_again(home: Path) -> None:
    assert evaluated(home, "-i", "kept/index", "ir:miracl/fa/dev") == (0, FOUND, SKIPPED + MISSING)
    assert [one.name for one in (home.parent / "kept").iterdir()] == ["index"]
    before = (home.parent / "kept" / "index" / "toc.json").read_bytes()
    assert evaluated(home, "-i", "kept/index", "ir:miracl/fa/dev") == (0, FOUND, MISSING)
    assert (home.parent / "kept" / "index" / "toc.json").read_bytes() == before
    assert "قنات" in run("search", "-i", "kept/index", "قناتها", cwd=home.parent)[1]


def test_another_index_is_left_alone(home: Path) -> None:
    (home.parent / "a.txt").write_text("باران", encoding="utf-8")
    run("index", "a.txt", cwd=home.parent)
    code, out, err = evaluated(home, "-i", "index", "ir:miracl/fa/dev")
    assert (code, out) == (2, "")
    assert err == "jooya: index has none of the documents of miracl/fa/dev: give a new folder with -i\n"


def test_measures_by_name_and_a_run(home: Path) -> None:
    options = ("-q", "--json", "--run", "run", "--measure", "P(rel=1)@1", "--measure", "AP", "ir:miracl/fa/dev")
    code, out, err = evaluated(home, *options)
    assert (code, err) == (0, "")
    assert json.loads(out) == {"queries": 4, "P(rel=1)@1": 0.5, "AP": pytest.approx(0.625)}
    lines = [line.split()[:4] for line in (home.parent / "run").read_text(encoding="utf-8").splitlines()]
    assert lines[:2] == [["q1", "Q0", "1#0", "1"], ["q1", "Q0", "1#1", "2"]]
    judged = evaluated(home, "-q", "--measure", "Judged@10", "ir:miracl/fa/dev")
    assert judged == (0, "queries   4\nJudged@10 0.6250\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ir:miracl/fa/dvv"], "ir-datasets has no dataset 'miracl/fa/dvv': did you mean miracl/fa/dev or"),
        (["ir:zzz"], "ir-datasets has no dataset 'zzz': https://ir-datasets.com lists them"),
        (["ir:miracl/fa"], "the dataset miracl/fa has no queries: take a part of it: miracl/fa/dev, miracl/fa/train"),
        (["ir:miracl/fa/test-b"], "the dataset miracl/fa/test-b has no judgements: take another one"),
        (["ir:miracl/fa/train"], "the dataset miracl/fa/train is not on disk, in {home}: let it be downloaded"),
        (["ir:miracl/fa/dev", "qrels"], "ir:miracl/fa/dev has judgements of its own: leave out qrels"),
        (["queries"], "Missing argument 'QRELS'."),
        (["--download", "queries", "qrels"], "--download is for datasets, such as ir:miracl/fa/dev"),
        (["--measure", "Nope@3", "ir:miracl/fa/dev"], "ir-measures has no measure 'Nope@3'"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(home: Path, arguments: list[str], message: str) -> None:
    code, out, err = evaluated(home, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("jooya: " + message.format(home=home))
    assert err.count("\n") == 1
    assert [one.name for one in home.parent.iterdir()] == ["datasets"]


def test_a_part_of_the_documents_is_missing(home: Path) -> None:
    (home / "miracl" / "v1.0" / "fa" / "docs" / "docs-3.jsonl.gz").unlink()
    code, out, err = evaluated(home, "-i", "new", "ir:miracl/fa/dev")
    assert (code, out) == (2, "")
    assert err == f"jooya: the dataset miracl/fa/dev is not on disk, in {home}: let it be downloaded (--download)\n"
    assert [one.name for one in home.parent.iterdir()] == ["datasets"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Serve the files of a dataset. Give its address."""
    files = tmp_path / "remote"
    files.mkdir()
    (files / "docs.tsv").write_text("d1\tقنات کویر\nd2\tباغ\n", encoding="utf-8")
    (files / "queries.tsv").write_text("q1\tقناتها\n", encoding="utf-8")
    (files / "qrels").write_text("q1 0 d1 1\n", encoding="utf-8")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, directory=str(files), **options)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


REGISTERING = """
import ir_datasets
from ir_datasets.util import Cache, Download, RequestsDownload, home_path
from ir_datasets.util.download import LocalDownload
from ir_datasets.datasets.base import Dataset
from ir_datasets.formats import TrecQrels, TsvDocs, TsvQueries

def file(name):
    return Cache(Download([RequestsDownload("{server}/" + name)]), home_path() / "garden" / name)

ir_datasets.registry.register(
    "garden", Dataset(TsvDocs(file("docs.tsv")), TsvQueries(file("queries.tsv")), TrecQrels(file("qrels"), {{}}))
)
signed = Download([LocalDownload(home_path() / "signed" / "docs.tsv", "Sign the licence.")])
ir_datasets.registry.register(
    "signed", Dataset(TsvDocs(signed), TsvQueries(file("queries.tsv")), TrecQrels(file("qrels"), {{}}))
)
"""


def test_a_registered_dataset_is_downloaded_if_asked(server: str, tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "sitecustomize.py").write_text(REGISTERING.format(server=server), encoding="utf-8")
    home = tmp_path / "home"

    def asked(*options: str, dataset: str = "ir:garden") -> tuple[int, str, str]:
        environment: dict[str, Any] = {
            "IR_DATASETS_HOME": str(home),
            "IR_DATASETS_DL_DISABLE_PBAR": "true",
            "PYTHONPATH": os.pathsep.join([str(code), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }
        return run("eval", *options, dataset, cwd=tmp_path, **environment)

    assert asked() == (
        2,
        "",
        f"jooya: the dataset garden is not on disk, in {home}: let it be downloaded (--download)\n",
    )
    assert not any(home.rglob("*.tsv"))
    code_of_exit, out, _ = asked("--download")
    assert (code_of_exit, out.splitlines()[:2]) == (0, ["queries  1", "MRR@10   1.0000"])
    assert asked()[:2] == (0, out)
    # What has to be asked for is not downloaded.
    code_of_exit, out, err = asked("--download", dataset="ir:signed")
    assert (code_of_exit, out) == (2, "")
    place = home / "signed" / "docs.tsv"
    advice = "see https://ir-datasets.com/signed.html for where it is had"
    assert err.splitlines()[-1] == f"jooya: the dataset signed is not on disk ({place}): {advice}"
