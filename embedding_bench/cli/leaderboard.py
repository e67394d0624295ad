"""`embedding-bench leaderboard`: the leaderboard of the last run."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedding_bench.artifacts.leaderboard import Leaderboard

FURTHER = """
Look further:
  reports/index.html          the answer, its charts, wrong texts and a map of the words, on a page
  embedding-bench ui          MLflow: sort variants by test accuracy, overlay validation curves
  embedding-bench projector   TensorBoard: the embeddings in three dimensions
  embedding-bench predict     classify texts with the exported model
  dvc plots show              validation curves and confusion matrices as a page
  dvc exp run -S 'run.encoders=[mean]'   another experiment"""


def leaderboard() -> None:
    """Show the leaderboard of the last run.

    Its page is brought up to date, too.
    """
    from embedding_bench.cli.report import write_report
    from embedding_bench.project.here import require_project

    require_project()
    write_report()
    show()


def show() -> None:
    """Print the leaderboard, its sentences and the commands to look further."""
    from embedding_bench.artifacts import leaderboard as artifact
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.evaluation.rendering import to_sentence

    board = artifact.read(Layout().leaderboard)
    print_leaderboard(board)
    print("\n" + "\n".join([to_sentence(board), *(pair.sentence for pair in board.learning), FURTHER]))


def print_leaderboard(board: "Leaderboard") -> None:
    """Print the table and the notes on its columns."""
    from embedding_bench.cli.output import print_table
    from embedding_bench.evaluation.rendering import notes, to_table, to_text

    header, *rows = to_table(board)
    print()
    print_table(header, rows, [bool(row[0]) for row in rows], to_text(board))
    print("\n" + "\n".join(notes(board)))
