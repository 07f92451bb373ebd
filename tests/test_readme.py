"""What README.md and the other pages show is run here; what they list is held against the project."""

import doctest
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.source_tree import ROOT, ci_script, requirements, setup_cfg, source_files

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PAGE_NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its language, its text, and the line of the page on which the text begins (from 0)."""

    language: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    return [Block(found[1], found[2], page.count("\n", 0, found.start(2))) for found in FENCE.finditer(page)]


def between(page: str, name: str) -> str:
    """What stands between the markers ``name:begin`` and ``name:end``, which must be there once each."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    assert page.count(begin) == page.count(end) == 1, f"expected {begin} and {end} once each"
    return page.split(begin)[1].split(end)[0].strip()


def run_python_blocks(page: str, name: str) -> list[str]:
    """Run the python blocks of a page in order and in one namespace; return the failures.

    A block with prompts is a doctest, one without is a script. Each failure names its line in the page.
    """
    failures: list[str] = []
    namespace: dict[str, object] = {"__name__": "__main__"}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    for block in blocks(page):
        if block.language != "python":
            continue
        if ">>>" in block.text:
            test = doctest.DocTestParser().get_doctest(block.text, namespace, name, name, block.line)
            runner.run(test, out=failures.append, clear_globs=False)
            namespace = test.globs
        else:
            code = compile("\n" * block.line + block.text, name, "exec")
            try:
                exec(code, namespace)  # noqa: S102  # the project's own pages
            except Exception as error:
                failures.append(f"{name}, block at line {block.line + 1}: {error!r}")
    return failures


@pytest.fixture
def pyplot_unknown_again():
    """Pages may import pyplot; where it is imported, plots of later tests would stay open in it."""
    before = "matplotlib.pyplot" in sys.modules
    yield
    if not before and (pyplot := sys.modules.pop("matplotlib.pyplot", None)):
        pyplot.close("all")


@pytest.mark.usefixtures("pyplot_unknown_again")
@pytest.mark.parametrize("path", PAGES, ids=PAGE_NAMES)
def test_python_blocks_do_what_they_show(path, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # an example may write files
    assert "\n".join(run_python_blocks(path.read_text(encoding="utf-8"), path.name)) == ""


def test_readme_opens_with_a_transcript() -> None:
    first = blocks(README)[0]
    assert first.language == "python"
    assert ">>>" in first.text
    assert first.line < 20


@pytest.mark.parametrize("path", PAGES, ids=PAGE_NAMES)
def test_shell_blocks_run(path, tmp_path) -> None:
    page = path.read_text(encoding="utf-8")
    (tmp_path / "docs").mkdir()
    environment = os.environ | {
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
    }
    install = set(ci_script("readme_commands").readme_commands(README).values())  # one of them runs this test
    for block in blocks(page):
        if block.language == "sh" and block.text.strip() not in install:
            subprocess.run(block.text, shell=True, check=True, cwd=tmp_path, env=environment, timeout=300)


@pytest.mark.parametrize("path", PAGES, ids=PAGE_NAMES)
def test_every_block_names_a_language_that_is_run(path) -> None:
    assert {block.language for block in blocks(path.read_text(encoding="utf-8"))} <= {"python", "sh", "text"}


@pytest.mark.parametrize("path", PAGES, ids=PAGE_NAMES)
def test_files_pointed_at_exist(path) -> None:
    page = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)", page) + re.findall(r'(?:src|srcset|href)="([^"#]+)"', page)
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []


def test_operator_table_is_that_of_the_engine() -> None:
    from engine.ops import operator_table

    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert between(page, "operators") == operator_table().strip(), "run: python .ci/write_tables.py"


def test_folders_listed_are_those_there_are() -> None:
    listed = set(re.findall(r"^\| `(\w+)/`", between(README, "folders"), re.MULTILINE))
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()]
    there = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir()
        and not path.name.startswith(".")
        and not any(fnmatchcase(path.name, pattern) for pattern in ignored)
    }
    assert listed == there


def test_the_page_on_the_architecture_links_to_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.parent for path in source_files("engine")} | set((ROOT / "engine").glob("*.py"))
    linked = {(ROOT / "docs" / link).resolve() for link in re.findall(r"\]\((\.\./[^)#]+)\)", page)}
    assert rooms - {ROOT / "engine", ROOT / "engine" / "__init__.py"} <= linked


def test_dependencies_listed_are_those_declared() -> None:
    table = between((ROOT / "docs" / "install.md").read_text(encoding="utf-8"), "dependencies")
    settings = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    assert table == ci_script("write_tables").dependency_table(settings), "run: python .ci/write_tables.py"
    listed = [name for name in re.findall(r"^\| ([\w-]+) \|", table, re.MULTILINE) if name != "package"]
    named = setup_cfg()["options.extras_require"]
    extras = [requirements("options.extras_require", extra) for extra in named]
    assert sorted(listed) == sorted(requirements("options", "install_requires").union(*extras))


def test_a_dependency_without_a_reason_is_an_error() -> None:
    with pytest.raises(ValueError, match="before numpy"):
        ci_script("write_tables").dependency_table("install_requires =\n    # arrays\n    numpy>=2\n")


def test_readme_fits_and_leads_to_the_tutorial_first() -> None:
    assert README.count("\n") <= 150
    assert re.search(r"\]\(([^)]*)\)", README)[1] == "docs/tutorial.md"


def test_what_the_readme_writes_is_no_file_of_the_project() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "out/" in ignored
    pages = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    written = re.findall(r'(?:-o |, ")([\w./]+\.svg)', pages)
    assert "out/graph.svg" in written
    assert [name for name in written if (ROOT / name).exists()] == []


def test_the_two_commands_can_be_read_out() -> None:
    commands = ci_script("readme_commands").readme_commands(README)
    assert list(commands) == ["run", "test"]
    assert commands["run"].endswith("python -m demos xor")
    assert commands["test"].endswith("python -m pytest")


RUN = "<!-- command: run -->\n```sh\npython run.py\n```\n"
TESTS = "<!-- command: test -->\n```sh\npython test.py\n```\n"


def test_commands_come_out_letter_for_letter() -> None:
    assert ci_script("readme_commands").readme_commands(f"# Title\n{RUN}text\n{TESTS}") == {
        "run": "python run.py",
        "test": "python test.py",
    }


@pytest.mark.parametrize(
    "page",
    [
        "",
        RUN,
        TESTS + RUN,
        RUN + TESTS + RUN,
        RUN + TESTS.replace("test", "tests"),
        RUN + TESTS.replace("```sh", "```python"),
        RUN + TESTS.replace("python test.py", "python test.py\npython more.py"),
        RUN + TESTS.replace("python test.py", ""),
    ],
    ids=["none", "one", "order", "three", "misspelt", "language", "two lines", "empty"],
)
def test_anything_but_two_commands_is_an_error(page) -> None:
    with pytest.raises(ValueError, match="command"):
        ci_script("readme_commands").readme_commands(page)


def test_block_runner_sees_a_wrong_result() -> None:
    page = "```python\nx = 2\n```\n\n```python\n>>> x + 1\n4\n```\n\n```python\nx.y\n```\n"
    failures = run_python_blocks(page, "page.md")
    assert len(failures) == 2
    assert "Got:\n    3" in failures[0]
    assert "page.md, block at line 11" in failures[1]


def test_operator_table_is_written_between_its_markers() -> None:
    page = "before\n<!-- operators:begin -->\nold\n<!-- operators:end -->\nafter\n"
    assert ci_script("write_tables").with_table(page, "operators", "new\n") == page.replace("old", "new")
