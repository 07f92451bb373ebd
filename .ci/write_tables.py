"""Write the tables of docs/ anew from what they are of: ``python .ci/write_tables.py``.

The operators come from the rows of the table, the dependencies from setup.cfg, whose comments say why each is
needed and what it takes.
"""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPERATORS, DEPENDENCIES = ROOT / "docs" / "operators.md", ROOT / "docs" / "install.md"


def with_table(text: str, name: str, table: str) -> str:
    """A page with a table between its markers, ``name:begin`` and ``name:end``; each must be there once."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"expected {begin} and {end} once each")
    before, rest = text.split(begin)
    return f"{before}{begin}\n{table.strip()}\n{end}{rest.split(end)[1]}"


def dependency_table(settings: str) -> str:
    """What setup.cfg requires, as a table; ValueError where there is no line ``# why | MB`` before one.

    >>> print(dependency_table("install_requires =\\n    # arrays | 57\\n    numpy>=2\\n"))
    | package | why | installed, MB |
    |---|---|---|
    | numpy | arrays | 57 |
    """
    lines = ["| package | why | installed, MB |", "|---|---|---|"]
    core = settings.partition("install_requires =\n")[2].partition("\n[")[0]
    extras = settings.partition("[options.extras_require]\n")[2].partition("\n[")[0]
    why = ""
    for line in f"{core}\n{extras}".splitlines():
        line, inside = line.strip(), line.startswith(" ")
        if extra := re.fullmatch(r"(\w+) =", line):
            lines.append(f"| **with `[{extra[1]}]`** | | |")
        elif other := re.fullmatch(r"chainrule\[(\w+)\]", line):
            word = " and" if "which has" in lines[-1] else ", which has"
            lines[-1] = lines[-1].replace("`**", f"`{word} `[{other[1]}]`**")
        elif line.startswith("#"):
            why = line.removeprefix("#").strip() if inside else ""
        elif line:
            name = re.split(r"[<>=!~; ]", line)[0]
            if not why and any(each.startswith(f"| {name} |") for each in lines):
                continue  # of another extra, too
            if why.count(" | ") != 1:
                raise ValueError(
                    f"setup.cfg: put a line '# why | MB' before {name}, which says why it is needed"
                )
            lines.append(f"| {name} | {why} |")
            why = ""
    return "\n".join(lines)


def write(page: Path, text: str) -> None:
    """Replace a page in one step: it is either the old or the new one, never half."""
    fresh = page.with_name(f"{page.name}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, page)


def main() -> None:
    """Write both tables."""
    sys.path.insert(0, str(ROOT))
    from engine.ops import operator_table

    settings = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    for page, name, table in (
        (OPERATORS, "operators", operator_table()),
        (DEPENDENCIES, "dependencies", dependency_table(settings)),
    ):
        write(page, with_table(page.read_text(encoding="utf-8"), name, table))


if __name__ == "__main__":
    main()
