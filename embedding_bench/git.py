"""Which code runs: the commit, as Git knows it."""

import subprocess


def git(*arguments: str) -> str:
    """Ask Git; empty where it has no answer, or is not there."""
    try:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def code_commit() -> str | None:
    """Name the commit, and say where the stages differ from it; None outside a repository."""
    commit = git("rev-parse", "HEAD").strip()
    changed = " with changes" if git("status", "--porcelain", "--", "stages") else ""
    return f"{commit}{changed}" if commit else None
