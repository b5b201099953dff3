"""The connection to OpenSearch: requests within the deadline, repeated where that helps; errors are Jooya's."""

import base64
import json
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import uniform
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .. import limits
from ..errors import BadArgument, EngineError, IndexUnusable, MissingPackage
from .address import VARIABLE, Address, ConnectionOptions, Secrets

if TYPE_CHECKING:
    from opensearchpy import Transport
    from opensearchpy.exceptions import TransportError

Answer = dict[str, Any]
"""An answer of OpenSearch: an object of JSON."""

BULK_BYTES = 4_000_000
"""How much is sent in one bulk request. Managed services take 10 MB, and a node holds all that are on their way."""

_BUSY = (429, 502, 503, 504)
_PASSING = {
    # A node has just gone, or a shard is just moving to another: soon there is one that answers.
    "connect_transport_exception",
    "index_shard_closed_exception",
    "illegal_index_shard_state_exception",
    "no_shard_available_action_exception",
    "node_closed_exception",
    "node_disconnected_exception",
    "node_not_connected_exception",
    "receive_timeout_transport_exception",
    "shard_not_found_exception",
}
_FIRST_PAUSE = 0.05  # seconds
_LONGEST_PAUSE = 5.0
_LONGEST_REASON = 300  # characters
_RESURRECT_SECONDS = 2  # for so long, a node that did not answer is passed over
_THREADS = 16  # connections that are kept open to each node


