"""Generated tables in Markdown pages, each between two comments with its name."""


def fill(text: str, name: str, table: str) -> str:
    """Return the page with a table between its markers."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}"
