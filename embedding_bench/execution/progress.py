"""How far a run is: what is done, what runs, and how long the rest may take."""

import sys
import time
from collections.abc import Callable, Iterable

from embedding_bench.core.console import log, progress

EVERY = 30  # seconds between two lines where no terminal can overwrite the last
SHOWN = 3  # running stages that are named
# How long stages take, in units of the short ones; only for the time that is left.
WEIGHTS = {"train": 8, "confirm": 16, "vectors": 6, "baseline": 2, "report": 3}


class Progress:
    """The stages of a run; shown on the last line of a terminal, or as a line now and then."""

    def __init__(self, names: Iterable[str], clock: Callable[[], float] = time.monotonic) -> None:
        self.waiting, self.clock = set(names), clock
        self.running: list[str] = []
        self.done: set[str] = set()
        self.start = self.shown = clock()

    def begin(self, name: str, call: list[str]) -> None:
        """Note that a call of DVC begins with a stage; those before it are done."""
        self._finish(call[: call.index(name)])
        self.waiting.discard(name)
        self.running.append(name)

    def end(self, call: list[str]) -> None:
        """Note that a call of DVC is done."""
        self._finish(call)
        self.show()

    def _finish(self, names: list[str]) -> None:
        self.waiting.difference_update(names)
        self.running = [name for name in self.running if name not in names]
        self.done.update(names)

    def describe(self) -> str:
        """Say how far the run is, in one line."""
        total = len(self.waiting) + len(self.running) + len(self.done)
        named = ", ".join(self.running[:SHOWN]) + (
            f" and {len(self.running) - SHOWN} more" if self.running[SHOWN:] else ""
        )
        parts = [f"{len(self.done)} of {total} stages done", f"running: {named}" if named else "", self._left()]
        return "; ".join(part for part in parts if part)

    def _left(self) -> str:
        done, rest = (sum(map(_weight, names)) for names in (self.done, [*self.waiting, *self.running]))
        if not done or not rest:
            return ""
        seconds = (self.clock() - self.start) * rest / done
        return f"about {seconds / 60:.0f} min left" if seconds >= 90 else "about a minute left"

    def show(self) -> None:
        """Show how far the run is; without a terminal, not more often than EVERY seconds."""
        if sys.stderr.isatty():
            progress(self.describe())
        elif self.clock() - self.shown >= EVERY:
            self.shown = self.clock()
            log(f"progress: {self.describe()}")


def _weight(name: str) -> int:
    return WEIGHTS.get(name.partition("@")[0], 1)
