"""What a source of texts hands to the download stage."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Chunk(NamedTuple):
    """Some rows of a split, uncleaned; `labels` int32 [rows], -1 where there are none."""

    texts: list[str]
    labels: npt.NDArray[np.int32]


class Source(NamedTuple):
    """Splits that can be read as chunks, once each; `labels()` names the classes once all splits are read."""

    splits: dict[str, Callable[[], Iterator[Chunk]]]
    labels: Callable[[], list[str]]
    note: str = ""  # what a person should know of how the data were read
