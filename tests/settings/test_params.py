import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.core.params import Params
from embedding_bench.settings.datasets import DATASET, INPUT
from embedding_bench.settings.encoders import ENCODERS, PoolingEncoder
from embedding_bench.settings.experiment import Experiment
from embedding_bench.settings.training import TRAINING, Training
from embedding_bench.settings.tuning import TUNING
from embedding_bench.settings.vectorizers import VECTORIZERS

TEXT = """
dataset: mine
training: {replicates: 2, seed: 1}
tuning:
  frozen: {trainable: false}
encoders:
  mean: {kind: mean, batch_size: 8, learning_rate: 0.1, epochs: 0, patience: 1}
  sum: {kind: sum, batch_size: 8, learning_rate: 0.1, epochs: 4, patience: 1}
report: a page, please
"""
PARAMS = Params.parse(TEXT)


def test_a_section_is_parsed_beside_broken_ones():
    assert PARAMS.section(TRAINING) == Training(replicates=2, seed=1)
    assert PARAMS.section(DATASET) == "mine"


def test_an_entry_is_parsed_beside_a_broken_one():
    settings = PARAMS.entry(ENCODERS, "sum")
    assert settings == PoolingEncoder(kind="sum", batch_size=8, learning_rate=0.1, epochs=4, patience=1)


def test_a_catalogue_is_parsed_beside_broken_ones():
    catalogue = PARAMS.catalogue(TUNING)
    assert {name: tuning.trainable for name, tuning in catalogue.items()} == {"frozen": False}


def test_a_broken_entry_breaks_its_catalogue():
    with pytest.raises(UserError, match=r"^params\.yaml: encoders\.mean\.epochs: found 0; "):
        PARAMS.catalogue(ENCODERS)


def test_a_part_reads_its_sections_alone():
    sections = {
        "run": {"vectorizers": ["a"], "vectors": ["b"], "tuning": ["c"], "encoders": ["d"], "baselines": ["e"]},
        "search": {"trials": 0, "seed": 1},
        "training": {"replicates": 2, "seed": 1},
        "vocabulary": {"size": 5, "min_count": 1},
    }
    catalogues = {name: {} for name in sections["run"]}
    params = Params({**sections, **catalogues, "report": "broken", "unknown": 1})
    assert params.part(Experiment).training == Training(replicates=2, seed=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("training: {replicates: 0, seed: 1}", r"^params\.yaml: training\.replicates: found 0; "),
        ("training: {replicates: 2}", r"^params\.yaml: training\.seed: missing"),
        ("training: {replicates: 2, seed: 1, sede: 1}", r"^params\.yaml: training: unknown key 'sede'; did you mean"),
        ("training: 5", r"^params\.yaml: training: found 5; should be a mapping"),
        ("traning: {}", r"^params\.yaml: training: missing$"),
    ],
)
def test_a_mistake_in_a_section_names_its_full_path(text, message):
    with pytest.raises(UserError, match=message):
        Params.parse(text).section(TRAINING)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{kind: mean, batch_size: 8, learning_rate: 0.1, epochs: 0, patience: 1}", r"mean\.epochs: found 0; "),
        ("{kind: mean, batch_size: 8, learning_rate: 0.1, patience: 1}", r"mean\.epochs: missing"),
        ("{kind: maen}", r"mean\.kind: found 'maen'; did you mean 'mean'\?"),
        ("{batch_size: 8}", r"mean: 'kind' is missing"),
        ("5", r"mean: found 5; "),
    ],
)
def test_a_mistake_in_an_entry_names_its_full_path(entry, message):
    params = Params.parse(f"encoders: {{mean: {entry}}}")
    with pytest.raises(UserError, match=rf"^params\.yaml: encoders\.{message}"):
        params.entry(ENCODERS, "mean")


def test_an_unknown_entry_names_the_nearest():
    with pytest.raises(UserError, match=r"^params\.yaml: encoders: no entry 'maen'; did you mean 'mean'\? allowed: "):
        PARAMS.entry(ENCODERS, "maen")


def test_a_missing_section_is_named():
    with pytest.raises(UserError, match=r"^params\.yaml: input: missing$"):
        PARAMS.section(INPUT)
    with pytest.raises(UserError, match=r"^params\.yaml: vectorizers: missing$"):
        PARAMS.entry(VECTORIZERS, "words")
    with pytest.raises(UserError, match=r"^params\.yaml: run: missing"):
        PARAMS.part(Experiment)


def test_errors_name_the_file_that_was_read(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(TEXT)
    with pytest.raises(UserError, match=f"^{path}: encoders.mean.epochs: found 0"):
        Params.read(path).entry(ENCODERS, "mean")


@pytest.mark.parametrize("catalogue", ["null", "[mean]", "mean"])
def test_a_catalogue_that_is_no_mapping_is_a_mistake(catalogue):
    params = Params.parse(f"encoders: {catalogue}")
    with pytest.raises(UserError, match=r"^params\.yaml: encoders: found .*; expected a mapping"):
        params.entry(ENCODERS, "mean")
    with pytest.raises(UserError, match=r"^params\.yaml: encoders: found .*; expected a mapping"):
        params.catalogue(ENCODERS)
