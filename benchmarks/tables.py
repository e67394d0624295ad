"""Tables in Markdown pages, each between two comments that name it."""


def fill(text: str, name: str, table: str) -> str:
    """Put a table between its markers."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}"
