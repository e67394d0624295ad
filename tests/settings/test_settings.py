import re
from pathlib import Path

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.project.params_file import change
from embedding_bench.settings.complete import Settings, load_settings, parse_settings
from embedding_bench.settings.encoders import ENCODERS
from tests.conftest import ROOT

PARAMS = (ROOT / "params.yaml").read_text()
BARE = re.sub(" *#.*", "", PARAMS)  # without comments


def load_changed(tmp_path: Path, old: str, new: str) -> Settings:
    assert old in BARE
    path = tmp_path / "params.yaml"
    path.write_text(BARE.replace(old, new, 1))
    return load_settings(path)


def test_committed_params_are_right():
    assert load_settings(ROOT / "params.yaml").dataset == "sample"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    kind: mean\n", "    kind: maen\n", r"encoders\.mean\.kind: found 'maen'; did you mean 'mean'"),
        ("    kind: mean\n", "    sort: mean\n", r"encoders\.mean: 'kind' is missing"),
        ("    dropout: 0.0", "    dropuot: 0.0", r"encoders\.mean: unknown key 'dropuot'; did you mean 'dropout'"),
        ("    dropout: 0.0", "    dropout: 3.0", r"encoders\.mean\.dropout: found 3\.0; .*less than 1"),
        ("[random, word2vec]", "[random, word2vex]", r"run\.vectors: 'word2vex' is not .* did you mean 'word2vec'"),
        ("[random, word2vec]", "[random, random]", r"run\.vectors: 'random' is listed twice"),
        ("[random, word2vec]", "random", r"run\.vectors: found 'random'; .*list"),
        ("[random, word2vec]", "[]", r"run\.vectors: found \[\]"),
        ("dataset: sample", "dataset: smaple", r"dataset: found 'smaple'; did you mean 'sample'"),
        ("dataset: sample", "dataset: a.b", r"dataset: found 'a\.b'; use letters, digits"),
        ("    noise: 0.03", "    noise: '0.03'", r"datasets\.sample\.noise: found '0\.03'"),
        ("  replicates: 3", "  replicates: 0", r"training\.replicates: found 0"),
        ("track:", "trick:", r"unknown key 'trick'; did you mean 'track'"),
        ("    dimensions: 100\n", "", r"vectors\.random\.dimensions: missing"),
        (
            "{policy: uniform, limit: 0.05}",
            "{policy: zeros}",
            r"`missing: zeros` gives every word the same",
        ),
        ("    trainable: false", "    trainable: false\n    learning_rate: 0.1", r"a frozen embedding has no learning"),
        (
            "    trainable: false",
            "    trainable: true",
            r"tuning\.frozen: .*needs a learning_rate",
        ),
        ("    kind: words\n", "    kind: words\n    pieces: 9\n", r"`pieces`, such as 8000, belongs to"),
        ("    pieces: 8000\n", "", r"vectorizers\.subwords: .*`pieces`"),
        ("    trainable: false", "    trainable: false\n    frozen_epochs: 1", r"frozen_epochs belong to a fine-tuned"),
        ("    max_tokens: 30\n", "", r"encoders\.flatten\.max_tokens: missing"),
        ("dataset: sample", "dataset: sample\ndataset: sample", r"not valid YAML.*duplicate key"),
        ("dataset: sample", "dataset: !!python/object/apply:os.system ['true']", r"not valid YAML|dataset"),
    ],
)
def test_a_mistake_names_the_key_the_value_and_what_is_allowed(tmp_path, old, new, message):
    with pytest.raises(UserError, match=message):
        load_changed(tmp_path, old, new)


@pytest.mark.parametrize("text", ["", "- a list", "just text"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, text):
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=r"params\.yaml"):
        load_settings(path)


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(UserError, match="no such file; run from the project's root"):
        load_settings(tmp_path / "params.yaml")


def test_names_that_collide_are_refused(tmp_path):
    name = "words-word2vec-frozen-mean"
    path = tmp_path / "params.yaml"
    path.write_text(PARAMS.replace("nb-trigrams]", f"{name}]").replace("  nb-trigrams:\n", f"  {name}:\n"))
    with pytest.raises(UserError, match=f"two rows would be called '{name}'"):
        load_settings(path)


def test_variants_stand_in_the_order_of_the_axes():
    names = [variant.name for variant in load_settings(ROOT / "params.yaml").variants]
    assert names[:2] == ["words-random-finetuned-mean", "words-random-finetuned-ngrams"]
    assert names[4] == "words-word2vec-frozen-mean"
    assert len(names) == 12


def test_frozen_random_vectors_are_left_out_unless_as_a_control():
    plain = parse_settings(PARAMS)
    asked = parse_settings(change(PARAMS, {"tuning": {"frozen": {"control": True}}}))
    assert {v.name for v in asked.variants} - {v.name for v in plain.variants} == {
        f"words-random-frozen-{encoder}" for encoder in plain.run.encoders
    }
    assert asked.variants == asked.run.cells


def test_a_run_of_nothing_but_controls_says_what_to_do():
    changes = {"run": {"vectors": ["random"], "tuning": ["frozen"]}}
    with pytest.raises(UserError, match=r"nothing to train: .* or write `control: true` to tuning\.frozen"):
        parse_settings(change(PARAMS, changes))


