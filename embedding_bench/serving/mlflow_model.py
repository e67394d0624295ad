"""The exported model as an MLflow model: a table of raw texts in, a table of classes and probabilities out.

MLflow runs this file when the model is saved, without TensorFlow, and again when it is loaded ("models from code").
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

from embedding_bench.imports import PACKAGE, ROOT, import_closure

if TYPE_CHECKING:
    from mlflow.models import Model

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
    """Classifies the column `text`: a table of `label`, its `probability`, and `probabilities` by class.

    A missing text counts as empty.
    """

    def load_context(self, context: PythonModelContext) -> None:
        """Load the model."""
        from embedding_bench.serving.keras_file import read_model
        from embedding_bench.serving.predictor import Predictor

        self.predictor = Predictor(read_model(Path(context.artifacts["export"]) / "model.keras"))

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:  # type: ignore[override]  # the context may be left out
        """Classify texts.

        Raises:
            MlflowException: A value is not a string; the server answers with status 400.
        """
        predicted = self.predictor.probabilities(_texts_of(model_input["text"])).astype(np.float64)
        labels = self.predictor.labels
        return pd.DataFrame(
            {
                "label": [labels[best] for best in predicted.argmax(axis=1)],
                "probability": predicted.max(axis=1),
                "probabilities": [dict(zip(labels, row, strict=True)) for row in predicted.tolist()],
            }
        )


def _texts_of(column: "pd.Series[Any]") -> list[str]:
    texts: list[Any] = column.astype(object).where(column.notna(), "").tolist()
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise MlflowException.invalid_parameter_value(f"text: found {text!r} in row {row}; expected a string")
    return texts


def save(export: Path, path: Path, identity: "Model | None" = None) -> None:
    """Write an exported folder as an MLflow model, with the code that it needs and the versions installed here."""
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
    """Copy this module, the modules that it imports and the packages' `__init__.py`; return the package's folder."""
    for module in sorted({Path(__file__), *import_closure(Path(__file__))}):
        target = folder / module.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module, target)
        for package in module.relative_to(ROOT).parents[:-1]:
            shutil.copyfile(ROOT / package / "__init__.py", folder / package / "__init__.py")
    return folder / PACKAGE.name


set_model(ServedModel())
