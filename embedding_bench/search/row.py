"""The search for the settings of one row: a variant or a baseline."""

from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

from embedding_bench.artifacts import corpus
from embedding_bench.artifacts.search import Trials
from embedding_bench.core import timing
from embedding_bench.core.console import log
from embedding_bench.core.schema import Strict
from embedding_bench.evaluation.parts import POOLED, Part
from embedding_bench.execution.kept import Kept
from embedding_bench.execution.tasks import Task
from embedding_bench.settings.search import Search, Searchable, Space, Values

KEPT = Path(".dvc/tmp/trials")  # of the project: not hashed, and not lost with a run that is stopped


class Entries(Strict):
    """What a row uses of the catalogues: every field is an entry. Keys of their joint space begin with the field."""

    def join(self) -> tuple[Space, Values]:
        """Return the joint space, and the values that the entries have."""
        space: Space = {}
        values: Values = {}
        for name, entry in self:
            space |= {f"{name}.{key}": choices for key, choices in entry.space.items()}
            values |= {f"{name}.{key}": entry.value(key) for key in entry.space}
        return space, values

    def choose(self, values: Values) -> Self:
        """Return the entries with some values of the joint space, and without a space."""
        changed: dict[str, Searchable] = {}
        for name, entry in self:
            keys = {key: f"{name}.{key}" for key in entry.space}
            changed[name] = entry.at({key: values[full] for key, full in keys.items() if full in values})
        return self.model_copy(update=changed)


Row = TypeVar("Row", bound=Entries)


def search_row(
    stage: str,
    entries: Row,
    settings: Search,
    select_by: str,
    corpus_folder: Path,
    task: Callable[[Row, tuple[Part, ...]], Task],
) -> tuple[Row, Trials]:
    """Choose the settings of a row; `task` tries entries on parts of the texts. Test data are not read.

    Returns:
        The chosen entries, and the trials; without trials or a space, the entries as they stand.
    """
    space, own = entries.join()
    if not settings.trials or not space:
        log(f"{stage}: the settings of params.yaml")
        return entries.choose({}), Trials()
    from embedding_bench.search.drawing import draw, tell  # half a second, which no other run need spend
    from embedding_bench.search.rounds import search

    found = search(
        stage,
        [own, *draw(space, own, settings.trials, settings.seed)],
        {split: corpus.read_labels(corpus_folder, split) for split in POOLED},
        settings.seed,
        select_by,
        lambda values, parts: task(entries.choose(values), parts),
        Kept(timing.project_root() / KEPT / stage),
    )
    trials = tell(space, found, settings.seed)
    best = trials.trials[trials.best]
    for key in trials.edges:
        log(f"warning: {stage}: {key} {best.settings[key]} is at the edge of its space; widen it in params.yaml")
    changed = [f"{key} {value}" for key, value in best.settings.items() if value != own[key]]
    log(f"{stage}: validation {best.scores[-1][0]:.4f} with {', '.join(changed) or 'the settings of params.yaml'}")
    return entries.choose(best.settings), trials
