"""`embedding-bench answer`: the question answered for one's own texts."""

import os
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from embedding_bench.cli.options import Gpus, Jobs, On

if TYPE_CHECKING:
    from embedding_bench.project.proposal import Inspection, Own
    from embedding_bench.project.running import Machines


def answer(
    data: Annotated[
        str,
        typer.Argument(help="A table (CSV, TSV, JSON lines, parquet), a folder of tables, or one folder per class."),
    ],
    text: Annotated[list[str] | None, typer.Option(help="A column with text; several are joined.")] = None,
    label: Annotated[str | None, typer.Option(help="The column with the label.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of the files, where detection errs.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="Of CSV, where detection errs.")] = None,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Of CSV and TSV, where detection errs.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the dataset to params.yaml and select it.")] = False,
    dry: Annotated[bool, typer.Option("--dry", help="Only look at the data and propose settings.")] = False,
    minutes: Annotated[
        float, typer.Option(min=0, help="Minutes that the run may take; 0: no plan, the experiment of params.yaml.")
    ] = 15,
    on: On = "local",
    jobs: Jobs = None,
    gpus: Gpus = 0,
) -> None:
    """Answer the question for your own texts.

    The result is a leaderboard, a page, a model, and one sentence. Outside a project, one is created beside the data.
    """
    from embedding_bench.core.errors import UserError
    from embedding_bench.corpus.opening import propose
    from embedding_bench.project.proposal import describe, inspect
    from embedding_bench.project.running import Machines
    from embedding_bench.project.template import is_project

    if not data:
        raise UserError("no data named; call: embedding-bench answer DATA.csv (make answer DATA=DATA.csv)")
    start, path = Path.cwd(), Path(data).expanduser()
    inside = is_project(start)
    if write and dry and not inside:
        raise UserError("--write: this folder holds no project; drop --dry, which creates one, or --write")
    dataset, machines = propose(path, text or [], label, encoding, delimiter, header), Machines(on, jobs, gpus)
    with tempfile.TemporaryDirectory() as scratch:
        inspection = inspect(dataset, path, Path(scratch) / "corpus")
        print("\n".join(describe(path, dataset, inspection)))
        if not inside and not dry:
            path, write = _enter_project(path), True
        changes = propose_changes(path, dataset, inspection, write, minutes, machines)
    if write:
        _write_params(changes)
    if not dry:
        _run(changes, write, machines)
        _show_answer(os.path.relpath(Path.cwd(), start), experiment=not write)


def propose_changes(
    data: Path, dataset: "Own", inspection: "Inspection", write: bool, minutes: float, machines: "Machines"
) -> dict[str, Any]:
    """Propose and print the values of params.yaml that run these data, planned for so many minutes unless 0."""
    from embedding_bench.core.params import PARAMS
    from embedding_bench.project.params_file import change, dump
    from embedding_bench.project.plan import make_plan, merged
    from embedding_bench.project.proposal import changes_for, entry_name
    from embedding_bench.project.running import default_jobs
    from embedding_bench.project.speeds import measure_speeds
    from embedding_bench.settings.complete import parse_settings

    before = _params_text(write)
    name = entry_name(data, dataset, parse_settings(before))
    changes = changes_for(name, dataset, data, inspection.characters)
    lines: list[str] = []
    if minutes:
        # Not from an earlier plan, which params.yaml may hold: this one may have more time, or is to be the same.
        settings = parse_settings(change(_params_text(write=False), changes))
        cores = machines.jobs or default_jobs()
        speeds = measure_speeds(settings, inspection)
        planned = make_plan(settings, inspection.size, speeds, cores, minutes)
        changes, lines = merged(changes, planned.changes), list(planned.describe(minutes, cores))
    settings = parse_settings(change(before, changes))
    print(f"\nproposed for {PARAMS}:\n{dump(changes)}")
    print(
        f"{len(settings.variants)} variants x {settings.training.replicates} replicates and "
        f"{len(settings.run.baselines)} baselines"
    )
    print("\n".join(lines))
    return changes


def _write_params(changes: dict[str, Any]) -> None:
    from embedding_bench.core.params import PARAMS
    from embedding_bench.project.params_file import change

    PARAMS.write_text(change(PARAMS.read_text(encoding="utf-8"), changes), encoding="utf-8")
    print(f"written to {PARAMS}")


def _run(changes: dict[str, Any], written: bool, machines: "Machines") -> None:
    """Run the proposed settings: as those of params.yaml, if they were written there, else as a DVC experiment."""
    from embedding_bench.cli.publish import publish_pending
    from embedding_bench.project.experiment import run_current, run_experiment

    if written:
        run_current(machines)
    else:
        run_experiment(changes, machines)
    publish_pending()


def _params_text(write: bool) -> str:
    from embedding_bench.core.params import PARAMS
    from embedding_bench.project.experiment import committed_params
    from embedding_bench.project.template import committed_text, is_project

    if not is_project(Path()):
        return committed_text(str(PARAMS))
    return PARAMS.read_text(encoding="utf-8") if write else committed_params()


def _enter_project(data: Path) -> Path:
    """Create a project beside the data, or find it there, and change into it; return the data's path from there.

    Raises:
        UserError: The data lie in a project, or that beside them is one of other data.
    """
    from embedding_bench.core.errors import UserError
    from embedding_bench.core.params import PARAMS, Params
    from embedding_bench.project.proposal import stem
    from embedding_bench.project.template import create_project, is_project, project_around
    from embedding_bench.settings.datasets import INPUT

    data = data.absolute()
    if outer := project_around(data.parent):
        raise UserError(f"{data}: lies in the project {outer}; run from there: cd {shlex.quote(str(outer))}")
    folder = data.parent / f"{stem(data)}-bench"
    relative = Path(os.path.relpath(data, folder))
    if is_project(folder):
        used = Params.read(folder / PARAMS).section(INPUT)
        if used not in (str(relative), Params.parse(_params_text(write=False)).section(INPUT)):
            raise UserError(
                f"{folder}: is the project of {used}; create another: embedding-bench init DIR, and run there"
            )
        print(f"project: {folder}, which is there already")
    else:
        create_project(folder)
        print(f"project: {folder} created, since this folder holds none")
    os.chdir(folder)
    return relative


def _show_answer(folder: str, experiment: bool) -> None:
    """Print leaderboard, model and answer; `folder` is the way from the user's shell to the project."""
    from embedding_bench.artifacts import leaderboard
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.cli.leaderboard import print_leaderboard
    from embedding_bench.cli.report import write_report
    from embedding_bench.evaluation.rendering import to_sentence
    from embedding_bench.project.experiment import way_back

    write_report()
    board = leaderboard.read(Layout().leaderboard)
    print_leaderboard(board)
    enter = "" if folder == "." else f"cd {shlex.quote(folder)} && "
    lines = [f'The model is in {Layout().export}: {enter}embedding-bench predict "a text"']
    lines += [way_back(), ""] if experiment else []
    print("\n" + "\n".join([*lines, *(pair.sentence for pair in board.learning), to_sentence(board)]))
