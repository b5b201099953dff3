"""Places of an index: a folder, or an address."""


def is_address(place: object) -> bool:
    """Return True if a place is the address of an index on OpenSearch, and no folder."""
    return isinstance(place, str) and place.startswith(("https://", "http://"))
