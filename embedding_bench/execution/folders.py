"""Temporary folders that processes hold together, and that later runs remove when nobody holds them any more."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

LOCK = "in-use"


def hold(name: str) -> tuple[Path, int]:
    """Make the folder `name` among the temporary files, or join its holders, until the returned lock is closed."""
    home = Path(tempfile.gettempdir()) / name
    while True:
        home.mkdir(mode=0o700, exist_ok=True)
        try:
            lock = os.open(home / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        except FileNotFoundError:  # removed meanwhile
            continue
        fcntl.flock(lock, fcntl.LOCK_SH)
        if os.fstat(lock).st_nlink:
            return home, lock
        os.close(lock)  # removed before it was locked


def remove_unused(prefix: str) -> None:
    """Remove the folders of this prefix that no process holds."""
    for home in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        try:
            lock = os.open(home / LOCK, os.O_RDWR)
        except OSError:  # another user's, or removed meanwhile
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(home, ignore_errors=True)
        except BlockingIOError:
            pass  # in use
        finally:
            os.close(lock)
