"""Reading and writing models as `.keras` files that are byte-stable."""

import json
import zipfile
from pathlib import Path

from embedding_bench.core.errors import UserError, one_line
from embedding_bench.serving.classifier import TextClassifier
from embedding_bench.tensorflow import keras

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can name


def write_model(path: Path, model: TextClassifier) -> None:
    """Save a model in Keras' format, without its timestamps."""
    saved = path.with_name(f"saved-{path.name}")
    model.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(path, "w") as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "metadata.json":
                content = json.dumps({**json.loads(content), "date_saved": ""}).encode()
            target.writestr(zipfile.ZipInfo(name, EPOCH), content)
    saved.unlink()


def read_model(path: Path) -> TextClassifier:
    """Load a model.

    Raises:
        UserError: The file is missing, or this version cannot read it.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; enter a project with an exported model, or name it with --model")
    try:
        model: TextClassifier = keras.saving.load_model(path)
    except (ValueError, OSError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise UserError(f"{path}: cannot be read ({one_line(str(error))[:160]}); run `dvc repro export`") from None
    return model
