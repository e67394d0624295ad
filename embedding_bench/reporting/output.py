"""`reports/`: the page with its provenance and the drawn pictures, which differ between runs and machines.

DVC does not hash this folder: `stages/report.py` fills it, and `cli/report.py` after DVC has restored data/report.
"""

from pathlib import Path

from embedding_bench.artifacts import report
from embedding_bench.artifacts.layout import Layout
from embedding_bench.core.files import atomic_path, read_json
from embedding_bench.reporting.drawing import to_png, to_svg
from embedding_bench.reporting.page import insert_provenance
from embedding_bench.reporting.pictures import PICTURES
from embedding_bench.reporting.provenance import describe_run
from embedding_bench.settings.run import Run

PNG_SCALE = 2.0


def write_reports(layout: Layout, run: Run, reports: Path) -> Path:
    """Write index.html, <picture>.svg and .png, and maps/<variant>.svg from data/report; return the path of the page.

    Pictures of a former run that this one does not draw are removed; files of other names stay.
    """
    page = report.page_path(layout.report).read_text(encoding="utf-8")
    index = reports / "index.html"
    files = {index: insert_provenance(page, describe_run(layout, run)).encode()}
    for specification in report.picture_paths(layout.report):
        svg = to_svg(read_json(specification))
        files[reports / f"{specification.stem}.svg"] = svg.encode()
        files[reports / f"{specification.stem}.png"] = to_png(svg, PNG_SCALE)
    for specification in report.map_paths(layout.report):
        files[reports / "maps" / f"{specification.stem}.svg"] = to_svg(read_json(specification)).encode()
    for path, content in files.items():
        with atomic_path(path) as temporary:
            temporary.write_bytes(content)
    own = [reports / f"{name}.{kind}" for name in PICTURES for kind in ("svg", "png")]
    for path in {*own, *(reports / "maps").glob("*.svg")} - files.keys():
        path.unlink(missing_ok=True)
    return index
