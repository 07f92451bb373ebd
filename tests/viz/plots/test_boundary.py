"""Decision boundaries."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from engine import Value, is_grad_enabled
from viz import plot_decision_boundary, save_figure

SQUARE = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
AND = [0, 0, 0, 1]


def shaded(ax) -> np.ndarray:
    """The grid of regions, as drawn."""
    return np.asarray(ax.collections[0].get_array()).reshape(-1)


def boundaries(ax) -> list[np.ndarray]:
    """The corners of the black lines."""
    found = [c for c in ax.collections if type(c).__name__ == "QuadContourSet"]
    return [path.vertices for contour in found for path in contour.get_paths() if len(path.vertices)]


def test_the_boundary_is_where_the_score_passes_the_threshold() -> None:
    ax = plot_decision_boundary(lambda p: p[0] + p[1] - 1.0, SQUARE, AND, resolution=41)
    (line,) = boundaries(ax)
    np.testing.assert_allclose(line.sum(axis=1), 1.5, atol=1e-9, err_msg="halfway between 0 and 1")


def test_classes_of_minus_one_and_one_meet_at_zero() -> None:
    ax = plot_decision_boundary(lambda p: p[0] + p[1] - 1.0, SQUARE, [-1, -1, -1, 1], resolution=41)
    np.testing.assert_allclose(boundaries(ax)[0].sum(axis=1), 1.0, atol=1e-9)


def test_the_threshold_can_be_given() -> None:
    ax = plot_decision_boundary(lambda p: p[0], SQUARE, AND, threshold=0.25, resolution=41)
    np.testing.assert_allclose(boundaries(ax)[0][:, 0], 0.25, atol=1e-9)


def test_models_of_values_are_asked_without_making_graphs() -> None:
    seen = []

    def model(p):
        seen.append(is_grad_enabled())
        return Value(2.0) * p[0] + p[1]

    plot_decision_boundary(model, [[Value(0.0), 0.0], [1, 1]], [Value(0.0), 1], resolution=5)
    assert seen == [False] * 25
    assert is_grad_enabled()


def test_the_largest_of_several_scores_wins() -> None:
    ax = plot_decision_boundary(lambda p: [p[0], Value(p[1]), 0.5], SQUARE, [0, 1, 2, 1], resolution=9)
    x, y = np.meshgrid(*[np.linspace(-0.15, 1.15, 9)] * 2)
    np.testing.assert_array_equal(shaded(ax), np.argmax([x, y, 0.5 + 0 * x], axis=0).reshape(-1))


@pytest.mark.parametrize("together", [False, True])
def test_answers_for_all_points_at_once_and_one_by_one_agree(together) -> None:
    predict = (lambda X: X[:, 0] > X[:, 1]) if together else (lambda p: p[0] > p[1])
    ax = plot_decision_boundary(predict, SQUARE, AND, resolution=8)
    x, y = np.meshgrid(*[np.linspace(-0.15, 1.15, 8)] * 2)
    np.testing.assert_array_equal(shaded(ax), (x > y).reshape(-1))


def test_predicted_classes_are_shaded_as_their_points_are_coloured() -> None:
    def predict(X):
        return np.where(X[:, 0] > 0.5, 7, 3) + 2 * (X[:, 1] > 0.5)

    ax = plot_decision_boundary(predict, SQUARE, [3, 5, 7, 9], resolution=4)
    np.testing.assert_array_equal(shaded(ax), [0, 0, 2, 2, 0, 0, 2, 2, 1, 1, 3, 3, 1, 1, 3, 3])


def test_a_classifier_of_scikit_learn_can_be_passed_as_it_is() -> None:
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(random_state=0).fit(SQUARE, AND)
    ax = plot_decision_boundary(tree.predict, SQUARE, AND, resolution=6)
    x, y = np.meshgrid(*[np.linspace(-0.15, 1.15, 6)] * 2)
    np.testing.assert_array_equal(shaded(ax), tree.predict(np.c_[x.ravel(), y.ravel()]))


def test_points_differ_in_marker_and_colour_and_are_named() -> None:
    ax = plot_decision_boundary(lambda p: p[0], SQUARE, AND, resolution=4)
    points = [c for c in ax.collections if type(c).__name__ == "PathCollection"]
    assert [len(c.get_offsets()) for c in points] == [3, 1]
    assert len({to_hex(c.get_facecolor()[0]) for c in points}) == 2
    assert len({len(c.get_paths()[0].vertices) for c in points}) == 2, "a disc and a square"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["0", "1"]


def test_scores_of_uneven_length_are_refused() -> None:
    with pytest.raises(ValueError, match="inhomogeneous"):
        plot_decision_boundary(lambda p: [1.0] if p[0] > 0.5 else [1.0, 2.0], SQUARE, AND, resolution=4)


@pytest.mark.parametrize("score", [0.0, 1.0, float("nan"), float("inf")])
def test_a_model_of_one_opinion_or_none_is_drawn_too(score, tmp_path) -> None:
    ax = plot_decision_boundary(lambda p: score, SQUARE, AND, resolution=4)
    assert boundaries(ax) == []
    save_figure(ax, tmp_path / "boundary.png")


def test_points_in_a_line_have_room_around_them() -> None:
    ax = plot_decision_boundary(lambda p: p[0], [[1.0, 5.0], [2.0, 5.0]], [0, 1], resolution=4)
    low, high = ax.get_ylim()
    assert low < 5 < high


def test_the_given_axes_are_drawn_on() -> None:
    mine = Figure().subplots()
    assert plot_decision_boundary(lambda p: p[0], SQUARE, AND, mine, resolution=4, title="mine") is mine
    assert mine.get_title() == "mine"


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[1.0, 2.0, 3.0]], [0], r"shape \(n, 2\); got shape \(1, 3\)"),
        ([], [], r"shape \(n, 2\); got shape \(0,\)"),
        (SQUARE, [0, 1], "X holds 4 points but y 2 classes"),
        ([[1.0, float("nan")]], [0], "not finite"),
    ],
)
def test_points_and_classes_must_fit_together(X, y, message) -> None:
    with pytest.raises(ValueError, match=message):
        plot_decision_boundary(lambda p: p[0], X, y)


def test_the_models_own_error_comes_through() -> None:
    def model(p):
        raise ValueError("takes 3 inputs, got 2")

    with pytest.raises(ValueError, match="takes 3 inputs, got 2"):
        plot_decision_boundary(model, SQUARE, AND, resolution=4)


def test_answers_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="predict must give one number or one row of scores per point"):
        plot_decision_boundary(lambda p: [[1.0], [2.0]], SQUARE, AND, resolution=4)


def test_the_borders_of_three_classes_lie_where_two_scores_are_equal() -> None:
    X, y = [[-1.0, -1.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 2]
    ax = plot_decision_boundary(lambda p: [p[0], 2 * p[1], -p[0] - p[1]], X, y, resolution=41)
    found = [point for line in boundaries(ax) for point in line]
    assert len(found) > 30
    for x1, x2 in found:
        first, second, _ = sorted([x1, 2 * x2, -x1 - x2], reverse=True)
        assert first == pytest.approx(second, abs=0.1)
