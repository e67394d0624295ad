"""Git commands: output, the commit of the code, and an author for commits."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

CODE = ("embedding_bench", "stages")


def git(*arguments: str) -> str:
    """Run a Git command and return its output; "" if it fails or Git is missing."""
    try:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def code_commit() -> str | None:
    """Return the commit of the code, with a note if files differ from it; None outside a repository."""
    commit = git("rev-parse", "HEAD").strip()
    changed = " with changes" if git("status", "--porcelain", "--", *CODE) else ""
    return f"{commit}{changed}" if commit else None


@contextmanager
def identity() -> Iterator[None]:
    """Set an author for commits inside the block, if Git has none; DVC needs one to commit experiments."""
    names = [] if git("config", "user.email") else [f"GIT_{role}_" for role in ("AUTHOR", "COMMITTER")]
    added = {f"{name}NAME": "embedding-bench" for name in names}
    added |= {f"{name}EMAIL": "embedding-bench@localhost" for name in names}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]
