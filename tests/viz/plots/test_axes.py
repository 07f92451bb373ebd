"""Plots of training."""

import builtins
import os
import subprocess
import sys

import pytest

from tests.source_tree import ROOT
from tests.viz.pictures import parsed
from viz import plot_loss, save_figure


def test_pyplot_knows_of_figures_where_it_is_imported_and_only_there(tmp_path) -> None:
    code = """
import sys
from engine import tanh
from viz import plot_activation, plot_loss, save_animation
before = plot_loss([1.0])
assert "matplotlib.pyplot" not in sys.modules
import matplotlib
matplotlib.use("agg")
from matplotlib import pyplot as plt
assert plt.get_fignums() == []
ax = plot_loss([1.0, 0.5])
assert plt.gcf() is ax.figure
plt.savefig("loss.png")
mine = plt.figure(layout="constrained").subplots()
plot_loss([1.0], mine)
plot_activation(tanh)
assert plt.get_fignums() == [1, 2, 3]
canvas = ax.figure.canvas
save_animation(ax, lambda i: None, 1, "loss.gif")
assert ax.figure.canvas is canvas
print(ax.figure.get_size_inches().tolist())
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("[6.0, 4.5]\n", "")
    assert (tmp_path / "loss.png").read_bytes()[:4] == b"\x89PNG"


def test_matplotlib_is_loaded_only_when_asked() -> None:
    code = "import viz, sys; print([name for name in ('matplotlib', 'wasmtime') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_matplotlib_the_error_says_how_to_install_it(monkeypatch) -> None:
    real = builtins.__import__

    def missing(name, *rest):
        if name == "matplotlib":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=r'pip install "chainrule\[pictures\]"'):
        plot_loss([1.0])


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_equal_figures_give_equal_files(tmp_path, suffix, start) -> None:
    paths = [save_figure(plot_loss([1.0, 0.5]), tmp_path / name / f"loss.{suffix}") for name in "ab"]
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert first.startswith(start)


def test_an_svg_has_a_role_and_a_title(tmp_path) -> None:
    root = parsed(
        save_figure(plot_loss([1.0, 0.5], title="a < b").figure, tmp_path / "loss.svg").read_bytes()
    )
    assert (root.get("role"), root[0].text) == ("img", "a < b")


def test_an_unknown_format_is_refused_and_leaves_nothing(tmp_path) -> None:
    with pytest.raises(ValueError, match="xyz"):
        save_figure(plot_loss([1.0]), tmp_path / "loss.xyz")
    assert list(tmp_path.iterdir()) == []
