"""The address of an index on OpenSearch, and with which options and secrets it is reached."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from ..arguments import bad, check_number
from ..errors import BadArgument

VARIABLE = "JOOYA_OPENSEARCH_"
"""The beginning of the names of all environment variables for OpenSearch."""

_INDEX_NAME = re.compile(r'(?![-_+.])[^\s\\/*?"<>|,#:]{1,255}')
_DEFAULT_PORT = 9200


class Host(NamedTuple):
    """A node of OpenSearch, or what stands in front of it."""

    name: str
    port: int


@dataclass(frozen=True, slots=True)
class Address:
    """The address of an index: `https://HOST:PORT/INDEX`, with several hosts apart by commas.

    Attributes:
        scheme: `"http"` or `"https"`.
        hosts: The nodes to ask, in turn.
        prefix: The path before the name of the index, as a proxy may have it; empty, or with a slash in front.
        index: The name of the index.
        user: The name of the user, if the address has one.
    """

    scheme: str
    hosts: tuple[Host, ...]
    prefix: str
    index: str
    user: str | None = None

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Return the address that a URL stands for.

        Raises:
            BadArgument: It is no address of an index, or it has a password, which does not belong there.
        """
        parts = urlsplit(url)
        login, _, places = parts.netloc.rpartition("@")
        user, colon, _ = login.partition(":")
        if colon:  # the message must not show it
            raise BadArgument(
                "the address holds a password",
                f"leave it out, and put it into the environment variable {VARIABLE}PASSWORD",
                argument="url",
            )
        example = "an address such as https://host:9200/talks"
        if parts.scheme not in ("http", "https") or not places or parts.query or parts.fragment:
            raise bad("url", url, example)
        try:
            hosts = tuple(_host(place, parts.scheme) for place in places.split(","))
        except ValueError:
            raise bad("url", url, example) from None
        prefix, _, name = parts.path.rstrip("/").rpartition("/")
        name = unquote(name)
        if not _INDEX_NAME.fullmatch(name) or name != name.lower() or len(name.encode()) > 200:
            raise bad("url", url, f"{example}; the name of the index in small letters, without signs")
        return cls(parts.scheme, hosts, prefix, name, unquote(user) or None)

    @property
    def url(self) -> str:
        """The address as text, without the user."""
        return f"{self.origin}{self.prefix}/{quote(self.index)}"

    @property
    def origin(self) -> str:
        """The hosts as text."""
        return f"{self.scheme}://" + ",".join(_written(host) for host in self.hosts)

    @property
    def is_private(self) -> bool:
        """True if nobody on the way can read what is sent."""
        return self.scheme == "https" or self.is_loopback

    @property
    def is_loopback(self) -> bool:
        """True if the hosts are this machine."""
        return all(_is_loopback(host.name) for host in self.hosts)


def is_address(path: object) -> bool:
    """Return True if `path` names an index on OpenSearch rather than a folder."""
    return isinstance(path, str) and path.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """Options of the connection to OpenSearch. Secrets are not among them: `Secrets` reads these from the environment.

    Attributes:
        timeout: How many seconds an answer may take. A search waits no longer than its own limit.
        patience: For how many seconds a request is repeated while the cluster is busy or cannot be reached.
        partial: Let searches take the answers of the shards that can be reached when others cannot, and say so in a
            note. All other calls need all shards.
        authorities: A file with the certificates of the authorities to trust. None: those of the system.
        certificate: A file with the certificate of this client, for clusters that ask for one.
        key: A file with the key of this certificate, if it is in another file.

    Raises:
        BadArgument: An option has the wrong type or value.
    """

    timeout: float = 30.0
    patience: float = 60.0
    partial: bool = False
    authorities: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        check_number("timeout", self.timeout)
        check_number("patience", self.patience)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "ConnectionOptions":
        """Return the options that environment variables name; the default of those that none does.

        Raises:
            BadArgument: A variable has a value that the option cannot have.
        """
        values: dict[str, object] = {}
        for name in ("timeout", "patience"):
            if text := environment.get(VARIABLE + name.upper()):
                try:
                    values[name] = float(text)
                except ValueError:
                    raise bad(VARIABLE + name.upper(), text, "a number of seconds") from None
        for name in ("authorities", "certificate", "key"):
            if text := environment.get(VARIABLE + name.upper()):
                values[name] = Path(text)
        values["partial"] = environment.get(f"{VARIABLE}PARTIAL", "") not in ("", "0")
        return cls(**values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Secrets:
    """Who this client is to OpenSearch. No secret is shown when the object is.

    Attributes:
        api_key: A key of the API, as it stands in the header `Authorization: ApiKey`.
        user: The name of the user.
        password: The user's password.
        region: The region of Amazon's service, whose requests are signed with the keys of the AWS tools.
        service: The name of that service: `"es"`, or `"aoss"` without servers.
    """

    api_key: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    region: str | None = None
    service: str = "es"

    @classmethod
    def from_environment(cls, address: Address, environment: Mapping[str, str] = os.environ) -> "Secrets":
        """Return the secrets that environment variables, or the files that they name, have for an address.

        Raises:
            BadArgument: A file cannot be read, a password has no user, or a secret would be sent in the clear.
        """
        user = environment.get(f"{VARIABLE}USER") or address.user
        secrets = cls(
            _secret("API_KEY", environment),
            user,
            _secret("PASSWORD", environment),
            environment.get(f"{VARIABLE}AWS_REGION") or None,
            environment.get(f"{VARIABLE}AWS_SERVICE") or "es",
        )
        if (secrets.user is None) != (secrets.password is None):
            given, missing = ("PASSWORD", "USER") if secrets.user is None else ("USER", "PASSWORD")
            raise BadArgument(
                f"there is a {given.lower()} for OpenSearch, but no {missing.lower()}", f"set {VARIABLE}{missing}"
            )
        kinds = (secrets.api_key, secrets.password, secrets.region)
        if sum(kind is not None for kind in kinds) > 1:
            raise BadArgument(
                "there are several secrets for OpenSearch", f"set one of {VARIABLE}API_KEY, …PASSWORD and …AWS_REGION"
            )
        if secrets.api_key and not (secrets.api_key.isascii() and secrets.api_key.isprintable()):
            raise BadArgument("the key of the API for OpenSearch is not one", f"look at {VARIABLE}API_KEY")
        if any(kinds) and not address.is_private:
            raise BadArgument(
                f"anybody on the way to {address.origin} could read the secret that is sent there", "use https"
            )
        return secrets

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that must not be shown."""
        return tuple(text for text in (self.api_key, self.password) if text)


def _secret(name: str, environment: Mapping[str, str]) -> str | None:
    """Return the secret of an environment variable, or of the file that one with `_FILE` names."""
    text, file = environment.get(VARIABLE + name), environment.get(f"{VARIABLE}{name}_FILE")
    if not file:
        return text or None
    if text:
        raise BadArgument(f"there are both {VARIABLE}{name} and {VARIABLE}{name}_FILE", "set one of them")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise BadArgument(f"{file} can't be read ({reason})", f"name another file in {VARIABLE}{name}_FILE") from None


def _host(place: str, scheme: str) -> Host:
    parts = urlsplit(f"//{place}")
    if not parts.hostname:
        raise ValueError(place)
    # As browsers have it, but for the port that OpenSearch has without a proxy in front.
    return Host(parts.hostname, parts.port or (443 if scheme == "https" else _DEFAULT_PORT))


def _written(host: Host) -> str:
    return f"[{host.name}]:{host.port}" if ":" in host.name else f"{host.name}:{host.port}"


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
