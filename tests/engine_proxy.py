"""A proxy in front of OpenSearch that refuses, delays, cuts and lies as it is told, and one with TLS and secrets."""

import datetime
import http.client
import ipaddress
import json
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Change = Callable[[dict[str, Any]], object]
"""A change of an answer: a lie about it, in place or as a new object."""


Rewriting = Callable[[str, bytes], tuple[str, bytes]]
"""A change of a request: it takes path and body, and returns those that are passed on."""


class Fault(NamedTuple):
    """An action of the proxy upon a request, instead of passing it on.

    Attributes:
        status: Answer with this status, and pass nothing on.
        delay: Wait for so many seconds first.
        cut: `"before"` closes the connection before the request is passed on, `"after"` before its answer is sent, and
            `"amid"` in the middle of the answer.
        body: Answer with this text in place of what OpenSearch answers.
        change: Answer with what this makes of the answer.
    """

    status: int = 0
    delay: float = 0
    cut: str = ""
    body: str | None = None
    change: Change | None = None


@dataclass
class EngineProxy:
    """A proxy that runs.

    Attributes:
        url: Its address.
        faults: What it does with the next requests, one for each; after that it passes on what comes.
        always: What it does with every request while this is set.
        rewrite: Changes each request before it is passed on, while this is set.
        requests: The requests so far: method, path, and headers with names in small letters.
    """

    url: str
    faults: deque[Fault] = field(default_factory=deque)
    always: Fault | None = None
    rewrite: Rewriting | None = None
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def do(self, *faults: Fault) -> None:
        """Have the next requests meet these faults, and forget the requests so far."""
        self.faults.extend(faults)
        self.requests.clear()


class Authority(NamedTuple):
    """The files of an authority that nobody knows, with a certificate of 127.0.0.1 that it signed.

    Attributes:
        certificate: The authority's own certificate.
        server: Certificate and key of the server.
    """

    certificate: Path
    server: Path


@contextmanager
def proxied(
    engine: str, *, authority: Authority | None = None, authorization: str | None = None
) -> Iterator[EngineProxy]:
    """Give the body of a `with` statement a proxy in front of OpenSearch.

    Args:
        engine: The address of OpenSearch.
        authority: The proxy speaks TLS with this server's certificate.
        authorization: The header that requests must have.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer in one piece, not headers first

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            proxy.requests.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
            fault = proxy.always or (proxy.faults.popleft() if proxy.faults else Fault())
            time.sleep(fault.delay)
            if fault.cut == "before":
                self.close_connection = True
            elif authorization is not None and self.headers.get("authorization") != authorization:
                self._answer(401, b'{"error": "no"}')
            elif fault.status:
                kind = {"type": "some_exception", "reason": f"status {fault.status}"}
                self._answer(fault.status, json.dumps({"error": kind, "status": fault.status}).encode())
            else:
                self._pass_on(body, fault)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle

        def _pass_on(self, body: bytes, fault: Fault) -> None:
            connection = http.client.HTTPConnection(urlsplit(engine).netloc, timeout=60)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            path = self.path
            if proxy.rewrite is not None:
                path, body = proxy.rewrite(path, body)
                headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
            connection.request(self.command, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            if fault.body is not None:
                content = fault.body.encode()
            elif fault.change is not None:
                value = json.loads(content)
                changed = fault.change(value)
                content = json.dumps(value if changed is None else changed).encode()
            if fault.cut == "after":
                self.close_connection = True
            else:
                self._answer(answer.status, content, amid=fault.cut == "amid")

        def _answer(self, status: int, content: bytes, amid: bool = False) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if amid else content)
            self.close_connection = self.close_connection or amid

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of clients who went away."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if authority is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(authority.server)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        proxy = EngineProxy(f"{'http' if authority is None else 'https'}://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


class StaleCopy:
    """A copy of all shards that shows an index as it was when this was made, until a refresh reaches it.

    It is a view of the real engine, a point in time, from which it answers searches in place of what they ask.

    Attributes:
        is_stale: True while it shows the index as it was.
    """

    def __init__(self, engine: str, index: str, *, missed: int = 0) -> None:
        """Keep the present view of an index.

        Args:
            engine: The address of OpenSearch.
            index: The name of the index.
            missed: The number of refreshes that do not reach the copy.
        """
        self._index = index
        self._missed = missed
        self.is_stale = True
        connection = http.client.HTTPConnection(urlsplit(engine).netloc, timeout=60)
        connection.request("POST", f"/{index}/_search/point_in_time?keep_alive=5m")
        self._view = {"id": json.loads(connection.getresponse().read())["pit_id"]}
        connection.close()

    def rewrite(self, path: str, body: bytes) -> tuple[str, bytes]:
        """Return the request that the copy answers in place of one."""
        if path.startswith(f"/{self._index}/_refresh"):
            self.is_stale = self.is_stale and self._missed > 0
            self._missed -= 1
        if not self.is_stale:
            return path, body
        if path.startswith(f"/{self._index}/_search?"):
            return path.removeprefix(f"/{self._index}"), self._of_view(body)
        if path.startswith(f"/{self._index}/_msearch"):
            lines = body.splitlines()
            parts = (b"{}\n" + self._of_view(asked) + b"\n" for asked in lines[1::2])
            return path.removeprefix(f"/{self._index}"), b"".join(parts)
        return path, body

    def _of_view(self, body: bytes) -> bytes:
        return json.dumps({**json.loads(body), "pit": self._view}).encode()


def new_authority(folder: Path) -> Authority:
    """Make an authority, and a certificate of 127.0.0.1 that it signs."""
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of the tests")])
    signed = _certificate(name, name, authority_key, authority_key).add_extension(x509.BasicConstraints(True, 0), True)
    host = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    server = _certificate(host, name, server_key, authority_key).add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
    )
    result = Authority(folder / "authority.pem", folder / "server.pem")
    pem = serialization.Encoding.PEM
    result.certificate.write_bytes(signed.sign(authority_key, hashes.SHA256()).public_bytes(pem))
    secret = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    result.server.write_bytes(server.sign(authority_key, hashes.SHA256()).public_bytes(pem) + secret)
    return result


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(
        now + datetime.timedelta(days=1)
    )
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    builder = builder.add_extension(identifier, False)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
