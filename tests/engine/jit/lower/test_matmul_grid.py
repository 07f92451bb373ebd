"""Sums that are all pairs of some rows are one matrix product; others are none."""

from itertools import product

import numpy as np

from engine.jit.lower.matmul_grid import find_grid, parts_of_one_shape


def rows(pairs):
    """Members by their pair of row numbers, as the rows of integers that find_grid reads."""
    left = np.array([[10 * a, 10 * a + 1] for a, _ in pairs])
    right = np.array([[1000 + b, 2000 + b] for _, b in pairs])
    return left, right


def placed(grid, pairs):
    """What stands where agrees with the rows that cross there."""
    for position, member in np.ndenumerate(grid.members):
        place = dict(zip(grid.axes, position, strict=True))
        left, right = (grid.left[place[0]][place[1]], grid.right[place[0]][place[2]])
        if member >= 0:
            assert pairs[member] == (pairs[left][0], pairs[right][1])


def test_all_pairs_are_a_grid_in_any_order() -> None:
    pairs = list(product(range(3), range(4)))
    for seed in range(5):
        shuffled = [pairs[i] for i in np.random.default_rng(seed).permutation(len(pairs))]
        grid = find_grid(*rows(shuffled))
        assert sorted(grid.members.ravel().tolist()) == list(range(12))
        placed(grid, shuffled)


def test_blocks_are_a_batch_of_grids() -> None:
    pairs = [(2 * h + a, 3 * h + b) for h in range(4) for a in range(2) for b in range(3)]
    grid = find_grid(*rows(pairs))
    assert (grid.left.shape, grid.right.shape) == ((4, 2), (4, 3))
    placed(grid, pairs)


def test_half_a_grid_is_filled_up_and_a_diagonal_is_none() -> None:
    causal = [(a, b) for a in range(4) for b in range(a + 1)]
    grid = find_grid(*rows(causal))
    assert (grid.members >= 0).sum() == len(causal)
    placed(grid, causal)
    sparse = [(a, b) for a in range(8) for b in range(8) if a == b or b == 0]
    assert find_grid(*rows(sparse)) is None


def test_the_same_pair_twice_is_no_grid() -> None:
    assert find_grid(*rows([(0, 0), (0, 1), (0, 0), (1, 1)])) is None


def test_grids_of_different_shapes_are_none_together_and_told_apart_where_they_are_few() -> None:
    def blocks(widths):
        return [(10 * h, 100 * h + b) for h, width in enumerate(widths) for b in range(width)]

    left, right = rows(blocks([2, 3, 2]))
    assert find_grid(left, right) is None
    assert [part.tolist() for part in parts_of_one_shape(left, right)] == [[0, 1, 5, 6], [2, 3, 4]]
    many = blocks(range(1, 20))
    assert [len(part) for part in parts_of_one_shape(*rows(many)[:2])] == [len(many)]
