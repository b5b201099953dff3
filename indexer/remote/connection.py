"""The connection to OpenSearch: requests within the deadline, repeated where that helps; errors are Jooya's."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .. import limits
from ..errors import EngineError, IndexUnusable
from .address import VARIABLE, Address, ConnectionOptions, Secrets
from .partial_answers import is_whole
from .patience import Patience
from .refusals import BUSY, PASSING, Refused, cause_of, is_passing, kind_and_reason, was_not_sent
from .transport import transport

if TYPE_CHECKING:
    from opensearchpy.exceptions import TransportError

Answer = dict[str, Any]
"""An answer of OpenSearch: an object of JSON."""

BULK_BYTES = 4_000_000
"""How much is sent in one bulk request. Managed services take 10 MB, and a node holds all that are on their way."""


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
        self._transport = transport(address, options, secrets)

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
        patience = Patience(self.options.patience)
        while True:
            limits.check()
            try:
                answer = self._once(method, path, content, params, accept)
            except Refused as refused:
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

    def search(
        self, index: str, body: Mapping[str, Any], params: Mapping[str, str] | None = None, *, partial: bool = False
    ) -> Answer:
        """Return the answer to a search, of all shards.

        Args:
            index: The name of the index, or of an alias. Empty if the body has a point in time.
            body: The search.
            params: Parameters of the address.
            partial: Return the answer of the shards that can be reached when others cannot; see `is_whole`.

        Raises:
            EngineError: OpenSearch refuses it or cannot be reached, or a shard does not answer.
            IndexUnusable: There is no such index.
            BeyondLimit: The deadline has passed.
        """
        whole = {"allow_partial_search_results": str(partial).lower(), **(params or {})}
        asked = path(index, "_search") if index else "/_search"
        patience = Patience(self.options.patience)
        while True:
            answer = self.request("POST", asked, _within_deadline(body), params=whole)
            limits.check()
            if partial or is_whole(answer):
                return answer
            if not patience.wait():
                raise self._partial(answer)

    def searches(
        self,
        index: str,
        bodies: Sequence[Mapping[str, Any]],
        params: Mapping[str, str] | None = None,
        *,
        each: Sequence[Mapping[str, str]] = (),
        partial: bool = False,
    ) -> list[Answer]:
        """Return the answers to several searches, which are sent together; see `search`.

        Args:
            index: As for `search`.
            bodies: The searches.
            params: Parameters of all of them.
            each: Parameters of each of them; empty if there are none.
            partial: As for `search`.
        """
        header = {"allow_partial_search_results": partial, **(params or {})}
        headers = [{**header, **own} for own in each or [{}] * len(bodies)]
        answers: list[Answer] = [{}] * len(bodies)
        waiting = list(range(len(bodies)))
        patience = Patience(self.options.patience)
        while waiting:
            content = b"".join(action(headers[i], _within_deadline(bodies[i])) for i in waiting)
            found = self.request("POST", path(index, "_msearch"), content).get("responses", ())
            limits.check()
            if len(found) != len(waiting):
                raise self._foreign()
            missed = []
            for i, answer in zip(waiting, found, strict=True):
                answers[i] = answer
                if "error" in answer and not is_passing(answer):
                    kind, reason = kind_and_reason(answer["error"])
                    raise self._error(answer["status"], kind, reason, f"POST {path(index, '_msearch')}")
                if "error" in answer or not (partial or is_whole(answer)):
                    missed.append(i)
            waiting = missed
            if waiting and not patience.wait():
                raise self._partial(answers[waiting[0]])
        return answers

    def _partial(self, answer: Answer) -> EngineError:
        shards = answer.get("_shards", {})
        count = f"{shards.get('failed') or 'some'} of {shards.get('total', 'the')}"
        return EngineError(
            f"{count} shards of {self.address.url} do not answer",
            f"look at the health of the cluster, or let searches take what the others have with {VARIABLE}PARTIAL=1",
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
        patience = Patience(self.options.patience)
        while True:
            answer = self.request("POST", "/_bulk", b"".join(actions[i] for i in waiting), params=params)
            items = answer.get("items", ())
            if len(items) != len(waiting):
                raise self._foreign()
            for i, item in zip(waiting, items, strict=True):
                (results[i],) = item.values()
            waiting = [i for i in waiting if is_passing(results[i])]
            if not waiting or not patience.wait():
                break
        for result in results:
            if "error" in result and result["status"] not in accept:
                kind, reason = kind_and_reason(result["error"])
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
        headers = {"content-type": "application/x-ndjson"} if path.endswith(("_bulk", "_msearch")) else None
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
            raise Refused(self._foreign()) from None
        except TransportError as error:
            raise self._refusal(error, method, path) from None
        if not isinstance(answer, dict):
            raise Refused(self._foreign())
        return answer

    def _refusal(self, error: "TransportError", method: str, asked: str) -> "Refused":
        from opensearchpy.exceptions import ConnectionError, ConnectionTimeout, SSLError  # noqa: PLC0415 - late: heavy

        origin = self.address.origin
        if isinstance(error, SSLError):
            fix = f"name the file of its authority in {VARIABLE}AUTHORITIES"
            return Refused(EngineError(self._safe(f"{origin} cannot be trusted ({cause_of(error)})"), fix, kind="tls"))
        if isinstance(error, ConnectionError):
            late = isinstance(error, ConnectionTimeout)
            problem = f"OpenSearch at {origin} does not answer ({'too late' if late else cause_of(error)})"
            fix = "look whether it runs and is at this address"
            return Refused(EngineError(self._safe(problem), fix, kind="unreachable"), True, was_not_sent(error))
        status = int(error.status_code)
        kind, reason = kind_and_reason(error.info.get("error") if isinstance(error.info, dict) else error.info)
        passing = status in BUSY or kind in PASSING
        # A request that was refused as too much was not carried out, one that a proxy gave up on may have been.
        return Refused(self._error(status, kind, reason, f"{method} {asked}"), passing, status == 429)

    def _error(self, status: int, kind: str, reason: str, asked: str) -> EngineError | IndexUnusable:
        if kind == "index_not_found_exception":
            return IndexUnusable(
                f"there is no index at {self.address.url}", "look at the address, or index into it", reason="missing"
            )
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
        elif status in BUSY:
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
