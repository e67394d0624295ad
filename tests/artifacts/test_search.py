from embedding_bench.artifacts import search
from embedding_bench.artifacts.search import Trial, Trials, VariantSettings
from embedding_bench.settings.complete import load_settings
from tests.conftest import ROOT

SETTINGS = load_settings(ROOT / "params.yaml")


def test_settings_of_a_variant_survive(tmp_path):
    for vectors in ("random", "word2vec"):
        for encoder in SETTINGS.encoders.values():
            chosen = VariantSettings(encoder.at({}), SETTINGS.tuning["released"], SETTINGS.vectors[vectors].drawn)
            search.write(tmp_path, chosen.plain(), Trials())
            assert search.read_variant(tmp_path / "settings.json") == chosen
            assert search.left_out(tmp_path / "settings.json") is None


def test_settings_of_a_baseline_survive(tmp_path):
    for baseline in SETTINGS.baselines.values():
        search.write(tmp_path, {"baseline": baseline.plain()}, Trials())
        assert search.read_baseline(tmp_path / "settings.json") == baseline.at({})


def test_trials_survive(tmp_path):
    trials = Trials(
        space={"encoder.dropout": [0.1, 0.3], "encoder.learning_rate": {"low": 0.001, "high": 0.1}},
        texts=[300, 900],
        folds=5,
        trials=[Trial(settings={"encoder.dropout": 0.1, "encoder.learning_rate": 0.01}, scores=[(0.9, 0.3)])],
        edges=["encoder.dropout"],
        importances={"encoder.dropout": 0.75},
    )
    search.write(tmp_path, {}, trials)
    assert search.read_trials(tmp_path) == trials


def test_a_variant_that_is_left_out_has_a_reason(tmp_path):
    search.write(tmp_path, {search.LEFT_OUT: "a control"}, Trials())
    assert search.left_out(tmp_path / "settings.json") == "a control"
    assert search.read_trials(tmp_path).trials == []
