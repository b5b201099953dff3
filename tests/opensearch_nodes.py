"""Nodes of OpenSearch on this machine, for the tests, the trials of faults and the benchmarks.

The engine comes from Maven's artifacts (`tests/opensearch/pom.xml`) and runs in a process for each node.
`python tests/opensearch_nodes.py --nodes 3` starts three, says where they are, and ends with Ctrl-C.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SOURCES = Path(__file__).parent / "opensearch"
BUILD = Path(__file__).parent.parent / "build" / "opensearch"
VERSIONS = ((21, "3.9.0"), (17, "2.19.6"))  # the newest OpenSearch for a Java of at least this version
START_SECONDS = 120
MISSING = "NOT TESTED: OpenSearch, since %s: apt-get install openjdk-17-jdk-headless maven"


class NoEngine(Exception):
    """OpenSearch cannot be started here. The message says why."""


@dataclass(frozen=True)
class Java:
    """A Java development kit.

    Attributes:
        home: Its folder.
        version: Its major version.
    """

    home: Path
    version: int


@cache
def java(version: str | None = None) -> tuple[Java, str]:
    """Return the newest Java of this machine, and the version of OpenSearch to run on it.

    Args:
        version: The version of OpenSearch, if it must be a certain one. 2.x takes the oldest Java that it runs on.

    Raises:
        NoEngine: There is no Java that OpenSearch runs on.
    """
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    found = shutil.which("javac")
    homes += [Path(found).resolve().parent.parent] if found else []
    homes += sorted(Path("/usr/lib/jvm").glob("*/"))
    kits = [kit for kit in (_kit(home) for home in homes) if kit]
    for least, served in VERSIONS:
        if version is None or version.split(".")[0] == served.split(".")[0]:
            fit = sorted((kit for kit in kits if kit.version >= least), key=lambda kit: kit.version)
            if fit:
                return fit[-1 if least > 17 else 0], version or served
    raise NoEngine(f"there is no JDK for {version or 'it'} here")


def _kit(home: Path) -> Java | None:
    """Return the development kit in a folder, or None if it has no compiler, which the launcher needs."""
    try:
        release = (home / "release").read_text(encoding="utf-8")
    except OSError:
        return None
    version = re.search(r'^JAVA_VERSION="(\d+)', release, re.MULTILINE)
    return Java(home, int(version[1])) if version and (home / "bin" / "javac").exists() else None


def class_path(kit: Java, version: str) -> str:
    """Return the class path of a version of OpenSearch, which Maven brings where it is not there yet."""
    known = BUILD / f"{version}.classpath"
    if known.exists() and known.stat().st_mtime > max(path.stat().st_mtime for path in SOURCES.iterdir()):
        paths = known.read_text(encoding="utf-8")
        if all(Path(path).exists() for path in paths.split(os.pathsep)):
            return paths
    if shutil.which("mvn") is None:
        raise NoEngine("there is no Maven here")
    classes, found = BUILD / version, BUILD / f"{version}.maven"
    classes.mkdir(parents=True, exist_ok=True)
    command = ["mvn", "--quiet", "--batch-mode", "--file", str(SOURCES / "pom.xml"), "dependency:build-classpath"]
    command += [f"-Dopensearch.version={version}", f"-Dmdep.outputFile={found}"]
    environment = os.environ | {"JAVA_HOME": str(kit.home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "[ERROR]" in line] or [done.stderr.strip()[-300:]]
        raise NoEngine(f"Maven does not bring it ({lines[0]})")
    paths = f"{classes}{os.pathsep}{found.read_text(encoding='utf-8')}"
    compiler = [str(kit.home / "bin" / "javac"), "--class-path", paths, "-d", str(classes), str(SOURCES / "Node.java")]
    subprocess.run(compiler, check=True, capture_output=True, timeout=120)
    known.write_text(paths, encoding="utf-8")
    return paths


@dataclass
class Node:
    """A node of OpenSearch in a process of its own.

    Attributes:
        name: Its name in the cluster.
        port: Its port for HTTP.
        transport: Its port for other nodes.
        folder: Its data, configuration and log.
    """

    name: str
    port: int
    transport: int
    folder: Path
    _command: list[str] = field(default_factory=list)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """The address of the node."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The id of the process, or None if it is not running."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the process. It has its data of the last time."""
        config = self.folder / "config"
        config.mkdir(parents=True, exist_ok=True)
        shutil.copy(SOURCES / "log4j2.properties", config)
        with (self.folder / "log").open("ab") as log:
            # A group of its own, so that an interrupt of the terminal reaches it by its owner alone.
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def await_start(self, nodes: int = 1) -> None:
        """Wait until the node answers, and knows as many nodes."""
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                if int(self.get("/_cluster/health")["number_of_nodes"]) >= nodes:  # type: ignore[call-overload]
                    return
            except (OSError, ValueError, KeyError):
                pass  # not yet
            if self.pid is None or time.monotonic() > until:
                text = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"{self.name} of OpenSearch does not start: {text[-2000:]}")
            time.sleep(0.1)

    def get(self, path: str) -> dict[str, object]:
        """Return what the node answers to a GET, with plain means that depend on nothing that is tested."""
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            content: dict[str, object] = json.load(answer)
            return content

    def kill(self) -> None:
        """Kill the process without warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Have the node shut down in order."""
        self._end(signal.SIGTERM)

    def leave(self) -> None:
        """Leave the process to its owner: nothing here waits for its end, and Python need not warn of that."""
        assert self._process is not None
        self._process.returncode = 0
        self._process = None

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def prepared(
    folder: Path,
    *,
    nodes: int = 1,
    port: int | None = None,
    version: str | None = None,
    memory: str = "512m",
    owner: int | None = None,
    quick: bool = True,
) -> list[Node]:
    """Return nodes of one cluster, ready to be started.

    Args:
        folder: A folder for their data.
        nodes: How many there are.
        port: The port of the first for HTTP; the others have the next ones. None: free ones.
        version: The version of OpenSearch. None: the newest for the Java of this machine.
        memory: The heap of each, as Java's `-Xmx` takes it.
        owner: The process with which they end. None: this one.
        quick: They start in half of the time, and are slower after that: Java compiles less.

    Raises:
        NoEngine: OpenSearch cannot be started here.
    """
    kit, version = java(version)
    paths = class_path(kit, version)
    ports = _free_ports(2 * nodes)
    if port is not None:
        ports[:nodes] = range(port, port + nodes)
    members = [Node(f"node-{i + 1}", ports[i], ports[nodes + i], folder / f"node-{i + 1}") for i in range(nodes)]
    together = {"discovery.type": "single-node"}
    if nodes > 1:
        together = {
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{member.transport}" for member in members),
            "cluster.initial_cluster_manager_nodes": ",".join(member.name for member in members),
        }
    for member in members:
        settings = together | {
            "cluster.name": "jooya-tests",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "http.port": str(member.port),
            "network.host": "127.0.0.1",
            "node.name": member.name,
            "transport.port": str(member.transport),
        }
        command = [str(kit.home / "bin" / "java"), f"-Xms{memory}", f"-Xmx{memory}"]
        command += ["--enable-native-access=ALL-UNNAMED"] if kit.version >= 21 else []
        command += ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] if quick else []
        command += ["--class-path", paths, "Node", str(owner or os.getpid()), str(member.folder)]
        member._command = command + [f"{name}={value}" for name, value in settings.items()]
    return members


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(s.getsockname()[1]) for s in sockets]
    for s in sockets:
        s.close()
    return ports


@contextmanager
def running(
    *,
    nodes: int = 1,
    port: int | None = None,
    version: str | None = None,
    memory: str = "512m",
    quick: bool = True,
) -> Iterator[list[Node]]:
    """Give the body of a `with` statement a running cluster, which leaves nothing behind.

    Args:
        nodes: How many nodes it has.
        port: See `prepared`.
        version: See `prepared`.
        memory: See `prepared`.
        quick: See `prepared`.

    Raises:
        NoEngine: OpenSearch cannot be started here.
    """
    with tempfile.TemporaryDirectory(prefix="jooya-opensearch-", ignore_cleanup_errors=True) as folder:
        members = prepared(Path(folder), nodes=nodes, port=port, version=version, memory=memory, quick=quick)
        try:
            for member in members:
                member.start()
            for member in members:
                member.await_start(nodes)
            yield members
        finally:
            for member in members:
                member.kill()


def start_one(folder: Path, owner: int, version: str | None = None) -> str:
    """Start a node and return its address, or the reason why there is none here.

    Args:
        folder: A folder for its data.
        owner: The process with which it ends.
        version: See `prepared`.
    """
    try:
        (node,) = prepared(folder, owner=owner, version=version)
    except NoEngine as error:
        return str(error)
    node.start()
    node.await_start()
    node.leave()
    return node.url


def delete_indexes(address: str, pattern: str) -> None:
    """Delete the indexes whose names fit a pattern, by plain means that depend on nothing that is tested."""
    with urllib.request.urlopen(f"{address}/_cat/indices/{pattern}?h=index&expand_wildcards=all", timeout=30) as answer:
        names = answer.read().decode().split()
    for name in names:
        request = urllib.request.Request(f"{address}/{urllib.parse.quote(name)}", method="DELETE")
        urllib.request.urlopen(request, timeout=30).close()


def check(version: str | None = None) -> None:
    """Bring what a node needs.

    Raises:
        NoEngine: It cannot be had.
    """
    class_path(*java(version))


def main() -> None:
    """Start nodes, say where they are, and wait for an interrupt."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--check", action="store_true", help="bring what a node needs, and start none")
    parser.add_argument("--port", type=int, default=9200, help="the port of the first node (default 9200)")
    parser.add_argument("--memory", default="512m", help="the heap of each node (default 512m)")
    parser.add_argument("--opensearch", help="its version, such as 2.19.6")
    options = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        if options.check:
            check(options.opensearch)
            return
        with running(
            nodes=options.nodes, port=options.port, version=options.opensearch, memory=options.memory, quick=False
        ) as nodes:
            version = nodes[0].get("/")["version"]
            print(f"OpenSearch {version['number']} at " + ", ".join(node.url for node in nodes), flush=True)  # type: ignore[index]
            ended.wait()
    except NoEngine as error:
        sys.exit(MISSING % error)


if __name__ == "__main__":
    main()