def test_buckets_have_no_pretrained_vectors(tmp_path):
    text = change(PARAMS, {"run": {"vectorizers": ["hashed"], "vectors": ["random", "glove-wiki-gigaword-50"]}})
    with pytest.raises(UserError, match=r"'hashed' hashes words into buckets.*'glove-wiki-gigaword-50' has no vectors"):
        parse_settings(text)


@pytest.mark.parametrize("encoder", ["bilstm", "cnn", "flatten"])
def test_ngrams_have_no_order_to_read(encoder):
    def text(*encoders: str) -> str:
        return change(PARAMS, {"run": {"vectorizers": ["words", "bigrams"], "encoders": list(encoders)}})

    parse_settings(text("mean", "presence", "max"))
    with pytest.raises(UserError, match=f"'bigrams' puts the n-grams of a text after its words, and '{encoder}' reads"):
        parse_settings(text("mean", encoder))


@pytest.mark.parametrize("vectorizer", ["bigrams", "subwords", "hashed"])
def test_own_texts_are_for_single_words_and_characters(vectorizer):
    own = {"run": {"vectorizers": [vectorizer], "vectors": ["ppmi"]}, "vectors": {"ppmi": {"texts": ["novel.txt"]}}}
    with pytest.raises(UserError, match=rf"the `texts` of 'ppmi' are split .* unlike the tokens of '{vectorizer}'"):
        parse_settings(change(PARAMS, own))
    assert parse_settings(change(PARAMS, own | {"run": {"vectorizers": ["characters"], "vectors": ["ppmi"]}}))


MEAN = {"kind": "mean", "batch_size": 64, "learning_rate": 0.01, "epochs": 3, "patience": 2}


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"dropuot": [0.1, 0.2]}, r"space\.dropuot: found 0\.1: unknown key 'dropuot'; did you mean 'dropout'"),
        ({"dropout": [0.1, 3]}, r"space\.dropout: found 3: Input should be less than 1"),
        (
            {"dropout": [0.1]},
            r"space\.dropout: found \[0\.1\]; expected two values or more, or \{low: 0\.001, high: 0\.1\}",
        ),
        ({"dropout": 0.1}, r"space\.dropout: found 0\.1; expected two values or more"),
        ({"learning_rate": {"low": 0.1, "high": 0.01}}, r"found low 0\.1 and high 0\.01; the lower one comes first"),
        ({"learning_rate": {"low": 0.1}}, r"space\.learning_rate\.high: Field required"),
        (
            {"learning_rate": {"low": 0.1, "high": float("inf")}},
            r"space\.learning_rate\.high: Input should be a finite",
        ),
        ({"space": [1, 2]}, r"space\.space: a space has no values of its own"),
        ({"ngrams.size": [1, 2]}, r"space\.ngrams\.size: there is no 'ngrams'"),
        ({"ngrams": [None, {}], "ngrams.size": [1, 2]}, r"space\.ngrams"),
        ([1], r"expected a mapping"),
    ],
)
def test_a_mistake_in_a_space_is_one_line(space, message):
    text = change(PARAMS, {"encoders": {"mean": {"space": None}}})
    with pytest.raises(UserError, match=rf"^params\.yaml: encoders\.mean.*{message}"):
        parse_settings(change(text, {"encoders": {"mean": {"space": space}}}))


def test_a_space_varies_values_and_nested_values_and_keeps_them():
    rate = {"longest": 2, "size": 10, "min_count": 2, "learning_rate": 0.1}
    entry = ENCODERS.adapter.validate_python(MEAN | {"ngrams": rate, "space": {"ngrams.size": [10, 20]}})
    assert entry.at({"ngrams.size": 20}).ngrams.size == 20
    assert entry.at({}).space == {}
    assert (entry.value("ngrams.size"), entry.value("learning_rate")) == (10, 0.01)


def test_what_makes_other_vectors_is_no_part_of_a_space():
    with pytest.raises(UserError, match=r"vectors\.word2vec.*space\.window: found, but it makes other vectors"):
        parse_settings(change(PARAMS, {"vectors": {"word2vec": {"space": {"window": [2, 5]}}}}))
    assert parse_settings(
        change(PARAMS, {"vectors": {"word2vec": {"space": {"missing.sd": {"low": 0.01, "high": 1.0}}}}})
    )


def test_random_vectors_may_not_all_be_equal_in_a_trial_either():
    missing = [{"policy": "zeros"}, {"policy": "normal", "sd": 0.1}]
    with pytest.raises(UserError, match=r"space\.missing: found .* gives every word the same row"):
        parse_settings(change(PARAMS, {"vectors": {"random": {"space": {"missing": missing}}}}))


@pytest.mark.parametrize("line", ["  class_weights: none\n", "  devices: 1\n", "  members: best\n"])
def test_what_stages_depend_on_by_itself_must_be_there(tmp_path, line):
    with pytest.raises(UserError, match=f"{line.split(':')[0].strip()}: missing"):
        load_changed(tmp_path, line, "")
