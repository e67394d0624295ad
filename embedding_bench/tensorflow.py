"""TensorFlow and Keras, imported without the page of build details that they print on every start.

Neither an environment variable nor a logging level reaches those lines, so standard error is held back during the
import, and shown where the import fails.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # a page of build details on every start otherwise


@contextmanager
def _held_back_stderr() -> Iterator[None]:
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(saved, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


with _held_back_stderr():
    import keras
    import tensorflow as tf

    tf.constant(0)  # the runtime has more to say at its first tensor

__all__ = ["keras", "tf"]
