"""DVC's graph: which stages wait for which, and which have to run."""

from graphlib import TopologicalSorter
from typing import NamedTuple

from embedding_bench.core.errors import UserError


class Graph(NamedTuple):
    """Stages by name, each with those whose outputs it reads; and the stages that DVC finds changed."""

    waits_for: dict[str, set[str]]
    changed: set[str]

    def stale(self) -> dict[str, set[str]]:
        """Return the changed stages and all that follow them, each with those of them that it waits for.

        What follows may turn out to be unchanged; DVC then skips it.
        """
        stale: set[str] = set()
        for name in TopologicalSorter(self.waits_for).static_order():
            if name in self.changed or self.waits_for[name] & stale:
                stale.add(name)
        return {name: self.waits_for[name] & stale for name in self.waits_for if name in stale}

    def depths(self) -> dict[str, int]:
        """Return for each stage the length of the longest chain of stages that wait for it."""
        depths = dict.fromkeys(self.waits_for, 0)
        for name in reversed(list(TopologicalSorter(self.waits_for).static_order())):
            for needed in self.waits_for[name]:
                depths[needed] = max(depths[needed], depths[name] + 1)
        return depths


def read_graph() -> Graph | None:
    """Ask DVC for the graph of the project in the current folder; None where any command of DVC will say why not.

    Raises:
        UserError: Another command of DVC works in this folder.
    """
    from dvc.exceptions import DvcException  # half a second, which other commands need not spend
    from dvc.lock import LockError
    from dvc.repo import Repo

    try:
        with Repo() as repo:
            dependencies = repo.index.graph
            waits_for = {s.addressing: {d.addressing for d in dependencies.successors(s)} for s in repo.index.stages}
            return Graph(waits_for, set(repo.status()))
    except LockError:
        raise UserError("another command of DVC works in this folder; wait until it has ended") from None
    except DvcException:
        return None
