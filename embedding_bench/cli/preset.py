"""`embedding-bench preset`: presets listed, or one of them run."""

from typing import Annotated

import typer

from embedding_bench.cli.options import Gpus, Jobs, On


def _complete_preset(incomplete: str) -> list[str]:
    from embedding_bench.project.presets import preset_names

    return [name for name in preset_names() if name.startswith(incomplete)]


def preset(
    name: Annotated[
        str | None,
        typer.Argument(help="A file below presets/; by default, all are listed.", autocompletion=_complete_preset),
    ] = None,
    on: On = "local",
    jobs: Jobs = None,
    gpus: Gpus = 0,
) -> None:
    """List the presets, or run one.

    presets/NAME.yaml runs as a DVC experiment, from the committed params.yaml.
    """
    from embedding_bench.cli.leaderboard import show
    from embedding_bench.cli.output import print_pairs
    from embedding_bench.cli.publish import publish_pending
    from embedding_bench.cli.report import write_report
    from embedding_bench.project.experiment import run_experiment, way_back
    from embedding_bench.project.here import require_project
    from embedding_bench.project.presets import describe_preset, preset_names, read_preset
    from embedding_bench.project.running import Machines

    require_project()
    if name is None:
        print_pairs([(name, describe_preset(name).lesson) for name in preset_names()], ("preset", "lesson"))
        return
    run_experiment(read_preset(name), Machines(on, jobs, gpus))
    publish_pending()
    write_report()
    show()
    print(f"  embedding-bench results     keep this leaderboard in results/\n\n{way_back()}")
