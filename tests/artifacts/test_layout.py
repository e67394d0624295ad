import inspect
from pathlib import Path

from embedding_bench.artifacts.layout import Layout
from embedding_bench.settings.run import Run, Variant

VARIANT = Variant("words", "random", "frozen", "mean")
RUN = Run(vectorizers=["words"], vectors=["random"], tuning=["frozen", "finetuned"], encoders=["mean"], baselines=["b"])
ARGUMENTS = {"vectorizer": "words", "vectors": "random", "variant": VARIANT, "name": "tfidf"}


def paths(layout: Layout) -> dict[str, Path]:
    """Every path that a layout names, by the name of its attribute."""
    named = {}
    for name, member in inspect.getmembers(Layout):
        if isinstance(member, property):
            named[name] = getattr(layout, name)
        elif inspect.isfunction(member) and not name.startswith(("rows", "variants", "measured", "_")):
            arguments = [ARGUMENTS[parameter] for parameter in list(inspect.signature(member).parameters)[1:]]
            named[name] = member(layout, *arguments)
    return named


def test_paths_are_distinct_and_below_the_root(tmp_path):
    named = paths(Layout(tmp_path))
    assert {"corpus", "tokens", "model", "scores", "baseline", "leaderboard", "report", "published"} <= set(named)
    assert len(set(named.values())) == len(named)
    assert all(path.is_relative_to(tmp_path) and path != tmp_path for path in named.values())


def test_two_projects_share_no_path():
    first, second = (set(paths(Layout(Path(name))).values()) for name in ("first", "second"))
    assert first.isdisjoint(second)


def test_without_a_root_paths_are_relative_to_the_working_directory():
    assert Layout().corpus == Path("data/corpus")
    assert Layout().leaderboard == Path("metrics/leaderboard.json")


def test_a_variant_and_its_artifacts_have_folders_of_their_own():
    layout, other = Layout(), VARIANT._replace(tuning="finetuned")
    for folder_of in (layout.model, layout.scores):
        assert folder_of(VARIANT) != folder_of(other)
        assert folder_of(VARIANT).name == "words-random-frozen-mean"
    cells = [("words", "random"), ("words", "word2vec"), ("pieces", "random")]
    for folder_of in (layout.vectors, layout.embedding):
        assert len({folder_of(*cell) for cell in cells}) == 3


def test_rows_are_the_variants_that_were_trained_and_then_the_baselines(tmp_path):
    layout, other = Layout(tmp_path), VARIANT._replace(tuning="finetuned")
    for variant in (VARIANT, other):
        layout.scores(variant).mkdir(parents=True)
    (layout.scores(VARIANT) / "left-out.txt").touch()
    (layout.scores(other) / "scores.json").touch()
    assert layout.rows(RUN) == [
        ("words-random-finetuned-mean", other, layout.scores(other)),
        ("b", None, layout.baseline("b")),
    ]


def test_a_confirmed_variant_is_measured_by_its_fresh_replicates():
    layout, name = Layout(), "words-random-frozen-mean"
    assert layout.measured_scores(VARIANT, confirmed=True) == layout.confirmed_scores(name)
    assert layout.measured_scores(VARIANT, confirmed=False) == layout.scores(VARIANT)
    assert layout.measured_model(VARIANT, confirmed=True) == layout.confirmed_model(name)
    assert layout.measured_model(VARIANT, confirmed=False) == layout.model(VARIANT)
