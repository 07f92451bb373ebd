"""Write notebooks/tutorial.ipynb anew from docs/tutorial.md: ``python .ci/write_notebooks.py``.

A block with prompts becomes cells without them. What the page prints or writes to a file, the notebook
shows: objects have a form of their own there.
"""

import doctest
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE, NOTEBOOK = ROOT / "docs" / "tutorial.md", ROOT / "notebooks" / "tutorial.ipynb"

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(page: str) -> str:
    """A page in Markdown as a notebook without outputs, in JSON.

    >>> cells = json.loads(notebook("# T\\n\\n```python\\n>>> x = 2\\n>>> print(x)\\n2\\n```\\n"))["cells"]
    >>> [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    [('markdown', '# T'), ('code', 'x = 2\\nx')]
    """
    cells, start = [], 0
    for block in FENCE.finditer(page):
        cells += _prose(page[start : block.start()])
        cells += _code(block[2]) if block[1] == "python" else _prose(block[0])
        start = block.end()
    cells += _prose(page[start:])
    numbered = [{"id": f"cell-{i}", **cell} for i, cell in enumerate(cells)]
    return as_json(numbered)


def as_json(cells: list[dict[str, object]]) -> str:
    """A notebook of cells, as Jupyter writes it."""
    whole = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def code_cell(source: str, *, raises: bool = False) -> dict[str, object]:
    """A cell of code; one that raises says so, and a notebook that is run goes on after it."""
    metadata = {"tags": ["raises-exception"]} if raises else {}
    empty: dict[str, object] = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "metadata": metadata, "source": source.splitlines(keepends=True), **empty}


def markdown_cell(text: str) -> dict[str, object]:
    """A cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _prose(text: str) -> list[dict[str, object]]:
    """The text between blocks, its links seen from the notebook's folder; pictures are shown by the cells."""
    text = re.sub(r"<img [^>]*>\n?", "", text)
    text = re.sub(r"\]\((?!\w+:|#|\.\./)", "](../docs/", text).strip()
    return [markdown_cell(text)] if text else []


def _code(block: str) -> Iterator[dict[str, object]]:
    """The cells of a block: one ends where the page shows an output."""
    waiting: list[str] = []
    for example in doctest.DocTestParser().get_examples(block):
        waiting.append(example.source.rstrip("\n"))
        if example.want:
            *before, last = waiting
            yield code_cell("\n".join([*before, _shown(last)]), raises=example.exc_msg is not None)
            waiting = []
    if waiting:
        yield code_cell("\n".join(waiting))


def _shown(source: str) -> str:
    """What is shown, in place of what prints it or writes it to a file."""
    for pattern, shown in (
        (r"print\((\w+) := (.*)\)", r"\1 = \2\n\1"),
        (r"print\(((?!f?\").*)\)", r"\1"),
        (r"viz\.render\((.*), \"[^\"]*\"\)\.name", r"\1"),
        (r"viz\.save_figure\((.*), \"[^\"]*\"\)\.name", r"\1;"),
    ):
        source = re.sub(f"^{pattern}$", shown, source)
    return source


def main() -> None:
    """Replace the notebook in one step."""
    fresh = NOTEBOOK.with_name("tutorial.new")
    fresh.write_text(notebook(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    os.replace(fresh, NOTEBOOK)
    print(f"wrote {NOTEBOOK.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
