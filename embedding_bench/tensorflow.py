"""TensorFlow and Keras, imported without the build details that they print at every start.

Neither an environment variable nor a logging level suppresses those lines, so standard error is captured during the
import, and shown if the import fails.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # no messages about the CPU and its instructions


@contextmanager
def _captured_stderr() -> Iterator[None]:
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        except BaseException:
            captured.seek(0)
            os.write(saved, captured.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


with _captured_stderr():
    import keras
    import tensorflow as tf

    tf.constant(0)  # the runtime prints more at its first tensor

__all__ = ["keras", "tf"]
