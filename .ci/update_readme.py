"""Write the operator table of README.md anew from the operators: ``python .ci/update_readme.py``."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- operators:begin -->", "<!-- operators:end -->"


def with_table(text: str, table: str) -> str:
    """A README's text with ``table`` between the two markers; ValueError if they are not there once each."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"expected {BEGIN} and {END} once each")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table.strip()}\n{END}{rest.split(END)[1]}"


def main() -> None:
    """Replace the table in one step: a README is either the old or the new one, never half."""
    sys.path.insert(0, str(ROOT))
    from engine.ops import operator_table

    readme = ROOT / "README.md"
    fresh = readme.with_name("README.md.new")
    fresh.write_text(with_table(readme.read_text(encoding="utf-8"), operator_table()), encoding="utf-8")
    os.replace(fresh, readme)


if __name__ == "__main__":
    main()
