"""Show the leaderboard of the last run in the terminal, and where to look further."""

from pathlib import Path

from embedding_bench.core import errors
from embedding_bench.core.files import read_json
from embedding_bench.evaluation.rendering import to_sentence, to_text

LEADERBOARD = Path("metrics/leaderboard.json")

FURTHER = """
Look further:
  reports/index.html  the answer, its figures, wrong texts and a map of the words, on a page
  make ui             MLflow: sort variants by test accuracy, overlay validation curves
  make projector      TensorBoard: the embeddings in three dimensions
  dvc plots show      validation curves and confusion matrices as a page
  python -m embedding_bench.cli.predict "a text"   the selected model, which stands in data/export with its card
  dvc exp run -S 'run.encoders=[mean]'   another experiment; README has more"""


def show() -> None:
    """Print the leaderboard, its one sentence and the commands to look further."""
    board = read_json(LEADERBOARD)
    told = "\n".join([to_sentence(board), *(pair["told"] for pair in board["learning"])])
    print(f"\n{to_text(board)}\n\n{told}\n{FURTHER}")


if __name__ == "__main__":
    errors.run(show)
