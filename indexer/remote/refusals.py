"""The content of an error of OpenSearch: its name and reason, and whether it may pass."""

import ssl
from typing import TYPE_CHECKING, Any

from ..errors import EngineError, IndexUnusable

if TYPE_CHECKING:
    from opensearchpy.exceptions import TransportError

BUSY = (429, 502, 503, 504)
"""The status codes of errors that may pass."""

PASSING = {
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
"""The names of errors that may pass, whatever their status is."""

_LONGEST_REASON = 300  # characters


class Refused(Exception):
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


def is_passing(result: dict[str, Any]) -> bool:
    """Return True if a result is an error that may pass when one waits."""
    if "error" not in result:
        return False
    return result["status"] in BUSY or kind_and_reason(result["error"])[0] in PASSING


def kind_and_reason(error: object) -> tuple[str, str]:
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


def cause_of(error: "TransportError") -> str:
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


def was_not_sent(error: "TransportError") -> bool:
    """Return True if there was no connection at all."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError  # noqa: PLC0415 - late: heavy

    return isinstance(error.info, NewConnectionError | ConnectTimeoutError)
