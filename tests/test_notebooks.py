"""The notebooks run from their first cell to their last, and are kept without what they showed."""

import json
import os
import re
import subprocess
import sys

import pytest

import engine
from tests.source_tree import ROOT, ci_script

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]

RUN = """
import sys
import nbformat
from nbclient import NotebookClient
notebooks = [nbformat.read(path, as_version=4) for path in sys.argv[1::2]]
whole = nbformat.v4.new_notebook()
for i, notebook in enumerate(notebooks):
    nbformat.validate(notebook)
    whole.cells.append(nbformat.v4.new_code_cell("%reset -f"))
    for cell in notebook.cells:
        cell.id = f"notebook-{i}-{cell.id}"
        whole.cells.append(cell)
NotebookClient(whole, timeout=600, kernel_name="python3", allow_errors=True).execute()
for notebook, to in zip(notebooks, sys.argv[2::2]):
    nbformat.write(notebook, to)
"""
"""One kernel for all, which forgets all names in between. It is a program of its own, as the kernel's client
warns of this and that, which here would be an error."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> dict[str, list]:
    """The cells of each notebook after it ran."""
    for package in ("nbclient", "ipykernel", "matplotlib", "anywidget"):
        pytest.importorskip(package)
    folder = tmp_path_factory.mktemp("notebooks")
    paths = {path: folder / path.name for path in NOTEBOOKS}
    flat = [str(each) for pair in paths.items() for each in pair]
    own = {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder), "JUPYTER_PLATFORM_DIRS": "1"}
    chosen = {"CHAINRULE_BACKEND": engine.backend}  # else one is told where none is compiled
    environment = os.environ | own | chosen
    environment.pop("MPLBACKEND", None)  # the kernel's own
    command = [sys.executable, "-c", RUN, *flat]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=300)
    return {path.stem: json.loads(to.read_text(encoding="utf-8"))["cells"] for path, to in paths.items()}


def test_there_are_notebooks() -> None:
    assert {"tutorial", "micrograd_lecture", "xor", "derivation"} <= set(NAMES)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_no_output_is_stored(path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) >= 3
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert len({cell["id"] for cell in cells}) == len(cells)
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_tutorial_is_that_of_the_docs() -> None:
    script = ci_script("write_notebooks")
    expected = script.notebook(script.PAGE.read_text(encoding="utf-8"))
    assert script.NOTEBOOK.read_text(encoding="utf-8") == expected, "run: python .ci/write_notebooks.py"


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_runs_and_nothing_is_written_to_stderr(name, ran) -> None:
    for cell in ran[name]:
        for output in cell.get("outputs", ()):
            raises = "raises-exception" in cell["metadata"].get("tags", ())
            assert (output["output_type"] == "error") <= raises, "".join(output["traceback"])
            assert output.get("name") != "stderr", output["text"]
        if "raises-exception" in cell["metadata"].get("tags", ()):
            assert any(output["output_type"] == "error" for output in cell["outputs"])


def shown(cells: list, source: str) -> list[set[str]]:
    """The MIME types of each output of the one cell whose last line is this."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    (cell,) = [cell for cell in code if "".join(cell["source"]).splitlines()[-1] == source]
    return [set(output["data"]) for output in cell["outputs"]]


def test_objects_have_forms_of_their_own(ran) -> None:
    xor = ran["xor"]
    assert shown(xor, "history") == [{"text/plain", "text/html"}] * 2  # the bar, and the table
    assert shown(xor, "model") == [{"text/plain", "image/svg+xml"}]
    assert "text/markdown" in shown(xor, "engine.explain(loss, w)")[0]
    assert shown(xor, "engine.paths(loss, w)") == [{"text/plain", "text/html"}]
    assert shown(xor, "nn.gradient_report(model, loss, lr=0.05)") == [{"text/plain", "text/html"}]
    assert "application/vnd.jupyter.widget-view+json" in shown(xor, "playground.explore(loss)")[0]


def test_a_plot_is_shown_once(ran) -> None:
    for line in ("viz.plot_learning_curves(history, log=True);", "viz.plot_decision_boundary(model, X, y);"):
        assert shown(ran["xor"], line) == [{"text/plain", "image/png"}]


def test_derivations_are_right_or_wrong_as_the_notebook_says(ran) -> None:
    told = [
        "".join(output["data"]["text/plain"])
        for cell in ran["derivation"]
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    assert [text.split(":")[0] for text in told[:-1]] == ["right", "right", "wrong", "right", *["wrong"] * 3]
    assert "chain broken" in told[2]
    assert "output for input" in told[4]
    assert "transposed matrix" in told[5]
    assert told[-1].startswith("all 4 derivatives agree")


def test_the_numbers_are_those_of_the_lecture(ran) -> None:
    told = {
        "".join(cell["source"]).splitlines()[-1]: "".join(cell["outputs"][-1]["data"]["text/plain"])
        for cell in ran["micrograd_lecture"]
        if cell["cell_type"] == "code" and cell["outputs"] and "data" in cell["outputs"][-1]
    }
    gradients = "{'d': -2.0, 'f': 4.0, 'c': -2.0, 'e': -2.0, 'a': 6.0, 'b': -4.0}"
    assert told["{node.label: node.grad for node in (d, f, c, e, a, b)}"] == gradients
    assert told["((a * b + c) * f).data"].startswith("-7.28649")
    neuron = "{leaf.label: round(leaf.grad, 6) for leaf in (x1, w1, x2, w2)}"
    assert told[neuron] == "{'x1': -1.5, 'w1': 1.0, 'x2': 0.5, 'w2': 0.0}"
    assert told["a.grad"] == "2.0"
