"""Tests of the tools for agents, by the client of the protocol's own library: in the process, over stdio and HTTP."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from command import JOOYA, run
from conftest import TRANSCRIPT
from index_maker import MakeIndex
from mcp import Client, MCPError, StdioServerParameters
from server_client import TOKEN, served_index
from server_process import running_server

from jooya import Document, Index
from jooya.indexer.server.endpoint import Served
from jooya.indexer.server.mcp_results import within_budget
from jooya.indexer.server.mcp_server import mcp_server, resource_address
from jooya.indexer.server.server_settings import ServerSettings
from jooya.indexer.server.worker_threads import WorkerThreads

TOOLS = ["search", "context", "get_passage", "get_document", "similar", "list_documents", "suggest", "status"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex) -> Iterator[Index]:
    with served_index(tmp_path_factory.mktemp("served"), make_index) as opened:
        yield opened


def with_client(server: Any, work: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run_work() -> Any:
        async with Client(server) as client:
            try:
                return await work(client)
            except MCPError as error:  # within the block, it would become a group of errors
                failed = error
        raise failed

    return asyncio.run(run_work())


def in_process(index: Index) -> Any:
    return mcp_server(Served(index, ServerSettings()), WorkerThreads(2, 10))


def call(server: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    """Call a tool, which succeeds, and return its answer."""
    answer = with_client(server, lambda client: client.call_tool(tool, arguments))
    assert not answer.is_error, answer.content
    assert json.loads(answer.content[0].text) == answer.structured_content
    found: dict[str, Any] = answer.structured_content
    return found


def refused(server: Any, tool: str, **arguments: Any) -> str:
    """Call a tool, which refuses, and return what it says."""
    answer = with_client(server, lambda client: client.call_tool(tool, arguments))
    assert answer.is_error
    text: str = answer.content[0].text
    return text


def test_the_tools_and_the_instructions(index: Index) -> None:
    async def ask(client: Client) -> tuple[Any, Any]:
        return client.instructions, (await client.list_tools()).tools

    instructions, tools = with_client(in_process(index), ask)
    assert '"exact phrase"' in instructions
    assert [tool.name for tool in tools] == TOOLS
    for tool in tools:
        assert tool.input_schema["additionalProperties"] is False
        assert all(one["description"] for one in tool.input_schema["properties"].values())
        assert tool.annotations.read_only_hint is True


def test_a_search_has_citations(index: Index) -> None:
    found = call(in_process(index), "search", q="سرزمين آب", limit=1, facet=["year"], where=["year:1385"])
    assert (found["query"], found["total"]) == ("سرزمين آب", 1)
    assert found["facets"]["year"] == [{"value": 1385, "count": 1}]
    hit = found["hits"][0]
    assert hit["citation"] == "«خاک», 1385-02-11 (2006-05-01)"
    assert (hit["id"], hit["document"]) == ("آب/دو.txt#1", "آب/دو.txt")
    assert hit["text"] == "سرزمين‌هاي ما آب و خاک دارند."


def test_a_context_has_numbered_sources(index: Index) -> None:
    server = in_process(index)
    found = call(server, "context", question='سرزمين "آب"؟', max_tokens=200, where=["year:1385"])
    text = "[1] «خاک», 1385-02-11 (2006-05-01)\nسرزمين\u200cهاي ما آب و خاک دارند."
    assert found["text"] == text
    assert found["sources"] == [
        {
            "number": 1,
            "document": "آب/دو.txt",
            "citation": "«خاک», 1385-02-11 (2006-05-01)",
            "start": 0,
            "end": len(text.partition("\n")[2]),
            "passages": ["آب/دو.txt#1"],
        }
    ]
    assert "order" in refused(server, "context", question="آب", order="date")


def test_corrections_and_other_queries_are_told(index: Index) -> None:
    found = call(in_process(index), "search", q="کوهستانن")
    assert found.get("corrected_query", found.get("did_you_mean")) in ("کوهستان", ["کوهستان"])


def test_reading_on(index: Index) -> None:
    server = in_process(index)
    stored = index.get("آب/یک.txt")
    assert stored is not None
    one, two = stored.passages[:2]
    found = call(server, "get_passage", id=one.id)
    assert (found["text"], [after["id"] for after in found["after"]]) == (one.text, [two.id])
    first = call(server, "get_document", key="آب/یک.txt", max_tokens=100)
    assert [shown["id"] for shown in first["passages"]] == [one.id]
    assert first["more"] == "ask again with from=2"
    rest = call(server, "get_document", key="آب/یک.txt", **{"from": 2})
    assert [shown["id"] for shown in rest["passages"]] == [later.id for later in stored.passages[1:]]
    assert "more" not in rest


def test_the_other_tools(index: Index) -> None:
    server = in_process(index)
    known = index.search("خاک").hits[0].id
    similar = call(server, "similar", id=known)
    assert [hit["id"] for hit in similar["hits"]] == [hit.id for hit in index.similar(known)]
    listed = call(server, "list_documents", limit=2)
    assert [one["document"] for one in listed["documents"]] == ["../up", "آب/دو.txt"]
    assert listed["more"] == "ask again with from=3"
    assert call(server, "suggest", q="کوه") == {"suggestions": ["کوهستان"]}
    assert call(server, "status")["documents"] == 4


@pytest.mark.parametrize(
    ("tool", "arguments", "word"),
    [
        ("search", {}, "q is missing"),
        ("search", {"q": "آب", "query": "x"}, "no parameter 'query'"),
        ("search", {"q": ["آب"]}, "q has"),
        ("search", {"q": "آب", "limit": "x"}, "limit has 'x'"),
        ("search", {"q": "آب", "limit": 101}, "from 0 to 100"),
        ("search", {"q": "آب", "where": [5]}, "where has"),
        ("search", {"q": "آب", "where": ["none:x"]}, "no field 'none'"),
        ("search", {"q": "+"}, "nothing to search for"),
        ("get_passage", {"id": "none"}, "no passage 'none'"),
        ("get_document", {"key": "none"}, "no document 'none'"),
        ("similar", {"id": "none"}, "no passage 'none'"),
        ("status", {"x": 1}, "no parameter 'x'"),
    ],
)
def test_what_is_wrong_is_told_with_the_fix(index: Index, tool: str, arguments: dict[str, Any], word: str) -> None:
    text = refused(in_process(index), tool, **arguments)
    assert word in text
    assert str(index.path) not in text


def test_unknown_tools_are_refused(index: Index) -> None:
    with pytest.raises(MCPError, match="no tool 'delete'"):
        with_client(in_process(index), lambda client: client.call_tool("delete", {}))


def test_a_budget_of_tokens(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add([Document(f"d{number}", f"برف {number} " * 60, whole=True) for number in range(20)])
        server = in_process(index)
        found = call(server, "search", q="برف", limit=20, max_tokens=1_000)
        assert 0 < len(found["hits"]) < 20
        assert len(json.dumps(found["hits"], ensure_ascii=False)) <= 2_600
        again = call(server, "search", q="برف", limit=20, **{"from": len(found["hits"]) + 1})
        assert again["hits"][0]["rank"] == len(found["hits"]) + 1
        assert f"from={len(found['hits']) + 1}" in found["more"]
    assert within_budget([{"text": "x" * 10_000}, {"text": "y"}], 100) == [{"text": "x" * 10_000}]


def test_passages_are_resources(index: Index) -> None:
    known = "آب/دو.txt#1"

    async def ask(client: Client) -> tuple[Any, Any]:
        templates = (await client.list_resource_templates()).resource_templates
        return templates, await client.read_resource(resource_address(known))

    templates, read = with_client(in_process(index), ask)
    assert [one.uri_template for one in templates] == ["jooya://passage/{id}"]
    assert read.contents[0].text == "«خاک», 1385-02-11 (2006-05-01)\n\nسرزمين‌هاي ما آب و خاک دارند."


@pytest.mark.parametrize("wrong", ["jooya://passage/none", "file:///etc/passwd", "jooya://passage/"])
def test_there_are_no_other_resources(index: Index, wrong: str) -> None:
    with pytest.raises(MCPError):
        with_client(in_process(index), lambda client: client.read_resource(wrong))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("talks")
    (folder / "transcript.txt").write_bytes(TRANSCRIPT.read_bytes())
    assert run("index", "transcript.txt", cwd=folder)[0] == 0
    return folder


def searched(server: Any) -> list[str]:
    return [hit["id"] for hit in call(server, "search", q="سرزمین های اشغالی", limit=2)["hits"]]


FOUND = ["transcript.txt#6", "transcript.txt#7"]


def test_over_stdin_and_stdout(folder: Path) -> None:
    path = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
    assert searched(StdioServerParameters(command=str(JOOYA), args=["mcp"], cwd=folder, env=path)) == FOUND


def test_over_http(folder: Path) -> None:
    with running_server(folder, "--mcp") as started:
        assert searched(f"{started.url}/mcp") == FOUND
        answer = httpx.get(f"{started.url}/api/search?q={quote('اشغالی')}")
        assert answer.status_code == 200
        rebound = httpx.post(f"{started.url}/mcp", json={}, headers={"Host": "evil.example"})
        assert rebound.status_code == 421


def test_the_token_is_asked_for_over_http(folder: Path) -> None:
    with running_server(folder, "--mcp", "--token", TOKEN) as started:
        assert httpx.post(f"{started.url}/mcp", json={}).status_code == 401


def test_a_command_without_an_index_says_so(tmp_path: Path) -> None:
    code, printed, error = run("mcp", "-i", "nothing", cwd=tmp_path)
    assert (code, printed) == (2, "")
    assert "no index at nothing" in error
