"""`make mutants`: the mutants of evaluation/ and baselines/ that no test kills, and the share of those that die."""

import json
import re
import subprocess
import sys
from collections import Counter

from tests.conftest import ROOT

FOLDER = ROOT / "mutants"  # of mutmut
LEAST = 0.9
# What survives without harm, by the lines that a mutant changes.
HARMLESS = {
    r"strict=": "lengths are equal wherever it is called; `strict` guards against later mistakes",
    r"kind=": "ties are rare, and NumPy's default order of few values is stable; `kind` keeps bytes on any machine",
    r"astype\(|dtype=": "the type of numbers, that other code converts anyway",
    r"perf_counter|microseconds": "seconds, which no test asserts",
    r"rounded?\(": "the last digit of a value in metrics/",
    r"MAX_ITERATIONS|max_iter": "texts of tests converge early",
    r"clip\(|1e-6|1e-12|700": "limits of Newton's method that other limits make up for",
}


def survivors() -> dict[str, str]:
    """Return the changed lines of each mutant that survived, by its name."""
    listed = subprocess.run(["mutmut", "results"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [line.split(":")[0].strip() for line in listed.splitlines() if line.endswith((": survived", ": no tests"))]
    return {name: _diff(name) for name in names}


def _diff(name: str) -> str:
    shown = subprocess.run(["mutmut", "show", name], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in shown.splitlines() if re.match(r"[-+](?![-+]{2})", line))


def reason(diff: str) -> str | None:
    """Return why a surviving mutant does no harm, if that is known."""
    return next((why for pattern, why in HARMLESS.items() if re.search(pattern, diff)), None)


def total() -> int:
    """Count all mutants."""
    files = FOLDER.rglob("*.meta")
    return sum(len(json.loads(path.read_text())["exit_code_by_key"]) for path in files)


def main() -> None:
    """Run mutmut, print the survivors, and fail if too many survive."""
    subprocess.run(["mutmut", "run"], cwd=ROOT, check=True)
    alive, mutants = survivors(), total()
    reasons = Counter(reason(diff) for diff in alive.values())
    for name, diff in alive.items():
        if reason(diff) is None:
            print(f"\n{name}\n{diff}")
    print(f"\n{mutants} mutants, {len(alive)} survive ({1 - len(alive) / mutants:.1%} die):")
    for why, count in reasons.most_common():
        print(f"  {count:4}  {why or 'listed above'}")
    sys.exit(1 - len(alive) / mutants < LEAST)


if __name__ == "__main__":
    main()
