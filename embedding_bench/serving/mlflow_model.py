"""The exported model as an MLflow model: a table of raw texts in, a table of classes and probabilities out.

MLflow runs this file ("models from code"), without TensorFlow when the model is saved, and again when it is loaded.
"""

import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature, set_model
from mlflow.pyfunc import save_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext
from mlflow.types.schema import ColSpec, DataType, Map, Schema

import embedding_bench

if TYPE_CHECKING:
    from mlflow.models import Model

PACKAGES = (
    "core",
    "artifacts",
    "corpus",
    "evaluation",
    "models",
    "serving",
    "settings",
    "tokens",
)  # of stages, all that the model runs on
REQUIREMENTS = ("keras", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "ruamel.yaml", "tensorflow", "tokenizers")
SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec(DataType.string, "text")]),
    outputs=Schema(
        [
            ColSpec(DataType.string, "label"),
            ColSpec(DataType.double, "probability"),
            ColSpec(Map(DataType.double), "probabilities"),
        ]
    ),
)
EXAMPLE = pd.DataFrame({"text": ["Texts as they come,<br />with HTML &amp; all.", ""]})


class ServedModel(PythonModel):
    """A table with the column `text` -> for each text its `label`, that one's `probability`, and all `probabilities`.

    A missing text counts as an empty one.
    """

    def load_context(self, context: PythonModelContext) -> None:
        """Load the model."""
        from embedding_bench.serving.keras_file import read_model
        from embedding_bench.serving.predictor import Predictor

        self.predictor = Predictor(read_model(Path(context.artifacts["export"]) / "model.keras"))

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:  # type: ignore[override]  # the context may be left out
        """Classify texts.

        Raises:
            MlflowException: One is no text; the server answers with status 400.
        """
        found = self.predictor.probabilities(_texts_of(model_input["text"])).astype(np.float64)
        labels = self.predictor.labels
        return pd.DataFrame(
            {
                "label": [labels[best] for best in found.argmax(axis=1)],
                "probability": found.max(axis=1),
                "probabilities": [dict(zip(labels, row, strict=True)) for row in found.tolist()],
            }
        )


def _texts_of(column: "pd.Series[Any]") -> list[str]:
    texts: list[Any] = column.astype(object).where(column.notna(), "").tolist()
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise MlflowException.invalid_parameter_value(f"text: found {text!r} in row {row}; expected a string")
    return texts


def save(export: Path, path: Path, identity: "Model | None" = None) -> None:
    """Write an exported folder as an MLflow model, with the code that it runs on and the versions installed here."""
    with tempfile.TemporaryDirectory() as scratch:
        save_model(
            path,
            mlflow_model=identity,
            python_model=__file__,
            code_paths=[str(_copy_code(Path(scratch)))],
            artifacts={"export": str(export)},
            signature=SIGNATURE,
            input_example=EXAMPLE,
            pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
        )


def _copy_code(folder: Path) -> Path:
    source, target = Path(embedding_bench.__path__[0]), folder / "embedding_bench"
    target.mkdir()
    for name in ("__init__.py", "arrays.py", "tensorflow.py"):
        shutil.copyfile(source / name, target / name)
    for package in PACKAGES:
        shutil.copytree(source / package, target / package, ignore=shutil.ignore_patterns("__pycache__"))
    return target


set_model(ServedModel())
