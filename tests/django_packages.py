"""Installed packages by the names of their distributions, for adapters whose hosts have the same import name."""

from importlib.metadata import PackageNotFoundError, distribution


def has(package: str) -> bool:
    """Return True if a distribution is installed by this name."""
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True
