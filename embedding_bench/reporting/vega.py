"""Types and schemas of chart specifications."""

from typing import Any

Spec = dict[str, Any]
Rows = list[dict[str, Any]]

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v6.json"
VEGA = "https://vega.github.io/schema/vega/v6.json"
