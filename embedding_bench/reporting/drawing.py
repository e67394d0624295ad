"""Specifications drawn as SVG and PNG, without browser or network.

The bytes depend on the fonts of the machine, which vl-convert searches for: nothing drawn may lie in a folder that DVC
hashes. vl-convert is imported on first use, because it takes a moment.
"""

import re
from pathlib import Path
from string import digits

from embedding_bench.core.files import read_json
from embedding_bench.reporting.theme import theme
from embedding_bench.reporting.vega import VEGA, Spec


def to_svg(spec: Spec) -> str:
    """Draw a specification as SVG in the light theme; the same specification gives the same bytes on one machine."""
    import vl_convert

    draw = vl_convert.vega_to_svg if spec["$schema"] == VEGA else vl_convert.vegalite_to_svg
    return _renumbered(draw({**spec, "config": theme("light")}))


def to_png(svg: str, scale: float) -> bytes:
    """Draw an SVG as PNG, with `scale` pixels to the point."""
    import vl_convert

    return vl_convert.svg_to_png(svg, scale=scale)


def draw_file(specification: Path, picture: Path) -> None:
    """Draw a JSON file with a specification as an SVG file."""
    picture.write_text(to_svg(read_json(specification)), encoding="utf-8")


def _renumbered(svg: str) -> str:
    """Number gradients and clips from 0: Vega counts on from one picture to the next."""
    ids = {name: f"{name.rstrip(digits)}{number}" for number, name in enumerate(re.findall(r'id="([^"]+)"', svg))}
    return re.sub(r'(id="|url\(#)([^")]+)', lambda match: match[1] + ids.get(match[2], match[2]), svg)
