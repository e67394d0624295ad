import json
import os
from pathlib import Path

import mlflow
import pytest
import requests
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from embedding_bench.cli.main import run_command
from embedding_bench.core.errors import UserError
from embedding_bench.tracking import registry
from tests.tracking.conftest import FINETUNED, local, run_track, write_export, write_params


@pytest.fixture
def client(project: Path) -> MlflowClient:
    return MlflowClient(local(project))


def versions(client: MlflowClient) -> list[ModelVersion]:
    return list(client.search_model_versions("name = 'sample'", order_by=["version_number"]))


def champion(client: MlflowClient) -> str:
    return str(client.get_model_version_by_alias("sample", "champion").version)


def publish(project: Path, capsys: pytest.CaptureFixture[str], wrong: int, **changes: object) -> str:
    """Publish another export, and return what is said of it."""
    write_export(project, wrong, **changes)
    run_track()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    return lines[1]


def move(*arguments: str) -> None:
    run_command(["champion", *arguments])


def test_the_first_model_is_version_1_and_champion(project, client, capsys):
    said = publish(project, capsys, 20)
    assert said == (
        f"track: model `sample` version 1 ({FINETUNED}, test accuracy 0.9000) is new; "
        "now the champion, as the first version"
    )
    assert champion(client) == "1"
    (version,) = versions(client)
    assert version.tags.items() >= {
        "variant": FINETUNED, "test_accuracy": "0.9000", "validation_accuracy": "0.8000",
        "validation_digest": "these texts",
    }.items()  # fmt: skip
    run = client.get_run(version.run_id)
    assert run.info.run_name == FINETUNED
    (logged,) = [client.get_logged_model(output.model_id) for output in run.outputs.model_outputs]
    assert version.source == f"models:/{logged.model_id}"
    assert json.loads(logged.tags["mlflow.modelVersions"]) == [{"name": "sample", "version": 1}]


def test_the_logged_model_is_whole(project, client, tmp_path):
    run_track()
    place = Path(
        mlflow.artifacts.download_artifacts(
            client.get_model_version_download_uri("sample", champion(client)),
            dst_path=tmp_path / "fetched",
            tracking_uri=local(project),
        )
    )
    assert (place / "artifacts/export/model.keras").read_bytes() == b"weights"
    assert (place / "mlflow_model.py").exists()
    assert (place / "code/embedding_bench/serving/classifier.py").exists()
    assert not (place / "code/embedding_bench/tracking").exists()
    assert not [path for path in place.rglob("*") if path.suffix in (".pkl", ".pyc")]
    assert "tensorflow==" in (place / "requirements.txt").read_text()
    assert "<br />" in (place / "input_example.json").read_text()
    assert place.is_relative_to(tmp_path)
    assert sorted(path.name for path in (project / "mlartifacts").iterdir()) == ["sample"]


def test_nothing_global_of_mlflow_changes(project, capsys):
    publish(project, capsys, 20)  # sets what the process keeps
    before = (mlflow.get_tracking_uri(), dict(os.environ))
    publish(project, capsys, 19)
    assert (mlflow.get_tracking_uri(), dict(os.environ)) == before


def test_the_same_content_adds_nothing(project, client, capsys):
    publish(project, capsys, 20)
    said = publish(project, capsys, 20)
    assert said.endswith(
        "version 1 (" + FINETUNED + ", test accuracy 0.9000) is registered already; the champion is version 1"
    )
    assert len(versions(client)) == 1


def test_another_card_or_row_makes_no_other_version(project, client, capsys):
    """They change with other rows of the leaderboard, which must not use up a comparison."""
    publish(project, capsys, 20)
    write_export(project, 20)
    (project / "data/export/README.md").write_text("# another card\n")
    run_track()
    assert "is registered already" in capsys.readouterr().out
    assert len(versions(client)) == 1


def test_a_surely_better_model_becomes_champion(project, client, capsys):
    publish(project, capsys, 20)
    said = publish(project, capsys, 1)
    assert champion(client) == "2"
    assert f"version 2 ({FINETUNED}, test accuracy 0.9000) is new; now the champion instead of version 1" in said
    assert "(validation accuracy 0.8000): validation difference +0.1900 (+0.1" in said
    assert said.endswith("`embedding-bench champion 1` moves it back")


def test_a_slightly_better_model_does_not(project, client, capsys):
    publish(project, capsys, 20)
    said = publish(project, capsys, 19)
    assert champion(client) == "1"
    assert len(versions(client)) == 2
    assert "the champion remains version 1 (validation accuracy 0.8000): validation difference +0.0100 (-0.0" in said
    assert said.endswith("`embedding-bench champion 2` moves it by hand")


