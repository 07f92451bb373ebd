"""Cycles and restarts beside PyTorch's figures: momentum, fractions of epochs, refusals."""

import math

import pytest

import nn
from engine import Value
from nn import SGD, CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR


def test_the_first_of_betas_is_the_momentum_of_adam() -> None:
    optimizer = nn.Adam([Value(0.0)], lr=0.1, betas=(0.9, 0.99))
    schedule, betas = OneCycleLR(optimizer, 1.0, total_steps=10, pct_start=0.5), []
    for _ in range(5):
        betas.append(optimizer.param_groups[0]["betas"])
        schedule.step()
    assert betas[0] == (0.95, 0.99)
    assert [first for first, _ in betas] == sorted((first for first, _ in betas), reverse=True)
    assert betas[4] == (0.85, 0.99)


def test_restarts_follow_fractions_of_an_epoch() -> None:
    optimizer = SGD([Value(0.0)], lr=1.0)
    schedule = CosineAnnealingWarmRestarts(optimizer, T_0=1, T_mult=2)
    for at, way in ((0.25, 0.25), (0.5, 0.5), (1.5, 0.25), (3.0, 0.0)):
        schedule.step(at)
        assert optimizer.lr == pytest.approx((1.0 + math.cos(math.pi * way)) / 2.0)
        assert schedule.last_epoch == math.floor(at)
    schedule.step()
    assert (optimizer.lr, schedule.last_epoch) == (pytest.approx((1.0 + math.cos(math.pi / 4.0)) / 2.0), 4)


def test_one_cycle_ends_after_its_steps() -> None:
    optimizer = SGD([Value(0.0)])
    schedule = OneCycleLR(optimizer, 1.0, epochs=2, steps_per_epoch=2)
    for _ in range(4):
        schedule.step()
    with pytest.raises(ValueError, match="made for total_steps=4, and this is step 5"):
        schedule.step()


def test_what_they_refuse() -> None:
    optimizer, bare = SGD([Value(0.0)]), nn.RAdam([Value(0.0)])
    with pytest.raises(ValueError, match="needs total_steps, or epochs and steps_per_epoch"):
        OneCycleLR(optimizer, 1.0, epochs=3)
    with pytest.raises(ValueError, match="max_lr needs a number for each of 1 groups, got 2"):
        OneCycleLR(optimizer, [1.0, 2.0], total_steps=3)
    with pytest.raises(ValueError, match="Adagrad has neither"):
        CyclicLR(nn.Adagrad([Value(0.0)]), 0.1, 1.0)
    with pytest.raises(ValueError, match="anneal_strategy must be one of 'cos', 'linear', got 'cosine'"):
        OneCycleLR(bare, 1.0, total_steps=3, anneal_strategy="cosine")
    with pytest.raises(ValueError, match="div_factor must be above 0"):
        OneCycleLR(bare, 1.0, total_steps=3, div_factor=0)
    with pytest.raises(TypeError, match="scale_fn must be a function"):
        CyclicLR(optimizer, 0.1, 1.0, scale_fn=2.0)
    with pytest.raises(ValueError, match="epoch must be at least 0"):
        CosineAnnealingWarmRestarts(optimizer, 2).step(-1.0)
