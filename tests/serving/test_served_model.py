import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowException

from embedding_bench.serving import mlflow_model
from embedding_bench.serving.classifier import TextClassifier
from embedding_bench.serving.keras_file import read_model, write_model
from embedding_bench.serving.mlflow_model import ServedModel
from embedding_bench.serving.predictor import Predictor
from embedding_bench.settings.encoders import PoolingEncoder
from tests.serving.server import Server, served

RAW = [
    "The cafe\u0301<br />",
    "Fish &amp; chips, THE &eacute;",
    "",
    "   ",
    "the the unknown 体育 \U0001f41f",
    "2020-01-01",
    "1e5",
    "null",
    "café\r\n\t\x00",
    "the " * 5_000,
]
LABELS = ['it\'s "bad"', "gut é", "体育"]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export a model that knows three words."""
    folder = tmp_path_factory.mktemp("exported") / "export"
    folder.mkdir()
    encoder = PoolingEncoder(kind="mean", batch_size=1, learning_rate=1, epochs=1, patience=1).model_dump()
    model = TextClassifier({"kind": "words"}, ["the", "café", "&"], 4, encoder, LABELS, [0.5, 0.3, 0.2], name="tiny")
    random = np.random.default_rng(1)
    for variable in model.trainable_variables:
        variable.assign(random.normal(size=variable.shape))
    write_model(folder / "model.keras", model)
    return folder


@pytest.fixture(scope="module")
def predictor(export: Path) -> Predictor:
    return Predictor(read_model(export / "model.keras"))


@pytest.fixture(scope="module")
def server(export: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    mlflow_model.save(export, folder / "model")
    with served(str(folder / "model"), folder / "elsewhere") as found:
        yield found


def test_raw_texts_over_http_get_the_predictors_answers(server, predictor):
    answers, expected = server.classify(RAW), predictor.probabilities(RAW)
    assert [answer["label"] for answer in answers] == [LABELS[best] for best in expected.argmax(axis=1)]
    np.testing.assert_allclose([answer["probability"] for answer in answers], expected.max(axis=1), atol=1e-6)
    assert [list(answer["probabilities"]) for answer in answers] == [LABELS] * len(RAW)
    found = [list(answer["probabilities"].values()) for answer in answers]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert len({answer["label"] for answer in answers}) > 1


def test_a_missing_text_is_an_empty_one(server):
    missing, empty, _ = server.classify([None, "", "the"])
    assert missing == empty
    np.testing.assert_allclose(list(missing["probabilities"].values()), [0.5, 0.3, 0.2])
    (alone,) = server.classify([None])
    np.testing.assert_allclose([*alone["probabilities"].values()], [*missing["probabilities"].values()], rtol=1e-6)
    assert server.post(b'{"dataframe_split": {"columns": ["text"], "data": []}}') == (200, {"predictions": []})


def test_other_forms_of_a_request_are_answered_alike(server):
    expected = server.classify(["the café"])
    for body in ({"inputs": ["the café"]}, {"dataframe_split": {"columns": ["text"], "data": [["the café"]]}}):
        assert server.post(json.dumps(body).encode()) == (200, {"predictions": expected})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"[]",
        b"{}",
        b'{"dataframe_records": [{"words": "the"}]}',
        b'{"dataframe_records": [{"text": 5}]}',
        b'{"dataframe_records": [{"text": ["the"]}]}',
        b'{"dataframe_records": [{"text": "\\ud800"}]}',
        b'{"dataframe_records": [{"text": "\xff"}]}',
    ],
)
def test_a_malformed_request_is_refused(server, body):
    status, answer = server.post(body)
    assert status == 400
    assert answer["message"]
    assert server.classify(["the"])


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_a_table_answers_a_table(export, predictor, missing):
    model = ServedModel()
    model.load_context(type("Context", (), {"artifacts": {"export": str(export)}}))
    table = model.predict(pd.DataFrame({"text": [missing]}, index=[7]))
    assert list(table.columns) == ["label", "probability", "probabilities"]
    assert table["probabilities"][0] == dict(zip(LABELS, predictor.probabilities([""])[0].tolist(), strict=True))
    with pytest.raises(MlflowException, match="text: found 5 in row 1; expected a string"):
        model.predict(pd.DataFrame({"text": ["a", 5]}))


def test_the_copied_code_is_complete_and_its_packages_are_required(tmp_path):
    copied = mlflow_model._copy_code(tmp_path)
    names = {name for path in copied.rglob("*.py") for name in imported(path)}
    own = {name for name in names if name.startswith("embedding_bench")}
    assert "embedding_bench.serving.classifier" in own
    for name in own:
        assert (tmp_path / name.replace(".", "/")).is_dir() or (tmp_path / f"{name.replace('.', '/')}.py").is_file(), (
            name
        )
    others = {name.split(".")[0] for name in names - own} - sys.stdlib_module_names
    known = {requirement.split(".")[0] for requirement in mlflow_model.REQUIREMENTS}
    assert others - {"pydantic_core"} == known  # pydantic brings it
    assert not (copied / "vectors").exists()


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names
