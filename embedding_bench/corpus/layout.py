"""Where a folder's texts are: which files, of which class, in which split."""

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
    """A folder has no class folders with texts."""


class TextFile(NamedTuple):
    """A file that holds one text, and its class; "" where it has none."""

    path: str  # not a Path, of which a hundred thousand are slow
    label: str


@dataclass
class Strays:
    """What is no text: files and folders beside the class folders, and links to folders."""

    names: list[str] = field(default_factory=list)
    links: int = 0


class Layout(NamedTuple):
    """The texts of each split, the folders that were taken for the splits, and what was passed over."""

    texts: dict[str, list[TextFile]]
    splits: dict[str, str]
    strays: Strays


def find_texts(source: Path, declared: dict[str, str]) -> Layout:
    """List the text files of each split, sorted.

    Raises:
        UserError: There are no class folders, or something cannot be read.
    """
    if not is_folder(source):
        raise UserError(f"{source}: no such folder; {EXPECTED}")
    beside = Strays()
    top = _folders(source, beside)
    for name in declared.values():
        if not is_folder(source / name):
            raise UserError(f"{source}: no folder '{name}', which `splits` names; {allowed(name, top)}")
    splits = declared or _split_folders(source, top)
    if splits:
        used = {Path(name).parts[:1] for name in splits.values()}
        beside.names += [name for name in top if (name,) not in used]
    else:
        beside = Strays()  # the classes are here, and the same things beside them
    texts = _list(source, splits or {"train": "."}, beside)
    if "train" not in texts:
        raise NoClassesError(f"{source}: holds no texts in class folders{' of train' if splits else ''}; {EXPECTED}")
    return Layout(texts, splits, beside)


def _list(source: Path, splits: dict[str, str], strays: Strays) -> dict[str, list[TextFile]]:
    """List the texts below each class folder; those of a folder called unsup have no class."""
    texts: dict[str, list[TextFile]] = {}
    elsewhere = {source / name for name in splits.values()}
    for split, name in splits.items():
        if split == "unlabeled":
            texts.setdefault(split, []).extend(TextFile(path, "") for path in _walk(source / name, strays))
            continue
        for label in _folders(source / name, strays):
            if source / name / label in elsewhere:
                continue
            unlabeled = SPLIT_OF_WORD.get(label.lower()) == "unlabeled"
            named = "" if unlabeled else class_name(label)
            found = [TextFile(path, named) for path in _walk(source / name / label, strays)]
            if found:
                texts.setdefault("unlabeled" if unlabeled else split, []).extend(found)
    return texts


def _split_folders(source: Path, names: list[str]) -> dict[str, str]:
    """Take folders for splits where one is called train and holds folders; else they are classes."""
    trains = [name for name in names if split_of(name) == "train" and _folders(source / name, Strays())]
    return by_split(names, str(source)) if trains else {}


def _folders(folder: Path, strays: Strays) -> list[str]:
    """Name the folders in a folder, sorted, and note what else it holds."""
    names = []
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            names.append(entry.name)
        elif entry.is_symlink() and _leads_to(entry, stat.S_ISDIR):
            strays.links += 1
        else:
            strays.names.append(entry.name)
    return names


def _walk(folder: Path, strays: Strays) -> Iterator[str]:
    """Yield the files at any depth; links to folders are not followed, so there are no loops."""
    waiting = [str(folder)]
    while waiting:
        below = []
        for entry in _entries(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                below.append(entry.path)
            elif entry.is_file(follow_symlinks=False) or (entry.is_symlink() and _leads_to(entry, stat.S_ISREG)):
                yield entry.path
            elif entry.is_symlink():
                strays.links += 1
            else:
                strays.names.append(entry.name)  # a pipe or a device
        waiting += reversed(below)


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(folder, error) from None


def _leads_to(entry: os.DirEntry[str], test: Callable[[int], bool]) -> bool:
    """Ask what a link leads to."""
    try:
        return test(entry.stat().st_mode)
    except OSError as error:
        raise UserError(f"{entry.path}: a link that leads nowhere ({error.strerror}); remove it") from None
