"""Git commands: output, the commit of the code, and an author for commits."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CODE = ("embedding_bench", "stages")


def git(*arguments: str) -> str:
    """Run a Git command and return its output; "" if it fails or Git is missing."""
    try:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def text_at(revision: str, path: Path) -> str:
    """Return the text of a file in a commit; "" where there is none."""
    return git("-C", str(path.parent), "show", f"{revision}:./{path.name}")


def code_commit() -> str | None:
    """Return the commit of the code, with a note if files differ from it; None outside a repository."""
    commit = git("rev-parse", "HEAD").strip()
    changed = " with changes" if git("status", "--porcelain", "--", *CODE) else ""
    return f"{commit}{changed}" if commit else None


@contextmanager
def identity(folder: Path = Path()) -> Iterator[None]:
    """Set an author for commits in `folder` inside the block, if Git has none; DVC needs one to commit experiments."""
    names = [] if git("-C", str(folder), "config", "user.email") else ["AUTHOR", "COMMITTER"]
    values = {f"GIT_{role}_NAME": "embedding-bench" for role in names}
    values |= {f"GIT_{role}_EMAIL": "embedding-bench@localhost" for role in names}
    added = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]
