"""`reports/`: the page with its provenance and the drawn pictures, which differ between runs and machines.

DVC does not hash this folder: `stages/report.py` fills it, and `cli/report.py` after DVC has restored data/report.
"""

from pathlib import Path

from embedding_bench.artifacts import report
from embedding_bench.artifacts.layout import Layout
from embedding_bench.core.files import atomic_folder
from embedding_bench.reporting.drawing import draw_file, to_png
from embedding_bench.reporting.page import insert_provenance
from embedding_bench.reporting.provenance import describe_run
from embedding_bench.settings.run import Run

PNG_SCALE = 2.0


def write_reports(layout: Layout, run: Run, reports: Path) -> Path:
    """Write index.html, <picture>.svg and .png, and maps/<variant>.svg from data/report; return the path of the page.

    All of the folder `reports` is replaced.
    """
    page = report.page_path(layout.report).read_text(encoding="utf-8")
    with atomic_folder(reports) as folder:
        index = insert_provenance(page, describe_run(layout, run))
        (folder / "index.html").write_text(index, encoding="utf-8")
        for specification in report.picture_paths(layout.report):
            svg = folder / f"{specification.stem}.svg"
            draw_file(specification, svg)
            svg.with_suffix(".png").write_bytes(to_png(svg.read_text(encoding="utf-8"), PNG_SCALE))
        (folder / "maps").mkdir()
        for specification in report.map_paths(layout.report):
            draw_file(specification, folder / "maps" / f"{specification.stem}.svg")
    return reports / "index.html"
