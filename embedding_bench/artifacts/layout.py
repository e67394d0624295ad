"""Where each artifact lies: every path of the project, once.

dvc.yaml names the same paths, because DVC watches them; a test compares the two.
"""

from dataclasses import dataclass
from pathlib import Path

from embedding_bench.settings.run import Run, Variant


@dataclass(frozen=True)
class Layout:
    """The paths of a project with the folder `root`."""

    root: Path = Path()

    @property
    def data(self) -> Path:
        """All artifacts that DVC keeps in its cache."""
        return self.root / "data"

    @property
    def metrics(self) -> Path:
        """Results that Git keeps."""
        return self.root / "metrics"

    # --- data ---------------------------------------------------------------------------------------------------------

    @property
    def code(self) -> Path:
        """Folder with a list of the code that each stage runs."""
        return self.data / "code"

    @property
    def corpus(self) -> Path:
        """Folder of `artifacts.corpus`."""
        return self.data / "corpus"

    def tokens(self, vectorizer: str) -> Path:
        """Folder of `artifacts.tokens`."""
        return self.data / "tokens" / vectorizer

    def vectors(self, vectorizer: str, vectors: str) -> Path:
        """Folder of `artifacts.vectors`."""
        return self.data / "vectors" / f"{vectorizer}-{vectors}"

    def embedding(self, vectorizer: str, vectors: str) -> Path:
        """Folder of `artifacts.embedding`."""
        return self.data / "embeddings" / f"{vectorizer}-{vectors}"

    def search(self, name: str) -> Path:
        """Folder of `artifacts.search` of a variant or a baseline."""
        return self.data / "search" / name

    def settings(self, name: str) -> Path:
        """The settings that a search chose."""
        return self.search(name) / "settings.json"

    def model(self, variant: Variant) -> Path:
        """Folder of `artifacts.model`."""
        return self.data / "models" / variant.name

    def scores(self, variant: Variant) -> Path:
        """Folder of `artifacts.scores` of a variant."""
        return self.data / "scores" / variant.name

    def baseline(self, name: str) -> Path:
        """Folder of `artifacts.scores` of a baseline."""
        return self.data / "baselines" / name

    @property
    def selection(self) -> Path:
        """Folder of `artifacts.selection`."""
        return self.data / "selection"

    @property
    def contenders(self) -> Path:
        """The variants that are trained anew."""
        return self.selection / "contenders.json"

    @property
    def confirmed(self) -> Path:
        """Folder of the variants that were trained anew."""
        return self.data / "confirmed"

    def confirmed_model(self, name: str) -> Path:
        """Folder of `artifacts.model` of a confirmed variant."""
        return self.confirmed / "models" / name

    def confirmed_scores(self, name: str) -> Path:
        """Folder of `artifacts.scores` of a confirmed variant."""
        return self.confirmed / "scores" / name

    @property
    def canary(self) -> Path:
        """The fingerprint of the machine that trained them, `models.canary`."""
        return self.confirmed / "canary.json"

    def measured_scores(self, variant: Variant, confirmed: bool) -> Path:
        """Folder of the scores that give a variant's figures."""
        return self.confirmed_scores(variant.name) if confirmed else self.scores(variant)

    def measured_model(self, variant: Variant, confirmed: bool) -> Path:
        """Folder of the model that belongs to them."""
        return self.confirmed_model(variant.name) if confirmed else self.model(variant)

    def variants(self, run: Run) -> list[Variant]:
        """List the cells of the run that were trained; the folders of others hold the reason."""
        return [cell for cell in run.cells if (self.scores(cell) / "scores.json").exists()]

    def rows(self, run: Run) -> list[tuple[str, Variant | None, Path]]:
        """Name every row of the leaderboard, its variant (None for a baseline) and the folder of its scores."""
        variants: list[tuple[str, Variant | None, Path]] = [
            (variant.name, variant, self.scores(variant)) for variant in self.variants(run)
        ]
        return [*variants, *((name, None, self.baseline(name)) for name in run.baselines)]

    @property
    def projections(self) -> Path:
        """Folder with the TSV files of each variant for TensorBoard's projector."""
        return self.data / "projector" / "tsv"

    @property
    def projector_config(self) -> Path:
        """The file that names all TSV files for TensorBoard's projector."""
        return self.data / "projector" / "projector_config.pbtxt"

    @property
    def intrinsic(self) -> Path:
        """Folder of the measures of the vectors themselves."""
        return self.data / "intrinsic"

    @property
    def leaderboard_page(self) -> Path:
        """The leaderboard as Markdown."""
        return self.data / "leaderboard.md"

    @property
    def export(self) -> Path:
        """Folder of `artifacts.exported`."""
        return self.data / "export"

    @property
    def report(self) -> Path:
        """Folder of the page and of the specifications of its pictures."""
        return self.data / "report"

    # --- metrics ------------------------------------------------------------------------------------------------------

    @property
    def leaderboard(self) -> Path:
        """The leaderboard, `artifacts.leaderboard`."""
        return self.metrics / "leaderboard.json"

    @property
    def summary(self) -> Path:
        """Accuracy and macro-F1 of each row, for `dvc metrics`."""
        return self.metrics / "summary.json"

    @property
    def coverage(self) -> Path:
        """How much of the corpus has a vector, for each embedding."""
        return self.metrics / "coverage.json"

    @property
    def analysis(self) -> Path:
        """Effects of the axes, and accuracy by class, length and confidence."""
        return self.metrics / "analysis.json"

    @property
    def intrinsic_metrics(self) -> Path:
        """The measures of the vectors themselves that Git keeps."""
        return self.metrics / "intrinsic.json"

    @property
    def curves(self) -> Path:
        """Every epoch of every replicate, TSV."""
        return self.metrics / "curves.tsv"

    @property
    def search_summary(self) -> Path:
        """What a search chose for each row."""
        return self.metrics / "search.json"

    @property
    def search_curves(self) -> Path:
        """The expected best score on validation by number of trials, TSV."""
        return self.metrics / "search.tsv"

    @property
    def learning(self) -> Path:
        """Test accuracy by number of labels, TSV."""
        return self.metrics / "learning.tsv"

    @property
    def confusion(self) -> Path:
        """Confusion matrices of the test split, TSV."""
        return self.metrics / "confusion.tsv"

    # --- what DVC does not hash ---------------------------------------------------------------------------------------

    @property
    def reports(self) -> Path:
        """Folder of the page with its provenance, and of the pictures drawn on this machine."""
        return self.root / "reports"

    @property
    def published(self) -> Path:
        """The content hashes of the runs that `track` published."""
        return self.root / "mlflow" / "published.json"
