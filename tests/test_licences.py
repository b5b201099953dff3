"""The packages that Jooya needs, and those that its tests and development need, have licences that are in a list."""

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

LIST = Path(__file__).parent / "data" / "licences.tsv"


def allowed() -> dict[str, set[str]]:
    """Return the names of the packages that may have each licence; `*` stands for any."""
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {licence: set(packages.split()) for licence, _, packages in (line.partition("\t") for line in lines[1:])}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(found: metadata.Distribution) -> str:
    """Return the licence of a package, as the newest kind of metadata that it has spells it; `-` if it has none."""
    fields = found.metadata.json
    if expression := fields.get("license_expression"):
        return str(expression)
    names = [name.rpartition(" :: ")[2] for name in fields.get("classifier", []) if name.startswith("License ::")]
    return "|".join(names) or str(fields.get("license") or "-").strip().splitlines()[0]


def needed() -> dict[str, metadata.Distribution]:
    """Return the installed packages that an installation with all extras for development needs, by name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [Requirement("jooya[dev]")]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = normal(requirement.name)
        try:
            found.setdefault(name, metadata.distribution(requirement.name))
        except metadata.PackageNotFoundError:  # an extra that this environment does without
            continue
        for extra in requirement.extras or {""}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for text in found[name].requires or []:
                further = Requirement(text)
                if further.marker is None or further.marker.evaluate({"extra": extra}):
                    waiting.append(further)
    return found


def test_every_licence_is_allowed() -> None:
    packages, known = needed(), allowed()
    refused = {
        name: licence(found) for name, found in packages.items() if not known.get(licence(found), set()) & {"*", name}
    }
    assert refused == {}
    assert {"hazm", "numpy", "click", "pytest"} <= packages.keys()


def test_the_list_names_no_licence_that_demands_the_source_of_jooya() -> None:
    assert [name for name in allowed() if re.search(r"\bA?GPL", name) or "Affero" in name] == []
