"""Stop-watches."""

import time

from stages.core.tensorflow import keras


class EpochTimer(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Seconds of each epoch of `fit`, its validation included, as the pipeline counts its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002, D102
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002, D102
        self.seconds.append(time.perf_counter() - self.start)
