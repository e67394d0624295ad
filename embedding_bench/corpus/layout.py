"""The layout of a folder of texts: the files of each class and split."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from embedding_bench.core.errors import UserError, allowed
from embedding_bench.corpus.classes import class_name
from embedding_bench.corpus.lines import is_folder, unreadable
from embedding_bench.corpus.split_names import SPLIT_OF_WORD, by_split, split_of

EXPECTED = "expected a folder of text files for each class, such as spam/1.txt and ham/1.txt, or train/spam/1.txt"


class NoClassesError(UserError):
    """A folder without texts in class folders."""


class TextFile(NamedTuple):
    """The file of one text, and its class; "" if unlabelled."""

    path: str  # a hundred thousand Path objects would be slow
    label: str


@dataclass
class Ignored:
    """Entries that are not texts: names beside the class folders, and the number of links to folders."""

    names: list[str] = field(default_factory=list)
    links: int = 0


class Layout(NamedTuple):
    """The texts of each split, the folder of each split if any, and the ignored entries."""

    texts: dict[str, list[TextFile]]
    splits: dict[str, str]
    ignored: Ignored


def find_texts(source: Path, declared: dict[str, str]) -> Layout:
    """List the text files of each split, sorted.

    Raises:
        UserError: There are no class folders, or an entry cannot be read.
    """
    if not is_folder(source):
        raise UserError(f"{source}: no such folder; {EXPECTED}")
    ignored = Ignored()
    top = _folders(source, ignored)
    for name in declared.values():
        if not is_folder(source / name):
            raise UserError(f"{source}: no folder '{name}', which `splits` names; {allowed(name, top)}")
    splits = declared or _split_folders(source, top)
    if splits:
        used = {Path(name).parts[:1] for name in splits.values()}
        ignored.names += [name for name in top if (name,) not in used]
    else:
        ignored = Ignored()  # the class folders are at the top level, which _list scans again
    texts = _list(source, splits or {"train": "."}, ignored)
    if "train" not in texts:
        raise NoClassesError(f"{source}: holds no texts in class folders{' of train' if splits else ''}; {EXPECTED}")
    return Layout(texts, splits, ignored)


def _list(source: Path, splits: dict[str, str], ignored: Ignored) -> dict[str, list[TextFile]]:
    """List the texts below each class folder; those of an unlabeled folder, such as `unsup`, have no class."""
    texts: dict[str, list[TextFile]] = {}
    split_folders = {source / name for name in splits.values()}
    for split, name in splits.items():
        if split == "unlabeled":
            texts.setdefault(split, []).extend(TextFile(path, "") for path in _walk(source / name, ignored))
            continue
        for label in _folders(source / name, ignored):
            if source / name / label in split_folders:
                continue
            unlabeled = SPLIT_OF_WORD.get(label.lower()) == "unlabeled"
            class_label = "" if unlabeled else class_name(label)
            files = [TextFile(path, class_label) for path in _walk(source / name / label, ignored)]
            if files:
                texts.setdefault("unlabeled" if unlabeled else split, []).extend(files)
    return texts


def _split_folders(source: Path, names: list[str]) -> dict[str, str]:
    """Map splits to folders if a train folder contains folders; otherwise the folders are classes."""
    trains = [name for name in names if split_of(name) == "train" and _folders(source / name, Ignored())]
    return by_split(names, str(source)) if trains else {}


def _folders(folder: Path, ignored: Ignored) -> list[str]:
    """Return the sorted names of subfolders; add other entries to `ignored`."""
    names = []
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            names.append(entry.name)
        elif entry.is_symlink() and _links_to(entry, stat.S_ISDIR):
            ignored.links += 1
        else:
            ignored.names.append(entry.name)
    return names


def _walk(folder: Path, ignored: Ignored) -> Iterator[str]:
    """Yield the files at any depth; links to folders are not followed, which avoids loops."""
    pending = [str(folder)]
    while pending:
        subfolders = []
        for entry in _entries(pending.pop()):
            if entry.is_dir(follow_symlinks=False):
                subfolders.append(entry.path)
            elif entry.is_file(follow_symlinks=False) or (entry.is_symlink() and _links_to(entry, stat.S_ISREG)):
                yield entry.path
            elif entry.is_symlink():
                ignored.links += 1
            else:
                ignored.names.append(entry.name)  # a pipe or a device
        pending += reversed(subfolders)


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(folder, error) from None


def _links_to(entry: os.DirEntry[str], is_kind: Callable[[int], bool]) -> bool:
    """Tell whether the target of a link is of a kind, such as `stat.S_ISDIR`."""
    try:
        return is_kind(entry.stat().st_mode)
    except OSError as error:
        raise UserError(f"{entry.path}: a link that leads nowhere ({error.strerror}); remove it") from None