class Connection:
    """A connection to an index on OpenSearch. Threads may share it.

    Attributes:
        address: Where the index is.
        options: How it is reached.
    """

    def __init__(self, address: Address, options: ConnectionOptions, secrets: Secrets) -> None:
        self.address = address
        self.options = options
        self._secrets = secrets
        self._transport = _transport(address, options, secrets)

    @classmethod
    def open(cls, url: str, options: ConnectionOptions | None = None, secrets: Secrets | None = None) -> "Connection":
        """Return a connection to the index at a URL. Nothing is sent yet.

        Args:
            url: The address: `https://HOST:PORT/INDEX`.
            options: How to reach it. None: as the environment says.
            secrets: Who this client is. None: as the environment says.

        Raises:
            BadArgument: The address, the environment or a file that it names is not right.
            MissingPackage: `opensearch-py` is not installed.
        """
        address = Address.parse(url)
        return cls(
            address,
            options or ConnectionOptions.from_environment(),
            secrets or Secrets.from_environment(address),
        )

    @property
    def index(self) -> str:
        """The name of the index."""
        return self.address.index

    def close(self) -> None:
        """Close what is open to the nodes."""
        self._transport.close()

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, str] | None = None,
        accept: Sequence[int] = (),
        repeat: bool = True,
    ) -> Answer:
        """Send a request and return the answer.

        It is repeated for as long as `options.patience` or the deadline allows while the cluster is busy or cannot be
        reached. A repeated request may have been carried out before, so write what can be written twice.

        Args:
            method: The method of HTTP.
            path: The path, as the function `path` makes it.
            body: What to send: bytes, or an object that becomes JSON.
            params: Parameters of the address.
            accept: Status codes of errors whose answers are returned, such as 404 for what may be missing.
            repeat: False sends it a second time only where the first was surely not carried out.

        Raises:
            EngineError: OpenSearch refuses it, or cannot be reached.
            IndexUnusable: There is no such index.
            BeyondLimit: The deadline has passed.
        """
        content = _content(body)
        patience = _Patience(self.options.patience)
        while True:
            limits.check()
            try:
                answer = self._once(method, path, content, params, accept)
            except _Refused as refused:
                limits.check()
                again = refused.passing and (repeat or refused.untouched)
                if not (again and patience.wait()):
                    raise refused.error from None
            else:
                return answer

    def exists(self, path: str) -> bool:
        """Return True if OpenSearch has something at a path."""
        answer = self.request("GET", path, accept=(404,))
        return answer.get("status") != 404 and answer.get("found", True) is True

    def search(self, index: str, body: Mapping[str, Any], params: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a search, of all shards.

        Args:
            index: The name of the index, or of an alias. Empty if the body has a point in time.
            body: The search.
            params: Parameters of the address.

        Raises:
            EngineError: OpenSearch refuses it or cannot be reached, or a shard does not answer, and `options.partial`
                is false.
            IndexUnusable: There is no such index.
            BeyondLimit: The deadline has passed.
        """
        whole = {"allow_partial_search_results": str(self.options.partial).lower(), **(params or {})}
        asked = path(index, "_search") if index else "/_search"
        patience = _Patience(self.options.patience)
        while True:
            answer = self.request("POST", asked, _within_deadline(body), params=whole)
            limits.check()
            shards = answer.get("_shards", {})
            if self.options.partial or not (shards.get("failed") or answer.get("timed_out")):
                return answer
            if not patience.wait():
                count = f"{shards.get('failed') or 'some'} of {shards.get('total', 'the')}"
                raise EngineError(
                    f"{count} shards of {self.address.url} do not answer",
                    f"look at the health of the cluster, or take what the others have with {VARIABLE}PARTIAL=1",
                    kind="partial",
                )

    def bulk(
        self, actions: Iterable[bytes], *, params: Mapping[str, str] | None = None, accept: Sequence[int] = ()
    ) -> list[Answer]:
        """Carry out many actions, and return their results in order.

        Requests are at most `BULK_BYTES` long, where an action is not longer. Actions for which the cluster is too busy
        are repeated.

        Args:
            actions: Each a line of JSON that says what to do, and that of the document if there is one; see `action`.
            params: Parameters of the address.
            accept: Status codes that actions may have, besides those of success.

        Returns:
            For each action the object below its name: with `_id`, `status`, `result`, and `error` if it failed.

        Raises:
            EngineError: An action failed, or OpenSearch cannot be reached.
            BeyondLimit: The deadline has passed.
        """
        results: list[Answer] = []
        for part in _parts(actions):
            results += self._bulk_part(part, params, accept)
        return results

    def _bulk_part(self, actions: list[bytes], params: Mapping[str, str] | None, accept: Sequence[int]) -> list[Answer]:
        results: list[Answer] = [{}] * len(actions)
        waiting = list(range(len(actions)))
        patience = _Patience(self.options.patience)
        while True:
            answer = self.request("POST", "/_bulk", b"".join(actions[i] for i in waiting), params=params)
            items = answer.get("items", ())
            if len(items) != len(waiting):
                raise self._foreign()
            for i, item in zip(waiting, items, strict=True):
                (results[i],) = item.values()
            waiting = [i for i in waiting if _is_passing(results[i])]
            if not waiting or not patience.wait():
                break
        for result in results:
            if "error" in result and result["status"] not in accept:
                kind, reason = _kind_and_reason(result["error"])
                raise EngineError(
                    self._safe(
                        f"OpenSearch at {self.address.url} does not take {result.get('_id')} ({kind}: {reason})"
                    ),
                    status=result["status"],
                    kind=kind,
                )
        return results

    def _once(
        self, method: str, path: str, content: bytes | None, params: Mapping[str, str] | None, accept: Sequence[int]
    ) -> Answer:
        from opensearchpy.exceptions import SerializationError, TransportError  # noqa: PLC0415 - late: heavy

        # A request that has no time left was stopped by limits.check before.
        seconds = min(self.options.timeout, max(limits.left(), 0.001))
        headers = {"content-type": "application/x-ndjson"} if path.endswith("_bulk") else None
        try:
            answer = self._transport.perform_request(
                method,
                self.address.prefix + path,
                params=dict(params or {}),
                body=content,
                timeout=seconds,
                ignore=tuple(accept),
                headers=headers,
            )
        except SerializationError:
            raise _Refused(self._foreign()) from None
        except TransportError as error:
            raise self._refusal(error, method, path) from None
        if not isinstance(answer, dict):
            raise _Refused(self._foreign())
        return answer

    def _refusal(self, error: "TransportError", method: str, asked: str) -> "_Refused":
        from opensearchpy.exceptions import ConnectionError, ConnectionTimeout, SSLError  # noqa: PLC0415 - late: heavy

        origin = self.address.origin
        if isinstance(error, SSLError):
            fix = f"name the file of its authority in {VARIABLE}AUTHORITIES"
            return _Refused(EngineError(self._safe(f"{origin} cannot be trusted ({_cause(error)})"), fix, kind="tls"))
        if isinstance(error, ConnectionError):
            late = isinstance(error, ConnectionTimeout)
            problem = f"OpenSearch at {origin} does not answer ({'too late' if late else _cause(error)})"
            fix = "look whether it runs and is at this address"
            return _Refused(EngineError(self._safe(problem), fix, kind="unreachable"), True, _was_not_sent(error))
        status = int(error.status_code)
        kind, reason = _kind_and_reason(error.info.get("error") if isinstance(error.info, dict) else error.info)
        if kind == "index_not_found_exception":
            return _Refused(
                IndexUnusable(
                    f"there is no index at {self.address.url}",
                    "look at the address, or index into it",
                    reason="missing",
                )
            )
        passing = status in _BUSY or kind in _PASSING
        # A request that was refused as too much was not carried out, one that a proxy gave up on may have been.
        return _Refused(self._error(status, kind, reason, f"{method} {asked}"), passing, status == 429)

    def _error(self, status: int, kind: str, reason: str, asked: str) -> EngineError:
        origin = self.address.origin
        shown = f"{kind}: {reason}" if kind else reason or f"status {status}"
        problem, fix = f"OpenSearch at {origin} refuses {asked} ({shown})", None
        if status == 401:
            problem = f"OpenSearch at {origin} does not know this client"
            fix = f"set {VARIABLE}API_KEY, or {VARIABLE}USER and {VARIABLE}PASSWORD"
        elif kind == "cluster_block_exception":
            fix = "look whether the disks of the cluster are full, or the index may only be read"
        elif status == 403:
            fix = "give this client the rights that the manual lists"
        elif status in _BUSY:
            problem, fix = f"OpenSearch at {origin} is too busy or not whole ({shown})", "try again later"
        elif 300 <= status < 400:
            problem, fix = f"{origin} sends elsewhere (status {status})", "give the address that it leads to"
        return EngineError(self._safe(problem), fix, status=status, kind=kind)

    def _foreign(self) -> EngineError:
        return EngineError(
            f"{self.address.origin} does not answer as OpenSearch does", "look at the address", kind="foreign"
        )

    def _safe(self, text: str) -> str:
        for secret in self._secrets.texts:
            text = text.replace(secret, "…")
        return text


class _Patience:
    """The pauses between the tries of a request: longer each time, and never as long as those of others."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._longest = _FIRST_PAUSE

    def wait(self) -> bool:
        """Wait before the next try. Return False at once if there is none."""
        if time.monotonic() >= self._end:
            return False
        time.sleep(min(self._longest * uniform(0.5, 1.0), limits.left()))
        self._longest = min(2 * self._longest, _LONGEST_PAUSE)
        return True


class _Refused(Exception):
    """An answer that is an error.

    Attributes:
        error: The error to raise.
        passing: True if it may pass when one waits.
        untouched: True if the request was surely not carried out.
    """

    def __init__(self, error: EngineError | IndexUnusable, passing: bool = False, untouched: bool = False) -> None:
        super().__init__()
        self.error = error
        self.passing = passing
        self.untouched = untouched


def path(*parts: str) -> str:
    """Return the path of these parts, with escapes for what they hold: `path("talks", "_doc", "a/b")`."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def action(does: Mapping[str, Any], document: Mapping[str, Any] | None = None) -> bytes:
    """Return an action for `Connection.bulk`: `action({"index": {"_index": …, "_id": …}}, document)`."""
    return b"".join(_json(line) + b"\n" for line in (does, document) if line is not None)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _content(body: object) -> bytes | None:
    return body if body is None or isinstance(body, bytes) else _json(body)


def _within_deadline(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a search that the shards stop when its time is over."""
    seconds = limits.left()
    return body if seconds == float("inf") else {**body, "timeout": f"{max(int(seconds * 1000), 1)}ms"}


def _parts(actions: Iterable[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for each in actions:
        if part and size + len(each) > BULK_BYTES:
            yield part
            part, size = [], 0
        part.append(each)
        size += len(each)
    if part:
        yield part


def _is_passing(result: Answer) -> bool:
    if "error" not in result:
        return False
    return result["status"] in _BUSY or _kind_and_reason(result["error"])[0] in _PASSING


def _kind_and_reason(error: object) -> tuple[str, str]:
    """Return the name that OpenSearch has for an error, and its reason; those of the cause, where it tells it."""
    if not isinstance(error, dict):
        return "", str(error or "")[:_LONGEST_REASON]
    causes = error.get("root_cause") or [error.get("caused_by") or error]
    kind, reason = str(error.get("type", "")), str(error.get("reason", ""))
    if kind in ("search_phase_execution_exception", "") and isinstance(causes[0], dict):
        shards = error.get("failed_shards") or []
        cause = shards[0].get("reason", {}) if shards else causes[0]
        kind, reason = str(cause.get("type", kind)), str(cause.get("reason", reason))
    return kind, reason[:_LONGEST_REASON]


def _cause(error: "TransportError") -> str:
    """Return the reason for which a request did not arrive, in the words of the system."""
    cause: object = error.info
    while isinstance(cause, BaseException):
        deeper = cause.__cause__ or getattr(cause, "reason", None)
        if not isinstance(deeper, BaseException):
            break
        cause = deeper
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return (str(cause).rpartition(": ")[2] or "connection lost")[:_LONGEST_REASON]


def _was_not_sent(error: "TransportError") -> bool:
    """Return True if there was no connection at all."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError  # noqa: PLC0415 - late: heavy

    return isinstance(error.info, NewConnectionError | ConnectTimeoutError)


def _transport(address: Address, options: ConnectionOptions, secrets: Secrets) -> "Transport":
    try:
        from opensearchpy import Transport, Urllib3HttpConnection  # noqa: PLC0415 - late: heavy
    except ImportError:
        raise MissingPackage(
            "an index on OpenSearch needs opensearch-py", 'install it with pip install "jooya[opensearch]"'
        ) from None
    settings: dict[str, Any] = {}
    if address.scheme == "https":
        settings |= {"use_ssl": True, "ssl_context": _tls(options)}
    if secrets.api_key:
        settings["headers"] = {"authorization": f"ApiKey {secrets.api_key}"}
    elif secrets.region:
        settings["http_auth"] = _signer(secrets)
    elif secrets.user:
        # As UTF-8, for passwords in Persian; urllib3 would take Latin-1.
        login = base64.b64encode(f"{secrets.user}:{secrets.password}".encode()).decode()
        settings["headers"] = {"authorization": f"Basic {login}"}
    return Transport(
        [{"host": host.name, "port": host.port} for host in address.hosts],
        connection_class=Urllib3HttpConnection,
        # `Connection.request` repeats: with pauses, and within the deadline.
        max_retries=0,
        retry_on_timeout=True,
        retry_on_status=(502, 504),
        dead_timeout=_RESURRECT_SECONDS,
        timeout_cutoff=0,
        pool_maxsize=_THREADS,
        http_compress=not address.is_loopback,
        **settings,
    )


def _tls(options: ConnectionOptions) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=options.authorities)
        if options.certificate:
            context.load_cert_chain(options.certificate, options.key)
    except OSError as error:  # also of ssl, for files without certificates
        files = " or ".join(str(file) for file in (options.authorities, options.certificate, options.key) if file)
        raise BadArgument(
            f"{files} can't be used as a certificate ({error.strerror or error})",
            f"name files in the format PEM in {VARIABLE}AUTHORITIES, …CERTIFICATE and …KEY",
        ) from None
    return context


def _signer(secrets: Secrets) -> object:
    """Return what signs requests for Amazon's service, with the keys that the AWS tools would use."""
    try:
        from botocore.session import Session  # noqa: PLC0415 - late: heavy
    except ImportError:
        raise MissingPackage("signed requests need botocore", "install it with pip install botocore") from None
    from opensearchpy import Urllib3AWSV4SignerAuth  # noqa: PLC0415 - late: heavy

    credentials = Session().get_credentials()
    if credentials is None:
        raise BadArgument("there are no keys for AWS", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile")
    return Urllib3AWSV4SignerAuth(credentials, secrets.region or "", secrets.service)
