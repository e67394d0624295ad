"""The pictures of a leaderboard, for READMEs and MLflow."""

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.reporting.charts.leaderboard import leaderboard_picture
from embedding_bench.reporting.charts.learning import has_curves, learning_picture
from embedding_bench.reporting.vega import Spec

PICTURES = ("leaderboard", "learning")


def pictures_of(leaderboard: Leaderboard) -> dict[str, Spec]:
    """Return the specifications of the pictures by name: the leaderboard, and learning curves where there are any."""
    return {
        "leaderboard": leaderboard_picture(leaderboard),
        **({"learning": learning_picture(leaderboard)} if has_curves(leaderboard) else {}),
    }
