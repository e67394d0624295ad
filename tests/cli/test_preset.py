from embedding_bench.project.presets import describe_preset, preset_names
from tests.conftest import ROOT


def test_without_a_name_all_presets_are_listed_with_their_lessons(run, monkeypatch):
    monkeypatch.chdir(ROOT)
    rows = [line.split("\t") for line in run("preset").splitlines()]
    assert rows == [[name, describe_preset(name).lesson] for name in preset_names()]
