from pathlib import Path

from embedding_bench.project.proposal import entry_name
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.datasets import TableDataset
from tests.conftest import ROOT


def test_an_entry_never_takes_the_name_of_another():
    settings, dataset = load_settings(ROOT / "params.yaml"), TableDataset(source="table")
    assert entry_name(Path("/a/My reviews (1).csv.gz"), dataset, settings) == "my_reviews_1"
    assert entry_name(Path("sample.csv"), dataset, settings) == "sample_2"
    assert entry_name(Path("\u6771.csv"), dataset, settings) == "own"
    assert entry_name(Path("/mails/2020/train.csv"), dataset, settings) == "2020_train"
