"""End-to-end tests of `jooya serve`: a process, real connections, and clients that are slow, broken or hostile."""

import json
import os
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from command import run
from conftest import TRANSCRIPT
from server_process import RunningServer, running_server

from jooya import Document, Index

QUERY = f"/api/search?q={quote('سرزمین های اشغالی')}&limit=3"
PATIENCE = 1.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    (folder / "talks").mkdir()
    (folder / "talks" / "transcript.txt").write_bytes(TRANSCRIPT.read_bytes())
    assert run("index", "talks", cwd=folder)[0] == 0
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[RunningServer]:
    options = ("--patience", str(PATIENCE), "--max-body", "1", "--writable", "--token", "secret", "--public-read")
    with running_server(folder, *options) as started:
        yield started


def get(server: RunningServer, address: str = QUERY) -> bytes:
    with urlopen(server.url + address, timeout=20) as answer:
        body: bytes = answer.read()
        return body


def test_the_server_answers_as_the_command_line_does(folder: Path, server: RunningServer) -> None:
    printed = run("search", "--format", "json", "-k", "3", "سرزمین های اشغالی", cwd=folder)[1]
    assert json.loads(get(server)) == json.loads(printed)


def test_new_commits_are_seen_at_once(folder: Path, server: RunningServer) -> None:
    with Index.open(folder / "index") as index:
        index.add(Document("new", "زعفران", whole=True))
    found = json.loads(get(server, f"/api/search?q={quote('زعفران')}"))
    assert [hit["id"] for hit in found["hits"]] == ["new"]
    request = Request(server.url + "/api/documents/new", method="DELETE", headers={"Authorization": "Bearer secret"})
    with urlopen(request, timeout=20) as answer:
        assert json.load(answer)["removed"] == ["new"]
    with Index.open(folder / "index") as index:
        assert "new" not in index


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_in_order(folder: Path, how: signal.Signals) -> None:
    with running_server(folder) as started, started.connect() as idle:  # an open connection does not keep it
        idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        get(started)
        started.process.send_signal(how)
        assert started.process.wait(15) == (0 if how == signal.SIGINT else -signal.SIGTERM)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["-i", "nothing"], "no index at nothing"),
        (["--host", "0.0.0.0"], "--token"),
        (["--writable"], "--token"),
        (["--host", "203.0.113.9", "--public-read"], "choose another --host or --port"),
        (["--port", "70000"], "from 0 to 65535"),
        (["--limit", "words=x"], "'words=x' is not NAME=N"),
    ],
)
def test_a_server_that_cannot_be_started_says_why(folder: Path, options: list[str], word: str) -> None:
    code, _, error = run("serve", *options, cwd=folder)
    assert code == 2
    assert word in error
    assert error.count("\n") == 1


def test_a_port_that_is_taken_is_named(folder: Path, server: RunningServer) -> None:
    code, _, error = run("serve", "--port", str(server.port), cwd=folder)
    assert (code, f"port {server.port}" in error, "--port" in error) == (2, True, True)


def test_a_token_in_the_environment_is_taken(folder: Path) -> None:
    with running_server(folder, JOOYA_TOKEN="secret") as started, pytest.raises(HTTPError) as refused:
        get(started)
    with refused.value as answer:
        assert answer.code == 401


def test_the_package_that_is_missing_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'uvicorn' else find(name, *rest)\n"
    )
    paths = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    code, _, error = run("serve", cwd=folder, PYTHONPATH=paths)
    assert (code, "pip install 'jooya[server]'" in error) == (2, True)


def answer_of(connection: socket.socket) -> bytes:
    """Return all that comes until the other end closes the connection."""
    received = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            received += part
    return received


HEAD = b"GET /api/status HTTP/1.1\r\nHost: localhost\r\n"

