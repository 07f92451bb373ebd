"""Which of two numbers is better."""

import pytest

from nn import LOSSES, EarlyStopping, History
from nn.metrics.better import BETTER, mode_of
from nn.training.evaluate import METRICS

LARGER = ["accuracy", "balanced_accuracy", "precision", "recall", "f1", "f1_score"]
LARGER += ["auc", "roc_auc", "r2", "r2_score"]
SMALLER = ["loss", "mae", "rmse", "mape", "error_rate", *LOSSES]
TABLE = [*((name, "max") for name in LARGER), *((name, "min") for name in SMALLER)]


def test_the_table_here_has_all_names_that_there_are() -> None:
    assert {name for name, _ in TABLE} == {*BETTER, *LOSSES, *METRICS}


@pytest.mark.parametrize("prefix", ["", "val_"])
@pytest.mark.parametrize(("name", "mode"), TABLE)
def test_each_name_says_which_way_is_better_wherever_it_is_asked(name, mode, prefix) -> None:
    name = prefix + name
    assert mode_of(name) == mode
    stopping = EarlyStopping(monitor=name)
    assert stopping.mode == mode
    assert stopping.is_better(0.9, 0.8) is (mode == "max")
    assert History({name: [0.5, 0.9, 0.1]}).best(name) == (2 if mode == "max" else 3)


@pytest.mark.parametrize("name", ["lr", "margin", "val_margin", "accuracy_loss", "val_"])
def test_a_name_that_does_not_say_asks_for_a_mode(name) -> None:
    for ask in (mode_of, lambda name: EarlyStopping(monitor=name), History({name: [1.0]}).best):
        with pytest.raises(ValueError, match=f'{name}.* give mode="max" or mode="min"'):
            ask(name)
    assert EarlyStopping(monitor=name, mode="max").mode == "max"
    assert History({name: [1.0, 2.0]}).best(name, "max") == 2


@pytest.mark.parametrize(("mode", "opposite"), [("min", "accuracy"), ("max", "loss")])
def test_a_mode_that_is_given_counts(mode, opposite) -> None:
    assert mode_of(opposite, mode) == EarlyStopping(monitor=opposite, mode=mode).mode == mode
    with pytest.raises(ValueError, match='mode must be "auto", "min" or "max", got \'most\''):
        mode_of(opposite, "most")
