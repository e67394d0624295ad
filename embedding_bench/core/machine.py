"""One way to compute, on any machine: one thread, and the instructions that every x86 server of ten years has.

Libraries choose threads and instructions by the machine they run on, and sums in another order have other last digits.
They read these variables when they are first imported.
"""

import os
import platform
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
AVX2 = {
    "TF_ENABLE_ONEDNN_OPTS": "0",  # its kernels depend on the cache, too
    "ONEDNN_MAX_CPU_ISA": "AVX2",  # those that TensorFlow's own products call nevertheless
    "OPENBLAS_CORETYPE": "Haswell",  # those of NumPy and SciPy, and so of scikit-learn and gensim
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",  # exponentials and logarithms of NumPy
}


def compute_alike() -> None:
    """Set threads and instructions for libraries that are imported later; instructions that are set already stay."""
    os.environ.update(dict.fromkeys(THREADS, "1"))
    if _has_avx2():
        for name, value in AVX2.items():
            os.environ.setdefault(name, value)


def _has_avx2() -> bool:
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return False
    return " avx2 " in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
