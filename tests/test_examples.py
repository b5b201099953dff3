"""The programs in `examples` run, and print what they should."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "data", tmp_path / "data"))


def run(program: str, *arguments: str, cwd: Path, stdin: str = "") -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / program, *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_search_folder(data: Path) -> None:
    first = run("search_folder.py", "talks", "قنات های کویر", cwd=data)
    assert first.startswith("3 new, 0 updated, 0 unchanged documents\n1 passages\n1. قنات هاي كوير (talks/1402-07-20_")
    assert run("search_folder.py", "talks", "قنات", cwd=data).startswith("0 new, 0 updated, 3 unchanged documents\n")


def test_csv_records(data: Path) -> None:
    printed = run("csv_records.py", "books.csv", "کتاب آب", cwd=data)
    assert printed.splitlines() == [
        "1400-06-01  books/b3  آب و آبادانی",
        "1398-02-10  books/b1  راهنمای باغداری",
        "1395-11-05  books/b2  تاریخ کتاب در ایران",
    ]


def test_highlights_html(data: Path) -> None:
    (data / "notes" / "x.txt").write_text("<b>آبیاری & باغ</b>", encoding="utf-8")
    printed = run("highlights_html.py", "notes", "آبیاری", cwd=data)
    assert "&lt;b&gt;<mark>آبیاری</mark> &amp; باغ&lt;/b&gt;" in printed
    assert printed.count("<article") == 2


def test_search_box(data: Path) -> None:
    printed = run("search_box.py", "talks", cwd=data, stdin="آبیا\nکتابخانخ\n؟\n\nقنات\n").splitlines()
    assert printed[0] == "completions: آبیاری"
    assert "did you mean: کتابخانهٔ" in printed
    assert any("nothing to search for" in line for line in printed)
    assert not any("water" in line for line in printed[-1:])


def test_watch_folder(data: Path) -> None:
    with subprocess.Popen(
        [sys.executable, EXAMPLES / "watch_folder.py", "talks"],
        cwd=data,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "3 new, 0 updated, 0 removed documents\n"
        time.sleep(0.1)
        (data / "talks" / "new.txt").write_text("باران", encoding="utf-8")
        assert process.stdout.readline() == "1 new, 0 updated, 0 removed documents\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def test_evaluate(data: Path) -> None:
    printed = run("evaluate.py", "talks", "queries.tsv", "qrels.txt", cwd=data).splitlines()
    assert "q3: first right passage at rank 1" in printed
    assert re.fullmatch(r"MRR@10 0\.\d{4}", printed[-1])


def test_whoosh_schema(data: Path) -> None:
    assert run("whoosh_schema.py", "سبزیها AND گوشت", cwd=data) == "قورمه‌سبزی: 320\n"
    assert run("whoosh_schema.py", "سبزی", cwd=data).count("\n") == 2


def test_the_nodes_of_opensearch_know_one_another() -> None:
    """Read the file for Docker, which does not run here."""
    services = yaml.safe_load((EXAMPLES / "opensearch" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert len(services) == 3
    for name, service in services.items():
        environment = service["environment"]
        assert environment["node.name"] == name
        for setting in ("discovery.seed_hosts", "cluster.initial_cluster_manager_nodes"):
            assert environment[setting].split(",") == list(services)
        # The nodes ask for no password, so nobody else may reach them.
        assert environment["DISABLE_SECURITY_PLUGIN"] == "true"
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    ports = [port.split(":")[1] for service in services.values() for port in service["ports"]]
    address = "http://" + ",".join(f"127.0.0.1:{port}" for port in ports) + "/talks"
    assert f"-i {address} " in (EXAMPLES / "opensearch" / "compose.yaml").read_text(encoding="utf-8")
    page = (EXAMPLES.parent / "docs" / "beyond-one-machine.md").read_text(encoding="utf-8")
    assert f"`{address}`" in page


def test_every_example_is_tested_and_in_the_readme() -> None:
    folder = Path(__file__).parent
    files = (Path(__file__), folder / "test_cookbook.py", folder / "test_integration_examples.py")
    tests = "".join(file.read_text(encoding="utf-8") for file in files)
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    programs = [program.name for program in EXAMPLES.glob("*.py")]
    assert [name for name in programs if f'"{name}"' not in tests or f"({name})" not in readme] == []
