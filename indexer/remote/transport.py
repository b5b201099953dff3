"""Sending requests to OpenSearch: the client's transport, with TLS and with what says who this client is."""

import base64
import ssl
from typing import TYPE_CHECKING, Any

from ..errors import BadArgument, MissingPackage
from .address import VARIABLE, Address, ConnectionOptions, Secrets

if TYPE_CHECKING:
    from opensearchpy import Transport

_RESURRECT_SECONDS = 2  # for so long, a node that did not answer is passed over
_THREADS = 16  # connections that are kept open to each node


def transport(address: Address, options: ConnectionOptions, secrets: Secrets) -> "Transport":
    """Return what sends requests to the hosts of an address, once each.

    Raises:
        BadArgument: A certificate cannot be used, or there are no keys to sign with.
        MissingPackage: A package is not installed.
    """
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
