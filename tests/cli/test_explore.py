import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.artifacts import embedding, model, vectors
from embedding_bench.artifacts.embedding import Embedding, initial_matrix
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from tests.conftest import ROOT

WORDS = ["king", "queen", "man", "woman", "far", "\u00fcber", "1998", "two words"]
VECTORS = np.asarray(
    [[3, 1, 0], [3, 0, 1], [0, 1, 0], [0, 0, 1], [30, 11, 0], [-1, -1, -1], [0.1, -1 / 3, 1e-7], [-1, 0, 0]], np.float32
)


@pytest.fixture
def data(tmp_path) -> Path:
    """Vectors, and a frozen and a fine-tuned variant of them, in which king and queen changed places."""
    data = Layout(tmp_path / "project").data
    for name in ("vectors/words-given", "vectors/words-random", "embeddings/words-given", "embeddings/words"):
        (data / name).mkdir(parents=True)
    vectors.write(data / "vectors/words-given", [WordVectors(pa.array(WORDS), VECTORS)], 3, {})
    vectors.write(data / "vectors/words-random", [], 3, {})
    size = len(WORDS)
    vocabulary = pa.table(
        {
            "token": ["", "[UNK]", *WORDS],
            "count": pa.array([0] * (size + 2), pa.int64()),
            "match": pa.array(["missing"] * (size + 2)).dictionary_encode(),
        }
    )
    rows = np.arange(2, size + 2, dtype=np.int32)
    built = Embedding(vocabulary, rows, rows, VECTORS, {"policy": "zeros"})
    embedding.write(data / "embeddings/words-given", built, {})
    matrix = initial_matrix(built, 1)
    matrix[[2, 3]] = matrix[[3, 2]]
    for tuning, weights in (("frozen", {}), ("finetuned", {"embedding": matrix})):
        (data / f"models/words-given-{tuning}-mean").mkdir(parents=True)
        model.write(
            data / f"models/words-given-{tuning}-mean", weights, {"seed": 1, "rows": {"missing": {"policy": "zeros"}}}
        )
    return data


@pytest.fixture
def ask(data, run):
    """Ask about the project's vectors; return the printed lines, split at tabs."""

    def asked(command: str, *arguments: str) -> list[list[str]]:
        printed = run("explore", command, "--root", str(data.parent), *arguments)
        return [line.split("\t") for line in printed.splitlines()]

    return asked


def words(lines: list[list[str]]) -> list[str]:
    return [line[0] for line in lines]


def test_all_sources_with_words_are_listed(ask):
    assert ask("sources") == [
        ["words-given", "vectors, 8 words x 3 dimensions"],
        ["words-given-finetuned-mean", "model"],
        ["words-given-frozen-mean", "model"],
    ]


def test_near_by_cosine_and_by_euclidean_distance_differ(ask):
    assert ask("near", "words-given", "king", "-n", "1") == [["far", "0.9996"]]
    assert ask("near", "words-given", "king", "-n", "1", "--distance", "euclidean") == [["queen", "1.4142"]]


def test_an_analogy_leaves_its_own_words_out(ask):
    assert words(ask("analogy", "words-given", "king", "man", "woman", "-n", "1")) == ["queen"]


def test_a_sum_takes_coefficients_and_leaves_nothing_out(ask):
    near = ("-n", "1", "--distance", "euclidean")
    assert ask("sum", "words-given", "king", "-1", "man", "+1.0", "woman", *near) == [["queen", "0.0000"]]
    assert ask("sum", "words-given", "+10", "king", "+1", "man", *near) == [["far", "0.0000"]]
    assert words(ask("sum", "words-given", "king", "-.01", "man", *near)) == ["king"]
    assert words(ask("sum", "words-given", "-1", "king", "-n", "1")) == ["two words"]
    assert words(ask("sum", "words-given", "1998", *near)) == ["1998"]  # without a sign a word


def test_a_sum_by_cosine_and_by_euclidean_distance_differ(ask):
    assert words(ask("sum", "words-given", "king", "+1", "king", "-n", "1")) == ["king"]
    assert ask("sum", "words-given", "+9", "king", "-n", "1", "--distance", "euclidean")[0] == ["far", "3.6056"]


@pytest.mark.parametrize("terms", [["king", "-1.7"], ["-1", "+2", "king"]])
def test_a_coefficient_without_a_word_is_an_error(ask, terms):
    with pytest.raises(UserError, match=r"has no word after it; write such as: sum SOURCE king -1.7 man \+1.7 woman"):
        ask("sum", "words-given", *terms)


def test_the_odd_one_out_comes_first(ask):
    assert words(ask("odd", "words-given", "king", "queen", "man", "far"))[0] == "man"


def test_a_vector_is_printed_with_all_its_digits(ask):
    numbers = ask("vector", "words-given", "1998")[0][0].split(" ")
    np.testing.assert_array_equal(np.asarray(numbers, np.float32), VECTORS[6])


def test_words_are_found_in_another_case(ask):
    assert ask("vector", "words-given", "KING") == ask("vector", "words-given", "king")
    assert ask("vector", "words-given", "\u00dcber") == ask("vector", "words-given", "\u00fcber")


