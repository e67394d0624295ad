"""What a search tells: the chosen settings, and whether more trials would change the order of rows."""

from math import comb
from typing import Any

import numpy as np

from embedding_bench.artifacts.leaderboard import BestOf, LeaderboardRow, SearchSummary
from embedding_bench.artifacts.search import Trials
from embedding_bench.artifacts.tables import Table
from embedding_bench.evaluation.statistics import rounded

COLUMNS = ("variant", "trials", "mean", "low", "high")
BAND = 0.8  # share of the draws whose best lies in the band


def summarise_search(trials: Trials) -> SearchSummary | None:
    """Summarise the search of a row; None where there was none.

    The expected best is that of the drawn settings in the first round, in which all of them took part.
    """
    if not trials.trials:
        return None
    own, *drawn = trials.trials
    best = trials.trials[trials.best]
    return SearchSummary(
        trials=len(drawn),
        texts=trials.texts,
        folds=trials.folds,
        validation=best.scores[-1][0],
        settings={key: value for key, value in best.settings.items() if value != own.settings[key]},
        edges=trials.edges,
        importances=trials.importances,
        expected_best=expected_best([trial.scores[0][0] for trial in drawn if trial.scores]),
    )


def expected_best(scores: list[float]) -> list[BestOf]:
    """Estimate the best of n draws for each n up to all: its mean and, for so few draws, the band of BAND of them.

    The mean is the unbiased estimate of Tang et al. (2020), over all choices of n scores without replacement; the band
    lies between quantiles of the same choices.
    """
    ordered = np.sort(scores)
    count = len(ordered)
    points = []
    for draws in range(1, count + 1):
        # Of all choices of n scores, the share whose best is the i-th smallest.
        shares = np.array([comb(rank, draws - 1) / comb(count, draws) for rank in range(count)])
        below = np.cumsum(shares)
        low, high = (ordered[np.searchsorted(below, share - 1e-9)] for share in (0.5 - BAND / 2, 0.5 + BAND / 2))
        mean, low, high = (rounded(float(value)) for value in (shares @ ordered, low, high))
        points.append(BestOf(trials=draws, mean=mean, low=low, high=high))
    return points


def search_summary(rows: list[LeaderboardRow]) -> dict[str, dict[str, Any]]:
    """Collect what a search chose for each row, for `dvc metrics` and `dvc exp show`."""
    return {
        row.name: {"trials": row.search.trials, "validation": row.search.validation, **row.search.settings}
        for row in rows
        if row.search
    }


def search_table(rows: list[LeaderboardRow]) -> Table:
    """List the expected best score on validation of every row for every number of trials."""
    points = [(row.name, point) for row in rows if row.search for point in row.search.expected_best]
    return Table(COLUMNS, [(name, point.trials, point.mean, point.low, point.high) for name, point in points])
