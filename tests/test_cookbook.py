"""The programs of the cookbook run: web pages by test clients of their frameworks, the bot with a transport of ours."""

import ast
import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jooya import Document, Index

EXAMPLES = Path(__file__).parent.parent / "examples"

HOSTILE = "<script>alert('باغ')</script>"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = Path(shutil.copytree(EXAMPLES / "data", tmp_path / "data"))
    (folder / "notes" / "x.txt").write_text(HOSTILE, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FOLDER", "notes")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    return folder


@pytest.fixture
def program(data: Path, request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    for package in request.param[1:]:
        pytest.importorskip(package)
    yield importlib.import_module(request.param[0])
    sys.modules.pop(request.param[0])


def _check_page(html: str, *, query: str) -> None:
    assert 'dir="rtl"' in html
    assert "<mark>باغ</mark>" in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert query in html


@pytest.mark.parametrize("program", [("web_fastapi", "fastapi", "httpx")], indirect=True)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_web_fastapi(program: ModuleType) -> None:
    client_module: Any = importlib.import_module("fastapi.testclient")
    with client_module.TestClient(program.app) as client:
        _check_page(client.get("/", params={"q": "باغ"}).text, query='value="باغ"')
        assert "value=&quot;" not in client.get("/", params={"q": '"><script>باغ'}).text
        assert "<script>" not in client.get("/", params={"q": '"><script>باغ'}).text
        assert client.get("/").status_code == 200
        answer = client.get("/search.json", params={"q": "باغ"}).json()
        assert {hit["document"] for hit in answer["hits"]} == {"notes/garden.md", "notes/x.txt"}
        assert client.get("/search.json", params={"q": "؟"}).status_code == 400
        assert client.get("/suggest.json", params={"q": "آبیا"}).json() == ["آبیاری"]


@pytest.mark.parametrize("program", [("web_flask", "flask")], indirect=True)
def test_web_flask(program: ModuleType) -> None:
    client = program.app.test_client()
    _check_page(client.get("/", query_string={"q": "باغ"}).text, query='value="باغ"')
    assert "<script>" not in client.get("/", query_string={"q": '"><script>باغ'}).text
    assert client.get("/search.json", query_string={"q": "باغ"}).json["total"] >= 2
    assert client.get("/search.json", query_string={"q": "؟"}).status_code == 400
    assert client.get("/", query_string={"q": "؟"}).status_code == 400


@pytest.mark.parametrize("program", [("web_django", "django")], indirect=True)
def test_web_django(program: ModuleType) -> None:
    client_module: Any = importlib.import_module("django.test")
    client = client_module.Client()
    _check_page(client.get("/", {"q": "باغ"}).content.decode(), query='value="باغ"')
    assert "<script>" not in client.get("/", {"q": '"><script>باغ'}).content.decode()
    assert client.get("/search.json", {"q": "باغ"}).json()["total"] >= 2
    assert client.get("/search.json", {"q": "؟"}).status_code == 400

    class Article:
        pk, title, text = 7, "تازه", "خبر تازه از قنات"

    program.follow(Article())
    assert [hit.document for hit in program.index.search("قنات تازه")] == ["article/7"]
    program.follow(Article(), is_deleted=True)
    assert "article/7" not in program.index
    program.index.close()


@pytest.mark.parametrize("program", [("telegram_bot",)], indirect=True)
def test_telegram_bot(program: ModuleType, tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []
    texts = ["قنات", "؟", "قنآت", "نیستدراین", "<b>"]
    waiting = [
        {"update_id": 5 + place, "message": {"chat": {"id": 1}, "text": text}} for place, text in enumerate(texts)
    ]
    waiting.append({"update_id": 20, "edited_message": {}})

    def transport(method: str, parameters: dict[str, Any]) -> Any:
        if method == "getUpdates":
            return [update for update in waiting if update["update_id"] >= parameters["offset"]]
        sent.append(parameters)
        return {}

    with Index.create(tmp_path / "bot") as index:
        index.add(Document("a", f"قنات {HOSTILE} " + "آب " * 900, title="<i>"))
        assert program.answer_messages(index, transport) == 21
        assert program.answer_messages(index, transport, 21) == 21
    assert [one["chat_id"] for one in sent] == [1] * 5
    assert sent[0]["text"].startswith("<b>&lt;i&gt;</b>\n<u>قنات</u> &lt;script&gt;")
    assert len(sent[0]["text"]) <= 4096
    assert sent[1]["text"].startswith("چند واژه")
    assert sent[3]["text"].startswith("چیزی پیدا نشد.")


def test_notebook(data: Path) -> None:
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    namespace: dict[str, Any] = {}
    shown: list[str] = []
    for cell in cells:
        if cell["cell_type"] == "code":
            *statements, last = ast.parse("".join(cell["source"])).body
            exec(compile(ast.Module(statements, []), "cell", "exec"), namespace)
            assert isinstance(last, ast.Expr)
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)
            shown.append(value._repr_html_() if hasattr(value, "_repr_html_") else repr(value))
    assert shown[0].startswith("<Index 'index': ")
    assert "<mark>آبیاری</mark>" in shown[1]
    assert shown[-2].startswith("{'قنات': ")


def test_the_programs_of_the_cookbook_are_those_that_run() -> None:
    page = (EXAMPLES.parent / "docs" / "cookbook.md").read_text(encoding="utf-8")
    tested = Path(__file__).read_text(encoding="utf-8")
    for name in ("web_fastapi.py", "web_flask.py", "web_django.py", "notebook.ipynb", "telegram_bot.py"):
        assert f"examples/{name}" in page
        assert name.rpartition(".")[0] in tested


def test_importing_the_bot_needs_no_other_package() -> None:
    code = "import sys; sys.path.insert(0, 'examples'); import telegram_bot; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=EXAMPLES.parent, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