def test_a_variant_shows_what_training_made_of_its_rows(ask, data):
    assert ask("vector", "words-given-finetuned-mean", "king") == ask("vector", "words-given", "queen")
    assert ask("vector", "words-given-frozen-mean", "king") == ask("vector", "words-given", "king")
    path = str(data / "models/words-given-finetuned-mean")
    assert ask("vector", path, "man") == ask("vector", "words-given", "man")


def test_unknown_words_are_told_near_spellings(ask):
    with pytest.raises(UserError, match=r"words-given: 'quen' is not among its 8 words; near spellings: queen$"):
        ask("near", "words-given", "quen")
    with pytest.raises(UserError, match="no frequent word has a similar spelling"):
        ask("odd", "words-given", "king", "xxxxxxxx")


def test_wrong_sources_are_told_what_there_is(ask, run, tmp_path):
    with pytest.raises(
        UserError, match=r"'given': no vectors or model of that name .* there are: words-given, words-g"
    ):
        ask("near", "given", "king")
    with pytest.raises(UserError, match="random vectors have no words"):
        ask("near", "words-random", "king")
    with pytest.raises(UserError, match="nowhere/data: neither vectors nor models; run `embedding-bench repro`"):
        run("explore", "sources", "--root", str(tmp_path / "nowhere"))


def test_a_model_without_its_embedding_is_an_error(ask, data):
    (data / "embeddings/words-given").rename(data / "embeddings/other")
    (data / "embeddings/words").rename(data / "embeddings/words-give")
    with pytest.raises(UserError, match="no embedding that 'words-given-frozen-mean' started from"):
        ask("near", "words-given-frozen-mean", "king")


@pytest.mark.parametrize(
    "lost", ["embeddings/words-given/aliases.parquet", "models/words-given-finetuned-mean/weights.npz"]
)
def test_a_source_of_which_a_file_is_lost_is_an_error(ask, data, lost):
    (data / lost).unlink()
    message = rf"words-given-finetuned-mean: .*{Path(lost).name}.* is missing; run `dvc checkout` or `dvc repro`"
    with pytest.raises(UserError, match=message):
        ask("near", "words-given-finetuned-mean", "king")


def test_exported_vectors_load_in_gensim_as_they_are(ask, tmp_path):
    from gensim.models import KeyedVectors

    path = tmp_path / "given.txt"
    said = ask("export", "words-given", str(path))
    assert said == [[f"{path}: 7 words; 1 with white space in them left out, which the format cannot hold"]]
    loaded = KeyedVectors.load_word2vec_format(str(path))
    assert loaded.index_to_key == WORDS[:7]
    np.testing.assert_array_equal(loaded.vectors, VECTORS[:7])


@pytest.mark.skipif(importlib.util.find_spec("spacy") is None, reason="NO SPACY: install spacy to test its import")
def test_exported_vectors_load_in_spacy(ask, tmp_path):
    ask("export", "words-given", str(tmp_path / "given.txt"))
    command = ["spacy", "init", "vectors", "en", str(tmp_path / "given.txt"), str(tmp_path / "made")]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    import spacy

    made = spacy.load(tmp_path / "made")
    np.testing.assert_array_equal(made.vocab["queen"].vector, VECTORS[1])


def test_an_export_into_nowhere_is_an_error(ask, tmp_path):
    for path in (tmp_path, tmp_path / "no" / "file.txt"):
        with pytest.raises(UserError, match="expected the path of a file, in a folder that is there"):
            ask("export", "words-given", str(path))


def test_the_command_line_answers_in_a_process_and_ends_with_2_for_a_mistake(data):
    command = [sys.executable, "-m", "embedding_bench.cli.main", "explore", "near", "words-given"]
    options = ["-n", "1", "--root", str(data.parent)]
    done = subprocess.run([*command, "king", *options], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "far\t0.9996\n", "")
    done = subprocess.run([*command, "kng", *options], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: words-given: 'kng' is not among")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_a_number_of_words_that_is_none_is_refused(ask, number):
    with pytest.raises(UserError, match=r"'-n': .*; .*explore near --help lists what is allowed"):
        ask("near", "words-given", "king", "-n", number)


def test_an_unknown_distance_is_refused_with_the_known_ones(ask):
    with pytest.raises(UserError, match=r"'--distance': .*'cosinus' is not one of 'cosine', 'euclidean'"):
        ask("near", "words-given", "king", "--distance", "cosinus")


def test_no_library_that_takes_seconds_is_imported(data):
    code = (
        "import sys;"
        "import embedding_bench.cli.explore, embedding_bench.probing.source, embedding_bench.vectors.formats.text;"
        "assert 'pandas' not in sys.modules;"  # which pyarrow imports when it reads a table
        "from embedding_bench.cli.main import run_command;"
        f"run_command(['explore', 'near', 'words-given-finetuned-mean', 'king', '--root', {str(data.parent)!r}]);"
        "assert not {'tensorflow', 'keras', 'gensim', 'scipy', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
