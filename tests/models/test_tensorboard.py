from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from embedding_bench.models.tensorboard import log_histories


def test_each_replicate_is_a_run_with_its_curves(tmp_path):
    history = [{"epoch": 1, "loss": 0.5, "val_accuracy": 0.25}, {"epoch": 2, "loss": 0.25, "val_accuracy": 0.5}]
    log_histories(tmp_path, [history, history[:1]])
    events = EventAccumulator(str(tmp_path / "replicate-0"))
    events.Reload()
    assert sorted(events.Tags()["tensors"]) == ["loss", "val_accuracy"]
    assert [event.step for event in events.Tensors("loss")] == [1, 2]
    assert (tmp_path / "replicate-1").is_dir()
