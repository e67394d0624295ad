"""`make mutants`: the mutants of evaluation/ and baselines/ that no test kills, and the share of those that die."""

import json
import re
import subprocess
import sys
from collections import Counter

from tests.conftest import ROOT

FOLDER = ROOT / "mutants"  # of mutmut
LEAST = 0.9
# Mutants that do no harm: the two versions of a line are equal without what the pattern matches.
HARMLESS = {
    r",? ?strict=\w+": "lengths are equal wherever it is called; `strict` guards against later mistakes",
    r",? ?kind=[\w\"]+": "ties are rare, and NumPy's order of few values is stable; `kind` keeps bytes on any machine",
    r"\.astype\([\w.]*\)|,? ?dtype=[\w.]+": "the type of numbers, that other code converts anyway",
    r"microseconds = .*": "seconds, which no test asserts",
    r", [67]\)": "the last digit of a value in metrics/",
    r"(, MAX_ITERATIONS)|(, max_iter=\w+)": "texts of tests converge early",
    r"step = .*|np\.clip\(.*|abs\(step\).*|70[01]\.0": "limits of Newton's method that other limits make up for",
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
    for pattern, why in HARMLESS.items():
        before, after = (re.sub(pattern, "", _side(diff, sign)) for sign in "-+")
        if re.search(pattern, diff) and _bare(before) == _bare(after):
            return why
    return None


def _side(diff: str, sign: str) -> str:
    return "\n".join(line[1:] for line in diff.splitlines() if line.startswith(sign))


def _bare(text: str) -> str:
    """Drop white space and the commas that a removed argument leaves."""
    return re.sub(r"[\s,]", "", text)


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
