"""Animated GIFs, written whole or not at all."""

from itertools import pairwise

import numpy as np
import pytest

from viz import plot_loss, save_animation


def moving():
    """Axes with a line, and a function that moves its last point."""
    ax = plot_loss([1.0, 0.5, 0.25])
    return ax, lambda i: ax.lines[0].set_ydata([1.0, 0.5, 0.1 * i])


def test_every_frame_is_drawn_after_its_update(tmp_path) -> None:
    image = pytest.importorskip("PIL.Image")
    ax, update = moving()
    calls = []
    path = save_animation(ax, lambda i: calls.append(i) or update(i), 4, tmp_path / "new" / "a.gif")
    assert calls == [0, 1, 2, 3]
    with image.open(path) as animation:
        assert (animation.n_frames, animation.info["loop"], animation.info["duration"]) == (4, 0, 100)
        frames = []
        for i in range(4):
            animation.seek(i)
            frames.append(np.asarray(animation.convert("L")).astype(int))
    for before, after in pairwise(frames):
        assert np.abs(before - after).max() > 50
    assert [each.name for each in path.parent.iterdir()] == ["a.gif"]


def test_equal_figures_give_equal_files(tmp_path) -> None:
    paths = [save_animation(*moving(), 2, tmp_path / f"{i}.gif") for i in range(2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_failing_update_leaves_nothing(tmp_path) -> None:
    def update(i):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        save_animation(plot_loss([1.0]), update, 2, tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "frames", "message"), [("a.png", 2, "be a .gif"), ("a.gif", 0, "got 0")])
def test_what_cannot_be_written_is_said(name, frames, message, tmp_path) -> None:
    with pytest.raises(ValueError, match=message):
        save_animation(plot_loss([1.0]), lambda i: None, frames, tmp_path / name)
