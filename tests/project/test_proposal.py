from pathlib import Path

from embedding_bench.project.proposal import entry_name
from embedding_bench.settings.complete import load_settings
from embedding_bench.settings.datasets import TableDataset
from tests.conftest import ROOT


def test_an_entry_never_takes_the_name_of_another():
    settings, dataset = load_settings(ROOT / "params.yaml"), TableDataset(source="table")
    assert entry_name(Path("/a/My reviews (1).csv.gz"), dataset, settings) == "my_reviews_1"
    assert entry_name(Path("sample.csv"), dataset, settings) == "sample_2"
    first, second = (entry_name(Path(f"{name}.csv"), dataset, settings) for name in ("\u6771", "\u897f"))
    assert first.startswith("own_")
    assert first != second
    assert entry_name(Path("reviews.2024.csv"), dataset, settings) == "reviews_2024"
    assert entry_name(Path("/mails/2020/train.csv"), dataset, settings) == "2020_train"