def test_each_comparison_is_counted_and_tested_at_a_lower_level(project, client, capsys):
    publish(project, capsys, 20)
    for number, wrong in enumerate((19, 18, 17), 1):
        level = 0.05 / (number * (number + 1))
        assert f"at level {level:.2g})" in publish(project, capsys, wrong)
    assert [version.tags.get("comparison") for version in versions(client)] == [None, "1", "2", "3"]
    assert "registered already" in publish(project, capsys, 17)
    assert len(versions(client)) == 4


def test_a_comparison_that_a_crash_interrupted_is_counted_once(project, client, capsys, monkeypatch):
    def crash(*_: object) -> None:
        raise RuntimeError("power cut")

    publish(project, capsys, 20)
    write_export(project, 19)
    with monkeypatch.context() as patch:
        patch.setattr(registry, "judge", crash)
        with pytest.raises(RuntimeError, match="power cut"):
            run_track()
    capsys.readouterr()
    assert "at level 0.025)" in publish(project, capsys, 19)
    assert [version.tags.get("comparison") for version in versions(client)] == [None, "1"]


def test_a_model_with_other_validation_texts_does_not(project, client, capsys):
    publish(project, capsys, 20)
    assert "it was measured on other validation texts" in publish(project, capsys, 1, digest="other texts")
    assert champion(client) == "1"


def test_a_version_contends_once(project, client, capsys):
    publish(project, capsys, 20)
    publish(project, capsys, 1)
    move("1")
    capsys.readouterr()
    assert publish(project, capsys, 1).endswith("is registered already; the champion is version 1")
    client.delete_registered_model_alias("sample", "champion")
    assert publish(project, capsys, 1).endswith("is registered already; there is no champion")


def test_a_champion_without_files_stays(project, client, capsys):
    publish(project, capsys, 20)
    for path in (project / "mlartifacts").rglob("hits.npy"):
        path.unlink()
    assert "its answers cannot be read" in publish(project, capsys, 1)
    assert champion(client) == "1"


@pytest.mark.parametrize(
    ("step", "logged"),
    [("log_model_artifacts", 1), ("create_model_version", 1), ("set_registered_model_alias", 1)],
)
def test_what_a_crash_left_is_completed(step, logged, project, client, capsys, monkeypatch):
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    publish(project, capsys, 20)
    write_export(project, 1)
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, step, crash)
        with pytest.raises(RuntimeError, match="power cut"):
            run_track()
    capsys.readouterr()
    assert "now the champion instead of version 1" in publish(project, capsys, 1)
    assert (champion(client), len(versions(client))) == ("2", 2)
    models = client.search_logged_models([client.get_experiment_by_name("sample").experiment_id])
    assert len(models) == 1 + logged
    assert publish(project, capsys, 1).endswith("is registered already; the champion is version 2")


def test_a_server_that_goes_away_before_the_model_is_registered_is_like_one_that_is_down(project, capsys, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise requests.ConnectionError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_model_artifacts", fail)
        run_track()
    said = capsys.readouterr()
    assert "7 runs created" in said.out
    assert said.err.startswith("warning: track: MLflow at ")
    assert "cannot be reached (gone)" in said.err
    assert Path(".track-pending").exists()
    assert publish(project, capsys, 1).endswith("is new; now the champion, as the first version")
    assert not Path(".track-pending").exists()


def test_a_model_that_params_do_not_name_is_refused(project):
    write_params(project, ["frozen"])
    with pytest.raises(UserError, match=f"data/export: found '{FINETUNED}', which is not in params.yaml; run `dvc"):
        run_track()


def test_the_title_moves_by_hand(project, client, capsys):
    publish(project, capsys, 20)
    publish(project, capsys, 19)
    move("2")
    assert capsys.readouterr().out == "champion of model `sample` moved from version 1 to version 2\n"
    assert champion(client) == "2"
    client.delete_registered_model_alias("sample", "champion")
    move("1", "--dataset", "sample")
    assert capsys.readouterr().out == "champion of model `sample` moved to version 1\n"


def test_an_unknown_version_or_model_is_refused(project, capsys):
    with pytest.raises(UserError, match="no model 'sample' is registered; allowed: nothing"):
        move("1")
    publish(project, capsys, 20)
    publish(project, capsys, 19)
    for version in ("3", "", "latest"):
        with pytest.raises(UserError, match=f"model 'sample' has no version '{version}'; .*allowed: 1, 2$"):
            move(version)
    with pytest.raises(UserError, match=r"no model 'simple' is registered; did you mean 'sample'\? allowed: sample"):
        move("1", "--dataset", "simple")


def test_a_server_that_is_away_is_named(project, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://user:secret@127.0.0.1:9")
    with pytest.raises(UserError, match=r"MLflow at http://127\.0\.0\.1:9 cannot be reached"):
        move("1")
