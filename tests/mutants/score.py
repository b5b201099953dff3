"""The ends of mutants as figures: shares of those that were killed, with intervals, and the survivors to judge."""

from collections import Counter
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from planting import Mutant

JUDGED = Path(__file__).parent / "survivors.tsv"

ENDS = ("killed", "stuck", "survived", "unreached")


class Tried(NamedTuple):
    """A mutant and its end.

    Attributes:
        module: The file of the module, below the repository.
        mutant: The mutant.
        end: One of `ENDS`: a test failed, a test took too long, none did, or no test reaches the line.
    """

    module: str
    mutant: Mutant
    end: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """By which a survivor is known in the table: module, function, and the statement before and after."""
        return self.module, self.mutant.function, self.mutant.before, self.mutant.after


def judged() -> dict[tuple[str, str, str, str], str]:
    """Return what was judged of survivors, by their keys."""
    rows = [line.split("\t") for line in JUDGED.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {(row[0], row[1], row[2], row[3]): row[4] for row in rows}


def interval(killed: int, tried: int) -> tuple[float, float]:
    """Return Wilson's interval of 95 % for a share, between 0 and 1."""
    if not tried:
        return 0.0, 1.0
    share, z = killed / tried, 1.96
    middle = share + z * z / (2 * tried)
    half = z * sqrt(share * (1 - share) / tried + z * z / (4 * tried * tried))
    whole = 1 + z * z / tried
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def report(tried: list[Tried]) -> bool:
    """Print the figures, and the survivors that were not judged; return True if there are none of these.

    The score is the share of those killed in all that are not judged to be equal. Those that no test reaches count as
    survivors, and so do those that were judged to be beyond what matters.
    """
    known = judged()
    for name, of in [*_groups(tried), ("all", tried)]:
        ends = Counter(each.end for each in of)
        killed = ends["killed"] + ends["stuck"]
        left = [known.get(each.key, "") for each in of if each.end in ("survived", "unreached")]
        equal = sum(reason.startswith("Equal") for reason in left)
        beyond = sum(bool(reason) for reason in left) - equal
        low, high = interval(killed, len(of) - equal)
        print(
            f"{name}: {len(of)} mutants: {', '.join(f'{ends[end]} {end}' for end in ENDS)}; {equal} judged equal, "
            f"{beyond} beyond what matters; score {_percent(killed, len(of) - equal)} ({100 * low:.1f} to "
            f"{100 * high:.1f}), plain {_percent(killed, len(of))}"
        )
    unknown = [each for each in tried if each.end in ("survived", "unreached") and each.key not in known]
    for each in unknown:
        print(f"{each.module}:{each.mutant.line}\t{each.end}\t" + "\t".join(each.key[1:]))
    return not unknown


def _groups(tried: list[Tried]) -> list[tuple[str, list[Tried]]]:
    """Return what was tried by package, or by module if all are of one package."""
    packages = sorted({each.module.rpartition("/")[0] for each in tried})
    if len(packages) > 1:
        return [(name, [each for each in tried if each.module.rpartition("/")[0] == name]) for name in packages]
    modules = sorted({each.module for each in tried})
    return [(name, [each for each in tried if each.module == name]) for name in modules]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"
