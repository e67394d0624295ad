"""Inputs of tasks on other machines."""

import fcntl
import os
import threading
import time

import pytest

from embedding_bench.execution import folders
from embedding_bench.execution.folders import LOCK
from embedding_bench.execution.shipping import PREFIX, Copies, describe


@pytest.fixture
def copies(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return Copies("ours")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "input/inner").mkdir(parents=True)
    (tmp_path / "input/a").write_bytes(b"first")
    (tmp_path / "input/inner/b").write_bytes(b"second")
    return tmp_path / "input"


def test_what_this_machine_sees_is_used_in_place(copies, folder):
    assert copies.find(describe(folder)) == folder
    assert copies.find(describe(folder / "a")) == folder / "a"


def test_a_change_of_a_file_is_another_input(copies, folder):
    before = describe(folder)
    (folder / "inner/b").write_bytes(b"third")
    assert copies.find(before) is None
    assert describe(folder).key != before.key


def test_a_copy_has_the_files_of_its_pieces(copies, folder):
    manifest = describe(folder)
    (folder / "a").unlink()  # as on a machine that does not see it
    copies.write(manifest, {"a": [b"fir", b"st"], "inner/b": [b"second"]})
    found = copies.find(manifest)
    assert found != folder
    assert found.name == "input"
    assert (found / "a").read_bytes() == b"first"
    assert (found / "inner/b").read_bytes() == b"second"
    copies.write(manifest, {"a": [b"other"]})  # what another worker has written stays
    assert (found / "a").read_bytes() == b"first"


def test_a_copy_that_breaks_off_is_none(copies, folder):
    manifest = describe(folder)
    (folder / "a").unlink()

    def pieces():
        yield b"fir"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        copies.write(manifest, {"a": pieces()})
    assert copies.find(manifest) is None
    assert {path.name for path in copies.home.iterdir()} == {LOCK, f"{manifest.key}.lock"}


def test_a_run_removes_the_copies_of_those_that_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("ended", "living"):
        (tmp_path / f"{PREFIX}{name}").mkdir()
        (tmp_path / f"{PREFIX}{name}" / LOCK).touch()
    held = os.open(tmp_path / f"{PREFIX}living" / LOCK, os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_SH)
    Copies("ours")
    os.close(held)
    assert {path.name for path in tmp_path.iterdir()} == {f"{PREFIX}living", f"{PREFIX}ours"}


def test_a_folder_that_another_run_removes_before_it_is_held_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    flock, removed = fcntl.flock, []

    def remove_first(lock, operation):
        if operation == fcntl.LOCK_SH and not removed:
            removed.append(True)
            folders.remove_unused(PREFIX)
        return flock(lock, operation)

    monkeypatch.setattr("fcntl.flock", remove_first)
    copies = Copies("ours")
    assert removed
    assert (copies.home / LOCK).exists()


def test_workers_of_a_node_write_one_copy(copies, folder):
    manifest = describe(folder)
    (folder / "a").unlink()
    written = []

    def pieces(number):
        written.append(number)
        time.sleep(0.1)
        yield b"first"

    workers = [threading.Thread(target=copies.write, args=(manifest, {"a": pieces(n)})) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(written) == 1