BROKEN = [
    b"\r\n" * 50_000,
    b"GET\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00" + b"\xff" * 200,
    b"GET /api/status HTTP/9.9\r\n\r\n",
    b"GET " + b"/a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"GET /api/status HTTP/1.1\r\nConnection: close\r\n\r\n",
    HEAD + b"Connection: close\r\nHost: evil.example\r\n\r\n",
    HEAD + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
    HEAD + b"".join(b"X-%d: x\r\n" % number for number in range(20_000)) + b"\r\n",
    HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
    HEAD + b" folded\r\nX : y\r\n\r\n",
    HEAD + b"X: a\x00b\r\n\r\n",
    b"GET /api/status\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


@pytest.mark.parametrize("sent", BROKEN, ids=range(len(BROKEN)))
def test_broken_requests_end_with_their_connection(server: RunningServer, sent: bytes) -> None:
    with server.connect() as connection:
        with suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(sent)
        received = answer_of(connection)
    assert received == b"" or received.split()[1] in (b"400", b"421", b"431", b"200")
    assert b"Traceback" not in received
    assert json.loads(get(server))["total"]


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /api/sta", HEAD, HEAD.replace(b"GET", b"PUT") + b"Content-Length: 100\r\n\r\n{"],
    ids=["nothing", "line", "head", "body"],
)
def test_a_client_that_waits_loses_its_connection(server: RunningServer, sent: bytes) -> None:
    began = time.monotonic()
    with server.connect() as connection:
        if sent:
            connection.sendall(sent)
        answer_of(connection)
    assert time.monotonic() - began < PATIENCE + 6


def test_a_client_that_trickles_loses_its_connection(server: RunningServer) -> None:
    began = time.monotonic()
    with server.connect() as connection, pytest.raises((ConnectionError, TimeoutError)):
        connection.sendall(HEAD)
        while time.monotonic() - began < 15:
            connection.sendall(b"X-A: b\r\n")
            time.sleep(0.1)
        raise TimeoutError("the connection is still there")
    assert time.monotonic() - began < PATIENCE + 5


def test_a_client_that_does_not_read_loses_its_connection(folder: Path) -> None:
    with Index.create(folder / "large" / "index") as index:
        index.add([Document(f"d{number}", "برف و باران " * 2_000, whole=True) for number in range(200)])
    with running_server(folder / "large", "--patience", "1") as started, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", started.port))
        connection.sendall(b"GET /api/export HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(PATIENCE + 4)
        connection.settimeout(20)
        assert not answer_of(connection).endswith(b"0\r\n\r\n")
        assert get(started, "/health") == b"ok\n"


def test_many_slow_clients_do_not_hinder_others(server: RunningServer) -> None:
    slow = []
    try:
        for number in range(1_200):
            connection = server.connect()
            connection.sendall(HEAD[: number % len(HEAD)])
            slow.append(connection)
            if number % 3 == 0:  # some vanish with a reset
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                slow.pop().close()
            if number % 200 == 0:
                began = time.monotonic()
                assert json.loads(get(server))["total"]
                assert time.monotonic() - began < 2
    finally:
        for connection in slow:
            connection.close()
    assert json.loads(get(server))["total"]


def children(process: int) -> set[int]:
    return set(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not name the children of a process")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_several_processes_answer_and_end_together(folder: Path, how: signal.Signals) -> None:
    with running_server(folder, "--processes", "2") as started:
        first = started.process.pid
        wait_for(lambda: len(children(first)) == 2)
        workers = children(first)
        for _ in range(10):
            assert json.loads(get(started))["total"]
        time.sleep(2.1)  # a process that ends sooner is not started again
        os.kill(min(workers), signal.SIGKILL)
        wait_for(lambda: len(children(first) - {min(workers)}) == 2)
        for _ in range(10):
            assert json.loads(get(started))["total"]
        workers |= children(first)
        started.process.send_signal(how)
        assert started.process.wait(15) == 0
        assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]


def test_numbers_of_several_processes_are_refused(folder: Path) -> None:
    code, _, error = run("serve", "--processes", "2", "--metrics", cwd=folder)
    assert (code, "leave out --metrics, or --processes" in error) == (2, True)
