from embedding_bench.cli.publish import publish_pending
from embedding_bench.project import commands
from embedding_bench.tracking.connection import PENDING


def test_runs_that_a_server_missed_are_published_once_more(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    started = []
    monkeypatch.setattr(commands, "run", lambda *command, check: started.append(command))
    publish_pending()
    assert started == []
    (tmp_path / PENDING).touch()
    publish_pending()
    assert started == [("python", "-m", "stages.track", "--root", ".")]
